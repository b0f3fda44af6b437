// Configs of every class that differ in one key from what is drawn for it: another value, none, or one key more. What
// is said of those that are refused, and what the others build. configs.txt has the lines; after a change that is
// meant:
//
//     REVIVE_WRITE_SENTENCES=1 build/release/model/model_test --gtest_filter='StrangeConfigs.*'
#include <fmt/format.h>

#include <limits>

#include "revive/model/config.h"
#include "revive/model/layers/testing.h"
#include "revive/model/registry.h"
#include "revive/model/testing/random_layer_draw.h"
#include "revive/model/testing/said.h"

namespace revive::testing {
namespace {

constexpr const char* kFile = "model/layers/configs.txt";

std::vector<Value> strange_values() {
  using List = Value::Array;
  constexpr std::int64_t kLong = std::int64_t{1} << 61;
  std::vector<Value> values = {nullptr,
                               true,
                               false,
                               0,
                               1,
                               2,
                               3,
                               4,
                               5,
                               7,
                               -1,
                               -2,
                               255,
                               kLong,
                               -kLong,
                               0.0,
                               0.5,
                               1.0,
                               -1.0,
                               1.5,
                               -0.5,
                               -1.5,
                               1e300,
                               std::nan(""),
                               std::numeric_limits<double>::infinity()};
  for (const char* text : {"", "a", "relu", "same", "valid", "causal", "channels_first", "linear", "float16",
                           "mixed_bfloat16", "int32", "bilinear", "bicubic", "nearest", "one_hot", "count", "int"}) {
    values.emplace_back(text);
  }
  for (const List& list : std::vector<List>{{},
                                            {0},
                                            {1},
                                            {2},
                                            {-1},
                                            {2, 1},
                                            {1, 1},
                                            {1, -1},
                                            {2, 1, 1},
                                            {1, 2, 3, 4},
                                            {nullptr, 2},
                                            {0.5},
                                            {-0.5, 0.5},
                                            {1.0, 0.0},
                                            {0.0, 1.0, 2.0},
                                            {kLong, 1},
                                            {"a"},
                                            {"a", "b"},
                                            {true}}) {
    values.emplace_back(list);
  }
  for (const List& pairs : std::vector<List>{{List{1, 0}, List{0, 1}},
                                             {List{0, 2}, 1},
                                             {List{1, 0, 0}, List{0, 0, 1}},
                                             {List{-1, 0}, List{0, 1}},
                                             {List{0, 0}, List{0, 1}, List{1, 0}}}) {
    values.emplace_back(pairs);
  }
  const auto object = [](const char* class_name, Value config) {
    return Value::Object{{"class_name", class_name}, {"config", std::move(config)}};
  };
  values.emplace_back(Value::Object{});
  values.emplace_back(object("function", "relu"));
  values.emplace_back(object("other", "relu"));
  values.emplace_back(object("DTypePolicy", Value::Object{{"name", "bfloat16"}}));
  values.emplace_back(object("__lambda__", nullptr));
  return values;
}

void add(Tally& said, const LayerClass& layer_class, const Value::Object& config, const Shape& shape) {
  auto made = make_layer(layer_class.name, config);
  if (!made) return said.add(made.error());
  if (const Status built = made->build(shape, DType::float32, Limits{}); !built) return said.add(built.error());
  std::string text = fmt::format("{} {} {} {} {}", Value(write_config(*made)).brief(), to_string(made->output_shape()),
                                 name_of(made->output_dtype()), made->multiply_adds(), made->activation_elements());
  for (const VariableSpec& variable : made->variables()) {
    text += ' ' + variable.name + to_string(variable.dims) + std::string(name_of(variable.dtype));
  }
  said.add("taken", text);
}

void add_all(Tally& said, const LayerClass& layer_class, const Value::Object& config, const Shape& shape) {
  static const std::vector<Value> values = strange_values();
  add(said, layer_class, config, shape);
  for (std::size_t i = 0; i < config.size(); ++i) {
    Value::Object strange = config;
    for (const Value& value : values) {
      strange[i].second = value;
      add(said, layer_class, strange, shape);
    }
    strange.erase(strange.begin() + static_cast<std::ptrdiff_t>(i));
    add(said, layer_class, strange, shape);
  }
  // What is for training alone is carried, whatever it is; of what may have one value, this is another.
  std::vector<std::string> more = {"no_such_key"};
  for (const auto& key : layer_class.training_only) more.emplace_back(key);
  for (const FixedKey& fixed : layer_class.fixed) more.emplace_back(fixed.key);
  for (const Field& field : layer_class.fields) {
    for (const LegacyKey& legacy : field.legacy_keys) more.emplace_back(legacy.key);
  }
  for (const std::string& key : more) {
    for (const Value& value : {Value(), Value(2), Value("a")}) {
      Value::Object strange = config;
      strange.emplace_back(key, value);
      add(said, layer_class, strange, shape);
    }
  }
}

TEST(StrangeConfigs, AreTakenOrRefusedAsRecorded) {
  constexpr std::uint64_t kDraws = 60;
  constexpr int kTaken = 3;
  for (const LayerClass* const layer_class : layer_classes()) {
    if (!layer_class->draw || layer_class->is_container() || layer_class->holds_lambda) continue;
    if (!is_recorded(kFile, layer_class->name)) continue;
    Tally said;
    int taken = 0;
    for (std::uint64_t seed = 0; seed < kDraws && taken < kTaken; ++seed) {
      Random random(seed);
      DrawContext context{{kUnknown}, {2}};
      const std::size_t rank = 1 + random.below(6);
      while (context.probe.size() < rank) {
        context.probe.push_back(2 + static_cast<std::int64_t>(random.below(5)));
        context.shape.push_back(context.probe.back());
      }
      if (!layer_class->accepts(context.shape)) continue;
      Layer layer(*layer_class);
      layer.set_name("drawn");
      RandomLayerDraw draw(context, &random);
      layer_class->draw(draw, layer.config());
      add_all(said, *layer_class, write_config(layer), context.shape);
      ++taken;
    }
    EXPECT_EQ(taken, kTaken) << layer_class->name;
    expect_recorded(kFile, layer_class->name, said.text());
  }
}

}  // namespace
}  // namespace revive::testing
