// What each property asks of a subject about small models made by hand, in asked.txt: how often it saves, loads and
// runs, and a digest of what. A property that asks for less would hold, and be quicker. After a change that is meant:
//
//     REVIVE_WRITE_SENTENCES=1 build/release/properties/properties_test --gtest_filter='Asked.*'
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <mutex>

#include "revive/model/registry.h"
#include "revive/model/testing/recorded.h"
#include "revive/properties/generate/generate.h"
#include "revive/properties/property.h"
#include "revive/properties/testing/models_made_by_hand.h"
#include "revive/serializer/compare.h"
#include "revive/serializer/io/digest.h"

namespace revive::properties {
namespace {

// What a subject was asked. Some properties ask from several threads, so that the order does not count.
struct Asked {
  std::mutex mutex;
  int saves = 0;
  int loads = 0;
  int refused = 0;
  int runs = 0;
  std::uint64_t sum = 0;

  std::string text() const {
    return fmt::format("saves {}, loads {} ({} refused), runs {}; {:015x}", saves, loads, refused, runs,
                       sum & 0xFFF'FFFF'FFFF'FFFF);
  }

  void add(int& count, std::string_view what) {
    const std::lock_guard lock(mutex);
    ++count;
    sum += std::stoull(sha256_hex(what).substr(0, 15), nullptr, 16);
  }
};

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Subject noting(const std::shared_ptr<Asked>& asked) {
  Subject subject = revive_subject();
  subject.save = [=, save = subject.save](const Sequential& model, const Environment& environment) {
    asked->add(asked->saves, digest(model));
    return save(model, environment);
  };
  subject.load = [=, load = subject.load](std::span<const std::byte> archive, const Environment& environment) {
    asked->add(asked->loads, text_of(archive));
    auto loaded = load(archive, environment);
    if (!loaded) asked->add(asked->refused, loaded.error().text());
    return loaded;
  };
  subject.predict = [=, predict = subject.predict](const Loaded& loaded, const Tensor& input) {
    asked->add(asked->runs, text_of(input.bytes()));
    return predict(loaded, input);
  };
  return subject;
}

// What the property asks about all of these cases, of which it has to hold.
void expect_asked(const Property& property, const std::string& name, const std::vector<Case>& cases) {
  const auto asked = std::make_shared<Asked>();
  const Subject subject = noting(asked);
  if (!applies(property, subject)) return;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto violation = check_case(property, cases[i], subject);
    EXPECT_FALSE(violation) << property.name << ' ' << name << ", case " << i << ": " << violation->message;
  }
  expect_recorded("properties/checks/asked.txt", fmt::format("{} {}", property.name, name), asked->text());
}

TEST(Asked, OfSmallModelsAsRecorded) {
  NamedCases cases;
  for (const std::string_view theme : {"archives", "structure"}) {
    for (auto& each : models_of(theme)) cases.push_back(std::move(each));
  }
  for (const Property& property : all_properties()) {
    for (const auto& [name, the_case] : cases) {
      expect_asked(property, name, {the_case});
    }
  }
}

// What a property draws follows from the case: of a small model with many inputs, all that it may draw comes up.
TEST(Asked, OfOneModelWithManyInputsAsRecorded) {
  constexpr std::size_t kInputs = 150;
  for (const auto& [name, the_case] : models_of("archives")) {
    ASSERT_EQ(the_case.input.dtype(), DType::float32) << name;
    std::vector<Case> cases(kInputs, the_case);
    for (std::size_t i = 0; i < kInputs; ++i) cases[i].input.data<float>().front() = static_cast<float>(i);
    for (const Property& property : all_properties()) expect_asked(property, name + ", many inputs", cases);
  }
}

// Names, places and orders that only a stack of many layers comes to.
TEST(Asked, OfATallModelAsRecorded) {
  constexpr int kLayers = 70;
  constexpr int kInputs = 20;
  std::vector<Layer> layers = {*make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 2}}})};
  for (int i = 0; i < kLayers; i += 2) {
    layers.push_back(*make_layer("Dropout", {{"rate", 0.5}}));
    layers.push_back(*make_layer("ReLU", {}));
  }
  const Sequential model = *Sequential::make("tall", std::move(layers));
  std::vector<Case> cases;
  for (int i = 0; i < kInputs; ++i)
    cases.push_back({model, Tensor::from<float>({1, 2}, {static_cast<float>(i), 1}), {}});
  for (const Property& property : all_properties()) expect_asked(property, "tall", cases);
}

// Drawn models come in more kinds; of these classes alone, as each new one changes what is drawn.
TEST(Asked, OfDrawnModelsAsRecorded) {
  constexpr std::uint64_t kSeeds = 16;
  std::vector<const LayerClass*> only;
  for (const std::string_view name : {"Dense", "Embedding", "BatchNormalization", "Flatten", "Sequential", "Dropout",
                                      "Conv1D", "Masking", "SimpleRNN"}) {
    only.push_back(find_layer_class(name));
  }
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Choices choices = Choices::random(seed, static_cast<int>(seed * 6) + 1);
    const auto made = generate_case(choices, {.most_layers = 6, .only = only});
    ASSERT_TRUE(made) << made.error().text();
    // Large batches take long, and ask for nothing else.
    if (made->input.size() > 1000) continue;
    for (const Property& property : all_properties()) {
      expect_asked(property, fmt::format("drawn {:02}", seed), {*made});
    }
  }
}

}  // namespace
}  // namespace revive::properties
