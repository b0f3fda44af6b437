// A user's layer that owns another layer: what is declared below is all that is written for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "revive/fuzz/mutators/limited_archive.h"
#include "revive/fuzz/mutators/mutate_config.h"
#include "revive/fuzz/mutators/mutate_model.h"
#include "revive/model/config.h"
#include "revive/model/declare.h"
#include "revive/model/lambda.h"
#include "revive/model/registry.h"
#include "revive/model/sequential.h"
#include "revive/properties/case.h"
#include "revive/properties/checks/case_transforms.h"
#include "revive/properties/database/case_file.h"
#include "revive/properties/database/model_json.h"
#include "revive/properties/generate/generate.h"
#include "revive/properties/print/cpp_program.h"
#include "revive/properties/print/python_program.h"
#include "revive/properties/shrink/shrink.h"
#include "revive/properties/testing/one_line.h"
#include "revive/serializer/compare.h"
#include "revive/serializer/hdf5/hdf5.h"
#include "revive/serializer/keras/config_codec.h"
#include "revive/serializer/keras/weights_codec.h"
#include "revive/serializer/keras_archive.h"

namespace revive {
namespace {

// Twice what the layer inside gives.
struct Wrap {
  std::optional<Layer> layer;
  bool halve = false;

  Result<Built> build(const Shape& input, const BuildContext& context) {
    REVIVE_RETURN_IF_ERROR(layer->build(input, context.dtype, context.limits));
    return Built{layer->output_shape(), {}, layer->multiply_adds(), layer->output_dtype()};
  }
  Result<Shape> output_shape(const Shape& input) const {
    return layer->layer_class().output_shape(layer->config(), input);
  }
  Result<MaskedTensor> call_masked(const MaskedTensor& input, const CallContext& context) const {
    REVIVE_ASSIGN_OR_RETURN(auto output, layer->call(input, context.options, context.limits));
    if (output.value.dtype() == DType::float32) {
      for (float& value : output.value.data<float>()) value *= halve ? 0.5F : 2.0F;
    }
    return output;
  }
};

LayerClass wrap_class() {
  return declare<Wrap>("my>Wrap", Family::wrapper)
      .module("my")
      .field("halve", &Wrap::halve)
      .child("layer", &Wrap::layer)
      .chooses_dtype()
      .gives_mask([](const Wrap& wrap, bool masked) { return wrap.layer->gives_mask(masked); })
      .draw([](LayerDraw& draw, Wrap& wrap) {
        wrap.halve = draw.flag();
        wrap.layer = draw.child(draw.context());
      })
      .layer();
}

const LayerClass& wrap() {
  static const LayerClass& registered = [] -> const LayerClass& {
    EXPECT_TRUE(register_layer_class(wrap_class()));
    return *find_layer_class("my>Wrap");
  }();
  return registered;
}

bool is_wrap(const Layer& layer) {
  return &layer.layer_class() == &wrap();
}

bool holds(const Sequential& model, const std::function<bool(const Layer&)>& wanted) {
  bool found = false;
  visit_layers(model.root(), [&](const std::string&, const Layer& layer) { found = found || wanted(layer); });
  return found;
}

bool wraps(const Layer& layer, std::string_view class_name) {
  return is_wrap(layer) && layer.children("layer")[0].layer_class().name == class_name;
}

Layer input_of(std::int64_t features) {
  return *make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, features}}});
}

Layer wrapped(Layer layer) {
  return *make_layer(wrap().name, {}, {{"layer", {std::move(layer)}}});
}

Sequential wrapped_dense() {
  auto model = *Sequential::make("m", {input_of(3), wrapped(*make_layer("Dense", {{"units", 2}, {"name", "inner"}}))});
  model.initialize(1);
  return model;
}

properties::Case case_with(const std::function<bool(const properties::Case&)>& wanted) {
  for (std::uint64_t seed = 0;; ++seed) {
    auto choices = properties::Choices::random(seed);
    auto made = properties::generate_case(choices);
    if (made && wanted(*made)) return *std::move(made);
  }
}

TEST(Wrapper, IsGeneratedAroundManyKindsOfLayers) {
  wrap();
  std::set<std::string> inside;
  for (std::uint64_t seed = 0; seed < 5000; ++seed) {
    auto choices = properties::Choices::random(seed);
    const auto made = properties::generate_case(choices);
    ASSERT_TRUE(made) << seed << ": " << made.error().text();
    visit_layers(made->model.root(), [&](const std::string&, const Layer& layer) {
      if (is_wrap(layer)) inside.insert(layer.children("layer")[0].layer_class().name);
    });
  }
  EXPECT_THAT(inside, ::testing::IsSupersetOf({"Dense", "LSTM", "Lambda", "Sequential", "my>Wrap", "Conv1D"}));
  EXPECT_FALSE(inside.contains("LSTMCell"));
  EXPECT_FALSE(inside.contains("InputLayer"));
}

TEST(Wrapper, ComesBackTheSameFromAnArchive) {
  wrap();
  int seen = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    auto choices = properties::Choices::random(seed);
    const auto made = properties::generate_case(choices);
    ASSERT_TRUE(made);
    if (!holds(made->model, is_wrap)) continue;
    ++seen;
    const auto archive = save_bytes(made->model);
    ASSERT_TRUE(archive) << archive.error().text();
    const auto loaded = load_bytes(archive->bytes());
    ASSERT_TRUE(loaded) << loaded.error().text();
    const auto difference = first_difference(made->model, *loaded);
    EXPECT_FALSE(difference) << difference->text();
    const auto before = made->model.predict(made->input);
    const auto after = loaded->predict(made->input);
    ASSERT_TRUE(before && after);
    EXPECT_TRUE(same_bits(*before, *after));
  }
  EXPECT_GE(seen, 20);
}

TEST(Wrapper, StandsInTheArchiveAsKerasWritesOne) {
  const Sequential model = wrapped_dense();
  const Value config = *model_to_config(model);
  const Value& entry = config.find("config")->find("layers")->as_array()[1];
  EXPECT_EQ(*entry.find("class_name"), Value("Wrap"));
  EXPECT_EQ(*entry.find("registered_name"), Value("my>Wrap"));
  EXPECT_EQ(*entry.find("config")->find("layer")->find("class_name"), Value("Dense"));
  const auto weights = model_to_weights(model);
  ASSERT_TRUE(weights);
  EXPECT_NE(weights->dataset("layers/wrap/layer/vars/0"), nullptr);
}

TEST(Wrapper, IsNamedInWhatDiffers) {
  const Sequential model = wrapped_dense();
  Sequential other = model;
  other.layers()[1].children("layer")[0].weights()[1].data<float>()[1] = 7;
  const auto difference = first_difference(model, other);
  ASSERT_TRUE(difference);
  EXPECT_EQ(difference->path, "/layers/1/layer/vars/1 (bias of Dense 'inner')[1]");
}

TEST(Wrapper, SaysWhereTheLayerInsideIsWrong) {
  Value config = *model_to_config(wrapped_dense());
  Value& inner = *config.find("config")->find("layers")->as_array()[1].find("config")->find("layer");
  *inner.find("config")->find("units") = -3;
  const auto negative = model_from_config(config);
  ASSERT_FALSE(negative);
  EXPECT_EQ(negative.error().text(),
            "config.json: /config/layers/1/config/layer/config/units: expected a positive integer, found -3");
  inner = nullptr;
  EXPECT_FALSE(model_from_config(config));

  EXPECT_EQ(make_layer("my>Wrap", {}).error().text(), "my>Wrap: expected the key \"layer\", which my>Wrap requires");
  const auto cell = make_layer("my>Wrap", {}, {{"layer", {*make_layer("LSTMCell", {{"units", 1}})}}});
  ASSERT_FALSE(cell);
  EXPECT_EQ(cell.error().text(),
            "my>Wrap/layer: expected a layer, found the cell LSTMCell, which takes its steps inside of another layer");
}

TEST(Wrapper, IsShrunkToTheSimplestThatFails) {
  wrap();
  const auto fails = [](const Result<properties::Case>& made) {
    return made && holds(made->model, [](const Layer& layer) { return wraps(layer, "Dense"); });
  };
  const auto generated = [](properties::Choices& choices) { return properties::generate_case(choices); };
  int starts = 0;
  for (std::uint64_t seed = 0; starts < 5; ++seed) {
    auto choices = properties::Choices::random(seed);
    if (!fails(generated(choices))) continue;
    ++starts;
    const auto result = properties::shrink(choices.recording().values(), generated, fails);
    auto minimal = properties::Choices::replay(result.recording.values());
    EXPECT_EQ(properties::testing::one_line(*generated(minimal)), "(None, 1) | my>Wrap(layer=Dense)");
  }
}

TEST(Wrapper, IsPrintedForKerasAndAsCpp) {
  const Sequential model = wrapped_dense();
  const std::string python = properties::python_program(model, nullptr);
  EXPECT_THAT(python, ::testing::HasSubstr("import my\n"));
  EXPECT_THAT(python, ::testing::HasSubstr("layer_1_0 = keras.layers.Dense(units=2, activation=\"linear\", "
                                           "use_bias=True, name=\"inner\")\n"
                                           "layer_1 = my.Wrap(halve=False, layer=layer_1_0, name=\"wrap\")\n"));
  EXPECT_THAT(python, ::testing::HasSubstr("\nlayer_1_0.set_weights(["));
  const std::string cpp = properties::cpp_program(model, nullptr);
  EXPECT_THAT(cpp,
              ::testing::HasSubstr(
                  R"(need(make_layer("my>Wrap", {{"halve", false}, {"name", "wrap"}}, {{"layer", {layer_1_0}}})))"));
  EXPECT_THAT(cpp, ::testing::HasSubstr(R"(need(model.layers()[1].children("layer")[0].set_weights({)"));
}

TEST(Wrapper, IsKeptAsACaseAndByTheLineProtocol) {
  const properties::Case made = case_with([](const properties::Case& each) {
    return holds(each.model, [](const Layer& layer) { return wraps(layer, "Lambda"); });
  });
  const auto read = properties::model_from_value(properties::model_to_value(made.model));
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_FALSE(first_difference(made.model, *read));
  const auto stored = properties::parse_case(properties::print_case({.property = "outputs_survive",
                                                                     .subject = "revive",
                                                                     .message = "",
                                                                     .choices = "",
                                                                     .declarations = "",
                                                                     .the_case = made}));
  ASSERT_TRUE(stored) << stored.error().text();
  EXPECT_FALSE(first_difference(made.model, stored->the_case.model));
}

TEST(Wrapper, IsNoStack) {
  const auto flat = properties::flattened(wrapped_dense());
  ASSERT_EQ(flat.size(), 2U);
  EXPECT_TRUE(is_wrap(flat[1]));
}

TEST(Wrapper, IsMutated) {
  const Sequential model = wrapped_dense();
  std::set<std::string> inside;
  int inserted = 0;
  Random random(3);
  for (int i = 0; i < 3000; ++i) {
    const auto mutant = fuzz::mutate_model(model, random);
    if (!mutant) continue;
    std::size_t count = 0;
    visit_layers(mutant->root(), [&](const std::string&, const Layer& layer) {
      if (!is_wrap(layer)) return;
      ++count;
      inside.insert(layer.children("layer")[0].layer_class().name);
    });
    inserted += count > 1 ? 1 : 0;
    const auto archive = fuzz::archive_of(*mutant);
    ASSERT_TRUE(archive);
  }
  EXPECT_GT(inside.size(), 3U) << "the layer inside is never drawn anew";
  EXPECT_GT(inserted, 0);

  std::set<std::string> units;
  for (int i = 0; i < 3000; ++i) {
    Value config = *model_to_config(model);
    fuzz::mutate_config(config, random);
    const auto mutant = model_from_config(config);
    if (!mutant || mutant->layers().size() != 2 || !is_wrap(mutant->layers()[1])) continue;
    const auto field = mutant->layers()[1].children("layer")[0].field("units");
    if (field) units.insert(write_field(*field).brief());
  }
  EXPECT_GT(units.size(), 3U) << "the config of the layer inside is never changed";
}

}  // namespace
}  // namespace revive
