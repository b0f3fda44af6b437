// faults: how soon the harness finds subjects that are broken on purpose, and how small it makes what shows it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

#include "properties/faults/fault.h"
#include "properties/faults/hunt.h"
#include "serializer/file.h"
#include "tools/commands.h"
#include "tools/json_text.h"
#include "tools/text.h"
#include "tools/working_folder.h"

namespace revive::tools {
namespace {

using properties::Fault;
using properties::Hunt;

// Two, so that no fault owes its discovery to one lucky seed.
constexpr std::array<std::uint64_t, 2> kSeeds = {1, 2};
constexpr std::size_t kMostLayers = 2;
constexpr std::uint64_t kMostCases = 5000;

struct Options {
  std::vector<std::string> names;
  std::string document;
  bool markdown = false;
  bool json = false;
};

struct Trial {
  std::string found_by;
  std::uint64_t cases = 0;
  std::size_t layers = 0;

  bool passed() const { return !found_by.empty() && cases <= kMostCases && layers <= kMostLayers; }
};

struct Row {
  const Fault* fault = nullptr;
  std::vector<Trial> trials;

  bool passed() const { return std::ranges::all_of(trials, &Trial::passed); }
};

Trial trial_of(const Hunt& hunt) {
  return {.found_by = std::string(hunt.found_by()), .cases = hunt.cases, .layers = hunt.layers};
}

std::vector<std::string_view> names_of_all() {
  std::vector<std::string_view> names;
  for (const Fault& fault : properties::all_faults()) names.push_back(fault.name);
  return names;
}

Result<std::vector<const Fault*>> chosen_faults(const Options& options) {
  std::vector<const Fault*> chosen;
  for (const std::string& name : options.names) {
    chosen.push_back(properties::find_fault(name));
    if (chosen.back() == nullptr) {
      return wrong_call(fmt::format("there is no fault {}; there are {}", name, fmt::join(names_of_all(), ", ")));
    }
  }
  if (chosen.empty()) {
    for (const Fault& fault : properties::all_faults()) chosen.push_back(&fault);
  }
  return chosen;
}

std::vector<Row> run_trials(const std::vector<const Fault*>& faults, Console& console) {
  using Clock = std::chrono::steady_clock;
  std::vector<Row> rows;
  for (const Fault* const fault : faults) {
    const auto start = Clock::now();
    Row& row = rows.emplace_back(fault);
    // A subject of its own for each: some faults remember.
    for (const std::uint64_t seed : kSeeds) {
      const WorkingFolder folder;
      row.trials.push_back(trial_of(properties::hunt(fault->subject(), seed, folder.path())));
    }
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
    console.err << fmt::format("{}: {} ms\n", fault->name, took.count());
  }
  return rows;
}

std::vector<std::vector<std::string>> cells_of(const std::vector<Row>& rows) {
  std::vector<std::vector<std::string>> cells = {{"fault", "what its author did"}};
  for (const std::uint64_t seed : kSeeds) {
    for (const std::string_view what : {"found by, seed", "cases, seed", "layers, seed"}) {
      cells.front().push_back(fmt::format("{} {}", what, seed));
    }
  }
  for (const Row& row : rows) {
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

// "110 of 110 faults found under 2 seeds, after 12 cases (median) and 812 (most), shrunk to 2 layers at most".
std::string summary_of(const std::vector<Row>& rows) {
  std::vector<std::uint64_t> cases;
  std::size_t layers = 0;
  std::size_t found = 0;
  for (const Row& row : rows) {
    if (std::ranges::none_of(row.trials, [](const Trial& trial) { return trial.found_by.empty(); })) ++found;
    for (const Trial& trial : row.trials) {
      cases.push_back(trial.cases);
      layers = std::max(layers, trial.layers);
    }
  }
  std::ranges::sort(cases);
  return fmt::format("{} of {} found under {} seeds, after {} cases (median) and {} (most), shrunk to {} at most.\n",
                     found, counted(static_cast<std::int64_t>(rows.size()), "fault"), kSeeds.size(),
                     cases[cases.size() / 2], cases.back(), counted(static_cast<std::int64_t>(layers), "layer"));
}

Value rows_to_value(const std::vector<Row>& rows) {
  Value::Array values;
  for (const Row& row : rows) {
    Value::Array trials;
    for (std::size_t i = 0; i < row.trials.size(); ++i) {
      const Trial& trial = row.trials[i];
      trials.push_back(
          Value::Object{{"seed", static_cast<std::int64_t>(kSeeds[i])},
                        {"found_by", trial.found_by.empty() ? Value() : Value(trial.found_by)},
                        {"cases", static_cast<std::int64_t>(trial.cases)},
                        {"layers", trial.found_by.empty() ? Value() : Value(static_cast<std::int64_t>(trial.layers))}});
    }
    values.push_back(
        Value::Object{{"fault", row.fault->name}, {"sentence", row.fault->sentence}, {"trials", std::move(trials)}});
  }
  return values;
}

// Whether the document says, line for line, what this run gave.
Result<bool> agrees(const std::string& document, const std::string& text, Console& console) {
  const auto file = read_file(document, {});
  if (!file) return std::unexpected(file.error());
  const std::string_view found(reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size());
  bool same = true;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at) + 1;
    const std::string line = text.substr(at, end - at);
    at = end;
    if (found.contains(line)) continue;
    console.complain(fmt::format("{}: the table of `revive faults --markdown` should stand here, found no line {}",
                                 document, line.substr(0, line.size() - 1)));
    same = false;
  }
  return same;
}

Result<Outcome> run_faults(const Options& options, Console& console) {
  const auto chosen = chosen_faults(options);
  if (!chosen) return std::unexpected(chosen.error());
  const std::vector<Row> rows = run_trials(*chosen, console);
  bool passed = std::ranges::all_of(rows, &Row::passed);
  const std::string markdown = markdown_table(cells_of(rows)) + '\n' + summary_of(rows);
  if (options.json) {
    print_value(console, rows_to_value(rows));
  } else if (options.markdown) {
    console.out << markdown;
  } else {
    std::vector<std::vector<std::string>> cells = cells_of(rows);
    for (auto& line : cells) line.erase(line.begin() + 1);
    console.out << table(cells) << '\n' << summary_of(rows);
  }
  if (!options.document.empty()) {
    const auto same = agrees(options.document, markdown, console);
    if (!same) return std::unexpected(same.error());
    passed = passed && *same;
  }
  for (const Row& row : rows) {
    if (row.passed()) continue;
    console.complain(fmt::format("{}: expected to be found within {} cases and shrunk to {} layers at most",
                                 row.fault->name, kMostCases, kMostLayers));
  }
  return passed ? Outcome::held : Outcome::not_held;
}

}  // namespace

Command faults_command() {
  return {.name = "faults",
          .summary = "Run the properties on subjects that are broken on purpose",
          .help =
              "Each fault is looked for under two seeds, property by property. The table says which found it, after\n"
              "how many cases, and how many layers the shrunken model has.\n\n"
              "Example: revive faults captures_by_name",
          .declare = [](Arguments& app) -> RunCommand {
            const auto options = std::make_shared<Options>();
            app.add_option("NAME", options->names, "Faults; all of them if none is named");
            app.add_flag("--markdown", options->markdown, "Print a Markdown table, with what each author did");
            app.add_option("--agrees-with", options->document, "A document that has to hold this Markdown table");
            app.add_flag("--json", options->json, "Print the table as JSON");
            return [options](Console& console) { return run_faults(*options, console); };
          }};
}

}  // namespace revive::tools
