#include "revive/fuzz/oracles/archive_oracle.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "revive/fuzz/mutators/fuzz_limits.h"
#include "revive/properties/generate/generate.h"
#include "revive/serializer/compare.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/keras/config_codec.h"
#include "revive/serializer/keras/training_code.h"
#include "revive/serializer/keras_archive.h"

namespace revive::fuzz {
namespace {

using Finding = std::optional<std::string>;

Finding check_error(const Error& error) {
  if (!error.place.empty() && !error.message.empty()) return std::nullopt;
  return fmt::format("an error without {}: {} '{}' '{}'", error.place.empty() ? "place" : "sentence",
                     name_of(error.code), error.place, error.message);
}

// A model may be declared for inputs that no machine holds; the layers' own limits count a batch of one.
bool can_run(const Sequential& model) {
  if (!model.built()) return false;
  const auto elements = element_count(model.input_shape().concrete(properties::kBatch, properties::kUnknownAxisSize));
  return elements && *elements <= static_cast<std::int64_t>(kMostActivationElements);
}

Finding compare_outputs(const Sequential& first, const Sequential& second) {
  const auto input = properties::default_input(first, kFuzzLimits);
  if (!input) return std::nullopt;
  const auto before = first.predict(*input, kFuzzLimits);
  const auto after = second.predict(*input, kFuzzLimits);
  if (before.has_value() != after.has_value()) {
    return fmt::format("predict: {} before, {} after", before ? "an output" : before.error().text(),
                       after ? "an output" : after.error().text());
  }
  if (!before) {
    if (before.error().text() == after.error().text()) return std::nullopt;
    return fmt::format("predict: '{}' before, '{}' after", before.error().text(), after.error().text());
  }
  const auto difference = first_difference(*before, *after, "output");
  if (!difference) return std::nullopt;
  return difference->text();
}

// As the archive's limits are those of the fuzzer, what revive writes itself may exceed them (defaults are spelled
// out); it is read with the usual ones.
Finding check_round_trip(const Sequential& model, bool run) {
  const SaveOptions whole{.verify = false, .keep_training_code = true};
  const auto saved = save_bytes(model, whole);
  if (!saved) return "a loaded model does not save: " + saved.error().text();
  const auto again = load_bytes(saved->bytes());
  if (!again) return "what was saved does not load: " + again.error().text();
  if (const auto difference = first_difference(model, *again)) return difference->text();
  if (run) {
    if (Finding finding = compare_outputs(model, *again)) return finding;
  }
  const auto resaved = save_bytes(*again, whole);
  if (!resaved) return "a model that was saved before does not save: " + resaved.error().text();
  if (std::ranges::equal(saved->bytes(), resaved->bytes())) return std::nullopt;
  const auto [left, right] = std::ranges::mismatch(saved->bytes(), resaved->bytes());
  return fmt::format("saved again, the archive differs from byte {} on ({} bytes, then {})",
                     left - saved->bytes().begin(), saved->size(), resaved->size());
}

// What a save leaves out by default is what it says, and nothing else.
Finding check_safe_save(const Sequential& model) {
  if (training_code(model).empty()) return std::nullopt;
  const auto saved = save_bytes(model, {.verify = false});
  if (!saved) return "a loaded model does not save without its training code: " + saved.error().text();
  const auto again = load_bytes(saved->bytes());
  if (!again) return "what was saved without training code does not load: " + again.error().text();
  if (!training_code(*again).empty()) return "saved without training code, it has " + training_code(*again).front();
  const auto difference = first_difference(without_training_code(model), *again);
  if (!difference) return std::nullopt;
  return "saved without training code: " + difference->text();
}

}  // namespace

ArchiveVerdict judge_archive(std::span<const std::byte> archive) {
  ArchiveVerdict verdict;
  const auto model = load_bytes(archive, {.limits = kFuzzLimits, .warn = {}});
  if (!model) {
    verdict.refused = model.error();
    verdict.finding = check_error(model.error());
    return verdict;
  }
  verdict.ran = can_run(*model);
  verdict.finding = check_round_trip(*model, verdict.ran);
  if (!verdict.finding) verdict.finding = check_safe_save(*model);
  // Without what is carried for training: other initializers are not another structure.
  if (const auto config = model_to_config(*model, {.without_training_state = true})) {
    verdict.structure = std::hash<std::string>()(print_json(*config));
  }
  return verdict;
}

}  // namespace revive::fuzz
