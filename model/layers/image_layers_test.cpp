// Permute, RepeatVector, Rescaling, PReLU, Masking, AutoContrast, and what is the identity when predicting.
#include "revive/model/layers/window_testing.h"
#include "revive/model/tensor/element_type.h"

namespace revive::testing {
namespace {

TEST(Permute, PutsAxesInAnotherOrder) {
  Random random(1);
  const Layer layer = ready_layer("Permute", {{"dims", Value::Array{2, 1}}}, {kUnknown, 2, 3}, random);
  EXPECT_TRUE(same_bits(run(layer, floats({1, 2, 3}, {1, 2, 3, 4, 5, 6})), floats({1, 3, 2}, {1, 4, 2, 5, 3, 6})));
  EXPECT_EQ(build_error("Permute", {{"dims", Value::Array{2, 1}}}, {kUnknown, 2}),
            "Permute expects an input with the axes (2, 1) behind the batch, found the shape (None, 2)");
  EXPECT_EQ(config_error("Permute", {{"dims", Value::Array{1, 3}}}),
            "Permute: expected dims that are the numbers from 1 on, each once");
}

TEST(RepeatVector, RepeatsFeatures) {
  Random random(1);
  const Layer layer = ready_layer("RepeatVector", {{"n", 2}}, {kUnknown, 2}, random);
  EXPECT_TRUE(same_bits(run(layer, floats({2, 2}, {1, 2, 3, 4})), floats({2, 2, 2}, {1, 2, 1, 2, 3, 4, 3, 4})));
}

TEST(Rescaling, TakesANumberOrOneForEachChannel) {
  Random random(1);
  const Layer one = ready_layer("Rescaling", {{"scale", 0.5}, {"offset", 1}}, {kUnknown, 2}, random, DType::uint8);
  EXPECT_TRUE(same_bits(run(one, Tensor::from<std::uint8_t>({1, 2}, {4, 255})), floats({1, 2}, {3, 128.5F})));
  const Value::Object config{{"scale", Value::Array{1.0, 2}}, {"offset", Value::Array{0.5}}};
  const Layer each = ready_layer("Rescaling", config, {kUnknown, 1, 2}, random);
  EXPECT_TRUE(same_bits(run(each, floats({1, 1, 2}, {1, 1})), floats({1, 1, 2}, {1.5F, 2.5F})));
  EXPECT_EQ(build_error("Rescaling", config, {kUnknown, 3}),
            "Rescaling expects 2 channels, as it has numbers, or one number, found the shape (None, 3)");
  // A batch is no channel.
  EXPECT_EQ(build_error("Rescaling", config, {2}),
            "Rescaling expects 2 channels, as it has numbers, or one number, found the shape (2,)");
  EXPECT_EQ(config_error("Rescaling", {{"scale", 1.0}}),
            "Rescaling: expected the key \"offset\", which Rescaling requires");
  EXPECT_EQ(config_error("Rescaling", {{"scale", "x"}, {"offset", 0}}),
            "Rescaling/scale: expected a number, found a string \"x\"");
}

TEST(PReLU, HasASlopeForEachCellThatIsNotShared) {
  Random random(1);
  auto layer = *make_layer("PReLU", {{"shared_axes", Value::Array{1}}});
  ASSERT_TRUE(layer.build({kUnknown, kUnknown, 2}, DType::float32, Limits{}));
  ASSERT_EQ(layer.variables()[0].dims, (Dims{1, 2}));
  ASSERT_TRUE(layer.set_weights({floats({1, 2}, {0.5F, -2})}));
  EXPECT_TRUE(same_bits(run(layer, floats({1, 2, 2}, {-4, -3, 5, -1})), floats({1, 2, 2}, {-2, 6, 5, 2})));
  EXPECT_EQ(build_error("PReLU", {}, {kUnknown, kUnknown, 2}),
            "PReLU expects axes that are known or shared, found the shape (None, None, 2)");
  EXPECT_EQ(build_error("PReLU", {{"shared_axes", Value::Array{3}}}, {kUnknown, 2}),
            "PReLU expects an input with the axis 3, found the shape (None, 2)");
}

TEST(Masking, MasksStepsOfOneValue) {
  Random random(1);
  const Layer layer = ready_layer("Masking", {{"mask_value", 5}}, {kUnknown, kUnknown, 2}, random);
  const MaskedTensor y = run(layer, MaskedTensor{floats({1, 3, 2}, {5, 5, 0, 0, 5, 1})});
  EXPECT_TRUE(same_bits(y.value, floats({1, 3, 2}, {0, 0, 0, 0, 5, 1})));
  ASSERT_TRUE(y.mask);
  EXPECT_TRUE(same_bits(*y.mask, Tensor::from<bool>({1, 3}, {false, true, true})));
  EXPECT_TRUE(layer.gives_mask(false));
}

TEST(Masking, TakesAllAxesButTheLastForSteps) {
  Random random(1);
  const Layer grids = ready_layer("Masking", {}, {kUnknown, 2, 2, 2}, random);
  const MaskedTensor y = run(grids, MaskedTensor{floats({1, 2, 2, 2}, {0, 0, 0, 1, 2, 2, 0, 0})});
  EXPECT_TRUE(same_bits(*y.mask, Tensor::from<bool>({1, 2, 2}, {false, true, true, false})));
  const Layer samples = ready_layer("Masking", {{"mask_value", 1}}, {kUnknown, 2}, random);
  const MaskedTensor z = run(samples, MaskedTensor{floats({2, 2}, {1, 1, 1, 2})});
  EXPECT_TRUE(same_bits(z.value, floats({2, 2}, {0, 0, 1, 2})));
  EXPECT_TRUE(same_bits(*z.mask, Tensor::from<bool>({2}, {false, true})));
  EXPECT_EQ(build_error("Masking", {}, {kUnknown}),
            "Masking expects an input of rank 2 or more, whose last axis are features, found the shape (None,)");
}

// A value is one of the dtype that is compared in: of the layer's own, and of float32 for ints.
TEST(Masking, ComparesInTheDTypeOfWhatItIsGiven) {
  const auto masked = [](DType dtype, double value, const Tensor& x) {
    auto layer =
        make_layer("Masking", {{"mask_value", value}, {"dtype", is_float(dtype) ? name_of(dtype) : "float32"}});
    EXPECT_TRUE(layer && layer->build(Shape({kUnknown, 2, x.dims().back()}), dtype, Limits{}));
    return run(*layer, MaskedTensor{x});
  };
  const Tensor first = Tensor::from<bool>({1, 2}, {false, true});
  for (const DType dtype : {DType::float16, DType::bfloat16, DType::float32, DType::float64}) {
    const Tensor tenths = cast(Tensor::from<double>({1, 2, 2}, {0.1, 0.1, 0.1, 1}), dtype);
    const MaskedTensor y = masked(dtype, 0.1, tenths);
    EXPECT_TRUE(same_bits(*y.mask, first)) << name_of(dtype);
    EXPECT_EQ(y.value.dtype(), dtype);
  }
  const Tensor large = Tensor::from<std::int32_t>({1, 2, 1}, {16'777'216, 16'777'214});
  EXPECT_TRUE(same_bits(*masked(DType::int32, 16'777'217, large).mask, first));
  const MaskedTensor flags = masked(DType::boolean, 0, Tensor::from<bool>({1, 2, 1}, {false, true}));
  EXPECT_TRUE(same_bits(*flags.mask, first));
  EXPECT_TRUE(same_bits(flags.value, Tensor::from<std::int32_t>({1, 2, 1}, {0, 1})));
  EXPECT_TRUE(
      same_bits(*masked(DType::float32, 0, Tensor(DType::float32, {0, 2, 2})).mask, Tensor(DType::boolean, {0, 2})));
}

TEST(RandomImages, AreLeftAloneWhenPredicting) {
  Random random(1);
  const Value::Array range{-0.5, 0.5};
  const std::vector<std::pair<const char*, Value::Object>> layers = {
      {"RandomFlip", {{"mode", "vertical"}}},
      {"RandomRotation", {{"factor", range}}},
      {"RandomZoom", {{"height_factor", range}, {"width_factor", Value()}}},
      {"RandomTranslation", {{"height_factor", 0.25}, {"width_factor", range}}},
      {"RandomContrast", {{"factor", Value::Array{0.0, 0.5}}}},
      {"RandomBrightness", {{"factor", range}, {"value_range", Value::Array{0, 1}}}},
  };
  const Tensor x = random_tensor({2, 3, 4, 1}, random);
  for (const auto& [name, config] : layers) {
    const Layer layer = ready_layer(name, config, {kUnknown, 3, 4, 1}, random);
    EXPECT_TRUE(same_bits(run(layer, x), x)) << name;
  }
  EXPECT_EQ(config_error("RandomZoom", {{"height_factor", -1}}), "RandomZoom: expected factors above -1");
  EXPECT_EQ(config_error("RandomRotation", {{"factor", 1.5}}),
            "RandomRotation/factor: expected a number from -1 to 1, found 1.5");
  EXPECT_EQ(config_error("RandomBrightness", {{"factor", 0}, {"value_range", 1}}),
            "RandomBrightness: expected a value_range of two numbers");
}

TEST(AutoContrast, StretchesEachChannelOfEachImage) {
  Random random(1);
  const Layer layer = ready_layer("AutoContrast", {{"value_range", Value::Array{10, 0}}}, {kUnknown, 1, 3, 2}, random);
  const Tensor x = floats({2, 1, 3, 2}, {2, 7, 4, 7, 3, 7, -1, 0, 9, 10, 4, 5});
  expect_near(run(layer, x), floats({2, 1, 3, 2}, {0, 7, 10, 7, 5, 7, 0, 0, 10, 10, 5, 5}));
  expect_batch_independent(layer, {x});
  const Layer bytes = ready_layer("AutoContrast", {}, {kUnknown, 1, 2, 1}, random, DType::uint8);
  EXPECT_EQ(bytes.output_dtype(), DType::float32);
  EXPECT_EQ(config_error("AutoContrast", {{"value_range", 255}}),
            "AutoContrast: expected a value_range of two numbers");
}

TEST(SpatialDropout, HasNoKeyTrainable) {
  EXPECT_EQ(config_error("SpatialDropout2D", {{"rate", 0.5}}), "");
  EXPECT_EQ(config_error("SpatialDropout2D", {{"rate", 0.5}, {"trainable", true}}),
            "SpatialDropout2D/trainable: SpatialDropout2D has no such field");
}

}  // namespace
}  // namespace revive::testing
