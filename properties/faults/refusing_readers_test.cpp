// What faults that refuse say of archives spelled otherwise, and what they leave of a layer, in effects.txt; after a
// change that is meant:
//
//     REVIVE_WRITE_SENTENCES=1 build/release/properties/faults/faults_test --gtest_filter='RefusingReaders.*'
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "revive/model/config.h"
#include "revive/model/testing/recorded.h"
#include "revive/properties/archive/equivalent_encodings.h"
#include "revive/properties/faults/fault_injectors.h"
#include "revive/properties/faults/fault_lists.h"
#include "revive/properties/testing/models_made_by_hand.h"
#include "revive/serializer/json/json.h"

namespace revive::properties {
namespace {

TEST(RefusingReaders, SayWhatIsRecorded) {
  constexpr std::uint64_t kSeeds = 6;
  const Recorded recorded = read_recorded("properties/faults/effects.txt");
  for (const Fault& fault : faults::archive_faults()) {
    const Subject subject = fault.subject();
    std::string text;
    for (const auto& [name, the_case] : models_of("archives")) {
      const Bytes archive = *revive_subject().save(the_case.model, the_case.environment);
      for (std::size_t way = 0; way < kSpellings.size(); ++way) {
        std::set<std::string> said;
        for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
          Random random(seed);
          const auto spelled = encode_otherwise(archive, static_cast<EquivalentEncoding>(way), random);
          ASSERT_TRUE(spelled);
          const auto loaded = subject.load(*spelled, {});
          said.insert(loaded ? "loads" : fmt::format("({}) {}", name_of(loaded.error().code), loaded.error().text()));
        }
        if (said == std::set<std::string>{"loads"}) continue;
        text += fmt::format("{}{}, {}: ", text.empty() ? "" : " | ", name, kSpellings[way]);
        for (const std::string& each : said) text += each + "; ";
      }
    }
    const std::string name = fmt::format("{} spelled", fault.name);
    EXPECT_EQ(recorded.contains(name) && text.empty(), false) << name << " says nothing";
    if (!text.empty()) expect_recorded("properties/faults/effects.txt", name, text);
  }
}

TEST(SetDefault, TakesEveryKindOfField) {
  Layer layer = make_layer("Conv1D", {{"filters", 7},
                                      {"kernel_size", 3},
                                      {"strides", 2},
                                      {"padding", "same"},
                                      {"activation", "relu"},
                                      {"use_bias", false},
                                      {"groups", 7}})
                    .value();
  const auto value_of = [&](const Layer& of, std::string_view key) {
    return write_field(of.ref(*of.layer_class().field(key)));
  };
  const Layer fresh(layer.layer_class());
  for (const std::string_view key : {"padding", "activation", "use_bias", "groups", "strides"}) {
    EXPECT_NE(value_of(layer, key), value_of(fresh, key)) << key;
    faults::set_default(layer, key);
    EXPECT_EQ(value_of(layer, key), value_of(fresh, key)) << key;
  }
  EXPECT_EQ(value_of(layer, "filters"), Value(7));
  faults::set_default(layer, "no such field");
}

}  // namespace
}  // namespace revive::properties
