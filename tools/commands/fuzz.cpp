// fuzz: drives the fuzz targets and keeps what they find.
#include <fmt/format.h>

#include "revive/tools/commands/commands.h"
#include "revive/tools/report/json_text.h"
#include "revive/tools/report/text.h"
#include "revive/tools/run/fuzz_session.h"
#include "revive/tools/run/jobs.h"

namespace revive::tools {
namespace {

struct Options {
  std::vector<std::string> targets;
  std::string build = "build/fuzz";
  FuzzOptions session;
  bool json = false;
};

void print_report(const FuzzTarget& target, const FuzzReport& report, Console& console) {
  const bool held = report.findings.empty() && report.troubles.empty();
  console.out << fmt::format("{}: {}\n", target.name,
                             held ? console.good("no finding")
                                  : console.bad(counted(static_cast<std::int64_t>(report.findings.size()), "finding")));
  for (const FuzzFinding& finding : report.findings) {
    console.out << fmt::format("  {}: {}\n  replay: {} {}\n", finding.kind, finding.path, target.program, finding.path);
  }
  for (const std::string& trouble : report.troubles) console.out << fmt::format("  a process {}\n", trouble);
  console.out.flush();
}

Value report_to_value(const FuzzTarget& target, const FuzzReport& report) {
  Value::Array findings;
  for (const FuzzFinding& finding : report.findings) {
    findings.push_back(Value::Object{
        {"kind", finding.kind}, {"path", finding.path}, {"replay", Value::Array{target.program, finding.path}}});
  }
  return Value::Object{{"target", target.name},
                       {"runs", static_cast<std::int64_t>(report.runs)},
                       {"findings", std::move(findings)},
                       {"troubles", Value::Array(report.troubles.begin(), report.troubles.end())}};
}

Result<Outcome> run_targets(const Options& options, Console& console) {
  REVIVE_ASSIGN_OR_RETURN(const auto targets, find_fuzz_targets(options.build, options.targets));
  Outcome outcome = Outcome::held;
  Value::Array values;
  for (const FuzzTarget& target : targets) {
    REVIVE_ASSIGN_OR_RETURN(const auto report, fuzz(target, options.session, console));
    if (!report.findings.empty() || !report.troubles.empty()) outcome = Outcome::not_held;
    if (options.json) {
      values.push_back(report_to_value(target, report));
    } else {
      print_report(target, report, console);
    }
  }
  if (options.json) print_value(console, values);
  return outcome;
}

}  // namespace

Command fuzz_command() {
  return {.name = "fuzz",
          .summary = "Drive the fuzz targets, minimise and store what they find",
          .help =
              "Each target runs for --time, with its seeds, its dictionary and the inputs kept from earlier runs in\n"
              "corpus/run. Findings go to corpus/found with the command that replays each.\n\n"
              "Example: revive fuzz archive_fuzzer --time 10m --jobs 2",
          .declare = [](Arguments& app) -> RunCommand {
            const auto options = std::make_shared<Options>();
            app.add_option("TARGET", options->targets, "Targets; all of them if none is named");
            app.add_option("--time", options->session.seconds, "For each target: 60, 90s, 10m, 2h")
                .seconds()
                .capture_default_str();
            app.add_option("--jobs", options->session.jobs, "Processes for each target")
                .range(1, kMostJobs)
                .capture_default_str();
            app.add_option("--build", options->build, "The build with the targets").capture_default_str();
            app.add_option("--corpus", options->session.corpus, "Holds run/ and found/").capture_default_str();
            app.add_flag("--json", options->json, "Print a list of reports as JSON");
            return [options](Console& console) { return run_targets(*options, console); };
          }};
}

}  // namespace revive::tools
