#include "revive/model/lambda/builtins.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "revive/model/lambda/lowering.h"
#include "revive/model/lambda/python_semantics.h"

namespace revive {
namespace {

constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();
constexpr std::int64_t kMostRange = 4096;

using Arguments = std::span<const PartialValue>;

std::unexpected<Error> type_error(std::string message) {
  return fail(ErrorCode::expression_type, "", std::move(message));
}

// The number that a scalar or an array of rank 0 holds.
Result<StaticNumber> number(const Builtin& builtin, const PartialValue& argument) {
  const bool is_scalar_array = argument.is_array() && argument.get<Tensor>()->rank() == 0;
  const auto found = static_number(is_scalar_array ? PartialValue(*value_of(argument)) : argument);
  if (!found) return type_error(fmt::format("{}() expects a number, found {}", builtin.name, argument.kind_name()));
  return *found;
}

Result<std::int64_t> integer(const Builtin& builtin, const PartialValue& argument) {
  REVIVE_ASSIGN_OR_RETURN(const auto found, number(builtin, argument));
  if (found.real) return type_error(fmt::format("{}() expects an int, found a float", builtin.name));
  return found.integer;
}

Result<PartialValue> int_from(const Builtin& builtin, double value) {
  // The bounds of int64, the upper one excluded, are doubles.
  constexpr double kLowest = -0x1p63;
  if (!(value >= kLowest && value < -kLowest)) {
    return type_error(fmt::format("{}() expects a float that fits 64 bits", builtin.name));
  }
  return PartialValue(Value(static_cast<std::int64_t>(value)));
}

Result<const Sequence*> sequence(Lowering& lowering, const Builtin& builtin, const PartialValue& argument) {
  const auto* const found = argument.get<Sequence>();
  if (found == nullptr) {
    return type_error(fmt::format("{}() expects a tuple or list, found {}", builtin.name, argument.kind_name()));
  }
  if (const Status affordable = lowering.take_steps(found->expanded); !affordable) {
    return std::unexpected(affordable.error());
  }
  REVIVE_RETURN_IF_ERROR(walk(*found));
  return found;
}

Result<PartialValue> absolute(Lowering& lowering, const Builtin& builtin, Arguments arguments) {
  if (arguments[0].is_array_like()) return lowering.call("ops.absolute", {{arguments[0]}, {}}, true);
  REVIVE_ASSIGN_OR_RETURN(const auto value, number(builtin, arguments[0]));
  if (value.real) return PartialValue(Value(std::fabs(value.floating)));
  return value.integer < 0 ? static_unary("-", Value(value.integer)) : PartialValue(Value(value.integer));
}

Result<PartialValue> to_bool(Lowering&, const Builtin&, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(const auto truth, static_truth(arguments[0]));
  return PartialValue(Value(truth));
}

Result<PartialValue> to_float(Lowering&, const Builtin& builtin, Arguments arguments) {
  if (const Value* const text = arguments[0].get<Value>(); text != nullptr && text->is_string()) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    if (text->as_string() == "inf") return PartialValue(Value(kInfinity));
    if (text->as_string() == "-inf") return PartialValue(Value(-kInfinity));
    if (text->as_string() == "nan") return PartialValue(Value(std::numeric_limits<double>::quiet_NaN()));
  }
  REVIVE_ASSIGN_OR_RETURN(const auto value, number(builtin, arguments[0]));
  return PartialValue(Value(value.as_double()));
}

Result<PartialValue> to_int(Lowering&, const Builtin& builtin, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(const auto value, number(builtin, arguments[0]));
  return value.real ? int_from(builtin, value.floating) : PartialValue(Value(value.integer));
}

Result<PartialValue> length(Lowering& lowering, const Builtin& builtin, Arguments arguments) {
  if (const Tensor* const array = arguments[0].get<Tensor>(); array != nullptr && array->rank() > 0) {
    return PartialValue(Value(array->dim(0)));
  }
  if (const auto* const mapping = arguments[0].get<Mapping>()) {
    return PartialValue(Value(static_cast<std::int64_t>(mapping->entries->size())));
  }
  if (const Value* const text = arguments[0].get<Value>(); text != nullptr && text->is_string()) {
    REVIVE_RETURN_IF_ERROR(lowering.take_steps(text->as_string().size()));
    return PartialValue(Value(std::ssize(characters_of(text->as_string()))));
  }
  const auto* const items = arguments[0].get<Sequence>();
  if (items == nullptr || items->kind == SequenceKind::iterator) {
    return type_error(fmt::format("{}() expects a tuple or list, found {}", builtin.name, arguments[0].kind_name()));
  }
  return PartialValue(Value(static_cast<std::int64_t>(items->size())));
}

Result<PartialValue> extreme(Lowering& lowering, const Builtin& builtin, Arguments arguments) {
  std::vector<PartialValue> items(arguments.begin(), arguments.end());
  if (items.size() == 1) {
    REVIVE_ASSIGN_OR_RETURN(items, lowering.items_of(arguments[0]));
  }
  if (items.empty()) return type_error(fmt::format("{}() expects at least one item", builtin.name));
  const PartialValue* best = &items[0];
  for (const PartialValue& item : std::span(items).subspan(1)) {
    REVIVE_ASSIGN_OR_RETURN(const auto better, static_compare(builtin.name == "max" ? ">" : "<", item, *best));
    if (better) best = &item;
  }
  return *best;
}

// Python's sum() adds with +, so tensors may be among the items.
Result<PartialValue> sum(Lowering& lowering, const Builtin& builtin, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(const auto items, sequence(lowering, builtin, arguments[0]));
  PartialValue total = arguments.size() > 1 ? arguments[1] : PartialValue(Value(0));
  const Value* const text = total.get<Value>();
  if (text != nullptr && text->is_string()) return type_error("sum() does not join strings");
  for (const PartialValue& item : *items) {
    auto next = lowering.infix("+", total, item);
    if (!next) return next;
    total = *std::move(next);
  }
  return total;
}

Result<PartialValue> product(Lowering& lowering, const Builtin& builtin, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(const auto items, sequence(lowering, builtin, arguments[0]));
  PartialValue total = PartialValue(Value(1));
  for (const PartialValue& item : *items) {
    auto next = lowering.infix("*", total, item);
    if (!next) return next;
    total = *std::move(next);
  }
  return total;
}

Result<PartialValue> range(Lowering& lowering, const Builtin& builtin, Arguments arguments) {
  std::vector<std::int64_t> bounds;
  for (const PartialValue& argument : arguments) {
    REVIVE_ASSIGN_OR_RETURN(const auto bound, integer(builtin, argument));
    bounds.push_back(bound);
  }
  if (bounds.size() == 1) bounds.insert(bounds.begin(), 0);
  const std::int64_t step = bounds.size() == 3 ? bounds[2] : 1;
  if (step == 0) return type_error("the step of range() must not be zero");
  std::vector<std::int64_t> items;
  for (std::int64_t at = bounds[0]; step > 0 ? at < bounds[1] : at > bounds[1];) {
    if (std::ssize(items) == kMostRange) {
      return fail(ErrorCode::limit_exceeded, "", fmt::format("expected a range() of at most {} ints", kMostRange));
    }
    items.push_back(at);
    if (__builtin_add_overflow(at, step, &at)) break;
  }
  if (const Status affordable = lowering.take_steps(items.size()); !affordable) {
    return std::unexpected(affordable.error());
  }
  return make_sequence({items.begin(), items.end()}, SequenceKind::range);
}

Result<PartialValue> to_sequence(Lowering& lowering, const Builtin& builtin, Arguments arguments) {
  std::vector<PartialValue> items;
  if (!arguments.empty()) {
    REVIVE_ASSIGN_OR_RETURN(items, lowering.items_of(arguments[0]));
  }
  return make_sequence(std::move(items), builtin.name == "list" ? SequenceKind::list : SequenceKind::tuple);
}

// Half to even, as Python's round() does for what a double holds exactly.
Result<PartialValue> round(Lowering& lowering, const Builtin& builtin, Arguments arguments) {
  if (arguments[0].is_array_like()) {
    return lowering.call("ops.round", {{arguments.begin(), arguments.end()}, {}}, true);
  }
  REVIVE_ASSIGN_OR_RETURN(const auto value, number(builtin, arguments[0]));
  if (arguments.size() > 1) return type_error("round() of a number to a number of digits; write the number itself");
  return value.real ? int_from(builtin, std::nearbyint(value.floating)) : PartialValue(Value(value.integer));
}

Result<PartialValue> slice(Lowering&, const Builtin&, Arguments arguments) {
  if (arguments.size() == 1) {
    const std::array bounds = {PartialValue(Value()), arguments[0]};
    return static_slice(bounds);
  }
  return static_slice(arguments);
}

Result<PartialValue> power(Lowering& lowering, const Builtin&, Arguments arguments) {
  return lowering.infix("**", arguments[0], arguments[1]);
}

// The subscripts as the op takes them: without spaces, and with the output that NumPy reads where none is named, every
// letter that stands once in the order of the alphabet.
std::string explicit_subscripts(std::string text) {
  std::erase(text, ' ');
  if (text.find("->") != std::string::npos) return text;
  std::string output = text.find("...") == std::string::npos ? "" : "...";
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    if (std::ranges::count(text, letter) == 1) output += letter;
  }
  return text + "->" + output;
}

// Keras' einsum has its operands behind the subscripts, where the op has them in front.
Result<PartialValue> einsum(Lowering& lowering, const Builtin&, Arguments arguments) {
  const OpClass* const op = find_op_function("einsum");
  const Value* const text = arguments[0].get<Value>();
  PartialValue subscripts = arguments[0];
  if (text != nullptr && text->is_string()) {
    subscripts = PartialValue(Value(explicit_subscripts(text->as_string())));
  }
  return lowering.op_call(*op, {{arguments.begin() + 1, arguments.end()}, {{"subscripts", subscripts}}});
}

Result<PartialValue> real_function(Lowering&, const Builtin& builtin, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(const auto value, number(builtin, arguments[0]));
  const double x = value.as_double();
  const double result = builtin.real(x);
  // Nor for an infinity, where C gives NaN.
  if ((std::isfinite(x) && !std::isfinite(result)) || (!std::isnan(x) && std::isnan(result))) {
    return type_error(fmt::format("{}() is not defined for {}", builtin.name, x));
  }
  return PartialValue(Value(result));
}

Result<PartialValue> real_power(Lowering&, const Builtin& builtin, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(const auto base, number(builtin, arguments[0]));
  REVIVE_ASSIGN_OR_RETURN(const auto exponent, number(builtin, arguments[1]));
  return static_binary("**", Value(base.as_double()), Value(exponent.as_double()));
}

Result<PartialValue> whole_number(Lowering&, const Builtin& builtin, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(const auto value, number(builtin, arguments[0]));
  return value.real ? int_from(builtin, builtin.real(value.floating)) : PartialValue(Value(value.integer));
}

Builtin real(std::string_view name, double (*function)(double)) {
  return {name, 1, 1, real_function, function};
}

}  // namespace

std::span<const Builtin> python_builtins() {
  static const Builtin table[] = {
      {"abs", 1, 1, absolute},
      {"bool", 1, 1, to_bool},
      {"float", 1, 1, to_float},
      {"int", 1, 1, to_int},
      {"len", 1, 1, length},
      {"list", 0, 1, to_sequence},
      {"max", 1, kAny, extreme},
      {"min", 1, kAny, extreme},
      {"pow", 2, 2, power},
      {"range", 1, 3, range},
      {"round", 1, 2, round},
      {"slice", 1, 3, slice},
      {"sum", 1, 2, sum, nullptr, "start"},
      {"tuple", 0, 1, to_sequence},
      {"ops.einsum", 2, kAny, einsum},
      {"math.ceil", 1, 1, whole_number, std::ceil},
      {"math.floor", 1, 1, whole_number, std::floor},
      {"math.pow", 2, 2, real_power},
      {"math.prod", 1, 1, product},
      real("math.cos", std::cos),
      real("math.exp", std::exp),
      real("math.fabs", std::fabs),
      real("math.log", std::log),
      real("math.log10", std::log10),
      real("math.log2", std::log2),
      real("math.sin", std::sin),
      real("math.sqrt", std::sqrt),
      real("math.tan", std::tan),
      real("math.tanh", std::tanh),
  };
  return table;
}

const Builtin* find_builtin(std::string_view name, bool internal) {
  const auto find_in = [name](std::span<const Builtin> table) -> const Builtin* {
    const auto found = std::ranges::find(table, name, &Builtin::name);
    return found == table.end() ? nullptr : &*found;
  };
  if (name.starts_with('_') && !internal) return nullptr;
  for (const auto table : {python_builtins, iteration_builtins, tensor_builtins, shaping_builtins, length_builtins,
                           resize_builtins, placing_builtins}) {
    if (const Builtin* const found = find_in(table())) return found;
  }
  return nullptr;
}

}  // namespace revive
