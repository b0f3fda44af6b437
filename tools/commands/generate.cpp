// generate: random models as archives, each with an input and revive's answer.
#include <fmt/format.h>

#include <filesystem>

#include "revive/model/base/random.h"
#include "revive/properties/generate/generate.h"
#include "revive/properties/generate/profiles.h"
#include "revive/serializer/keras_archive.h"
#include "revive/tools/commands/commands.h"
#include "revive/tools/corpus/arrays.h"
#include "revive/tools/run/layer_names.h"

namespace revive::tools {
namespace {

struct Options {
  int count = 10;
  std::uint64_t seed = 0;
  properties::Profile profile = properties::Profile::wild;
  bool lambdas = false;
  std::string layers;
  std::string folder;
};

Status write_generated(const properties::Case& made, const std::string& stem) {
  const auto output = made.model.predict(made.input);
  if (!output) return std::unexpected(output.error().within(stem + ": "));
  const std::string archive = stem + ".keras";
  if (const auto saved = save(made.model, archive); !saved) return std::unexpected(saved.error());
  REVIVE_RETURN_IF_ERROR(write_array(recorded_input_path(archive), made.input));
  return write_array(recorded_output_path(archive), *output);
}

Result<Outcome> generate(const Options& options, Console& console) {
  REVIVE_ASSIGN_OR_RETURN(const auto only, layer_classes_named(options.layers));
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  if (error) return fail(ErrorCode::file_unwritable, options.folder, "cannot make the folder: " + error.message());
  Random seeds(options.seed);
  Progress progress(console, "generate", static_cast<std::uint64_t>(options.count));
  for (int i = 0; i < options.count; ++i) {
    console.out.flush();
    properties::Choices choices = properties::Choices::random(seeds.next());
    const auto made =
        properties::generate_case(choices, {.profile = options.profile, .lambdas_only = options.lambdas, .only = only});
    if (!made) return std::unexpected(made.error().within(fmt::format("model {}: ", i)));
    const std::filesystem::path stem = std::filesystem::path(options.folder) / fmt::format("{:04}", i);
    REVIVE_RETURN_IF_ERROR(write_generated(*made, stem.string()));
    progress.step();
  }
  console.out << fmt::format("{}: {} models\n", options.folder, options.count);
  return Outcome::held;
}

}  // namespace

Command generate_command() {
  return {.name = "generate",
          .summary = "Write random models as archives, each with an input and its output",
          .help =
              "Writes NNNN.keras, NNNN.input.npy and NNNN.output.npy; the same seed writes the same bytes.\n"
              "Profiles: wild (anything a model may hold), tame (small weights, no special floats: for comparing\n"
              "numbers with another implementation), specials (for comparing NaN and infinities).\n\n"
              "Example: revive generate -n 200 --seed 1 --profile tame --out models",
          .declare = [](Arguments& app) -> RunCommand {
            const auto options = std::make_shared<Options>();
            app.add_option("-n", options->count, "How many models").range(1, 1'000'000).capture_default_str();
            app.add_option("--seed", options->seed, "Where the randomness starts").capture_default_str();
            app.add_option("--profile", options->profile, properties::kProfiles, "wild, tame or specials");
            app.add_flag("--lambdas", options->lambdas, "Stacks of Lambda layers alone");
            app.add_option("--layers", options->layers, "Stacks of these classes alone, as in Dense,ReLU");
            app.add_option("--out", options->folder, "The folder to write into").required();
            return [options](Console& console) { return generate(*options, console); };
          }};
}

}  // namespace revive::tools
