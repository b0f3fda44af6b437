// Resizing images. Every expected number is Keras 3.15.1's on JAX.
#include "revive/model/ops/testing.h"

namespace revive::testing {
namespace {

Value size_of(std::int64_t height, std::int64_t width) {
  return Value(Value::Array{Value(height), Value(width)});
}

TEST(ImageOps, GiveTheNumbersOfKeras) {
  const OpRow rows[] = {
      {"resize",
       {Value(Value::Array{Value(5), Value(3)}), Value("nearest")},
       {DType::float32, {1, 3, 4, 1}, "0 7 3 10 6 2 9 5 1 8 4 0"},
       {DType::float32, {1, 5, 3, 1}, "0 3 10 0 3 10 6 9 5 1 4 0 1 4 0"}},
      {"resize",
       {Value(Value::Array{Value(5), Value(3)}), Value("bilinear")},
       {DType::float32, {1, 3, 4, 1}, "0 7 3 10 6 2 9 5 1 8 4 0"},
       {DType::float32,
        {1, 5, 3, 1},
        "1.1666667 5 8.833334 2.8333335 5.2 7.5666666 5.3333335 5.5 5.666666 3.4333332 5.8 2.6666653 2.1666667 6 "
        "0.66666603"}},
      {"resize",
       {Value(Value::Array{Value(2), Value(2)}), Value("nearest")},
       {DType::float32, {1, 3, 4, 1}, "0 7 3 10 6 2 9 5 1 8 4 0"},
       {DType::float32, {1, 2, 2, 1}, "7 10 8 0"}},
      {"resize",
       {Value(Value::Array{Value(2), Value(2)}), Value("bilinear")},
       {DType::float32, {1, 3, 4, 1}, "0 7 3 10 6 2 9 5 1 8 4 0"},
       {DType::float32, {1, 2, 2, 1}, "3.625 6.625 4.375 3.25"}},
      {"resize",
       {Value(Value::Array{Value(1), Value(7)}), Value("nearest")},
       {DType::float32, {1, 3, 4, 1}, "0 7 3 10 6 2 9 5 1 8 4 0"},
       {DType::float32, {1, 1, 7, 1}, "6 6 2 9 9 5 5"}},
      {"resize",
       {Value(Value::Array{Value(1), Value(7)}), Value("bilinear")},
       {DType::float32, {1, 3, 4, 1}, "0 7 3 10 6 2 9 5 1 8 4 0"},
       {DType::float32, {1, 1, 7, 1}, "5.9999995 4.5714283 2.2857141 5.5 8.714285 6.4285707 5"}},
      {"resize",
       {Value(Value::Array{Value(3), Value(4)}), Value("nearest")},
       {DType::float32, {1, 3, 4, 1}, "0 7 3 10 6 2 9 5 1 8 4 0"},
       {DType::float32, {1, 3, 4, 1}, "0 7 3 10 6 2 9 5 1 8 4 0"}},
      {"resize",
       {Value(Value::Array{Value(3), Value(4)}), Value("bilinear")},
       {DType::float32, {1, 3, 4, 1}, "0 7 3 10 6 2 9 5 1 8 4 0"},
       {DType::float32, {1, 3, 4, 1}, "0 7 3 10 6 2 9 5 1 8 4 0"}},
      {"resize",
       {Value(Value::Array{Value(6), Value(8)}), Value("nearest")},
       {DType::float32, {1, 3, 4, 1}, "0 7 3 10 6 2 9 5 1 8 4 0"},
       {DType::float32,
        {1, 6, 8, 1},
        "0 0 7 7 3 3 10 10 0 0 7 7 3 3 10 10 6 6 2 2 9 9 5 5 6 6 2 2 9 9 5 5 1 1 8 8 4 4 0 0 1 1 8 8 4 4 0 0"}},
      {"resize",
       {Value(Value::Array{Value(6), Value(8)}), Value("bilinear")},
       {DType::float32, {1, 3, 4, 1}, "0 7 3 10 6 2 9 5 1 8 4 0"},
       {DType::float32,
        {1, 6, 8, 1},
        "0 1.75 5.25 6 4 4.75 8.25 10 1.5 2.5625 4.6875 5.4375 4.8125 5.5625 7.6875 8.75 4.5 4.1875 3.5625 4.3125 "
        "6.4375 7.1875 6.5625 6.25 4.75 4.4375 3.8125 4.5625 6.6875 6.75 4.75 3.75 2.25 3.3125 5.4375 6.1875 5.5625 "
        "4.25 2.25 1.25 1 2.75 6.25 7 5 3 1 0"}},
      {"resize",
       {Value(Value::Array{Value(4), Value(5)}), Value("nearest")},
       {DType::float32, {1, 3, 4, 1}, "0 7 3 10 6 2 9 5 1 8 4 0"},
       {DType::float32, {1, 4, 5, 1}, "0 7 3 3 10 6 2 9 9 5 6 2 9 9 5 1 8 4 4 0"}},
      {"resize",
       {Value(Value::Array{Value(4), Value(5)}), Value("bilinear")},
       {DType::float32, {1, 3, 4, 1}, "0 7 3 10 6 2 9 5 1 8 4 0"},
       {DType::float32,
        {1, 4, 5, 1},
        "0 4.9000006 5 5.0999994 10 3.75 3.8375 5.3125 6.7875 6.875 4.125 4.2125 5.6875 5.925 3.125 1 5.9000006 6 "
        "2.8000002 0"}},
      {"resize",
       {Value(Value::Array{Value(3), Value(1)})},
       {DType::float32, {2, 2, 2, 2}, "0 7 3 10 6 2 9 5 1 8 4 0 7 3 10 6"},
       {DType::float32, {2, 3, 1, 2}, "1.5 8.5 4.5 6 7.5 3.5 2.5 4 5.5 4.25 8.5 4.5"}},
      {"resize",
       {Value(Value::Array{Value(2), Value(3)}), Value("nearest")},
       {DType::int32, {1, 3, 4, 1}, "0 7 3 10 6 2 9 5 1 8 4 0"},
       {DType::int32, {1, 2, 3, 1}, "0 3 10 1 4 0"}},
      {"resize",
       {Value(Value::Array{Value(2), Value(3)}), Value("nearest")},
       {DType::boolean, {1, 3, 4, 1}, "0 1 0 1 1 0 1 0 0 1 0 0"},
       {DType::boolean, {1, 2, 3, 1}, "0 0 1 0 0 0"}},
  };
  expect_rows(rows);
}

TEST(ImageOps, APixelWithoutWeightDoesNotCount) {
  const auto graph = one_op("resize", {NodeRef{0}}, {size_of(1, 4)});
  const auto found = graph->evaluate(floats_of("nan 1 2 inf", {1, 1, 4, 1}));
  expect_agrees(*found, floats_of("nan 1 2 inf", {1, 1, 4, 1}), "resize");
}

TEST(ImageOps, OtherKindsOfResizingAreRefusedByName) {
  const Value size = size_of(2, 2);
  const RefusedOp rows[] = {
      {"resize", {Value()}, "a height and a width"},
      {"resize", {size_of(0, 2)}, "a height and a width"},
      {"resize", {Value(Value::Array{2, 2, 2})}, "a height and a width"},
      {"resize", {size, "bicubic"}, "nearest or bilinear, found \"bicubic\""},
      {"resize", {size, "bilinear", true}, "antialias to be false"},
      {"resize", {size, "bilinear", false, true}, "crop_to_aspect_ratio to be false"},
      {"resize", {size, "bilinear", false, false, true}, "pad_to_aspect_ratio to be false"},
      {"resize", {size, "bilinear", false, false, false, "edge"}, "fill_mode"},
      {"resize", {size, "bilinear", false, false, false, "constant", Value()}, "fill_value"},
      {"resize", {size, "bilinear", false, false, false, "constant", 0.0, "channels_first"}, "channels_last"},
  };
  expect_refused(rows, {DType::float32, {kUnknown, 4, 4, 3}});
  const auto graph = one_op("resize", {NodeRef{0}}, {size});
  EXPECT_FALSE(graph->infer({DType::float32, {kUnknown, 4, 3}}));
  EXPECT_FALSE(graph->infer({DType::int32, {kUnknown, 4, 4, 3}}));
  EXPECT_FALSE(graph->infer({DType::float32, {kUnknown, 0, 4, 3}}));
  EXPECT_EQ(graph->infer({DType::float32, {kUnknown, kUnknown, kUnknown, 3}})->back().shape,
            (Shape{kUnknown, 2, 2, 3}));
  EXPECT_EQ(graph->evaluate(Tensor(DType::float32, {0, 4, 4, 3}))->size(), 0u);
  const auto huge = one_op("resize", {NodeRef{0}}, {size_of(INT64_MAX, INT64_MAX)});
  EXPECT_EQ(huge->infer({DType::float32, {kUnknown, 4, 4, 3}}).error().code, ErrorCode::limit_exceeded);
  EXPECT_EQ(one_op("resize", {NodeRef{0}}, {size_of(std::int64_t{1} << 40, 1)})
                ->evaluate(Tensor(DType::float32, {1, 4, 4, 0}))
                ->size(),
            0u);
}

}  // namespace
}  // namespace revive::testing
