// What the row `field` of config_rows() makes of layers that do not come and go: which value it draws for which field,
// and how often it steps aside, is listed in mutants.txt, a line a class.
#include <gtest/gtest.h>

#include "revive/fuzz/mutators/mutate_config.h"
#include "revive/fuzz/mutators/pinned.h"
#include "revive/model/base/random.h"
#include "revive/serializer/json/json.h"

namespace revive::fuzz {
namespace {

TEST(SetField, DrawsForEachKindOfFieldWhatIsListed) {
  const std::pair<const char*, const char*> layers[] = {
      {"Conv1D", R"({"name": "c", "filters": 2, "kernel_size": [3], "strides": [1], "padding": "valid",
                     "dilation_rate": [1], "groups": 1, "activation": "linear", "use_bias": true})"},
      {"Dropout", R"({"name": "d", "rate": 0.5, "seed": null, "noise_shape": null})"},
      {"Lambda", R"({"name": "l", "function": "lambda x: x"})"},
      {"ReLU", R"({"name": "r", "max_value": null, "negative_slope": 0.0, "threshold": 0.0})"},
      {"ZeroPadding2D", R"({"name": "z", "padding": [[1, 1], [2, 0]], "data_format": "channels_last"})"}};
  for (const auto& [name, config] : layers) {
    const Value entry = Value::Object{{"class_name", name}, {"config", parse_json(config, {}, "").value()}};
    std::string made;
    std::size_t changed = 0;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      Random random(seed);
      Value document = entry;
      ASSERT_EQ(config_rows().front().name, "field");
      config_rows().front().change(document, random);
      changed += document != entry ? 1 : 0;
      made += print_json(document) + '\n';
    }
    EXPECT_GT(changed, 100U) << name;
    expect_pinned("config.field_of_" + std::string(name), made);
  }
}

}  // namespace
}  // namespace revive::fuzz
