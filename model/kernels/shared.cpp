#include "revive/model/kernels/shared.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace revive {

std::int64_t saturating_product(std::initializer_list<std::int64_t> factors) {
  std::int64_t product = 1;
  for (const std::int64_t factor : factors) {
    if (__builtin_mul_overflow(product, factor == kUnknown ? 1 : factor, &product)) return kHuge;
  }
  return product;
}

std::int64_t saturating_sum(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? kHuge : sum;
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
  Tensor tensor = Tensor::uninitialized(bias.dtype(), std::move(dims));
  const auto row = bias.bytes();
  const auto out = tensor.bytes();
  if (row.empty() || out.empty()) return tensor;
  std::memcpy(out.data(), row.data(), row.size());
  // What is there is written behind itself, as often as doubles it: a row may be no longer than a number.
  for (std::size_t done = row.size(); done < out.size();) {
    const std::size_t more = std::min(done, out.size() - done);
    std::memcpy(out.data() + done, out.data(), more);
    done += more;
  }
  return tensor;
}

void add_to_rows(const Tensor& bias, Tensor& y) {
  const auto row = bias.data<float>();
  const auto out = y.data<float>();
  for (std::size_t start = 0; start + row.size() <= out.size() && !row.empty(); start += row.size()) {
    for (std::size_t i = 0; i < row.size(); ++i) out[start + i] += row[i];
  }
}

template <>
const EnumNames& enum_names<DataFormat>() {
  static const EnumNames names{
      "a data format",
      {"channels_last", "channels_first"},
      {},
      static_cast<std::uint8_t>(DataFormat::channels_last),
  };
  return names;
}

Tensor transpose_blocks(const Tensor& x, std::int64_t rows, std::int64_t columns, Dims dims) {
  Tensor y = Tensor::uninitialized(x.dtype(), std::move(dims));
  const std::size_t width = size_of(x.dtype());
  const auto height = static_cast<std::size_t>(rows);
  const auto length = static_cast<std::size_t>(columns);
  const std::byte* in = x.bytes().data();
  std::byte* out = y.bytes().data();
  for (std::size_t start = 0; start + height * length <= x.size() && height * length > 0; start += height * length) {
    for (std::size_t r = 0; r < height; ++r) {
      for (std::size_t c = 0; c < length; ++c) {
        std::memcpy(out + (start + c * height + r) * width, in + (start + r * length + c) * width, width);
      }
    }
  }
  return y;
}

}  // namespace revive
