// ReLU with its three parameters. Source: Keras' ReLU.
//
// An int or bool input gives int32 as in Keras, except where Keras computes in float32: with a negative_slope, and
// with a max_value of 6, for which it calls another function.
#include <algorithm>
#include <cmath>

#include "revive/model/declare.h"
#include "revive/model/kernels/activation.h"

namespace revive {
namespace {

struct ReLU {
  std::optional<Number> max_value;
  Number negative_slope = 0.0;
  Number threshold = 0.0;

  DType output_dtype(DType input) const {
    if (input == DType::float32) return input;
    const bool computes_in_float = negative_slope.as_double() != 0 || (max_value && max_value->as_double() == 6);
    return computes_in_float ? DType::float32 : DType::int32;
  }

  Result<Built> build(const Shape& input, const BuildContext& context) const {
    return Built{input, {}, 0, output_dtype(context.dtype)};
  }
  Result<Shape> output_shape(const Shape& input) const { return input; }

  Result<Tensor> call(const Tensor& x, const CallContext&) const {
    const DType dtype = output_dtype(x.dtype());
    Tensor y = cast(x, dtype);
    if (dtype == DType::int32) {
      rectify(y.data<std::int32_t>());
    } else {
      const auto maximum = max_value ? std::optional(max_value->as_float()) : std::nullopt;
      relu(y.data<float>().data(), static_cast<std::int64_t>(y.size()), negative_slope.as_float(), maximum,
           threshold.as_float());
    }
    return y;
  }

  void rectify(std::span<std::int32_t> values) const {
    constexpr double kLargest = std::numeric_limits<std::int32_t>::max();
    const auto most = static_cast<std::int32_t>(std::min(max_value ? max_value->as_double() : kLargest, kLargest));
    const double least = threshold.as_double();
    for (std::int32_t& value : values) value = value > least ? std::min(value, most) : 0;
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
