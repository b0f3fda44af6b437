// RMSNormalization: each sample scaled by the root of the mean of its squares over some axes. Source: Keras'
// RMSNormalization: y = x / sqrt(mean(x²) + epsilon) * scale, in float32 at least. The squares are summed in double, so
// that the order of summation shows in no result. Keras multiplies with the scale as it lies along the last axes, so
// that other axes are refused.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "revive/model/declare.h"
#include "revive/model/kernels/shared.h"
#include "revive/model/layers/axes.h"
#include "revive/model/tensor/element_type.h"

namespace revive {
namespace {

struct RMSNormalization {
  IntList axis = {-1};
  Number epsilon = 1e-6;

  Result<Built> build(const Shape& input, const BuildContext& context) const;
  Result<Shape> output_shape(const Shape& input) const { return input; }
  Result<Tensor> call(const Tensor& x, const CallContext& context) const {
    const DType dtype = common_dtype(x.dtype(), DType::float32);
    return with_real(dtype, [&]<typename T>(T) { return cast(run<T>(cast(x, dtype), context), x.dtype()); });
  }

 private:
  template <typename T>
  Tensor run(const Tensor& x, const CallContext& context) const;

  // How many axes at the end are reduced; nothing where they are not the last ones, each once.
  std::optional<std::size_t> last_axes(std::size_t rank) const {
    const auto found = axes_from_front(axis, rank);
    if (!found) return std::nullopt;
    const std::vector<std::size_t>& axes = *found;
    for (std::size_t i = 0; i < axes.size(); ++i) {
      if (axes[i] != rank - axes.size() + i) return std::nullopt;
    }
    return axes.empty() || axes.size() >= rank ? std::nullopt : std::optional(axes.size());
  }
};

Result<Built> RMSNormalization::build(const Shape& input, const BuildContext& context) const {
  const auto count = last_axes(input.rank());
  Dims dims;
  for (std::size_t i = input.rank() - count.value_or(0); i < input.rank(); ++i) dims.push_back(input[i]);
  if (!count || std::ranges::find(dims, kUnknown) != dims.end()) {
    return fail(ErrorCode::layer_input, "",
                fmt::format("RMSNormalization expects the last axes, which are known, found axes {} of the shape {}",
                            to_string(axis), to_string(input)));
  }
  Built built{input, {{"scale", std::move(dims)}}, 0, context.dtype};
  built.multiply_adds = saturating_product({input.elements_per_sample().value_or(kHuge), 2, kScalarStep});
  return built;
}

template <typename T>
Tensor RMSNormalization::run(const Tensor& x, const CallContext& context) const {
  const Tensor scales = cast(context.weights[0], DTypeOf<T>::value);
  const auto scale = scales.data<T>();
  Tensor y = Tensor::uninitialized(x.dtype(), x.dims());
  const auto in = x.data<T>();
  const auto out = y.data<T>();
  for (std::size_t start = 0; start + scale.size() <= in.size() && !scale.empty(); start += scale.size()) {
    double sum = 0;
    for (std::size_t i = 0; i < scale.size(); ++i) {
      const T square = in[start + i] * in[start + i];
      sum += static_cast<double>(square);
    }
    const auto mean = static_cast<T>(sum / static_cast<double>(scale.size()));
    const T inverse = 1 / std::sqrt(mean + static_cast<T>(epsilon.as_double()));
    for (std::size_t i = 0; i < scale.size(); ++i) out[start + i] = in[start + i] * inverse * scale[i];
  }
  return y;
}

void draw_normalization(LayerDraw& draw, RMSNormalization& layer) {
  const auto rank = static_cast<std::int64_t>(draw.rank());
  std::vector<IntList> axes = {{-1}, {rank - 1}};
  if (rank > 2 && draw.shape().known(draw.rank() - 2)) axes.push_back({rank - 2, rank - 1});
  layer.axis = draw.one_of(axes);
  // As many choices as a Dense takes: a layer with variables is no simpler for having less to choose.
  draw.alternative(1);
  // Beside a row of small values, a small epsilon turns their last bits into more.
  layer.epsilon = draw.for_keras() ? draw.one_of<Number>({0.5, 1.0}) : draw.one_of<Number>({1e-6, 0.5, 0.001, 1.0});
}

}  // namespace

LayerClass rms_normalization_class() {
  return declare<RMSNormalization>("RMSNormalization", Family::normalization)
      .field("axis", &RMSNormalization::axis, {.legal = {.one_item_list = true}})
      .field("epsilon", &RMSNormalization::epsilon)
      .expects("an input of rank 2 or more whose last axis is known",
               [](const Shape& input) { return input.rank() >= 2 && input.known(input.rank() - 1); })
      .chooses_dtype()
      .draw(draw_normalization)
      .layer();
}

}  // namespace revive
