#include "revive/model/lambda/python_semantics.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>

#include "revive/model/base/utf8.h"

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
  if (symbol == "**" && a == 0) return type_error("zero has no negative power");
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

std::unexpected<Error> too_many_items() {
  return fail(ErrorCode::limit_exceeded, "", fmt::format("a sequence grows beyond {} items", kMostItems));
}

// What `+` makes of two kinds; nothing where Python refuses.
std::optional<SequenceKind> joined_kind(SequenceKind a, SequenceKind b) {
  using enum SequenceKind;
  const auto is_plain = [](SequenceKind kind) {
    return kind == tuple || kind == list || kind == either || kind == shape;
  };
  if (!is_plain(a) || !is_plain(b)) return std::nullopt;
  if (a == b || b == either) return a;
  if (a == either) return b;
  if (a == shape || b == shape) return shape;
  return std::nullopt;
}

Result<PartialValue> joined_sequences(const PartialValue& left, const PartialValue& right) {
  const Sequence& a = *left.get<Sequence>();
  const Sequence& b = *right.get<Sequence>();
  const auto kind = joined_kind(a.kind, b.kind);
  if (!kind) return type_error(fmt::format("`+` does not take {} and {}", left.kind_name(), right.kind_name()));
  if (a.size() + b.size() > kMostItems) return too_many_items();
  std::vector<PartialValue> items(a.begin(), a.end());
  items.insert(items.end(), b.begin(), b.end());
  return make_sequence(std::move(items), *kind);
}

Result<PartialValue> repeated_sequence(const PartialValue& repeated, const StaticNumber& count) {
  const Sequence& sequence = *repeated.get<Sequence>();
  if (!joined_kind(sequence.kind, sequence.kind)) {
    return type_error(fmt::format("`*` does not repeat {}", repeated.kind_name()));
  }
  if (count.real) return type_error("a sequence is repeated a whole number of times, found a float");
  const std::uint64_t times = count.integer < 0 ? 0 : static_cast<std::uint64_t>(count.integer);
  if (sequence.size() > 0 && times > kMostItems / sequence.size()) return too_many_items();
  std::vector<PartialValue> items;
  for (std::uint64_t i = 0; sequence.size() > 0 && i < times; ++i) {
    items.insert(items.end(), sequence.begin(), sequence.end());
  }
  return make_sequence(std::move(items), sequence.kind);
}

const std::string* string_of(const PartialValue& value) {
  const Value* const scalar = value.get<Value>();
  return scalar != nullptr && scalar->is_string() ? &scalar->as_string() : nullptr;
}

Result<PartialValue> repeated_string(const std::string& text, const StaticNumber& count) {
  if (count.real) return type_error("a string is repeated a whole number of times, found a float");
  const std::uint64_t times = count.integer < 0 ? 0 : static_cast<std::uint64_t>(count.integer);
  if (!text.empty() && times > kMostStringBytes / text.size()) {
    return fail(ErrorCode::limit_exceeded, "", fmt::format("a string grows beyond {} bytes", kMostStringBytes));
  }
  std::string result;
  for (std::uint64_t i = 0; !text.empty() && i < times; ++i) result += text;
  return PartialValue(Value(std::move(result)));
}

// The items that an int or a slice picks of `length`.
struct Picked {
  bool is_one = false;
  std::vector<std::size_t> at;
};

Result<Picked> picked_by(const PartialValue& index, std::size_t count, std::string_view of) {
  const auto length = static_cast<std::int64_t>(count);
  if (const auto number = static_number(index); number && !number->real) {
    const std::int64_t at = number->integer < 0 ? number->integer + length : number->integer;
    if (at < 0 || at >= length) {
      return type_error(fmt::format("index {} is out of range for {} of {}", number->integer, of, length));
    }
    return Picked{true, {static_cast<std::size_t>(at)}};
  }
  const Slice* const slice = index.get<Slice>();
  if (slice == nullptr) {
    return type_error(fmt::format("{} is indexed by an int or a slice, found {}", of, index.kind_name()));
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
  Picked picked;
  for (std::int64_t at = bound(slice->start, step > 0 ? lowest : highest); step > 0 ? at < stop : at > stop;
       at += step) {
    picked.at.push_back(static_cast<std::size_t>(at));
  }
  return picked;
}

Result<PartialValue> joined_strings(const std::string& left, const std::string& right) {
  if (left.size() + right.size() > kMostStringBytes) {
    return fail(ErrorCode::limit_exceeded, "", fmt::format("a string grows beyond {} bytes", kMostStringBytes));
  }
  return PartialValue(Value(left + right));
}

}  // namespace

std::vector<std::string_view> characters_of(std::string_view text) {
  std::vector<std::string_view> characters;
  for (std::size_t start = 0; start < text.size();) {
    std::size_t end = start;
    next_code_point(text, end);
    characters.push_back(text.substr(start, end - start));
    start = end;
  }
  return characters;
}

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
    return joined_sequences(a, b);
  }
  if (symbol == "*" && left_text != nullptr && right) return repeated_string(*left_text, *right);
  if (symbol == "*" && left && right_text != nullptr) return repeated_string(*right_text, *left);
  if (symbol == "*" && left_sequence != nullptr && right) return repeated_sequence(a, *right);
  if (symbol == "*" && left && right_sequence != nullptr) return repeated_sequence(b, *left);
  return type_error(fmt::format("`{}` does not take {} and {}", symbol, a.kind_name(), b.kind_name()));
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

Result<PartialValue> static_subscript(const PartialValue& base, const PartialValue& index) {
  if (const std::string* const text = string_of(base)) {
    const auto characters = characters_of(*text);
    REVIVE_ASSIGN_OR_RETURN(const auto picked, picked_by(index, characters.size(), base.kind_name()));
    std::string part;
    for (const std::size_t at : picked.at) part += characters[at];
    return PartialValue(Value(std::move(part)));
  }
  const auto* const sequence = base.get<Sequence>();
  if (sequence == nullptr || !sequence->is_indexed()) {
    return type_error(fmt::format("{} cannot be indexed so", base.kind_name()));
  }
  REVIVE_ASSIGN_OR_RETURN(const auto picked, picked_by(index, sequence->size(), "a sequence"));
  if (picked.is_one) return (*sequence)[picked.at.front()];
  std::vector<PartialValue> items;
  for (const std::size_t at : picked.at) items.push_back((*sequence)[at]);
  // What is left of a vector may be known.
  return make_sequence(std::move(items), sequence->is_vector() ? SequenceKind::tuple : sequence->kind);
}

}  // namespace revive
