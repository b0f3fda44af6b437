// Operators on tensors: the op that each is, by the dtypes of its operands and the backend that a lambda was written
// for.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "revive/model/lambda/lowering.h"
#include "revive/model/lambda/python_semantics.h"
#include "revive/model/ops/operand.h"

namespace revive {
namespace {

std::unexpected<Error> type_error(std::string message) {
  return fail(ErrorCode::expression_type, "", std::move(message));
}

// What has one meaning for bools and another for ints.
struct OfBits {
  std::string_view symbol;
  std::string_view logical;
  std::string_view bitwise;
};

constexpr std::array kOfBits = {
    OfBits{"&", "logical_and", "bitwise_and"},
    OfBits{"|", "logical_or", "bitwise_or"},
    OfBits{"^", "logical_xor", "bitwise_xor"},
    OfBits{"~", "logical_not", "bitwise_not"},
    OfBits{"<<", {}, "left_shift"},
    OfBits{">>", {}, "right_shift"},
};

const OfBits* find_of_bits(std::string_view symbol) {
  const auto found = std::ranges::find(kOfBits, symbol, &OfBits::symbol);
  return found == kOfBits.end() ? nullptr : found;
}

bool is_bool(const std::optional<DType>& dtype) {
  return dtype == DType::boolean;
}

bool is_narrow_int(const std::optional<DType>& dtype) {
  return dtype && is_narrow(*dtype);
}

// The last value of the graph that the arguments read; 0 is x.
std::size_t last_read(std::span<const Argument> arguments) {
  std::size_t index = 0;
  for (const Argument& argument : arguments) {
    if (const NodeRef* const ref = argument.get<NodeRef>()) index = std::max(index, ref->index);
    if (const auto* const list = argument.get<Argument::List>()) index = std::max(index, last_read(*list));
  }
  return index;
}

// Whether an op gives bools whatever it is given: an op that gives them for floats does.
bool always_gives_bools(const Node& node) {
  const std::size_t most = last_read(node.arguments);
  constexpr std::int64_t kSomeLength = 2;
  for (std::size_t rank = 1; rank <= 4; ++rank) {
    std::vector<std::int64_t> axes(rank, kSomeLength);
    axes.front() = kUnknown;
    const std::vector<TensorType> floats(most + 1, TensorType{DType::float32, Shape(axes)});
    if (const auto type = node.op->infer(node, floats)) return type->dtype == DType::boolean;
  }
  return false;
}

}  // namespace

std::optional<DType> Lowering::known_dtype(const PartialValue& value) const {
  if (const Tensor* const array = value.get<Tensor>()) return array->dtype();
  if (const NodeRef* const ref = value.get<NodeRef>()) {
    if (ref->index > 0 && always_gives_bools(nodes_[ref->index - 1])) return DType::boolean;
    if (!input_) return std::nullopt;
    return types_[ref->index].dtype;
  }
  const Value* const scalar = value.get<Value>();
  if (scalar == nullptr) return std::nullopt;
  if (scalar->is_bool()) return DType::boolean;
  if (scalar->is_int()) return DType::int32;
  return scalar->is_real() ? std::optional(DType::float32) : std::nullopt;
}

Result<DType> Lowering::dtype_of(const PartialValue& value) {
  if (const auto dtype = known_dtype(value)) {
    looked_at_input_ = looked_at_input_ || (value.is_tensor() && dtype != DType::boolean);
    return *dtype;
  }
  if (value.is_tensor()) return type_error("this needs the dtype of the input; make the lambda with the input's type");
  REVIVE_ASSIGN_OR_RETURN(const auto type, type_of(value));
  return type.dtype;
}

Result<PartialValue> Lowering::unary(std::string_view symbol, const PartialValue& operand) {
  if (symbol == "not") {
    REVIVE_ASSIGN_OR_RETURN(const auto truth, static_truth(operand));
    return PartialValue(Value(!truth));
  }
  if (!operand.is_array_like()) return static_unary(symbol, operand);
  if (symbol == "+") return operand;
  REVIVE_ASSIGN_OR_RETURN(auto argument, operand_from(operand));
  if (const OfBits* const bits = find_of_bits(symbol)) {
    REVIVE_ASSIGN_OR_RETURN(const auto dtype, dtype_of(operand));
    return op(is_bool(dtype) ? bits->logical : bits->bitwise, {std::move(argument)});
  }
  return op(*find_op_symbol(OpClass::Syntax::prefix, symbol), {std::move(argument)});
}

// An op on bits takes arrays, and the operand of the whole shape in front.
Result<PartialValue> Lowering::bitwise(std::string_view function, const PartialValue& a, const PartialValue& b) {
  // An int has the dtype of the ints beside it.
  const auto as_array = [this](const PartialValue& value, const PartialValue& beside) -> Result<Argument> {
    if (value.is_array_like()) return operand_from(value);
    PartialValue dtype;
    const auto number = static_number(value);
    if (const auto known = known_dtype(beside); known && is_integer(*known) && number && !number->real) {
      dtype = PartialValue(Value(name_of(*known)));
    }
    REVIVE_ASSIGN_OR_RETURN(const auto made, call("_array", {{value, dtype}, {}}, true));
    return operand_from(made);
  };
  REVIVE_ASSIGN_OR_RETURN(auto left, as_array(a, b));
  REVIVE_ASSIGN_OR_RETURN(auto right, as_array(b, a));
  const bool commutes = !function.ends_with("_shift");
  const auto is_smaller = [this](const PartialValue& value, const PartialValue& than) {
    if (!value.is_tensor()) return than.is_tensor();
    return input_ && than.is_tensor() && type_of(value)->shape.rank() < type_of(than)->shape.rank();
  };
  if (commutes && is_smaller(a, b)) std::swap(left, right);
  auto made = op(function, {left, right});
  if (made || !commutes) return made;
  auto swapped = op(function, {std::move(right), std::move(left)});
  return swapped ? swapped : made;
}

// TensorFlow makes a number beside a tensor of bools a bool, without its fraction, and JAX the bools ints.
Result<PartialValue> Lowering::beside(const PartialValue& number, const PartialValue& tensor, std::string_view symbol) {
  const auto static_value = static_number(number);
  const bool is_open = static_value && !number.get<Value>()->is_bool() && tensor.is_array_like() && symbol == "*";
  if (!is_open || backend_ == Backend::keras || !is_bool(known_dtype(tensor))) return number;
  if (!tensor.is_tensor()) {
    if (backend_ == Backend::unknown) return number;
    return type_error("an array of bools times a number is one of bools in TensorFlow and of numbers in NumPy");
  }
  looked_at_input_ = input_.has_value();
  if (backend_ == Backend::tensorflow) return PartialValue(Value(std::trunc(static_value->as_double()) != 0.0));
  return type_error("bools times a number are bools in TensorFlow and numbers elsewhere; cast the bools first");
}

Result<PartialValue> Lowering::infix(std::string_view symbol, const PartialValue& a, const PartialValue& b) {
  if (a.is_run_time() || b.is_run_time()) return infix_at_run_time(symbol, a, b);
  if (!a.is_array_like() && !b.is_array_like()) {
    if (const Status affordable = take_steps(a.expanded() + b.expanded()); !affordable) {
      return std::unexpected(affordable.error());
    }
    return static_binary(symbol, a, b);
  }
  REVIVE_ASSIGN_OR_RETURN(const auto first, beside(a, b, symbol));
  REVIVE_ASSIGN_OR_RETURN(const auto second, beside(b, a, symbol));
  if (const OfBits* const bits = find_of_bits(symbol)) {
    REVIVE_ASSIGN_OR_RETURN(const auto left, dtype_of(first));
    bool logical = is_bool(left) && !bits->logical.empty();
    if (logical) {
      REVIVE_ASSIGN_OR_RETURN(const auto right, dtype_of(second));
      logical = is_bool(right);
    }
    if (!logical) return bitwise(bits->bitwise, first, second);
    REVIVE_ASSIGN_OR_RETURN(auto x1, operand_from(first));
    REVIVE_ASSIGN_OR_RETURN(auto x2, operand_from(second));
    return op(bits->logical, {std::move(x1), std::move(x2)});
  }
  // TensorFlow rounds the quotient of floats, where the others divide without rounding first.
  if (symbol == "//" && backend_ == Backend::tensorflow) {
    const auto is_real = [this](const PartialValue& each) {
      const auto dtype = known_dtype(each);
      return dtype && is_float(*dtype);
    };
    if (is_real(first) || is_real(second)) {
      looked_at_input_ = looked_at_input_ || input_.has_value();
      REVIVE_ASSIGN_OR_RETURN(const auto quotient, infix("/", first, second));
      return call("op.floor", {{quotient}, {}}, true);
    }
  }
  if (symbol == "//") REVIVE_RETURN_IF_ERROR(check_quotient(first, second));
  if (symbol == "**" && backend_ == Backend::unknown && is_bool(known_dtype(first))) {
    return type_error("a power of bools is an int of 8 bits in NumPy and of 32 elsewhere; cast the bools first");
  }
  if (symbol == "**" && backend_ == Backend::unknown && is_narrow_int(known_dtype(second))) {
    return type_error("a power to ints of 8 or 16 bits is not the same in NumPy and JAX; cast them first");
  }
  const OpClass* const found =
      symbol == "@" ? find_op_function("matmul") : find_op_symbol(OpClass::Syntax::infix, symbol);
  if (found == nullptr) return type_error(fmt::format("`{}` does not take tensors", symbol));
  REVIVE_ASSIGN_OR_RETURN(auto left, operand_from(first));
  REVIVE_ASSIGN_OR_RETURN(auto right, operand_from(second));
  return op(*found, {std::move(left), std::move(right)});
}

}  // namespace revive
