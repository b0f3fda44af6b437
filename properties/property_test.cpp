// The properties hold for revive's own serializer and fail for subjects that are broken on purpose.
#include "properties/property.h"

#include <gtest/gtest.h>

#include "properties/case_file.h"
#include "properties/faults.h"
#include "properties/run.h"

namespace revive::properties {
namespace {

TEST(Properties, HoldForOurOwnSerializer) {
  for (const Property& property : all_properties()) {
    const PropertyReport report = run_property(property, revive_subject(), {.seed = 7, .cases = 300});
    EXPECT_TRUE(report.held()) << property.name << ": "
                               << (report.counterexample ? report.counterexample->violation.message : *report.trouble);
  }
}

struct Found {
  const Property* property = nullptr;
  std::optional<Counterexample> counterexample;
};

// Within 2,000 cases over all properties in their order.
Found find(const Subject& fault) {
  for (const Property& property : all_properties()) {
    PropertyReport report = run_property(property, fault, {.seed = 1, .cases = 2000});
    if (report.counterexample) return {&property, std::move(report.counterexample)};
  }
  return {};
}

TEST(Faults, AreEachFoundShrunkAndReplayedFromTheirCaseFile) {
  for (const Fault& fault : all_faults()) {
    const Subject subject = fault.make();
    const Found found = find(subject);
    ASSERT_NE(found.property, nullptr) << fault.name << " was not found";
    const Counterexample& counterexample = *found.counterexample;
    EXPECT_LE(count_layers(counterexample.minimal.model), fault.minimal_layers) << fault.name;

    const std::string text = print_case({.property = std::string(found.property->name),
                                         .subject = subject.name,
                                         .message = counterexample.violation.message,
                                         .choices = to_hex(counterexample.recording.values()),
                                         .declarations = declarations_digest(),
                                         .the_case = counterexample.minimal});
    const auto stored = parse_case(text);
    ASSERT_TRUE(stored) << fault.name << ": " << stored.error().text();
    EXPECT_TRUE(stored->choices_current) << fault.name;
    EXPECT_TRUE(found.property->check(stored->the_case, subject)) << fault.name << ": replay does not fail";
    const auto mended = found.property->check(stored->the_case, revive_subject());
    EXPECT_FALSE(mended) << fault.name << ": " << mended->message;
  }
}

TEST(Faults, LateBindingOfLoopVariablesIsFoundByTheirProperty) {
  const auto report = run_property(*find_property("loop_variables_are_values"), *find_subject("captures_by_name"),
                                   {.seed = 1, .cases = 10});
  ASSERT_TRUE(report.counterexample);
  EXPECT_EQ(report.counterexample->violation.message.find("the lambda made with i = 2 became"), 0U)
      << report.counterexample->violation.message;
}

}  // namespace
}  // namespace revive::properties
