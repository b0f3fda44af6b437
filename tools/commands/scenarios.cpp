// scenarios: what stands on the disk while a save goes wrong, and beside it afterwards?
#include <fmt/format.h>

#include <algorithm>

#include "revive/properties/faults/subjects.h"
#include "revive/properties/scenario.h"
#include "revive/tools/commands/commands.h"
#include "revive/tools/console/json_text.h"
#include "revive/tools/console/text.h"
#include "revive/tools/corpus/archives.h"
#include "revive/tools/corpus/manifest.h"
#include "revive/tools/run/working_folder.h"

namespace revive::tools {
namespace {

struct Options {
  std::vector<std::string> files;
  std::string manifest = "corpus/manifest.json";
  std::string subject{properties::kOwnSubject};
  bool json = false;
};

Result<std::vector<std::string>> files_of(const Options& options) {
  if (!options.files.empty()) return options.files;
  REVIVE_ASSIGN_OR_RETURN(const auto manifest, Manifest::read(options.manifest));
  std::vector<std::string> files;
  for (const ManifestEntry& entry : manifest.entries()) {
    if (entry.verdict.kind == Verdict::Kind::revives) files.push_back(manifest.path_of(entry.file));
  }
  return files;
}

struct Tally {
  const properties::Scenario* scenario;
  std::size_t violated = 0;
};

class Run {
 public:
  Run(const Options& options, const properties::Subject& subject, Console& console)
      : options_(options), subject_(subject), console_(console) {
    for (const properties::Scenario& scenario : properties::all_scenarios()) tallies_.push_back({&scenario});
  }

  Result<Outcome> over(const std::vector<std::string>& files) {
    Progress progress(console_, "scenarios", files.size());
    for (const std::string& file : files) {
      if (const Status status = over(file); !status) return std::unexpected(status.error());
      progress.step();
    }
    if (options_.json) {
      print_value(console_, values_);
    } else {
      print_tallies(files.size() - not_loaded_);
    }
    const bool held = not_loaded_ == 0 && std::ranges::all_of(tallies_, [](const Tally& t) { return t.violated == 0; });
    return held ? Outcome::held : Outcome::not_held;
  }

 private:
  Status over(const std::string& file) {
    REVIVE_ASSIGN_OR_RETURN(const auto request, recorded_request(file));
    const auto model = load_archive(file, request, console_);
    if (!model) {
      // What does not load is another command's business, but it must not pass for an archive that held.
      console_.complain(model.error());
      values_.emplace_back(Value::Object{{"file", file}, {"held", false}, {"error", error_to_value(model.error())}});
      ++not_loaded_;
      return {};
    }
    for (Tally& tally : tallies_) {
      const WorkingFolder folder;
      if (folder.path().empty()) {
        return fail(ErrorCode::file_unwritable, "temporary folder", "cannot make a folder to work in");
      }
      const auto violation = tally.scenario->check({*model, subject_, folder.path()});
      report(file, tally, violation);
    }
    return {};
  }

  void report(const std::string& file, Tally& tally, const std::optional<properties::Violation>& violation) {
    if (violation) {
      ++tally.violated;
      console_.complain(fmt::format("{}: {}: {}", file, tally.scenario->name, violation->message));
    }
    Value::Object value{{"file", file}, {"scenario", std::string(tally.scenario->name)}, {"held", !violation}};
    if (violation) value.emplace_back("violation", violation->message);
    values_.emplace_back(std::move(value));
  }

  void print_tallies(std::size_t files) {
    for (const Tally& tally : tallies_) {
      const std::string verdict =
          tally.violated == 0 ? console_.good("held") : console_.bad(fmt::format("{} failed", tally.violated));
      console_.out << fmt::format("{}: {}: {}\n  {}\n", tally.scenario->name, verdict,
                                  counted(static_cast<std::int64_t>(files), "archive"), tally.scenario->sentence);
    }
  }

  const Options& options_;
  const properties::Subject& subject_;
  Console& console_;
  std::vector<Tally> tallies_;
  Value::Array values_;
  std::size_t not_loaded_ = 0;
};

Result<Outcome> run_scenarios(const Options& options, Console& console) {
  const auto subject = properties::find_subject(options.subject);
  if (!subject) return wrong_call(fmt::format("--subject: there is no subject {}", options.subject));
  if (!subject->save_to) {
    return wrong_call(fmt::format("--subject: {} does not save to files, so that no scenario applies", subject->name));
  }
  REVIVE_ASSIGN_OR_RETURN(const auto files, files_of(options));
  return Run(options, *subject, console).over(files);
}

}  // namespace

Command scenarios_command() {
  return {
      .name = "scenarios",
      .summary = "Save archives while every step fails, or is the last, and look at the disk",
      .help =
          "Every FILE, or every archive that the corpus says revives, is loaded and saved some hundred times: each\n"
          "write, sync, close and rename fails in turn, and a child process is killed before each. The old file\n"
          "or the new one has to stand, with its permission bits, and nothing beside it may change. All of it\n"
          "happens in a folder of its own below the system's for temporary files, which is removed.\n\n"
          "Example: revive scenarios model.keras",
      .declare = [](Arguments& app) -> RunCommand {
        const auto options = std::make_shared<Options>();
        app.add_option("FILE", options->files, "Archives");
        app.add_option("--manifest", options->manifest, "Which archives, without FILE").capture_default_str();
        app.add_option("--subject", options->subject, "Who saves").capture_default_str();
        app.add_flag("--json", options->json, "Print a list of verdicts as JSON");
        return [options](Console& console) { return run_scenarios(*options, console); };
      }};
}

}  // namespace revive::tools
