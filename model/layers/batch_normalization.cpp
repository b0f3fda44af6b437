// BatchNormalization as it predicts: with the moving mean and variance. Source: Keras' BatchNormalization.
//
// Evaluated in Keras' order, inv = gamma / sqrt(variance + epsilon), y = x * inv + (beta - mean * inv), because another
// order gives other last bits. A layer of 16 bits computes in float32, and so do its variables.
#include <cmath>
#include <vector>

#include "revive/model/declare.h"
#include "revive/model/kernels/shared.h"
#include "revive/model/layers/axes.h"

namespace revive {
namespace {

struct BatchNormalization {
  std::int64_t axis = -1;
  Number momentum = 0.99;
  Number epsilon = 0.001;
  bool center = true;
  bool scale = true;
  // Renormalises batches by moving statistics of its own, while training.
  bool renorm = false;

  Result<Built> build(const Shape& input) const;
  Result<Tensor> call(const Tensor& x, const CallContext& context) const {
    return with_real(x.dtype(), [&]<typename T>(T) { return run<T>(x, context); });
  }

 private:
  template <typename T>
  Tensor run(const Tensor& x, const CallContext& context) const;
};

Result<Built> BatchNormalization::build(const Shape& input) const {
  const auto at = axis_from_front(axis, input.rank());
  if (!at || *at == 0 || !input.known(*at)) {
    return fail(ErrorCode::layer_input, "",
                "BatchNormalization expects a known axis " + std::to_string(axis) +
                    " after the batch, found the shape " + to_string(input));
  }
  const Dims dims{input[*at]};
  Built built{input};
  if (scale) built.variables.push_back({"gamma", dims});
  if (center) built.variables.push_back({"beta", dims});
  built.variables.push_back({.name = "moving_mean", .dims = dims, .trainable = false});
  built.variables.push_back({.name = "moving_variance", .dims = dims, .non_negative = true, .trainable = false});
  if (renorm) {
    built.variables.push_back({.name = "moving_stddev", .dims = dims, .non_negative = true, .trainable = false});
    built.variables.push_back({.name = "renorm_mean", .dims = dims, .trainable = false});
    built.variables.push_back({.name = "renorm_stddev", .dims = dims, .non_negative = true, .trainable = false});
  }
  return built;
}

template <typename T>
Tensor BatchNormalization::run(const Tensor& x, const CallContext& context) const {
  const auto& weights = context.weights;
  std::size_t next = 0;
  const T* gamma = scale ? weights[next++].data<T>().data() : nullptr;
  const T* beta = center ? weights[next++].data<T>().data() : nullptr;
  const auto mean = weights[next++].data<T>();
  const auto variance = weights[next].data<T>();

  const std::size_t count = mean.size();
  std::vector<T> factor(count);
  std::vector<T> offset(count);
  for (std::size_t i = 0; i < count; ++i) {
    factor[i] = 1 / std::sqrt(variance[i] + static_cast<T>(epsilon.as_double()));
    if (gamma != nullptr) factor[i] *= gamma[i];
    offset[i] = -mean[i] * factor[i];
    if (beta != nullptr) offset[i] += beta[i];
  }

  // The elements behind the axis share its factor.
  std::size_t run = 1;
  for (std::size_t i = *axis_from_front(axis, x.rank()) + 1; i < x.rank(); ++i)
    run *= static_cast<std::size_t>(x.dim(i));
  Tensor y = Tensor::uninitialized(x.dtype(), x.dims());
  const auto in = x.data<T>();
  const auto out = y.data<T>();
  for (std::size_t at = 0; at < in.size();) {
    for (std::size_t i = 0; i < count; ++i) {
      for (const std::size_t end = at + run; at < end; ++at) out[at] = in[at] * factor[i] + offset[i];
    }
  }
  return y;
}

bool has_known_axis(const Shape& input) {
  for (std::size_t i = 1; i < input.rank(); ++i) {
    if (input.known(i)) return true;
  }
  return false;
}

}  // namespace

LayerClass batch_normalization_class() {
  return declare<BatchNormalization>("BatchNormalization", Family::normalization)
      .field("axis", &BatchNormalization::axis, {.legal = {.one_item_list = true}})
      .field("momentum", &BatchNormalization::momentum)
      .field("epsilon", &BatchNormalization::epsilon)
      .field("center", &BatchNormalization::center)
      .field("scale", &BatchNormalization::scale)
      .field("renorm", &BatchNormalization::renorm, {.since = "3.14"})
      .training_only({"beta_initializer", "gamma_initializer", "moving_mean_initializer", "moving_variance_initializer",
                      "beta_regularizer", "gamma_regularizer", "beta_constraint", "gamma_constraint", "synchronized",
                      "renorm_clipping", "renorm_momentum"})
      .expects("an input with a known axis after the batch", has_known_axis)
      .passes_mask()
      .without_autocast_of_variables()
      .draw([](LayerDraw& draw, BatchNormalization& layer) {
        layer.axis = draw.one_of(known_axes(draw.shape()));
        layer.momentum = draw.one_of<Number>({0.99, 0.5, 0.0, 1.0});
        layer.epsilon = draw.one_of<Number>({0.001, 0.5, 1e-05, 1.0});
        layer.center = !draw.flag();
        layer.scale = !draw.flag();
        layer.renorm = draw.flag();
      })
      .layer();
}

}  // namespace revive
