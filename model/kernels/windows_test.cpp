// Conv1D and MaxPooling1D, against kernels that loop over every index.
#include <limits>

#include "revive/model/kernels/shared.h"
#include "revive/model/kernels/windows.h"
#include "revive/model/layers/testing.h"

namespace revive::testing {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

TEST(Windows, AreCountedAndPaddedAsInKeras) {
  EXPECT_EQ((Windows{3, 1, 2, Padding::valid}.count(10)), 6);
  EXPECT_EQ((Windows{3, 2, 1, Padding::valid}.count(10)), 4);
  EXPECT_EQ((Windows{3, 1, 1, Padding::valid}.count(2)), std::nullopt);
  EXPECT_EQ((Windows{3, 2, 1, Padding::same}.count(10)), 5);
  EXPECT_EQ((Windows{3, 2, 1, Padding::causal}.count(0)), 0);
  EXPECT_EQ((Windows{3, 2, 1, Padding::valid}.count(kUnknown)), kUnknown);
  // An odd cell of padding goes behind the last step.
  EXPECT_EQ((Windows{4, 1, 1, Padding::same}.before(10)), 1);
  EXPECT_EQ((Windows{3, 2, 1, Padding::same}.before(10)), 0);
  EXPECT_EQ((Windows{3, 1, 2, Padding::causal}.before(10)), 4);
  EXPECT_EQ((Windows{1, 3, 1, Padding::same}.before(10)), 0);
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ((Windows{kMost, 1, kMost, Padding::valid}.count(10)), std::nullopt);
  EXPECT_EQ((Windows{2, 1, kMost, Padding::same}.count(10)), 10);
}

// Where one more cell makes one more window, and from where on the padding is one more.
TEST(Windows, AreOneMoreFromEachBoundOn) {
  const auto counts = [](const Windows& windows) {
    std::vector<std::optional<std::int64_t>> found;
    for (std::int64_t cells = 0; cells < 8; ++cells) found.push_back(windows.count(cells));
    return found;
  };
  using Counts = std::vector<std::optional<std::int64_t>>;
  constexpr std::nullopt_t kNone = std::nullopt;
  EXPECT_EQ(counts({3, 2, 1, Padding::valid}), (Counts{kNone, kNone, kNone, 1, 1, 2, 2, 3}));
  EXPECT_EQ(counts({2, 1, 3, Padding::valid}), (Counts{kNone, kNone, kNone, kNone, 1, 2, 3, 4}));
  EXPECT_EQ(counts({3, 2, 1, Padding::same}), (Counts{0, 1, 1, 2, 2, 3, 3, 4}));
  EXPECT_EQ(counts({3, 3, 1, Padding::causal}), (Counts{0, 1, 1, 1, 2, 2, 2, 3}));
  const auto before = [](const Windows& windows) {
    std::vector<std::int64_t> found;
    for (std::int64_t cells = 1; cells < 8; ++cells) found.push_back(windows.before(cells));
    return found;
  };
  using Cells = std::vector<std::int64_t>;
  EXPECT_EQ(before({5, 3, 1, Padding::same}), (Cells{2, 1, 1, 2, 1, 1, 2}));
  EXPECT_EQ(before({2, 1, 1, Padding::same}), (Cells{0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(before({3, 1, 2, Padding::same}), (Cells{2, 2, 2, 2, 2, 2, 2}));
  EXPECT_EQ(before({3, 1, 2, Padding::causal}), (Cells{4, 4, 4, 4, 4, 4, 4}));
  EXPECT_EQ(before({3, 1, 2, Padding::valid}), (Cells{0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ((Windows{1, 1, 5, Padding::valid}.extent()), 1);
  EXPECT_EQ((Windows{3, 4, 2, Padding::valid}.extent()), 5);
  EXPECT_EQ((Windows{3, 1, kHuge, Padding::valid}.extent()), kHuge);
}

struct Conv {
  std::int64_t filters, size, stride, dilation, groups;
  const char* padding;
  bool first, bias;

  Value::Object config() const {
    return {{"filters", filters},
            {"kernel_size", Value::Array{size}},
            {"strides", Value::Array{stride}},
            {"padding", padding},
            {"data_format", first ? "channels_first" : "channels_last"},
            {"dilation_rate", Value::Array{dilation}},
            {"groups", groups},
            {"use_bias", bias}};
  }
};

// Straight from the definition, in double, one output element at a time.
Tensor naive_conv(const Conv& conv, const Tensor& x, std::span<const Tensor> weights, const Dims& output) {
  const std::size_t steps_axis = conv.first ? 2 : 1;
  const std::int64_t steps = x.dim(steps_axis);
  const std::int64_t channels = x.dim(3 - steps_axis);
  const std::int64_t outputs = output[steps_axis];
  const std::int64_t extent = (conv.size - 1) * conv.dilation + 1;
  std::int64_t before = 0;
  if (conv.padding == std::string_view("same")) {
    before = std::max<std::int64_t>((outputs - 1) * conv.stride + extent - steps, 0) / 2;
  }
  if (conv.padding == std::string_view("causal")) before = extent - 1;
  const auto at = [&](std::int64_t length, std::int64_t depth, std::int64_t n, std::int64_t t, std::int64_t c) {
    return static_cast<std::size_t>(conv.first ? (n * depth + c) * length + t : (n * length + t) * depth + c);
  };
  Tensor y(DType::float32, output);
  const std::int64_t inner = channels / conv.groups;
  for (std::int64_t n = 0; n < x.dim(0); ++n) {
    for (std::int64_t t = 0; t < outputs; ++t) {
      for (std::int64_t f = 0; f < conv.filters; ++f) {
        double sum = conv.bias ? static_cast<double>(weights[1].data<float>()[static_cast<std::size_t>(f)]) : 0;
        const std::int64_t group = f / (conv.filters / conv.groups);
        for (std::int64_t j = 0; j < conv.size; ++j) {
          const std::int64_t s = t * conv.stride + j * conv.dilation - before;
          for (std::int64_t c = 0; c < inner && s >= 0 && s < steps; ++c) {
            const auto w = static_cast<std::size_t>((j * inner + c) * conv.filters + f);
            sum += static_cast<double>(x.data<float>()[at(steps, channels, n, s, group * inner + c)]) *
                   static_cast<double>(weights[0].data<float>()[w]);
          }
        }
        y.data<float>()[at(outputs, conv.filters, n, t, f)] = static_cast<float>(sum);
      }
    }
  }
  return y;
}

TEST(Conv1D, AgreesWithTheDefinition) {
  Random random(7);
  for (int i = 0; i < 300; ++i) {
    const auto pick = [&](std::int64_t low, std::int64_t high) {
      return low + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(high - low + 1)));
    };
    const std::int64_t groups = pick(1, 3);
    Conv conv{groups * pick(1, 20), pick(1, 4), pick(1, 3), 1, groups, "valid", pick(0, 1) == 1, pick(0, 1) == 1};
    if (conv.stride == 1) conv.dilation = pick(1, 3);
    conv.padding = std::array{"valid", "same", "causal"}[random.below(3)];
    const std::int64_t steps = pick((conv.size - 1) * conv.dilation + 1, 14);
    const std::int64_t channels = groups * pick(1, 3);
    const Dims dims = conv.first ? Dims{2, channels, steps} : Dims{2, steps, channels};
    Shape shape(dims);
    shape[0] = kUnknown;
    if (pick(0, 1) == 1) shape[conv.first ? 2 : 1] = kUnknown;
    const Layer layer = ready_layer("Conv1D", conv.config(), shape, random);
    const Tensor x = random_tensor(dims, random);
    const Tensor y = run(layer, x);
    ASSERT_TRUE(layer.output_shape().admits(y.dims()));
    expect_near(y, naive_conv(conv, x, layer.weights(), y.dims()));
    expect_batch_independent(layer, {x});
  }
}

TEST(Conv1D, OfThreeStepsByHand) {
  auto layer = *make_layer("Conv1D", {{"filters", 1}, {"kernel_size", 2}, {"padding", "causal"}});
  ASSERT_TRUE(layer.build({kUnknown, 3, 1}, DType::float32, Limits{}));
  ASSERT_TRUE(layer.set_weights({floats({2, 1, 1}, {10, 1}), floats({1}, {100})}));
  EXPECT_TRUE(same_bits(run(layer, floats({1, 3, 1}, {1, 2, 3})), floats({1, 3, 1}, {101, 112, 123})));
}

TEST(Conv1D, MultipliesPaddingAsKerasDoes) {
  auto layer = *make_layer("Conv1D", {{"filters", 1}, {"kernel_size", 3}, {"padding", "same"}});
  ASSERT_TRUE(layer.build({kUnknown, 3, 1}, DType::float32, Limits{}));
  ASSERT_TRUE(layer.set_weights({floats({3, 1, 1}, {kInf, 1, 1}), floats({1}, {0})}));
  expect_near(run(layer, floats({1, 3, 1}, {1, 1, 1})), floats({1, 3, 1}, {kNaN, kInf, kInf}));
}

TEST(Conv1D, AppliesItsActivationToTheLastAxis) {
  Random random(3);
  const Value::Object config{
      {"filters", 2}, {"kernel_size", 1}, {"data_format", "channels_first"}, {"activation", "glu"}};
  EXPECT_EQ(output_shape("Conv1D", config, {kUnknown, 3, 4}), (Shape{kUnknown, 2, 2}));
  const Layer layer = ready_layer("Conv1D", config, {kUnknown, 3, 4}, random);
  EXPECT_EQ(run(layer, random_tensor({2, 3, 4}, random)).dims(), (Dims{2, 2, 2}));
  EXPECT_EQ(build_error("Conv1D", config, {kUnknown, 3, kUnknown}),
            "the activation glu cannot take the shape (None, 2, None)");
}

TEST(Conv1D, ReadsPaddingBehindTheWidestSpan) {
  constexpr std::int64_t kWidest = std::numeric_limits<std::int64_t>::max() / 4 - 1;
  for (const char* padding : {"same", "causal"}) {
    auto layer =
        *make_layer("Conv1D", {{"filters", 1}, {"kernel_size", 2}, {"dilation_rate", kWidest}, {"padding", padding}});
    ASSERT_TRUE(layer.build({kUnknown, kUnknown, 1}, DType::float32, Limits{}));
    ASSERT_TRUE(layer.set_weights({floats({2, 1, 1}, {10, 1}), floats({1}, {100})}));
    const bool causal = padding == std::string_view("causal");
    EXPECT_TRUE(same_bits(run(layer, floats({1, 3, 1}, {1, 2, 3})),
                          causal ? floats({1, 3, 1}, {101, 102, 103}) : floats({1, 3, 1}, {100, 100, 100})));
  }
}

TEST(Conv1D, SaysWhatDoesNotFit) {
  const Value::Object two{{"filters", 2}, {"kernel_size", 2}};
  const auto with = [&](const char* key, Value value) {
    Value::Object config = two;
    config.emplace_back(key, std::move(value));
    return config;
  };
  EXPECT_EQ(output_shape("Conv1D", two, {kUnknown, kUnknown, 3}), (Shape{kUnknown, kUnknown, 2}));
  EXPECT_EQ(build_error("Conv1D", two, {kUnknown, 1, 3}),
            "a window that spans 2 steps does not fit into the 1 steps of the shape (None, 1, 3)");
  EXPECT_EQ(build_error("Conv1D", with("groups", 2), {kUnknown, 4, 3}),
            "Conv1D expects a known number of channels that 2 groups divide, found the shape (None, 4, 3)");
  EXPECT_EQ(build_error("Conv1D", two, {kUnknown, 4, kUnknown}),
            "Conv1D expects a known number of channels that 1 group divides, found the shape (None, 4, None)");
  EXPECT_EQ(build_error("Conv1D", two, {kUnknown, 4}),
            "Conv1D expects an input of rank 3 whose channels are known, found the shape (None, 4)");
  EXPECT_EQ(config_error("Conv1D", with("groups", 3)), "Conv1D: expected a number of filters that groups divides");
  EXPECT_EQ(config_error("Conv1D", {{"filters", 1}, {"kernel_size", 1}, {"strides", 2}, {"dilation_rate", 2}}),
            "Conv1D: expected strides of 1 or a dilation_rate of 1");
  EXPECT_EQ(config_error("Conv1D", with("dilation_rate", std::numeric_limits<std::int64_t>::max())),
            "Conv1D: expected kernel_size and dilation_rate to span at most 2305843009213693951 steps");
  EXPECT_EQ(config_error("Conv1D", with("kernel_size", 0)), "Conv1D/kernel_size: expected a positive integer, found 0");
  EXPECT_EQ(config_error("Conv1D", with("strides", Value::Array{1, 1})),
            "Conv1D/strides: expected a list of 1 integer, found 2 items");
}

TEST(MaxPooling1D, AgreesWithTheDefinition) {
  Random random(8);
  for (int i = 0; i < 300; ++i) {
    const auto size = 1 + static_cast<std::int64_t>(random.below(4));
    const auto stride = 1 + static_cast<std::int64_t>(random.below(4));
    const bool same = random.below(2) == 1;
    const bool first = random.below(2) == 1;
    const auto steps = size + static_cast<std::int64_t>(random.below(8));
    const Dims dims = first ? Dims{2, 3, steps} : Dims{2, steps, 3};
    const Layer layer = ready_layer("MaxPooling1D",
                                    {{"pool_size", Value::Array{size}},
                                     {"strides", Value::Array{stride}},
                                     {"padding", same ? "same" : "valid"},
                                     {"data_format", first ? "channels_first" : "channels_last"}},
                                    Shape(dims), random);
    const Tensor x = random_tensor(dims, random);
    const Tensor y = run(layer, x);
    const std::int64_t outputs = same ? (steps - 1) / stride + 1 : (steps - size) / stride + 1;
    ASSERT_EQ(y.dims(), first ? (Dims{2, 3, outputs}) : (Dims{2, outputs, 3}));
    const std::int64_t before = same ? std::max<std::int64_t>((outputs - 1) * stride + size - steps, 0) / 2 : 0;
    const auto at = [&](std::int64_t length, std::int64_t n, std::int64_t t, std::int64_t c) {
      return static_cast<std::size_t>(first ? (n * 3 + c) * length + t : (n * length + t) * 3 + c);
    };
    for (std::int64_t n = 0; n < 2; ++n) {
      for (std::int64_t t = 0; t < outputs; ++t) {
        for (std::int64_t c = 0; c < 3; ++c) {
          float largest = -kInf;
          for (std::int64_t s = t * stride - before; s < t * stride - before + size; ++s) {
            if (s >= 0 && s < steps) largest = std::max(largest, x.data<float>()[at(steps, n, s, c)]);
          }
          ASSERT_EQ(y.data<float>()[at(outputs, n, t, c)], largest);
        }
      }
    }
    expect_batch_independent(layer, {x});
  }
}

TEST(MaxPooling1D, TreatsSpecialValuesAsKerasDoes) {
  Random random(1);
  const Layer layer = ready_layer("MaxPooling1D", {}, {kUnknown, kUnknown, 1}, random);
  const Tensor y = run(layer, floats({1, 8, 1}, {kNaN, kInf, -kInf, -kInf, -0.0F, 0.0F, 1, kNaN}));
  expect_near(y, floats({1, 4, 1}, {kNaN, -kInf, 0, kNaN}));
  EXPECT_FALSE(std::signbit(y.data<float>()[2]));
}

TEST(MaxPooling1D, KeepsIntsAndBools) {
  Random random(1);
  const Layer ints = ready_layer("MaxPooling1D", {}, {kUnknown, 4, 1}, random, DType::int32);
  EXPECT_TRUE(same_bits(run(ints, Tensor::from<std::int32_t>({1, 4, 1}, {-5, -9, 3, 7})),
                        Tensor::from<std::int32_t>({1, 2, 1}, {-5, 7})));
  const Layer bools = ready_layer("MaxPooling1D", {}, {kUnknown, 4, 1}, random, DType::boolean);
  EXPECT_TRUE(same_bits(run(bools, Tensor::from<bool>({1, 4, 1}, {false, false, false, true})),
                        Tensor::from<bool>({1, 2, 1}, {false, true})));
}

TEST(MaxPooling1D, SaysWhatDoesNotFit) {
  EXPECT_EQ(output_shape("MaxPooling1D", {{"strides", Value()}}, {kUnknown, 7, kUnknown}),
            (Shape{kUnknown, 3, kUnknown}));
  EXPECT_EQ(build_error("MaxPooling1D", {{"pool_size", 3}}, {kUnknown, 2, 1}),
            "a window that spans 3 steps does not fit into the 2 steps of the shape (None, 2, 1)");
  auto long_windows = make_layer("MaxPooling1D", {{"pool_size", 1 << 24}, {"strides", 1}, {"padding", "same"}});
  ASSERT_TRUE(long_windows->build({kUnknown, 1 << 25, 1}, DType::float32, Limits{}));
  EXPECT_EQ(long_windows->multiply_adds(), (std::int64_t{1} << 49) * kScalarStep);
  EXPECT_EQ(build_error("MaxPooling1D", {{"pool_size", std::int64_t{1} << 40}, {"strides", 1}, {"padding", "same"}},
                        {kUnknown, 64, 1}),
            "");
  EXPECT_EQ(config_error("MaxPooling1D", {{"padding", "causal"}}), "MaxPooling1D: expected the padding valid or same");
  EXPECT_EQ(config_error("MaxPooling1D", {{"strides", 0}}),
            "MaxPooling1D/strides: expected a positive integer, found 0");
}

}  // namespace
}  // namespace revive::testing
