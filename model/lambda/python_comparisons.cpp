// What Python's comparisons and conditions say of static values.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <compare>
#include <optional>

#include "revive/model/lambda/python_semantics.h"

namespace revive {
namespace {

std::unexpected<Error> type_error(std::string message) {
  return fail(ErrorCode::expression_type, "", std::move(message));
}

// An int and a float as they are: not every int64 is a double.
std::partial_ordering order_of(std::int64_t a, double b) {
  constexpr double kBeyond = 0x1p63;
  if (std::isnan(b)) return std::partial_ordering::unordered;
  if (b >= kBeyond) return std::partial_ordering::less;
  if (b < -kBeyond) return std::partial_ordering::greater;
  const double whole = std::trunc(b);
  const auto order = a <=> static_cast<std::int64_t>(whole);
  return order != 0 ? std::partial_ordering(order) : whole <=> b;
}

std::partial_ordering order_of(const StaticNumber& a, const StaticNumber& b) {
  if (a.real && b.real) return a.floating <=> b.floating;
  if (a.real) return 0 <=> order_of(b.integer, a.floating);
  if (b.real) return order_of(a.integer, b.floating);
  return a.integer <=> b.integer;
}

bool holds(std::string_view symbol, std::partial_ordering order) {
  if (symbol == "<") return order < 0;
  if (symbol == "<=") return order <= 0;
  return symbol == ">" ? order > 0 : order >= 0;
}

enum class Kinship : std::uint8_t { same, other, unknown };

// Whether sequences of these kinds are equal where their items are.
Kinship kinship(SequenceKind a, SequenceKind b) {
  using enum SequenceKind;
  const auto has_no_items = [](SequenceKind kind) { return kind == view || kind == iterator; };
  if (has_no_items(a) || has_no_items(b)) return a == b ? Kinship::unknown : Kinship::other;
  if (a == range || b == range) return a == b ? Kinship::same : Kinship::other;
  if (a == either || b == either) return Kinship::unknown;
  if (a == b || (a != list && b != list)) return Kinship::same;
  return a == shape || b == shape ? Kinship::unknown : Kinship::other;
}

Result<bool> equal(const PartialValue& a, const PartialValue& b);

Result<bool> equal_sequences(const PartialValue& left, const PartialValue& right) {
  const Sequence& a = *left.get<Sequence>();
  const Sequence& b = *right.get<Sequence>();
  const Kinship kin = kinship(a.kind, b.kind);
  if (kin == Kinship::other) return false;
  if (!a.is_indexed()) return type_error(fmt::format("{} is not compared with another", left.kind_name()));
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto same = is_found(a[i], b[i]);
    if (!same || !*same) return same;
  }
  if (kin == Kinship::same) return true;
  return type_error("a tuple is no list in Python, and which of them a captured value or a shape is cannot be known");
}

// In any order of keys.
Result<bool> equal_mappings(const Mapping& a, const Mapping& b) {
  if (a.entries->size() != b.entries->size()) return false;
  for (const Mapping::Entry& entry : *a.entries) {
    bool found = false;
    for (const Mapping::Entry& other : *b.entries) {
      REVIVE_ASSIGN_OR_RETURN(const auto same_key, is_found(entry.key, other.key));
      if (!same_key) continue;
      REVIVE_ASSIGN_OR_RETURN(found, is_found(entry.value, other.value));
      break;
    }
    if (!found) return false;
  }
  return true;
}

Result<bool> equal_functions(const FunctionName& a, const FunctionName& b) {
  const bool have_names = a.local == nullptr && b.local == nullptr && a.self == nullptr && b.self == nullptr;
  if (have_names && a.text == b.text) return true;
  return type_error("whether two functions are the same one is not known");
}

Result<bool> equal(const PartialValue& a, const PartialValue& b) {
  if (a.is_array_like() || b.is_array_like()) return type_error("a tensor in a comparison of static values");
  if (a.is_run_time() || b.is_run_time()) {
    return type_error(
        fmt::format("{} has no truth value while the model is built", (a.is_run_time() ? a : b).kind_name()));
  }
  const auto x = static_number(a);
  const auto y = static_number(b);
  if (x && y) return order_of(*x, *y) == 0;
  const auto both = [&]<typename T>(const T* left) { return left != nullptr && b.get<T>() != nullptr; };
  if (both(a.get<Sequence>())) return equal_sequences(a, b);
  if (both(a.get<Mapping>())) return equal_mappings(*a.get<Mapping>(), *b.get<Mapping>());
  if (both(a.get<FunctionName>())) return equal_functions(*a.get<FunctionName>(), *b.get<FunctionName>());
  if (both(a.get<Slice>())) return *a.get<Slice>() == *b.get<Slice>();
  if (both(a.get<Ellipsis>())) return true;
  return both(a.get<Value>()) && *a.get<Value>() == *b.get<Value>();
}

// None, the bools and `...` are each one object; other values are asked whether they are alike.
Result<bool> identical(const PartialValue& a, const PartialValue& b) {
  const auto is_singleton = [](const PartialValue& value) {
    const Value* const scalar = value.get<Value>();
    return value.get<Ellipsis>() != nullptr || (scalar != nullptr && (scalar->is_null() || scalar->is_bool()));
  };
  const Value* const x = a.get<Value>();
  const Value* const y = b.get<Value>();
  if (is_singleton(a) || is_singleton(b)) {
    return x != nullptr && y != nullptr ? *x == *y : a.get<Ellipsis>() != nullptr && b.get<Ellipsis>() != nullptr;
  }
  if (x != nullptr && y != nullptr) return *x == *y;
  return type_error(fmt::format("`is` does not compare {} and {}", a.kind_name(), b.kind_name()));
}

Result<bool> contains(const PartialValue& container, const PartialValue& item) {
  if (const auto* const sequence = container.get<Sequence>()) {
    REVIVE_RETURN_IF_ERROR(walk(*sequence));
    for (const PartialValue& each : *sequence) {
      const auto same = is_found(each, item);
      if (!same || *same) return same;
    }
    return false;
  }
  if (const auto* const mapping = container.get<Mapping>()) {
    REVIVE_RETURN_IF_ERROR(check_hashable(item));
    for (const Mapping::Entry& entry : *mapping->entries) {
      const auto same = is_found(entry.key, item);
      if (!same || *same) return same;
    }
    return false;
  }
  const Value* const text = container.get<Value>();
  const Value* const part = item.get<Value>();
  if (text != nullptr && text->is_string() && part != nullptr && part->is_string()) {
    return text->as_string().find(part->as_string()) != std::string::npos;
  }
  return type_error(fmt::format("`in` does not look for {} in {}", item.kind_name(), container.kind_name()));
}

// Sequences have the order of the first items that differ, and then of their lengths.
Result<bool> ordered_sequences(std::string_view symbol, const Sequence& a, const Sequence& b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    REVIVE_ASSIGN_OR_RETURN(const auto same, is_found(a[i], b[i]));
    if (!same) return static_compare(symbol, a[i], b[i]);
  }
  return holds(symbol, a.size() <=> b.size());
}

}  // namespace

Result<bool> is_found(const PartialValue& item, const PartialValue& wanted) {
  const auto is_nan = [](const PartialValue& value) {
    const auto number = static_number(value);
    return number && number->real && std::isnan(number->floating);
  };
  if (is_nan(item) && is_nan(wanted)) {
    return type_error("NaN is found in a tuple, list or dict only if it is the same object");
  }
  return equal(item, wanted);
}

Status check_hashable(const PartialValue& value) {
  if (const auto* const sequence = value.get<Sequence>(); sequence != nullptr && !sequence->is_list()) {
    for (const PartialValue& item : *sequence) REVIVE_RETURN_IF_ERROR(check_hashable(item));
    return {};
  }
  if (value.get<Value>() != nullptr || value.get<FunctionName>() != nullptr || value.get<Ellipsis>() != nullptr) {
    return {};
  }
  return type_error(fmt::format("{} is no key of a dict", value.kind_name()));
}

Result<bool> static_compare(std::string_view symbol, const PartialValue& a, const PartialValue& b) {
  const auto negated = [](Result<bool> result) { return result ? Result<bool>(!*result) : result; };
  if (symbol == "==") return equal(a, b);
  if (symbol == "!=") return negated(equal(a, b));
  if (symbol == "is") return identical(a, b);
  if (symbol == "is not") return negated(identical(a, b));
  if (symbol == "in") return contains(b, a);
  if (symbol == "not in") return negated(contains(b, a));
  const auto left = static_number(a);
  const auto right = static_number(b);
  if (left && right) return holds(symbol, order_of(*left, *right));
  const Value* const x = a.get<Value>();
  const Value* const y = b.get<Value>();
  // UTF-8 has the order of the characters.
  if (x != nullptr && y != nullptr && x->is_string() && y->is_string()) {
    return holds(symbol, x->as_string() <=> y->as_string());
  }
  const auto* const row = a.get<Sequence>();
  const auto* const other = b.get<Sequence>();
  const bool have_order = row != nullptr && other != nullptr && row->is_indexed() && !row->is_vector() &&
                          !other->is_vector() && row->kind != SequenceKind::range &&
                          kinship(row->kind, other->kind) == Kinship::same;
  if (have_order) return ordered_sequences(symbol, *row, *other);
  return type_error(fmt::format("`{}` does not compare {} and {}", symbol, a.kind_name(), b.kind_name()));
}

Result<bool> static_truth(const PartialValue& value) {
  if (const auto number = static_number(value)) return number->real ? number->floating != 0.0 : number->integer != 0;
  if (const auto* const sequence = value.get<Sequence>()) {
    // An iterator does not know whether it has items.
    return sequence->kind == SequenceKind::iterator || sequence->size() != 0;
  }
  if (const auto* const mapping = value.get<Mapping>()) return !mapping->entries->empty();
  if (const Value* const scalar = value.get<Value>()) return scalar->is_string() && !scalar->as_string().empty();
  if (value.get<Slice>() != nullptr || value.get<Ellipsis>() != nullptr) return true;
  if (value.is_tensor()) {
    return type_error("a tensor has no truth value while the model is built; use ops.where to choose by element");
  }
  if (const Tensor* const array = value.get<Tensor>(); array != nullptr && array->rank() == 0) {
    return static_truth(PartialValue(*value_of(value)));
  }
  return type_error(fmt::format("{} is not a condition", value.kind_name()));
}

}  // namespace revive
