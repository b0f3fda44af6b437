// LSTM, GRU and SimpleRNN, against one step written out in double after the other.
#include <algorithm>

#include "revive/model/layers/testing.h"

namespace revive::testing {
namespace {

double sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}

struct Walk {
  bool sequences, backwards, zeroes, unroll;
};

// One sample of `x` (steps, channels) through a cell that `step` describes; h before and after.
template <typename Step>
std::vector<double> walk(const Tensor& x, const bool* kept, const Walk& config, std::size_t units, Step step) {
  const auto steps = static_cast<std::size_t>(x.dim(1));
  const auto channels = static_cast<std::size_t>(x.dim(2));
  std::vector<double> h(units, 0.0);
  std::vector<double> outputs;
  std::vector<double> output;
  for (std::size_t i = 0; i < steps; ++i) {
    const std::size_t t = config.backwards ? steps - 1 - i : i;
    const bool masked = kept != nullptr && !kept[t];
    if (!masked) h = step(x.data<float>().subspan(t * channels, channels), h);
    output = masked && config.zeroes && !config.unroll ? std::vector<double>(units, 0.0) : h;
    outputs.insert(outputs.end(), output.begin(), output.end());
  }
  return config.sequences ? outputs : output;
}

// in · W[:, column] for a matrix of `columns`.
template <typename Row>
double dot(const Row& in, const Tensor& matrix, std::size_t column) {
  double sum = 0;
  const auto columns = static_cast<std::size_t>(matrix.dim(1));
  for (std::size_t i = 0; i < in.size(); ++i) {
    sum += static_cast<double>(in[i]) * static_cast<double>(matrix.data<float>()[i * columns + column]);
  }
  return sum;
}

double at(const Tensor& tensor, std::size_t index) {
  return static_cast<double>(tensor.data<float>()[index]);
}

struct LstmStep {
  std::span<const Tensor> weights;
  bool bias;
  std::vector<double> c;

  std::vector<double> operator()(std::span<const float> x, const std::vector<double>& h) {
    const std::size_t units = h.size();
    const auto gate = [&](std::size_t which, std::size_t i) {
      const std::size_t column = which * units + i;
      return dot(x, weights[0], column) + dot(h, weights[1], column) + (bias ? at(weights[2], column) : 0);
    };
    std::vector<double> next(units);
    for (std::size_t i = 0; i < units; ++i) {
      c[i] = sigmoid(gate(1, i)) * c[i] + sigmoid(gate(0, i)) * std::tanh(gate(2, i));
      next[i] = sigmoid(gate(3, i)) * std::tanh(c[i]);
    }
    return next;
  }
};

struct GruStep {
  std::span<const Tensor> weights;
  bool bias;
  bool reset_after;

  std::vector<double> operator()(std::span<const float> x, const std::vector<double>& h) const {
    const std::size_t units = h.size();
    const auto from_input = [&](std::size_t column) {
      return dot(x, weights[0], column) + (bias ? at(weights[2], column) : 0);
    };
    const auto from_state = [&](const std::vector<double>& state, std::size_t column) {
      return dot(state, weights[1], column) + (bias && reset_after ? at(weights[2], 3 * units + column) : 0);
    };
    std::vector<double> reset(units);
    std::vector<double> reset_state(units);
    for (std::size_t i = 0; i < units; ++i) {
      reset[i] = sigmoid(from_input(units + i) + from_state(h, units + i));
      reset_state[i] = reset[i] * h[i];
    }
    std::vector<double> next(units);
    for (std::size_t i = 0; i < units; ++i) {
      const std::size_t column = 2 * units + i;
      const double recurrent = reset_after ? reset[i] * from_state(h, column) : dot(reset_state, weights[1], column);
      const double candidate = std::tanh(from_input(column) + recurrent);
      const double update = sigmoid(from_input(i) + from_state(h, i));
      next[i] = update * h[i] + (1 - update) * candidate;
    }
    return next;
  }
};

struct SimpleStep {
  std::span<const Tensor> weights;
  bool bias;

  std::vector<double> operator()(std::span<const float> x, const std::vector<double>& h) const {
    std::vector<double> next(h.size());
    for (std::size_t i = 0; i < next.size(); ++i) {
      next[i] = std::tanh(dot(x, weights[0], i) + dot(h, weights[1], i) + (bias ? at(weights[2], i) : 0));
    }
    return next;
  }
};

// One sample through the layer of this name.
std::vector<double> walk_layer(std::string_view name, const Tensor& x, const bool* kept, const Walk& config,
                               std::size_t units, std::span<const Tensor> weights, bool bias, bool reset_after) {
  if (name == "LSTM") return walk(x, kept, config, units, LstmStep{weights, bias, std::vector<double>(units, 0.0)});
  if (name == "GRU") return walk(x, kept, config, units, GruStep{weights, bias, reset_after});
  return walk(x, kept, config, units, SimpleStep{weights, bias});
}

Tensor random_mask(const Dims& dims, Random& random) {
  Tensor mask(DType::boolean, dims);
  for (bool& kept : mask.data<bool>()) kept = random.below(3) != 0;
  return mask;
}

class Recurrence : public ::testing::TestWithParam<const char*> {};

TEST_P(Recurrence, AgreesWithTheStepsWrittenOut) {
  const std::string name = GetParam();
  Random random(5);
  for (int i = 0; i < 200; ++i) {
    const auto flag = [&] { return random.below(2) == 1; };
    const Walk config{flag(), flag(), flag(), flag()};
    const bool bias = flag();
    const bool reset_after = flag();
    const auto units = static_cast<std::size_t>(1 + random.below(20));
    const std::int64_t steps = 1 + static_cast<std::int64_t>(random.below(5));
    const std::int64_t channels = 1 + static_cast<std::int64_t>(random.below(4));
    Value::Object keys{{"units", static_cast<std::int64_t>(units)},
                       {"return_sequences", config.sequences},
                       {"go_backwards", config.backwards},
                       {"zero_output_for_mask", config.zeroes},
                       {"unroll", config.unroll},
                       {"use_bias", bias}};
    if (name == "GRU") keys.emplace_back("reset_after", reset_after);
    const Shape shape{kUnknown, config.unroll ? steps : kUnknown, channels};
    const Layer layer = ready_layer(name, keys, shape, random);

    MaskedTensor input{random_tensor({3, steps, channels}, random)};
    if (flag()) input.mask = random_mask({3, steps}, random);
    const MaskedTensor output = run(layer, input);
    EXPECT_TRUE(layer.output_shape().admits(output.value.dims()));
    EXPECT_EQ(output.mask.has_value(), input.mask.has_value() && config.sequences);
    for (std::int64_t n = 0; n < 3; ++n) {
      const Tensor x = sample(input.value, n);
      const bool* kept = input.mask ? std::as_const(*input.mask).data<bool>().data() + n * steps : nullptr;
      const auto expected = walk_layer(name, x, kept, config, units, layer.weights(), bias, reset_after);
      const Tensor y = sample(output.value, n);
      Tensor wanted(DType::float32, y.dims());
      ASSERT_EQ(wanted.size(), expected.size());
      std::ranges::transform(expected, wanted.data<float>().begin(), [](double v) { return static_cast<float>(v); });
      expect_near(y, wanted);
    }
    expect_batch_independent(layer, input);
  }
}

TEST_P(Recurrence, PassesItsMaskOnlyAsLongAsKerasDid) {
  Random random(1);
  const Layer layer = ready_layer(GetParam(), {{"units", 2}, {"return_sequences", true}}, {kUnknown, 3, 1}, random);
  const MaskedTensor input{random_tensor({1, 3, 1}, random), random_mask({1, 3}, random)};
  EXPECT_TRUE(run(layer, input).mask);
  EXPECT_FALSE(run(layer, input, {.recurrent_passes_mask = false}).mask);
}

TEST_P(Recurrence, SaysWhatDoesNotFit) {
  const std::string name = GetParam();
  Random random(1);
  const Value::Object one{{"units", 1}};
  EXPECT_EQ(output_shape(name, one, {kUnknown, kUnknown, 3}), (Shape{kUnknown, 1}));
  EXPECT_EQ(build_error(name, {{"units", 1}, {"unroll", true}}, {kUnknown, kUnknown, 3}),
            "unroll expects a known number of steps, found (None, None, 3)");
  EXPECT_NE(build_error(name, one, {kUnknown, 0, 3}), "");
  EXPECT_NE(build_error(name, one, {kUnknown, 3}), "");
  EXPECT_NE(build_error(name, one, {kUnknown, 3, kUnknown}), "");
  EXPECT_NE(build_error(name, {{"units", std::int64_t{1} << 62}}, {kUnknown, 3, 1}), "");
  EXPECT_EQ(config_error(name, {{"units", 2}, {"activation", "glu"}}),
            name + ": expected activations other than glu, which halves the units");
  EXPECT_NE(config_error(name, {{"units", 2}, {"return_state", true}}), "");
  EXPECT_EQ(build_error(name, {{"units", 1}, {"stateful", true}}, {kUnknown, 4, 3}),
            "stateful expects a batch of known size, found (None, 4, 3)");
  EXPECT_EQ(config_error(name, {{"units", 2}, {"implementation", 2}, {"time_major", false}}), "");

  const Layer layer = ready_layer(name, one, {kUnknown, kUnknown, 3}, random);
  const auto empty = layer.call({Tensor(DType::float32, {1, 0, 3})}, {}, Limits{});
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().code, ErrorCode::layer_input);
  const auto mismatch = layer.call({Tensor(DType::float32, {1, 4, 3}), Tensor(DType::boolean, {1, 3})}, {}, Limits{});
  ASSERT_FALSE(mismatch);
  EXPECT_EQ(mismatch.error().message, "expected a mask (batch, steps) for an input of (1, 4, 3), found one of (1, 3)");
  Limits tight;
  tight.activation_elements = 8;
  const auto large = layer.call({Tensor(DType::float32, {1, 9, 3})}, {}, tight);
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, ErrorCode::limit_exceeded);
}

TEST_P(Recurrence, OfOneBatchIsStatefulFromZerosInEachPrediction) {
  Random random(2);
  const Layer layer = ready_layer(GetParam(), {{"units", 2}, {"stateful", true}}, {2, 3, 1}, random);
  auto plain = *make_layer(GetParam(), {{"units", 2}});
  ASSERT_TRUE(plain.build({2, 3, 1}, DType::float32, Limits{}));
  ASSERT_TRUE(plain.set_weights({layer.weights().begin(), layer.weights().end()}));
  const Tensor x = random_tensor({2, 3, 1}, random);
  const Tensor first = run(layer, x);
  EXPECT_TRUE(same_bits(run(layer, x), first));
  EXPECT_TRUE(same_bits(run(plain, x), first));
}

INSTANTIATE_TEST_SUITE_P(Layers, Recurrence, ::testing::Values("LSTM", "GRU", "SimpleRNN"),
                         [](const auto& parameter) { return std::string(parameter.param); });

TEST(LSTM, OfOneStepByHand) {
  auto layer = *make_layer(
      "LSTM", {{"units", 1}, {"activation", "linear"}, {"recurrent_activation", "linear"}, {"return_sequences", true}});
  ASSERT_TRUE(layer.build({kUnknown, 2, 1}, DType::float32, Limits{}));
  // i = x, f = 2, c = 3x, o = 5 + h.
  ASSERT_TRUE(
      layer.set_weights({floats({1, 4}, {1, 0, 3, 0}), floats({1, 4}, {0, 0, 0, 1}), floats({4}, {0, 2, 0, 5})}));
  // Step 1: c = 3, h = 15. Step 2: c = 2 * 3 + 2 * 6 = 18, h = 18 * 20.
  EXPECT_TRUE(same_bits(run(layer, floats({1, 2, 1}, {1, 2})), floats({1, 2, 1}, {15, 360})));
}

}  // namespace
}  // namespace revive::testing
