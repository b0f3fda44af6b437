// Convolutions of one to three axes, against loops over every index in double.
#include "revive/model/layers/window_testing.h"

namespace revive::testing {
namespace {

// Straight from the definition: the output at `to` of one sample, whose channels are behind.
double convolved(const DrawnWindows& drawn, std::int64_t groups, std::int64_t filters, const Grid& x,
                 const Tensor& kernel, const Index& to, std::int64_t sample, std::int64_t filter) {
  const std::int64_t inner = x.channels / groups;
  const std::int64_t group = filter / (filters / groups);
  double sum = 0;
  std::int64_t number = 0;
  for_each_index(drawn.sizes, [&](const Index& tap) {
    Index cell(tap.size());
    for (std::size_t i = 0; i < tap.size(); ++i) {
      cell[i] = to[i] * drawn.strides[i] + tap[i] * drawn.dilations[i] - drawn.before(i, x.cells[i]);
    }
    for (std::int64_t c = 0; c < inner; ++c) {
      const auto weight = static_cast<std::size_t>((number * inner + c) * filters + filter);
      sum += x.at(sample, cell, group * inner + c) * static_cast<double>(kernel.data<float>()[weight]);
    }
    ++number;
  });
  return sum;
}

TEST(Conv, OfEveryRankAgreesWithTheDefinition) {
  Random random(11);
  for (int i = 0; i < 300; ++i) {
    const std::size_t rank = 1 + random.below(3);
    DrawnWindows drawn = draw_windows_for(rank, random);
    const std::int64_t groups = pick(random, 1, 3);
    const std::int64_t filters = groups * pick(random, 1, rank == 1 ? 20 : 6);
    const std::int64_t channels = groups * pick(random, 1, 3);
    Value::Object config = drawn.config("kernel_size");
    config.insert(config.end(), {{"filters", filters}, {"groups", groups}, {"use_bias", pick(random, 0, 1) == 1}});
    config.emplace_back("dilation_rate", Value(Value::Array(drawn.dilations.begin(), drawn.dilations.end())));
    const Dims dims = drawn.input_dims(2, channels);
    const Layer layer = ready_layer("Conv" + std::to_string(rank) + "D", config, drawn.shape(dims, random), random);
    const Tensor x = random_tensor(dims, random);
    const Tensor y = run(layer, x);
    ASSERT_TRUE(layer.output_shape().admits(y.dims()));

    const Grid in(x, drawn.first);
    const Grid out(y, drawn.first);
    for_each_index(out.cells, [&](const Index& to) {
      for (std::int64_t n = 0; n < 2; ++n) {
        for (std::int64_t f = 0; f < filters; ++f) {
          double expected = convolved(drawn, groups, filters, in, layer.weights()[0], to, n, f);
          if (layer.weights().size() > 1)
            expected += static_cast<double>(layer.weights()[1].data<float>()[static_cast<std::size_t>(f)]);
          ASSERT_NEAR(out.at(n, to, f), expected, 1e-4) << "trial " << i;
        }
      }
    });
    expect_batch_independent(layer, {x});
  }
}

// Windows of more numbers than are laid out for one product.
TEST(Conv, OfWindowsThatAreLaidOutInParts) {
  Random random(12);
  const Value::Object config{{"filters", 3}, {"kernel_size", Value::Array{9, 9}}, {"padding", "same"}};
  const Layer layer = ready_layer("Conv2D", config, {kUnknown, 5, 6, 70}, random);
  const Tensor x = random_tensor({1, 5, 6, 70}, random);
  const Tensor y = run(layer, x);
  DrawnWindows drawn;
  drawn.sizes = {9, 9};
  drawn.strides = drawn.dilations = {1, 1};
  drawn.same = true;
  const Grid in(x, false);
  const Grid out(y, false);
  for_each_index(out.cells, [&](const Index& to) {
    for (std::int64_t f = 0; f < 3; ++f) {
      const double bias = static_cast<double>(layer.weights()[1].data<float>()[static_cast<std::size_t>(f)]);
      ASSERT_NEAR(out.at(0, to, f), bias + convolved(drawn, 1, 3, in, layer.weights()[0], to, 0, f), 5e-2);
    }
  });
}

TEST(Conv, OfAnEvenKernelPadsBehindFirst) {
  auto layer = *make_layer("Conv2D", {{"filters", 1}, {"kernel_size", Value::Array{2, 2}}, {"padding", "same"}});
  ASSERT_TRUE(layer.build({kUnknown, 2, 2, 1}, DType::float32, Limits{}));
  ASSERT_TRUE(layer.set_weights({floats({2, 2, 1, 1}, {1000, 100, 10, 1}), floats({1}, {0})}));
  EXPECT_TRUE(
      same_bits(run(layer, floats({1, 2, 2, 1}, {1, 2, 3, 4})), floats({1, 2, 2, 1}, {1234, 2040, 3400, 4000})));
}

TEST(Conv, SaysWhatDoesNotFit) {
  const Value::Object two{{"filters", 2}, {"kernel_size", 2}};
  EXPECT_EQ(output_shape("Conv2D", two, {kUnknown, kUnknown, 4, 3}), (Shape{kUnknown, kUnknown, 3, 2}));
  EXPECT_EQ(build_error("Conv2D", two, {kUnknown, 4, 1, 3}),
            "a window that spans 2 steps does not fit into the 1 steps of the shape (None, 4, 1, 3)");
  EXPECT_EQ(build_error("Conv3D", {{"filters", 2}, {"kernel_size", 1}, {"groups", 2}}, {kUnknown, 4, 1, 3, 3}),
            "Conv3D expects a known number of channels that 2 groups divide, found the shape (None, 4, 1, 3, 3)");
  EXPECT_EQ(build_error("Conv2D", two, {kUnknown, 4, 4}),
            "Conv2D expects an input of rank 4 whose channels are known, found the shape (None, 4, 4)");
  EXPECT_EQ(config_error("Conv2D", {{"filters", 1}, {"kernel_size", 1}, {"padding", "causal"}}),
            "Conv2D: expected the padding valid or same");
  EXPECT_EQ(
      config_error(
          "Conv2D",
          {{"filters", 1}, {"kernel_size", 1}, {"strides", Value::Array{2, 1}}, {"dilation_rate", Value::Array{1, 2}}}),
      "Conv2D: expected strides of 1 or a dilation_rate of 1");
  EXPECT_EQ(config_error("Conv2D", {{"filters", 1}, {"kernel_size", Value::Array{1, 1, 1}}}),
            "Conv2D/kernel_size: expected a list of 2 integers, found 3 items");
}

}  // namespace
}  // namespace revive::testing
