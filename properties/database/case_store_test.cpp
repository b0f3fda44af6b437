#include "revive/properties/database/case_store.h"

#include <gtest/gtest.h>

#include "revive/properties/generate/generate.h"
#include "revive/properties/testing/folder_test.h"
#include "revive/serializer/compare.h"

namespace revive::properties {
namespace {

class Store : public FolderTest {
 protected:
  // The case that these choices make.
  static StoredCase case_of(const std::vector<std::uint64_t>& values, std::string subject = "revive") {
    Choices choices = Choices::replay(values);
    auto made = generate_case(choices);
    EXPECT_TRUE(made);
    return {.property = "outputs_survive",
            .subject = std::move(subject),
            .message = "",
            .choices = to_hex(choices.recording().values()),
            .declarations = declarations_digest(),
            .the_case = *std::move(made)};
  }
  CaseStore store(std::string subject = "revive") const { return {in_folder("found"), std::move(subject)}; }
};

const Violation kOutput{.message = "...", .difference = Difference{"output[7]", "1", "2"}};

constexpr auto kFails = [](const StoredCase&) { return true; };

TEST_F(Store, NamesAreThePropertyAndTheSite) {
  EXPECT_EQ(store().put(case_of({}), kOutput, kFails).value(), in_folder("found/outputs_survive-output-N.case"));
  EXPECT_EQ(store("it").put(case_of({}, "it"), kOutput, kFails).value(),
            in_folder("found/it/outputs_survive-output-N.case"));
  const std::string command = store("./it --x").put(case_of({}, "./it --x"), kOutput, kFails).value();
  EXPECT_TRUE(command.starts_with(in_folder("found/it-x-"))) << command;
  const std::string other = store("./it -x").put(case_of({}, "./it -x"), kOutput, kFails).value();
  EXPECT_NE(command, other);
}

TEST_F(Store, ASmallerCaseReplacesTheLargerOneAndNotTheOtherWayRound) {
  // The same model with the simplest weights, and with others.
  const StoredCase small = case_of({0, 9, 1, 2, 3});
  std::vector<std::uint64_t> values = *values_from_hex(small.choices);
  values.back() += 1;
  const StoredCase large = case_of(values);
  ASSERT_TRUE(simpler(*values_from_hex(small.choices), *values_from_hex(large.choices)));
  const std::string path = store().put(large, kOutput, kFails).value();
  EXPECT_EQ(read_case(path)->choices, large.choices);
  EXPECT_EQ(store().put(small, kOutput, kFails).value(), path);
  EXPECT_EQ(read_case(path)->choices, small.choices);
  EXPECT_EQ(store().put(large, kOutput, kFails).value(), path);
  EXPECT_EQ(read_case(path)->choices, small.choices);
  EXPECT_EQ(store().files_of("outputs_survive"), std::vector{path});
}

// Choices that mean another model by now, or none, say nothing of how simple a case is.
TEST_F(Store, ACaseOfOtherChoicesGivesWayAndWhatHasNoneReplacesNothing) {
  const StoredCase large = case_of({0, 9, 1, 2, 3});
  StoredCase old = case_of({});
  old.the_case = large.the_case;
  const std::string path = store().put(old, kOutput, kFails).value();
  EXPECT_FALSE(read_case(path)->choices_current);
  EXPECT_EQ(store().put(large, kOutput, kFails).value(), path);
  EXPECT_EQ(read_case(path)->choices, large.choices);
  for (const std::string wrong : {"zz", "0", "000180"}) {
    StoredCase unread = case_of({});
    unread.choices = wrong;
    EXPECT_EQ(store().put(unread, kOutput, kFails).value(), path);
    EXPECT_EQ(read_case(path)->choices, large.choices) << wrong;
  }
}

TEST_F(Store, FilesComeInTheOrderOfTheirNames) {
  std::filesystem::create_directories(in_folder("found"));
  std::vector<std::string> expected;
  for (char name = 'a'; name <= 'p'; ++name) expected.push_back(in_folder(std::string("found/p-") + name + ".case"));
  constexpr std::size_t kOrder[] = {7, 3, 15, 0, 11, 1, 14, 2, 13, 4, 12, 5, 10, 6, 9, 8};
  for (const std::size_t i : kOrder) write_text(expected[i], "");
  EXPECT_EQ(store().files_of("p"), expected);
}

TEST_F(Store, ASmallerCaseThatHoldsByNowGivesWay) {
  const StoredCase small = case_of({});
  const StoredCase large = case_of({0, 9, 1, 2, 3});
  const std::string path = store().put(small, kOutput, kFails).value();
  const auto holds = [&](const StoredCase& stored) { return stored.choices != small.choices; };
  EXPECT_EQ(store().put(large, kOutput, holds).value(), path);
  EXPECT_EQ(read_case(path)->choices, large.choices);
}

TEST_F(Store, ACaseThatDidNotFailAgainGivesWayAndReplacesNothing) {
  StoredCase once = case_of({});
  once.repeats = false;
  const StoredCase large = case_of({0, 9, 1, 2, 3});
  const std::string path = store().put(once, kOutput, kFails).value();
  EXPECT_FALSE(read_case(path)->repeats);
  EXPECT_EQ(read_case(store().put(large, kOutput, kFails).value())->choices, large.choices);
  EXPECT_EQ(read_case(store().put(once, kOutput, kFails).value())->choices, large.choices);
}

TEST_F(Store, WhatCannotBeReadOrHasNoChoicesGivesWay) {
  StoredCase bare = case_of({});
  bare.choices.clear();
  const std::string path = store().put(bare, kOutput, kFails).value();
  EXPECT_TRUE(read_case(path)->choices_current);
  const StoredCase large = case_of({0, 9, 1, 2, 3});
  EXPECT_EQ(read_case(store().put(large, kOutput, kFails).value())->choices, large.choices);
  write_text(path, "not a case");
  EXPECT_FALSE(read_case(path));
  EXPECT_EQ(read_case(store().put(large, kOutput, kFails).value())->choices, large.choices);
}

TEST_F(Store, FilesOfAPropertyAreThoseAlone) {
  const StoredCase the_case = case_of({});
  ASSERT_TRUE(store().put(the_case, kOutput, kFails));
  ASSERT_TRUE(store().put(the_case, {"another kind"}, kFails));
  StoredCase other = case_of({});
  other.property = "outputs";
  ASSERT_TRUE(store().put(other, kOutput, kFails));
  EXPECT_EQ(store().files_of("outputs_survive").size(), 2U);
  EXPECT_EQ(store().files_of("outputs").size(), 1U);
  EXPECT_EQ(store().files_of("nothing").size(), 0U);
  EXPECT_EQ(store("it").files_of("outputs").size(), 0U);
}

}  // namespace
}  // namespace revive::properties
