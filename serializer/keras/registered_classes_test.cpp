// A class that the user registered: by which names an archive may call it, and what is written and said of it.
#include <gtest/gtest.h>

#include "revive/model/layers/identity_layer.h"
#include "revive/model/registry.h"
#include "revive/serializer/compare.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/keras/outline.h"
#include "revive/serializer/keras/testing.h"
#include "revive/serializer/keras_archive.h"

namespace revive {
namespace {

struct Own : IdentityLayer {
  std::int64_t level = 1;
};

bool is_registered() {
  static const bool registered =
      register_layer_class(
          declare_identity<Own>("serializer>Own").module("my_module").field("level", &Own::level).layer())
          .has_value();
  return registered;
}

constexpr std::string_view kDocument = R"({"module": "keras", "class_name": "Sequential", "config": {"name": "m",
  "layers": [{"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 2], "name": "i"}},
  {"module": "my_module", "class_name": "Own", "config": {"name": "o"}, "registered_name": "serializer>Own"}]}})";

TEST(RegisteredClasses, AreKnownByTheNameThatTheyWereRegisteredUnder) {
  ASSERT_TRUE(is_registered());
  constexpr std::string_view kEntry = "/config/layers/1";
  const auto said = [&](std::string_view key, std::string_view json) {
    return testing::outcome(testing::patched(kDocument, std::string(kEntry) + std::string(key), json));
  };
  EXPECT_EQ(said("/config/name", R"("o")"), "i o");
  // Keras goes by the registered name alone.
  EXPECT_EQ(said("/module", R"("elsewhere")"), "i o");
  EXPECT_EQ(said("/module", "null"), "i o");
  EXPECT_EQ(said("/class_name", R"("Dense")"), "i o");
  EXPECT_EQ(said("/registered_name", R"("serializer>Other")"),
            "config.json: /config/layers/1/registered_name: no layer class 'serializer>Other' is registered");
  const std::string by = "config.json: /config/layers/1/class_name: no layer class '";
  for (const std::string_view none : {"null", R"("")", R"("Own")", ""}) {
    EXPECT_EQ(said("/registered_name", none), by + "Own' is known") << none;
  }
  // A class name is none, whatever it looks like.
  const std::string unregistered =
      print_json(testing::patched(kDocument, std::string(kEntry) + "/registered_name", "null"));
  EXPECT_EQ(
      testing::outcome(testing::patched(unregistered, std::string(kEntry) + "/class_name", R"("serializer>Own")")),
      by + "serializer>Own' is known");
}

TEST(RegisteredClasses, AreWrittenUnderBothNamesAndReported) {
  ASSERT_TRUE(is_registered());
  const auto model =
      Sequential::make("m", {*make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 2}}, {"name", "i"}}),
                             *make_layer("serializer>Own", {{"level", 7}, {"name", "o"}})});
  ASSERT_TRUE(model) << model.error().text();
  const auto config = model_to_config(*model, {});
  ASSERT_TRUE(config) << config.error().text();
  const Value& entry = config->find("config")->find("layers")->as_array()[1];
  EXPECT_EQ(*entry.find("module"), Value("my_module"));
  EXPECT_EQ(*entry.find("class_name"), Value("Own"));
  EXPECT_EQ(*entry.find("registered_name"), Value("serializer>Own"));
  EXPECT_EQ(*entry.find("config")->find("level"), Value(7));
  const auto layers = outline_of(*config);
  ASSERT_EQ(layers.size(), 2U);
  EXPECT_EQ(layers[1].class_name, "serializer>Own");
  EXPECT_TRUE(layers[1].known);

  const std::string path = ::testing::TempDir() + "/revive_registered.keras";
  const auto report = save(*model, path);
  const auto loaded = load(path);
  std::remove(path.c_str());
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_EQ(report->registered, std::vector<std::string>{"/layers/1 (serializer>Own 'o')"});
  ASSERT_TRUE(loaded) << loaded.error().text();
  EXPECT_EQ(first_difference(*model, *loaded), std::nullopt);
}

}  // namespace
}  // namespace revive
