// What the text looks like; that it compiles and builds the same model is shown by examples/emitted_program.
#include "revive/properties/print/cpp_program.h"

#include <gtest/gtest.h>

#include <bit>
#include <limits>

#include "revive/model/lambda.h"
#include "revive/properties/print/cpp_text.h"

namespace revive::properties {
namespace {

Layer input_layer(Value::Array shape) {
  return *make_layer("InputLayer", {{"batch_shape", std::move(shape)}, {"name", "in"}});
}

TEST(CppProgram, ReadsLikeWhatAPersonWouldWrite) {
  Layer inner = (*Sequential::make("inner", {*make_layer("Dense", {{"units", 1}, {"name", "d"}})})).root();
  inner.set_trainable(false);
  auto model = Sequential::make(
      "m", {input_layer({nullptr, 2}), std::move(inner), *make_lambda("x * k", {{"k", Value(0.5)}}, "l")});
  ASSERT_TRUE(model.has_value());
  const auto kernel = Tensor::from<float>({2, 1}, {0.5F, -1.0F});
  const auto bias = Tensor::from<float>({1}, {0.1F});
  ASSERT_EQ(model->layers()[1].children("layers").size(), 2U);
  ASSERT_TRUE(model->layers()[1].children("layers")[1].set_weights({kernel, bias}).has_value());
  EXPECT_EQ(cpp_model(*model),
            R"(Sequential make_model() {
  Layer layer_0 = need(make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 2}}, {"dtype", "float32"}, {"name", "in"}}));
  Layer layer_1_0 = need(make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 2}}, {"dtype", "float32"}, {"name", "input_layer"}}));
  Layer layer_1_1 = need(make_layer("Dense", {{"units", 1}, {"activation", "linear"}, {"use_bias", true}, {"name", "d"}}));
  Layer layer_1 = need(make_layer("Sequential", {{"name", "inner"}}, {{"layers", {layer_1_0, layer_1_1}}}));
  layer_1.set_trainable(false);
  Layer layer_2 = need(make_lambda("x * k", {{"k", Value(0.5)}}, "l"));
  Sequential model = need(Sequential::make("m", {layer_0, layer_1, layer_2}));
  need(model.layers()[1].children("layers")[1].set_weights({
      Tensor::from<float>(Dims{2, 1}, {0.5F, -1.0F}),
      Tensor::from<float>(Dims{1}, {0.1F})}));
  return model;
}
)");
}

TEST(CppProgram, ALambdaIsItsGraph) {
  Layer lambda = *make_lambda("x[:, 1:] * k", {{"k", Value(2)}}, "l");
  EXPECT_EQ(cpp_lambda(*lambda.lambda(), "l"), R"(make_lambda("x[:, 1:] * k", {{"k", Value(2)}}, "l"))");
  // A text that gives another graph is not what the layer does.
  lambda.lambda()->annotation->captures[0].second = Value(3);
  EXPECT_EQ(cpp_lambda(*lambda.lambda(), "l"), R"(make_lambda("lambda x: x[:, 1:] * 2", {}, "l"))");
  lambda.lambda()->annotation.reset();
  EXPECT_EQ(cpp_lambda(*lambda.lambda(), "l"), R"(make_lambda("lambda x: x[:, 1:] * 2", {}, "l"))");
}

TEST(CppText, NumbersKeepTheirBits) {
  const float nan = std::bit_cast<float>(0x7fc00001U);
  EXPECT_EQ(cpp_tensor(Tensor::from<float>({3}, {nan, -0.0F, 1e-45F})),
            "Tensor::from<float>(Dims{3}, {std::bit_cast<float>(0x7fc00001U), -0.0F, 1e-45F})");
  EXPECT_EQ(cpp_tensor(Tensor::from<std::int32_t>({2}, {std::numeric_limits<std::int32_t>::min(), 7})),
            "Tensor::from<std::int32_t>(Dims{2}, {std::numeric_limits<std::int32_t>::min(), 7})");
  EXPECT_EQ(cpp_tensor(Tensor::from<bool>({}, {true})), "Tensor::from<bool>(Dims{}, {true})");
  EXPECT_EQ(cpp_tensor(Tensor(DType::boolean, {0, 2})), "Tensor(DType::boolean, Dims{0, 2})");
  EXPECT_EQ(cpp_value(-std::numeric_limits<double>::infinity()),
            "std::bit_cast<double>(std::uint64_t{0xfff0000000000000})");
  EXPECT_EQ(cpp_value(Value::Array{2, 2.0, true, nullptr, Value(Value::Array{1})}),
            "Value::Array{2, 2.0, true, nullptr, Value(Value::Array{1})}");
}

TEST(CppText, StringsKeepTheirBytes) {
  EXPECT_EQ(cpp_string("a\"b\\\n1\xc3\xa9"), R"("a\"b\\\0121\303\251")");
  EXPECT_EQ(cpp_string(std::string_view("a\0001", 3)), R"(std::string("a\0001", 3))");
}

}  // namespace
}  // namespace revive::properties
