#include "revive/tools/run/hunt_known.h"

#include <gtest/gtest.h>

namespace revive::tools {
namespace {

HuntKnown known_of(const char* json, std::string_view version = "3.15.1") {
  auto list = properties::KnownFailures::parse(json, "list");
  EXPECT_TRUE(list.has_value());
  return HuntKnown(list.value_or(properties::KnownFailures()), version);
}

HuntKnown known_site(const std::string& site) {
  properties::KnownFailures list;
  list.set({.subject = "Keras", .property = "hunt", .site = site, .reason = "because", .since = "2026-01-01"});
  return HuntKnown(list, "3.15.1");
}

TEST(HuntKnown, TextsWithoutStarsAreThemselves) {
  EXPECT_TRUE(is_like("a", "a"));
  EXPECT_FALSE(is_like("ab", "a"));
  EXPECT_FALSE(is_like("a", "ab"));
  EXPECT_TRUE(is_like("", ""));
}

TEST(HuntKnown, AStarIsAnyTextOrNone) {
  EXPECT_TRUE(is_like("", "*"));
  EXPECT_TRUE(is_like("ab", "a*b"));
  EXPECT_TRUE(is_like("axxb", "a*b"));
  EXPECT_FALSE(is_like("a", "a*a"));
  EXPECT_TRUE(is_like("a1b2c", "a*b*c"));
  EXPECT_FALSE(is_like("a1c2b", "a*b*c"));
  // The first place of what stands in the middle need not be the one that is meant.
  EXPECT_TRUE(is_like("a-b-b-c", "a*b*c"));
  EXPECT_FALSE(is_like("ab", "a*b*b"));
}

TEST(HuntKnown, ASiteIsTextAndItsBracketsAreNone) {
  const auto known = known_site("changed: Functional.get_config()['output_layers'][]");
  EXPECT_TRUE(known.has("changed: Functional.get_config()['output_layers'][]"));
  EXPECT_FALSE(known.has("changed: Functional.get_config()'"));
  EXPECT_FALSE(known.has("changed: Functional.get_config()['output_layers']"));
  EXPECT_FALSE(known_site("load raises: a?").has("load raises: ab"));
}

TEST(HuntKnown, AStarOfASiteStandsForItselfAsWell) {
  const auto known = known_site("config mutated: keras.layers.*.get_config()['arguments']['k']");
  EXPECT_TRUE(known.has("config mutated: keras.layers.*.get_config()['arguments']['k']"));
  EXPECT_TRUE(known.has("config mutated: keras.layers.Lambda.get_config()['arguments']['k']"));
  EXPECT_FALSE(known.has("config mutated: keras.layers.Lambda.get_config()['arguments']"));
}

TEST(HuntKnown, EntriesOfOthersAreNoneOfTheHunts) {
  const auto known = known_of(R"([
    {"subject": "Keras", "property": "outputs_survive", "site": "a", "reason": "r", "since": "2026-01-01"},
    {"subject": "revive", "property": "hunt", "site": "b", "reason": "r", "since": "2026-01-01"},
    {"subject": "Keras", "property": "hunt", "site": "c", "reason": "r", "since": "2026-01-01"}])");
  EXPECT_FALSE(known.has("a"));
  EXPECT_FALSE(known.has("b"));
  EXPECT_TRUE(known.has("c"));
}

TEST(HuntKnown, EntriesOfAnotherVersionSayNothing) {
  constexpr const char* kList = R"([
    {"subject": "Keras", "property": "hunt", "site": "a*", "reason": "r", "since": "2026-01-01", "version": "3.15",
     "avoid": ["Dense.units=1"]},
    {"subject": "Keras", "property": "hunt", "site": "b", "reason": "r", "since": "2026-01-01"}])";
  const properties::hunt::Feature avoided = {"keras.layers.Dense", "Dense", "units", "1"};
  const auto same = known_of(kList, "3.15.0");
  EXPECT_TRUE(same.has("ab"));
  EXPECT_TRUE(same.avoids(avoided));
  const auto other = known_of(kList, "3.8.0");
  EXPECT_FALSE(other.has("ab"));
  EXPECT_FALSE(other.avoids(avoided));
  EXPECT_TRUE(other.has("b"));
}

TEST(HuntKnown, WhatIsAvoidedIsAFeature) {
  const auto known = known_of(R"([{"subject": "Keras", "property": "hunt", "site": "c", "reason": "r",
    "since": "2026-01-01", "avoid": ["Dense.activation=a lambda*", "*=an array"]}])");
  EXPECT_TRUE(known.avoids({"keras.layers.Dense", "Dense", "activation", "a lambda with a dict as default"}));
  EXPECT_FALSE(known.avoids({"keras.layers.Conv1D", "Conv1D", "activation", "a lambda"}));
  EXPECT_TRUE(known.avoids({"keras.layers.Conv1D", "Conv1D", "filters", "an array"}));
  EXPECT_FALSE(known.avoids({"keras.layers.Conv1D", "Conv1D", "filters", "an array of two"}));
}

}  // namespace
}  // namespace revive::tools
