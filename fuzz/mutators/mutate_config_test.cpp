#include "revive/fuzz/mutators/mutate_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "revive/fuzz/mutators/each_row.h"
#include "revive/fuzz/mutators/mutate_json.h"
#include "revive/model/config.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/registry.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/keras/config_codec.h"

namespace revive::fuzz {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsSupersetOf;

// A stack with a stack in it, a lambda, an older spelling to be had, a compile config and initializers.
Value document() {
  static const Value written = [] {
    auto inner = make_layer("Sequential", {{"name", "inner"}},
                            {{"layers", {*make_layer("LeakyReLU", {}), *make_layer("Dense", {{"units", 5}})}}});
    auto model =
        Sequential::make("m", {*make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 3}}}),
                               *make_layer("Dense", {{"units", 2}}), *make_layer("LeakyReLU", {}), *std::move(inner)});
    EXPECT_TRUE(model) << model.error().text();
    model->set_compile_config(Value::Object{{"optimizer", "adam"}, {"loss", "mse"}});
    model->layers()[1].training_only().emplace_back(
        "kernel_initializer",
        Value::Object{{"class_name", "GlorotUniform"}, {"config", Value::Object{{"seed", nullptr}}}});
    model->layers()[1].training_only().emplace_back("kernel_regularizer", Value::Object{{"class_name", "L2"}});
    model->layers()[1].training_only().emplace_back("bias_constraint", Value::Object{{"class_name", "NonNeg"}});
    // As Keras writes them, beside what revive writes.
    Value config = *model_to_config(*model);
    for (Value* value : all_values(config)) {
      Value* const inside = value->find("config");
      if (value->find("class_name") == nullptr || inside == nullptr || !inside->is_object()) continue;
      value->as_object().emplace_back("registered_name", nullptr);
      Value* const dtype = inside->find("dtype");
      if (dtype == nullptr || inside->find("units") == nullptr) continue;
      *dtype = Value::Object{{"module", "keras"},
                             {"class_name", "DTypePolicy"},
                             {"config", Value::Object{{"name", "float32"}}},
                             {"registered_name", nullptr}};
    }
    return config;
  }();
  return written;
}

// Where two documents differ: the innermost values that are not the same.
void differences(const Value& a, const Value& b, const std::string& path, std::vector<std::string>& found) {
  if (a == b) return;
  const auto keys = [](const Value& value) {
    std::vector<std::string> all;
    for (const auto& [key, member] : value.as_object()) all.push_back(key);
    return all;
  };
  if (a.is_array() && b.is_array() && a.as_array().size() == b.as_array().size()) {
    for (std::size_t i = 0; i < a.as_array().size(); ++i) {
      differences(a.as_array()[i], b.as_array()[i], path + "/" + std::to_string(i), found);
    }
  } else if (a.is_object() && b.is_object() && keys(a) == keys(b)) {
    for (std::size_t i = 0; i < a.as_object().size(); ++i) {
      differences(a.as_object()[i].second, b.as_object()[i].second, path + "/" + a.as_object()[i].first, found);
    }
  } else {
    found.push_back(path);
  }
}
std::vector<std::string> differences(const Value& a, const Value& b) {
  std::vector<std::string> found;
  differences(a, b, "", found);
  return found;
}

const Value* at(const Value& root, std::string path) {
  const Value* value = &root;
  while (!path.empty()) {
    path.erase(0, 1);
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string step = path.substr(0, slash);
    path.erase(0, slash);
    value = value->is_array() ? &value->as_array()[std::stoul(step)] : value->find(step);
  }
  return value;
}

// The one place that differs, or nothing.
std::string one_difference(const Value& a, const Value& b) {
  const auto all = differences(a, b);
  return all.size() == 1 ? all[0] : "";
}
std::string last_of(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}
std::string owner_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

// The config of a layer entry: what it is of.
const LayerClass* class_at(const Value& root, const std::string& config_path) {
  if (last_of(config_path) != "config") return nullptr;
  const Value* entry = at(root, owner_of(config_path));
  const Value* name = entry->find("class_name");
  return name == nullptr ? nullptr : find_layer_class(name->as_string());
}

bool is_leaf(const Value& value) {
  return value.is_int() || value.is_real() || value.is_bool();
}

struct Seen {
  std::set<std::string> fields, classes, leaves, names, older, layers, training, keys;
};

std::vector<RowPromise<Value>> promises(Seen& seen) {
  return {
      {"field", 85,
       [&](const Value& a, const Value& b) {
         // A field of the class of the layer, by its name. A list may differ in an item or two.
         std::string path = differences(a, b)[0];
         while (class_at(a, owner_of(path)) == nullptr) path = owner_of(path);
         const LayerClass& layer_class = *class_at(a, owner_of(path));
         seen.fields.insert(layer_class.name + "." + last_of(path) + " " + print_json(*at(b, path)));
         return !one_difference(*at(a, owner_of(path)), *at(b, owner_of(path))).empty() ||
                differences(a, b).size() == differences(*at(a, path), *at(b, path)).size();
       },
       Mutants::follow_the_classes},
      {"leaf", 75,
       [&](const Value& a, const Value& b) {
         const std::string path = one_difference(a, b);
         if (path.empty()) return false;
         seen.leaves.insert(at(a, path)->is_int() ? "int" : at(a, path)->is_real() ? "real" : "bool");
         return is_leaf(*at(a, path)) && is_leaf(*at(b, path));
       }},
      {"class", 65,
       [&](const Value& a, const Value& b) {
         std::string path = differences(a, b)[0];
         if (path.find("/dtype") != std::string::npos) path = path.substr(0, path.find("/dtype") + 6);
         seen.classes.insert(last_of(path) + " " + print_json(*at(b, path)));
         return differences(a, b).size() <= 2;
       },
       Mutants::follow_the_classes},
      {"name", 75,
       [&](const Value& a, const Value& b) {
         const std::string path = one_difference(a, b);
         seen.names.insert(path.empty() ? "" : at(b, path)->as_string());
         return last_of(path) == "name" && last_of(owner_of(path)) == "config";
       }},
      {"older", 100,
       [&](const Value& a, const Value& b) {
         const std::string path = one_difference(a, b);
         if (path.empty()) return false;
         if (last_of(path) == "dtype") {
           seen.older.insert("dtype " + print_json(*at(b, path)));
         } else {
           // One key of a config is another, which the reader takes.
           const auto& before = at(a, path)->as_object();
           const auto& after = at(b, path)->as_object();
           for (std::size_t i = 0; i < before.size(); ++i) {
             if (before[i].first != after[i].first) seen.older.insert(before[i].first + " " + after[i].first);
           }
         }
         const auto read = model_from_config(b);
         EXPECT_TRUE(read) << read.error().text();
         return read.has_value();
       }},
      {"layers", 80,
       [&](const Value& a, const Value& b) {
         // The list of layers whose items differ, the outermost one.
         std::string path = differences(a, b)[0];
         path = path.substr(0, path.find("/layers") + 7);
         const auto& before = at(a, path)->as_array();
         const auto& after = at(b, path)->as_array();
         seen.layers.insert(after.size() > before.size()                                    ? "more"
                            : after.size() < before.size()                                  ? "less"
                            : std::ranges::is_permutation(before, after)                    ? "moved"
                            : print_json(*at(b, path)).find("wrapped") != std::string::npos ? "wrapped"
                                                                                            : "inside");
         return path.ends_with("/layers") &&
                (after.size() > before.size() ? after.size() - before.size() : before.size() - after.size()) <= 1;
       }},
      {"train", 80,
       [&](const Value& a, const Value& b) {
         const std::string path = differences(a, b)[0];
         const bool compiled = path.starts_with("/compile_config");
         const bool initializer = path.find("_initializer") != std::string::npos;
         const bool regularizer = path.find("_regularizer") != std::string::npos;
         const bool constraint = path.find("_constraint") != std::string::npos;
         seen.training.insert(compiled      ? "compile_config"
                              : initializer ? "initializer"
                              : regularizer ? "regularizer"
                                            : "constraint");
         return compiled || initializer || regularizer || constraint;
       }},
      {"key", 100,
       [&](const Value& a, const Value& b) {
         const std::string path = one_difference(a, b);
         const auto& before = at(a, path)->as_object();
         const auto& after = at(b, path)->as_object();
         seen.keys.insert((last_of(path) == "config" ? "config " : "entry ") +
                          std::string(after.size() > before.size() ? "more" : "less"));
         const bool alike = std::ranges::all_of(
             after, [&](const auto& each) { return std::ranges::find(before, each) != before.end(); });
         return alike && (after.size() == before.size() + 1 || after.size() + 1 == before.size());
       }},
  };
}

TEST(ConfigMutations, EachRowChangesWhatItIsForAndTheDocumentStaysJson) {
  Seen seen;
  expect_each_row_changes<Value>(
      "config", config_rows(), [](Value&, Random&) { return true; }, promises(seen),
      [&](const ConfigRow& row, Random& random) {
        Value made = document();
        mutate_config(made, random, std::span(&row, 1));
        const auto read = parse_json(print_json(made), {}, "");
        // But for a key that is there twice, which is refused as that.
        EXPECT_TRUE(read || read.error().code == ErrorCode::json_duplicate_key ||
                    read.error().code == ErrorCode::limit_exceeded)
            << read.error().text();
        return Step<Value>{document(), made, made != document(), print_json(made)};
      });
  std::set<std::string> fields;
  for (const std::string& field : seen.fields) fields.insert(field.substr(0, field.find(' ')));
  EXPECT_THAT(fields, IsSupersetOf({"Dense.units", "Dense.activation", "Dense.use_bias", "LeakyReLU.negative_slope",
                                    "InputLayer.batch_shape"}));
  // Just outside of what it may be.
  EXPECT_TRUE(seen.fields.contains("Dense.units 0"));
  EXPECT_THAT(seen.classes, IsSupersetOf({"class_name \"MultiHeadAttention\"", "class_name \"__lambda__\"",
                                          "registered_name \"package>Custom\"", "registered_name \"Dense\"",
                                          "dtype \"mixed_float16\"", "dtype \"float16\""}));
  std::vector<std::string> modules;
  std::ranges::copy_if(seen.classes, std::back_inserter(modules),
                       [](const std::string& each) { return each.starts_with("module"); });
  EXPECT_THAT(modules, ElementsAre("module \"builtins\"", "module \"keras\"", "module \"keras.layers\"",
                                   "module \"keras.src\"", "module \"keras.src.layers.core.dense\"", "module \"os\""));
  EXPECT_THAT(seen.leaves, ElementsAre("bool", "int", "real"));
  EXPECT_GT(std::ranges::count_if(seen.classes, [](const auto& each) { return each.starts_with("class_name"); }), 20);
  // A name that another layer has.
  EXPECT_THAT(seen.names, IsSupersetOf({"dense", "leaky_re_lu"}));
  EXPECT_GT(seen.names.size(), 15U);
  EXPECT_THAT(seen.older, ElementsAre("batch_shape batch_input_shape", "dtype \"float32\"", "negative_slope alpha"));
  EXPECT_THAT(seen.layers, ElementsAre("inside", "less", "more", "moved", "wrapped"));
  EXPECT_THAT(seen.training, ElementsAre("compile_config", "constraint", "initializer", "regularizer"));
  EXPECT_THAT(seen.keys, ElementsAre("config less", "config more", "entry less", "entry more"));
  expect_rows_come_up(config_rows());
}

// How often of a thousand each key is what changes, and each way of changing a list of layers is the one.
TEST(ConfigMutations, EachWayOfARowComesUpAsOftenAsTheOthers) {
  constexpr std::uint64_t kSeeds = 1000;
  const auto row = [](std::string_view name) { return std::ranges::find(config_rows(), name, &ConfigRow::name); };
  std::map<std::string, int> keys;
  std::map<std::string, int> lists;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Random random(seed);
    Value made = document();
    row("class")->change(made, random);
    for (std::string path : differences(document(), made)) {
      if (path.find("/dtype") != std::string::npos) path = path.substr(0, path.find("/dtype") + 6);
      ++keys[last_of(path)];
    }
    Random again(seed);
    Value edited = document();
    row("layers")->change(edited, again);
    const std::string text = print_json(edited);
    const auto count = [&](std::string_view part, const std::string& in) {
      int times = 0;
      for (std::size_t at = in.find(part); at != std::string::npos; at = in.find(part, at + 1)) ++times;
      return times;
    };
    const int before = count("\"class_name\"", print_json(document()));
    const int after = count("\"class_name\"", text);
    ++lists[text.find("\"wrapped\"") != std::string::npos ? "wrapped"
            : after > before                              ? "more"
            : after < before                              ? "less"
                                                          : "moved"];
  }
  EXPECT_NEAR(keys["class_name"], 400, 60);
  EXPECT_NEAR(keys["module"], 190, 60);
  EXPECT_NEAR(keys["registered_name"], 200, 60);
  EXPECT_LT(keys["dtype"], 230);
  EXPECT_GT(keys["dtype"], 60);
  EXPECT_NEAR(lists["wrapped"], 200, 50);
  EXPECT_NEAR(lists["more"], 400, 60);
  EXPECT_NEAR(lists["less"], 200, 50);
  EXPECT_NEAR(lists["moved"], 200, 50);
}

// What there is nothing of gives way to other rows, and to anything in the end.
TEST(ConfigMutations, ADocumentWithoutLayersIsChangedAllTheSame) {
  const Value nothing = Value::Object{{"a", Value::Object{{"b", "c"}}}};
  for (const ConfigRow& row : config_rows()) {
    std::size_t changed = 0;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      Random random(seed);
      Value made = nothing;
      EXPECT_FALSE(row.change(made, random)) << row.name;
      EXPECT_EQ(made, nothing) << row.name;
      mutate_config(made, random, std::span(&row, 1));
      changed += made != nothing ? 1 : 0;
    }
    EXPECT_GT(changed, 40U) << row.name;
  }
}

// A row that changed the document says so, or it would be changed twice.
const ConfigRow& row_called(std::string_view name) {
  return *std::ranges::find(config_rows(), name, &ConfigRow::name);
}

TEST(ConfigMutations, OneInThreeOlderSpellingsIsADType) {
  const auto policies = [](const Value& value) {
    std::size_t count = 0;
    const std::string text = print_json(value);
    for (std::size_t at = text.find("DTypePolicy"); at != std::string::npos; at = text.find("DTypePolicy", at + 1))
      ++count;
    return count;
  };
  const std::size_t before = policies(document());
  ASSERT_GT(before, 0U);
  constexpr int kSeeds = 900;
  int dtypes = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Random random(seed);
    Value made = document();
    EXPECT_TRUE(row_called("older").change(made, random));
    dtypes += policies(made) < before ? 1 : 0;
  }
  EXPECT_NEAR(dtypes, kSeeds / 3.0, 60);
}

// An object is a lambda, a layer or a policy, and is not drawn as a field.
TEST(ConfigMutations, FieldsThatAreObjectsStay) {
  const Value written = *parse_json(R"({"class_name": "Sequential", "config": {"name": "m", "layers": [
{"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "units": {}, "activation": {}, "use_bias": {}}}
]}})",
                                    {}, "written");
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Random random(seed);
    Value made = written;
    EXPECT_FALSE(row_called("field").change(made, random));
    EXPECT_EQ(made, written);
  }
}

TEST(ConfigMutations, ARowThatChangesTheDocumentSaysSo) {
  for (const auto rows : {config_rows(), metadata_rows()}) {
    for (const ConfigRow& row : rows) {
      for (std::uint64_t seed = 0; seed < 100; ++seed) {
        Random random(seed);
        const Value before =
            &row == &rows[0] && rows.size() == 2 ? Value(Value::Object{{"keras_version", "1"}}) : document();
        Value made = before;
        const bool said = row.change(made, random);
        EXPECT_TRUE(said || made == before) << row.name;
      }
    }
  }
}

// An entry that is no layer is left alone: its class is not known, or there is no config to it.
TEST(ConfigMutations, EntriesAreLayersWithAClassAndAConfig) {
  const auto doc = [](const Value& class_name, const Value& config) {
    return Value(Value::Object{{"class_name", class_name}, {"config", config}});
  };
  const Value dense = Value::Object{{"name", "dense"}, {"units", 3}};
  const auto renames = [](const Value& value) {
    Random random(1);
    Value made = value;
    return std::ranges::find(config_rows(), std::string_view("name"), &ConfigRow::name)->change(made, random);
  };
  EXPECT_TRUE(renames(doc("Dense", dense)));
  EXPECT_FALSE(renames(doc("Dance", dense)));
  EXPECT_FALSE(renames(doc(7, dense)));
  EXPECT_FALSE(renames(doc("Dense", 7)));
  EXPECT_FALSE(renames(Value::Object{{"class_name", "Dense"}}));
  EXPECT_FALSE(renames(Value::Object{{"config", dense}}));
  EXPECT_FALSE(renames(doc("Dense", Value::Object{{"units", 3}}))) << "it has no name";
}

// The lists of layers are what changes: not a layer in a slot of its own, nor a list without layers.
TEST(ConfigMutations, OnlyListsThatHaveLayersAreEdited) {
  const Value written = *parse_json(R"({"class_name": "Sequential", "config": {"name": "m", "layers": [
{"class_name": "TimeDistributed", "config": {"name": "t", "layer": {"class_name": "Dense", "config": {"name": "d"}}}},
{"module": "keras.layers", "class_name": "Sequential", "config": {"name": "empty", "layers": []}},
{"class_name": "Sequential", "config": {"name": "inner", "layers": [{"class_name": "ReLU", "config": {"name": "r"}}]}}
]}})",
                                    {}, "written");
  std::set<std::string> places;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Random random(seed);
    Value made = written;
    EXPECT_TRUE(row_called("layers").change(made, random));
    for (const std::string& place : differences(written, made)) places.insert(place);
  }
  EXPECT_TRUE(places.contains("/config/layers"));
  EXPECT_TRUE(places.contains("/config/layers/2/config/layers"));
  EXPECT_FALSE(places.contains("/config/layers/0/config/layer"));
  EXPECT_FALSE(places.contains("/config/layers/1/config/layers"));
}

// A wrapped layer is in a stack as Keras spells it.
TEST(ConfigMutations, WhatIsWrappedReadsAsAStack) {
  const auto* const row = std::ranges::find(config_rows(), std::string_view("layers"), &ConfigRow::name).base();
  std::size_t wrapped = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Random random(seed);
    Value made = document();
    mutate_config(made, random, std::span(row, 1));
    const std::string text = print_json(made);
    if (text.find("\"wrapped\"") == std::string::npos) continue;
    const auto read = model_from_config(made);
    // An InputLayer alone may not stand in there.
    if (!read) continue;
    ++wrapped;
    EXPECT_THAT(text, HasSubstr("\"registered_name\": null"));
  }
  EXPECT_GT(wrapped, 10U);
}

// Two in three are of the version.
TEST(ConfigMutations, MetadataGetsAnotherVersionOrAnyOtherChange) {
  const Value metadata = Value::Object{{"keras_version", "3.9.0"}, {"date_saved", "today"}};
  std::set<std::string> versions;
  expect_each_row_changes<Value>(
      "metadata", metadata_rows(), [](Value&, Random&) { return true; },
      {{"version", 100,
        [&](const Value& a, const Value& b) {
          versions.insert(b.find("keras_version")->as_string());
          return one_difference(a, b) == "/keras_version";
        }},
       {"tree", 80, [](const Value&, const Value&) { return true; }}},
      [&](const ConfigRow& row, Random& random) {
        Value made = metadata;
        mutate_metadata(made, random, std::span(&row, 1));
        return Step<Value>{metadata, made, made != metadata, print_json(made)};
      });
  EXPECT_EQ(versions.size(), 12U);
  expect_rows_come_up(metadata_rows());
  Value none = Value::Object{{"date_saved", "today"}};
  const Value before = none;
  Random random(1);
  EXPECT_FALSE(metadata_rows().front().change(none, random));
  mutate_metadata(none, random, metadata_rows().first(1));
  EXPECT_NE(none, before);
}

// Without a table they draw from their own.
TEST(ConfigMutations, AllRowsTogetherChangeAlmostEveryDocument) {
  std::size_t configs = 0;
  std::size_t metadatas = 0;
  std::set<std::string> different;
  const Value metadata = Value::Object{{"keras_version", "3.9.0"}};
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    Value config = document();
    mutate_config(config, random);
    configs += config != document() ? 1 : 0;
    different.insert(print_json(config));
    Value other = metadata;
    mutate_metadata(other, random);
    metadatas += other != metadata ? 1 : 0;
  }
  EXPECT_GT(configs, 170U);
  EXPECT_GT(different.size(), 120U);
  EXPECT_GT(metadatas, 180U);
}

}  // namespace
}  // namespace revive::fuzz
