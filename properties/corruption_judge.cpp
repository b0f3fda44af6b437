#include "properties/corruption_judge.h"

#include <fmt/format.h>

#include <algorithm>

namespace revive::properties {
namespace {

std::string text_of(const Difference& difference) {
  return fmt::format("{}: {} before, {} after", difference.path, difference.left, difference.right);
}

Trial refused(const Error& error) {
  return {Fate::refused, error.code, {}};
}
// Of lambdas, which no comparison of models looks at.
bool has_texts(const Sequential& model) {
  bool found = false;
  visit_layers(model.root(), [&](const std::string&, const Layer& layer) {
    found = found || (layer.expression() != nullptr && layer.expression()->annotation);
  });
  return found;
}

Trial different(std::string message) {
  return {Fate::different, std::nullopt, std::move(message)};
}

}  // namespace

std::optional<std::string> unexplained(const Error& error) {
  // "expected 3" is no sentence yet; the shortest of ours has four words.
  constexpr std::ptrdiff_t kLeastBlanks = 2;
  const std::string text = error.text();
  if (error.place.empty()) return fmt::format("refused without a place: {}", text);
  if (std::ranges::count(error.message, ' ') < kLeastBlanks) return fmt::format("refused without a sentence: {}", text);
  return std::nullopt;
}

Result<CorruptionJudge> CorruptionJudge::make(const Subject& subject, std::span<const std::byte> archive,
                                              Environment environment, const Tensor* input) {
  CorruptionJudge judge(subject, std::move(environment), input);
  auto original = subject.load(archive, judge.environment_);
  if (!original) return std::unexpected(std::move(original.error()));
  judge.original_ = std::move(*original);
  if (subject.save && judge.original_.model) {
    auto saved = subject.save(*judge.original_.model, judge.environment_);
    if (!saved) return std::unexpected(std::move(saved.error()));
    judge.saved_ = std::move(*saved);
  }
  if (!judge.original_.model && subject.predict && input != nullptr) {
    auto output = subject.predict(judge.original_, *input);
    if (!output) return std::unexpected(std::move(output.error()));
    judge.output_ = std::move(*output);
  }
  return judge;
}

std::optional<std::string> CorruptionJudge::difference(const Loaded& loaded) const {
  if (original_.model && loaded.model) {
    if (const auto found = first_difference(*original_.model, *loaded.model)) return text_of(*found);
  }
  if (output_) {
    const auto found = subject_.predict(loaded, *input_);
    if (!found) return "it cannot run: " + found.error().text();
    if (const auto verdict = compare_tensors(*output_, *found, "output", subject_)) return verdict->message;
  }
  return std::nullopt;
}

std::optional<std::string> CorruptionJudge::saved_difference(const Loaded& loaded) const {
  if (!saved_ || !loaded.model || !(has_texts(*original_.model) || has_texts(*loaded.model))) return std::nullopt;
  const auto again = subject_.save(*loaded.model, environment_);
  if (!again) return "the model cannot be saved: " + again.error().text();
  if (*again != *saved_) return "the model is saved as other bytes";
  return std::nullopt;
}

std::optional<std::string> CorruptionJudge::instability(const Loaded& loaded) const {
  const auto saved = subject_.save(*loaded.model, environment_);
  if (!saved) return "the model it loads as cannot be saved: " + saved.error().text();
  const auto again = subject_.load(*saved, environment_);
  if (!again) return "the model it loads as cannot be loaded once it was saved: " + again.error().text();
  if (const auto found = first_difference(*loaded.model, *again->model)) {
    return "the model it loads as does not come back: " + text_of(*found);
  }
  const auto twice = subject_.save(*again->model, environment_);
  if (!twice) return "the model it loads as cannot be saved twice: " + twice.error().text();
  if (*twice != *saved) return "the model it loads as is saved as other bytes the second time";
  return std::nullopt;
}

Trial CorruptionJudge::silent(std::span<const std::byte> changed) const {
  const auto loaded = subject_.load(changed, environment_);
  if (!loaded) return refused(loaded.error());
  auto message = difference(*loaded);
  if (!message) message = saved_difference(*loaded);
  if (message) return different("it loads as another model: " + *message);
  return {Fate::identical, std::nullopt, {}};
}

Trial CorruptionJudge::sealed(std::span<const std::byte> changed) const {
  const auto loaded = subject_.load(changed, environment_);
  if (!loaded) {
    if (auto message = unexplained(loaded.error())) return different(std::move(*message));
    return refused(loaded.error());
  }
  if (!difference(*loaded) && !saved_difference(*loaded)) return {Fate::identical, std::nullopt, {}};
  if (auto message = instability(*loaded)) return different(std::move(*message));
  return {Fate::stable, std::nullopt, {}};
}

}  // namespace revive::properties
