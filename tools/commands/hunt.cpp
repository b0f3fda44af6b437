// hunt: stock Keras, or a fork of it, taken apart by programs that are generated, printed and run.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "revive/properties/database/known_failures.h"
#include "revive/serializer/io/file.h"
#include "revive/serializer/json/json.h"
#include "revive/tools/commands/commands.h"
#include "revive/tools/console/json_text.h"
#include "revive/tools/console/text.h"
#include "revive/tools/report/hunt_report.h"
#include "revive/tools/run/hunt_known.h"
#include "revive/tools/run/hunt_session.h"
#include "revive/tools/run/interruption.h"
#include "revive/tools/run/jobs.h"
#include "revive/tools/run/working_folder.h"

namespace revive::tools {
namespace {

namespace fs = std::filesystem;
using properties::hunt::Finding;
using properties::hunt::WorkerPlan;

struct Options {
  std::vector<std::string> words;
  std::vector<std::string> pythons;
  std::string other;
  std::string backend = "numpy";
  std::string keras = "tools/keras";
  std::string folder = "corpus/found/hunt";
  std::string fault;
  std::string known = "tools/keras/known_failures.json";
  std::string reason;
  std::string programs;
  bool avoid = false;
  HuntOptions hunt;
  int cases = 0;
  bool no_shrink = false;
  bool json = false;
};

WorkerPlan plan_of(const Options& options, const std::string& python, const std::string& scratch) {
  // A path is taken from here, whatever folder the program runs in; a link to an interpreter is not followed.
  const bool path = python.contains('/') && fs::exists(python);
  return {.python = path ? fs::absolute(python).lexically_normal().string() : python,
          .script = fs::absolute(fs::path(options.keras) / "hunt_worker.py").string(),
          .scratch = scratch,
          .backend = options.backend,
          .fault = options.fault};
}

Status write_text(const fs::path& path, const std::string& text) {
  return write_file_atomically(posix_file_system(), path.string(), std::as_bytes(std::span(text)));
}

Result<std::string> read_text(const fs::path& path) {
  REVIVE_ASSIGN_OR_RETURN(const auto file, read_file(path.string(), {}));
  return std::string(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
}

Status write_finding(const std::string& folder, const Finding& finding) {
  const fs::path site = fs::path(folder) / properties::hunt::file_name_of(finding.key);
  std::error_code error;
  fs::create_directories(site, error);
  if (error) return fail(ErrorCode::file_unwritable, site.string(), "cannot make the folder: " + error.message());
  REVIVE_RETURN_IF_ERROR(write_text(site / "program.py", finding.text));
  return write_text(site / "finding.json", print_json(finding_to_value(finding)) + "\n");
}

// A list that is not there is empty: a fork begins with none.
Result<properties::KnownFailures> known_failures(const Options& options) {
  if (options.known.empty() || !fs::exists(options.known)) return properties::KnownFailures();
  return properties::KnownFailures::read(options.known);
}

// The folder of the programs of a list: known_failures.json has known_failures/.
fs::path programs_of(const Options& options) {
  return fs::path(options.known).replace_extension();
}

// Listed failures whose program holds on this Keras: they may go from the list.
Result<std::vector<std::string>> gone(const Options& options, const properties::KnownFailures& known) {
  std::vector<std::string> sites;
  REVIVE_ASSIGN_OR_RETURN(auto worker, properties::hunt::Worker::start(options.hunt.worker));
  for (const properties::KnownFailure& entry : known.entries()) {
    const fs::path path = programs_of(options) / (properties::hunt::file_name_of(entry.site) + ".py");
    if (!entry.is_about(kHuntSubject, kHuntProperty) || !fs::exists(path)) continue;
    REVIVE_ASSIGN_OR_RETURN(const auto text, read_text(path));
    const Value answer = worker.ask(Value::Object{{"verb", "run"}, {"text", text}});
    const Value* const failed = answer.find("failed");
    if (failed != nullptr && failed->is_bool() && !failed->as_bool()) sites.push_back(entry.site);
  }
  return sites;
}

Result<Outcome> hunt(Options& options, Console& console) {
  if (options.pythons.size() != 1) return wrong_call("expected one --python");
  const WorkingFolder scratch;
  if (scratch.path().empty()) return fail(ErrorCode::file_unwritable, "", "cannot make a scratch folder");
  options.hunt.worker = plan_of(options, options.pythons.front(), scratch.path());
  if (!options.other.empty()) options.hunt.other = plan_of(options, options.other, scratch.path());
  options.hunt.parameters = (fs::path(options.keras) / "parameters.json").string();
  options.hunt.cases = static_cast<std::uint64_t>(options.cases);
  if (options.cases == 0 && options.hunt.seconds == 0) options.hunt.seconds = 60;
  REVIVE_ASSIGN_OR_RETURN(const auto known, known_failures(options));
  HuntKnown list({}, "");
  options.hunt.started = [&](const Value& hello) {
    const Value* const version = hello.find("keras");
    list = HuntKnown(known, version != nullptr && version->is_string() ? version->as_string() : "");
  };
  options.hunt.is_known = [&](const std::string& site) { return list.has(site); };
  options.hunt.avoid = [&](const properties::hunt::Feature& feature) { return list.avoids(feature); };
  Status written;
  const auto done = [&](const Finding& finding) {
    if (!options.json) console.out << finding_text(finding, options.folder) << std::flush;
    if (written) written = write_finding(options.folder, finding);
  };
  options.hunt.shrinks = !options.no_shrink;
  options.hunt.keep_programs = !options.programs.empty();
  const Interruption interruption;
  options.hunt.interrupted = [&] { return interruption.happened(); };
  REVIVE_ASSIGN_OR_RETURN(auto report, run_hunt(options.hunt, done));
  report.interrupted_by = interruption.signal();
  if (!options.programs.empty()) {
    const Value::Array programs(report.programs.begin(), report.programs.end());
    REVIVE_RETURN_IF_ERROR(write_text(options.programs, print_json(programs) + "\n"));
  }
  // A fault that is waited for says nothing of the list, and how fast programs are judged is no matter of it.
  if (options.hunt.until.empty() && options.fault.empty() && options.hunt.shrinks && report.interrupted_by == 0) {
    REVIVE_ASSIGN_OR_RETURN(report.gone, gone(options, known));
  }
  REVIVE_RETURN_IF_ERROR(written);
  std::error_code ignored;
  fs::create_directories(options.folder, ignored);
  REVIVE_RETURN_IF_ERROR(write_text(fs::path(options.folder) / "report.md", hunt_markdown(report)));
  REVIVE_RETURN_IF_ERROR(write_text(fs::path(options.folder) / "junit.xml", hunt_junit(report)));
  if (options.json) {
    print_value(console, hunt_to_value(report));
  } else {
    console.out << hunt_summary(report);
  }
  return report.findings.empty() ? Outcome::held : Outcome::not_held;
}

// Puts findings on the list of known failures, each with its program.
Result<Outcome> accept(const Options& options, Console& console) {
  if (options.words.size() < 2) return wrong_call("accept takes the folders of findings");
  if (options.reason.empty()) return wrong_call("expected --reason");
  REVIVE_ASSIGN_OR_RETURN(auto known, known_failures(options));
  std::error_code error;
  fs::create_directories(programs_of(options), error);
  const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  const std::chrono::year_month_day date{today};
  std::string lines;
  for (std::size_t i = 1; i < options.words.size(); ++i) {
    const fs::path folder = options.words[i];
    REVIVE_ASSIGN_OR_RETURN(const auto text, read_text(folder / "finding.json"));
    REVIVE_ASSIGN_OR_RETURN(const auto finding, parse_json(text, {}, (folder / "finding.json").string()));
    const Value* const site = finding.find("site");
    const Value* const arguments = finding.find("arguments");
    if (site == nullptr || !site->is_string() || arguments == nullptr) {
      return fail(ErrorCode::case_format, (folder / "finding.json").string(), "expected a site and arguments");
    }
    REVIVE_ASSIGN_OR_RETURN(const auto program, read_text(folder / "program.py"));
    const std::string name = properties::hunt::file_name_of(site->as_string()) + ".py";
    REVIVE_RETURN_IF_ERROR(write_text(programs_of(options) / name, program));
    known.set({.subject = std::string(kHuntSubject),
               .property = std::string(kHuntProperty),
               .site = site->as_string(),
               .reason = options.reason,
               .since = fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day())),
               .avoid = options.avoid ? *arguments : Value()});
    lines += fmt::format("{}: known\n", site->as_string());
  }
  REVIVE_RETURN_IF_ERROR(known.write(options.known));
  console.out << lines;
  return Outcome::held;
}

// program.py of a finding, given as its folder or as the name of it.
Result<std::string> program_of(const Options& options) {
  if (options.words.size() != 2) return wrong_call(fmt::format("{} takes one site", options.words.front()));
  const std::string& site = options.words.back();
  for (const fs::path& path : {fs::path(site), fs::path(options.folder) / site}) {
    if (!fs::exists(path / "program.py")) continue;
    return read_text(path / "program.py");
  }
  return wrong_call(fmt::format("there is no {} with a program.py, nor one in {}", site, options.folder));
}

// The program of a finding on each interpreter: which of them it fails on.
Result<Outcome> replay(const Options& options, Console& console) {
  REVIVE_ASSIGN_OR_RETURN(const auto text, program_of(options));
  if (options.pythons.empty()) return wrong_call("expected --python");
  const WorkingFolder scratch;
  bool failed = false;
  for (const std::string& python : options.pythons) {
    const WorkerPlan plan = plan_of(options, python, scratch.path());
    REVIVE_ASSIGN_OR_RETURN(const auto worker, properties::hunt::Worker::start(plan));
    REVIVE_ASSIGN_OR_RETURN(const auto alone, run_alone(plan, text, scratch.path() + "/alone"));
    failed = failed || alone.failed;
    const Value* const name = worker.hello().find("name");
    console.out << fmt::format("{} ({}): {}\n", python, name != nullptr ? name->as_string() : "",
                               alone.failed ? "FAILS: " + alone.said : "holds");
  }
  return failed ? Outcome::not_held : Outcome::held;
}

Result<Outcome> run(Options& options, Console& console) {
  if (options.words.empty()) return hunt(options, console);
  if (options.words.front() == "replay" || options.words.front() == "bisect") return replay(options, console);
  if (options.words.front() == "accept") return accept(options, console);
  return wrong_call(fmt::format("expected replay, bisect or accept, found {}", options.words.front()));
}

}  // namespace

Command hunt_command() {
  return {
      .name = "hunt",
      .summary = "Take an installed Keras apart by programs of its own",
      .help =
          "Programs are generated, printed and run: they build objects and models of whatever the installed Keras\n"
          "offers, native lambdas among them, save and load them in every format and compare. What fails is shrunk,\n"
          "run alone in a new interpreter, and written to --out: report.md, junit.xml, SITE/program.py and\n"
          "SITE/finding.json. The same seed makes the same programs. Ctrl-C ends a hunt with its report.\n"
          "`revive hunt replay SITE` runs the program of a finding again; `revive hunt bisect SITE` on several\n"
          "interpreters, to see between which versions it came or went. `revive hunt accept SITE --reason WHY` puts it "
          "on\n"
          "the list of known failures: such are counted and not reported. --other loads what --python saves.\n\n"
          "Example: revive hunt --python .venv/bin/python --time 10m",
      .declare = [](Arguments& app) -> RunCommand {
        const auto options = std::make_shared<Options>();
        app.add_option("WORD", options->words, "replay SITE, bisect SITE or accept SITE...; nothing: hunt");
        app.add_option("--python", options->pythons, "The interpreter that has Keras").one_value_each();
        app.add_option("--other", options->other, "Another one, which loads what the first saves");
        app.add_option("--backend", options->backend, "KERAS_BACKEND").capture_default_str();
        app.add_option("--module", options->hunt.modules, "A module with layers of your own").one_value_each();
        app.add_option("--seed", options->hunt.seed, "Where the randomness starts").capture_default_str();
        app.add_option("--time", options->hunt.seconds, "How long: 60, 90s, 10m, 2h; 60 unless --cases is given")
            .seconds();
        app.add_option("--from", options->hunt.from, "The first case, as reports number them");
        app.add_option("--cases", options->cases, "How many programs").positive();
        app.add_option("--jobs", options->hunt.jobs, "Workers; as many as the machine has processors by default")
            .range(1, kMostJobs);
        app.add_option("--out", options->folder, "Where findings are written").capture_default_str();
        app.add_option("--keras", options->keras, "The folder of hunt_worker.py and parameters.json")
            .capture_default_str();
        app.add_option("--fault", options->fault, "A fault of hunt_faults.py, planted in Keras");
        app.add_option("--until", options->hunt.until, "Stop at the first finding whose site holds this text");
        app.add_option("--known", options->known, "The list of known failures; '' for none").capture_default_str();
        app.add_option("--reason", options->reason, "For accept: why the finding may stand");
        app.add_flag("--avoid", options->avoid, "For accept: do not generate what it needs, as it hides what follows");
        app.add_option("--programs", options->programs, "Write the programs that Keras took to this file, as JSON");
        app.add_flag("--no-shrink", options->no_shrink, "Judge and report nothing: how fast programs are judged");
        app.add_flag("--json", options->json, "Print a report as JSON");
        return [options](Console& console) { return run(*options, console); };
      },
  };
}

}  // namespace revive::tools
