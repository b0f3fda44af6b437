// Configs of layers with one value at a time on either side of what is legal.
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

TEST(LayerValueConditions, EinsumDense) {
  const Row rows[] = {
      {"EinsumDense", {{"equation", "ab,bc->ac"}, {"output_shape", Value::Array{3}}}, Shape{kUnknown, 4}, "(None, 3)"},
      {"EinsumDense",
       {{"equation", "...x,xy->...y"}, {"output_shape", Value::Array{3}}},
       Shape{kUnknown, 5, 4},
       "(None, 5, 3)"},
      {"EinsumDense",
       {{"equation", "ab...,bc->ac..."}, {"output_shape", Value::Array{3}}},
       Shape{kUnknown, 4, 5},
       "(None, 3, 5)"},
      {"EinsumDense",
       {{"equation", "...x,xy->y"}, {"output_shape", Value::Array{3}}},
       Shape{kUnknown, 4},
       R"(expected an equation such as ab,bc->ac or ...x,xy->...y or ab...,bc->ac..., found "...x,xy->y")"},
      {"EinsumDense",
       {{"equation", "ax,xy->...y"}, {"output_shape", Value::Array{3}}},
       Shape{kUnknown, 4},
       R"(expected an equation such as ab,bc->ac or ...x,xy->...y or ab...,bc->ac..., found "ax,xy->...y")"},
      {"EinsumDense",
       {{"equation", "ab,bc"}, {"output_shape", Value::Array{3}}},
       Shape{kUnknown, 4},
       R"(expected an equation such as ab,bc->ac or ...x,xy->...y or ab...,bc->ac..., found "ab,bc")"},
      {"EinsumDense",
       {{"equation", "ab->a"}, {"output_shape", Value::Array{3}}},
       Shape{kUnknown, 4},
       R"(expected an equation such as ab,bc->ac or ...x,xy->...y or ab...,bc->ac..., found "ab->a")"},
      {"EinsumDense",
       {{"equation", "ab,bc,cd->ad"}, {"output_shape", Value::Array{3}}},
       Shape{kUnknown, 4},
       R"(expected an equation such as ab,bc->ac or ...x,xy->...y or ab...,bc->ac..., found "ab,bc,cd->ad")"},
      {"EinsumDense",
       {{"equation", "a1,bc->ac"}, {"output_shape", Value::Array{3}}},
       Shape{kUnknown, 4},
       R"(expected an equation such as ab,bc->ac or ...x,xy->...y or ab...,bc->ac..., found "a1,bc->ac")"},
      {"EinsumDense",
       {{"equation", "ab,...c->ac"}, {"output_shape", Value::Array{3}}},
       Shape{kUnknown, 4},
       R"(expected an equation such as ab,bc->ac or ...x,xy->...y or ab...,bc->ac..., found "ab,...c->ac")"},
      {"EinsumDense",
       {{"equation", "ab,->a"}, {"output_shape", Value::Array{3}}},
       Shape{kUnknown, 4},
       R"(expected an equation such as ab,bc->ac or ...x,xy->...y or ab...,bc->ac..., found "ab,->a")"},
      {"EinsumDense",
       {{"equation", "ab,bc->"}, {"output_shape", Value::Array{3}}},
       Shape{kUnknown, 4},
       R"(expected an equation such as ab,bc->ac or ...x,xy->...y or ab...,bc->ac..., found "ab,bc->")"},
      {"EinsumDense",
       {{"equation", ",bc->c"}, {"output_shape", Value::Array{3}}},
       Shape{kUnknown},
       R"(expected an equation such as ab,bc->ac or ...x,xy->...y or ab...,bc->ac..., found ",bc->c")"},
      {"EinsumDense",
       {{"equation", "...,xy->...y"}, {"output_shape", Value::Array{3}}},
       Shape{kUnknown, 4},
       R"(expected an equation such as ab,bc->ac or ...x,xy->...y or ab...,bc->ac..., found "...,xy->...y")"},
      {"EinsumDense",
       {{"equation", "...x,xy->..."}, {"output_shape", Value::Array{3}}},
       Shape{kUnknown, 4},
       R"(expected an equation such as ab,bc->ac or ...x,xy->...y or ab...,bc->ac..., found "...x,xy->...")"},
      {"EinsumDense",
       {{"equation", "...x,xy->y..."}, {"output_shape", Value::Array{3}}},
       Shape{kUnknown, 4},
       R"(expected an equation such as ab,bc->ac or ...x,xy->...y or ab...,bc->ac..., found "...x,xy->y...")"},
      {"EinsumDense",
       {{"equation", "x...,xy->y..."}, {"output_shape", Value::Array{3}}},
       Shape{kUnknown, 4},
       R"(expected an equation such as ab,bc->ac or ...x,xy->...y or ab...,bc->ac..., found "x...,xy->y...")"},
      {"EinsumDense",
       {{"equation", "ab...,bc->...c"}, {"output_shape", Value::Array{3}}},
       Shape{kUnknown, 4, 5},
       R"(expected an equation such as ab,bc->ac or ...x,xy->...y or ab...,bc->ac..., found "ab...,bc->...c")"},
      {"EinsumDense",
       {{"equation", "a...b,bc->a...c"}, {"output_shape", Value::Array{3}}},
       Shape{kUnknown, 4, 5},
       R"(expected an equation such as ab,bc->ac or ...x,xy->...y or ab...,bc->ac..., found "a...b,bc->a...c")"},
      {"EinsumDense",
       {{"equation", "ab,bc->ca"}, {"output_shape", Value::Array{3}}},
       Shape{kUnknown, 4},
       "expected every axis of the kernel in ab,bc->ca to have a length in the output_shape or in the input, found "
       "none for c"},
      {"EinsumDense",
       {{"equation", "ab,bc->bc"}, {"output_shape", Value::Array{3}}},
       Shape{kUnknown, 4},
       "expected every axis of the kernel in ab,bc->bc to have a length in the output_shape or in the input, found "
       "none for b"},
      {"EinsumDense",
       {{"equation", "ab,ac->ac"}, {"output_shape", Value::Array{3}}},
       Shape{kUnknown, 4},
       "expected every axis of the kernel in ab,ac->ac to have a length in the output_shape or in the input, found "
       "none for a"},
      {"EinsumDense",
       {{"equation", "ab,bc->ac"}, {"output_shape", nullptr}},
       Shape{kUnknown, 4},
       "EinsumDense/output_shape: expected a shape: a list of sizes and nulls, found null"},
      {"EinsumDense",
       {{"equation", "ab,bc->ac"}, {"output_shape", Value::Array{3, 3}}},
       Shape{kUnknown, 4},
       "expected an output_shape that makes a shape of 2 axes for the equation ab,bc->ac, found one of (None, 3, 3)"},
      {"EinsumDense",
       {{"equation", "ab,bc->ac"}, {"output_shape", Value::Array{3}}},
       Shape{kUnknown, kUnknown},
       "EinsumDense expects an input of rank 1 to 32 whose last axis is known or the batch, found the shape (None, "
       "None)"},
      {"EinsumDense",
       {{"equation", "abc,cd->abd"}, {"output_shape", Value::Array{nullptr, 3}}},
       Shape{kUnknown, 5, 4},
       "(None, None, 3)"},
      {"EinsumDense",
       {{"equation", "abc,cd->abd"}, {"output_shape", Value::Array{5, 3}}},
       Shape{kUnknown, 5, 4},
       "(None, 5, 3)"},
      {"EinsumDense",
       {{"equation", "abc,cd->abd"}, {"output_shape", Value::Array{6, 3}}},
       Shape{kUnknown, 5, 4},
       "expected an output_shape that agrees with the output (None, 5, 3) of the equation abc,cd->abd, found (None, 6, "
       "3)"},
      {"EinsumDense",
       {{"equation", "abc,cd->abd"}, {"output_shape", Value::Array{6, 3}}},
       Shape{kUnknown, kUnknown, 4},
       "(None, 6, 3)"},
      {"EinsumDense",
       {{"equation", "abb,bd->abd"}, {"output_shape", Value::Array{5, 3}}},
       Shape{kUnknown, 5, 4},
       "the equation abb,bd->abd gives one letter to axes of 5 and of 4"},
      {"EinsumDense",
       {{"equation", "ab,bc->ac"}, {"output_shape", Value::Array{3}}, {"bias_axes", "c"}},
       Shape{kUnknown, 4},
       "(None, 3)"},
      {"EinsumDense",
       {{"equation", "ab,bc->ac"}, {"output_shape", Value::Array{3}}, {"bias_axes", "z"}},
       Shape{kUnknown, 4},
       R"(expected bias_axes among the letters of the output ac, found "z")"},
  };
  check(rows);
}

TEST(LayerValueConditions, KindsOfValues) {
  const Row rows[] = {
      {"Dense", {{"units", 3}}, Shape{kUnknown, 4}, "(None, 3)"},
      {"Dense", {{"units", 0}}, {}, "Dense/units: expected a positive integer, found 0"},
      {"Dense",
       {{"units", 9223372036854775807}},
       Shape{kUnknown, 4},
       "expected Dense to have at most 1073741824 weights (Limits::weight_elements), found more"},
      {"Dense", {{"units", "3"}}, {}, R"(Dense/units: expected a positive integer, found a string "3")"},
      {"Dense", {{"units", Value::Array{3}}}, {}, "Dense/units: expected a positive integer, found a list [3]"},
      {"Dense", {{"units", nullptr}}, {}, "Dense/units: expected a positive integer, found null"},
      {"Dense", {{"units", 3}, {"activation", nullptr}}, {}, "made"},
      {"Dense",
       {{"units", 3}, {"activation", 3}},
       {},
       "Dense/activation: expected the name of an activation, found an int 3"},
      {"Dense",
       {{"units", 3}, {"activation", Value::Object{{"class_name", "function"}, {"config", "relu"}}}},
       {},
       "made"},
      {"Dense",
       {{"units", 3}, {"activation", Value::Object{{"class_name", "function"}, {"config", 3}}}},
       {},
       R"(Dense/activation: expected the name of an activation, found an object {"class_name": "function", "config": 3})"},
      {"Dense",
       {{"units", 3}, {"activation", Value::Object{{"class_name", "function"}}}},
       {},
       R"(Dense/activation: expected the name of an activation, found an object {"class_name": "function"})"},
      {"Dense",
       {{"units", 3}, {"activation", Value::Object{{"class_name", "other"}, {"config", "relu"}}}},
       {},
       R"(Dense/activation: expected the name of an activation, found an object {"class_name": "other", "config": "relu"})"},
      {"Dense",
       {{"units", 3}, {"activation", Value::Object{{"class_name", 3}, {"config", "relu"}}}},
       {},
       R"(Dense/activation: expected the name of an activation, found an object {"class_name": 3, "config": "relu"})"},
      {"Dense",
       {{"units", 3}, {"activation", Value::Object{{"config", "relu"}}}},
       {},
       R"(Dense/activation: expected the name of an activation, found an object {"config": "relu"})"},
      {"Dense",
       {{"units", 3}, {"activation", Value::Object{{"class_name", "function"}, {"config", "nope"}}}},
       {},
       R"(Dense/activation: expected the name of an activation, found "nope")"},
      {"Dense", {{"units", 3}, {"name", nullptr}}, {}, "Dense/name: expected a name, found null"},
      {"Dense", {{"units", 3}, {"name", 3}}, {}, "Dense/name: expected a name, found an int 3"},
      {"Dense", {{"units", 3}, {"trainable", nullptr}}, {}, "Dense/trainable: expected true or false, found null"},
      {"Dense", {{"units", 3}, {"dtype", nullptr}}, {}, "Dense/dtype: expected a dtype policy, found null"},
      {"Dense", {{"units", 3}, {"dtype", "mixed_float16"}}, {}, "made"},
      {"Dense",
       {{"units", 3}, {"dtype", "int32"}},
       {},
       R"(Dense/dtype: expected a dtype policy of float32, float64, float16, bfloat16, mixed_float16, mixed_bfloat16, found "int32")"},
      {"Dense",
       {{"units", 3},
        {"dtype", Value::Object{{"class_name", "DTypePolicy"}, {"config", Value::Object{{"name", "float16"}}}}}},
       {},
       "made"},
      {"Dense",
       {{"units", 3}, {"dtype", Value::Object{{"class_name", "DTypePolicy"}, {"config", Value::Object{}}}}},
       {},
       "Dense/dtype: expected a dtype policy of float32, float64, float16, bfloat16, mixed_float16, mixed_bfloat16, "
       "found a DTypePolicy"},
      {"Dense",
       {{"units", 3}, {"dtype", Value::Object{{"class_name", "DTypePolicy"}, {"config", 3}}}},
       {},
       "Dense/dtype: expected a dtype policy of float32, float64, float16, bfloat16, mixed_float16, mixed_bfloat16, "
       "found a DTypePolicy"},
      {"Dropout", {{"rate", 0}}, Shape{kUnknown, 4}, "(None, 4)"},
      {"Dropout", {{"rate", 1}}, {}, "made"},
      {"Dropout", {{"rate", 1.5}}, {}, "Dropout/rate: expected a number from 0 to 1, found 1.5"},
      {"Dropout", {{"rate", -0.5}}, {}, "Dropout/rate: expected a number from 0 to 1, found -0.5"},
      {"Dropout", {{"rate", std::nan("")}}, {}, "Dropout/rate: expected a number from 0 to 1, found nan"},
      {"Dropout", {{"rate", "a"}}, {}, R"(Dropout/rate: expected a number from 0 to 1, found a string "a")"},
      {"Dropout", {{"rate", true}}, {}, "Dropout/rate: expected a number from 0 to 1, found a bool true"},
  };
  check(rows);
}

}  // namespace
}  // namespace revive
