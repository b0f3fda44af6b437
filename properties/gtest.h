// The properties as GoogleTests of your own serializer.
//
//   #include "revive/properties/gtest.h"
//   REVIVE_TEST(MySerializer);
//
// declares a test MySerializer.outputs_survive, MySerializer.weights_survive, ... for every property that applies to
// the type (properties/subject_of.h says what the type must look like; it is default-constructed). A type of a
// namespace such as theirs::MySerializer has them under theirs_MySerializer. A failure says the property's sentence,
// the first difference, the smallest model that shows it as a program in C++ and in Keras, the seed, and how to run
// that case alone. From the environment: REVIVE_CASES for each property (300), REVIVE_SEED (0), and REVIVE_CHOICES,
// which replays one case.
#pragma once

#include <gtest/gtest.h>

#include <utility>

#include "revive/properties/gtest_case.h"
#include "revive/properties/subject_of.h"

namespace revive::properties {

class PropertyTest : public testing::Test {
 public:
  PropertyTest(const Property& property, Subject subject) : property_(&property), subject_(std::move(subject)) {}

  void TestBody() override {
    const GtestOutcome outcome = run_gtest_case(*property_, subject_);
    if (outcome.failure) FAIL() << *outcome.failure;
    if (outcome.skipped) GTEST_SKIP() << *outcome.skipped;
  }

 private:
  const Property* property_;
  Subject subject_;
};

// REQUIRES: called before RUN_ALL_TESTS(). Returns how many tests there are.
template <SubjectType T>
int register_property_tests(const char* type, const char* file, int line) {
  const Subject subject = subject_of(T(), suite_name(type));
  int count = 0;
  for (const Property& property : all_properties()) {
    if (!applies(property, subject)) continue;
    testing::RegisterTest(subject.name.c_str(), std::string(property.name).c_str(), nullptr, nullptr, file, line,
                          [&property, subject]() -> testing::Test* { return new PropertyTest(property, subject); });
    ++count;
  }
  return count;
}

}  // namespace revive::properties

#define REVIVE_TEST_NAME_OF_LINE(line) revive_property_tests_of_line_##line
#define REVIVE_TEST_NAME(line) REVIVE_TEST_NAME_OF_LINE(line)
#define REVIVE_TEST(...)                                         \
  [[maybe_unused]] static const int REVIVE_TEST_NAME(__LINE__) = \
      ::revive::properties::register_property_tests<__VA_ARGS__>(#__VA_ARGS__, __FILE__, __LINE__)
