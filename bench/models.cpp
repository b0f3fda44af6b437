#include "revive/bench/models.h"

#include <fmt/format.h>

#include <cstdlib>

#include "revive/model/base/random.h"
#include "revive/model/lambda.h"

namespace revive::bench {
namespace {

// A benchmark whose model cannot be made has nothing to say.
template <typename T>
T demand(Result<T> result) {
  if (result) return std::move(*result);
  fmt::print(stderr, "revive_bench: {}\n", result.error().text());
  std::exit(1);
}

Layer layer(std::string_view class_name, const Value::Object& config) {
  return demand(make_layer(class_name, config));
}

Sequential stack(std::vector<Layer> layers) {
  Sequential model = demand(Sequential::make("bench", std::move(layers)));
  model.initialize(1);
  return model;
}

}  // namespace

Sequential small_model() {
  Layer lambda =
      demand(make_lambda("lambda x: x[:, -CONV_WIDTH:, :] * scale", {{"CONV_WIDTH", Value(8)}, {"scale", Value(0.5)}}));
  return stack({layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 16, 8}}}),
                layer("Conv1D", {{"filters", 16}, {"kernel_size", 3}, {"activation", "relu"}, {"padding", "causal"}}),
                layer("BatchNormalization", {}), std::move(lambda), layer("LSTM", {{"units", 16}}),
                layer("Dense", {{"units", 4}, {"activation", "softmax"}})});
}

Sequential large_model() {
  constexpr std::int64_t kWidth = 5120;  // squared, in float32: 105 MB
  return stack({layer("InputLayer", {{"batch_shape", Value::Array{nullptr, kWidth}}}),
                layer("Dense", {{"units", kWidth}, {"activation", "relu"}}), layer("Dense", {{"units", 10}})});
}

Sequential one_layer(std::string_view class_name, const Value::Object& config, Value::Array batch_shape) {
  return stack({layer("InputLayer", {{"batch_shape", std::move(batch_shape)}}), layer(class_name, config)});
}

Tensor input_for(const Sequential& model) {
  Tensor input = Tensor::uninitialized(DType::float32, model.input_shape().concrete(1, 1));
  Random random(2);
  for (float& value : input.data<float>()) value = static_cast<float>(2 * random.uniform() - 1);
  return input;
}

}  // namespace revive::bench
