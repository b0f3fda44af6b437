// Other spellings say the same, and readers that know one spelling alone are found out.
#include "revive/properties/archive/equivalent_encodings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <set>

#include "revive/model/config.h"
#include "revive/model/registry.h"
#include "revive/properties/archive/archive_parts.h"
#include "revive/properties/testing/broken.h"
#include "revive/serializer/compare.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/zip/archive.h"

namespace revive::properties {
namespace {

using testing::expect_found;

// Whatever JSON can hold and spell in more than one way.
Value many_values() {
  using Real = std::numeric_limits<double>;
  return Value::Object{
      {"ints", Value::Array{0, 1, -7, INT64_MAX, INT64_MIN}},
      {"reals", Value::Array{0.0, -0.0, 0.1, -1e-5, 1e22, 123456789.125, Real::max(), Real::denorm_min(), Real::min()}},
      {"others", Value::Array{Real::quiet_NaN(), Real::infinity(), -Real::infinity(), true, false, nullptr}},
      {"a/\"\\\b\f\n\r\t\u00E9\U0001F98A", Value::Array{"\x01\x1F\x7F", "\u2028", "NaN", "", "/", "\uFFFF"}},
      {"empty", Value::Array{Value::Array{}, Value::Object{}}}};
}

TEST(EquivalentEncoding, OfJsonTextGivesTheSameValue) {
  const Value value = many_values();
  const std::string usual = print_json(value);
  for (const EquivalentEncoding spelling :
       {EquivalentEncoding::white_space, EquivalentEncoding::escapes, EquivalentEncoding::numbers}) {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      Random random(seed);
      const std::string text = print_json_otherwise(value, spelling, random);
      EXPECT_NE(text, usual) << kSpellings[static_cast<std::size_t>(spelling)];
      const auto read = parse_json(text, {}, "text");
      ASSERT_TRUE(read) << read.error().text() << "\n" << text;
      const auto difference = first_difference(value, *read, "");
      ASSERT_FALSE(difference) << difference->text() << "\n" << text;
    }
  }
}

TEST(EquivalentEncoding, LeavesOutWhatHoldsItsDefaultAndNothingElse) {
  const auto input = make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 3}}});
  const auto dense = make_layer("Dense", {{"units", 2}, {"use_bias", false}});
  auto model = Sequential::make("m", {*input, *dense});
  ASSERT_TRUE(model) << model.error().text();
  model->initialize(1);
  const auto archive = revive_subject().save(*model, {});
  ASSERT_TRUE(archive) << archive.error().text();
  std::string left;
  // Each key is left out three times of four; after so many seeds every one that can be was.
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Random random(seed);
    const auto spelled = encode_otherwise(*archive, EquivalentEncoding::defaults, random);
    ASSERT_TRUE(spelled) << spelled.error().text();
    const auto parts = open_archive(*spelled, {});
    const auto config = read_json_part(*parts, kConfigMember, {});
    std::string keys;
    for (const auto& [key, value] : config->find("config")->find("layers")->as_array()[1].find("config")->as_object()) {
      keys += key + " ";
    }
    if (left.empty() || keys.size() < left.size()) left = keys;
  }
  EXPECT_EQ(left, "name units use_bias ");
}

// Of every class: a key that is required stays whatever it holds, and what no config of the class has stays, too.
TEST(EquivalentEncoding, LeavesOutDefaultsOfEveryClass) {
  for (const LayerClass* const layer_class : layer_classes()) {
    Value::Object config = {{"name", "n"}, {"trainable", true}, {"dtype", "float32"}, {"nobodys", true}};
    std::set<std::string> stays = {"name", "nobodys"};
    if (!layer_class->has_policy) stays.insert("dtype");
    if (!layer_class->has_policy || !layer_class->has_trainable) stays.insert("trainable");
    const Layer fresh(*layer_class);
    for (const Field& field : layer_class->fields) {
      if (std::holds_alternative<LambdaFunction*>(fresh.ref(field))) continue;
      std::erase_if(config, [&](const Value::Member& each) { return each.first == field.name; });
      config.emplace_back(field.name, write_field(fresh.ref(field)));
      stays.erase(field.name);
      if (field.required) stays.insert(field.name);
    }
    const auto seen = [&](int seeds) {
      std::set<std::string> always;
      for (const auto& [key, value] : config) always.insert(key);
      for (int seed = 0; seed < seeds; ++seed) {
        Random random(static_cast<std::uint64_t>(seed));
        const Value entry = Value::Object{{"class_name", layer_class->name}, {"config", config}};
        const ArchiveParts parts{{{std::string(kMetadataMember), "{}", false},
                                  {std::string(kConfigMember), print_json(entry), false},
                                  {std::string(kWeightsMember), "-", false}}};
        const std::string sealed = repack_archive(parts);
        const auto spelled = encode_otherwise(std::as_bytes(std::span(sealed)), EquivalentEncoding::defaults, random);
        const auto read = read_json_part(*open_archive(spelled.value(), {}), kConfigMember, {});
        std::erase_if(always, [&](const std::string& key) { return read->find("config")->find(key) == nullptr; });
      }
      return always;
    };
    EXPECT_EQ(seen(8), stays) << layer_class->name;
  }
}

// A reader that takes archives of one spelling alone.
struct Narrow {
  EquivalentEncoding spelling;
  bool (*takes)(const ArchiveParts& parts);
};
const std::string& config_of(const ArchiveParts& parts) {
  return parts.find(kConfigMember)->bytes;
}

class NarrowReaders : public ::testing::TestWithParam<Narrow> {};

TEST_P(NarrowReaders, AreFound) {
  Subject subject = revive_subject();
  subject.load = [load = subject.load, takes = GetParam().takes](std::span<const std::byte> archive,
                                                                 const Environment& environment) -> Result<Loaded> {
    if (!takes(*open_archive(archive, {}))) return fail(ErrorCode::json_syntax, "", "expected the usual spelling");
    return load(archive, environment);
  };
  expect_found("spelling_does_not_matter", subject, kSpellings[static_cast<std::size_t>(GetParam().spelling)]);
}

INSTANTIATE_TEST_SUITE_P(
    All, NarrowReaders,
    ::testing::Values(
        Narrow{EquivalentEncoding::key_order,
               [](const ArchiveParts& parts) {
                 return read_json_part(parts, kConfigMember, {})->as_object().front().first == "module";
               }},
        Narrow{EquivalentEncoding::defaults,
               // Read and printed again, because an escape hides the word.
               [](const ArchiveParts& parts) {
                 return print_json(*read_json_part(parts, kConfigMember, {})).contains("\"dtype\"");
               }},
        Narrow{EquivalentEncoding::white_space,
               [](const ArchiveParts& parts) { return !config_of(parts).contains('\t'); }},
        Narrow{EquivalentEncoding::escapes,
               [](const ArchiveParts& parts) { return !config_of(parts).contains("\\u006"); }},
        Narrow{EquivalentEncoding::numbers,
               [](const ArchiveParts& parts) {
                 return !config_of(parts).contains("E+") && !config_of(parts).contains(" -0,") &&
                        !config_of(parts).contains(" -0]");
               }},
        Narrow{EquivalentEncoding::member_order,
               [](const ArchiveParts& parts) { return parts.parts.front().name == kMetadataMember; }},
        Narrow{EquivalentEncoding::deflated, [](const ArchiveParts& parts) { return !parts.parts.front().deflated; }},
        Narrow{EquivalentEncoding::assets, [](const ArchiveParts& parts) { return parts.parts.size() == 3; }}),
    [](const auto& each) { return std::to_string(static_cast<int>(each.param.spelling)); });

TEST(SpellingDoesNotMatter, FindsAReaderThatTakesAnotherDefault) {
  Subject subject = revive_subject();
  subject.load = [load = subject.load](std::span<const std::byte> archive,
                                       const Environment& environment) -> Result<Loaded> {
    auto loaded = load(archive, environment);
    if (!loaded || config_of(*open_archive(archive, {})).contains("\"trainable\": true")) return loaded;
    visit_layers(loaded->model->root(), [](const std::string&, Layer& layer) { layer.set_trainable(false); });
    return loaded;
  };
  expect_found("spelling_does_not_matter", subject, "/trainable: true before, false after");
}

// What is for training alone, and assets, may come back otherwise from an archive spelled otherwise.
TEST(SpellingDoesNotMatter, LooksAtWhatInferenceNeedsAlone) {
  auto model = Sequential::make("m", {*make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 3}}}),
                                      *make_layer("Dense", {{"units", 2}})})
                   .value();
  model.initialize(1);
  model.set_compile_config(Value::Object{{"loss", "mse"}});
  model.set_training_tensors({{"optimizer/vars/0", Tensor(DType::float32, {2})}});
  model.set_assets({{"assets/words.txt", {std::byte{'a'}}}});
  model.layers()[1].training_only().emplace_back("kernel_regularizer", Value());
  const Case the_case{model, Tensor(DType::float32, {2, 3}), {}};
  const Bytes own = *revive_subject().save(model, {});
  using Lose = void (*)(Sequential& loaded);
  constexpr Lose kLosses[] = {
      [](Sequential& loaded) { loaded.set_compile_config({}); },
      [](Sequential& loaded) { loaded.set_training_tensors({}); },
      [](Sequential& loaded) { loaded.set_assets({}); },
      [](Sequential& loaded) { loaded.layers()[1].training_only().clear(); },
  };
  const auto loses = [&](Lose lose) {
    Subject subject = revive_subject();
    subject.load = [&, lose, load = subject.load](std::span<const std::byte> archive,
                                                  const Environment& environment) -> Result<Loaded> {
      auto loaded = load(archive, environment);
      if (loaded && !std::ranges::equal(archive, own)) lose(*loaded->model);
      return loaded;
    };
    return subject;
  };
  for (std::size_t i = 0; i < std::size(kLosses); ++i) {
    const auto found = check_case(*find_property("spelling_does_not_matter"), the_case, loses(kLosses[i]));
    EXPECT_FALSE(found) << i << ": " << found->message;
  }
  EXPECT_TRUE(check_case(*find_property("spelling_does_not_matter"), the_case,
                         loses([](Sequential& loaded) { loaded.layers()[1].set_trainable(false); })));
}

}  // namespace
}  // namespace revive::properties
