#include "model/expression_static.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "model/expression_lexer.h"

namespace revive {
namespace {

constexpr std::array<std::string_view, 7> kFunctions = {"abs", "bool", "float", "int", "len", "max", "min"};
// Up to here every int64 is a double.
constexpr std::int64_t kExactDouble = std::int64_t{1} << 53;
constexpr std::size_t kMaxSequence = 4096;

std::unexpected<Error> type_error(std::string message) {
  return fail(ErrorCode::expression_type, "", std::move(message));
}

// A Python number; bool counts as int.
struct Number {
  bool real = false;
  std::int64_t integer = 0;
  double floating = 0.0;

  double as_double() const { return real ? floating : static_cast<double>(integer); }
};

std::optional<Number> number_of(const Argument& argument) {
  const Value* const value = argument.get<Value>();
  if (value == nullptr) return std::nullopt;
  if (value->is_bool()) return Number{false, value->as_bool() ? 1 : 0, 0.0};
  if (value->is_int()) return Number{false, value->as_int(), 0.0};
  if (value->is_real()) return Number{true, 0, value->as_real()};
  return std::nullopt;
}

Result<Argument> from_int(std::optional<std::int64_t> value) {
  if (!value) return type_error("an int grows beyond 64 bits");
  return Argument(Value(*value));
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

Result<Argument> int_binary(std::string_view symbol, std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  if (symbol == "+") return from_int(__builtin_add_overflow(a, b, &result) ? std::nullopt : std::optional(result));
  if (symbol == "-") return from_int(__builtin_sub_overflow(a, b, &result) ? std::nullopt : std::optional(result));
  if (symbol == "*") return from_int(multiplied(a, b));
  if (symbol == "&") return from_int(a & b);
  if (symbol == "|") return from_int(a | b);
  if (symbol == "^") return from_int(a ^ b);
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
  return Argument(Value(symbol == "/" ? dividend / divisor : std::pow(dividend, divisor)));
}

Result<Argument> float_binary(std::string_view symbol, double a, double b) {
  if (symbol == "+") return Argument(Value(a + b));
  if (symbol == "-") return Argument(Value(a - b));
  if (symbol == "*") return Argument(Value(a * b));
  if (symbol == "**") {
    const double power = std::pow(a, b);
    if (a == 0.0 && b < 0.0) return type_error("zero has no negative power");
    if (std::isnan(power) && !std::isnan(a) && !std::isnan(b)) {
      return type_error("a negative number to a fractional power is not real");
    }
    if (std::isinf(power) && std::isfinite(a) && std::isfinite(b)) return type_error("a power grows beyond a float");
    return Argument(Value(power));
  }
  if (symbol == "/" || symbol == "//" || symbol == "%") {
    if (b == 0.0) return type_error("division by zero");
    if (symbol == "/") return Argument(Value(a / b));
    double rest = std::fmod(a, b);
    double quotient = (a - rest) / b;
    if (rest != 0.0 && (rest < 0.0) != (b < 0.0)) {
      rest += b;
      quotient -= 1.0;
    } else if (rest == 0.0) {
      rest = std::copysign(0.0, b);
    }
    if (symbol == "%") return Argument(Value(rest));
    double floor = quotient == 0.0 ? std::copysign(0.0, a / b) : std::floor(quotient);
    if (quotient - floor > 0.5) floor += 1.0;
    return Argument(Value(floor));
  }
  return type_error(fmt::format("`{}` does not take floats", symbol));
}

// The flat elements and dims of a rectangular list; false when it is none.
bool flatten(const Argument::List& list, std::size_t depth, Dims& dims, std::vector<Number>& numbers, bool& all_bool) {
  if (depth == dims.size()) dims.push_back(static_cast<std::int64_t>(list.size()));
  if (dims[depth] != static_cast<std::int64_t>(list.size())) return false;
  for (const Argument& item : list) {
    if (const auto* const inner = item.get<Argument::List>()) {
      // A number was seen at this depth before, so the list is ragged.
      if (dims.size() == depth + 1 && !numbers.empty()) return false;
      if (!flatten(*inner, depth + 1, dims, numbers, all_bool)) return false;
    } else {
      const auto number = number_of(item);
      if (!number || dims.size() != depth + 1) return false;
      all_bool = all_bool && item.get<Value>()->is_bool();
      numbers.push_back(*number);
    }
  }
  return true;
}

}  // namespace

Result<Argument> static_unary(std::string_view symbol, const Argument& operand) {
  const auto number = number_of(operand);
  if (!number) return type_error(fmt::format("`{}` expects a number, found {}", symbol, operand.kind_name()));
  if (symbol == "+") return Argument(number->real ? Value(number->floating) : Value(number->integer));
  if (symbol == "-") return number->real ? Argument(Value(-number->floating)) : int_binary("-", 0, number->integer);
  if (number->real) return type_error("`~` does not take floats");
  return from_int(~number->integer);
}

Result<Argument> static_binary(std::string_view symbol, const Argument& a, const Argument& b) {
  const auto left = number_of(a);
  const auto right = number_of(b);
  if (left && right) {
    const bool both_bool = a.get<Value>()->is_bool() && b.get<Value>()->is_bool();
    if (both_bool && (symbol == "&" || symbol == "|" || symbol == "^")) {
      const auto bits = int_binary(symbol, left->integer, right->integer);
      return Argument(Value(bits->get<Value>()->as_int() != 0));
    }
    if (!left->real && !right->real) return int_binary(symbol, left->integer, right->integer);
    return float_binary(symbol, left->as_double(), right->as_double());
  }
  const auto* const left_list = a.get<Argument::List>();
  const auto* const right_list = b.get<Argument::List>();
  if (symbol == "+" && left_list != nullptr && right_list != nullptr) {
    if (left_list->size() + right_list->size() > kMaxSequence) {
      return fail(ErrorCode::limit_exceeded, "", fmt::format("a list grows beyond {} items", kMaxSequence));
    }
    Argument::List joined = *left_list;
    joined.insert(joined.end(), right_list->begin(), right_list->end());
    return Argument(std::move(joined));
  }
  return type_error(fmt::format("`{}` does not take {} and {}", symbol, a.kind_name(), b.kind_name()));
}

Result<bool> static_compare(std::string_view symbol, const Argument& a, const Argument& b) {
  const auto left = number_of(a);
  const auto right = number_of(b);
  if (left && right) {
    const auto compare = [&](auto x, auto y) {
      if (symbol == "<") return x < y;
      if (symbol == "<=") return x <= y;
      if (symbol == ">") return x > y;
      if (symbol == ">=") return x >= y;
      return symbol == "==" ? x == y : x != y;
    };
    if (!left->real && !right->real) return compare(left->integer, right->integer);
    return compare(left->as_double(), right->as_double());
  }
  if (symbol == "==") return a == b;
  if (symbol == "!=") return !(a == b);
  return type_error(fmt::format("`{}` does not compare {} and {}", symbol, a.kind_name(), b.kind_name()));
}

Result<bool> static_truth(const Argument& value) {
  if (const auto number = number_of(value)) return number->real ? number->floating != 0.0 : number->integer != 0;
  if (const auto* const list = value.get<Argument::List>()) return !list->empty();
  if (const Value* const scalar = value.get<Value>()) return scalar->is_string() && !scalar->as_string().empty();
  if (value.get<NodeRef>() != nullptr) return type_error("a tensor has no truth value while the model is built");
  return type_error(fmt::format("{} is not a condition", value.kind_name()));
}

Result<Argument> static_subscript(const Argument::List& list, const Argument& index) {
  const auto length = static_cast<std::int64_t>(list.size());
  if (const Value* const value = index.get<Value>(); value != nullptr && value->is_int()) {
    const std::int64_t at = value->as_int() < 0 ? value->as_int() + length : value->as_int();
    if (at < 0 || at >= length) {
      return type_error(fmt::format("index {} is out of range for a list of {}", value->as_int(), length));
    }
    return list[static_cast<std::size_t>(at)];
  }
  if (const Slice* const slice = index.get<Slice>(); slice != nullptr && slice->step.value_or(1) == 1) {
    const auto bound = [&](const std::optional<std::int64_t>& given, std::int64_t absent) {
      const std::int64_t at = given.value_or(absent);
      return std::clamp(at < 0 ? at + length : at, std::int64_t{0}, length);
    };
    const std::int64_t start = bound(slice->start, 0);
    const std::int64_t stop = std::max(start, bound(slice->stop, length));
    return Argument(Argument::List(list.begin() + start, list.begin() + stop));
  }
  return type_error(fmt::format("a list is indexed by an int or a slice of step 1, found {}", index.kind_name()));
}

bool is_static_function(std::string_view name) {
  return std::ranges::find(kFunctions, name) != kFunctions.end();
}

Result<Argument> static_call(std::string_view name, std::span<const Argument> arguments) {
  if (name == "max" || name == "min") {
    const bool listed = arguments.size() == 1 && arguments[0].get<Argument::List>() != nullptr;
    const std::span<const Argument> items =
        listed ? std::span<const Argument>(*arguments[0].get<Argument::List>()) : arguments;
    if (items.empty() || (items.size() == 1 && !listed)) {
      return type_error(fmt::format("{}() expects a list or at least two numbers", name));
    }
    const Argument* best = &items[0];
    for (const Argument& item : items) {
      if (!number_of(item) || !number_of(*best))
        return type_error(fmt::format("{}() expects numbers, found {}", name, item.kind_name()));
      if (*static_compare(name == "max" ? ">" : "<", item, *best)) best = &item;
    }
    return *best;
  }
  if (arguments.size() != 1)
    return type_error(fmt::format("{}() expects one argument, found {}", name, arguments.size()));
  const Argument& argument = arguments[0];
  if (name == "bool") {
    const auto truth = static_truth(argument);
    if (!truth) return std::unexpected(truth.error());
    return Argument(Value(*truth));
  }
  if (name == "len") {
    const auto* const list = argument.get<Argument::List>();
    if (list == nullptr) return type_error(fmt::format("len() expects a list, found {}", argument.kind_name()));
    return Argument(Value(static_cast<std::int64_t>(list->size())));
  }
  const auto number = number_of(argument);
  if (!number) return type_error(fmt::format("{}() expects a number, found {}", name, argument.kind_name()));
  if (name == "float") return Argument(Value(number->as_double()));
  if (name == "abs") {
    if (number->real) return Argument(Value(std::fabs(number->floating)));
    return number->integer < 0 ? int_binary("-", 0, number->integer) : from_int(number->integer);
  }
  if (!number->real) return from_int(number->integer);
  // The bounds of int64, the upper one excluded, are doubles.
  constexpr double kLowest = -0x1p63;
  if (!(number->floating >= kLowest && number->floating < -kLowest)) {
    return type_error("int() expects a float that fits 64 bits");
  }
  return from_int(static_cast<std::int64_t>(number->floating));
}

Result<Tensor> array_from_list(const Argument::List& list) {
  Dims dims;
  std::vector<Number> numbers;
  bool all_bool = true;
  if (!flatten(list, 0, dims, numbers, all_bool) || numbers.empty()) {
    return type_error("a list beside a tensor has to hold numbers in a rectangular shape");
  }
  if (std::ranges::any_of(numbers, &Number::real)) {
    Tensor array = Tensor::uninitialized(DType::float32, std::move(dims));
    std::ranges::transform(numbers, array.data<float>().begin(),
                           [](const Number& number) { return static_cast<float>(number.as_double()); });
    return array;
  }
  if (all_bool) {
    Tensor array = Tensor::uninitialized(DType::boolean, std::move(dims));
    std::ranges::transform(numbers, array.data<std::uint8_t>().begin(),
                           [](const Number& number) { return static_cast<std::uint8_t>(number.integer); });
    return array;
  }
  using Range = std::numeric_limits<std::int32_t>;
  Tensor array = Tensor::uninitialized(DType::int32, std::move(dims));
  std::int32_t* out = array.data<std::int32_t>().data();
  for (const Number& number : numbers) {
    if (number.integer < Range::min() || number.integer > Range::max()) {
      return type_error(fmt::format("an int of an array has to fit int32, found {}", number.integer));
    }
    *out++ = static_cast<std::int32_t>(number.integer);
  }
  return array;
}

}  // namespace revive
