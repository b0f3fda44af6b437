#include "revive/tools/report/property_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "revive/properties/generate/coverage.h"
#include "revive/properties/print/cpp_program.h"
#include "revive/properties/print/python_program.h"
#include "revive/tools/console/text.h"
#include "revive/tools/report/failure_report.h"

namespace revive::tools {
namespace {

// Rarer values of a facet are only counted.
constexpr std::size_t kMostRows = 12;

std::string share(std::uint64_t count, std::uint64_t of) {
  const double percent = of == 0 ? 0 : 100 * static_cast<double>(count) / static_cast<double>(of);
  return fmt::format("{:.1f} %", percent);
}

std::string cases_text(const PropertyOutcome& outcome) {
  std::string text = counted(static_cast<std::int64_t>(outcome.distribution.cases()), "case");
  if (outcome.rounds > 1) text += fmt::format(" in {} rounds", outcome.rounds);
  return text;
}

std::string facet_text(std::string_view name, const properties::Distribution::Counts& counts, std::uint64_t cases) {
  std::vector<std::pair<std::string, std::uint64_t>> values(counts.begin(), counts.end());
  // The most frequent first, and those as frequent as others by name.
  std::ranges::sort(values, {},
                    [](const auto& value) { return std::pair(-static_cast<std::int64_t>(value.second), value.first); });
  std::vector<std::vector<std::string>> rows = {{std::string(name), "share of cases"}};
  for (const auto& [value, count] : values) {
    if (rows.size() > kMostRows) break;
    rows.push_back({value, share(count, cases)});
  }
  const std::size_t rest = values.size() + 1 - rows.size();
  if (rest > 0) rows.push_back({fmt::format("and {} more", rest)});
  return '\n' + table(rows);
}

std::string coverage_text(const properties::Distribution& distribution) {
  constexpr std::size_t kMostNamed = 8;
  std::string text = "\ncoverage of what the layers can be:\n";
  for (const properties::Coverage& each : properties::coverage_of(distribution)) {
    text += fmt::format("  {}: {} of {}, {}", each.of, each.reached, each.possible, share(each.reached, each.possible));
    const std::size_t named = std::min(each.missing.size(), kMostNamed);
    if (named > 0) {
      text += fmt::format(
          "; not {}", fmt::join(each.missing.begin(), each.missing.begin() + static_cast<std::ptrdiff_t>(named), "; "));
      if (each.missing.size() > named) text += fmt::format(" and {} more", each.missing.size() - named);
    }
    text += '\n';
  }
  return text;
}

}  // namespace

std::string outcome_text(const PropertyOutcome& outcome, const Console& console) {
  const std::string_view name = outcome.property->name;
  if (outcome.skipped) return fmt::format("{}: skipped: {}\n", name, *outcome.skipped);
  std::string text = fmt::format("{}: {}, {}\n", name, outcome.failed() ? console.bad("FAILED") : console.good("held"),
                                 cases_text(outcome));
  for (const std::string& news : outcome.news) text += fmt::format("  {}\n", news);
  if (outcome.trouble) text += fmt::format("  {}\n", *outcome.trouble);
  if (outcome.failure) text += failure_text(outcome);
  return text;
}

Value outcome_to_value(const PropertyOutcome& outcome) {
  Value::Object object = {{"property", outcome.property->name}, {"sentence", outcome.property->sentence}};
  if (outcome.skipped) {
    object.emplace_back("skipped", *outcome.skipped);
    return object;
  }
  const properties::Distribution& distribution = outcome.distribution;
  Value::Object labels;
  for (std::size_t i = 0; i < distribution.labels().size(); ++i) {
    labels.emplace_back(properties::case_labels()[i].name, static_cast<std::int64_t>(distribution.labels()[i]));
  }
  object.emplace_back("held", outcome.held());
  object.emplace_back("cases", static_cast<std::int64_t>(distribution.cases()));
  object.emplace_back("rounds", static_cast<std::int64_t>(outcome.rounds));
  object.emplace_back("average_layers", distribution.average_layers());
  object.emplace_back("labels", std::move(labels));
  for (std::size_t i = 0; i < distribution.facets().size(); ++i) {
    Value::Object counts;
    for (const auto& [value, count] : distribution.facets()[i]) {
      counts.emplace_back(value, static_cast<std::int64_t>(count));
    }
    object.emplace_back(properties::case_facets()[i].name, std::move(counts));
  }
  if (!distribution.facets().empty()) {
    Value::Object coverage;
    for (const properties::Coverage& each : properties::coverage_of(distribution)) {
      coverage.emplace_back(each.of,
                            Value::Object{{"reached", static_cast<std::int64_t>(each.reached)},
                                          {"possible", static_cast<std::int64_t>(each.possible)},
                                          {"missing", Value::Array(each.missing.begin(), each.missing.end())}});
    }
    object.emplace_back("coverage", std::move(coverage));
  }
  object.emplace_back("news", Value::Array(outcome.news.begin(), outcome.news.end()));
  if (outcome.trouble) object.emplace_back("trouble", *outcome.trouble);
  if (!outcome.failure) return object;
  const PropertyFailure& failure = *outcome.failure;
  const properties::Case& minimal = failure.found.minimal;
  const properties::Violation& violation = failure.found.violation;
  object.emplace_back("message", violation.message);
  if (const auto& difference = violation.difference) {
    object.emplace_back(
        "difference",
        Value::Object{{"path", difference->path}, {"before", difference->left}, {"after", difference->right}});
  }
  if (failure.seed) object.emplace_back("seed", static_cast<std::int64_t>(*failure.seed));
  if (!failure.found.repeats) object.emplace_back("repeats", false);
  if (failure.found.out_of_time) object.emplace_back("out_of_time", true);
  object.emplace_back("case", failure.path);
  object.emplace_back("replay", failure.replay);
  if (!failure.stored_earlier()) object.emplace_back("again", failure.again);
  object.emplace_back("program", properties::python_program(minimal.model, &minimal.input));
  object.emplace_back("cpp_program", properties::cpp_program(minimal.model, &minimal.input));
  if (const auto& varied = violation.varied) {
    object.emplace_back("varied_program", properties::python_program(*varied, &minimal.input));
    object.emplace_back("varied_cpp_program", properties::cpp_program(*varied, &minimal.input));
  }
  return object;
}

std::string distribution_text(const properties::Distribution& distribution) {
  const std::uint64_t cases = distribution.cases();
  std::string text = fmt::format("kinds of cases: {}, {:.2f} layers on average\n\n",
                                 counted(static_cast<std::int64_t>(cases), "case"), distribution.average_layers());
  std::vector<std::vector<std::string>> rows = {{"label", "share of cases", "at least"}};
  for (std::size_t i = 0; i < distribution.labels().size(); ++i) {
    const properties::CaseLabel& label = properties::case_labels()[i];
    rows.push_back(
        {std::string(label.name), share(distribution.labels()[i], cases), fmt::format("{:.0f} %", 100 * label.least)});
  }
  text += table(rows);
  for (std::size_t i = 0; i < distribution.facets().size(); ++i) {
    text += facet_text(properties::case_facets()[i].name, distribution.facets()[i], cases);
  }
  if (!distribution.facets().empty()) text += coverage_text(distribution);
  return text;
}

properties::Distribution all_cases(const SessionReport& report, bool with_facets) {
  properties::Distribution all(with_facets);
  for (const PropertyOutcome& outcome : report.outcomes) {
    if (!outcome.skipped) all.add(outcome.distribution);
  }
  return all;
}

}  // namespace revive::tools
