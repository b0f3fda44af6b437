// Every leg of the comparison of two models, with the one difference that only this leg can see.
#include "revive/serializer/compare.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace revive {
namespace {

Sequential model() {
  const auto input = make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 3}}, {"name", "i"}});
  const auto dense = make_layer("Dense", {{"units", 2}, {"name", "d"}});
  EXPECT_TRUE(input && dense);
  auto made = Sequential::make("m", {*input, *dense});
  EXPECT_TRUE(made) << made.error().text();
  made->initialize(1);
  made->set_training_tensors({{"optimizer/vars/0", Tensor(DType::float32, {2})}});
  made->set_assets({{"assets/a", {std::byte{1}}}});
  return *std::move(made);
}

std::string difference(const Sequential& left, const Sequential& right) {
  const auto found = first_difference(left, right);
  return found ? found->text() : "";
}

TEST(Compare, FindsNothingWhereNothingDiffers) {
  EXPECT_EQ(difference(model(), model()), "");
  EXPECT_EQ(digest(model()), digest(model()));
}

// corpus/manifest.json has digests that stay what they are.
TEST(Compare, TheDigestOfAModelIsForEver) {
  auto made = Sequential::make("m", {*make_layer("InputLayer", {{"batch_shape", Value::Array{Value(), 2}}}),
                                     *make_layer("Dense", {{"units", 1}, {"name", "d"}})});
  ASSERT_TRUE(made);
  ASSERT_TRUE(made->layers()[1].set_weights({Tensor(DType::float32, {2, 1}), Tensor(DType::float32, {1})}));
  made->set_keras_version("3.15.1");
  EXPECT_EQ(digest(*made), "c197884089ae259ea7a3f133074561092bc7aaa8b802f31a0f7e0413919b5011");
}

TEST(Compare, FindsADatasetThatOneSideAloneCarries) {
  const Sequential all = model();
  Sequential none = model();
  none.set_training_tensors({});
  EXPECT_EQ(difference(all, none), "/optimizer/vars/0: a dataset here, (nothing) there");
  EXPECT_EQ(difference(none, all), "/optimizer/vars/0: (nothing) here, a dataset there");
}

TEST(Compare, FindsADatasetOfAnotherNameDTypeShapeOrBits) {
  const auto with = [](const std::string& path, Tensor tensor) {
    Sequential other = model();
    other.set_training_tensors({{path, std::move(tensor)}});
    return difference(model(), other);
  };
  EXPECT_EQ(with("optimizer/vars/1", Tensor(DType::float32, {2})),
            "/optimizer/vars/0: optimizer/vars/0 here, optimizer/vars/1 there");
  EXPECT_EQ(with("optimizer/vars/0", Tensor(DType::float64, {2})), "/optimizer/vars/0: float32 here, float64 there");
  EXPECT_EQ(with("optimizer/vars/0", Tensor(DType::float32, {3})), "/optimizer/vars/0: (2,) here, (3,) there");
  const std::string bits = with("optimizer/vars/0", Tensor::from<float>({2}, {0.0F, -0.0F}));
  EXPECT_TRUE(bits.starts_with("/optimizer/vars/0[1]: 0")) << bits;
}

TEST(Compare, FindsOtherAssets) {
  for (const std::vector<Asset>& assets :
       {std::vector<Asset>{}, {{"assets/b", {std::byte{1}}}}, {{"assets/a", {std::byte{2}}}}}) {
    Sequential other = model();
    other.set_assets(assets);
    EXPECT_EQ(difference(model(), other), "/assets: the assets here, other assets there");
  }
}

TEST(Compare, FindsKeysThatOneSideAloneHas) {
  const auto found = [](const Value& left, const Value& right) { return first_difference(left, right, "")->text(); };
  const Value::Object a = {{"a", 1}};
  const Value::Object both = {{"a", 1}, {"b", 2}};
  EXPECT_EQ(found(both, a), "/b: 2 here, (nothing) there");
  EXPECT_EQ(found(a, both), "/b: (nothing) here, 2 there");
  EXPECT_EQ(found(both, Value::Object{{"b", 2}, {"a", 1}}),
            ": keys in another order here, keys in another order there");
  EXPECT_EQ(found(Value::Array{1}, Value::Array{1, 2}), "/1: (nothing) here, 2 there");
  EXPECT_EQ(found(Value::Array{1, 2}, Value::Array{1}), "/1: 2 here, (nothing) there");
}

TEST(Compare, FindsAnotherVersionAndOtherLayers) {
  Sequential other = model();
  other.set_keras_version("3.0.0");
  EXPECT_EQ(difference(model(), other), fmt::format("/keras_version: {} here, 3.0.0 there", model().keras_version()));
  const auto longer =
      Sequential::make("m", {model().layers()[0], model().layers()[1], *make_layer("ReLU", {{"name", "r"}})});
  ASSERT_TRUE(longer);
  EXPECT_EQ(first_weights_difference(model(), *longer)->text(), "/layers: 2 layers here, 3 layers there");
  EXPECT_EQ(first_weights_difference(*longer, model())->text(), "/layers: 3 layers here, 2 layers there");
}

TEST(Compare, FindsOtherWeights) {
  Sequential other = model();
  Tensor& kernel = other.layers()[1].weights()[0];
  kernel.data<float>()[4] += 1;
  const std::string found = difference(model(), other);
  EXPECT_TRUE(found.contains("/d/vars/0 (kernel of Dense 'd')[4]: ") || found.contains("[4]: ")) << found;
  EXPECT_NE(digest(model()), digest(other));
  EXPECT_TRUE(first_weights_difference(model(), other));
  EXPECT_FALSE(first_config_difference(model(), other));
}

TEST(Compare, SaysWhereAndWithWhichBitsValuesDiffer) {
  const auto found = [](const auto& left, const auto& right) { return first_difference(left, right, "/a")->text(); };
  EXPECT_EQ(found(Value(0.5), Value(0.25)), "/a: 0.5 (bits 3fe0000000000000) here, 0.25 (bits 3fd0000000000000) there");
  EXPECT_EQ(found(Value(1), Value(1.0)), "/a: 1 here, 1.0 there");
  EXPECT_EQ(found(Value(Value::Array{1}), Value(Value::Object{{"b", 1}})), "/a: [1] here, {\"b\": 1} there");
  EXPECT_EQ(found(Value(Value::Object{{"b", Value::Array{1, 2}}}), Value(Value::Object{{"b", Value::Array{1, 3}}})),
            "/a/b/1: 2 here, 3 there");
  EXPECT_EQ(found(Tensor::from<std::int32_t>({3}, {1, 2, 3}), Tensor::from<std::int32_t>({3}, {1, 2, 4})),
            "/a[2]: 3 here, 4 there");
  EXPECT_EQ(found(Tensor::from<float>({2}, {0.1F, 1.0F}), Tensor::from<float>({2}, {0.3F, 2.0F})),
            "/a[0]: 0.1 (bits 3dcccccd) here, 0.3 (bits 3e99999a) there");
  EXPECT_EQ(found(Tensor::from<double>({2}, {0.1, 1.0}), Tensor::from<double>({2}, {0.1, 2.0})),
            "/a[1]: 1.0 (bits 3ff0000000000000) here, 2.0 (bits 4000000000000000) there");
}

TEST(Compare, SaysWhichVariableOfWhichLayerDiffers) {
  const auto with = [](std::string_view class_name, const Value::Object& config, std::vector<Tensor> weights) {
    auto made = Sequential::make("m", {*make_layer("InputLayer", {{"batch_shape", Value::Array{Value(), 2, 2}}}),
                                       *make_layer(class_name, config)});
    EXPECT_TRUE(made) << made.error().text();
    EXPECT_TRUE(made->layers()[1].set_weights(std::move(weights)));
    return *std::move(made);
  };
  const auto dense = [&](float last) {
    return with("Dense", {{"units", 2}, {"name", "d"}},
                {Tensor::from<float>({2, 2}, {1, 2, 3, 4}), Tensor::from<float>({2}, {0, last})});
  };
  const auto without_bias =
      with("Dense", {{"units", 2}, {"name", "d"}, {"use_bias", false}}, {Tensor::from<float>({2, 2}, {1, 2, 3, 4})});
  EXPECT_EQ(first_weights_difference(dense(1), dense(2))->text(),
            "/layers/1/vars/1 (bias of Dense 'd')[1]: 1 (bits 3f800000) here, 2 (bits 40000000) there");
  EXPECT_FALSE(first_weights_difference(dense(1), dense(1)));
  EXPECT_EQ(first_weights_difference(dense(1), without_bias)->text(),
            "/layers/1/vars: 2 variables here, 1 variables there");
}

TEST(Compare, FindsAnotherCompileConfig) {
  Sequential other = model();
  other.set_compile_config(Value::Object{{"loss", "mse"}});
  EXPECT_NE(difference(model(), other), "");
  EXPECT_TRUE(first_config_difference(model(), other));
  EXPECT_FALSE(first_weights_difference(model(), other));
}

}  // namespace
}  // namespace revive
