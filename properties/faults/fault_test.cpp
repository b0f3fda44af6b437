// Faults are told apart by what they break alone: what they are made of breaks nothing by itself.
#include "revive/properties/faults/fault.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "revive/properties/faults/detection.h"
#include "revive/properties/faults/fault_injectors.h"
#include "revive/properties/faults/subjects.h"
#include "revive/serializer/keras_archive.h"

namespace revive::properties {
namespace {

TEST(Fault, HasANameOfItsOwnAndASentence) {
  std::set<std::string_view> names;
  for (const Fault& fault : all_faults()) {
    EXPECT_TRUE(names.insert(fault.name).second) << fault.name;
    EXPECT_TRUE(fault.sentence.ends_with('.')) << fault.name;
    EXPECT_EQ(find_fault(fault.name), &fault);
    EXPECT_EQ(find_subject(fault.name)->name, fault.name);
  }
  EXPECT_GE(names.size(), 60u);
  EXPECT_EQ(find_fault("revive"), nullptr);
}

TEST(Spoil, BreaksNothingOfItsOwn) {
  const auto nothing = [](Sequential&, const Environment&) -> Status { return {}; };
  const Subject subjects[] = {
      faults::saves_model(nothing),
      faults::loads_model(nothing),
      faults::runs_model(nothing),
      faults::loads_model(faults::each_layer([](Layer&) {})),
      faults::loads_model(faults::each_weight([](float weight) { return weight; })),
      faults::writes_config([](Value&) {}),
      faults::writes_layer_config("", [](Value::Object&) {}),
      faults::writes_reals([](double real) { return Value(real); }),
      faults::writes_weights([](hdf5::Group&) {}),
  };
  for (std::size_t i = 0; i < std::size(subjects); ++i) {
    for (const Property& property : all_properties()) {
      if (!applies(property, subjects[i])) continue;
      const auto report = run_property(property, subjects[i], {.seed = 5, .cases = 15});
      EXPECT_FALSE(report.counterexample)
          << "subject " << i << ", " << property.name << ": " << report.counterexample->violation.message;
    }
  }
}

// A subject that loads nothing from the n-th call on.
Subject fails_from(int first_wrong) {
  Subject subject = revive_subject();
  subject.load = [load = subject.load, first_wrong, calls = std::make_shared<int>(0)](
                     std::span<const std::byte> archive, const Environment& environment) {
    return ++*calls < first_wrong ? load(archive, environment)
                                  : Result<Loaded>(fail(ErrorCode::archive_not_zip, "", "never again"));
  };
  return subject;
}

TEST(Detection, GivesEachPropertyOneCaseFirst) {
  constexpr int kSecondCase = 2;
  const Detection found = detect(fails_from(kSecondCase), 1);
  ASSERT_NE(found.property, nullptr);
  EXPECT_TRUE(found.at_first_sight);
  EXPECT_EQ(found.property, &all_properties()[1]);
  EXPECT_EQ(found.cases, 2u);
  EXPECT_EQ(found.own_cases, 1u);
  EXPECT_LE(count_layers(found.counterexample->minimal.model), 1u);
}

// What only one class shows, which stands in none of the first cases.
TEST(Detection, CountsTheCasesOfAllPropertiesUntilTheFirstFailure) {
  Subject subject = revive_subject();
  subject.load = [load = subject.load](std::span<const std::byte> archive, const Environment& environment) {
    const auto model = load_bytes(archive, {});
    bool is_there = false;
    if (model) {
      visit_layers(model->root(), [&](const std::string&, const Layer& layer) {
        is_there = is_there || layer.layer_class().name == "LeakyReLU";
      });
    }
    return is_there ? Result<Loaded>(fail(ErrorCode::archive_not_zip, "", "leaks")) : load(archive, environment);
  };
  const Detection found = detect(subject, 1);
  ASSERT_NE(found.property, nullptr);
  EXPECT_FALSE(found.at_first_sight);
  EXPECT_EQ(found.property, &all_properties()[0]);
  const auto applying = static_cast<std::uint64_t>(
      std::ranges::count_if(all_properties(), [&](const Property& property) { return applies(property, subject); }));
  EXPECT_EQ(found.cases, applying + found.own_cases);
  EXPECT_GT(found.own_cases, 1u);
  EXPECT_EQ(found.layers, 1u);
}

// The classes of what is saved, where cases are of these alone.
std::set<std::string> classes_saved(std::string_view classes) {
  std::set<std::string> seen;
  Subject subject = fails_from(0);
  subject.save = [&seen, save = subject.save](const Sequential& model, const Environment& environment) {
    visit_layers(model.root(), [&](const std::string&, const Layer& layer) { seen.insert(layer.layer_class().name); });
    return save(model, environment);
  };
  EXPECT_TRUE(detect(subject, 1, "", classes).at_first_sight) << classes;
  return seen;
}

TEST(Detection, AsksForTheseClassesAlone) {
  using Names = std::set<std::string>;
  EXPECT_EQ(classes_saved("ReLU"), (Names{"InputLayer", "ReLU", "Sequential"}));
  EXPECT_EQ(classes_saved("ReLU,Flatten"), (Names{"Flatten", "InputLayer", "ReLU", "Sequential"}));
  EXPECT_EQ(classes_saved("NoClass,ReLU,,Flatten,"), (Names{"Flatten", "InputLayer", "ReLU", "Sequential"}));
  EXPECT_GT(classes_saved("").size(), 3U);
}

TEST(Detection, FindsNothingWrongWithOurOwn) {
  const Detection found = detect(revive_subject(), 1);
  EXPECT_EQ(found.property, nullptr);
  EXPECT_FALSE(found.counterexample);
}

}  // namespace
}  // namespace revive::properties
