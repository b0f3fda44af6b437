// GroupNormalization: the channels of each sample in groups, each normalised on its own over all other axes. Source:
// Keras' GroupNormalization.
//
// Evaluated in Keras' order, inv = gamma / sqrt(variance + epsilon), y = x * inv + (beta - mean * inv). Mean and the
// population variance are summed in double, so that the order of summation shows in no result. Groups of -1 are as many
// as there are channels.
#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "revive/model/declare.h"
#include "revive/model/kernels/shared.h"
#include "revive/model/layers/axes.h"
#include "revive/model/tensor/element_type.h"

namespace revive {
namespace {

constexpr std::int64_t kOneEach = -1;

struct GroupNormalization {
  std::int64_t groups = 32;
  std::int64_t axis = -1;
  Number epsilon = 0.001;
  bool center = true;
  bool scale = true;

  Result<Built> build(const Shape& input, const BuildContext& context) const;
  Result<Shape> output_shape(const Shape& input) const { return input; }
  Result<Tensor> call(const Tensor& x, const CallContext& context) const {
    // Keras computes in what it is fed, and in float32 at least, and gives what it was fed before it casts.
    const DType dtype = common_dtype(x.dtype(), DType::float32);
    return with_real(
        dtype, [&]<typename T>(T) { return cast(cast(run<T>(cast(x, dtype), context), x.dtype()), context.dtype); });
  }

 private:
  std::int64_t groups_of(std::int64_t channels) const { return groups == kOneEach ? channels : groups; }
  template <typename T>
  Tensor run(const Tensor& x, const CallContext& context) const;
};

Result<Built> GroupNormalization::build(const Shape& input, const BuildContext& context) const {
  const auto at = axis_from_front(axis, input.rank());
  if (!at || *at == 0 || !input.known(*at)) {
    return fail(ErrorCode::layer_input, "",
                fmt::format("GroupNormalization expects a known axis {} after the batch, found the shape {}", axis,
                            to_string(input)));
  }
  const std::int64_t channels = input[*at];
  const std::int64_t parts = groups_of(channels);
  if (parts == 0 || channels % parts != 0) {
    return fail(
        ErrorCode::layer_input, "",
        fmt::format("GroupNormalization expects channels in {} equal groups, found {} channels", parts, channels));
  }
  Built built{input, {}, 0, context.compute};
  if (scale) built.variables.push_back({"gamma", {channels}});
  if (center) built.variables.push_back({"beta", {channels}});
  built.multiply_adds = saturating_product({input.elements_per_sample().value_or(kHuge), 3, kScalarStep});
  return built;
}

template <typename T>
Tensor GroupNormalization::run(const Tensor& x, const CallContext& context) const {
  const std::size_t at = *axis_from_front(axis, x.rank());
  const auto samples = static_cast<std::size_t>(x.dim(0));
  const auto channels = static_cast<std::size_t>(x.dim(at));
  const auto parts = static_cast<std::size_t>(groups_of(x.dim(at)));
  const std::size_t together = channels / parts;
  std::size_t outer = 1;
  std::size_t inner = 1;
  for (std::size_t i = 1; i < x.rank(); ++i) {
    if (i != at) (i < at ? outer : inner) *= static_cast<std::size_t>(x.dim(i));
  }
  const auto in = x.data<T>();
  // Calls visit(element, group, channel) for every element, in order.
  const auto each = [&](const auto& visit) {
    std::size_t element = 0;
    for (std::size_t sample = 0; sample < samples; ++sample) {
      for (std::size_t i = 0; i < outer; ++i) {
        for (std::size_t channel = 0; channel < channels; ++channel) {
          for (std::size_t j = 0; j < inner; ++j) visit(element++, sample * parts + channel / together, channel);
        }
      }
    }
  };
  const auto count = static_cast<double>(outer * together * inner);
  std::vector<double> mean(samples * parts, 0.0);
  each([&](std::size_t i, std::size_t group, std::size_t) { mean[group] += static_cast<double>(in[i]); });
  for (double& value : mean) value /= count;
  std::vector<double> variance(samples * parts, 0.0);
  each([&](std::size_t i, std::size_t group, std::size_t) {
    const double distance = static_cast<double>(in[i]) - mean[group];
    variance[group] += distance * distance;
  });

  const auto weight = [&](std::size_t index) { return cast(context.weights[index], DTypeOf<T>::value); };
  const Tensor gammas = scale ? weight(0) : Tensor();
  const Tensor betas = center ? weight(scale ? 1 : 0) : Tensor();
  const T* gamma = scale ? gammas.data<T>().data() : nullptr;
  const T* beta = center ? betas.data<T>().data() : nullptr;
  std::vector<T> inverse(samples * parts);
  for (std::size_t i = 0; i < inverse.size(); ++i) {
    inverse[i] = 1 / std::sqrt(static_cast<T>(variance[i] / count) + static_cast<T>(epsilon.as_double()));
  }
  Tensor y = Tensor::uninitialized(x.dtype(), x.dims());
  const auto out = y.data<T>();
  each([&](std::size_t i, std::size_t group, std::size_t channel) {
    T factor = inverse[group];
    if (gamma != nullptr) factor *= gamma[channel];
    T offset = -static_cast<T>(mean[group]) * factor;
    if (beta != nullptr) offset += beta[channel];
    out[i] = in[i] * factor + offset;
  });
  return y;
}

void draw_normalization(LayerDraw& draw, GroupNormalization& layer) {
  layer.axis = draw.one_of(known_axes(draw.shape()));
  const std::int64_t channels = draw.shape()[*axis_from_front(layer.axis, draw.rank())];
  std::vector<std::int64_t> groups;
  for (std::int64_t parts = 1; parts <= channels; ++parts) {
    if (channels % parts == 0) groups.push_back(parts);
  }
  groups.push_back(kOneEach);
  layer.groups = draw.one_of(groups);
  // Beside a group of equal values, a small epsilon turns the last bit of their mean into many.
  layer.epsilon = draw.for_keras() ? draw.one_of<Number>({0.5, 1.0}) : draw.one_of<Number>({0.001, 0.5, 1e-05, 1.0});
  layer.center = !draw.flag();
  layer.scale = !draw.flag();
}

bool has_known_axis(const Shape& input) {
  for (std::size_t i = 1; i < input.rank(); ++i) {
    if (input.known(i) && input[i] > 0) return true;
  }
  return false;
}

}  // namespace

LayerClass group_normalization_class() {
  return declare<GroupNormalization>("GroupNormalization", Family::normalization)
      .field("groups", &GroupNormalization::groups, {.legal = {.minimum = 1, .also = kOneEach}})
      .field("axis", &GroupNormalization::axis, {.legal = {.one_item_list = true}})
      .field("epsilon", &GroupNormalization::epsilon)
      .field("center", &GroupNormalization::center)
      .field("scale", &GroupNormalization::scale)
      .training_only({"beta_initializer", "gamma_initializer", "beta_regularizer", "gamma_regularizer",
                      "beta_constraint", "gamma_constraint"})
      .expects("an input with a known axis after the batch", has_known_axis)
      .passes_mask()
      .chooses_dtype()
      .without_autocast()
      .draw(draw_normalization)
      .layer();
}

}  // namespace revive
