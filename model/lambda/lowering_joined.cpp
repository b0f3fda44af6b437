// What backends disagree on where an op joins tensors with what stands beside them: the dtype of the result, ints
// divided by zero, and quotients that are nearly whole.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "revive/model/lambda/lowering.h"
#include "revive/model/lambda/python_semantics.h"
#include "revive/model/ops/operand.h"

namespace revive {
namespace {

std::unexpected<Error> type_error(std::string message) {
  return fail(ErrorCode::expression_type, "", std::move(message));
}

// A dtype of 64 bits that nobody asked for counts as the one of 32.
DType in_32_bits(DType dtype) {
  return dtype == DType::float64 ? DType::float32 : dtype == DType::int64 ? DType::int32 : dtype;
}

bool is_half(DType dtype) {
  return dtype == DType::float16 || dtype == DType::bfloat16;
}

bool holds_zero(const Argument& divisor) {
  if (const Value* const number = divisor.get<Value>()) {
    const auto known = static_number(PartialValue(*number));
    return known && known->as_double() == 0.0;
  }
  const Tensor* const array = divisor.get<Tensor>();
  if (array == nullptr) return false;
  const Tensor numbers = cast(*array, DType::float32);
  return std::ranges::any_of(numbers.data<float>(), [](float each) { return each == 0.0F; });
}

// The operands, those in lists as well, that are T.
template <typename T>
std::vector<T> operands_of(std::span<const Argument> arguments) {
  std::vector<T> found;
  for (const Argument& argument : arguments) {
    if (const T* const operand = argument.get<T>()) found.push_back(*operand);
    if (const auto* const list = argument.get<Argument::List>()) {
      for (const T& inner : operands_of<T>(*list)) found.push_back(inner);
    }
  }
  return found;
}

std::optional<DType> common_of(std::span<const Argument> arguments, std::span<const TensorType> types) {
  std::optional<DType> common;
  for (const NodeRef& ref : operands_of<NodeRef>(arguments)) {
    const DType dtype = types[ref.index].dtype;
    common = common ? common_dtype(*common, dtype) : dtype;
  }
  return common;
}

bool is_real(const Value& number) {
  return number.is_real();
}

bool is_int(const Value& number) {
  return number.is_int();
}

// Whether the number is one of few digits, so that a multiple of it in a tensor is the very multiple.
bool has_few_bits(double number) {
  constexpr int kFew = 8;
  int exponent = 0;
  const double scaled = std::ldexp(std::frexp(number, &exponent), kFew);
  return std::isfinite(number) && scaled == std::trunc(scaled);
}

}  // namespace

Status Lowering::check_joined(const Node& made) const {
  if (!input_ || !made.op->joins_behind) return {};
  const auto operands = std::span(made.arguments).subspan(*made.op->joins_behind);
  const auto tensors = common_of(operands, types_);
  if (!tensors) return {};
  REVIVE_RETURN_IF_ERROR(check_narrowed(operands, *tensors));
  return check_widened(operands, *tensors);
}

// TensorFlow makes an array beside a tensor one of the tensor's dtype, and cuts off fractions; the others compute in
// the common dtype. The same holds for NumPy's floats, which are no weak numbers there.
Status Lowering::check_narrowed(std::span<const Argument> operands, DType tensors) const {
  if (backend_ == Backend::keras || runs_on_numpy_) return {};
  const auto widens = [&](const Tensor& array) {
    return in_32_bits(common_dtype(tensors, array.dtype())) != in_32_bits(tensors);
  };
  const bool disputed =
      std::ranges::any_of(operands_of<Tensor>(operands), widens) ||
      (has_numpy_float_ && !is_float(tensors) && std::ranges::any_of(operands_of<Value>(operands), is_real));
  if (!disputed) return {};
  return type_error(
      fmt::format("an array beside a tensor of {} is made {} in TensorFlow and not elsewhere; cast one "
                  "of them first",
                  name_of(tensors), name_of(tensors)));
}

// Python's numbers take the dtype of the tensor beside them, NumPy's make it wider, and both are stored alike; so does
// JAX with a number that was made an array.
Status Lowering::check_widened(std::span<const Argument> operands, DType tensors) const {
  if (backend_ == Backend::tensorflow || !of_any_backend_ || !(is_half(tensors) || is_narrow(tensors))) return {};
  const auto numbers = operands_of<Value>(operands);
  const auto arrays = operands_of<Tensor>(operands);
  const bool of_ints = is_integer(tensors);
  const auto is_wide_int = [](const Tensor& array) { return is_integer(array.dtype()) && size_of(array.dtype()) > 1; };
  if (!of_ints && backend_ != Backend::keras && std::ranges::any_of(arrays, is_wide_int)) {
    return type_error(fmt::format(
        "ints beside a tensor of {} make it wider in NumPy and not elsewhere; cast them first", name_of(tensors)));
  }
  const bool disputed = of_ints ? has_numpy_int_ && std::ranges::any_of(numbers, is_int)
                                : (has_numpy_float_ && std::ranges::any_of(numbers, is_real)) ||
                                      (has_numpy_int_ && runs_on_numpy_ && std::ranges::any_of(numbers, is_int));
  const auto was_number = [&](const Tensor& array) {
    return array.rank() == 0 && is_integer(array.dtype()) == of_ints && array.dtype() != tensors;
  };
  if (!disputed && !(has_weak_array_ && std::ranges::any_of(arrays, was_number))) return {};
  return type_error(
      fmt::format("a number beside a tensor of {} leaves it so if it is Python's own and not if it is NumPy's, "
                  "and nothing says which it is; write the number itself, or cast it",
                  name_of(tensors)));
}

Status Lowering::check_divisor(const Node& made) const {
  if (backend_ == Backend::keras || runs_on_numpy_ || !input_) return {};
  if (made.op->function != "floor_divide" && made.op->function != "mod") return {};
  const auto tensors = common_of(made.arguments, types_);
  if (!tensors || is_float(*tensors) || !holds_zero(made.arguments.back())) return {};
  return type_error("ints divided by zero are 0 in NumPy and something else elsewhere");
}

// TensorFlow rounds the quotient of floats before it takes the floor, the others do not.
Status Lowering::check_quotient(const PartialValue& dividend, const PartialValue& divisor) {
  if (backend_ != Backend::unknown || !input_ || runs_on_numpy_) return {};
  const auto is_exact = [this](const PartialValue& value) {
    const auto dtype = known_dtype(value);
    return dtype && !is_float(*dtype);
  };
  const auto number = static_number(divisor);
  if ((is_exact(dividend) && is_exact(divisor)) || (number && has_few_bits(number->as_double()))) return {};
  return type_error(
      "a quotient that is nearly whole is rounded up by TensorFlow alone; divide, and then take the floor");
}

void Lowering::note_numbers(const PartialValue& value) {
  if (const Value* const number = value.get<Value>()) {
    has_numpy_float_ = has_numpy_float_ || number->is_real();
    has_numpy_int_ = has_numpy_int_ || number->is_int();
  }
  if (const auto* const sequence = value.get<Sequence>()) {
    for (const PartialValue& item : *sequence) note_numbers(item);
  }
}

}  // namespace revive
