// diff: the first place where two archives are not the same model.
#include <fmt/format.h>

#include "revive/model/base/printable.h"
#include "revive/properties/generate/generate.h"
#include "revive/serializer/compare.h"
#include "revive/serializer/keras/training_versions.h"
#include "revive/tools/commands/commands.h"
#include "revive/tools/console/json_text.h"
#include "revive/tools/corpus/archives.h"
#include "revive/tools/corpus/arrays.h"
#include "revive/tools/corpus/limit_options.h"
#include "revive/tools/run/timed.h"

namespace revive::tools {
namespace {

struct Options {
  std::string left;
  std::string right;
  bool outputs = false;
  bool what_runs = false;
  std::string input;
  LoadRequest load;
  std::uint64_t seconds = 0;
  bool json = false;
};

Result<std::optional<Difference>> outputs_difference(const Sequential& left, const Sequential& right,
                                                     const Options& options) {
  for (const auto& [model, file] : {std::pair(&left, &options.left), std::pair(&right, &options.right)}) {
    if (!model->built()) return fail(ErrorCode::model_not_built, *file, "the model has no input shape to run it on");
  }
  const Limits left_limits = limits_for(options.left, options.load.limits);
  const Limits right_limits = limits_for(options.right, options.load.limits);
  auto input = options.input.empty() ? properties::default_input(left, left_limits) : read_array(options.input);
  if (!input && options.input.empty()) return std::unexpected(with_option(input.error()).within(options.left + ": "));
  if (!input) return std::unexpected(input.error());
  const auto a = left.predict(*input, left_limits);
  if (!a) return std::unexpected(with_option(a.error()).within(options.left + ": "));
  const auto b = right.predict(*input, right_limits);
  if (!b) return std::unexpected(with_option(b.error()).within(options.right + ": "));
  return first_difference(*a, *b, "output");
}

Result<Outcome> diff(const Options& options, Console& console) {
  REVIVE_ASSIGN_OR_RETURN(auto left, load_archive(options.left, options.load, console));
  REVIVE_ASSIGN_OR_RETURN(auto right, load_archive(options.right, options.load, console));
  // What one Keras writes as None and another leaves out is the same.
  drop_newer_defaults(left);
  drop_newer_defaults(right);
  std::optional<Difference> difference;
  if (options.what_runs) difference = first_weights_difference(left, right);
  if (options.outputs || (options.what_runs && !difference)) {
    REVIVE_ASSIGN_OR_RETURN(auto found, outputs_difference(left, right, options));
    difference = std::move(found);
  } else if (!options.what_runs) {
    difference = first_difference(left, right);
  }
  if (options.json) {
    print_value(console,
                difference ? Value(Value::Object{
                                 {"path", difference->path}, {"left", difference->left}, {"right", difference->right}})
                           : Value());
  } else {
    console.out << (difference ? printable(difference->text()) : std::string("no difference")) << '\n';
  }
  return difference ? Outcome::not_held : Outcome::held;
}

}  // namespace

Command diff_command() {
  return {.name = "diff",
          .summary = "The first difference between two archives, by its path",
          .help =
              "Config values are compared by kind and bits, weights by bits. Arguments of initializers that are None "
              "and that\n"
              "an older Keras does not know count as left out.\n\n"
              "Example: revive diff before.keras after.keras",
          .declare = [](Arguments& app) -> RunCommand {
            const auto options = std::make_shared<Options>();
            app.add_option("A", options->left, "An archive").required();
            app.add_option("B", options->right, "Another").required();
            app.add_flag("--outputs", options->outputs, "Compare what both answer to the input that `check` makes up");
            app.add_flag("--what-runs", options->what_runs,
                         "Compare weights and outputs by bits, and no config: what another program saved again");
            app.add_option("--input", options->input,
                           "A .npy file to compare outputs on, instead of the input made up");
            add_load_options(app, options->load);
            app.add_flag("--json", options->json, "Print {path, left, right} or null");
            add_seconds_option(app, options->seconds, "the comparison");
            return [options](Console& console) -> Result<Outcome> {
              REVIVE_ASSIGN_OR_RETURN(
                  const bool held, timed(options->seconds, options->left, console, [&](Console& own) -> Result<bool> {
                    REVIVE_ASSIGN_OR_RETURN(const auto outcome, diff(*options, own));
                    return outcome == Outcome::held;
                  }));
              return held ? Outcome::held : Outcome::not_held;
            };
          }};
}

}  // namespace revive::tools
