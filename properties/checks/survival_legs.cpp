#include "revive/properties/checks/survival_legs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "revive/model/lambda/lambda_function.h"

namespace revive::properties {
namespace {

std::vector<const LambdaFunction*> lambdas_of(const Sequential& model) {
  std::vector<const LambdaFunction*> lambdas;
  visit_layers(model.root(), [&](const std::string&, const Layer& layer) {
    if (const LambdaFunction* expression = layer.lambda()) lambdas.push_back(expression);
  });
  return lambdas;
}

Verdict of_difference(const std::optional<Difference>& difference) {
  return difference ? violation(*difference) : std::nullopt;
}

template <typename T>
Verdict of_failure(std::string_view what, const Result<T>* step) {
  return step != nullptr && !*step ? violation(what, step->error()) : std::nullopt;
}

Verdict as_many_lambdas(Survival& survival) {
  if (survival.model() == nullptr) return std::nullopt;
  const auto before = lambdas_of(survival.the_case().model).size();
  const auto after = lambdas_of(*survival.model()).size();
  if (before == after) return std::nullopt;
  return Violation{fmt::format("{} lambdas before, {} after", before, after)};
}

Verdict same_lambdas(Survival& survival) {
  if (survival.model() == nullptr) return std::nullopt;
  const auto before = lambdas_of(survival.the_case().model);
  const auto after = lambdas_of(*survival.model());
  for (std::size_t i = 0; i < before.size() && before.size() == after.size(); ++i) {
    if (*before[i] == *after[i]) continue;
    return Violation{
        fmt::format("lambda {} was {} and became {}", i, before[i]->graph.to_text(), after[i]->graph.to_text())};
  }
  return std::nullopt;
}

Verdict same_output(Survival& survival) {
  const auto* const expected = survival.expected();
  const auto* const found = expected != nullptr && *expected ? survival.found() : nullptr;
  if (found == nullptr || !*found) return std::nullopt;
  return compare_runs(**expected, **found, survival.subject());
}

Verdict same_bytes_again(Survival& survival) {
  const auto* const again = survival.again();
  if (again == nullptr || !*again || **again == *survival.archive()) return std::nullopt;
  const Bytes& before = *survival.archive();
  const auto [first, second] = std::ranges::mismatch(before, **again);
  return Violation{fmt::format("saved again, the archive differs from byte {} on ({} bytes before, {} after)",
                               first - before.begin(), before.size(), (*again)->size())};
}

constexpr SurvivalLeg kSaves = {"saves", "A model that can be made saves.",
                                [](Survival& survival) { return of_failure("save failed", &survival.archive()); }};
constexpr SurvivalLeg kLoads = {"loads", "What was saved loads.",
                                [](Survival& survival) { return of_failure("load failed", survival.loaded()); }};
constexpr SurvivalLeg kRunsBefore = {"runs_before", "A model runs before it is saved.",
                                     [](Survival& survival) { return of_failure(kNotRunBefore, survival.expected()); }};
constexpr SurvivalLeg kRunsAfter = {"runs_after", "What was loaded runs where the model ran.", [](Survival& survival) {
                                      const auto* const expected = survival.expected();
                                      const bool ran = expected != nullptr && *expected;
                                      return ran ? of_failure(kNotRunAfter, survival.found()) : std::nullopt;
                                    }};
constexpr SurvivalLeg kSameOutput = {
    "same_output", "Outputs have the same dtype, dims and bits, or are as near as the subject allows itself.",
    same_output};
constexpr SurvivalLeg kSameWeights = {
    "same_weights", "Every weight has the same bits.", [](Survival& survival) -> Verdict {
      if (survival.model() == nullptr) return std::nullopt;
      return of_difference(first_weights_difference(survival.the_case().model, *survival.model()));
    }};
constexpr SurvivalLeg kSameConfig = {
    "same_config", "Every config value is the same, by kind and by bits.", [](Survival& survival) -> Verdict {
      if (survival.model() == nullptr) return std::nullopt;
      return of_difference(first_config_difference(survival.the_case().model, *survival.model()));
    }};
constexpr SurvivalLeg kSavesAgain = {"saves_again", "What was loaded saves.", [](Survival& survival) {
                                       return of_failure("saving the loaded model failed", survival.again());
                                     }};
constexpr SurvivalLeg kSameBytesAgain = {"same_bytes_again", "Saved again, it gives the same bytes.", same_bytes_again};
constexpr SurvivalLeg kAsManyLambdas = {"as_many_lambdas", "What was loaded has as many lambdas.", as_many_lambdas};
constexpr SurvivalLeg kSameLambdas = {"same_lambdas", "Every lambda has the same graph, constants by kind and by bits.",
                                      same_lambdas};

constexpr std::array kOfOutputs = {kSaves, kLoads, kRunsBefore, kRunsAfter, kSameOutput};
constexpr std::array kOfWeights = {kSaves, kLoads, kSameWeights};
constexpr std::array kOfConfig = {kSaves, kLoads, kSameConfig};
constexpr std::array kOfBytes = {kSaves, kLoads, kSavesAgain, kSameBytesAgain};
constexpr std::array kOfCaptures = {kSaves, kLoads, kAsManyLambdas, kSameLambdas, kRunsBefore, kRunsAfter, kSameOutput};

constexpr SurvivalProperty kProperties[] = {
    {"outputs_survive", kOfOutputs},
    {"weights_survive", kOfWeights},
    {"config_survives", kOfConfig},
    {"bytes_are_stable", kOfBytes},
    {"captures_are_values", kOfCaptures, true},
};

}  // namespace

const Result<Bytes>& Survival::archive() {
  if (!archive_) archive_ = save_with(subject_, case_.model, at_save_);
  return *archive_;
}

const Result<Loaded>* Survival::loaded() {
  if (!archive()) return nullptr;
  if (!loaded_) loaded_ = subject_.load(*archive(), at_load_);
  return &*loaded_;
}

const Sequential* Survival::model() {
  const Result<Loaded>* const all = loaded();
  return all != nullptr && *all && (*all)->model ? &*(*all)->model : nullptr;
}

const Result<Tensor>* Survival::expected() {
  const Result<Loaded>* const all = loaded();
  if (all == nullptr || !*all || !subject_.predict) return nullptr;
  if (!expected_) expected_ = run_before(case_.model, case_.input, subject_);
  return &*expected_;
}

const Result<Tensor>* Survival::found() {
  const Result<Loaded>* const all = loaded();
  if (all == nullptr || !*all || !subject_.predict) return nullptr;
  if (!found_) found_ = subject_.predict(**all, case_.input);
  return &*found_;
}

const Result<Bytes>* Survival::again() {
  if (model() == nullptr) return nullptr;
  if (!again_) again_ = save_with(subject_, *model(), altered(case_.environment));
  return &*again_;
}

std::span<const SurvivalProperty> survival_properties() {
  return kProperties;
}

std::optional<Objection> first_objection(const SurvivalProperty& property, std::span<const SurvivalLeg> legs,
                                         const Case& the_case, const Subject& subject) {
  const Environment changed = altered(the_case.environment);
  const Environment none;
  Survival survival(the_case, subject, property.names_change_early ? changed : the_case.environment,
                    property.names_change_early ? none : changed);
  for (const SurvivalLeg& leg : legs) {
    if (auto verdict = leg.objection(survival)) return Objection{leg.name, *std::move(verdict)};
  }
  return std::nullopt;
}

}  // namespace revive::properties
