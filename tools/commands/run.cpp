// run: a model's answer to one input.

#include "revive/tools/commands/commands.h"
#include "revive/tools/corpus/archives.h"
#include "revive/tools/corpus/arrays.h"
#include "revive/tools/corpus/limit_options.h"

namespace revive::tools {
namespace {

struct Options {
  std::string file;
  std::string input;
  std::string output;
  LoadRequest load;
};

Result<Outcome> run_model(const Options& options, Console& console) {
  REVIVE_ASSIGN_OR_RETURN(const auto input, read_array(options.input));
  REVIVE_ASSIGN_OR_RETURN(auto model, load_archive(options.file, options.load, console));
  const auto output = model.predict(input, limits_for(options.file, options.load.limits));
  if (!output) return std::unexpected(with_option(output.error()).within(options.file + ": "));
  REVIVE_RETURN_IF_ERROR(write_array(options.output, *output));
  return Outcome::held;
}

}  // namespace

Command run_command() {
  return {.name = "run",
          .summary = "Run a model on an .npy array",
          .help = "Example: revive run model.keras --input x.npy --output y.npy",
          .declare = [](Arguments& app) -> RunCommand {
            const auto options = std::make_shared<Options>();
            app.add_option("FILE", options->file, "An archive").required();
            app.add_option("--input", options->input, "The input, an .npy array").required();
            app.add_option("--output", options->output, "Where the output goes").required().not_empty();
            add_load_options(app, options->load);
            return [options](Console& console) { return run_model(*options, console); };
          }};
}

}  // namespace revive::tools
