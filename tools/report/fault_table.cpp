#include "revive/tools/report/fault_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "revive/tools/console/text.h"

namespace revive::tools {
namespace {

bool found(const FaultRow& row) {
  return std::ranges::all_of(row.trials, [](const Trial& trial) { return trial.detection.found(); });
}

std::uint64_t median_cases(std::span<const FaultRow> rows) {
  std::vector<std::uint64_t> cases;
  for (const FaultRow& row : rows) {
    for (const Trial& trial : row.trials) cases.push_back(trial.detection.cases);
  }
  std::ranges::sort(cases);
  return cases[cases.size() / 2];
}

Value count(std::size_t number) {
  return {static_cast<std::int64_t>(number)};
}

}  // namespace

std::vector<std::string> broken_promises(std::span<const FaultRow> rows, bool all) {
  std::vector<std::string> sentences;
  for (const FaultRow& row : rows) {
    for (const Trial& trial : row.trials) {
      if (const auto broken = properties::broken_promise(row.fault->expected, trial.detection)) {
        sentences.push_back(fmt::format("{}, seed {}: {}", row.fault->name, trial.seed, *broken));
      }
    }
  }
  if (all && median_cases(rows) > kMostMedianCases) {
    sentences.push_back(fmt::format("expected faults to be found after {} cases at most (median), found {}",
                                    kMostMedianCases, median_cases(rows)));
  }
  return sentences;
}

std::vector<std::vector<std::string>> fault_cells(std::span<const FaultRow> rows) {
  std::vector<std::vector<std::string>> cells = {{"fault", "found by", "cases", "layers"}};
  for (const FaultRow& row : rows) {
    std::set<std::string_view> finders;
    std::uint64_t cases = 0;
    std::size_t layers = 0;
    for (const auto& [seed, detection] : row.trials) {
      finders.insert(detection.found() ? detection.found_by() : "not found");
      cases = std::max(cases, detection.cases);
      layers = std::max(layers, detection.layers);
    }
    cells.push_back({std::string(row.fault->name), fmt::format("{}", fmt::join(finders, ", ")), std::to_string(cases),
                     std::to_string(layers)});
  }
  return cells;
}

std::string fault_summary(std::span<const FaultRow> rows) {
  std::uint64_t most = 0;
  std::size_t layers = 0;
  for (const FaultRow& row : rows) {
    for (const auto& [seed, detection] : row.trials) {
      most = std::max(most, detection.cases);
      layers = std::max(layers, detection.layers);
    }
  }
  return fmt::format("{} of {} found under {}, after {} (median) and {} (most), shrunk to {} at most.\n",
                     std::ranges::count_if(rows, found), counted(static_cast<std::int64_t>(rows.size()), "fault"),
                     counted(static_cast<std::int64_t>(rows.front().trials.size()), "seed"),
                     counted(static_cast<std::int64_t>(median_cases(rows)), "case"), most,
                     counted(static_cast<std::int64_t>(layers), "layer"));
}

Value faults_to_value(std::span<const FaultRow> rows) {
  Value::Array values;
  for (const FaultRow& row : rows) {
    Value::Array trials;
    for (const auto& [seed, detection] : row.trials) {
      trials.push_back(Value::Object{{"seed", static_cast<std::int64_t>(seed)},
                                     {"found_by", detection.found() ? Value(detection.found_by()) : Value()},
                                     {"cases", count(detection.cases)},
                                     {"own_cases", count(detection.own_cases)},
                                     {"layers", detection.found() ? count(detection.layers) : Value()}});
    }
    const properties::Expectation& expected = row.fault->expected;
    values.push_back(Value::Object{{"fault", row.fault->name},
                                   {"sentence", row.fault->sentence},
                                   {"expected", Value::Object{{"found_by", expected.found_by},
                                                              {"cases", count(expected.cases)},
                                                              {"layers", count(expected.layers)}}},
                                   {"trials", std::move(trials)}});
  }
  return values;
}

}  // namespace revive::tools
