// Lists, pairs and shapes in the configs of layers, and what comes of them.
#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <span>

#include "revive/model/base/value.h"
#include "revive/model/layer.h"

namespace revive {
namespace {

struct Row {
  std::string_view class_name;
  Value::Object config;
  // What the layer is built for; it is only made where there is none.
  std::optional<Shape> input;
  // The shape that it gives, "made", or the sentence.
  std::string_view expected;
};

std::string outcome(const Row& row) {
  auto layer = make_layer(row.class_name, row.config);
  if (!layer) return layer.error().text();
  if (!row.input) return "made";
  const Status built = layer->build(*row.input, DType::float32, {});
  return built ? to_string(layer->output_shape()) : built.error().text();
}

void check(std::span<const Row> rows) {
  for (const Row& row : rows)
    EXPECT_EQ(outcome(row), row.expected) << row.class_name << " " << Value(row.config).brief();
}

TEST(LayerListConditions, ListsAndPairs) {
  const Row rows[] = {
      {"LayerNormalization", {{"epsilon", -1}}, {}, "made"},
      {"LayerNormalization", {{"axis", Value::Array{1}}}, Shape{kUnknown, 4}, "(None, 4)"},
      {"LayerNormalization", {{"axis", 1}}, Shape{kUnknown, 4}, "(None, 4)"},
      {"LayerNormalization",
       {{"axis", Value::Array{}}},
       Shape{kUnknown, 4},
       "LayerNormalization expects known axes () after the batch, each once, found the shape (None, 4)"},
      {"LayerNormalization",
       {{"axis", 1.5}},
       {},
       "LayerNormalization/axis: expected a list of integers, found a float 1.5"},
      {"LayerNormalization",
       {{"axis", 2}},
       Shape{kUnknown, 4},
       "LayerNormalization expects known axes (2,) after the batch, each once, found the shape (None, 4)"},
      {"Conv2D", {{"filters", 2}, {"kernel_size", 3}}, Shape{kUnknown, 5, 5, 2}, "(None, 3, 3, 2)"},
      {"Conv2D",
       {{"filters", 2}, {"kernel_size", Value::Array{3}}},
       {},
       "Conv2D/kernel_size: expected a list of 2 integers, found 1 items"},
      {"Conv2D",
       {{"filters", 2}, {"kernel_size", Value::Array{3, 3, 3}}},
       {},
       "Conv2D/kernel_size: expected a list of 2 integers, found 3 items"},
      {"Conv2D",
       {{"filters", 2}, {"kernel_size", Value::Array{3, 0}}},
       {},
       "Conv2D/kernel_size/1: expected a positive integer, found 0"},
      {"Conv2D",
       {{"filters", 2}, {"kernel_size", Value::Array{3, "a"}}},
       {},
       R"(Conv2D/kernel_size/1: expected a positive integer, found a string "a")"},
      {"Conv2D",
       {{"filters", 2}, {"kernel_size", "a"}},
       {},
       R"(Conv2D/kernel_size: expected a list of integers, found a string "a")"},
      {"Conv2D",
       {{"filters", 2}, {"kernel_size", 3}, {"strides", 2}, {"dilation_rate", 2}},
       Shape{kUnknown, 9, 9, 2},
       "Conv2D: expected strides of 1 or a dilation_rate of 1"},
      {"Conv2D",
       {{"filters", 2}, {"kernel_size", 3}, {"padding", "same"}},
       Shape{kUnknown, 5, 5, 2},
       "(None, 5, 5, 2)"},
      {"Conv2D",
       {{"filters", 2}, {"kernel_size", 3}, {"padding", "nope"}},
       {},
       R"(Conv2D/padding: expected the name of a padding, found "nope")"},
      {"Conv2D",
       {{"filters", 2}, {"kernel_size", 3}},
       Shape{kUnknown, 2, 5, 2},
       "a window that spans 3 steps does not fit into the 2 steps of the shape (None, 2, 5, 2)"},
      {"Conv2D",
       {{"filters", 2}, {"kernel_size", 3}},
       Shape{kUnknown, 5, 5},
       "Conv2D expects an input of rank 4 whose channels are known, found the shape (None, 5, 5)"},
      {"Conv2D",
       {{"filters", 3}, {"kernel_size", 3}, {"groups", 2}},
       Shape{kUnknown, 5, 5, 2},
       "Conv2D: expected a number of filters that groups divides"},
      {"ZeroPadding2D", {{"padding", 1}}, Shape{kUnknown, 4, 4, 2}, "(None, 6, 6, 2)"},
      {"ZeroPadding2D", {{"padding", Value::Array{1, 2}}}, Shape{kUnknown, 4, 4, 2}, "(None, 6, 8, 2)"},
      {"ZeroPadding2D",
       {{"padding", Value::Array{Value(Value::Array{1, 2}), Value(Value::Array{0, 1})}}},
       Shape{kUnknown, 4, 4, 2},
       "(None, 7, 5, 2)"},
      {"ZeroPadding2D",
       {{"padding", Value::Array{Value(Value::Array{1, 2})}}},
       {},
       "ZeroPadding2D/padding: expected a list of 2 pairs of integers, found 1 items"},
      {"ZeroPadding2D",
       {{"padding", Value::Array{Value(Value::Array{1, 2}), Value(Value::Array{0})}}},
       {},
       "ZeroPadding2D/padding/1: expected a list of 2 integers, found 1 items"},
      {"ZeroPadding2D",
       {{"padding", "a"}},
       {},
       R"(ZeroPadding2D/padding: expected a list of pairs of integers, found a string "a")"},
      {"ZeroPadding2D", {{"padding", -1}}, {}, "ZeroPadding2D/padding: expected an integer of at least 0, found -1"},
      {"ZeroPadding1D", {{"padding", 2}}, Shape{kUnknown, 4, 2}, "(None, 8, 2)"},
      {"ZeroPadding1D", {{"padding", Value::Array{2, 3}}}, Shape{kUnknown, 4, 2}, "(None, 9, 2)"},
      {"ZeroPadding1D",
       {{"padding", Value::Array{2}}},
       {},
       "ZeroPadding1D/padding: expected a list of 2 integers, found 1 items"},
      {"Cropping1D",
       {{"cropping", Value::Array{2, 2}}},
       Shape{kUnknown, 4, 2},
       "Cropping1D expects more than the 2 + 2 cells that it crops from axis 1, found the shape (None, 4, 2)"},
      {"Cropping1D", {{"cropping", Value::Array{1, 2}}}, Shape{kUnknown, 4, 2}, "(None, 1, 2)"},
  };
  check(rows);
}

TEST(LayerListConditions, ShapesOfOtherLayers) {
  const Row rows[] = {
      {"Reshape", {{"target_shape", Value::Array{2, -1}}}, Shape{kUnknown, 4}, "(None, 2, 2)"},
      {"Reshape",
       {{"target_shape", Value::Array{3, -1}}},
       Shape{kUnknown, 4},
       "Reshape expects an input with as many elements as target_shape (3, -1), found the shape (None, 4)"},
      {"Reshape",
       {{"target_shape", Value::Array{-1, -1}}},
       Shape{kUnknown, 4},
       "Reshape: expected a target_shape with -1 at most once"},
      {"Reshape",
       {{"target_shape", Value::Array{2, -2}}},
       {},
       "Reshape/target_shape/1: expected an integer of at least 0 or -1, found -2"},
      {"Reshape", {{"target_shape", 3}}, {}, "Reshape/target_shape: expected a list of integers, found an int 3"},
      {"Permute", {{"dims", Value::Array{2, 1}}}, Shape{kUnknown, 4, 5}, "(None, 5, 4)"},
      {"Permute",
       {{"dims", Value::Array{1, 1}}},
       Shape{kUnknown, 4, 5},
       "Permute: expected dims that are the numbers from 1 on, each once"},
      {"Permute", {{"dims", Value::Array{0, 1}}}, {}, "Permute/dims/0: expected a positive integer, found 0"},
      {"RepeatVector", {{"n", 3}}, Shape{kUnknown, 4}, "(None, 3, 4)"},
      {"RepeatVector",
       {{"n", 3}},
       Shape{kUnknown, 4, 4},
       "RepeatVector expects an input of rank 2, found the shape (None, 4, 4)"},
      {"Resizing", {{"height", 2}, {"width", 2}}, Shape{kUnknown, 4, 4, 3}, "(None, 2, 2, 3)"},
      {"Resizing",
       {{"height", 2}, {"width", 2}},
       Shape{kUnknown, 0, 4, 3},
       "Resizing expects images with pixels, found the shape (None, 0, 4, 3)"},
      {"Resizing",
       {{"height", 2}, {"width", 2}},
       Shape{kUnknown, 4, 0, 3},
       "Resizing expects images with pixels, found the shape (None, 4, 0, 3)"},
      {"Resizing",
       {{"height", 2}, {"width", 2}, {"pad_to_aspect_ratio", true}},
       Shape{kUnknown, 4, 4, 3},
       "(None, 2, 2, 3)"},
      {"Resizing",
       {{"height", 2}, {"width", 2}, {"pad_to_aspect_ratio", true}, {"crop_to_aspect_ratio", true}},
       Shape{kUnknown, 4, 4, 3},
       "Resizing: expected crop_to_aspect_ratio or pad_to_aspect_ratio, not both"},
      {"Rescaling", {{"scale", 2}, {"offset", Value::Array{1, 2}}}, Shape{kUnknown, 2}, "(None, 2)"},
      {"Normalization",
       {{"mean", Value::Array{1, 2}}, {"variance", Value::Array{1, 2}}},
       Shape{kUnknown, 2},
       "(None, 2)"},
      {"Normalization", {{"mean", 1}, {"variance", 1}}, Shape{kUnknown, 2}, "(None, 2)"},
      {"Normalization",
       {{"mean", Value::Array{1, 2, 3}}, {"variance", Value::Array{1, 2, 3}}},
       Shape{kUnknown, 2},
       "Normalization expects a mean for each place along the last of the axes (-1,), found 3 for the shape (None, 2)"},
      {"Normalization",
       {{"mean", Value::Array{1, 2}}},
       Shape{kUnknown, 2},
       "Normalization: expected mean and variance, or neither"},
      {"Embedding", {{"input_dim", 4}, {"output_dim", 2}}, Shape{kUnknown, 3}, "(None, 3, 2)"},
      {"Embedding",
       {{"input_dim", 0}, {"output_dim", 2}},
       {},
       "Embedding/input_dim: expected a positive integer, found 0"},
      {"LSTM", {{"units", 2}}, Shape{kUnknown, 3, 2}, "(None, 2)"},
      {"LSTM",
       {{"units", 2}},
       Shape{kUnknown, 3},
       "LSTM expects an input of rank 3 whose last axis is known and which has at least one step, found the shape "
       "(None, 3)"},
      {"LSTM", {{"units", 2}, {"return_sequences", true}}, Shape{kUnknown, 3, 2}, "(None, 3, 2)"},
      {"MaxPooling2D", {{"pool_size", 2}}, Shape{kUnknown, 4, 4, 1}, "(None, 2, 2, 1)"},
      {"MaxPooling2D",
       {{"pool_size", 5}},
       Shape{kUnknown, 4, 4, 1},
       "a window that spans 5 steps does not fit into the 4 steps of the shape (None, 4, 4, 1)"},
      {"MaxPooling2D", {{"pool_size", 2}, {"strides", nullptr}}, Shape{kUnknown, 4, 4, 1}, "(None, 2, 2, 1)"},
      {"MaxPooling2D",
       {{"pool_size", 2}, {"strides", Value::Array{1}}},
       {},
       "MaxPooling2D/strides: expected a list of 2 integers, found 1 items"},
      {"MaxPooling2D",
       {{"pool_size", 2}, {"data_format", "channels_first"}},
       Shape{kUnknown, 1, 4, 4},
       "(None, 1, 2, 2)"},
      {"UpSampling2D", {{"size", Value::Array{2, 3}}}, Shape{kUnknown, 4, 4, 1}, "(None, 8, 12, 1)"},
      {"UpSampling2D",
       {{"size", Value::Array{2, 3}}, {"interpolation", "nope"}},
       {},
       R"(UpSampling2D/interpolation: expected the name of an interpolation, found "nope")"},
      {"BatchNormalization", {{"axis", 1}}, Shape{kUnknown, 4}, "(None, 4)"},
      {"BatchNormalization",
       {{"axis", 2}},
       Shape{kUnknown, 4},
       "BatchNormalization expects a known axis 2 after the batch, found the shape (None, 4)"},
      {"BatchNormalization",
       {{"axis", -1}},
       Shape{kUnknown, kUnknown},
       "BatchNormalization expects an input with a known axis after the batch, found the shape (None, None)"},
      {"Softmax", {{"axis", Value::Array{1, 2}}}, Shape{kUnknown, 4, 5}, "(None, 4, 5)"},
      {"Softmax",
       {{"axis", Value::Array{}}},
       {},
       "Softmax: expected an axis that is an int, or a list of at least one"},
      {"Softmax", {{"axis", 1.0}}, {}, "Softmax: expected an axis that is an int, or a list of at least one"},
      {"Softmax", {{"axis", "a"}}, {}, R"(Softmax/axis: expected a number, found a string "a")"},
  };
  check(rows);
}

}  // namespace
}  // namespace revive
