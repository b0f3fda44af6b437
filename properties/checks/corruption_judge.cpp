#include "revive/properties/checks/corruption_judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "revive/serializer/keras/metadata.h"
#include "revive/serializer/keras/training_code.h"

namespace revive::properties {
namespace {

using Message = std::optional<std::string>;

Trial refused(const Error& error) {
  return {CorruptionOutcome::refused, error.code, {}};
}

Trial different(std::string message) {
  return {CorruptionOutcome::different, std::nullopt, std::move(message)};
}

}  // namespace

std::optional<std::string> unexplained(const Error& error, const Legs& legs) {
  // "expected 3" is no sentence yet; the shortest of ours has four words.
  constexpr std::ptrdiff_t kLeastBlanks = 2;
  const std::string text = error.text();
  if (error.place.empty()) return legs.of("has_place", Message(fmt::format("refused without a place: {}", text)));
  if (std::ranges::count(error.message, ' ') < kLeastBlanks) {
    return legs.of("has_sentence", Message(fmt::format("refused without a sentence: {}", text)));
  }
  return std::nullopt;
}

Result<CorruptionJudge> CorruptionJudge::make(const Subject& subject, std::span<const std::byte> archive,
                                              Environment environment, const Tensor* input, const Legs& legs) {
  CorruptionJudge judge(subject, std::move(environment), input, legs);
  REVIVE_ASSIGN_OR_RETURN(auto original, subject.load(archive, judge.environment_));
  judge.original_ = std::move(original);
  if (!judge.original_.model && subject.predict && input != nullptr) {
    REVIVE_ASSIGN_OR_RETURN(auto output, subject.predict(judge.original_, *input));
    judge.output_ = std::move(output);
  }
  return judge;
}

std::optional<std::string> CorruptionJudge::difference(const Loaded& loaded) const {
  // A foreign subject may say of one model what it is, and not of the other.
  if (original_.model && loaded.model) {
    if (const auto found = first_difference(*original_.model, *loaded.model)) {
      if (auto message = legs_.of("same_model", Message(violation(*found)->message))) return message;
    }
    // The texts of lambdas, which no comparison of models looks at.
    const auto found = first_difference(model_to_metadata(*original_.model), model_to_metadata(*loaded.model), "");
    if (found) {
      if (auto message = legs_.of("same_texts", Message("metadata.json: " + violation(*found)->message))) {
        return message;
      }
    }
  }
  if (output_) {
    const auto found = subject_.predict(loaded, *input_);
    if (!found) return legs_.of("runs", Message("it cannot run: " + found.error().text()));
    if (const auto verdict = legs_.of("same_output", compare_tensors(*output_, *found, "output", subject_))) {
      return verdict->message;
    }
  }
  return std::nullopt;
}

std::optional<std::string> CorruptionJudge::instability(const Loaded& loaded) const {
  const auto saved = subject_.save(*loaded.model, environment_);
  if (!saved) {
    return legs_.of("saves_again", Message("the model it loads as cannot be saved: " + saved.error().text()));
  }
  const auto again = subject_.load(*saved, environment_);
  if (!again) {
    return legs_.of("loads_again",
                    Message("the model it loads as cannot be loaded once it was saved: " + again.error().text()));
  }
  // Training code may be left out: a changed byte makes an unknown class of a known one.
  const auto found = first_difference(*loaded.model, *again->model);
  if (found && first_difference(without_training_code(*loaded.model), *again->model)) {
    const Message other = "the model it loads as does not come back: " + violation(*found)->message;
    if (auto message = legs_.of("comes_back", other)) return message;
  }
  const auto twice = subject_.save(*again->model, environment_);
  if (!twice) {
    return legs_.of("saves_twice", Message("the model it loads as cannot be saved twice: " + twice.error().text()));
  }
  if (*twice != *saved) {
    return legs_.of("same_bytes", Message("the model it loads as is saved as other bytes the second time"));
  }
  return std::nullopt;
}

Trial CorruptionJudge::silent(std::span<const std::byte> changed) const {
  const auto loaded = subject_.load(changed, environment_);
  if (!loaded) return refused(loaded.error());
  if (const auto message = difference(*loaded)) return different("it loads as another model: " + *message);
  return {CorruptionOutcome::identical, std::nullopt, {}};
}

Trial CorruptionJudge::sealed(std::span<const std::byte> changed) const {
  const auto loaded = subject_.load(changed, environment_);
  if (!loaded) {
    if (auto message = unexplained(loaded.error(), legs_)) return different(std::move(*message));
    return refused(loaded.error());
  }
  if (!difference(*loaded)) return {CorruptionOutcome::identical, std::nullopt, {}};
  if (auto message = instability(*loaded)) return different(std::move(*message));
  return {CorruptionOutcome::stable, std::nullopt, {}};
}

}  // namespace revive::properties
