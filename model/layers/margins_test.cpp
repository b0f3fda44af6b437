// ZeroPadding, Cropping and UpSampling of one to three axes, against loops over every index.
#include "revive/model/layers/window_testing.h"

namespace revive::testing {
namespace {

using Pairs = std::vector<std::array<std::int64_t, 2>>;

Value pairs_value(const Pairs& pairs) {
  if (pairs.size() == 1) return Value(Value::Array{pairs[0][0], pairs[0][1]});
  Value::Array list;
  for (const auto& pair : pairs) list.emplace_back(Value::Array{pair[0], pair[1]});
  return list;
}

// Every cell of y is the cell of x that `place` gives for its index, or zero where there is none.
template <typename Place>
void expect_cells(const Tensor& x, const Tensor& y, bool first, Place&& place) {
  const Grid in(x, first);
  const Grid out(y, first);
  ASSERT_EQ(in.channels, out.channels);
  for_each_index(out.cells, [&](const Index& to) {
    for (std::int64_t n = 0; n < x.dim(0); ++n) {
      for (std::int64_t c = 0; c < in.channels; ++c) ASSERT_EQ(out.at(n, to, c), in.at(n, place(to), c));
    }
  });
}

TEST(Margins, OfEveryRankAgreeWithTheDefinition) {
  Random random(31);
  for (int i = 0; i < 200; ++i) {
    const std::size_t rank = 1 + random.below(3);
    const bool crops = random.below(2) == 1;
    DrawnWindows drawn = draw_windows_for(rank, random);
    if (crops && rank == 1) drawn.first = false;
    Pairs pairs;
    for (std::size_t axis = 0; axis < rank; ++axis) {
      drawn.cells[axis] += 2;
      const std::int64_t before = pick(random, 0, 2);
      pairs.push_back({before, pick(random, 0, crops ? drawn.cells[axis] - 1 - before : 2)});
    }
    const Dims dims = drawn.input_dims(2, 3);
    const std::string name = (crops ? "Cropping" : "ZeroPadding") + std::to_string(rank) + "D";
    Value::Object config{{crops ? "cropping" : "padding", pairs_value(pairs)}};
    if (name != "Cropping1D") config.emplace_back("data_format", drawn.first ? "channels_first" : "channels_last");
    const Layer layer = ready_layer(name, config, drawn.shape(dims, random), random);
    const Tensor x = random_tensor(dims, random);
    const Tensor y = run(layer, x);
    ASSERT_TRUE(layer.output_shape().admits(y.dims()));
    const Grid out(y, drawn.first);
    for (std::size_t axis = 0; axis < rank; ++axis) {
      const std::int64_t margin = pairs[axis][0] + pairs[axis][1];
      ASSERT_EQ(out.cells[axis], drawn.cells[axis] + (crops ? -margin : margin));
    }
    expect_cells(x, y, drawn.first, [&](Index cell) {
      for (std::size_t axis = 0; axis < rank; ++axis) cell[axis] += crops ? pairs[axis][0] : -pairs[axis][0];
      return cell;
    });
  }
}

TEST(Margins, AreSpelledInThreeWays) {
  const Shape image{kUnknown, 4, 5, 1};
  EXPECT_EQ(output_shape("ZeroPadding2D", {{"padding", 2}}, image), (Shape{kUnknown, 8, 9, 1}));
  EXPECT_EQ(output_shape("ZeroPadding2D", {{"padding", Value::Array{1, 2}}}, image), (Shape{kUnknown, 6, 9, 1}));
  EXPECT_EQ(output_shape("Cropping1D", {{"cropping", 1}}, {kUnknown, 4, 1}), (Shape{kUnknown, 2, 1}));
  EXPECT_EQ(config_error("Cropping2D", {{"cropping", Value::Array{1}}}),
            "Cropping2D/cropping: expected a list of 2 pairs of integers, found 1 items");
  EXPECT_EQ(config_error("Cropping2D", {{"cropping", Value::Array{1, Value::Array{1, 2, 3}}}}),
            "Cropping2D/cropping/1: expected a list of 2 integers, found 3 items");
  EXPECT_EQ(config_error("ZeroPadding1D", {{"padding", -1}}),
            "ZeroPadding1D/padding: expected an integer of at least 0, found -1");
}

TEST(Margins, CropLessThanThereIs) {
  EXPECT_EQ(build_error("Cropping1D", {{"cropping", 2}}, {kUnknown, 4, 1}),
            "Cropping1D expects more than the 2 + 2 cells that it crops from axis 1, found the shape (None, 4, 1)");
  Random random(1);
  const Layer layer = ready_layer("Cropping1D", {{"cropping", 2}}, {kUnknown, kUnknown, 1}, random);
  EXPECT_FALSE(layer.call({Tensor(DType::float32, {1, 4, 1})}, {}, Limits{}));
}

TEST(Margins, KeepInts) {
  Random random(1);
  const Layer layer = ready_layer("ZeroPadding1D", {}, {kUnknown, 1, 1}, random, DType::int32);
  EXPECT_TRUE(same_bits(run(layer, Tensor::from<std::int32_t>({1, 1, 1}, {7})),
                        Tensor::from<std::int32_t>({1, 3, 1}, {0, 7, 0})));
}

TEST(UpSampling, RepeatsCells) {
  Random random(32);
  for (int i = 0; i < 60; ++i) {
    const std::size_t rank = 1 + random.below(3);
    DrawnWindows drawn = draw_windows_for(rank, random);
    if (rank == 1) drawn.first = false;
    Index sizes;
    for (std::size_t axis = 0; axis < rank; ++axis) sizes.push_back(pick(random, 1, 3));
    const Dims dims = drawn.input_dims(2, 2);
    Value::Object config;
    if (rank == 1) {
      config.emplace_back("size", sizes[0]);
    } else {
      config.emplace_back("size", Value(Value::Array(sizes.begin(), sizes.end())));
      config.emplace_back("data_format", drawn.first ? "channels_first" : "channels_last");
    }
    const Layer layer =
        ready_layer("UpSampling" + std::to_string(rank) + "D", config, drawn.shape(dims, random), random);
    const Tensor x = random_tensor(dims, random);
    const Tensor y = run(layer, x);
    expect_cells(x, y, drawn.first, [&](Index cell) {
      for (std::size_t axis = 0; axis < rank; ++axis) cell[axis] /= sizes[axis];
      return cell;
    });
  }
}

}  // namespace
}  // namespace revive::testing
