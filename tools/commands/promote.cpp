// promote: records what files give now as their verdicts, and keeps counterexamples as regressions.
#include <fmt/format.h>

#include <filesystem>

#include "revive/properties/database/case_store.h"
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
};

// Where a counterexample goes that is to be kept, as the manifest writes it: with a number where the name is taken.
std::string regression_file(const Manifest& manifest, const std::string& path) {
  const std::string stem = fs::path(path).stem().string();
  for (int i = 1;; ++i) {
    const std::string name = i == 1 ? stem : fmt::format("{}-{}", stem, i);
    std::string file = fmt::format("{}/{}{}", kRegressionFolder, name, properties::kCaseExtension);
    if (manifest.find(file) == nullptr && !exists(manifest.path_of(file))) return file;
  }
}

// A case that revive itself violates is a bug: what has to be recorded is that it will hold.
Result<Verdict> expected_of(const std::string& path, const Verdict& found) {
  REVIVE_ASSIGN_OR_RETURN(const auto stored, properties::read_case(path));
  return stored.subject == properties::kOwnSubject ? Verdict{Verdict::Kind::holds, ""} : found;
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
  REVIVE_ASSIGN_OR_RETURN(auto manifest, Manifest::read(options.manifest));
  std::string lines;
  std::vector<Move> moves;
  for (const std::string& path : options.files) {
    auto file = manifest.file_of(path);
    if (!file || !can_be_judged(path)) {
      return wrong_call(
          fmt::format("{}: expected an archive or a case below the folder of {}", path, options.manifest));
    }
    REVIVE_ASSIGN_OR_RETURN(const auto judgement, judge_in_child(path, ""));
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
          "below found/ moves to regressions/; one that revive itself violates is recorded as one that has to hold.\n\n"
          "Example: revive promote corpus/keras/gru.keras --reason \"reset_after is read from 2.13 archives too\"",
      .declare = [](Arguments& app) -> RunCommand {
        const auto options = std::make_shared<Options>();
        app.add_option("FILE", options->files, "Files below the manifest's folder").required();
        app.add_option("--reason", options->reason, "Why this is right").required();
        app.add_option("--manifest", options->manifest, "The verdicts").capture_default_str();
        return [options](Console& console) { return promote(*options, console); };
      }};
}

}  // namespace revive::tools
