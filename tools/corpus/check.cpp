#include "revive/tools/corpus/check.h"

#include <fmt/format.h>

#include "revive/properties/generate/generate.h"
#include "revive/serializer/compare.h"
#include "revive/serializer/keras/training_code.h"
#include "revive/serializer/keras_archive.h"
#include "revive/tools/corpus/agreement.h"
#include "revive/tools/corpus/arrays.h"
#include "revive/tools/report/text.h"

namespace revive::tools {
namespace {

struct CheckInput {
  Tensor input;
  std::optional<Tensor> recorded;
};

Result<CheckInput> find_input(const Sequential& model, const std::string& archive,
                              const std::optional<std::string>& given) {
  const std::string recorded_input = recorded_input_path(archive);
  const std::string recorded_output = recorded_output_path(archive);
  if (!given && !exists(recorded_input)) {
    auto made_up = properties::default_input(model);
    if (!made_up) return std::unexpected(made_up.error().within(archive + ": "));
    return CheckInput{std::move(*made_up), std::nullopt};
  }
  REVIVE_ASSIGN_OR_RETURN(auto input, read_array(given.value_or(recorded_input)));
  if (given || !exists(recorded_output)) return CheckInput{std::move(input), std::nullopt};
  REVIVE_ASSIGN_OR_RETURN(auto output, read_array(recorded_output));
  return CheckInput{std::move(input), std::move(output)};
}

std::unexpected<Error> changed(const std::string& archive, const Difference& difference) {
  return fail(ErrorCode::verify_failed, fmt::format("{}: {}", archive, difference.path),
              fmt::format("{} before saving, {} after loading", difference.left, difference.right));
}

}  // namespace

Result<CheckReport> check_model(const Sequential& model, const std::string& archive,
                                const std::optional<std::string>& input_path) {
  const auto placed = [&](const Error& error) { return std::unexpected(error.within(archive + ": ")); };
  if (!model.built()) {
    return fail(ErrorCode::model_not_built, archive, "the model has no input shape, so there is nothing to run it on");
  }
  REVIVE_ASSIGN_OR_RETURN(const auto given, find_input(model, archive, input_path));
  const auto before = model.predict(given.input);
  if (!before) return placed(before.error());

  const auto saved = save_bytes(model, {.verify = false});
  if (!saved) return placed(saved.error());
  const auto revived = load_bytes(saved->bytes());
  if (!revived) return placed(revived.error());
  // Training state that is code is left out by a save, so it cannot come back.
  const auto difference = training_code(model).empty() ? first_difference(model, *revived)
                                                       : first_difference(without_training_code(model), *revived);
  if (difference) return changed(archive, *difference);
  const auto after = revived->predict(given.input);
  if (!after) return placed(after.error());
  if (const auto another = first_difference(*before, *after, "output")) return changed(archive, *another);

  CheckReport report{.layers = static_cast<std::int64_t>(properties::count_layers(model)),
                     .parameters = model.root().weight_elements(),
                     .max_difference = {},
                     .digest = digest(model)};
  if (given.recorded) {
    const Agreement agreement = compare_outputs(*before, *given.recorded);
    if (agreement.disagreement) {
      return fail(ErrorCode::output_differs, archive + ": output", *agreement.disagreement);
    }
    report.max_difference = agreement.max_difference;
  }
  return report;
}

std::string to_string(const CheckReport& report) {
  std::string text = fmt::format("revives ({}, {}, outputs equal", counted(report.layers, "layer"),
                                 counted(report.parameters, "parameter"));
  if (report.max_difference) {
    text += fmt::format(", matches what Keras recorded: max difference {:.1g}", *report.max_difference);
  }
  return text + ")";
}

}  // namespace revive::tools
