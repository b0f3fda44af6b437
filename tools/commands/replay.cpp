// replay: does every file of the corpus still give what it gave?
#include <fmt/format.h>

#include "revive/tools/commands/commands.h"
#include "revive/tools/corpus/arrays.h"
#include "revive/tools/corpus/replay_plan.h"
#include "revive/tools/report/json_text.h"
#include "revive/tools/report/text.h"
#include "revive/tools/run/resolve_subject.h"

namespace revive::tools {
namespace {

struct Options {
  std::vector<std::string> paths;
  std::string manifest = "corpus/manifest.json";
  std::string subject;
  bool json = false;
};

Result<std::vector<ReplayItem>> plan(const Options& options) {
  if (options.paths.empty()) {
    REVIVE_ASSIGN_OR_RETURN(const auto manifest, Manifest::read(options.manifest));
    return plan_manifest(manifest);
  }
  // Files from anywhere can be replayed where there is no corpus; against another subject no verdict is recorded.
  if (!exists(options.manifest) || !options.subject.empty()) return plan_paths(options.paths, nullptr);
  REVIVE_ASSIGN_OR_RETURN(const auto manifest, Manifest::read(options.manifest));
  return plan_paths(options.paths, &manifest);
}

Result<Outcome> replay(const Options& options, Console& console) {
  if (!options.subject.empty()) {
    const auto subject = resolve_subject(options.subject);
    if (!subject) return std::unexpected(subject.error());
  }
  REVIVE_ASSIGN_OR_RETURN(const auto items, plan(options));
  std::size_t failed = 0;
  Value::Array values;
  Progress progress(console, "replay", items.size());
  for (const ReplayItem& item : items) {
    console.out.flush();
    REVIVE_ASSIGN_OR_RETURN(const auto judgement, exists(item.path)
                                                      ? judge_in_child(item.path, options.subject)
                                                      : Judgement{std::nullopt, item.path + ": the file is missing"});
    const auto objected = objection(item, judgement);
    if (objected) {
      ++failed;
      console.complain(*objected);
    } else if (!options.paths.empty() && !options.json) {
      console.out << judgement.sentence << '\n';
    }
    if (options.json) {
      Value value = judgement_to_value(judgement);
      value.as_object().insert(value.as_object().begin(), {{"file", item.path}, {"held", !objected}});
      values.push_back(std::move(value));
    }
    progress.step();
  }
  if (options.json) {
    print_value(console, values);
  } else {
    const std::string files = counted(static_cast<std::int64_t>(items.size()), "file");
    console.out << fmt::format(
        "replay: {}: {}\n", failed == 0 ? console.good("held") : console.bad(fmt::format("{} failed", failed)), files);
  }
  return failed == 0 ? Outcome::held : Outcome::not_held;
}

}  // namespace

Command replay_command() {
  return {
      .name = "replay",
      .summary = "Compare every file of the corpus with its recorded verdict",
      .help =
          "Each file is tried in a process of its own, so that one crash is one failure. Without PATH: the whole\n"
          "manifest, and nothing may lie beside it unlisted. PATH is an archive, a .case file or a folder; what no\n"
          "manifest speaks for has to revive or be refused, and a case has to hold.\n\n"
          "Example: revive replay corpus/found/outputs_survive-output-N.case",
      .declare = [](Arguments& app) -> RunCommand {
        const auto options = std::make_shared<Options>();
        app.add_option("PATH", options->paths, "Archives, .case files or folders");
        app.add_option("--manifest", options->manifest, "The verdicts").capture_default_str();
        app.add_option("--subject", options->subject, "Test cases against this subject and not the one they name");
        app.add_flag("--json", options->json, "Print a list of verdicts as JSON");
        return [options](Console& console) { return replay(*options, console); };
      }};
}

}  // namespace revive::tools
