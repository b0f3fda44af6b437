#include "revive/tools/corpus/check.h"

#include <fmt/format.h>

#include "revive/properties/generate/generate.h"
#include "revive/serializer/compare.h"
#include "revive/serializer/keras/training_code.h"
#include "revive/serializer/keras/training_versions.h"
#include "revive/serializer/keras_archive.h"
#include "revive/tools/console/text.h"
#include "revive/tools/corpus/agreement.h"
#include "revive/tools/corpus/arrays.h"
#include "revive/tools/corpus/limit_options.h"

namespace revive::tools {
namespace {

struct CheckInput {
  Tensor input;
  std::optional<Tensor> recorded;
};

Result<CheckInput> find_input(const Sequential& model, const std::string& archive,
                              const std::optional<std::string>& given, const Limits& limits) {
  const std::string recorded_input = recorded_input_path(archive);
  const std::string recorded_output = recorded_output_path(archive);
  if (!given && !exists(recorded_input)) {
    auto made_up = properties::default_input(model, limits);
    if (!made_up) {
      // A report that a model was not run names the archive itself.
      const bool not_run = made_up.error().code == ErrorCode::limit_exceeded;
      return std::unexpected(not_run ? std::move(made_up.error()) : made_up.error().within(archive + ": "));
    }
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

// What the model answers; nothing, and why, where the limits do not let it run.
Result<std::optional<Tensor>> answer(const Sequential& model, const Tensor& input, const Limits& limits,
                                     std::optional<Error>& not_run) {
  auto output = model.predict(input, limits);
  if (output) return std::optional(std::move(*output));
  if (output.error().code != ErrorCode::limit_exceeded) return std::unexpected(std::move(output.error()));
  not_run = with_option(std::move(output.error()));
  return std::optional<Tensor>();
}

Status compare_recorded(const Tensor& output, const Tensor& recorded, const std::string& archive, CheckReport& report) {
  const Agreement agreement = compare_outputs(output, recorded);
  if (agreement.disagreement) return fail(ErrorCode::output_differs, archive + ": output", *agreement.disagreement);
  report.max_difference = agreement.max_difference;
  return {};
}

}  // namespace

Result<CheckReport> check_model(const Sequential& model, const std::string& archive,
                                const std::optional<std::string>& input_path, const Limits& limits) {
  const auto placed = [&](const Error& error) { return std::unexpected(error.within(archive + ": ")); };
  if (!model.built()) {
    return fail(ErrorCode::model_not_built, archive, "the model has no input shape, so there is nothing to run it on");
  }
  CheckReport report{.layers = static_cast<std::int64_t>(properties::count_layers(model)),
                     .parameters = model.root().weight_elements(),
                     .max_difference = {},
                     .digest = digest(model),
                     .not_run = {}};
  auto given = find_input(model, archive, input_path, limits);
  if (!given && given.error().code != ErrorCode::limit_exceeded) return std::unexpected(std::move(given.error()));
  std::optional<Tensor> before;
  if (!given) {
    report.not_run = with_option(std::move(given.error()));
  } else {
    auto output = answer(model, given->input, limits, report.not_run);
    if (!output) return placed(output.error());
    before = std::move(*output);
  }

  const auto saved = save_bytes(model, {.verify = false, .limits = limits});
  if (!saved) return placed(saved.error());
  const auto revived = load_bytes(saved->bytes(), {.limits = limits});
  if (!revived) return placed(revived.error());
  // Training state that is code is left out by a save, so it cannot come back.
  const bool is_whole = training_code(model).empty() && !has_newer_defaults(model);
  const auto difference =
      is_whole ? first_difference(model, *revived) : first_difference(without_training_code(model), *revived);
  if (difference) return changed(archive, *difference);
  if (!before) return report;
  const auto after = revived->predict(given->input, limits);
  if (!after) return placed(after.error());
  if (const auto another = first_difference(*before, *after, "output")) return changed(archive, *another);
  if (given->recorded) REVIVE_RETURN_IF_ERROR(compare_recorded(*before, *given->recorded, archive, report));
  return report;
}

std::string to_string(const CheckReport& report) {
  if (report.not_run) {
    return fmt::format("not run ({}, {}, saved and loaded the same): {}", counted(report.layers, "layer"),
                       counted(report.parameters, "parameter"), report.not_run->text());
  }
  std::string text = fmt::format("revives ({}, {}, outputs equal", counted(report.layers, "layer"),
                                 counted(report.parameters, "parameter"));
  if (report.max_difference) {
    text += fmt::format(", matches what Keras recorded: max difference {:.1g}", *report.max_difference);
  }
  return text + ")";
}

}  // namespace revive::tools
