// PReLU: x where it is positive, a learnt slope times x where it is not. Source: Keras' PReLU.
//
// Evaluated as relu(x) - alpha * relu(-x), so that an infinite slope makes a NaN of what is positive, as in Keras.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "revive/model/declare.h"
#include "revive/model/kernels/rounding.h"
#include "revive/model/kernels/shared.h"

namespace revive {
namespace {

struct PReLU {
  // Axes along which all cells have one slope, counted from 1, the batch being 0.
  std::optional<IntList> shared_axes;

  Result<Built> build(const Shape& input) const {
    Dims dims(input.axes().begin() + 1, input.axes().end());
    for (const std::int64_t axis : shared_axes.value_or(IntList{})) {
      if (axis > static_cast<std::int64_t>(dims.size())) {
        return fail(ErrorCode::layer_input, "",
                    fmt::format("PReLU expects an input with the axis {}, found the shape {}", axis, to_string(input)));
      }
      dims[static_cast<std::size_t>(axis) - 1] = 1;
    }
    if (std::ranges::find(dims, kUnknown) != dims.end()) {
      return fail(ErrorCode::layer_input, "",
                  "PReLU expects axes that are known or shared, found the shape " + to_string(input));
    }
    return Built{input, {{"alpha", std::move(dims)}}, input.elements_per_sample().value_or(kHuge)};
  }

  Result<Tensor> call(const Tensor& x, const CallContext& context) const {
    Tensor y = x;
    if (y.size() == 0) return y;
    const Tensor& alpha = context.weights[0];
    // How far alpha goes on for a step along an axis of x.
    IntList strides(alpha.rank());
    std::int64_t stride = 1;
    for (std::size_t axis = alpha.rank(); axis-- > 0; stride *= alpha.dim(axis)) {
      strides[axis] = alpha.dim(axis) == 1 ? 0 : stride;
    }
    with_real(context.dtype, [&]<typename T>(T) {
      const std::span<T> values = y.data<T>();
      const T* const slopes = alpha.data<T>().data();
      IntList index(alpha.rank());
      std::int64_t at = 0;
      for (std::size_t i = 0; i < values.size(); ++i) {
        const T positive = values[i] > 0 || std::isnan(values[i]) ? values[i] : T{};
        T negative = values[i] < 0 || std::isnan(values[i]) ? -values[i] : T{};
        negative *= -slopes[at];
        round_to(context.dtype, std::span(&negative, 1));
        values[i] = positive + negative;
        for (std::size_t axis = index.size(); axis-- > 0;) {
          at += strides[axis];
          if (++index[axis] < x.dim(axis + 1)) break;
          at -= strides[axis] * index[axis];
          index[axis] = 0;
        }
      }
    });
    return y;
  }
};

}  // namespace

LayerClass prelu_class() {
  return declare<PReLU>("PReLU", Family::elementwise)
      .field("shared_axes", &PReLU::shared_axes, {.legal = {.minimum = 1}})
      .training_only({"alpha_initializer", "alpha_regularizer", "alpha_constraint"})
      .expects("an input of rank 2 or more", [](const Shape& input) { return input.rank() >= 2; })
      .passes_mask()
      .draw([](LayerDraw& draw, PReLU& layer) {
        IntList axes;
        for (std::size_t axis = 1; axis < draw.rank(); ++axis) {
          const bool shared = draw.flag_if(draw.shape().known(axis)) || !draw.shape().known(axis);
          if (shared) axes.push_back(static_cast<std::int64_t>(axis));
        }
        // In any order.
        if (draw.flag_if(axes.size() > 1)) std::ranges::reverse(axes);
        layer.shared_axes.reset();
        // None at all may be said in two ways.
        if (draw.flag_if(axes.empty()) || !axes.empty()) layer.shared_axes = axes;
      })
      .layer();
}

}  // namespace revive
