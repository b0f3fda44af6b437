// faults: how soon the harness finds subjects that are broken on purpose, and how small it makes what shows it.
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <string_view>

#include "revive/properties/faults/detection.h"
#include "revive/properties/faults/fault.h"
#include "revive/serializer/io/file.h"
#include "revive/tools/commands/commands.h"
#include "revive/tools/report/fault_table.h"
#include "revive/tools/report/json_text.h"
#include "revive/tools/report/text.h"
#include "revive/tools/run/working_folder.h"

namespace revive::tools {
namespace {

using properties::Detection;
using properties::Fault;

// Two, so that no fault owes its discovery to one lucky seed.
constexpr std::array<std::uint64_t, 2> kSeeds = {1, 2};

struct Options {
  std::vector<std::string> names;
  std::string document;
  bool markdown = false;
  bool json = false;
};

Trial trial_of(std::uint64_t seed, const Detection& detection) {
  return {.seed = seed,
          .found_by = std::string(detection.found_by()),
          .cases = detection.cases,
          .layers = detection.layers};
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

std::vector<FaultRow> run_trials(const std::vector<const Fault*>& faults, Console& console) {
  using Clock = std::chrono::steady_clock;
  std::vector<FaultRow> rows;
  for (const Fault* const fault : faults) {
    console.out.flush();
    const auto start = Clock::now();
    FaultRow& row = rows.emplace_back(fault);
    // A subject of its own for each: some faults remember.
    for (const std::uint64_t seed : kSeeds) {
      const WorkingFolder folder;
      row.trials.push_back(trial_of(seed, properties::detect(fault->subject(), seed, folder.path())));
    }
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
    console.err << fmt::format("{}: {} ms\n", fault->name, took.count());
  }
  return rows;
}

Result<Outcome> run_faults(const Options& options, Console& console) {
  REVIVE_ASSIGN_OR_RETURN(const auto chosen, chosen_faults(options));
  const std::vector<FaultRow> rows = run_trials(chosen, console);
  const auto cells = fault_cells(rows);
  const std::string markdown = markdown_table(cells) + '\n' + fault_summary(rows);
  if (options.json) {
    print_value(console, faults_to_value(rows));
  } else if (options.markdown) {
    console.out << markdown;
  } else {
    auto narrow = cells;
    for (auto& line : narrow) line.erase(line.begin() + 1);
    console.out << table(narrow) << '\n' << fault_summary(rows);
  }
  std::vector<std::string> objections = broken_promises(rows, options.names.empty());
  if (!options.document.empty()) {
    REVIVE_ASSIGN_OR_RETURN(const auto file, read_file(options.document, {}));
    const std::string_view text(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
    if (const auto differs = disagreement(text, markdown)) {
      objections.push_back(
          fmt::format("{}: {}; `revive faults --markdown` prints the table", options.document, *differs));
    }
  }
  for (const std::string& sentence : objections) console.complain(sentence);
  return objections.empty() ? Outcome::held : Outcome::not_held;
}

}  // namespace

Command faults_command() {
  static const std::string help = fmt::format(
      "Each fault is looked for under two seeds, property by property. The table says which found it, after\n"
      "how many cases, and how many layers the shrunken model has. Its models have at most {} layers, those of\n"
      "`revive properties` more, so that what shows in a tower is left to a property that makes do with less.\n"
      "Exit code 1 unless every fault is found within {} cases and shrunk to at most {} layers, and all of\n"
      "them after {} cases in the median.\n\n"
      "Example: revive faults captures_by_name",
      properties::kDetectionLayers, kMostFaultCases, kMostFaultLayers, kMostMedianCases);
  return {.name = "faults",
          .summary = "Run the properties on subjects that are broken on purpose",
          .help = help,
          .declare = [](Arguments& app) -> RunCommand {
            const auto options = std::make_shared<Options>();
            const Argument names = app.add_option("NAME", options->names, "Faults; all of them if none is named");
            app.add_flag("--markdown", options->markdown, "Print a Markdown table, with what each author did");
            app.add_option("--agrees-with", options->document,
                           "A document that has to hold the Markdown table of all faults")
                .excludes(names);
            app.add_flag("--json", options->json, "Print the table as JSON");
            return [options](Console& console) { return run_faults(*options, console); };
          }};
}

}  // namespace revive::tools
