// The properties hold for revive's own serializer and fail for subjects that are broken on purpose.
#include "revive/properties/property.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "revive/model/testing/recorded.h"
#include "revive/properties/database/case_file.h"
#include "revive/properties/faults/detection.h"
#include "revive/properties/faults/subjects.h"
#include "revive/properties/shrink/property_run.h"

namespace revive::properties {
namespace {

TEST(Properties, HoldForOurOwnSerializer) {
  for (const Property& property : all_properties()) {
    if (!applies(property, revive_subject())) continue;
    const PropertyReport report = run_property(property, revive_subject(), {.seed = 7, .cases = 300});
    EXPECT_TRUE(report.held()) << property.name << ": "
                               << (report.counterexample ? report.counterexample->violation.message : *report.trouble);
  }
}

// What each says and needs, in properties.txt: why it is skipped for subjects that lack something. After a change that
// is meant:
//
//     REVIVE_WRITE_SENTENCES=1 build/release/properties/properties_test --gtest_filter='Properties.SayAndNeed*'
TEST(Properties, SayAndNeedWhatIsRecorded) {
  const std::pair<std::string_view, void (*)(Subject&)> subjects[] = {
      {"our own", [](Subject&) {}},
      {"foreign", [](Subject& subject) { subject.foreign = true; }},
      {"only loads", [](Subject& subject) { subject.save = nullptr; }},
      {"only saves", [](Subject& subject) { subject.load = nullptr; }},
      {"predicts nothing", [](Subject& subject) { subject.predict = nullptr; }},
      {"describes nothing", [](Subject& subject) { subject.describes = false; }},
      {"is mute",
       [](Subject& subject) {
         subject.describes = false;
         subject.predict = nullptr;
       }},
      {"another format", [](Subject& subject) { subject.keras_archives = false; }},
      {"a program", [](Subject& subject) { subject.in_process = false; }},
      {"predicts alone",
       [](Subject& subject) {
         subject.save = nullptr;
         subject.load = nullptr;
         subject.describes = subject.keras_archives = false;
       }},
  };
  const std::string file = "properties/properties.txt";
  for (const Property& property : all_properties()) {
    const std::string name(property.name);
    EXPECT_EQ(find_property(name), &property);
    expect_recorded(file, name, property.sentence);
    std::map<std::string, std::string> skipped;
    for (const auto& [what, change] : subjects) {
      Subject subject = revive_subject();
      change(subject);
      const auto reason = reason_to_skip(property, subject);
      EXPECT_EQ(applies(property, subject), !reason);
      if (reason) skipped[*reason] += fmt::format("; {}", what);
    }
    for (const auto& [reason, who] : skipped) {
      expect_recorded(file, fmt::format("{}, {}", name, reason), who.substr(2));
    }
  }
  EXPECT_EQ(find_property("nobody's"), nullptr);
}

// All faults are hunted by `revive faults`; of these few what was found is followed to where it ends up.
TEST(Faults, AreShrunkAndReplayedFromTheirCaseFile) {
  for (const std::string_view name : {"captures_by_name", "weights_as_bfloat16", "conv_strides_lost",
                                      "nesting_flattened", "truncation_as_zeros", "date_of_saving"}) {
    const Subject subject = *find_subject(name);
    const Detection found = detect(subject, 1);
    ASSERT_NE(found.property, nullptr) << name << " was not found";
    const Counterexample& counterexample = *found.counterexample;
    EXPECT_LE(count_layers(counterexample.minimal.model), 1) << name;

    const std::string text = print_case({.property = std::string(found.property->name),
                                         .subject = subject.name,
                                         .message = counterexample.violation.message,
                                         .choices = to_hex(counterexample.recording.values()),
                                         .declarations = declarations_digest(),
                                         .the_case = counterexample.minimal});
    const auto stored = parse_case(text);
    ASSERT_TRUE(stored) << name << ": " << stored.error().text();
    EXPECT_EQ(stored->subject, name);
    EXPECT_TRUE(stored->choices_current) << name;
    EXPECT_TRUE(found.property->check(stored->the_case, subject)) << name << ": replay does not fail";
    const auto mended = found.property->check(stored->the_case, revive_subject());
    EXPECT_FALSE(mended) << name << ": " << mended->message;
  }
}

TEST(Faults, LateBindingOfLoopVariablesIsFoundByTheirProperty) {
  const auto report = run_property(*find_property("loop_variables_are_values"), *find_subject("captures_by_name"),
                                   {.seed = 1, .cases = 10});
  ASSERT_TRUE(report.counterexample);
  EXPECT_NE(report.counterexample->violation.message.find("the lambda made with i = 2 became"), std::string::npos)
      << report.counterexample->violation.message;
}

TEST(TryCase, ASubjectThatFailsViolatesWhateverTheVerdictIs) {
  Choices choices = Choices::replay(std::vector<std::uint64_t>{});
  const Case made = *generate_case(choices);
  int loads = 0;
  Subject failing = revive_subject();
  failing.load = [&](std::span<const std::byte>, const Environment&) -> Result<Loaded> {
    ++loads;
    return fail(ErrorCode::subject_failed, "", "it fell over");
  };
  const auto load_twice = [](const Case&, const Subject& subject) -> std::optional<Violation> {
    EXPECT_EQ(subject.load({}, {}).error().message, "it fell over");
    EXPECT_EQ(subject.predict({}, {}).error().message, "it fell over");
    return std::nullopt;
  };
  const CaseResult result = try_case({"loads", "", Need::nothing, load_twice}, made, failing);
  ASSERT_TRUE(result.violation);
  EXPECT_EQ(result.violation->message, "it fell over");
  EXPECT_EQ(result.violation->kind, "the subject failed");
  EXPECT_EQ(result.unsupported, std::nullopt);
  EXPECT_EQ(loads, 1);
}

// A property may put a stack around what it was given; who does not know stacks is not to blame.
TEST(TryCase, WhatAPropertyMakesOfACaseMayBeMoreThanTheSubjectKnows) {
  const auto classes_of = [](const Sequential& model) {
    std::vector<std::string> names;
    visit_layers(model.root(), [&](const std::string& path, const Layer& layer) {
      if (!path.empty()) names.push_back(layer.layer_class().name);
    });
    return names;
  };
  const auto made_from = [](std::uint64_t seed) {
    Choices choices = Choices::random(seed);
    return *generate_case(choices);
  };
  std::uint64_t seed = 0;
  const auto has_a_stack = [&](const Case& the_case) {
    return std::ranges::count(classes_of(the_case.model), "Sequential") > 0;
  };
  while (has_a_stack(made_from(seed))) ++seed;
  const Case made = made_from(seed);
  Subject some = revive_subject();
  some.layers = classes_of(made.model);
  EXPECT_FALSE(try_case(*find_property("outputs_survive"), made, some).unsupported);
  const CaseResult nested = try_case(*find_property("nesting_is_flat"), made, some);
  EXPECT_FALSE(nested.violation);
  EXPECT_EQ(nested.unsupported, "the layer Sequential");
  // As it is for one that only loads, whose archives revive makes.
  some.save = nullptr;
  EXPECT_EQ(try_case(*find_property("nesting_is_flat"), made, some).unsupported, "the layer Sequential");
}

}  // namespace
}  // namespace revive::properties
