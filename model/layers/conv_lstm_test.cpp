// ConvLSTM1D, step by step and tap by tap in double; the others by what they are of one step of few cells.
#include "revive/model/layers/testing.h"

namespace revive::testing {
namespace {

double at(const Tensor& tensor, std::initializer_list<std::int64_t> index) {
  std::size_t place = 0;
  std::size_t axis = 0;
  for (const std::int64_t i : index)
    place = place * static_cast<std::size_t>(tensor.dim(axis++)) + static_cast<std::size_t>(i);
  return static_cast<double>(tensor.data<float>()[place]);
}

double sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}

struct Config {
  std::int64_t size, stride, dilation, filters;
  bool same, backwards;
};

// The sum over taps of one window, of `rows` (cells, channels) with a kernel (taps, channels, columns).
template <typename Cell>
double window(Cell cell, std::int64_t cells, std::int64_t channels, const Tensor& kernel, std::int64_t start,
              std::int64_t dilation, std::int64_t column) {
  double sum = 0;
  for (std::int64_t tap = 0; tap < kernel.dim(0); ++tap) {
    const std::int64_t from = start + tap * dilation;
    if (from < 0 || from >= cells) continue;
    for (std::int64_t c = 0; c < channels; ++c) sum += cell(from, c) * at(kernel, {tap, c, column});
  }
  return sum;
}

// h of the last step, (cells, filters), for one sample of (1, steps, cells, channels).
std::vector<double> walk(const Tensor& x, std::span<const Tensor> weights, const Config& config, std::int64_t width) {
  const std::int64_t steps = x.dim(1);
  const std::int64_t cells = x.dim(2);
  const std::int64_t filters = config.filters;
  const std::int64_t extent = (config.size - 1) * config.dilation + 1;
  const std::int64_t pad =
      config.same ? std::max<std::int64_t>((width - 1) * config.stride + extent - cells, 0) / 2 : 0;
  const auto size = static_cast<std::size_t>(width * filters);
  std::vector<double> h(size, 0.0);
  std::vector<double> c(size, 0.0);
  for (std::int64_t step = 0; step < steps; ++step) {
    const std::int64_t t = config.backwards ? steps - 1 - step : step;
    const auto gate = [&](std::int64_t which, std::int64_t cell, std::int64_t filter) {
      const std::int64_t column = which * filters + filter;
      const double input = window([&](std::int64_t i, std::int64_t channel) { return at(x, {0, t, i, channel}); },
                                  cells, x.dim(3), weights[0], cell * config.stride - pad, config.dilation, column);
      const double state =
          window([&](std::int64_t i, std::int64_t f) { return h[static_cast<std::size_t>(i * filters + f)]; }, width,
                 filters, weights[1], cell - (config.size - 1) / 2, 1, column);
      return input + state + at(weights[2], {column});
    };
    std::vector<double> next(size);
    for (std::int64_t cell = 0; cell < width; ++cell) {
      for (std::int64_t f = 0; f < filters; ++f) {
        const auto i = static_cast<std::size_t>(cell * filters + f);
        c[i] = sigmoid(gate(1, cell, f)) * c[i] + sigmoid(gate(0, cell, f)) * std::tanh(gate(2, cell, f));
        next[i] = sigmoid(gate(3, cell, f)) * std::tanh(c[i]);
      }
    }
    h = next;
  }
  return h;
}

TEST(ConvLSTM, AgreesWithTheStepsWrittenOut) {
  Random random(1);
  for (int i = 0; i < 60; ++i) {
    const auto one_of = [&](std::int64_t most) {
      return 1 + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(most)));
    };
    Config config{one_of(3), 1, 1, one_of(2), random.below(2) == 0, random.below(2) == 0};
    (random.below(2) == 0 ? config.stride : config.dilation) = one_of(2);
    const std::int64_t channels = one_of(2);
    const Layer layer = ready_layer("ConvLSTM1D",
                                    {{"filters", config.filters},
                                     {"kernel_size", config.size},
                                     {"strides", config.stride},
                                     {"dilation_rate", config.dilation},
                                     {"padding", config.same ? "same" : "valid"},
                                     {"go_backwards", config.backwards}},
                                    {kUnknown, kUnknown, 7, channels}, random);
    const Tensor x = random_tensor({2, 3, 7, channels}, random);
    const Tensor y = run(layer, x);
    ASSERT_TRUE(layer.output_shape().admits(y.dims()));
    for (std::int64_t n = 0; n < 2; ++n) {
      const auto expected = walk(sample(x, n), layer.weights(), config, y.dim(1));
      Tensor wanted(DType::float32, {1, y.dim(1), config.filters});
      std::ranges::transform(expected, wanted.data<float>().begin(), [](double v) { return static_cast<float>(v); });
      expect_near(sample(y, n), wanted);
    }
    expect_batch_independent(layer, {x});
  }
}

// What comes first and what last is a matter of the config alone.
TEST(ConvLSTM, GivesTheSameOfChannelsFirst) {
  Random random(2);
  const Value::Object keys{{"filters", 2}, {"kernel_size", 2}, {"padding", "same"}, {"return_sequences", true}};
  const Layer last = ready_layer("ConvLSTM2D", keys, {kUnknown, 2, 3, 2, 1}, random);
  Value::Object other = keys;
  other.emplace_back("data_format", "channels_first");
  auto first = *make_layer("ConvLSTM2D", other);
  ASSERT_TRUE(first.build({kUnknown, 2, 1, 3, 2}, DType::float32, Limits{}));
  ASSERT_TRUE(first.set_weights({last.weights().begin(), last.weights().end()}));
  EXPECT_EQ(first.output_shape(), (Shape{kUnknown, 2, 2, 3, 2}));
  const Tensor x = random_tensor({1, 2, 3, 2, 1}, random);
  const Tensor a = run(last, x);
  const Tensor b = run(first, x.reshaped({1, 2, 1, 3, 2}));
  for (std::int64_t t = 0; t < 2; ++t) {
    for (std::int64_t i = 0; i < 3; ++i) {
      for (std::int64_t j = 0; j < 2; ++j) {
        for (std::int64_t f = 0; f < 2; ++f) EXPECT_EQ(at(a, {0, t, i, j, f}), at(b, {0, t, f, i, j}));
      }
    }
  }
}

TEST(ConvLSTM, SaysWhatDoesNotFit) {
  Random random(3);
  const Layer layer = ready_layer("ConvLSTM1D", {{"filters", 1}, {"kernel_size", 1}}, {kUnknown, 2, 2, 1}, random);
  const auto masked = layer.call({random_tensor({1, 2, 2, 1}, random), Tensor(DType::boolean, {1, 2})}, {}, Limits{});
  ASSERT_FALSE(masked);
  EXPECT_EQ(masked.error().message, "ConvLSTM1D takes no mask, and an earlier layer made one");
  const Value::Object keys{{"filters", 2}, {"kernel_size", Value::Array{2, 2, 2}}};
  EXPECT_EQ(output_shape("ConvLSTM3D", keys, {kUnknown, kUnknown, 3, 3, 2, 1}), (Shape{kUnknown, 2, 2, 1, 2}));
  EXPECT_EQ(build_error("ConvLSTM3D", keys, {kUnknown, 2, 3, kUnknown, 2, 1}),
            "ConvLSTM3D expects an input (batch, steps, ...) of rank 6 that is known but for batch and steps, found "
            "the shape (None, 2, 3, None, 2, 1)");
  EXPECT_EQ(build_error("ConvLSTM3D", keys, {kUnknown, 2, 1, 3, 3, 1}),
            "a window that spans 2 steps does not fit into the 1 steps of the shape (None, 1, 3, 3, 1)");
  EXPECT_EQ(build_error("ConvLSTM3D", keys, {kUnknown, 0, 3, 3, 3, 1}),
            "ConvLSTM3D expects an input (batch, steps, ...) of rank 6 that is known but for batch and steps, found "
            "the shape (None, 0, 3, 3, 3, 1)");
  EXPECT_EQ(config_error("ConvLSTM1D", {{"filters", 1}, {"kernel_size", 2}, {"strides", 2}, {"dilation_rate", 2}}),
            "ConvLSTM1D: expected strides of 1 or a dilation_rate of 1");
  EXPECT_EQ(config_error("ConvLSTM1D", {{"filters", 1}, {"kernel_size", 2}, {"padding", "causal"}}),
            "ConvLSTM1D: expected the padding valid or same");
  EXPECT_NE(
      config_error("ConvLSTM1D",
                   {{"filters", 1}, {"kernel_size", 2}, {"activation", "softmax"}, {"data_format", "channels_first"}}),
      "");
}

}  // namespace
}  // namespace revive::testing
