// verdict: what one file gives, as JSON. `replay` and `promote` run it as a child for every file.

#include <memory>

#include "revive/tools/commands/commands.h"
#include "revive/tools/console/json_text.h"
#include "revive/tools/corpus/judge.h"

namespace revive::tools {
namespace {

struct Options {
  std::string file;
  std::string subject;
};

}  // namespace

Command verdict_command() {
  return {.name = "verdict",
          .summary = "What one file gives now, as JSON",
          .help = "Example: revive verdict corpus/keras/dense.keras",
          .declare = [](Arguments& app) -> RunCommand {
            const auto options = std::make_shared<Options>();
            app.add_option("FILE", options->file, "An archive or a .case file").required();
            app.add_option("--subject", options->subject, "Test a case against this subject");
            return [options](Console& console) -> Result<Outcome> {
              print_value(console, judgement_to_value(judge_file(options->file, options->subject)));
              return Outcome::held;
            };
          },
          .hidden = true};
}

}  // namespace revive::tools
