#include "revive/model/tensor/element.h"

#include <fmt/format.h>

#include <type_traits>
#include <utility>

#include "revive/model/tensor/element_type.h"

namespace revive {
namespace {

template <typename T>
Value to_value(T element) {
  if constexpr (std::is_same_v<T, float> || std::is_same_v<T, double>) {
    return Value(static_cast<double>(element));
  } else if constexpr (std::is_same_v<T, Float16> || std::is_same_v<T, BFloat16>) {
    return Value(static_cast<double>(static_cast<float>(element)));
  } else {
    if (!std::in_range<std::int64_t>(element)) return Value(static_cast<double>(element));
    return Value(static_cast<std::int64_t>(element));
  }
}

}  // namespace

Value element_of(const Tensor& tensor, std::size_t index) {
  if (tensor.dtype() == DType::boolean) return Value(tensor.data<std::uint8_t>()[index] != 0);
  return with_dtype(tensor.dtype(), [&]<typename T>(T) -> Value {
    if constexpr (std::is_same_v<T, bool>) {
      return {};
    } else {
      return to_value(tensor.data<T>()[index]);
    }
  });
}

bool is_element(const Value& value, DType dtype) {
  if (dtype == DType::boolean) return value.is_bool();
  if (is_float(dtype)) return value.is_real() || value.is_int();
  if (!value.is_int()) return false;
  return with_dtype(dtype, [&]<typename T>(T) {
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
      return std::in_range<T>(value.as_int());
    } else {
      return false;
    }
  });
}

void set_element(Tensor& tensor, std::size_t index, const Value& value) {
  with_dtype(tensor.dtype(), [&]<typename T>(T) {
    T& element = tensor.data<T>()[index];
    if constexpr (std::is_same_v<T, bool>) {
      element = value.as_bool();
    } else if constexpr (std::is_integral_v<T>) {
      element = static_cast<T>(value.as_int());
    } else if constexpr (std::is_same_v<T, float> || std::is_same_v<T, double>) {
      element = value.is_int() ? static_cast<T>(value.as_int()) : static_cast<T>(value.as_real());
    } else {
      element = T(value.is_int() ? static_cast<double>(value.as_int()) : value.as_real());
    }
  });
}

std::string element_bits(const Tensor& tensor, std::size_t index) {
  const std::size_t size = size_of(tensor.dtype());
  const auto bytes = tensor.bytes().subspan(index * size, size);
  std::string hex;
  for (std::size_t i = size; i-- > 0;) hex += fmt::format("{:02x}", static_cast<unsigned>(bytes[i]));
  return hex;
}

}  // namespace revive
