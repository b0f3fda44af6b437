#include "revive/fuzz/oracles/archive_oracle.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

#include "revive/fuzz/mutators/fuzz_limits.h"
#include "revive/properties/generate/generate.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/keras/config_codec.h"
#include "revive/serializer/keras/training_code.h"

namespace revive::fuzz {
namespace {

using Objection = std::optional<std::string>;

// What is said of a step that was tried and failed.
template <typename T>
Objection failure(const std::optional<Result<T>>& step, std::string_view what) {
  const Error* const error = failure_of(step);
  if (error == nullptr) return std::nullopt;
  return fmt::format("{}: {}", what, error->text());
}

Objection text_of(const std::optional<Difference>& difference) {
  if (!difference) return std::nullopt;
  return difference->text();
}

// Why the archive was refused; nullptr where it was not.
const Error* refusal(const ArchiveTrial& trial) {
  return trial.model ? nullptr : &trial.model.error();
}

Objection refused_with_place(const ArchiveTrial& trial) {
  const Error* const error = refusal(trial);
  if (error == nullptr || !error->place.empty()) return std::nullopt;
  return fmt::format("an error without place: {} '{}'", name_of(error->code), error->message);
}

Objection refused_with_sentence(const ArchiveTrial& trial) {
  const Error* const error = refusal(trial);
  if (error == nullptr || !error->message.empty()) return std::nullopt;
  return fmt::format("an error without sentence: {} '{}'", name_of(error->code), error->place);
}

Objection saves(const ArchiveTrial& trial) {
  return failure(trial.saved, "a loaded model does not save");
}

Objection loads_again(const ArchiveTrial& trial) {
  return failure(trial.again, "what was saved does not load");
}

bool other_version(const ArchiveTrial& trial) {
  return trial.model->keras_version() != (*trial.again)->keras_version();
}

Objection same_version(const ArchiveTrial& trial) {
  return trial.difference && other_version(trial) ? text_of(trial.difference) : std::nullopt;
}

Objection same_config(const ArchiveTrial& trial) {
  if (!trial.difference) return std::nullopt;
  return text_of(first_config_difference(*trial.model, **trial.again));
}

// Of other layers the weights say nothing.
Objection same_weights(const ArchiveTrial& trial) {
  if (!trial.difference || same_config(trial)) return std::nullopt;
  return text_of(first_weights_difference(*trial.model, **trial.again));
}

// What is neither version, config nor weights: the optimizer's variables, assets.
Objection same_carried(const ArchiveTrial& trial) {
  if (!trial.difference || other_version(trial) || same_config(trial) || same_weights(trial)) return std::nullopt;
  return text_of(trial.difference);
}

Objection runs_alike(const ArchiveTrial& trial) {
  if (!trial.before || trial.before->has_value() == trial.after->has_value()) return std::nullopt;
  const auto said = [](const Result<Tensor>& output) { return output ? "an output" : output.error().text(); };
  return fmt::format("predict: {} before, {} after", said(*trial.before), said(*trial.after));
}

Objection same_refusal_to_run(const ArchiveTrial& trial) {
  if (!trial.before || *trial.before || *trial.after) return std::nullopt;
  const std::string before = trial.before->error().text();
  const std::string after = trial.after->error().text();
  if (before == after) return std::nullopt;
  return fmt::format("predict: '{}' before, '{}' after", before, after);
}

Objection same_output(const ArchiveTrial& trial) {
  if (!succeeded(trial.before) || !succeeded(trial.after)) return std::nullopt;
  return text_of(first_difference(**trial.before, **trial.after, "output"));
}

Objection saves_again(const ArchiveTrial& trial) {
  return failure(trial.saved_again, "a model that was saved before does not save");
}

Objection same_bytes_again(const ArchiveTrial& trial) {
  if (!succeeded(trial.saved_again)) return std::nullopt;
  const auto first = (*trial.saved)->bytes();
  const auto second = (*trial.saved_again)->bytes();
  if (std::ranges::equal(first, second)) return std::nullopt;
  const auto [left, right] = std::ranges::mismatch(first, second);
  return fmt::format("saved again, the archive differs from byte {} on ({} bytes, then {})", left - first.begin(),
                     first.size(), second.size());
}

Objection saves_without_code(const ArchiveTrial& trial) {
  return failure(trial.safe, "a loaded model does not save without its training code");
}

Objection loads_without_code(const ArchiveTrial& trial) {
  return failure(trial.safe_again, "what was saved without training code does not load");
}

Objection holds_no_code(const ArchiveTrial& trial) {
  if (trial.code_left.empty()) return std::nullopt;
  return "saved without training code, it has " + trial.code_left.front();
}

// Code that is left, and what went with it, is the leg's above.
Objection same_but_for_code(const ArchiveTrial& trial) {
  if (!succeeded(trial.safe_again) || !trial.code_left.empty()) return std::nullopt;
  const auto difference = first_difference(without_training_code(*trial.model), **trial.safe_again);
  if (!difference) return std::nullopt;
  return "saved without training code: " + difference->text();
}

constexpr std::array kLegs = {
    ArchiveLeg{"refused_with_place", "An archive that is refused is refused at a place.", refused_with_place},
    ArchiveLeg{"refused_with_sentence", "An archive that is refused is refused with a sentence.",
               refused_with_sentence},
    ArchiveLeg{"saves", "A model that loaded saves.", saves},
    ArchiveLeg{"loads_again", "What was saved loads.", loads_again},
    ArchiveLeg{"same_version", "What was saved and loaded follows the same version of Keras.", same_version},
    ArchiveLeg{"same_config", "What was saved and loaded has the same config.", same_config},
    ArchiveLeg{"same_weights", "What was saved and loaded has the same weights by bits.", same_weights},
    ArchiveLeg{"same_carried", "What was saved and loaded carries the same variables of an optimizer and assets.",
               same_carried},
    ArchiveLeg{"runs_alike", "What was saved and loaded runs where the model ran.", runs_alike},
    ArchiveLeg{"same_refusal_to_run", "Where a model does not run, what was saved says the same.", same_refusal_to_run},
    ArchiveLeg{"same_output", "What was saved and loaded gives the same outputs by bits.", same_output},
    ArchiveLeg{"saves_again", "What was saved and loaded saves.", saves_again},
    ArchiveLeg{"same_bytes_again", "Saved again, it gives the same bytes.", same_bytes_again},
    ArchiveLeg{"saves_without_code", "A model with training code saves without it.", saves_without_code},
    ArchiveLeg{"loads_without_code", "What was saved without training code loads.", loads_without_code},
    ArchiveLeg{"holds_no_code", "What was saved without training code holds none.", holds_no_code},
    ArchiveLeg{"same_but_for_code", "Saved without training code it is the same but for that.", same_but_for_code},
};

// A model may be declared for inputs that no machine holds; the layers' own limits count a batch of one.
bool can_run(const Sequential& model) {
  if (!model.built()) return false;
  const auto elements = element_count(model.input_shape().concrete(properties::kBatch, properties::kUnknownAxisSize));
  return elements && *elements <= static_cast<std::int64_t>(kMostActivationElements);
}

void run_both(ArchiveTrial& trial, const ArchiveCalls& calls) {
  if (!can_run(*trial.model)) return;
  const auto input = properties::default_input(*trial.model, kFuzzLimits);
  if (!input) return;
  trial.before = calls.predict(*trial.model, *input);
  trial.after = calls.predict(**trial.again, *input);
}

// As the archive's limits are those of the fuzzer, what revive writes itself may exceed them (defaults are spelled
// out); it is read with the usual ones.
void try_round_trip(ArchiveTrial& trial, const ArchiveCalls& calls) {
  const SaveOptions whole{.verify = false, .keep_training_code = true};
  trial.saved = calls.save(*trial.model, whole);
  if (!*trial.saved) return;
  trial.again = calls.load((*trial.saved)->bytes(), {});
  if (!*trial.again) return;
  trial.difference = first_difference(*trial.model, **trial.again);
  run_both(trial, calls);
  trial.saved_again = calls.save(**trial.again, whole);
}

// What a save leaves out by default is what it says, and nothing else.
void try_safe_save(ArchiveTrial& trial, const ArchiveCalls& calls) {
  if (calls.training_code(*trial.model).empty()) return;
  trial.safe = calls.save(*trial.model, {.verify = false});
  if (!*trial.safe) return;
  trial.safe_again = calls.load((*trial.safe)->bytes(), {});
  if (*trial.safe_again) trial.code_left = calls.training_code(**trial.safe_again);
}

}  // namespace

ArchiveCalls::ArchiveCalls()
    : predict([](const Sequential& model, const Tensor& input) { return model.predict(input, kFuzzLimits); }),
      training_code(revive::training_code) {}

std::span<const ArchiveLeg> archive_legs() {
  return kLegs;
}

ArchiveVerdict judge_archive(std::span<const std::byte> archive, const ArchiveCalls& calls,
                             std::span<const ArchiveLeg> legs) {
  ArchiveTrial trial{.model = calls.load(archive, {.limits = kFuzzLimits, .warn = {}})};
  ArchiveVerdict verdict;
  if (trial.model) {
    try_round_trip(trial, calls);
    try_safe_save(trial, calls);
    verdict.ran = trial.before.has_value();
    // Without what is carried for training: other initializers are not another structure.
    if (const auto config = model_to_config(*trial.model, {.without_training_state = true})) {
      verdict.structure = std::hash<std::string>()(print_json(*config));
    }
  } else {
    verdict.refused = trial.model.error();
  }
  verdict.finding = first_objection(legs, trial);
  return verdict;
}

}  // namespace revive::fuzz
