// properties: random models, and what must hold for each of them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "revive/properties/generate/profiles.h"
#include "revive/properties/property.h"
#include "revive/properties/subject.h"
#include "revive/serializer/io/file.h"
#include "revive/tools/commands/commands.h"
#include "revive/tools/console/json_text.h"
#include "revive/tools/console/text.h"
#include "revive/tools/corpus/known_failures.h"
#include "revive/tools/report/junit.h"
#include "revive/tools/report/property_report.h"
#include "revive/tools/run/jobs.h"
#include "revive/tools/run/layer_names.h"
#include "revive/tools/run/resolve_subject.h"

namespace revive::tools {
namespace {

using properties::Property;

struct Options {
  std::vector<std::string> names;
  SessionOptions session;
  std::string subject{properties::kOwnSubject};
  int subject_seconds = 0;
  std::string folder = "corpus/found";
  std::string known;
  std::string shard;
  std::string layers;
  std::string junit;
  // 0: as many as is right for the subject.
  int jobs = 0;
  bool list = false;
  bool stats = false;
  bool fresh = false;
  bool json = false;
};

std::string property_names() {
  std::vector<std::string_view> names;
  for (const Property& property : properties::all_properties()) names.push_back(property.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

// What only another reader of the format can tell: tests of tools/keras, run by `./dev test --keras`.
struct WitnessedProperty {
  std::string_view name;
  std::string_view sentence;
};
constexpr std::array kWitnessed = {
    WitnessedProperty{"both_parsers_agree", "An archive that is accepted holds the same members for Python's zipfile."},
    WitnessedProperty{"rebuilds_in_python", "The program printed for Keras builds the same model there."},
};

void list_properties(const Options& options, Console& console) {
  std::vector<std::vector<std::string>> rows = {{"property", "what must hold"}};
  Value::Array values;
  for (const Property& property : properties::all_properties()) {
    rows.push_back({std::string(property.name), std::string(property.sentence)});
    values.push_back(Value::Object{{"name", property.name}, {"sentence", property.sentence}, {"run_by", "revive"}});
  }
  for (const WitnessedProperty& property : kWitnessed) {
    rows.push_back({std::string(property.name), fmt::format("{} (./dev test --keras)", property.sentence)});
    values.push_back(
        Value::Object{{"name", property.name}, {"sentence", property.sentence}, {"run_by", "./dev test --keras"}});
  }
  if (options.json) {
    print_value(console, values);
  } else {
    console.out << table(rows);
  }
}

Result<std::vector<const Property*>> chosen_properties(const Options& options) {
  std::vector<const Property*> chosen;
  for (const std::string& name : options.names) {
    chosen.push_back(properties::find_property(name));
    if (chosen.back() == nullptr) {
      return wrong_call(fmt::format("there is no property {}; there are {}", name, property_names()));
    }
  }
  if (chosen.empty()) {
    for (const Property& property : properties::all_properties()) chosen.push_back(&property);
  }
  return chosen;
}

// A program is started once for each job, however large it is, and a fault may remember what it was asked: for those
// more than one job is a wish.
int jobs_of(const Options& options) {
  if (options.jobs > 0) return options.jobs;
  if (options.subject != properties::kOwnSubject) return 1;
  return jobs_of_machine();
}

// One for each job, since they may not share state.
Result<std::vector<properties::Subject>> subjects_of(const Options& options) {
  std::vector<properties::Subject> subjects;
  const int jobs = jobs_of(options);
  for (int i = 0; i < jobs; ++i) {
    REVIVE_ASSIGN_OR_RETURN(
        auto subject, resolve_subject(options.subject, {.seconds = static_cast<double>(options.subject_seconds)}));
    subjects.push_back(std::move(subject));
  }
  return subjects;
}

// "2/4" is the second of four; empty is the whole.
Result<properties::Shard> shard_of(const std::string& text) {
  if (text.empty()) return properties::Shard{};
  std::uint64_t number = 0;
  std::uint64_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [slash, first] = std::from_chars(text.data(), end, number);
  const bool split = first == std::errc() && slash != end && *slash == '/';
  const auto [rest, second] = split ? std::from_chars(slash + 1, end, count) : std::from_chars_result{end, first};
  if (!split || second != std::errc() || rest != end || number < 1 || number > count) {
    return wrong_call(fmt::format("--shard: expected I/N with I from 1 to N, as in 2/4, found {}", text));
  }
  return properties::Shard{.index = number - 1, .count = count};
}

void print_summary(const Options& options, const SessionReport& report, Console& console) {
  if (options.session.seconds > 0) {
    const std::uint64_t last = options.session.seed + report.whole_rounds - 1;
    console.out << fmt::format("{} with seeds {} to {}\n",
                               counted(static_cast<std::int64_t>(report.whole_rounds), "whole round"),
                               options.session.seed, last);
  }
  if (options.stats) console.out << '\n' << distribution_text(all_cases(report, true));
}

Value report_to_value(const Options& options, const SessionReport& report) {
  Value::Array outcomes;
  for (const PropertyOutcome& outcome : report.outcomes) outcomes.push_back(outcome_to_value(outcome));
  return Value::Object{{"seed", static_cast<std::int64_t>(options.session.seed)},
                       {"rounds", static_cast<std::int64_t>(report.whole_rounds)},
                       {"properties", std::move(outcomes)}};
}

Result<Outcome> run_properties(Options& options, Console& console) {
  if (options.list) {
    list_properties(options, console);
    return Outcome::held;
  }
  REVIVE_ASSIGN_OR_RETURN(auto chosen, chosen_properties(options));
  REVIVE_ASSIGN_OR_RETURN(const auto shard, shard_of(options.shard));
  REVIVE_ASSIGN_OR_RETURN(options.session.only, layer_classes_named(options.layers));
  REVIVE_ASSIGN_OR_RETURN(const auto subjects, subjects_of(options));
  options.session.chosen = std::move(chosen);
  options.session.shard = shard;
  options.session.facets = options.stats;
  options.session.replay = !options.fresh;
  REVIVE_ASSIGN_OR_RETURN(options.session.known, known_failures(options.known));
  const properties::CaseStore store(options.folder, options.subject);

  if (!options.json) console.out << fmt::format("seed {}\n", options.session.seed) << std::flush;
  const auto done = [&](const PropertyOutcome& outcome) {
    if (!options.json) console.out << outcome_text(outcome, console) << std::flush;
  };
  REVIVE_ASSIGN_OR_RETURN(const auto report, run_session(options.session, subjects, store, console, done));
  if (options.json) {
    print_value(console, report_to_value(options, report));
  } else {
    print_summary(options, report, console);
  }
  if (!options.junit.empty()) {
    const std::string xml = junit_xml(report, options.subject);
    if (Status status = write_file_atomically(posix_file_system(), options.junit, std::as_bytes(std::span(xml)));
        !status) {
      return std::unexpected(status.error());
    }
  }
  const bool failed = std::ranges::any_of(report.outcomes, &PropertyOutcome::failed);
  return failed ? Outcome::not_held : Outcome::held;
}

}  // namespace

Command properties_command() {
  return {
      .name = "properties",
      .summary = "Make random models and test what must hold for each",
      .help =
          "What earlier runs found is replayed first, and what fails alike is passed over. A failing model is shrunk, "
          "printed as the programs that build\n"
          "it in C++ and in Keras, and stored as a case. With --fresh, the same seed prints the same, whatever the\n"
          "number of jobs, unless --time or --shrink-time ends it.\n"
          "--subject names a serializer that is broken on purpose, or is a program that speaks the line protocol\n"
          "(properties/PROTOCOL.md) and its arguments.\n\n"
          "Example: revive properties outputs_survive --cases 10000 --seed 1 --jobs 2",
      .declare = [](Arguments& app) -> RunCommand {
        const auto options = std::make_shared<Options>();
        SessionOptions& session = options->session;
        app.add_option("NAME", options->names, "Properties; all of them if none is named");
        app.add_option("--cases", session.cases, "Models for each").positive().capture_default_str();
        app.add_option("--seed", session.seed, "Where the randomness starts").capture_default_str();
        app.add_option("--time", session.seconds, "Go on with the next seeds so long: 60, 90s, 10m, 2h").seconds();
        app.add_option("--shrink-time", session.shrink_seconds, "How long a failure may be shrunk; no limit by default")
            .seconds();
        app.add_option("--jobs", options->jobs, "Threads; for revive as many as the machine has, for another subject 1")
            .range(1, kMostJobs);
        app.add_option("--shard", options->shard, "I/N: the I-th of N parts of the cases, for so many machines");
        app.add_option("--profile", session.profile, properties::kProfiles, "wild, tame or specials");
        app.add_option("--layers", options->layers, "Models of these classes alone, as in Dense,ReLU");
        app.add_option("--subject", options->subject, "What is tested: revive, a fault, './mine --flag'")
            .capture_default_str();
        app.add_option("--subject-seconds", options->subject_seconds, "How long a program may take for an answer")
            .seconds();
        app.add_option("--out", options->folder, "Where failing cases are stored").capture_default_str();
        app.add_option("--known", options->known, std::string(kKnownFailuresHelp));
        app.add_option("--junit", options->junit, "Write a report as JUnit XML to this file");
        app.add_flag("--fresh", options->fresh, "Do not replay what earlier runs stored");
        app.add_flag("--list", options->list, "List the properties and stop");
        app.add_flag("--stats", options->stats, "Print what kinds of models were made");
        app.add_flag("--json", options->json, "Print a report as JSON");
        return [options](Console& console) { return run_properties(*options, console); };
      }};
}

}  // namespace revive::tools
