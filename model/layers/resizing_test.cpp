// Resizing, CenterCrop and UpSampling2D that blends, against weights that are written down from their definitions.
#include <limits>
#include <numbers>

#include "revive/model/layers/window_testing.h"

namespace revive::testing {
namespace {

// The window function of an interpolation, zero from its radius on.
double window(std::string_view name, double x) {
  x = std::abs(x);
  if (name == "bilinear") return x < 1 ? 1 - x : 0;
  if (name == "bicubic") {
    if (x < 1) return 1.5 * x * x * x - 2.5 * x * x + 1;
    return x < 2 ? -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2 : 0;
  }
  const double radius = name == "lanczos3" ? 3 : 5;
  const auto sinc = [](double angle) {
    return angle == 0 ? 1 : std::sin(std::numbers::pi * angle) / std::numbers::pi / angle;
  };
  return x < radius ? sinc(x) * sinc(x / radius) : 0;
}

// How much pixel `at` counts in the new pixel `to`: centres are half a pixel from the edge.
double weight(std::string_view name, bool antialias, std::int64_t from, std::int64_t wanted, std::int64_t to,
              std::int64_t at) {
  if (from == wanted) return to == at ? 1 : 0;
  const double scale = static_cast<double>(from) / static_cast<double>(wanted);
  const double wide = antialias ? std::max(scale, 1.0) : 1;
  const double centre = (static_cast<double>(to) + 0.5) * scale - 0.5;
  double total = 0;
  for (std::int64_t i = 0; i < from; ++i) total += window(name, (static_cast<double>(i) - centre) / wide);
  return window(name, (static_cast<double>(at) - centre) / wide) / total;
}

void expect_resized(const Grid& in, const Grid& out, std::string_view name, bool antialias) {
  for_each_index(out.cells, [&](const Index& to) {
    for (std::int64_t c = 0; c < in.channels; ++c) {
      double expected = 0;
      for_each_index(in.cells, [&](const Index& at) {
        expected += in.at(0, at, c) * weight(name, antialias, in.cells[0], out.cells[0], to[0], at[0]) *
                    weight(name, antialias, in.cells[1], out.cells[1], to[1], at[1]);
      });
      ASSERT_NEAR(out.at(0, to, c), expected, 1e-5) << name << ' ' << antialias;
    }
  });
}

TEST(Resizing, AgreesWithTheDefinition) {
  Random random(41);
  for (int i = 0; i < 120; ++i) {
    const char* const name = std::array{"bilinear", "bicubic", "lanczos3", "lanczos5"}[random.below(4)];
    const bool antialias = random.below(2) == 1 || name == std::string_view("bicubic");
    const bool first = random.below(2) == 1;
    const Dims dims =
        first ? Dims{1, 2, pick(random, 1, 7), pick(random, 1, 7)} : Dims{1, pick(random, 1, 7), pick(random, 1, 7), 2};
    const Value::Object config{{"height", pick(random, 1, 9)},
                               {"width", pick(random, 1, 9)},
                               {"interpolation", name},
                               {"antialias", antialias},
                               {"data_format", first ? "channels_first" : "channels_last"}};
    const Layer layer = ready_layer("Resizing", config, Shape(dims), random);
    const Tensor x = random_tensor(dims, random);
    const Tensor y = run(layer, x);
    ASSERT_TRUE(layer.output_shape().admits(y.dims()));
    expect_resized(Grid(x, first), Grid(y, first), name, antialias);
  }
}

TEST(Resizing, UpSamplingBlendsInTheSameWay) {
  Random random(42);
  for (const char* const name : {"bilinear", "bicubic", "lanczos3", "lanczos5"}) {
    for (const bool first : {false, true}) {
      const Dims dims = first ? Dims{1, 2, 3, 5} : Dims{1, 3, 5, 2};
      const Value::Object config{{"size", Value::Array{2, 4}},
                                 {"interpolation", name},
                                 {"data_format", first ? "channels_first" : "channels_last"}};
      const Layer layer = ready_layer("UpSampling2D", config, Shape(dims), random);
      const Tensor x = random_tensor(dims, random);
      expect_resized(Grid(x, first), Grid(run(layer, x), first), name, false);
    }
  }
}

TEST(Resizing, TakesTheNearestPixel) {
  Random random(1);
  const Layer layer =
      ready_layer("Resizing", {{"height", 1}, {"width", 3}, {"interpolation", "nearest"}}, {1, 1, 5, 1}, random);
  EXPECT_TRUE(same_bits(run(layer, floats({1, 1, 5, 1}, {0, 1, 2, 3, 4})), floats({1, 1, 3, 1}, {0, 2, 4})));
  const Layer ints = ready_layer("Resizing", {{"height", 1}, {"width", 4}, {"interpolation", "nearest"}}, {1, 1, 2, 1},
                                 random, DType::int32);
  EXPECT_TRUE(same_bits(run(ints, Tensor::from<std::int32_t>({1, 1, 2, 1}, {5, 9})),
                        Tensor::from<std::int32_t>({1, 1, 4, 1}, {5, 5, 9, 9})));
}

TEST(Resizing, KeepsTheAspectRatio) {
  Random random(1);
  Value::Object config{{"height", 2}, {"width", 2}, {"crop_to_aspect_ratio", true}};
  // Of five columns, two from the second on.
  const Layer crops = ready_layer("Resizing", config, {1, 2, 5, 1}, random);
  EXPECT_TRUE(
      same_bits(run(crops, floats({1, 2, 5, 1}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})), floats({1, 2, 2, 1}, {1, 2, 6, 7})));
  config = {
      {"height", 4}, {"width", 4}, {"pad_to_aspect_ratio", true}, {"fill_value", 9}, {"interpolation", "nearest"}};
  const Layer pads = ready_layer("Resizing", config, {1, 2, 4, 1}, random);
  EXPECT_TRUE(same_bits(run(pads, floats({1, 2, 4, 1}, {0, 1, 2, 3, 4, 5, 6, 7})),
                        floats({1, 4, 4, 1}, {9, 9, 9, 9, 0, 1, 2, 3, 4, 5, 6, 7, 9, 9, 9, 9})));
  EXPECT_EQ(config_error("Resizing",
                         {{"height", 1}, {"width", 1}, {"crop_to_aspect_ratio", true}, {"pad_to_aspect_ratio", true}}),
            "Resizing: expected crop_to_aspect_ratio or pad_to_aspect_ratio, not both");
}

// Of each shape of image, an element of which is 10 * row + column + 1, and of each size: the part or the frame.
TEST(Resizing, KeepsTheAspectRatioInBothDirections) {
  struct Row {
    std::string_view how;
    std::int64_t rows, columns, height, width;
    std::vector<float> expected;
  };
  const Row rows[] = {
      {"crop_to_aspect_ratio", 5, 2, 2, 2, {11, 12, 21, 22}},
      {"crop_to_aspect_ratio", 2, 2, 2, 2, {1, 2, 11, 12}},
      {"crop_to_aspect_ratio", 4, 3, 1, 3, {11, 12, 13}},
      {"pad_to_aspect_ratio", 4, 2, 4, 4, {9, 1, 2, 9, 9, 11, 12, 9, 9, 21, 22, 9, 9, 31, 32, 9}},
      {"pad_to_aspect_ratio", 1, 3, 3, 3, {9, 9, 9, 1, 2, 3, 9, 9, 9}},
      {"pad_to_aspect_ratio", 2, 2, 2, 2, {1, 2, 11, 12}},
      // One row cannot be added by the same at both ends.
      {"pad_to_aspect_ratio", 1, 2, 2, 2, {1, 2, 1, 2}},
  };
  Random random(1);
  for (const bool first : {false, true}) {
    for (const Row& row : rows) {
      const auto dims = [&](std::int64_t height, std::int64_t width) {
        return first ? Dims{1, 1, height, width} : Dims{1, height, width, 1};
      };
      Tensor x(DType::float32, dims(row.rows, row.columns));
      for (std::size_t i = 0; i < x.size(); ++i) {
        const auto columns = static_cast<std::size_t>(row.columns);
        const std::size_t row_of = i / columns;
        x.data<float>()[i] = static_cast<float>(10 * row_of + i % columns + 1);
      }
      const Layer layer = ready_layer("Resizing",
                                      {{"height", row.height},
                                       {"width", row.width},
                                       {std::string(row.how), true},
                                       {"fill_value", 9},
                                       {"interpolation", "nearest"},
                                       {"data_format", first ? "channels_first" : "channels_last"}},
                                      Shape(x.dims()), random);
      EXPECT_TRUE(same_bits(run(layer, x), floats(dims(row.height, row.width), row.expected)))
          << row.how << ' ' << row.rows << " x " << row.columns << (first ? " first" : "");
    }
  }
}

TEST(Resizing, RefusesWhatBackendsDisagreeOn) {
  const Value::Object config{{"height", 6}, {"width", 8}, {"interpolation", "bicubic"}};
  EXPECT_EQ(build_error("Resizing", config, {kUnknown, 4, 4, 1}),
            "Resizing expects antialias for bicubic, without which Keras' backends disagree on images of 6 x 8 made of "
            "4 x 4");
  EXPECT_EQ(build_error("Resizing", config, {kUnknown, 6, 4, 1}), "");
  EXPECT_EQ(build_error("Resizing", config, {kUnknown, kUnknown, 4, 1}), "");
  EXPECT_EQ(build_error("Resizing", {{"height", 8}, {"width", 6}, {"interpolation", "bicubic"}}, {kUnknown, 4, 4, 1}),
            "Resizing expects antialias for bicubic, without which Keras' backends disagree on images of 8 x 6 made of "
            "4 x 4");
  Random random(1);
  const Layer layer = ready_layer("Resizing", config, {kUnknown, kUnknown, kUnknown, 1}, random);
  EXPECT_FALSE(layer.call({Tensor(DType::float32, {1, 4, 4, 1})}, {}, Limits{}));
  EXPECT_EQ(build_error("UpSampling2D", {{"size", 3}, {"interpolation", "bicubic"}}, {kUnknown, 4, 4, 1}),
            "UpSampling2D expects powers of two for bicubic, since Keras' backends disagree on a size of (3, 3)");
  EXPECT_EQ(config_error("UpSampling2D", {{"interpolation", "area"}}),
            "UpSampling2D/interpolation: expected the name of an interpolation, found \"area\"");
  auto ints = *make_layer("Resizing", {{"height", 2}, {"width", 2}});
  const Status built = ints.build({kUnknown, 4, 4, 1}, DType::int32, Limits{});
  EXPECT_EQ(built.error().message, "Resizing blends floats alone, found an input of int32");
}

TEST(CenterCrop, CropsOrResizes) {
  Random random(1);
  const Layer crops = ready_layer("CenterCrop", {{"height", 1}, {"width", 2}}, {1, 2, 5, 1}, random);
  EXPECT_TRUE(
      same_bits(run(crops, floats({1, 2, 5, 1}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})), floats({1, 1, 2, 1}, {1, 2})));
  // Too low: the middle of it, which has the ratio, is made larger.
  const Layer resizes = ready_layer("CenterCrop", {{"height", 2}, {"width", 2}}, {1, 1, 3, 1}, random);
  EXPECT_TRUE(same_bits(run(resizes, floats({1, 1, 3, 1}, {0, 7, 9})), floats({1, 2, 2, 1}, {7, 7, 7, 7})));
  // Too narrow, and one that is as wide, or as high, as what is wanted.
  const Layer narrow = ready_layer("CenterCrop", {{"height", 2}, {"width", 2}}, {1, 3, 1, 1}, random);
  EXPECT_TRUE(same_bits(run(narrow, floats({1, 3, 1, 1}, {0, 7, 9})), floats({1, 2, 2, 1}, {7, 7, 7, 7})));
  const Layer as_wide = ready_layer("CenterCrop", {{"height", 1}, {"width", 2}}, {1, 3, 2, 1}, random);
  EXPECT_TRUE(same_bits(run(as_wide, floats({1, 3, 2, 1}, {0, 1, 2, 3, 4, 5})), floats({1, 1, 2, 1}, {2, 3})));
  const Layer as_high = ready_layer("CenterCrop", {{"height", 2}, {"width", 1}}, {1, 2, 3, 1}, random);
  EXPECT_TRUE(same_bits(run(as_high, floats({1, 2, 3, 1}, {0, 1, 2, 3, 4, 5})), floats({1, 2, 1, 1}, {1, 4})));
}

}  // namespace
}  // namespace revive::testing
