// Transposed, depthwise and separable convolutions, against loops over every index in double.
#include "revive/model/layers/window_testing.h"

namespace revive::testing {
namespace {

Value list_of(const Index& items) {
  return Value(Value::Array(items.begin(), items.end()));
}

double weight_at(const Tensor& kernel, std::int64_t place) {
  return static_cast<double>(kernel.data<float>()[static_cast<std::size_t>(place)]);
}

// What filter m of channel c gives: the sum over its own channel alone.
double filtered(const DrawnWindows& drawn, const Grid& x, const Tensor& kernel, std::int64_t multiplier,
                const Index& to, std::int64_t sample, std::int64_t c, std::int64_t m) {
  double sum = 0;
  std::int64_t number = 0;
  for_each_index(drawn.sizes, [&](const Index& tap) {
    Index cell(tap.size());
    for (std::size_t i = 0; i < tap.size(); ++i) {
      cell[i] = to[i] * drawn.strides[i] + tap[i] * drawn.dilations[i] - drawn.before(i, x.cells[i]);
    }
    sum += x.at(sample, cell, c) * weight_at(kernel, (number * x.channels + c) * multiplier + m);
    ++number;
  });
  return sum;
}

struct DrawnLayer {
  DrawnWindows drawn;
  std::int64_t multiplier = 1;
  std::int64_t channels = 1;
  Value::Object config;
};

DrawnLayer draw_filters(std::size_t rank, Random& random) {
  DrawnLayer layer{draw_windows_for(rank, random), pick(random, 1, 3), pick(random, 1, 3), {}};
  layer.config = layer.drawn.config("kernel_size");
  layer.config.emplace_back("dilation_rate", list_of(layer.drawn.dilations));
  layer.config.emplace_back("depth_multiplier", layer.multiplier);
  return layer;
}

TEST(DepthwiseConv, AgreesWithTheDefinition) {
  Random random(51);
  for (int i = 0; i < 150; ++i) {
    const std::size_t rank = 1 + random.below(2);
    const DrawnLayer made = draw_filters(rank, random);
    const Dims dims = made.drawn.input_dims(2, made.channels);
    const Layer layer =
        ready_layer("DepthwiseConv" + std::to_string(rank) + "D", made.config, made.drawn.shape(dims, random), random);
    const Tensor x = random_tensor(dims, random);
    const Tensor y = run(layer, x);
    ASSERT_TRUE(layer.output_shape().admits(y.dims()));
    const Grid in(x, made.drawn.first);
    const Grid out(y, made.drawn.first);
    ASSERT_EQ(out.channels, made.channels * made.multiplier);
    for_each_index(out.cells, [&](const Index& to) {
      for (std::int64_t c = 0; c < made.channels; ++c) {
        for (std::int64_t m = 0; m < made.multiplier; ++m) {
          const double expected = filtered(made.drawn, in, layer.weights()[0], made.multiplier, to, 1, c, m) +
                                  weight_at(layer.weights()[1], c * made.multiplier + m);
          ASSERT_NEAR(out.at(1, to, c * made.multiplier + m), expected, 1e-4) << "trial " << i;
        }
      }
    });
    expect_batch_independent(layer, {x});
  }
}

TEST(SeparableConv, AgreesWithTheDefinition) {
  Random random(52);
  for (int i = 0; i < 150; ++i) {
    const std::size_t rank = 1 + random.below(2);
    DrawnLayer made = draw_filters(rank, random);
    const std::int64_t filters = pick(random, 1, 5);
    made.config.emplace_back("filters", filters);
    const Dims dims = made.drawn.input_dims(2, made.channels);
    const Layer layer =
        ready_layer("SeparableConv" + std::to_string(rank) + "D", made.config, made.drawn.shape(dims, random), random);
    const Tensor x = random_tensor(dims, random);
    const Tensor y = run(layer, x);
    const Grid in(x, made.drawn.first);
    const Grid out(y, made.drawn.first);
    ASSERT_EQ(out.channels, filters);
    for_each_index(out.cells, [&](const Index& to) {
      for (std::int64_t f = 0; f < filters; ++f) {
        double expected = weight_at(layer.weights()[2], f);
        for (std::int64_t c = 0; c < made.channels; ++c) {
          for (std::int64_t m = 0; m < made.multiplier; ++m) {
            expected += filtered(made.drawn, in, layer.weights()[0], made.multiplier, to, 0, c, m) *
                        weight_at(layer.weights()[1], (c * made.multiplier + m) * filters + f);
          }
        }
        ASSERT_NEAR(out.at(0, to, f), expected, 1e-3) << "trial " << i;
      }
    });
    expect_batch_independent(layer, {x});
  }
}

// The gradient of a convolution: each cell times each tap is added where the convolution would have read it.
TEST(ConvTranspose, IsTheGradientOfAConvolution) {
  Random random(53);
  for (int i = 0; i < 200; ++i) {
    const std::size_t rank = 1 + random.below(3);
    DrawnWindows drawn = draw_windows_for(rank, random);
    for (std::int64_t& cells : drawn.cells) cells = pick(random, 1, 4);
    const std::int64_t channels = pick(random, 1, 3);
    const std::int64_t filters = pick(random, 1, rank == 1 ? 20 : 3);
    Value::Object config = drawn.config("kernel_size");
    config.emplace_back("dilation_rate", list_of(drawn.dilations));
    config.emplace_back("filters", filters);
    const Dims dims = drawn.input_dims(2, channels);
    const Layer layer =
        ready_layer("Conv" + std::to_string(rank) + "DTranspose", config, drawn.shape(dims, random), random);
    const Tensor x = random_tensor(dims, random);
    const Tensor y = run(layer, x);
    ASSERT_TRUE(layer.output_shape().admits(y.dims()));
    const Grid in(x, drawn.first);
    const Grid out(y, drawn.first);
    // The convolution that goes from the output to the input pads like this.
    Index before(rank);
    for (std::size_t axis = 0; axis < rank; ++axis) {
      const std::int64_t reach = drawn.extent(axis);
      if (drawn.same) {
        ASSERT_EQ(out.cells[axis], in.cells[axis] * drawn.strides[axis]);
        before[axis] = std::max<std::int64_t>(reach - drawn.strides[axis], 0) / 2;
      } else {
        ASSERT_EQ(out.cells[axis], (in.cells[axis] - 1) * drawn.strides[axis] + std::max(reach, drawn.strides[axis]));
      }
    }
    for_each_index(out.cells, [&](const Index& to) {
      for (std::int64_t f = 0; f < filters; ++f) {
        double expected = weight_at(layer.weights()[1], f);
        std::int64_t number = 0;
        for_each_index(drawn.sizes, [&](const Index& tap) {
          Index cell(rank);
          bool whole = true;
          for (std::size_t axis = 0; axis < rank; ++axis) {
            const std::int64_t place = to[axis] + before[axis] - tap[axis] * drawn.dilations[axis];
            whole = whole && place >= 0 && place % drawn.strides[axis] == 0;
            cell[axis] = place / drawn.strides[axis];
          }
          for (std::int64_t c = 0; whole && c < channels; ++c) {
            expected += in.at(1, cell, c) * weight_at(layer.weights()[0], (number * filters + f) * channels + c);
          }
          ++number;
        });
        ASSERT_NEAR(out.at(1, to, f), expected, 1e-4) << "trial " << i;
      }
    });
    expect_batch_independent(layer, {x});
  }
}

TEST(ConvTranspose, TakesOutputPadding) {
  const Value::Object valid{{"filters", 1}, {"kernel_size", 2}, {"strides", 3}, {"output_padding", 1}};
  EXPECT_EQ(output_shape("Conv1DTranspose", valid, {kUnknown, 3, 1}), (Shape{kUnknown, 9, 1}));
  const Value::Object same{
      {"filters", 1}, {"kernel_size", 3}, {"strides", 2}, {"padding", "same"}, {"output_padding", 0}};
  EXPECT_EQ(output_shape("Conv1DTranspose", same, {kUnknown, 3, 1}), (Shape{kUnknown, 5, 1}));
  EXPECT_EQ(config_error("Conv1DTranspose", {{"filters", 1}, {"kernel_size", 2}, {"output_padding", 1}}),
            "Conv1DTranspose: expected an output_padding below the strides");
  EXPECT_EQ(
      build_error("Conv1DTranspose", {{"filters", 1}, {"kernel_size", 2}, {"padding", "same"}, {"output_padding", 0}},
                  {kUnknown, 1, 1}),
      "Conv1DTranspose makes nothing of the 1 cells along axis 1 of the shape (None, 1, 1)");
  EXPECT_EQ(build_error("Conv2DTranspose", {{"filters", 1}, {"kernel_size", 2}}, {kUnknown, 2, 2, kUnknown}),
            "Conv2DTranspose expects a known number of channels, found the shape (None, 2, 2, None)");
}

TEST(ConvTranspose, OfTwoCellsByHand) {
  auto layer =
      *make_layer("Conv1DTranspose", {{"filters", 1}, {"kernel_size", 4}, {"strides", 1}, {"padding", "same"}});
  ASSERT_TRUE(layer.build({kUnknown, 2, 1}, DType::float32, Limits{}));
  ASSERT_TRUE(layer.set_weights({floats({4, 1, 1}, {1, 10, 100, 1000}), floats({1}, {0})}));
  // 1 10 100 1000 and, a cell on, 2 20 200 2000; of the three that overlap, one is cut off in front.
  EXPECT_TRUE(same_bits(run(layer, floats({1, 2, 1}, {1, 2})), floats({1, 2, 1}, {12, 120})));
}

}  // namespace
}  // namespace revive::testing
