// Adaptive poolings of one to three axes, against loops over the cells of every window in double.
#include <limits>

#include "revive/model/layers/window_testing.h"

namespace revive::testing {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

// The first cell of window `i` of `count` over `cells`, and the one behind its last, found by counting alone: a cell
// belongs to each window that some point of it lies in.
std::pair<std::int64_t, std::int64_t> range_of(std::int64_t i, std::int64_t count, std::int64_t cells) {
  std::int64_t first = -1;
  std::int64_t end = 0;
  for (std::int64_t cell = 0; cell < cells; ++cell) {
    // Points are counted in parts of a cell times `count`.
    const bool meets = cell * count < (i + 1) * cells && (cell + 1) * count > i * cells;
    if (!meets) continue;
    if (first < 0) first = cell;
    end = cell + 1;
  }
  return {first, end};
}

TEST(AdaptivePooling, OfEveryRankAgreesWithTheDefinition) {
  Random random(23);
  for (int trial = 0; trial < 400; ++trial) {
    const std::size_t rank = 1 + random.below(3);
    const DrawnWindows drawn = draw_windows_for(rank, random);
    const bool mean = random.below(2) == 1;
    const std::int64_t channels = pick(random, 1, 3);
    const Dims dims = drawn.input_dims(2, channels);
    Index windows(rank);
    Value::Array output_size;
    for (std::int64_t& count : windows) output_size.emplace_back(count = pick(random, 1, 7));
    const std::string name =
        std::string("Adaptive") + (mean ? "Average" : "Max") + "Pooling" + std::to_string(rank) + "D";
    const Value::Object config{{"output_size", Value(output_size)},
                               {"data_format", drawn.first ? "channels_first" : "channels_last"}};
    const Layer layer = ready_layer(name, config, drawn.shape(dims, random), random);
    const Tensor x = random_tensor(dims, random);
    const Tensor y = run(layer, x);
    ASSERT_TRUE(layer.output_shape().admits(y.dims()));
    const Grid in(x, drawn.first);
    const Grid out(y, drawn.first);
    ASSERT_EQ(out.cells, windows);
    ASSERT_EQ(out.channels, channels);
    for_each_index(windows, [&](const Index& to) {
      Index begin(rank);
      Index extents(rank);
      for (std::size_t axis = 0; axis < rank; ++axis) {
        const auto [first, end] = range_of(to[axis], windows[axis], in.cells[axis]);
        begin[axis] = first;
        extents[axis] = end - first;
      }
      for (std::int64_t n = 0; n < 2; ++n) {
        for (std::int64_t c = 0; c < channels; ++c) {
          double largest = -std::numeric_limits<double>::infinity();
          double sum = 0;
          int count = 0;
          for_each_index(extents, [&](Index cell) {
            for (std::size_t axis = 0; axis < rank; ++axis) cell[axis] += begin[axis];
            largest = std::max(largest, in.at(n, cell, c));
            sum += in.at(n, cell, c);
            ++count;
          });
          ASSERT_NEAR(out.at(n, to, c), mean ? sum / count : largest, 1e-5) << name << " in trial " << trial;
        }
      }
    });
    expect_batch_independent(layer, {x});
  }
}

TEST(AdaptivePooling, OfANaNIsNaNInEveryWindowThatHoldsIt) {
  Random random(1);
  for (const std::string name : {"AdaptiveMaxPooling1D", "AdaptiveAveragePooling1D"}) {
    const Layer layer = ready_layer(name, {{"output_size", Value::Array{2}}}, {kUnknown, 3, 1}, random);
    const Tensor y = run(layer, floats({3, 3, 1}, {kNaN, 1, 2, 1, kNaN, 2, 1, 2, kNaN}));
    std::vector<bool> found;
    for (const float value : y.data<float>()) found.push_back(std::isnan(value));
    EXPECT_EQ(found, (std::vector<bool>{true, false, true, true, false, true})) << name;
  }
}

TEST(AdaptivePooling, OfSignedZerosIsTheLargerOne) {
  Random random(1);
  const Layer layer = ready_layer("AdaptiveMaxPooling1D", {{"output_size", Value::Array{1}}}, {kUnknown, 2, 1}, random);
  EXPECT_TRUE(same_bits(run(layer, floats({2, 2, 1}, {0.0F, -0.0F, -0.0F, 0.0F})), floats({2, 1, 1}, {0.0F, 0.0F})));
}

TEST(AdaptivePooling, KeepsIntsWhereItTakesTheLargest) {
  for (const DType dtype : {DType::int32, DType::int64, DType::uint8, DType::boolean}) {
    auto layer = make_layer("AdaptiveMaxPooling1D", {{"output_size", Value::Array{2}}});
    ASSERT_TRUE(layer);
    ASSERT_TRUE(layer->build({kUnknown, 3, 1}, dtype, Limits{}));
    const Tensor y = run(*layer, cast(floats({1, 3, 1}, {1, 0, 0}), dtype));
    EXPECT_TRUE(same_bits(y, cast(floats({1, 2, 1}, {1, 0}), dtype))) << name_of(dtype);
  }
}

TEST(AdaptivePooling, RefusesAnAxisWithoutCells) {
  const Value::Object config{{"output_size", Value::Array{2, 3}}};
  EXPECT_EQ(build_error("AdaptiveMaxPooling2D", config, {kUnknown, 4, 0, 1}),
            "expected cells on axis 2 for 3 windows, found none");
  Random random(1);
  const Layer layer = ready_layer("AdaptiveMaxPooling2D", config, {kUnknown, kUnknown, kUnknown, 1}, random);
  const auto output = layer.call(MaskedTensor{Tensor(DType::float32, {1, 0, 2, 1})}, {}, Limits{});
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().text(), "expected cells on axis 1 for 2 windows, found none");
}

TEST(AdaptivePooling, CountsWhatItHoldsBetweenTwoAxes) {
  auto layer = make_layer("AdaptiveMaxPooling2D", {{"output_size", Value::Array{1000, 1}}});
  ASSERT_TRUE(layer);
  ASSERT_TRUE(layer->build({kUnknown, 1, 1000, 1}, DType::float32, Limits{}));
  EXPECT_EQ(layer->activation_elements(), 1'000'000);
}

}  // namespace
}  // namespace revive::testing
