// promote: records what files give now as their verdicts, and keeps counterexamples as regressions.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <filesystem>

#include "revive/properties/database/case_store.h"
#include "revive/properties/database/known_failures.h"
#include "revive/properties/faults/subjects.h"
#include "revive/properties/subject.h"
#include "revive/tools/commands/commands.h"
#include "revive/tools/corpus/arrays.h"
#include "revive/tools/corpus/judge.h"
#include "revive/tools/corpus/replay_plan.h"

namespace revive::tools {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRegressionFolder = "regressions";

struct Options {
  std::vector<std::string> files;
  std::string reason;
  std::string manifest = "corpus/manifest.json";
  std::string subject;
  std::string known;
};

Result<Manifest> read_or_begin(const std::string& path) {
  return exists(path) ? Manifest::read(path) : Manifest::parse("[]", path);
}

std::string today() {
  const auto day = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  return fmt::format("{:%F}", fmt::gmtime(std::chrono::system_clock::to_time_t(day)));
}

// Where a counterexample goes that is to be kept, as the manifest writes it: with a number where the name is taken.
std::string regression_file(const Manifest& manifest, const std::string& path) {
  const std::string stem = fs::path(path).stem().string();
  for (int i = 1;; ++i) {
    const std::string name = i == 1 ? stem : fmt::format("{}-{}", stem, i);
    std::string file = fmt::format("{}/{}{}", kRegressionFolder, name, properties::kCaseExtension);
    if (manifest.find(file) == nullptr && !exists(manifest.path_of(file))) return file;
  }
}

// A case that revive itself or a program violates is a bug: what has to be recorded is that it will hold. What is
// broken on purpose has to stay so.
Result<Verdict> expected_of(const std::string& path, const Verdict& found) {
  REVIVE_ASSIGN_OR_RETURN(const auto stored, properties::read_case(path));
  const bool on_purpose =
      stored.subject != properties::kOwnSubject && properties::find_subject(stored.subject).has_value();
  return on_purpose ? found : Verdict{Verdict::Kind::holds, ""};
}

// Lists the failures of cases as known, instead of recording verdicts.
Result<Outcome> list_as_known(const Options& options, Console& console) {
  properties::KnownFailures known;
  if (exists(options.known)) {
    REVIVE_ASSIGN_OR_RETURN(known, properties::KnownFailures::read(options.known));
  }
  std::string lines;
  for (const std::string& path : options.files) {
    if (!path.ends_with(properties::kCaseExtension)) return wrong_call(path + ": expected a .case file");
    REVIVE_ASSIGN_OR_RETURN(const auto stored, properties::read_case(path));
    REVIVE_ASSIGN_OR_RETURN(const auto judgement, judge_in_child(path, options.subject));
    if (judgement.site.empty()) {
      console.complain(judgement.sentence + "; what is known has to fail");
      return Outcome::not_held;
    }
    const std::string subject = options.subject.empty() ? stored.subject : options.subject;
    known.set({subject, judgement.property, judgement.site, options.reason, today()});
    lines += fmt::format("{}: {} of {} is known to fail at {}\n", options.known, judgement.property, subject,
                         judgement.site);
  }
  REVIVE_RETURN_IF_ERROR(known.write(options.known));
  console.out << lines;
  return Outcome::held;
}

struct Move {
  std::string from;
  std::string to;
};

// Every case is at its old place until the manifest knows it at the new one, so that whatever fails leaves no case that
// is nowhere, and none that is listed nowhere.
Status move_cases(const std::vector<Move>& moves, const Manifest& manifest) {
  std::error_code error;
  std::error_code ignored;
  Status status;
  for (const Move& move : moves) {
    fs::create_directories(fs::path(move.to).parent_path(), error);
    if (!error) fs::copy_file(move.from, move.to, error);
    if (!error) continue;
    status =
        fail(ErrorCode::file_unwritable, move.to, fmt::format("cannot copy {} here: {}", move.from, error.message()));
    break;
  }
  if (status) status = manifest.write();
  for (const Move& move : moves) {
    if (!status) {
      fs::remove(move.to, ignored);
    } else if (!fs::remove(move.from, error) && error) {
      return fail(ErrorCode::file_unwritable, move.from, "cannot remove what is promoted: " + error.message());
    }
  }
  return status;
}

Result<Outcome> promote(const Options& options, Console& console) {
  if (options.reason.empty()) return wrong_call("--reason is empty; say why the verdict is right");
  if (!options.known.empty()) return list_as_known(options, console);
  REVIVE_ASSIGN_OR_RETURN(auto manifest, read_or_begin(options.manifest));
  std::string lines;
  std::vector<Move> moves;
  for (const std::string& path : options.files) {
    auto file = manifest.file_of(path);
    if (!file || !can_be_judged(path)) {
      return wrong_call(
          fmt::format("{}: expected an archive or a case below the folder of {}", path, options.manifest));
    }
    if (!options.subject.empty() && !path.ends_with(properties::kCaseExtension)) {
      return wrong_call(path + ": expected a .case file, as --subject is about cases alone");
    }
    REVIVE_ASSIGN_OR_RETURN(const auto judgement, judge_in_child(path, options.subject));
    if (!judgement.verdict || judgement.verdict->detail == name_of(ErrorCode::file_unreadable)) {
      console.complain(judgement.sentence);
      return Outcome::not_held;
    }
    Verdict verdict = *judgement.verdict;
    if (is_working_file(*file) && path.ends_with(properties::kCaseExtension)) {
      REVIVE_ASSIGN_OR_RETURN(const auto expected, expected_of(path, verdict));
      if (expected != verdict) console.complain(judgement.sentence + "; it has to hold, and replay fails until then");
      verdict = expected;
      file = regression_file(manifest, path);
      moves.push_back({path, manifest.path_of(*file)});
    }
    const ManifestEntry* before = manifest.find(*file);
    lines += fmt::format("{}: {}, was {}\n", *file, to_string(verdict),
                         before == nullptr ? "not listed" : to_string(before->verdict));
    manifest.set({*file, verdict, options.reason});
  }
  REVIVE_RETURN_IF_ERROR(move_cases(moves, manifest));
  console.out << lines;
  return Outcome::held;
}

}  // namespace

Command promote_command() {
  return {
      .name = "promote",
      .summary = "Record what files give now as their verdicts, with the reason",
      .help =
          "What crashes or does not come back the same has no verdict to record: then nothing is changed. A case\n"
          "below found/ moves to regressions/; one that revive itself or a program violates is recorded as one that\n"
          "has to hold, and a program is asked only where --subject names it. A manifest that is not there is made.\n"
          "With --known, failures are listed as known instead, and no longer fail `properties` and `replay`.\n\n"
          "Example: revive promote corpus/keras/gru.keras --reason \"reset_after is read from 2.13 archives too\"",
      .declare = [](Arguments& app) -> RunCommand {
        const auto options = std::make_shared<Options>();
        app.add_option("FILE", options->files, "Files below the manifest's folder").required();
        app.add_option("--reason", options->reason, "Why this is right").required();
        app.add_option("--manifest", options->manifest, "The verdicts").capture_default_str();
        app.add_option("--subject", options->subject, "Who is asked: cases of a program need it named");
        app.add_option("--known", options->known, "Add the failures of these cases to this list of known failures");
        return [options](Console& console) { return promote(*options, console); };
      }};
}

}  // namespace revive::tools
