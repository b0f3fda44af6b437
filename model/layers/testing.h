// For the tests of this folder: layers with weights, inputs from a seed, and comparisons.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "revive/model/base/random.h"
#include "revive/model/base/value.h"
#include "revive/model/layer.h"

namespace revive::testing {

// Multiples of 1/64 in [-2, 2).
inline Tensor random_tensor(const Dims& dims, Random& random) {
  Tensor tensor(DType::float32, dims);
  for (float& value : tensor.data<float>()) value = static_cast<float>(random.below(256)) / 64 - 2;
  return tensor;
}

// Whole numbers in [0, bound).
inline Tensor random_ids(const Dims& dims, std::int64_t bound, Random& random) {
  Tensor tensor(DType::float32, dims);
  for (float& value : tensor.data<float>()) {
    value = static_cast<float>(random.below(static_cast<std::uint64_t>(bound)));
  }
  return tensor;
}

inline std::vector<Tensor> random_weights(const Layer& layer, Random& random) {
  std::vector<Tensor> weights;
  for (const VariableSpec& spec : layer.variables()) {
    weights.push_back(random_tensor(spec.dims, random));
    if (spec.dtype == DType::int32) weights.back() = cast(weights.back(), spec.dtype);
    if (!spec.non_negative) continue;
    for (float& value : weights.back().data<float>()) value = std::abs(value) + 0.25F;
  }
  return weights;
}

// A layer built for `shape`, with weights from `random`.
inline Layer ready_layer(std::string_view name, const Value::Object& config, const Shape& shape, Random& random,
                         DType dtype = DType::float32) {
  auto layer = make_layer(name, config);
  EXPECT_TRUE(layer) << layer.error().text();
  if (!layer) return Layer(*make_layer("Dropout", {{"rate", 0}}));
  const Status built = layer->build(shape, dtype, Limits{});
  EXPECT_TRUE(built) << built.error().text();
  EXPECT_TRUE(layer->set_weights(random_weights(*layer, random)));
  return std::move(*layer);
}

inline MaskedTensor run(const Layer& layer, const MaskedTensor& input, const CallOptions& options = {}) {
  auto output = layer.call(input, options, Limits{});
  EXPECT_TRUE(output) << output.error().text();
  return output ? std::move(*output) : MaskedTensor{};
}
inline Tensor run(const Layer& layer, const Tensor& input) {
  return run(layer, MaskedTensor{input}).value;
}

// What building says against `shape`, or "" when it agrees.
inline std::string build_error(std::string_view name, const Value::Object& config, const Shape& shape) {
  auto layer = make_layer(name, config);
  if (!layer) return layer.error().text();
  const Status built = layer->build(shape, DType::float32, Limits{});
  return built ? "" : built.error().text();
}

inline Shape output_shape(std::string_view name, const Value::Object& config, const Shape& shape) {
  auto layer = make_layer(name, config);
  EXPECT_TRUE(layer) << layer.error().text();
  const Status built = layer->build(shape, DType::float32, Limits{});
  EXPECT_TRUE(built) << built.error().text();
  return layer->output_shape();
}

inline std::string config_error(std::string_view name, const Value::Object& config) {
  const auto layer = make_layer(name, config);
  return layer ? "" : layer.error().text();
}

inline Tensor floats(Dims dims, std::vector<float> values) {
  return Tensor::from<float>(std::move(dims), values);
}

// Sample `index` of a batch, as a batch of one.
inline Tensor sample(const Tensor& batch, std::int64_t index) {
  Dims dims = batch.dims();
  const std::size_t size = batch.byte_size() / static_cast<std::size_t>(dims[0]);
  dims[0] = 1;
  Tensor one(batch.dtype(), std::move(dims));
  std::ranges::copy(batch.bytes().subspan(static_cast<std::size_t>(index) * size, size), one.bytes().begin());
  return one;
}

// Each sample alone gives the bits that it gives in the batch.
inline void expect_batch_independent(const Layer& layer, const MaskedTensor& input) {
  const Tensor all = run(layer, input).value;
  for (std::int64_t i = 0; i < input.value.dim(0); ++i) {
    MaskedTensor one{sample(input.value, i)};
    if (input.mask) one.mask = sample(*input.mask, i);
    EXPECT_TRUE(same_bits(run(layer, one).value, sample(all, i))) << "sample " << i;
  }
}

// A layer of this config, and what comes of it.
struct ConfigCase {
  std::string_view class_name;
  Value::Object config;
  // What the layer is built for; it is only made where there is none.
  std::optional<Shape> input;
  // The shape that it gives, "made", or the sentence.
  std::string_view expected;
};

inline std::string outcome(const ConfigCase& each) {
  auto layer = make_layer(each.class_name, each.config);
  if (!layer) return layer.error().text();
  if (!each.input) return "made";
  const Status built = layer->build(*each.input, DType::float32, {});
  return built ? to_string(layer->output_shape()) : built.error().text();
}

inline void expect_each(std::span<const ConfigCase> cases) {
  for (const ConfigCase& each : cases)
    EXPECT_EQ(outcome(each), each.expected) << each.class_name << " " << Value(each.config).brief();
}

// Within `tolerance`, absolute and relative; NaN agrees with NaN.
inline void expect_near(const Tensor& found, const Tensor& expected, float tolerance = 1e-5F) {
  ASSERT_EQ(found.dims(), expected.dims());
  for (std::size_t i = 0; i < found.size(); ++i) {
    const float a = found.data<float>()[i];
    const float b = expected.data<float>()[i];
    const bool near = a == b || (std::isnan(a) && std::isnan(b)) || std::abs(a - b) <= tolerance * (1 + std::abs(b));
    ASSERT_TRUE(near) << "element " << i << " is " << a << ", expected " << b;
  }
}

}  // namespace revive::testing
