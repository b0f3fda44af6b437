#include "revive/fuzz/seeds/seeds.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "revive/fuzz/mutators/mutate_model.h"
#include "revive/model/graph/op.h"
#include "revive/model/registry.h"
#include "revive/properties/choices/recording.h"
#include "revive/properties/generate/generate.h"
#include "revive/serializer/keras/config_codec.h"

namespace revive::fuzz {
namespace {

using properties::Choices;

constexpr std::array<std::string_view, 8> kKerasSeeds = {"stack_compiled",         "stack_text",
                                                         "mask_lost_in_conv",      "int32_passes_through",
                                                         "special_inputs",         "lambda_twice_the_same_text",
                                                         "lambda_captured_arrays", "gru_masked_backwards"};

constexpr int kSmall = 40;
constexpr std::size_t kLeastLayers = 5;
constexpr std::size_t kMostLayers = 7;
constexpr std::size_t kMostBytes = 22 << 10;
// Tries until a class that nothing has yet is insisted on no longer.
constexpr std::uint64_t kPatience = 200;

using ClassNames = std::set<std::string, std::less<>>;

ClassNames classes_of(const Sequential& model) {
  ClassNames names;
  visit_layers(model.root(), [&](const std::string&, const Layer& layer) { names.insert(layer.layer_class().name); });
  return names;
}

void add_spellings(const LayerClass& layer_class, std::set<std::string>& words) {
  const auto config = layer_class.create();
  words.insert(layer_class.name);
  words.insert(layer_class.module);
  for (const ChildSlot& slot : layer_class.slots) words.insert({slot.key, std::string(slot.group())});
  for (const Field& field : layer_class.fields) {
    words.insert(field.name);
    for (const LegacyKey& spelling : field.legacy_keys) words.insert(std::string(spelling.key));
    const FieldRef ref = field.ref(config.get());
    const auto* spelled = std::get_if<EnumRef>(&ref);
    if (spelled == nullptr) continue;
    for (const std::string_view name : spelled->names->names) words.insert(std::string(name));
    for (const EnumNames::Alias& alias : spelled->names->aliases) words.insert(std::string(alias.spelling));
  }
  for (const FixedKey& fixed : layer_class.fixed) words.insert(std::string(fixed.key));
  for (const std::string_view key : layer_class.training_only) words.insert(std::string(key));
}

void add_keys(const Value& value, std::set<std::string>& words) {
  if (value.is_array()) {
    for (const Value& item : value.as_array()) add_keys(item, words);
  } else if (value.is_object()) {
    for (const auto& [key, member] : value.as_object()) {
      words.insert(key);
      add_keys(member, words);
    }
  }
}

}  // namespace

std::span<const std::string_view> keras_seed_names() {
  return kKerasSeeds;
}

bool SeedChoice::takes(const Sequential& model) {
  const std::size_t layers = properties::count_layers(model);
  if (layers < kLeastLayers || layers > kMostLayers) return false;
  const ClassNames names = classes_of(model);
  const auto added = std::ranges::count_if(names, [&](const std::string& name) { return !seen_.contains(name); });
  constexpr std::ptrdiff_t kAskedForAtFirst = 2;
  if (added < kAskedForAtFirst && waited_++ < kPatience) return false;
  const auto archive = archive_of(model);
  if (!archive || archive->size() > kMostBytes) return false;
  waited_ = 0;
  seen_.insert(names.begin(), names.end());
  return true;
}

std::vector<GeneratedSeed> generated_seeds() {
  std::vector<GeneratedSeed> seeds;
  SeedChoice choice;
  for (std::uint64_t seed = 1; seeds.size() < kKerasSeeds.size(); ++seed) {
    Choices choices = Choices::random(seed, kSmall);
    auto drawn = properties::generate_case(choices);
    if (drawn && choice.takes(drawn->model)) seeds.push_back({seed, std::move(drawn->model)});
  }
  return seeds;
}

std::vector<std::vector<std::uint8_t>> choice_seeds() {
  std::vector<std::vector<std::uint8_t>> seeds{properties::to_fuzz_bytes({})};
  for (const GeneratedSeed& generated : generated_seeds()) {
    Choices choices = Choices::random(generated.seed, kSmall);
    static_cast<void>(properties::generate_case(choices));
    seeds.push_back(properties::to_fuzz_bytes(choices.recording().values()));
  }
  return seeds;
}

std::string declared_dictionary() {
  std::set<std::string> words;
  for (const LayerClass* layer_class : layer_classes()) add_spellings(*layer_class, words);
  for (const OpClass* op : all_ops()) {
    words.insert({std::string(op->module), std::string(op->class_name), std::string(op->function)});
    for (const std::string_view parameter : op->parameters) words.insert(std::string(parameter));
    for (const OpSetting& setting : op->settings) words.insert(std::string(setting.name));
  }
  // The keys around them are the config codec's, so they are taken from what it writes.
  for (const GeneratedSeed& generated : generated_seeds()) add_keys(*model_to_config(generated.model), words);
  words.erase("");
  std::string lines;
  for (const std::string& word : words) lines += fmt::format("\"\\\"{}\\\"\"\n", word);
  return lines;
}

}  // namespace revive::fuzz
