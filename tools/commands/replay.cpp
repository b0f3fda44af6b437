// replay: does every file of the corpus still give what it gave?
#include <fmt/format.h>

#include "revive/properties/database/case_store.h"
#include "revive/properties/subject.h"
#include "revive/tools/commands/commands.h"
#include "revive/tools/console/json_text.h"
#include "revive/tools/console/text.h"
#include "revive/tools/corpus/arrays.h"
#include "revive/tools/corpus/known_failures.h"
#include "revive/tools/corpus/replay_plan.h"
#include "revive/tools/run/resolve_subject.h"

namespace revive::tools {
namespace {

struct Options {
  std::vector<std::string> paths;
  std::string manifest = "corpus/manifest.json";
  std::string subject;
  std::string known;
  bool json = false;
};

// What became of the files of a replay.
struct Tally {
  std::size_t failed = 0;
  std::size_t known = 0;
  std::size_t not_asked = 0;
};

std::string summary(std::size_t files, const Tally& tally, const Console& console) {
  std::string text = tally.failed == 0 ? console.good("held") : console.bad(fmt::format("{} failed", tally.failed));
  text += ": " + counted(static_cast<std::int64_t>(files), "file");
  if (tally.known > 0) text += fmt::format(", {} failed as is known", tally.known);
  if (tally.not_asked > 0) text += fmt::format(", {} not asked", tally.not_asked);
  return text;
}

// Verdicts on archives are revive's own.
Judgement not_about_archives(const std::string& path) {
  return {.verdict = std::nullopt, .sentence = path + ": an archive is not asked of another subject", .asked = false};
}

Result<std::vector<ReplayItem>> plan(const Options& options) {
  if (options.paths.empty()) {
    REVIVE_ASSIGN_OR_RETURN(const auto manifest, Manifest::read(options.manifest));
    auto items = plan_manifest(manifest);
    for (ReplayItem& item : items) {
      // Whatever was recorded, it was of the subject that the case names.
      if (!options.subject.empty() && item.expect == ReplayItem::Expect::recorded)
        item.expect = ReplayItem::Expect::sound;
    }
    return items;
  }
  // Files from anywhere can be replayed where there is no corpus; against another subject no verdict is recorded.
  if (!exists(options.manifest) || !options.subject.empty()) return plan_paths(options.paths, nullptr);
  REVIVE_ASSIGN_OR_RETURN(const auto manifest, Manifest::read(options.manifest));
  return plan_paths(options.paths, &manifest);
}

Result<Judgement> judge_item(const ReplayItem& item, const Options& options) {
  if (!exists(item.path)) return Judgement{.verdict = std::nullopt, .sentence = item.path + ": the file is missing"};
  const bool foreign = !options.subject.empty() && options.subject != properties::kOwnSubject;
  if (foreign && item.path.ends_with(kArchiveExtension)) return not_about_archives(item.path);
  return judge_in_child(item.path, options.subject);
}

// A case that has to hold, and does not in the way that is listed.
bool fails_as_is_known(const ReplayItem& item, const Judgement& judgement, const properties::KnownFailures& known,
                       const Options& options) {
  if (judgement.site.empty() || item.verdict.kind == Verdict::Kind::violated) return false;
  std::string subject = options.subject;
  if (subject.empty()) {
    const auto stored = properties::read_case(item.path);
    if (!stored) return false;
    subject = stored->subject;
  }
  return known.find(subject, judgement.property, judgement.site) != nullptr;
}

Result<Outcome> replay(const Options& options, Console& console) {
  if (!options.subject.empty()) {
    const auto subject = resolve_subject(options.subject);
    if (!subject) return std::unexpected(subject.error());
  }
  REVIVE_ASSIGN_OR_RETURN(const auto items, plan(options));
  REVIVE_ASSIGN_OR_RETURN(const auto known, known_failures(options.known));
  Tally tally;
  Value::Array values;
  Progress progress(console, "replay", items.size());
  for (const ReplayItem& item : items) {
    console.out.flush();
    REVIVE_ASSIGN_OR_RETURN(const auto judgement, judge_item(item, options));
    const bool not_asked = !judgement.asked && !options.subject.empty();
    const bool is_known = fails_as_is_known(item, judgement, known, options);
    tally.not_asked += not_asked ? 1 : 0;
    tally.known += is_known ? 1 : 0;
    const auto objected = not_asked || is_known ? std::nullopt : objection(item, judgement);
    if (objected) {
      ++tally.failed;
      console.complain(*objected);
    } else if (!options.paths.empty() && !options.json) {
      console.out << judgement.sentence << '\n';
    }
    if (options.json) {
      Value value = judgement_to_value(judgement);
      value.as_object().insert(value.as_object().begin(), {{"file", item.path}, {"held", !objected}});
      if (is_known) value.as_object().emplace_back("known", true);
      values.push_back(std::move(value));
    }
    progress.step();
  }
  if (options.json) {
    print_value(console, values);
  } else {
    console.out << fmt::format("replay: {}\n", summary(items.size(), tally, console));
  }
  return tally.failed == 0 ? Outcome::held : Outcome::not_held;
}

}  // namespace

Command replay_command() {
  return {
      .name = "replay",
      .summary = "Compare every file of the corpus with its recorded verdict",
      .help =
          "Each file is tried in a process of its own, so that one crash is one failure. Without PATH: the whole\n"
          "manifest, and nothing may lie beside it unlisted. PATH is an archive, a .case file or a folder; what no\n"
          "manifest speaks for has to revive or be refused, and a case has to hold. With --subject every case has to\n"
          "hold for that subject, and what it cannot be asked is counted.\n\n"
          "Example: revive replay corpus/found/outputs_survive-output-N.case",
      .declare = [](Arguments& app) -> RunCommand {
        const auto options = std::make_shared<Options>();
        app.add_option("PATH", options->paths, "Archives, .case files or folders");
        app.add_option("--manifest", options->manifest, "The verdicts").capture_default_str();
        app.add_option("--subject", options->subject, "Test cases against this subject and not the one they name");
        app.add_option("--known", options->known, std::string(kKnownFailuresHelp));
        app.add_flag("--json", options->json, "Print a list of verdicts as JSON");
        return [options](Console& console) { return replay(*options, console); };
      }};
}

}  // namespace revive::tools
