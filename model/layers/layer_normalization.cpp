// LayerNormalization: each sample normalised over some of its axes. Source: Keras' LayerNormalization.
//
// Evaluated in Keras' order, inv = gamma / sqrt(variance + epsilon), y = x * inv + (beta - mean * inv). Mean and the
// population variance are summed in double, so that the order of summation shows in no result.
#include <algorithm>
#include <cmath>
#include <vector>

#include "revive/model/declare.h"
#include "revive/model/kernels/shared.h"
#include "revive/model/layers/axes.h"
#include "revive/model/tensor/element_type.h"

namespace revive {
namespace {

struct LayerNormalization {
  IntList axis = {-1};
  Number epsilon = 0.001;
  bool center = true;
  bool scale = true;
  // Keras' misnomer: by the variance all the same, without mean and beta, always with gamma.
  bool rms_scaling = false;

  Result<Built> build(const Shape& input, const BuildContext& context) const;
  Result<Shape> output_shape(const Shape& input) const { return input; }
  Result<Tensor> call(const Tensor& x, const CallContext& context) const {
    // Keras computes in what it is fed, and in float32 at least, whatever the policy is.
    const DType dtype = common_dtype(x.dtype(), DType::float32);
    return with_real(dtype, [&]<typename T>(T) { return cast(run<T>(cast(x, dtype), context), context.dtype); });
  }

 private:
  template <typename T>
  Tensor run(const Tensor& x, const CallContext& context) const;

  bool has_gamma() const { return scale || rms_scaling; }
  bool has_beta() const { return center && !rms_scaling; }

  // At least one; nothing where a tensor of that rank does not have them, each once.
  std::optional<std::vector<std::size_t>> axes_of(std::size_t rank) const {
    return axis.empty() ? std::nullopt : axes_from_front(axis, rank);
  }
};

Result<Built> LayerNormalization::build(const Shape& input, const BuildContext& context) const {
  const auto axes = axes_of(input.rank());
  const auto usable = [&](std::size_t at) { return at > 0 && input.known(at); };
  if (!axes || !std::ranges::all_of(*axes, usable)) {
    return fail(ErrorCode::layer_input, "",
                "LayerNormalization expects known axes " + to_string(axis) +
                    " after the batch, each once, found the shape " + to_string(input));
  }
  Dims dims;
  for (const std::size_t at : *axes) dims.push_back(input[at]);
  Built built{input, {}, 0, context.compute};
  if (has_gamma()) built.variables.push_back({"gamma", dims});
  if (has_beta()) built.variables.push_back({"beta", dims});
  built.multiply_adds = saturating_product({input.elements_per_sample().value_or(kHuge), 3, kScalarStep});
  return built;
}

// For every element of a tensor, in order, which of the groups that are normalised on their own it belongs to, and
// which element of gamma and beta is its own.
struct Places {
  std::vector<std::size_t> group;
  std::vector<std::size_t> parameter;
  std::size_t groups = 1;
};

Places places_of(const Dims& dims, const std::vector<std::size_t>& axes) {
  const std::size_t rank = dims.size();
  std::vector<std::size_t> group_stride(rank, 0);
  std::vector<std::size_t> parameter_stride(rank, 0);
  Places places;
  std::size_t parameters = 1;
  for (std::size_t at = rank; at-- > 0;) {
    const bool reduced = std::ranges::binary_search(axes, at);
    std::size_t& count = reduced ? parameters : places.groups;
    (reduced ? parameter_stride : group_stride)[at] = count;
    count *= static_cast<std::size_t>(dims[at]);
  }
  const std::size_t size = parameters * places.groups;
  places.group.reserve(size);
  places.parameter.reserve(size);
  Dims index(rank, 0);
  std::size_t group = 0;
  std::size_t parameter = 0;
  for (std::size_t i = 0; i < size; ++i) {
    places.group.push_back(group);
    places.parameter.push_back(parameter);
    for (std::size_t at = rank; at-- > 0;) {
      group += group_stride[at];
      parameter += parameter_stride[at];
      if (++index[at] < dims[at]) break;
      group -= group_stride[at] * static_cast<std::size_t>(dims[at]);
      parameter -= parameter_stride[at] * static_cast<std::size_t>(dims[at]);
      index[at] = 0;
    }
  }
  return places;
}

template <typename T>
Tensor LayerNormalization::run(const Tensor& x, const CallContext& context) const {
  const Places places = places_of(x.dims(), *axes_of(x.rank()));
  const auto in = x.data<T>();
  const double count = static_cast<double>(in.size()) / static_cast<double>(std::max<std::size_t>(places.groups, 1));
  std::vector<double> mean(places.groups, 0.0);
  for (std::size_t i = 0; i < in.size(); ++i) mean[places.group[i]] += static_cast<double>(in[i]);
  for (double& value : mean) value /= count;
  std::vector<double> variance(places.groups, 0.0);
  for (std::size_t i = 0; i < in.size(); ++i) {
    const double distance = static_cast<double>(in[i]) - mean[places.group[i]];
    variance[places.group[i]] += distance * distance;
  }

  const auto weight = [&](std::size_t index) { return cast(context.weights[index], DTypeOf<T>::value); };
  const Tensor gammas = has_gamma() ? weight(0) : Tensor();
  const Tensor betas = has_beta() ? weight(has_gamma() ? 1 : 0) : Tensor();
  const T* gamma = has_gamma() ? gammas.data<T>().data() : nullptr;
  const T* beta = has_beta() ? betas.data<T>().data() : nullptr;
  std::vector<T> inverse(places.groups);
  for (std::size_t i = 0; i < places.groups; ++i) {
    inverse[i] = 1 / std::sqrt(static_cast<T>(variance[i] / count) + static_cast<T>(epsilon.as_double()));
  }
  Tensor y = Tensor::uninitialized(x.dtype(), x.dims());
  const auto out = y.data<T>();
  for (std::size_t i = 0; i < in.size(); ++i) {
    T factor = inverse[places.group[i]];
    if (gamma != nullptr) factor *= gamma[places.parameter[i]];
    T offset = rms_scaling ? T{0} : -static_cast<T>(mean[places.group[i]]) * factor;
    if (beta != nullptr) offset += beta[places.parameter[i]];
    out[i] = in[i] * factor + offset;
  }
  return y;
}

// The last axis in both spellings, and all axes after the batch where they are known.
std::vector<IntList> drawn_axes(const Shape& shape) {
  const auto rank = static_cast<std::int64_t>(shape.rank());
  std::vector<IntList> axes = {{-1}, {rank - 1}};
  if (rank > 2 && shape.known_but_batch()) {
    IntList all;
    for (std::int64_t i = 1; i < rank; ++i) all.push_back(i);
    axes.push_back(std::move(all));
  }
  return axes;
}

void draw_normalization(LayerDraw& draw, LayerNormalization& layer) {
  layer.axis = draw.one_of(drawn_axes(draw.shape()));
  // Beside a row of equal values, a small epsilon turns the last bit of their mean into many.
  layer.epsilon = draw.for_keras() ? draw.one_of<Number>({0.5, 1.0}) : draw.one_of<Number>({0.001, 0.5, 1e-05, 1.0});
  layer.center = !draw.flag();
  layer.scale = !draw.flag();
  layer.rms_scaling = draw.flag();
}

}  // namespace

LayerClass layer_normalization_class() {
  return declare<LayerNormalization>("LayerNormalization", Family::normalization)
      .field("axis", &LayerNormalization::axis, {.legal = {.one_item_list = true}})
      .field("epsilon", &LayerNormalization::epsilon)
      .field("center", &LayerNormalization::center)
      .field("scale", &LayerNormalization::scale)
      .field("rms_scaling", &LayerNormalization::rms_scaling, {.since = "3.0"})
      .training_only({"beta_initializer", "gamma_initializer", "beta_regularizer", "gamma_regularizer",
                      "beta_constraint", "gamma_constraint"})
      .expects("an input of rank 2 or more whose last axis is known",
               [](const Shape& input) { return input.rank() >= 2 && input.known(input.rank() - 1); })
      .passes_mask()
      .chooses_dtype()
      .without_autocast()
      .draw(draw_normalization)
      .layer();
}

}  // namespace revive
