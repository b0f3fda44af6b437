// ReLU with its three parameters. Source: Keras' ReLU.
//
// An int input stays one and a bool gives int32 as in Keras, except where it computes in float32: with a
// negative_slope, and with a max_value of 6, for which it calls another function.
#include <algorithm>
#include <cmath>

#include "revive/model/declare.h"
#include "revive/model/kernels/activation.h"
#include "revive/model/kernels/rounding.h"

namespace revive {
namespace {

struct ReLU {
  std::optional<Number> max_value;
  Number negative_slope = 0.0;
  Number threshold = 0.0;

  DType output_dtype(DType input) const {
    if (is_float(input)) return input;
    const bool computes_in_float = negative_slope.as_double() != 0 || (max_value && max_value->as_double() == 6);
    if (computes_in_float) return DType::float32;
    return is_integer(input) ? input : DType::int32;
  }

  Result<Built> build(const Shape& input, const BuildContext& context) const {
    return Built{input, {}, 0, output_dtype(context.dtype)};
  }
  Result<Shape> output_shape(const Shape& input) const { return input; }

  Result<Tensor> call(const Tensor& x, const CallContext&) const {
    const DType dtype = output_dtype(x.dtype());
    Tensor y = cast(cast(x, dtype), carrier_of(dtype));
    if (!is_float(dtype)) {
      y = cast(y, DType::int64);
      rectify(y.data<std::int64_t>());
    } else {
      with_real(dtype, [&]<typename T>(T) {
        const auto maximum = max_value ? std::optional(static_cast<T>(max_value->as_double())) : std::nullopt;
        relu<T>(y.data<T>().data(), static_cast<std::int64_t>(y.size()), static_cast<T>(negative_slope.as_double()),
                maximum, static_cast<T>(threshold.as_double()));
      });
    }
    return cast(y, dtype);
  }

  void rectify(std::span<std::int64_t> values) const {
    // Beyond, a double is no int64.
    constexpr double kLargest = 0x1p62;
    const auto most = static_cast<std::int64_t>(std::min(max_value ? max_value->as_double() : kLargest, kLargest));
    const double least = threshold.as_double();
    for (std::int64_t& value : values) value = static_cast<double>(value) > least ? std::min(value, most) : 0;
  }
};

}  // namespace

LayerClass relu_class() {
  return declare<ReLU>("ReLU", Family::elementwise)
      .field("max_value", &ReLU::max_value, {.legal = {.minimum = 0}})
      .field("negative_slope", &ReLU::negative_slope, {.legal = {.minimum = 0}})
      .field("threshold", &ReLU::threshold, {.legal = {.minimum = 0}})
      .chooses_dtype()
      .passes_mask()
      .draw([](LayerDraw& draw, ReLU& relu) {
        relu.max_value.reset();
        if (draw.flag()) relu.max_value = draw.one_of<Number>({6, 1.0, 0.5, 6.0, 0});
        relu.negative_slope = draw.one_of<Number>({0.0, 0.25, 0.1, 1});
        relu.threshold = draw.one_of<Number>({0.0, 1, 0.5, 0});
      })
      .layer();
}

}  // namespace revive
