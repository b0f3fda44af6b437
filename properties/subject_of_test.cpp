#include "revive/properties/subject_of.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "revive/properties/generate/generate.h"
#include "revive/properties/property.h"
#include "revive/properties/shrink/property_run.h"
#include "revive/serializer/keras_archive.h"

namespace revive::properties {
namespace {

Case small_case() {
  Choices choices = Choices::replay(std::vector<std::uint64_t>{});
  return *generate_case(choices);
}

// Static members, no environment, Results.
struct Plain {
  static constexpr bool kKerasArchives = true;
  static Result<Bytes> save(const Sequential& model) { return revive_subject().save(model, {}); }
  static Result<Sequential> load(std::span<const std::byte> archive) { return load_bytes(archive); }
};

TEST(SubjectOf, ATypeThatSavesAndLoadsIsASubjectThatPredicts) {
  const Subject subject = subject_of(Plain(), "plain");
  EXPECT_EQ(subject.name, "plain");
  EXPECT_TRUE(subject.keras_archives && subject.describes && subject.foreign);
  for (const Property& property : all_properties()) {
    if (!applies(property, subject)) continue;
    const auto report = run_property(property, subject, {.seed = 5, .cases = 20});
    EXPECT_FALSE(report.counterexample) << property.name << ": " << report.counterexample->violation.message;
  }
}

struct Silent : Plain {
  static Result<Tensor> predict(const Sequential& model, const Tensor& input) { return model.predict(input); }
};
struct Bold : Silent {
  static constexpr bool kConcurrent = true;
};

TEST(SubjectOf, ATypeIsCalledFromSeveralThreadsOnlyWhereItSaysThatItMayBe) {
  EXPECT_TRUE(subject_of(Plain(), "revive predicts").concurrent);
  EXPECT_FALSE(subject_of(Silent(), "silent").concurrent);
  EXPECT_TRUE(subject_of(Bold(), "bold").concurrent);
}

// An inference engine: loads into something of its own, and predicts; throws.
struct Engine {
  static constexpr double kTolerance = 0.5;
  struct Network {
    Sequential model;
    float offset;
  };
  float offset = 0;

  Network load(std::span<const std::byte> archive) const {
    auto model = load_bytes(archive);
    if (!model) throw std::runtime_error("no network in there");
    return {std::move(*model), offset};
  }
  static Tensor predict(const Network& network, const Tensor& input) {
    Tensor output = *network.model.predict(input);
    for (float& value : output.data<float>()) value += network.offset;
    return output;
  }
};

TEST(SubjectOf, AnEngineLoadsWhatReviveSavesAndIsComparedByItsOutputs) {
  const Case made = small_case();
  const Property& outputs = *find_property("outputs_survive");
  const Subject near = subject_of(Engine{.offset = 0.25F}, "near");
  EXPECT_FALSE(near.save);
  EXPECT_TRUE(near.keras_archives);
  EXPECT_FALSE(near.describes);
  EXPECT_FALSE(applies(*find_property("weights_survive"), near));
  // One that only says whether an archive loads cannot tell a wrong model from the right one.
  Subject mute = revive_subject();
  mute.describes = false;
  mute.predict = nullptr;
  EXPECT_FALSE(applies(*find_property("no_silent_corruption"), mute));
  EXPECT_FALSE(check_case(outputs, made, near));
  EXPECT_TRUE(check_case(outputs, made, subject_of(Engine{.offset = 8.0F}, "far")));
}

TEST(SubjectOf, AnExceptionIsARefusal) {
  const Subject subject = subject_of(Engine(), "engine");
  const auto loaded = subject.load({}, {});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::subject_refused);
  EXPECT_EQ(loaded.error().text(), "it threw: no network in there");
}

// Keeps what the environment gave it, as a serializer by name would.
struct Peeking {
  static Bytes save(const Sequential&, const Environment& environment) { return Bytes(environment.size()); }
  static std::size_t load(std::span<const std::byte> archive, const Environment& environment) {
    return 10 * archive.size() + environment.size();
  }
};

TEST(SubjectOf, TheEnvironmentIsHandedToThoseWhoAskForIt) {
  const Subject subject = subject_of(Peeking(), "peeking");
  const auto archive = subject.save(small_case().model, {{"a", Value(1)}, {"b", Value(2)}});
  ASSERT_TRUE(archive);
  const auto loaded = subject.load(*archive, {{"a", Value(1)}});
  ASSERT_TRUE(loaded);
  EXPECT_EQ(*static_cast<const std::size_t*>(loaded->handle.get()), 21U);
  EXPECT_FALSE(subject.predict);
}

struct Some {
  static constexpr std::string_view kLayers[] = {"Dense", "Flatten"};
  static std::size_t load(std::span<const std::byte>) { throw Unsupported("the layer Conv1D"); }
};

TEST(SubjectOf, WhatItDoesNotKnowIsNoRefusal) {
  const Subject subject = subject_of(Some(), "some");
  EXPECT_EQ(subject.layers, (std::vector<std::string>{"Dense", "Flatten"}));
  const auto loaded = subject.load({}, {});
  ASSERT_FALSE(loaded);
  EXPECT_TRUE(is_unsupported(loaded.error()));
  EXPECT_FALSE(subject_of(Peeking(), "all").layers);
}

}  // namespace
}  // namespace revive::properties
