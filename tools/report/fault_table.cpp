#include "revive/tools/report/fault_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "revive/tools/report/text.h"

namespace revive::tools {
namespace {

bool found(const FaultRow& row) {
  return std::ranges::none_of(row.trials, [](const Trial& trial) { return trial.found_by.empty(); });
}

std::uint64_t median_cases(std::span<const FaultRow> rows) {
  std::vector<std::uint64_t> cases;
  for (const FaultRow& row : rows) {
    for (const Trial& trial : row.trials) cases.push_back(trial.cases);
  }
  std::ranges::sort(cases);
  return cases[cases.size() / 2];
}

std::string_view next_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

}  // namespace

std::vector<std::string> broken_promises(std::span<const FaultRow> rows, bool all) {
  std::vector<std::string> sentences;
  for (const FaultRow& row : rows) {
    const bool kept = found(row) && std::ranges::all_of(row.trials, [](const Trial& trial) {
                        return trial.cases <= kMostFaultCases && trial.layers <= kMostFaultLayers;
                      });
    if (kept) continue;
    sentences.push_back(fmt::format("{}: expected to be found within {} cases and shrunk to {} layers at most",
                                    row.fault->name, kMostFaultCases, kMostFaultLayers));
  }
  if (all && median_cases(rows) > kMostMedianCases) {
    sentences.push_back(fmt::format("expected faults to be found after {} cases at most (median), found {}",
                                    kMostMedianCases, median_cases(rows)));
  }
  return sentences;
}

std::vector<std::vector<std::string>> fault_cells(std::span<const FaultRow> rows) {
  std::vector<std::vector<std::string>> cells = {{"fault", "what its author did"}};
  for (const Trial& trial : rows.front().trials) {
    for (const std::string_view what : {"found by, seed", "cases, seed", "layers, seed"}) {
      cells.front().push_back(fmt::format("{} {}", what, trial.seed));
    }
  }
  for (const FaultRow& row : rows) {
    auto& line =
        cells.emplace_back(std::vector<std::string>{std::string(row.fault->name), std::string(row.fault->sentence)});
    for (const Trial& trial : row.trials) {
      const bool found = !trial.found_by.empty();
      line.push_back(found ? trial.found_by : "not found");
      line.push_back(std::to_string(trial.cases));
      line.push_back(found ? std::to_string(trial.layers) : "-");
    }
  }
  return cells;
}

std::string fault_summary(std::span<const FaultRow> rows) {
  std::uint64_t most = 0;
  std::size_t layers = 0;
  for (const FaultRow& row : rows) {
    for (const Trial& trial : row.trials) {
      most = std::max(most, trial.cases);
      layers = std::max(layers, trial.layers);
    }
  }
  return fmt::format("{} of {} found under {} seeds, after {} cases (median) and {} (most), shrunk to {} at most.\n",
                     std::ranges::count_if(rows, found), counted(static_cast<std::int64_t>(rows.size()), "fault"),
                     rows.front().trials.size(), median_cases(rows), most,
                     counted(static_cast<std::int64_t>(layers), "layer"));
}

Value faults_to_value(std::span<const FaultRow> rows) {
  Value::Array values;
  for (const FaultRow& row : rows) {
    Value::Array trials;
    for (const Trial& trial : row.trials) {
      trials.push_back(
          Value::Object{{"seed", static_cast<std::int64_t>(trial.seed)},
                        {"found_by", trial.found_by.empty() ? Value() : Value(trial.found_by)},
                        {"cases", static_cast<std::int64_t>(trial.cases)},
                        {"layers", trial.found_by.empty() ? Value() : Value(static_cast<std::int64_t>(trial.layers))}});
    }
    values.push_back(
        Value::Object{{"fault", row.fault->name}, {"sentence", row.fault->sentence}, {"trials", std::move(trials)}});
  }
  return values;
}

std::optional<std::string> disagreement(std::string_view document, std::string_view table) {
  const std::string_view heading = table.substr(0, table.find('\n'));
  std::string_view rest = document;
  while (!rest.empty() && !rest.starts_with(heading)) next_line(rest);
  if (rest.empty()) return fmt::format("expected the table that begins with {}", heading);
  while (!table.empty()) {
    const std::string_view expected = next_line(table);
    const std::string_view line = next_line(rest);
    if (line != expected) return fmt::format("expected the line \"{}\", found \"{}\"", expected, line);
  }
  return std::nullopt;
}

}  // namespace revive::tools
