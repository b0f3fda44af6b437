// What a case file keeps, and what it says of files that are none.
#include "revive/properties/database/case_file.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "revive/model/graph/op.h"
#include "revive/model/registry.h"
#include "revive/properties/generate/generate.h"
#include "revive/properties/property.h"
#include "revive/serializer/compare.h"
#include "revive/serializer/io/digest.h"

namespace revive::properties {
namespace {

StoredCase drawn_with(Profile profile, std::uint64_t seed = 7) {
  Choices choices = Choices::random(seed, Choices::kFullSize);
  auto made = generate_case(choices, {.profile = profile});
  EXPECT_TRUE(made);
  return {.property = "outputs_survive",
          .subject = "revive",
          .message = "...",
          .choices = to_hex(choices.take_recording().values()),
          .declarations = declarations_digest(),
          .the_case = *std::move(made),
          .profile = profile};
}

StoredCase read_again(const StoredCase& stored) {
  auto again = parse_case(print_case(stored));
  EXPECT_TRUE(again) << again.error().text();
  return *std::move(again);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(CaseFile, ChoicesOfEveryProfileDecodeToTheirModel) {
  for (const Profile profile : {Profile::wild, Profile::tame, Profile::specials}) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      const StoredCase stored = drawn_with(profile, seed);
      const StoredCase again = read_again(stored);
      EXPECT_EQ(again.profile, profile);
      EXPECT_TRUE(again.choices_current) << static_cast<int>(profile) << ' ' << seed;
      EXPECT_FALSE(first_difference(again.the_case.model, stored.the_case.model));
    }
  }
}

TEST(CaseFile, AFileWithoutAProfileIsWild) {
  const std::string text = print_case(drawn_with(Profile::wild));
  const auto old = parse_case(replaced(text, R"("profile": "wild", )", ""));
  ASSERT_TRUE(old);
  EXPECT_EQ(old->profile, Profile::wild);
  EXPECT_TRUE(old->choices_current);
  EXPECT_FALSE(old->seed);
  EXPECT_TRUE(old->repeats);
}

TEST(CaseFile, WhereItCameFromIsKept) {
  StoredCase stored = drawn_with(Profile::wild);
  stored.seed = UINT64_MAX;
  stored.repeats = false;
  const StoredCase again = read_again(stored);
  EXPECT_EQ(again.seed, UINT64_MAX);
  EXPECT_FALSE(again.repeats);
}

TEST(CaseFile, WhatIsNoOriginIsRefused) {
  StoredCase stored = drawn_with(Profile::wild);
  stored.seed = 3;
  stored.repeats = false;
  const std::string text = print_case(stored);
  const std::string wrong[][3] = {{R"("profile": "wild")", R"("profile": "mild")", "/profile: expected"},
                                  {R"("profile": "wild")", R"("profile": 1)", "/profile: expected"},
                                  {R"("seed": "3")", R"("seed": "3x")", "/seed: expected"},
                                  {R"("seed": "3")", R"("seed": 3)", "/seed: expected"},
                                  {R"("seed": "3")", R"("seed": "18446744073709551616")", "/seed: expected"},
                                  {R"("repeats": false)", R"("repeats": 0)", "/repeats: expected"}};
  for (const auto& [from, to, sentence] : wrong) {
    const auto read = parse_case(replaced(text, from, to));
    ASSERT_FALSE(read) << to;
    EXPECT_EQ(read.error().code, ErrorCode::case_format);
    EXPECT_EQ(read.error().text().find(sentence), 0U) << read.error().text();
  }
}

TEST(CaseFile, AnEnvironmentHoldsWhateverALambdaMayCapture) {
  StoredCase stored = drawn_with(Profile::wild);
  Tensor strange(DType::float32, {1});
  strange.data<float>()[0] = std::bit_cast<float>(0x7fc12345U);
  const Environment environment = {{"array", strange},
                                   {"function", Function{"tf.reduce_sum"}},
                                   {"number", Value(0.5)},
                                   {"pair", Value(Value::Array{1, "two"})}};
  stored.the_case.environment = environment;
  const StoredCase again = read_again(stored);
  ASSERT_EQ(again.the_case.environment.size(), environment.size());
  for (const auto& [name, capture] : environment) {
    const Capture& found = again.the_case.environment.at(name);
    if (const auto* tensor = std::get_if<Tensor>(&capture)) {
      EXPECT_TRUE(same_bits(*tensor, std::get<Tensor>(found))) << name;
    } else {
      EXPECT_EQ(capture.index(), found.index()) << name;
    }
  }
  EXPECT_EQ(std::get<Function>(again.the_case.environment.at("function")).text, "tf.reduce_sum");
}

TEST(CaseFile, ACaseWithAFunctionInItsEnvironmentIsChecked) {
  StoredCase stored = drawn_with(Profile::wild);
  stored.the_case.environment = {{"function", Function{"tf.reduce_sum"}}};
  EXPECT_EQ(check_case(*find_property(stored.property), stored.the_case, revive_subject()), std::nullopt);
}

// Every class, field, slot and op is in it, so that none can come or go unseen.
TEST(CaseFile, DeclarationsAreToldByAllTheirNames) {
  std::string names;
  for (const LayerClass* const layer_class : layer_classes()) {
    names += layer_class->name + "\n";
    for (const Field& field : layer_class->fields) names += field.name + "\n";
    for (const ChildSlot& slot : layer_class->slots) names += slot.key + "\n";
  }
  for (const OpClass* const op : all_ops()) names += fmt::format("{}.{}\n", op->module, op->class_name);
  EXPECT_EQ(declarations_digest(), sha256_hex(names));
}

TEST(CaseFile, WhyChoicesMeanAnotherModelIsSaid) {
  StoredCase stored = drawn_with(Profile::wild);
  EXPECT_EQ(why_re_encoded(stored), "because the generator draws otherwise");
  stored.declarations = "of an earlier day";
  EXPECT_EQ(why_re_encoded(stored), "because the declarations of layers or ops have changed");
}

}  // namespace
}  // namespace revive::properties
