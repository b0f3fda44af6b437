// promote: records what files give now as their verdicts.
#include <fmt/format.h>

#include "tools/commands.h"
#include "tools/judge.h"

namespace revive::tools {
namespace {

struct Options {
  std::vector<std::string> files;
  std::string reason;
  std::string manifest = "corpus/manifest.json";
};

Result<Outcome> promote(const Options& options, Console& console) {
  if (options.reason.empty()) return wrong_call("--reason is empty; say why the verdict is right");
  auto manifest = Manifest::read(options.manifest);
  if (!manifest) return std::unexpected(manifest.error());
  std::string lines;
  for (const std::string& path : options.files) {
    const auto file = manifest->file_of(path);
    if (!file || !can_be_judged(path)) {
      return wrong_call(
          fmt::format("{}: expected an archive or a case below the folder of {}", path, options.manifest));
    }
    const auto judgement = judge_in_child(path, "");
    if (!judgement) return std::unexpected(judgement.error());
    if (!judgement->verdict || judgement->verdict->detail == name_of(ErrorCode::file_unreadable)) {
      console.complain(judgement->sentence);
      return Outcome::not_held;
    }
    const ManifestEntry* before = manifest->find(*file);
    lines += fmt::format("{}: {}, was {}\n", *file, to_string(*judgement->verdict),
                         before == nullptr ? "not listed" : to_string(before->verdict));
    manifest->set({*file, *judgement->verdict, options.reason});
  }
  if (Status status = manifest->write(); !status) return std::unexpected(status.error());
  console.out << lines;
  return Outcome::held;
}

}  // namespace

Command promote_command() {
  return {.name = "promote",
          .summary = "Record what files give now as their verdicts, with the reason",
          .help =
              "What crashes or does not come back the same has no verdict to record: then nothing is changed.\n\n"
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
