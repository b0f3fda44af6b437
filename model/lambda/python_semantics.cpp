#include "revive/model/lambda/python_semantics.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

namespace revive {
namespace {

// An f-string names einsum's axes and the like.
constexpr std::size_t kMostStringBytes = 1 << 16;
// Up to here every int64 is a double.
constexpr std::int64_t kExactDouble = std::int64_t{1} << 53;
// Sequences of people have a few items; this bounds what repetition makes.
constexpr std::size_t kMostItems = 4096;

std::unexpected<Error> type_error(std::string message) {
  return fail(ErrorCode::expression_type, "", std::move(message));
}

Result<PartialValue> from_int(std::optional<std::int64_t> value) {
  if (!value) return type_error("an int grows beyond 64 bits");
  return PartialValue(Value(*value));
}

std::optional<std::int64_t> multiplied(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
  return product;
}

// Ends after at most 63 factors: the magnitude of the base is at least 2 by then.
std::optional<std::int64_t> int_power(std::int64_t base, std::int64_t exponent) {
  if (base == 0 || base == 1) return exponent == 0 ? 1 : base;
  if (base == -1) return exponent % 2 == 0 ? 1 : -1;
  std::int64_t result = 1;
  for (; exponent > 0; --exponent) {
    const auto next = multiplied(result, base);
    if (!next) return std::nullopt;
    result = *next;
  }
  return result;
}

Result<PartialValue> int_shift(std::string_view symbol, std::int64_t a, std::int64_t b) {
  constexpr std::int64_t kMostShift = 62;
  if (b < 0) return type_error("a negative shift");
  if (symbol == ">>") return from_int(a >> std::min(b, kMostShift + 1));
  return from_int(a == 0 ? std::optional(a) : b > kMostShift ? std::nullopt : multiplied(a, std::int64_t{1} << b));
}

Result<PartialValue> int_binary(std::string_view symbol, std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  if (symbol == "+") return from_int(__builtin_add_overflow(a, b, &result) ? std::nullopt : std::optional(result));
  if (symbol == "-") return from_int(__builtin_sub_overflow(a, b, &result) ? std::nullopt : std::optional(result));
  if (symbol == "*") return from_int(multiplied(a, b));
  if (symbol == "&") return from_int(a & b);
  if (symbol == "|") return from_int(a | b);
  if (symbol == "^") return from_int(a ^ b);
  if (symbol == "<<" || symbol == ">>") return int_shift(symbol, a, b);
  if (symbol == "**" && b >= 0) return from_int(int_power(a, b));
  if (symbol == "//" || symbol == "%") {
    if (b == 0) return type_error("division by zero");
    if (b == -1) return symbol == "%" ? from_int(0) : int_binary("-", 0, a);
    const std::int64_t rest = a % b;
    const bool round_down = rest != 0 && (rest < 0) != (b < 0);
    if (symbol == "%") return from_int(round_down ? rest + b : rest);
    return from_int(a / b - (round_down ? 1 : 0));
  }
  if (a > kExactDouble || a < -kExactDouble || b > kExactDouble || b < -kExactDouble) {
    return type_error("ints beyond 2**53 do not divide exactly");
  }
  const double dividend = static_cast<double>(a);
  const double divisor = static_cast<double>(b);
  if (b == 0) return type_error("division by zero");
  return PartialValue(Value(symbol == "/" ? dividend / divisor : std::pow(dividend, divisor)));
}

Result<PartialValue> float_binary(std::string_view symbol, double a, double b) {
  if (symbol == "+") return PartialValue(Value(a + b));
  if (symbol == "-") return PartialValue(Value(a - b));
  if (symbol == "*") return PartialValue(Value(a * b));
  if (symbol == "**") {
    const double power = std::pow(a, b);
    if (a == 0.0 && b < 0.0) return type_error("zero has no negative power");
    if (std::isnan(power) && !std::isnan(a) && !std::isnan(b)) {
      return type_error("a negative number to a fractional power is not real");
    }
    if (std::isinf(power) && std::isfinite(a) && std::isfinite(b)) return type_error("a power grows beyond a float");
    return PartialValue(Value(power));
  }
  if (symbol == "/" || symbol == "//" || symbol == "%") {
    if (b == 0.0) return type_error("division by zero");
    if (symbol == "/") return PartialValue(Value(a / b));
    double rest = std::fmod(a, b);
    double quotient = (a - rest) / b;
    if (rest != 0.0 && (rest < 0.0) != (b < 0.0)) {
      rest += b;
      quotient -= 1.0;
    } else if (rest == 0.0) {
      rest = std::copysign(0.0, b);
    }
    if (symbol == "%") return PartialValue(Value(rest));
    double floor = quotient == 0.0 ? std::copysign(0.0, a / b) : std::floor(quotient);
    if (quotient - floor > 0.5) floor += 1.0;
    return PartialValue(Value(floor));
  }
  return type_error(fmt::format("`{}` does not take floats", symbol));
}

Result<PartialValue> joined(const Sequence& a, const Sequence& b) {
  if (a.size() + b.size() > kMostItems) {
    return fail(ErrorCode::limit_exceeded, "", fmt::format("a sequence grows beyond {} items", kMostItems));
  }
  std::vector<PartialValue> items(a.begin(), a.end());
  items.insert(items.end(), b.begin(), b.end());
  return make_sequence(std::move(items), a.is_list);
}

Result<PartialValue> repeated(const Sequence& sequence, const StaticNumber& count) {
  if (count.real) return type_error("a sequence is repeated a whole number of times, found a float");
  const std::uint64_t times = count.integer < 0 ? 0 : static_cast<std::uint64_t>(count.integer);
  if (sequence.size() > 0 && times > kMostItems / sequence.size()) {
    return fail(ErrorCode::limit_exceeded, "", fmt::format("a sequence grows beyond {} items", kMostItems));
  }
  std::vector<PartialValue> items;
  if (sequence.size() == 0) return make_sequence(std::move(items), sequence.is_list);
  for (std::uint64_t i = 0; i < times; ++i) items.insert(items.end(), sequence.begin(), sequence.end());
  return make_sequence(std::move(items), sequence.is_list);
}

// A shape may be written as a tuple or a list, so the two are equal when their items are.
Result<bool> equal(const PartialValue& a, const PartialValue& b) {
  if (a.is_array_like() || b.is_array_like()) return type_error("a tensor in a comparison of static values");
  if (a.is_run_time() || b.is_run_time()) {
    return type_error(
        fmt::format("{} has no truth value while the model is built", (a.is_run_time() ? a : b).kind_name()));
  }
  const auto* const left = a.get<Sequence>();
  const auto* const right = b.get<Sequence>();
  if (left != nullptr && right != nullptr) {
    if (left->size() != right->size()) return false;
    for (std::size_t i = 0; i < left->size(); ++i) {
      const auto same = equal((*left)[i], (*right)[i]);
      if (!same || !*same) return same;
    }
    return true;
  }
  const auto x = static_number(a);
  const auto y = static_number(b);
  if (x && y) return !x->real && !y->real ? x->integer == y->integer : x->as_double() == y->as_double();
  const Value* const scalar_a = a.get<Value>();
  const Value* const scalar_b = b.get<Value>();
  return scalar_a != nullptr && scalar_b != nullptr && *scalar_a == *scalar_b;
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
    for (const PartialValue& each : *sequence) {
      const auto same = equal(each, item);
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

const std::string* string_of(const PartialValue& value) {
  const Value* const scalar = value.get<Value>();
  return scalar != nullptr && scalar->is_string() ? &scalar->as_string() : nullptr;
}

Result<PartialValue> joined_strings(const std::string& left, const std::string& right) {
  if (left.size() + right.size() > kMostStringBytes) {
    return fail(ErrorCode::limit_exceeded, "", fmt::format("a string grows beyond {} bytes", kMostStringBytes));
  }
  return PartialValue(Value(left + right));
}

}  // namespace

std::optional<StaticNumber> static_number(const PartialValue& lowered) {
  const Value* const value = lowered.get<Value>();
  if (value == nullptr) return std::nullopt;
  if (value->is_bool()) return StaticNumber{false, value->as_bool() ? 1 : 0, 0.0};
  if (value->is_int()) return StaticNumber{false, value->as_int(), 0.0};
  if (value->is_real()) return StaticNumber{true, 0, value->as_real()};
  return std::nullopt;
}

Result<PartialValue> static_unary(std::string_view symbol, const PartialValue& operand) {
  const auto number = static_number(operand);
  if (!number) return type_error(fmt::format("`{}` expects a number, found {}", symbol, operand.kind_name()));
  if (symbol == "+") return PartialValue(number->real ? Value(number->floating) : Value(number->integer));
  if (symbol == "-") return number->real ? PartialValue(Value(-number->floating)) : int_binary("-", 0, number->integer);
  if (number->real) return type_error("`~` does not take floats");
  return from_int(~number->integer);
}

Result<PartialValue> static_binary(std::string_view symbol, const PartialValue& a, const PartialValue& b) {
  const auto left = static_number(a);
  const auto right = static_number(b);
  if (left && right) {
    const bool both_bool = a.get<Value>()->is_bool() && b.get<Value>()->is_bool();
    if (both_bool && (symbol == "&" || symbol == "|" || symbol == "^")) {
      const auto bits = int_binary(symbol, left->integer, right->integer);
      return PartialValue(Value(bits->get<Value>()->as_int() != 0));
    }
    if (!left->real && !right->real) return int_binary(symbol, left->integer, right->integer);
    return float_binary(symbol, left->as_double(), right->as_double());
  }
  const std::string* const left_text = string_of(a);
  const std::string* const right_text = string_of(b);
  if (symbol == "+" && left_text != nullptr && right_text != nullptr) return joined_strings(*left_text, *right_text);
  const auto* const left_sequence = a.get<Sequence>();
  const auto* const right_sequence = b.get<Sequence>();
  if (symbol == "+" && left_sequence != nullptr && right_sequence != nullptr) {
    return joined(*left_sequence, *right_sequence);
  }
  if (symbol == "*" && left_sequence != nullptr && right) return repeated(*left_sequence, *right);
  if (symbol == "*" && left && right_sequence != nullptr) return repeated(*right_sequence, *left);
  return type_error(fmt::format("`{}` does not take {} and {}", symbol, a.kind_name(), b.kind_name()));
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
  if (!left || !right) {
    return type_error(fmt::format("`{}` does not compare {} and {}", symbol, a.kind_name(), b.kind_name()));
  }
  const auto compare = [&](auto x, auto y) {
    if (symbol == "<") return x < y;
    if (symbol == "<=") return x <= y;
    return symbol == ">" ? x > y : x >= y;
  };
  if (!left->real && !right->real) return compare(left->integer, right->integer);
  return compare(left->as_double(), right->as_double());
}

Result<bool> static_truth(const PartialValue& value) {
  if (const auto number = static_number(value)) return number->real ? number->floating != 0.0 : number->integer != 0;
  if (const auto* const sequence = value.get<Sequence>()) return sequence->size() != 0;
  if (const Value* const scalar = value.get<Value>()) return scalar->is_string() && !scalar->as_string().empty();
  if (value.is_tensor()) {
    return type_error("a tensor has no truth value while the model is built; use ops.where to choose by element");
  }
  if (const Tensor* const array = value.get<Tensor>(); array != nullptr && array->rank() == 0) {
    return static_truth(PartialValue(*value_of(value)));
  }
  return type_error(fmt::format("{} is not a condition", value.kind_name()));
}

Result<PartialValue> static_slice(std::span<const PartialValue> bounds) {
  std::array<std::optional<std::int64_t>, 3> parts;
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    if (bounds[i].is_none()) continue;
    const auto number = static_number(bounds[i]);
    if (!number || number->real) {
      return type_error(fmt::format("the bounds of a slice are ints, found {}", bounds[i].kind_name()));
    }
    parts[i] = number->integer;
  }
  return PartialValue(Slice{parts[0], parts[1], parts[2]});
}

Result<PartialValue> static_subscript(const Sequence& sequence, const PartialValue& index) {
  const auto length = static_cast<std::int64_t>(sequence.size());
  if (const Value* const value = index.get<Value>(); value != nullptr && value->is_int()) {
    const std::int64_t at = value->as_int() < 0 ? value->as_int() + length : value->as_int();
    if (at < 0 || at >= length) {
      return type_error(fmt::format("index {} is out of range for a sequence of {}", value->as_int(), length));
    }
    return sequence[static_cast<std::size_t>(at)];
  }
  const Slice* const slice = index.get<Slice>();
  if (slice == nullptr) {
    return type_error(fmt::format("a sequence is indexed by an int or a slice, found {}", index.kind_name()));
  }
  if (slice->step == 0) return type_error("the step of a slice must not be zero");
  // As the step never moves further than to the other end, it may be cut to the length.
  const std::int64_t step = std::clamp(slice->step.value_or(1), -length - 1, length + 1);
  const std::int64_t lowest = step > 0 ? 0 : -1;
  const std::int64_t highest = step > 0 ? length : length - 1;
  const auto bound = [&](const std::optional<std::int64_t>& given, std::int64_t absent) {
    return given ? std::clamp(*given < 0 ? *given + length : *given, lowest, highest) : absent;
  };
  const std::int64_t stop = bound(slice->stop, step > 0 ? highest : lowest);
  std::vector<PartialValue> items;
  for (std::int64_t at = bound(slice->start, step > 0 ? lowest : highest); step > 0 ? at < stop : at > stop;
       at += step) {
    items.push_back(sequence[static_cast<std::size_t>(at)]);
  }
  return make_sequence(std::move(items), sequence.is_list);
}

}  // namespace revive
