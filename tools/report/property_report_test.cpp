// Every number of a property report against what was counted, and what it says of failures of every kind.
#include "revive/tools/report/property_report.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <set>
#include <sstream>

#include "revive/model/testing/recorded.h"
#include "revive/properties/generate/coverage.h"
#include "revive/properties/generate/generate.h"
#include "revive/serializer/json/json.h"
#include "revive/tools/console/text.h"

namespace revive::tools {
namespace {

using properties::Distribution;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr std::uint64_t kCases = 150;

const Distribution& counted_cases() {
  static const Distribution counted = [] {
    Distribution all(true);
    for (std::uint64_t seed = 0; seed < kCases; ++seed) {
      properties::Choices choices = properties::Choices::random(seed);
      all.add(*properties::generate_case(choices));
    }
    return all;
  }();
  return counted;
}

// The lines of a text with one blank where a table has several, and without those at their ends.
std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string one;
    for (std::string word; words >> word;) one += (one.empty() ? "" : " ") + word;
    lines.push_back(one);
  }
  return lines;
}

std::string percent(std::uint64_t count, std::uint64_t of) {
  return fmt::format("{:.1f} %", 100.0 * static_cast<double>(count) / static_cast<double>(of));
}

// What the report says of the cases, line by line.
std::vector<std::string> said_of(const Distribution& cases) {
  std::vector<std::string> lines;
  lines.push_back(fmt::format("kinds of cases: {}, {:.2f} layers on average",
                              counted(static_cast<std::int64_t>(cases.cases()), "case"), cases.average_layers()));
  lines.emplace_back();
  lines.emplace_back("label share of cases at least");
  for (std::size_t i = 0; i < cases.labels().size(); ++i) {
    const properties::CaseLabel& label = properties::case_labels()[i];
    lines.push_back(
        fmt::format("{} {} {:.0f} %", label.name, percent(cases.labels()[i], cases.cases()), label.least * 100));
  }
  for (std::size_t i = 0; i < cases.facets().size(); ++i) {
    lines.emplace_back();
    lines.push_back(fmt::format("{} share of cases", properties::case_facets()[i].name));
    Distribution::Counts left = cases.facets()[i];
    for (int row = 0; row < 12 && !left.empty(); ++row) {
      // Of those that are as frequent max_element() gives the first, and their order is that of names.
      const auto most = std::ranges::max_element(left, {}, [](const auto& each) { return each.second; });
      lines.push_back(most->first + " " + percent(most->second, cases.cases()));
      left.erase(most);
    }
    if (left.empty()) continue;
    lines.push_back(fmt::format("and {} more", left.size()));
  }
  lines.emplace_back();
  lines.emplace_back("coverage of what the layers can be:");
  for (const properties::Coverage& each : properties::coverage_of(cases)) {
    std::string expected =
        fmt::format("{}: {} of {}, {}", each.of, each.reached, each.possible, percent(each.reached, each.possible));
    for (std::size_t i = 0; i < each.missing.size() && i < 8; ++i) {
      expected += (i == 0 ? "; not " : "; ") + each.missing[i];
    }
    if (each.missing.size() > 8) expected += fmt::format(" and {} more", each.missing.size() - 8);
    lines.push_back(expected);
  }
  return lines;
}

TEST(PropertyReport, SaysTheShareOfEveryLabelAndOfTheMostFrequentValues) {
  EXPECT_EQ(lines_of(distribution_text(counted_cases())), said_of(counted_cases()));
  // Without facets there is nothing to cover, and without cases nothing to divide by.
  EXPECT_THAT(distribution_text(Distribution()), Not(HasSubstr("coverage")));
  EXPECT_THAT(lines_of(distribution_text(Distribution())),
              testing::Contains(fmt::format("{} 0.0 % {:.0f} %", properties::case_labels().front().name,
                                            properties::case_labels().front().least * 100)));
}

// After so many cases a facet has as many values as there are rows, or one more, and a coverage misses as many as are
// named, one more, one, or none.
TEST(PropertyReport, SaysSoHoweverManyCasesThereAre) {
  Distribution all(true);
  std::set<std::size_t> values;
  std::set<std::size_t> missing;
  for (const std::uint64_t cases : {1U, 2U, 221U, 281U, 461U, 501U}) {
    while (all.cases() < cases) {
      properties::Choices choices = properties::Choices::random(all.cases());
      all.add(*properties::generate_case(choices));
    }
    EXPECT_EQ(lines_of(distribution_text(all)), said_of(all)) << cases;
    for (const Distribution::Counts& counts : all.facets()) values.insert(counts.size());
    for (const properties::Coverage& each : properties::coverage_of(all)) missing.insert(each.missing.size());
  }
  EXPECT_THAT(values, testing::IsSupersetOf({12U, 13U}));
  EXPECT_THAT(missing, testing::IsSupersetOf({0U, 1U, 8U, 9U}));
}

TEST(PropertyReport, JsonHasEveryCount) {
  const Distribution& cases = counted_cases();
  PropertyOutcome outcome;
  outcome.property = properties::find_property("bytes_are_stable");
  outcome.distribution = cases;
  outcome.rounds = 2;
  const Value value = outcome_to_value(outcome);
  EXPECT_EQ(value.find("cases")->as_int(), static_cast<std::int64_t>(kCases));
  EXPECT_EQ(value.find("average_layers")->as_real(), cases.average_layers());
  const auto counts_of = [&value](std::string_view name) {
    Distribution::Counts counts;
    for (const auto& [key, count] : value.find(name)->as_object()) {
      counts[key] = static_cast<std::uint64_t>(count.as_int());
    }
    return counts;
  };
  Distribution::Counts labels;
  for (std::size_t i = 0; i < cases.labels().size(); ++i) {
    labels[std::string(properties::case_labels()[i].name)] = cases.labels()[i];
  }
  EXPECT_EQ(counts_of("labels"), labels);
  ASSERT_EQ(cases.facets().size(), properties::case_facets().size());
  for (std::size_t i = 0; i < cases.facets().size(); ++i) {
    EXPECT_EQ(counts_of(properties::case_facets()[i].name), cases.facets()[i]);
  }
  const auto coverage = properties::coverage_of(cases);
  ASSERT_EQ(value.find("coverage")->as_object().size(), coverage.size());
  for (const properties::Coverage& each : coverage) {
    const Value* const said = value.find("coverage")->find(each.of);
    ASSERT_NE(said, nullptr) << each.of;
    EXPECT_EQ(said->find("reached")->as_int(), static_cast<std::int64_t>(each.reached));
    EXPECT_EQ(said->find("possible")->as_int(), static_cast<std::int64_t>(each.possible));
    EXPECT_EQ(*said->find("missing"), Value(Value::Array(each.missing.begin(), each.missing.end())));
  }
  outcome.distribution = Distribution();
  EXPECT_EQ(outcome_to_value(outcome).find("coverage"), nullptr);
}

TEST(PropertyReport, AllCasesAreThoseOfWhatWasAsked) {
  SessionReport report;
  report.outcomes.resize(3);
  for (PropertyOutcome& outcome : report.outcomes) outcome.distribution = counted_cases();
  report.outcomes[1].skipped = "it cannot save";
  const Distribution all = all_cases(report, true);
  EXPECT_EQ(all.cases(), 2 * kCases);
  EXPECT_EQ(all.labels().front(), 2 * counted_cases().labels().front());
  EXPECT_EQ(all.facets().size(), properties::case_facets().size());
  EXPECT_TRUE(all_cases(SessionReport(), false).facets().empty());
}

TEST(PropertyReport, OfAFailureThatARunStoredEarlierOrThatAnotherModelShows) {
  std::ostringstream out;
  const Console console{.out = out, .err = out};
  properties::Choices none = properties::Choices::replay(std::vector<std::uint64_t>{});
  PropertyOutcome outcome;
  outcome.property = properties::find_property("outputs_survive");
  outcome.rounds = 1;
  outcome.distribution.add_unknown();
  outcome.failure = PropertyFailure{.found = {.recording = {},
                                              .minimal = *properties::generate_case(none),
                                              .violation = {.message = "load failed: /a: why"}},
                                    .path = "a b.case",
                                    .replay = "revive replay 'a b.case'",
                                    .seed = std::nullopt};
  const auto expect = [&](const std::string& name) {
    expect_recorded("tools/report/reports.txt", "property " + name, outcome_text(outcome, console));
    Value value = outcome_to_value(outcome);
    std::erase_if(value.as_object(), [](const Value::Member& each) { return each.first == "labels"; });
    expect_recorded("tools/report/reports.txt", "property value " + name, print_json(value));
  };
  expect("stored earlier");
  outcome.failure->again = "revive properties outputs_survive";
  outcome.failure->seed = 12;
  outcome.failure->found.shrink_tries = 34;
  outcome.failure->found.budget_spent = true;
  outcome.failure->found.violation.varied.emplace(outcome.failure->found.minimal.model);
  expect("varied");
}

}  // namespace
}  // namespace revive::tools
