#include "model/layers/shared.h"

#include <fmt/format.h>

#include <algorithm>

namespace revive {

std::int64_t saturating_product(std::initializer_list<std::int64_t> factors) {
  std::int64_t product = 1;
  for (const std::int64_t factor : factors) {
    if (__builtin_mul_overflow(product, factor == kUnknown ? 1 : factor, &product)) return kHuge;
  }
  return product;
}

Result<Built> with_activation(Built built, Activation activation, std::int64_t multiply_adds) {
  auto output = activation_shape(activation, built.output);
  if (!output) {
    const EnumNames& names = enum_names<Activation>();
    return fail(ErrorCode::layer_input, "",
                fmt::format("the activation {} cannot take the shape {}",
                            names.names[static_cast<std::size_t>(activation)], to_string(built.output)));
  }
  built.output = std::move(*output);
  built.multiply_adds = multiply_adds;
  return built;
}

Tensor rows_of(const Tensor& bias, Dims dims) {
  Tensor tensor = Tensor::uninitialized(DType::float32, std::move(dims));
  const auto row = bias.data<float>();
  const auto out = tensor.data<float>();
  for (std::size_t start = 0; start + row.size() <= out.size() && !row.empty(); start += row.size()) {
    std::ranges::copy(row, out.begin() + static_cast<std::ptrdiff_t>(start));
  }
  return tensor;
}

}  // namespace revive
