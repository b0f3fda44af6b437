// fuzz: drives the fuzz targets and keeps what they find.
#include <fmt/format.h>

#include <cstring>

#include "revive/tools/commands/commands.h"
#include "revive/tools/console/json_text.h"
#include "revive/tools/console/text.h"
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

// "crash: SUMMARY: ...", and what there is to know beside it.
std::string finding_text(const FuzzTarget& target, const FuzzFinding& finding) {
  std::string about = counted(static_cast<std::int64_t>(finding.bytes), "byte");
  if (finding.seen > 1) about += fmt::format(", seen {} times", thousands(static_cast<std::int64_t>(finding.seen)));
  if (finding.stored_earlier) about += ", stored by an earlier session";
  if (!finding.repeats) about += ", held when it was tried alone";
  return fmt::format("  {}: {}\n    {}\n    {}\n  said: {}\n  replay: {} {}\n", finding.kind, finding.path,
                     finding.summary, about, finding.log, target.program, finding.path);
}

void print_report(const FuzzTarget& target, const FuzzReport& report, Console& console) {
  const bool held = report.findings.empty() && report.troubles.empty();
  console.out << fmt::format("{}: {}\n", target.name,
                             held ? console.good("no finding")
                                  : console.bad(counted(static_cast<std::int64_t>(report.findings.size()), "finding")));
  for (const std::string& news : report.news) console.out << fmt::format("  {}\n", news);
  for (const FuzzFinding& finding : report.findings) console.out << finding_text(target, finding);
  for (const std::string& trouble : report.troubles) console.out << fmt::format("  a process {}\n", trouble);
  if (report.interrupted_by != 0) {
    console.out << fmt::format("  ended early by signal {} ({})\n", report.interrupted_by,
                               strsignal(report.interrupted_by));
  }
  console.out.flush();
}

Value report_to_value(const FuzzTarget& target, const FuzzReport& report) {
  Value::Array findings;
  for (const FuzzFinding& finding : report.findings) {
    findings.push_back(Value::Object{{"kind", finding.kind},
                                     {"path", finding.path},
                                     {"summary", finding.summary},
                                     {"bytes", static_cast<std::int64_t>(finding.bytes)},
                                     {"seen", static_cast<std::int64_t>(finding.seen)},
                                     {"stored_earlier", finding.stored_earlier},
                                     {"repeats", finding.repeats},
                                     {"said", finding.log},
                                     {"replay", Value::Array{target.program, finding.path}}});
  }
  return Value::Object{{"target", target.name},
                       {"runs", static_cast<std::int64_t>(report.runs)},
                       {"findings", std::move(findings)},
                       {"news", Value::Array(report.news.begin(), report.news.end())},
                       {"troubles", Value::Array(report.troubles.begin(), report.troubles.end())},
                       {"interrupted_by", std::int64_t{report.interrupted_by}}};
}

Result<Outcome> run_targets(const Options& options, Console& console) {
  REVIVE_ASSIGN_OR_RETURN(const auto targets, find_fuzz_targets(options.build, options.targets));
  const Interruption interruption;
  Outcome outcome = Outcome::held;
  Value::Array values;
  for (const FuzzTarget& target : targets) {
    if (interruption.happened()) break;
    REVIVE_ASSIGN_OR_RETURN(const auto report, fuzz(target, options.session, interruption, console));
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
  return {
      .name = "fuzz",
      .summary = "Drive the fuzz targets, minimise and store what they find",
      .help =
          "Each target runs for --time, with its seeds, its dictionary and the inputs kept from earlier runs in\n"
          "corpus/run. Findings go to corpus/found when they are found, one file a bug, with the command that\n"
          "replays each; they are made smaller beside the fuzzing, and tried first by the next session. Ctrl-C ends\n"
          "a session with its report.\n\n"
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
        app.add_option("--minimize-time", options->session.minimize_seconds, "How long one finding may be made smaller")
            .seconds()
            .capture_default_str();
        app.add_option("--build", options->build, "The build with the targets").capture_default_str();
        app.add_option("--corpus", options->session.corpus, "Holds run/ and found/").capture_default_str();
        app.add_flag("--json", options->json, "Print a list of reports as JSON");
        return [options](Console& console) { return run_targets(*options, console); };
      }};
}

}  // namespace revive::tools
