// Python's own functions that walk through items, call functions and look at kinds, and the methods of tuples, dicts
// and strings; `raise` stands for a statement, which the bytecode reader turns into a call.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <ranges>

#include "revive/model/lambda/builtins.h"
#include "revive/model/lambda/lowering.h"
#include "revive/model/lambda/printer.h"
#include "revive/model/lambda/python_semantics.h"

namespace revive {
namespace {

constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();

using Arguments = std::span<const PartialValue>;
using Items = std::vector<PartialValue>;

std::unexpected<Error> type_error(std::string message) {
  return fail(ErrorCode::expression_type, "", std::move(message));
}

Result<PartialValue> list_of(Items items) {
  return make_sequence(std::move(items), SequenceKind::list);
}

Result<PartialValue> iterator_of(Items items) {
  return make_sequence(std::move(items), SequenceKind::iterator);
}

Result<PartialValue> iterator(Lowering& lowering, const Builtin&, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(auto items, lowering.items_of(arguments[0]));
  return iterator_of(std::move(items));
}

Result<PartialValue> called(Lowering& lowering, const PartialValue& function, Items arguments) {
  return lowering.call_value(function, {std::move(arguments), {}}, false);
}

// all() and any().
Result<PartialValue> quantified(Lowering& lowering, const Builtin& builtin, Arguments arguments) {
  const bool wanted = builtin.name == "any";
  REVIVE_ASSIGN_OR_RETURN(const auto items, lowering.items_of(arguments[0]));
  for (const PartialValue& item : items) {
    REVIVE_ASSIGN_OR_RETURN(const auto truth, static_truth(item));
    if (truth == wanted) return PartialValue(Value(wanted));
  }
  return PartialValue(Value(!wanted));
}

Result<PartialValue> enumerate(Lowering& lowering, const Builtin&, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(const auto items, lowering.items_of(arguments[0]));
  std::int64_t next = 0;
  if (arguments.size() > 1) {
    REVIVE_ASSIGN_OR_RETURN(next, integer_argument(arguments[1], "the first number of enumerate()"));
  }
  Items pairs;
  for (const PartialValue& item : items) {
    REVIVE_ASSIGN_OR_RETURN(auto pair, make_sequence({PartialValue(Value(next)), item}, SequenceKind::tuple));
    pairs.push_back(std::move(pair));
    if (__builtin_add_overflow(next, std::int64_t{1}, &next)) return type_error("enumerate() counts beyond 64 bits");
  }
  return iterator_of(std::move(pairs));
}

Result<PartialValue> zip(Lowering& lowering, const Builtin&, Arguments arguments) {
  std::vector<Items> columns;
  std::size_t rows = arguments.empty() ? 0 : kAny;
  for (const PartialValue& argument : arguments) {
    REVIVE_ASSIGN_OR_RETURN(auto items, lowering.items_of(argument));
    rows = std::min(rows, items.size());
    columns.push_back(std::move(items));
  }
  Items zipped;
  for (std::size_t row = 0; row < rows; ++row) {
    Items items;
    for (const Items& column : columns) items.push_back(column[row]);
    REVIVE_ASSIGN_OR_RETURN(auto tuple, make_sequence(std::move(items), SequenceKind::tuple));
    zipped.push_back(std::move(tuple));
  }
  return iterator_of(std::move(zipped));
}

Result<PartialValue> map(Lowering& lowering, const Builtin& builtin, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(const auto rows, zip(lowering, builtin, arguments.subspan(1)));
  Items results;
  for (const PartialValue& row : *rows.get<Sequence>()) {
    REVIVE_ASSIGN_OR_RETURN(auto result, called(lowering, arguments[0], *row.get<Sequence>()->items));
    results.push_back(std::move(result));
  }
  return iterator_of(std::move(results));
}

Result<PartialValue> filter(Lowering& lowering, const Builtin&, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(const auto items, lowering.items_of(arguments[1]));
  Items kept;
  for (const PartialValue& item : items) {
    PartialValue condition = item;
    if (!arguments[0].is_none()) {
      REVIVE_ASSIGN_OR_RETURN(condition, called(lowering, arguments[0], {item}));
    }
    REVIVE_ASSIGN_OR_RETURN(const auto truth, static_truth(condition));
    if (truth) kept.push_back(item);
  }
  return iterator_of(std::move(kept));
}

Result<PartialValue> reduce(Lowering& lowering, const Builtin&, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(auto items, lowering.items_of(arguments[1]));
  if (arguments.size() > 2) items.insert(items.begin(), arguments[2]);
  if (items.empty()) return type_error("reduce() of nothing needs a first value");
  PartialValue total = items[0];
  for (const PartialValue& item : std::span(items).subspan(1)) {
    REVIVE_ASSIGN_OR_RETURN(total, called(lowering, arguments[0], {total, item}));
  }
  return total;
}

Result<PartialValue> reversed(Lowering& lowering, const Builtin&, Arguments arguments) {
  const auto* const sequence = arguments[0].get<Sequence>();
  if (sequence != nullptr && sequence->kind == SequenceKind::iterator) {
    return type_error("reversed() does not take an iterator");
  }
  REVIVE_ASSIGN_OR_RETURN(auto items, lowering.items_of(arguments[0]));
  std::ranges::reverse(items);
  return iterator_of(std::move(items));
}

// sorted() takes an int for its `reverse`, and by that name alone.
Result<bool> sorting_order(const PartialValue& reverse) {
  const auto number = static_number(reverse);
  if (!number || number->real) return type_error(fmt::format("reverse is a bool, found {}", reverse.kind_name()));
  return number->integer != 0;
}

// Numbers are sorted, and strings; beside NaN the order depends on how Python goes about it.
Status check_sortable(const PartialValue& first, const PartialValue& item) {
  const auto number = static_number(item);
  if (number && number->real && std::isnan(number->floating)) return type_error("sorted() of NaN has no order");
  const auto is_string = [](const PartialValue& value) {
    return value.get<Value>() != nullptr && value.get<Value>()->is_string();
  };
  if (number ? static_number(first).has_value() : is_string(item) && is_string(first)) return {};
  return type_error(fmt::format("sorted() expects numbers or strings, found {}", item.kind_name()));
}

Result<PartialValue> sorted(Lowering& lowering, const Builtin&, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(auto items, lowering.items_of(arguments[0]));
  bool descending = false;
  if (arguments.size() > 1) {
    REVIVE_ASSIGN_OR_RETURN(descending, sorting_order(arguments[1]));
  }
  for (const PartialValue& item : items) REVIVE_RETURN_IF_ERROR(check_sortable(items.front(), item));
  const auto before = [&](std::size_t a, std::size_t b) {
    return *static_compare(descending ? ">" : "<", items[a], items[b]);
  };
  // Equal ones, such as 1 and 1.0, stay in their order. clang does not compile std::stable_sort of libstdc++ 12.
  std::vector<std::size_t> order(items.size());
  std::ranges::copy(std::views::iota(std::size_t{0}, items.size()), order.begin());
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return before(a, b) || (!before(b, a) && a < b); });
  std::vector<PartialValue> in_order;
  in_order.reserve(items.size());
  for (const std::size_t index : order) in_order.push_back(std::move(items[index]));
  return list_of(std::move(in_order));
}

Result<PartialValue> dict(Lowering&, const Builtin&, Arguments arguments) {
  if (arguments.empty()) return make_mapping({});
  if (arguments[0].get<Mapping>() == nullptr) {
    return type_error(fmt::format("dict() expects a dict, found {}", arguments[0].kind_name()));
  }
  return arguments[0];
}

// Whether a value is of the kind that a type's name stands for. Errors: a type that the language does not know.
Result<bool> is_instance_of(const PartialValue& value, const PartialValue& type) {
  if (const auto* const types = type.get<Sequence>(); types != nullptr && types->kind == SequenceKind::tuple) {
    for (const PartialValue& each : *types) {
      REVIVE_ASSIGN_OR_RETURN(const auto is, is_instance_of(value, each));
      if (is) return true;
    }
    return false;
  }
  const FunctionName* const named = type.get<FunctionName>();
  const std::string_view name = named == nullptr ? std::string_view() : named->text;
  const auto* const sequence = value.get<Sequence>();
  const Value* const scalar = value.get<Value>();
  const bool is_unknown =
      sequence != nullptr && (sequence->kind == SequenceKind::either || sequence->kind == SequenceKind::shape);
  if (is_unknown && (name == "list" || name == "tuple")) {
    return type_error("whether a captured value is a tuple or a list is not known; nor is what a shape is");
  }
  if (name == "list") return sequence != nullptr && sequence->is_list();
  if (name == "tuple") return sequence != nullptr && sequence->kind == SequenceKind::tuple;
  if (name == "dict") return value.get<Mapping>() != nullptr;
  if (name == "bool") return scalar != nullptr && scalar->is_bool();
  if (name == "int") return scalar != nullptr && (scalar->is_int() || scalar->is_bool());
  if (name == "float") return scalar != nullptr && scalar->is_real();
  if (name == "str") return scalar != nullptr && scalar->is_string();
  if (name == "tf.Tensor" && !value.is_array()) return value.is_tensor();
  return type_error(fmt::format("isinstance() does not know {}", name.empty() ? type.kind_name() : name));
}

Result<PartialValue> isinstance(Lowering&, const Builtin&, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(const auto is, is_instance_of(arguments[0], arguments[1]));
  return PartialValue(Value(is));
}

Result<PartialValue> is_callable(Lowering&, const Builtin&, Arguments arguments) {
  return PartialValue(Value(arguments[0].get<FunctionName>() != nullptr));
}

Result<PartialValue> nothing(Lowering&, const Builtin&, Arguments) {
  return PartialValue(Value());
}

Result<PartialValue> raised(Lowering&, const Builtin&, Arguments arguments) {
  const Value* const message = arguments.empty() ? nullptr : arguments[0].get<Value>();
  const bool said = message != nullptr && message->is_string();
  return type_error(said ? fmt::format("the function raises an error here: {}", message->as_string())
                         : "the function raises an error here");
}

// As str() spells scalars.
Result<PartialValue> to_string(Lowering&, const Builtin&, Arguments arguments) {
  const Value* const scalar = arguments[0].get<Value>();
  if (scalar != nullptr && scalar->is_string()) return arguments[0];
  if (scalar != nullptr && scalar->is_int()) return PartialValue(Value(fmt::format("{}", scalar->as_int())));
  if (scalar != nullptr && scalar->is_bool()) return PartialValue(Value(scalar->as_bool() ? "True" : "False"));
  if (scalar != nullptr && scalar->is_null()) return PartialValue(Value("None"));
  if (scalar != nullptr && scalar->is_real()) return PartialValue(Value(python_number(scalar->as_real())));
  return type_error(fmt::format("a string is made of numbers and strings, found {}", arguments[0].kind_name()));
}

Result<PartialValue> get(Lowering& lowering, const Builtin&, Arguments arguments) {
  REVIVE_RETURN_IF_ERROR(check_hashable(arguments[1]));
  for (const auto& [key, value] : *arguments[0].get<Mapping>()->entries) {
    REVIVE_RETURN_IF_ERROR(lowering.take_steps(1));
    REVIVE_ASSIGN_OR_RETURN(const auto same, is_found(key, arguments[1]));
    if (same) return value;
  }
  return arguments.size() > 2 ? arguments[2] : PartialValue(Value());
}

Result<PartialValue> keys(Lowering& lowering, const Builtin&, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(auto items, lowering.items_of(arguments[0]));
  return make_sequence(std::move(items), SequenceKind::view);
}

Result<PartialValue> values(Lowering& lowering, const Builtin&, Arguments arguments) {
  REVIVE_RETURN_IF_ERROR(lowering.take_steps(arguments[0].expanded()));
  Items items;
  for (const auto& [key, value] : *arguments[0].get<Mapping>()->entries) items.push_back(value);
  return make_sequence(std::move(items), SequenceKind::view);
}

Result<PartialValue> entries(Lowering& lowering, const Builtin&, Arguments arguments) {
  REVIVE_RETURN_IF_ERROR(lowering.take_steps(arguments[0].expanded()));
  Items items;
  for (const auto& [key, value] : *arguments[0].get<Mapping>()->entries) {
    REVIVE_ASSIGN_OR_RETURN(auto pair, make_sequence({key, value}, SequenceKind::tuple));
    items.push_back(std::move(pair));
  }
  return make_sequence(std::move(items), SequenceKind::view);
}

Result<PartialValue> index_of(Lowering& lowering, const Builtin&, Arguments arguments) {
  const Sequence& sequence = *arguments[0].get<Sequence>();
  if (!sequence.is_indexed()) return type_error(fmt::format("{} has no index()", arguments[0].kind_name()));
  for (std::size_t i = 0; i < sequence.size(); ++i) {
    REVIVE_RETURN_IF_ERROR(lowering.take_steps(1));
    REVIVE_ASSIGN_OR_RETURN(const auto same, is_found(sequence[i], arguments[1]));
    if (same) return PartialValue(Value(static_cast<std::int64_t>(i)));
  }
  return type_error("index() does not find the value");
}

Result<PartialValue> length_of(Lowering&, const Builtin&, Arguments arguments) {
  return PartialValue(Value(static_cast<std::int64_t>(arguments[0].get<Sequence>()->size())));
}

// The two parts of what top_k() gives.
Result<PartialValue> part_of(Lowering&, const Builtin& builtin, Arguments arguments) {
  const Sequence& sequence = *arguments[0].get<Sequence>();
  if (sequence.size() != 2) return type_error("only what top_k() gives has values and indices");
  return sequence[builtin.name.ends_with(".values") ? 0 : 1];
}

Result<PartialValue> as_list(Lowering&, const Builtin&, Arguments arguments) {
  return list_of(*arguments[0].get<Sequence>()->items);
}

Result<std::string> string_argument(const PartialValue& value) {
  const Value* const text = value.get<Value>();
  if (text != nullptr && text->is_string()) return text->as_string();
  return type_error(fmt::format("expected a string, found {}", value.kind_name()));
}

Result<PartialValue> starts_with(Lowering&, const Builtin& builtin, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(const auto text, string_argument(arguments[0]));
  REVIVE_ASSIGN_OR_RETURN(const auto part, string_argument(arguments[1]));
  return PartialValue(Value(builtin.name.ends_with(".startswith") ? text.starts_with(part) : text.ends_with(part)));
}

Result<PartialValue> other_case(Lowering&, const Builtin& builtin, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(auto text, string_argument(arguments[0]));
  const bool lower = builtin.name.ends_with(".lower");
  if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {
    return type_error("upper() and lower() of letters beyond ASCII");
  }
  for (char& c : text) {
    if (lower && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (!lower && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return PartialValue(Value(std::move(text)));
}

}  // namespace

std::span<const Builtin> iteration_builtins() {
  static const Builtin table[] = {
      {"all", 1, 1, quantified},
      {"any", 1, 1, quantified},
      {"callable", 1, 1, is_callable},
      {"dict", 0, 1, dict},
      {"enumerate", 1, 2, enumerate, nullptr, "start"},
      {"filter", 2, 2, filter},
      {"functools.reduce", 2, 3, reduce},
      {"isinstance", 2, 2, isinstance},
      {"iter", 1, 1, iterator},
      {"map", 2, kAny, map},
      {"print", 0, kAny, nothing, nullptr, kAnyKeyword},
      {"raise", 0, 1, raised},
      {"reversed", 1, 1, reversed},
      {"sorted", 1, 2, sorted, nullptr, "reverse", true},
      {"str", 1, 1, to_string},
      {"zip", 0, kAny, zip},
      {"_Mapping.get", 2, 3, get},
      {"_Mapping.items", 1, 1, entries},
      {"_Mapping.keys", 1, 1, keys},
      {"_Mapping.values", 1, 1, values},
      {"_Sequence.as_list", 1, 1, as_list},
      {"_Sequence.index", 2, 2, index_of},
      {"_Sequence.indices", 1, 1, part_of},
      {"_Sequence.ndims", 1, 1, length_of},
      {"_Sequence.rank", 1, 1, length_of},
      {"_Sequence.values", 1, 1, part_of},
      {"_String.endswith", 2, 2, starts_with},
      {"_String.lower", 1, 1, other_case},
      {"_String.startswith", 2, 2, starts_with},
      {"_String.upper", 1, 1, other_case},
  };
  return table;
}

}  // namespace revive
