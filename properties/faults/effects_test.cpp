// What each fault does to small models made by hand, word by word in effects.txt: which element of which weight
// changes, which key, how many of the outputs. A fault that is broken itself would still be found in random models,
// later and as something else; here it is seen at once. After a change that is meant:
//
//     REVIVE_WRITE_SENTENCES=1 build/release/properties/faults/faults_test --gtest_filter='FaultEffects.*'
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "revive/model/testing/recorded.h"
#include "revive/properties/faults/fault_lists.h"
#include "revive/properties/property.h"
#include "revive/properties/scenario.h"
#include "revive/properties/testing/folder_test.h"
#include "revive/properties/testing/models_made_by_hand.h"
#include "revive/serializer/compare.h"

namespace revive::properties {
namespace {

// Of a weight by bits; of an output with as many digits as every machine agrees on.
std::string text_of(const Tensor& tensor, std::size_t at, bool exact) {
  if (tensor.dtype() != DType::float32) return "?";
  const float value = tensor.data<float>()[at];
  if (!exact) return std::isnan(value) ? "nan" : fmt::format("{:.3g}", value);
  return fmt::format("{:.6g} ({:08x})", value, std::bit_cast<std::uint32_t>(value));
}

// By how much all elements differ, with the digits that every machine agrees on; of roundings there are none.
std::string distance(const Tensor& before, const Tensor& after) {
  if (before.dtype() != DType::float32) return "";
  double sum = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const double moved = std::abs(double{after.data<float>()[i]} - double{before.data<float>()[i]});
    if (std::isfinite(moved)) sum += moved;
  }
  constexpr double kRoundings = 1e-5;
  return sum < kRoundings ? "" : fmt::format(", all by {:.3g}", sum);
}

// "3 of 12, the first at 4: 0.5 (3f000000) became 0 (00000000), all by 1.5"; empty where nothing differs.
std::string difference(const Tensor& before, const Tensor& after, bool exact) {
  if (before.dims() != after.dims() || before.dtype() != after.dtype()) {
    return fmt::format("{} became {}", to_string(before.dims()), to_string(after.dims()));
  }
  const std::size_t width = size_of(before.dtype());
  std::size_t count = 0;
  std::size_t first = 0;
  for (std::size_t i = before.size(); i-- > 0;) {
    if (std::ranges::equal(before.bytes().subspan(i * width, width), after.bytes().subspan(i * width, width))) continue;
    first = i;
    ++count;
  }
  if (count == 0) return "";
  return fmt::format("{} of {}, the first at {}: {} became {}{}", count, before.size(), first,
                     text_of(before, first, exact), text_of(after, first, exact), distance(before, after));
}

std::vector<std::pair<std::string, const Layer*>> all_layers(const Sequential& model) {
  std::vector<std::pair<std::string, const Layer*>> found;
  visit_layers(model.root(), [&](const std::string& path, const Layer& layer) { found.emplace_back(path, &layer); });
  return found;
}

std::string weights_difference(const Sequential& before, const Sequential& after) {
  const auto ours = all_layers(before);
  const auto theirs = all_layers(after);
  if (ours.size() != theirs.size()) return fmt::format(" layers: {} became {};", ours.size(), theirs.size());
  std::string text;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const Layer& layer = *ours[i].second;
    for (std::size_t j = 0; j < std::min(layer.weights().size(), theirs[i].second->weights().size()); ++j) {
      const std::string found = difference(layer.weights()[j], theirs[i].second->weights()[j], true);
      if (!found.empty()) text += fmt::format(" {} {}: {};", ours[i].first, layer.variables()[j].name, found);
    }
  }
  return text;
}

std::string outputs_difference(std::string_view when, const Sequential& before, const Subject& subject,
                               const Loaded& loaded, const Tensor& input) {
  const auto expected = before.predict(input);
  const auto found = subject.predict(loaded, input);
  if (!found) return fmt::format(" {}: {};", when, found.error().text());
  const std::string text = difference(*expected, *found, false);
  return text.empty() ? "" : fmt::format(" {}: {};", when, text);
}

Tensor first_sample(const Tensor& batch) {
  Dims dims = batch.dims();
  dims[0] = 1;
  Tensor sample(batch.dtype(), dims);
  std::ranges::copy(batch.bytes().first(sample.byte_size()), sample.bytes().begin());
  return sample;
}

// A model that is no other's.
const Sequential& another_model() {
  static const Sequential model = models_of("another").front().second.model;
  return model;
}

// All that is different once the subject has saved and loaded the model.
std::string effect(const Subject& subject, const Case& the_case) {
  const auto saved = subject.save(the_case.model, the_case.environment);
  if (!saved) return fmt::format(" saving: {};", saved.error().text());
  auto loaded = subject.load(*saved, {});
  if (!loaded) return fmt::format(" loading: {};", loaded.error().text());
  std::string text;
  if (const auto config = first_config_difference(the_case.model, *loaded->model)) text += ' ' + config->text() + ';';
  text += weights_difference(the_case.model, *loaded->model);
  const std::string outputs = outputs_difference("outputs", the_case.model, subject, *loaded, the_case.input);
  text += outputs;
  if (outputs.empty()) {
    text += outputs_difference("outputs again", the_case.model, subject, *loaded, the_case.input);
    text += outputs_difference("one sample", the_case.model, subject, *loaded, first_sample(the_case.input));
    if (subject.load(*revive_subject().save(another_model(), {}), {})) {
      text += outputs_difference("with another loaded", the_case.model, subject, *loaded, the_case.input);
    }
  }
  for (const std::string_view time : {"second", "third"}) {
    const auto again = subject.save(the_case.model, the_case.environment);
    if (again && *again != *saved) text += fmt::format(" saved a {} time: other bytes;", time);
  }
  return text;
}

// What becomes of the archive when it is damaged: how many of the changed and of the cut archives load, and what is
// said of one that does not.
std::string effect_of_damage(const Subject& subject, const Bytes& archive) {
  constexpr std::size_t kStride = 61;
  std::size_t changed = 0;
  std::size_t cut = 0;
  std::string said;
  for (std::size_t at = 0; at < archive.size(); at += kStride) {
    Bytes damaged = archive;
    damaged[at] ^= std::byte{1};
    changed += subject.load(damaged, {}) ? 1 : 0;
    const auto loaded = subject.load(std::span(archive).first(at), {});
    cut += loaded ? 1 : 0;
    if (!loaded) said = loaded.error().text();
  }
  return fmt::format(" {} changed and {} cut archives load, the last said: {};", changed, cut, said);
}

// "outputs_survive: output[3]": who finds it, and where.
std::string found_by(const Fault& fault, const Case& the_case) {
  const Property* const property = find_property(fault.expected.found_by);
  if (property == nullptr) return "";
  const auto violation = check_case(*property, the_case, fault.subject());
  if (!violation) return "";
  return fmt::format(" {}: {}", property->name, violation->message.substr(0, violation->message.find(": ")));
}

constexpr const char* kFile = "properties/faults/effects.txt";

// What is said of each fault and model that shows it, and nothing of the others.
class Effects {
 public:
  void add(const std::string& name, const std::string& text) {
    if (!text.empty()) {
      said_[name] = text.substr(1);
    } else {
      EXPECT_FALSE(recorded_.contains(name)) << kFile << " has a line of " << name << ", which shows nothing";
    }
  }
  void expect() const { expect_recorded(kFile, said_); }

 private:
  const Recorded recorded_ = read_recorded(kFile);
  Recorded said_;
};

void expect_effects(std::span<const Fault> faults, const NamedCases& models) {
  Effects effects;
  for (const Fault& fault : faults) {
    bool shows = false;
    for (const auto& [name, the_case] : models) {
      const Subject subject = fault.subject();
      std::string text = effect(subject, the_case);
      text += found_by(fault, the_case);
      shows = shows || !text.empty();
      effects.add(fmt::format("{} {}", fault.name, name), text);
    }
    // What only damage shows has a test below.
    EXPECT_TRUE(shows || fault.name == "crc_unchecked") << fault.name << " changes none of these models";
  }
  effects.expect();
}

TEST(FaultEffects, OfCaptures) {
  expect_effects(faults::capture_faults(), models_of("captures"));
}
TEST(FaultEffects, OfNumbers) {
  expect_effects(faults::number_faults(), models_of("numbers"));
}
TEST(FaultEffects, OfWeights) {
  expect_effects(faults::weight_faults(), models_of("weights"));
}
TEST(FaultEffects, OfConfig) {
  expect_effects(faults::config_faults(), models_of("config"));
}
TEST(FaultEffects, OfStructure) {
  expect_effects(faults::structure_faults(), models_of("structure"));
}
TEST(FaultEffects, OfArchives) {
  expect_effects(faults::archive_faults(), models_of("archives"));
}
TEST(FaultEffects, OfEngines) {
  expect_effects(faults::engine_faults(), models_of("engines"));
}
TEST(FaultEffects, OfWrappers) {
  expect_effects(faults::wrapper_faults(), models_of("wrappers"));
}
TEST(FaultEffects, OfImages) {
  expect_effects(faults::image_faults(), models_of("images"));
}

TEST(FaultEffects, OfDamage) {
  Effects effects;
  for (const auto& [name, the_case] : models_of("archives")) {
    const Bytes archive = *revive_subject().save(the_case.model, the_case.environment);
    const std::string right = effect_of_damage(revive_subject(), archive);
    for (const Fault& fault : faults::archive_faults()) {
      const std::string text = effect_of_damage(fault.subject(), archive);
      effects.add(fmt::format("{} damaged {}", fault.name, name), text == right ? "" : text);
    }
  }
  effects.expect();
}

// So that whoever promises less of a fault is seen to.
TEST(FaultEffects, AreFoundAsPromised) {
  Recorded said;
  for (const Fault& fault : all_faults()) {
    const Expectation& promised = fault.expected;
    said[std::string(fault.name)] =
        fmt::format("{} By {} within {} cases, {} layers at most, of {}.", fault.sentence, promised.found_by,
                    promised.cases, promised.layers, promised.classes.empty() ? "any class" : promised.classes);
  }
  expect_recorded(kFile, said);
}

using FaultEffectsOnFiles = FolderTest;

TEST_F(FaultEffectsOnFiles, AreWhatTheScenariosSay) {
  const Sequential model = another_model();
  Effects effects;
  for (const Fault& fault : faults::file_faults()) {
    for (const Scenario& scenario : all_scenarios()) {
      const std::string folder = in_folder(fmt::format("{}-{}", fault.name, scenario.name));
      std::filesystem::create_directories(folder);
      const auto violation = scenario.check({model, fault.subject(), folder});
      EXPECT_TRUE(violation || scenario.name != fault.expected.found_by) << fault.name;
      std::string said = violation ? ' ' + violation->message : "";
      for (std::size_t at = said.find(folder); at != std::string::npos; at = said.find(folder)) {
        said.replace(at, folder.size(), "FOLDER");
      }
      effects.add(fmt::format("{} {}", fault.name, scenario.name), said);
    }
  }
  effects.expect();
}

}  // namespace
}  // namespace revive::properties
