// faults: how soon the harness finds subjects that are broken on purpose, and how small it makes what shows it.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <string_view>
#include <thread>

#include "revive/properties/faults/detection.h"
#include "revive/properties/faults/fault.h"
#include "revive/tools/commands/commands.h"
#include "revive/tools/console/json_text.h"
#include "revive/tools/console/text.h"
#include "revive/tools/report/fault_table.h"
#include "revive/tools/run/jobs.h"
#include "revive/tools/run/working_folder.h"

namespace revive::tools {
namespace {

using properties::Fault;

// More than one, so that no fault owes its discovery to one lucky seed.
constexpr int kSeeds = 2;
constexpr int kMostSeeds = 1000;

struct Options {
  std::vector<std::string> names;
  int seeds = kSeeds;
  int jobs = jobs_of_machine();
  bool json = false;
};

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

// Seeds 1, 2, ... for every fault; each trial has a subject of its own, as some faults remember.
std::vector<FaultRow> run_trials(const std::vector<const Fault*>& faults, const Options& options, Console& console) {
  std::vector<FaultRow> rows;
  const auto seeds = static_cast<std::size_t>(options.seeds);
  for (const Fault* const fault : faults) rows.push_back({fault, std::vector<Trial>(seeds)});
  Progress progress(console, "faults", rows.size() * seeds);
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t at = next++; at < rows.size() * seeds; at = next++) {
      FaultRow& row = rows[at / seeds];
      Trial& trial = row.trials[at % seeds];
      trial.seed = at % seeds + 1;
      const WorkingFolder folder;
      trial.detection =
          properties::detect(row.fault->subject(), trial.seed, folder.path(), row.fault->expected.classes);
      progress.step();
    }
  };
  {
    std::vector<std::jthread> others;
    for (int job = 1; job < options.jobs; ++job) others.emplace_back(work);
    work();
  }
  return rows;
}

Result<Outcome> run_faults(const Options& options, Console& console) {
  REVIVE_ASSIGN_OR_RETURN(const auto chosen, chosen_faults(options));
  const std::vector<FaultRow> rows = run_trials(chosen, options, console);
  if (options.json) {
    print_value(console, faults_to_value(rows));
  } else {
    console.out << table(fault_cells(rows)) << '\n' << fault_summary(rows);
  }
  const std::vector<std::string> objections = broken_promises(rows, options.names.empty());
  for (const std::string& sentence : objections) console.complain(sentence);
  return objections.empty() ? Outcome::held : Outcome::not_held;
}

}  // namespace

Command faults_command() {
  static const std::string help = fmt::format(
      "Each fault is looked for under every seed, property by property, {} cases each. The table says which found\n"
      "it, after how many cases over all of them, and how many layers the shrunken model has: the most over the\n"
      "seeds. Its models have at most {} layers, those of `revive properties` more, so that what shows in a tower\n"
      "is left to a property that makes do with less. Exit code 1 unless every fault is found as its row promises\n"
      "(`--json` prints the promises), and all of them after {} cases in the median.\n\n"
      "Example: revive faults captures_by_name --seeds 10",
      properties::kDetectionCases, properties::kDetectionLayers, kMostMedianCases);
  return {.name = "faults",
          .summary = "Run the properties on subjects that are broken on purpose",
          .help = help,
          .declare = [](Arguments& app) -> RunCommand {
            const auto options = std::make_shared<Options>();
            app.add_option("NAME", options->names, "Faults; all of them if none is named");
            app.add_option("--seeds", options->seeds, "Seeds 1 to this number").range(1, kMostSeeds);
            app.add_option("--jobs", options->jobs, "Threads; all cores by default").range(1, kMostJobs);
            app.add_flag("--json", options->json, "Print promises and trials as JSON");
            return [options](Console& console) { return run_faults(*options, console); };
          }};
}

}  // namespace revive::tools
