// A stack of layers names, builds and runs itself.
#include "revive/model/sequential.h"

#include <gtest/gtest.h>

#include "revive/model/kernels/shared.h"
#include "revive/model/lambda.h"
#include "revive/model/testing/made_layer.h"

namespace revive {

using testing::layer;

namespace {

Layer input(const Value::Array& axes) {
  return layer("InputLayer", {{"batch_shape", axes}});
}

TEST(Sequential, NamesLayersAsKerasDoes) {
  const auto model =
      Sequential::make("m", {input({nullptr, 2}), layer("Dense", {{"units", 1}}),
                             layer("Dense", {{"units", 1}, {"name", "dense_1"}}), layer("Dense", {{"units", 1}})});
  ASSERT_TRUE(model) << model.error().text();
  std::vector<std::string> names;
  for (const Layer& each : model->layers()) names.push_back(each.name());
  EXPECT_EQ(names, (std::vector<std::string>{"input_layer", "dense", "dense_1", "dense_2"}));
}

TEST(Sequential, ComputesADenseLayer) {
  auto model = Sequential::make("m", {input({nullptr, 2}), layer("Dense", {{"units", 3}, {"activation", "relu"}})});
  ASSERT_TRUE(model);
  ASSERT_TRUE(model->layers()[1].set_weights(
      {Tensor::from<float>({2, 3}, {1, 2, 3, 4, 5, -6}), Tensor::from<float>({3}, {0.5F, -100, 0})}));
  const auto output = model->predict(Tensor::from<float>({2, 2}, {1, 1, -1, 2}));
  ASSERT_TRUE(output) << output.error().text();
  EXPECT_TRUE(same_bits(*output, Tensor::from<float>({2, 3}, {5.5F, 0, 0, 7.5F, 0, 0})));
}

TEST(Sequential, GivesAnInnerStackItsInputLayer) {
  auto inner = Sequential::make("inner", {layer("Dense", {{"units", 3}})});
  ASSERT_TRUE(inner);
  const auto model = Sequential::make("m", {input({nullptr, nullptr, 2}), inner->root()});
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(model->layers()[1].children("layers").size(), 2U);
  EXPECT_EQ(model->output_shape(), (Shape{kUnknown, kUnknown, 3}));
}

TEST(Sequential, RefusesWhatDoesNotFit) {
  const auto twice = Sequential::make("m", {input({nullptr, 2}), layer("Dense", {{"units", 1}, {"name", "a"}}),
                                            layer("Dense", {{"units", 1}, {"name", "a"}})});
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().text(), "/layers/2: two layers are named 'a'");

  const auto unknown = Sequential::make("m", {input({nullptr, nullptr}), layer("Dense", {{"units", 1}})});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().text(),
            "/layers/1: Dense 'dense' expects an input of rank 2 or more whose last axis is known, found the shape "
            "(None, None)");

  const auto huge = Sequential::make("m", {input({nullptr, std::int64_t{1} << 62, 4})});
  ASSERT_FALSE(huge);
  EXPECT_EQ(huge.error().code, ErrorCode::limit_exceeded);

  auto model = Sequential::make("m", {input({nullptr, 2}), layer("Dense", {{"units", 1}})});
  ASSERT_TRUE(model);
  model->initialize(1);
  const auto output = model->predict(Tensor(DType::float32, {1, 3}));
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().text(), "m: expected an input of shape (None, 2), found (1, 3)");
}

std::string predict_error(const Sequential& model, const Tensor& x, const Limits& limits) {
  const auto output = model.predict(x, limits);
  return output ? "" : output.error().text();
}

TEST(Sequential, DoesNotRunWhatCostsTooMuch) {
  const auto model = Sequential::make("m", {input({nullptr, 10}), layer("ReLU", {})});
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(model->root().multiply_adds(), 20 * kScalarStep);
  EXPECT_EQ(model->root().activation_elements(), 10);
  const Tensor x(DType::float32, {3, 10});
  EXPECT_EQ(predict_error(*model, x, {.multiply_adds = 319}),
            "Sequential 'm' takes 320 multiply-adds a sample, more than 319 (Limits::multiply_adds)");
  EXPECT_EQ(predict_error(*model, x, {.multiply_adds = 320}), "");
  EXPECT_EQ(predict_error(*model, x, {.activation_elements = 9}),
            "Sequential 'm' holds a value of 10 elements a sample, more than 9 (Limits::activation_elements)");
  EXPECT_EQ(predict_error(*model, x, {.activation_elements = 10}), "");
}

TEST(Sequential, CountsTheBatchThatAModelDeclares) {
  const auto model = Sequential::make("m", {input({3, 10}), layer("ReLU", {})});
  ASSERT_TRUE(model) << model.error().text();
  const Tensor x(DType::float32, {3, 10});
  EXPECT_EQ(predict_error(*model, x, {.multiply_adds = 959}),
            "Sequential 'm' takes 960 multiply-adds a batch, more than 959 (Limits::multiply_adds)");
  EXPECT_EQ(predict_error(*model, x, {.multiply_adds = 960}), "");
}

TEST(Sequential, CountsUnknownAxesAsTheyCome) {
  const auto model = Sequential::make("m", {input({nullptr, nullptr, 10}), layer("ReLU", {})});
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(model->root().multiply_adds(), 20 * kScalarStep);
  const Tensor x(DType::float32, {1, 7, 10});
  EXPECT_EQ(predict_error(*model, x, {.multiply_adds = 7 * 320 - 1}),
            "Sequential 'm' takes 2240 multiply-adds a sample, more than 2239 (Limits::multiply_adds)");
  EXPECT_EQ(predict_error(*model, x, {.multiply_adds = 7 * 320}), "");
}

TEST(Sequential, WithMoreWeightsMayCostMore) {
  // 2^33 multiply-adds take a second or two; a model that has a byte for each thousand of them may take longer.
  const Limits limits = Limits{}.for_file(std::uint64_t{1} << 30);
  EXPECT_EQ(limits.multiply_adds, Limits::kMultiplyAddsPerByte << 30);
  EXPECT_EQ(Limits{}.for_file(1).multiply_adds, Limits{}.multiply_adds);
  // Five million weights are twenty million bytes, and so many elements may a value have.
  auto model =
      Sequential::make("m", {input({nullptr, 1}), layer("Embedding", {{"input_dim", 5'000'000}, {"output_dim", 1}}),
                             layer("UpSampling1D", {{"size", 30'000'000}})});
  ASSERT_TRUE(model) << model.error().text();
  model->initialize(1);
  EXPECT_EQ(model->predict(Tensor(DType::float32, {1, 1})).error().text(),
            "Sequential 'm' holds a value of 30000000 elements a sample, more than 20000000 "
            "(Limits::activation_elements)");
}

TEST(Sequential, RefusesMoreWeightsThanTheLimitBeforeTheyAreMade) {
  const auto embedding = [](std::int64_t rows, std::int64_t columns) {
    return Sequential::make("m",
                            {input({nullptr}), layer("Embedding", {{"input_dim", rows}, {"output_dim", columns}})});
  };
  // The elements of the one overflow no int64, their bytes do; the elements of the other overflow too.
  for (const auto& [rows, columns] : {std::pair{std::int64_t{1} << 62, 1}, std::pair{std::int64_t{1} << 62, 8}}) {
    const auto refused = embedding(rows, columns);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::limit_exceeded);
    EXPECT_EQ(refused.error().text(),
              "/layers/1: expected Embedding 'embedding' to have at most 1073741824 weights (Limits::weight_elements), "
              "found more");
  }
}

TEST(Sequential, CountsTheWeightsOfInnerStacks) {
  const auto inner = Sequential::make("inner", {input({nullptr, 2}), layer("Dense", {{"units", 2}})});
  ASSERT_TRUE(inner);
  const std::vector<Layer> layers = {input({nullptr, 2}), inner->root(), layer("Dense", {{"units", 2}})};
  Limits limits;
  limits.weight_elements = 12;
  const auto model = Sequential::make("m", layers, limits);
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(model->root().weight_elements(), 12);
  limits.weight_elements = 11;
  const auto refused = Sequential::make("m", layers, limits);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::limit_exceeded);
  EXPECT_EQ(refused.error().place, "");
}

TEST(Sequential, TakesFloatsBeforeItHasAnInputLayer) {
  const auto model = Sequential::make("m", {});
  ASSERT_TRUE(model);
  EXPECT_EQ(model->input_dtype(), DType::float32);
}

TEST(Sequential, AnInnerStackHoldsItsInputToWhatItDeclares) {
  auto pinned = Sequential::make("inner", {input({nullptr, 2}), layer("Dense", {{"units", 8}})});
  ASSERT_TRUE(pinned);
  auto model = Sequential::make(
      "m", {input({nullptr, nullptr}), layer("Reshape", {{"target_shape", Value::Array{-1}}}), pinned->root()});
  ASSERT_TRUE(model) << model.error().text();
  model->initialize(1);
  EXPECT_TRUE(model->predict(Tensor(DType::float32, {2, 2})));
  const auto wide = model->predict(Tensor(DType::float32, {2, 4}));
  ASSERT_FALSE(wide);
  EXPECT_EQ(wide.error().code, ErrorCode::input_shape);
  EXPECT_EQ(wide.error().text(), "/layers/2/layers/0: expected an input of shape (None, 2), found (None, 4)");
}

TEST(Sequential, GivesASampleTheSameBitsInAnyBatch) {
  auto model =
      Sequential::make("m", {input({nullptr, 37}), layer("Dense", {{"units", 21}}), layer("Dense", {{"units", 5}})});
  ASSERT_TRUE(model);
  model->initialize(7);
  Tensor batch(DType::float32, {9, 37});
  for (std::size_t i = 0; i < batch.size(); ++i) batch.data<float>()[i] = 0.37F * static_cast<float>(i % 23) - 3.1F;
  const auto all = model->predict(batch);
  ASSERT_TRUE(all);
  for (std::int64_t row = 0; row < 9; ++row) {
    const auto values = batch.data<float>().subspan(static_cast<std::size_t>(row) * 37, 37);
    const auto one = model->predict(Tensor::from<float>({1, 37}, std::span<const float>(values)));
    ASSERT_TRUE(one);
    const auto expected = all->data<float>().subspan(static_cast<std::size_t>(row) * 5, 5);
    EXPECT_TRUE(same_bits(*one, Tensor::from<float>({1, 5}, std::span<const float>(expected)))) << "row " << row;
  }
}

struct NameCase {
  std::string what;
  std::string name;
  std::optional<ErrorCode> code;
};

TEST(Sequential, TakesNamesThatAnArchiveCanHold) {
  const std::vector<NameCase> cases = {{"slash", "a/b", ErrorCode::config_value},
                                       {"NUL", std::string("a\0b", 3), ErrorCode::config_value},
                                       {"stray byte", "\xFF", ErrorCode::config_value},
                                       {"surrogate", "\xED\xA0\x80", ErrorCode::config_value},
                                       {"too long", std::string(1025, 'n'), ErrorCode::limit_exceeded},
                                       {"as long as can be", std::string(1024, 'n'), std::nullopt},
                                       {"dots", "..", std::nullopt},
                                       {"control characters", "\x01\n\x7F", std::nullopt},
                                       {"astral", "\U0001F98A", std::nullopt}};
  const auto input = make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 2}}});
  for (const auto& [what, name, code] : cases) {
    Layer layer = *make_layer("ReLU", {});
    layer.set_name(name);
    const auto in_front = Sequential::make("m", {*input, layer});
    const auto outside = Sequential::make(name, {*input});
    for (const auto* made : {&in_front, &outside}) {
      ASSERT_EQ(made->has_value(), !code) << what;
      if (!code) continue;
      EXPECT_EQ(made->error().code, *code) << what << ": " << made->error().text();
    }
    if (!code) continue;
    EXPECT_EQ(in_front.error().place, "/layers/1") << what;
  }
}

Sequential of_fixed_batch(std::vector<Layer> layers) {
  layers.insert(layers.begin(), *make_layer("InputLayer", {{"batch_shape", Value::Array{1, 2}}}));
  auto model = Sequential::make("m", std::move(layers));
  EXPECT_TRUE(model) << (model ? "" : model.error().text());
  model->initialize(1);
  return std::move(*model);
}

TEST(Sequential, ABatchThatIsDeclaredIsNoLimit) {
  const Sequential model = of_fixed_batch({*make_layer("Dense", {{"units", 3}})});
  const Tensor three = Tensor::from<float>({3, 2}, {1, 2, 3, 4, 5, 6});
  const auto all = model.predict(three);
  ASSERT_TRUE(all) << all.error().text();
  EXPECT_EQ(all->dims(), (Dims{3, 3}));
  const auto first = model.predict(Tensor::from<float>({1, 2}, {1, 2}));
  ASSERT_TRUE(first);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(all->data<float>()[i], first->data<float>()[i]);
  EXPECT_EQ(model.input_shape(), (Shape{1, 2}));
  EXPECT_FALSE(model.predict(Tensor(DType::float32, {3, 4})));
}

TEST(Sequential, ALambdaThatAskedForAnotherAxisTakesAnyBatch) {
  for (const char* text :
       {"lambda x: x * x.shape[1]", "lambda x: ops.reshape(x, (-1, x.shape[-1], 1))", "lambda x: x * len(x.shape)"}) {
    const auto lambda = make_lambda(text, {}, TensorType{DType::float32, Shape{1, 2}}, "l");
    ASSERT_TRUE(lambda) << lambda.error().text();
    const Sequential model = of_fixed_batch({*lambda});
    const auto output = model.predict(Tensor::from<float>({3, 2}, {1, 2, 3, 4, 5, 6}));
    ASSERT_TRUE(output) << text << ": " << output.error().text();
    EXPECT_EQ(output->dims()[0], 3) << text;
  }
}

TEST(Sequential, ALambdaThatAskedForTheBatchKeepsIt) {
  for (const char* const text : {"lambda x: x * x.shape[0]", "lambda x: x * (2 if x.shape[0] is None else 3)"}) {
    const auto lambda = make_lambda(text, {}, TensorType{DType::float32, Shape{1, 2}}, "l");
    ASSERT_TRUE(lambda) << lambda.error().text();
    const Sequential model = of_fixed_batch({*lambda});
    EXPECT_TRUE(model.predict(Tensor(DType::float32, {1, 2})));
    const auto other = model.predict(Tensor(DType::float32, {3, 2}));
    ASSERT_FALSE(other) << text;
    EXPECT_EQ(other.error().code, ErrorCode::input_shape);
  }
}

}  // namespace
}  // namespace revive
