// The checks behind the properties, and what they share. property.cpp names each and gives its sentence; the checks of
// one subject matter stand in one file.
#pragma once

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "revive/model/lambda/lambda_function.h"
#include "revive/properties/property.h"
#include "revive/serializer/compare.h"

namespace revive::properties {

using Verdict = std::optional<Violation>;

Verdict violation(std::string_view what, const Error& error);
Verdict violation(const Difference& difference);
Verdict violation(const std::optional<Difference>& difference);
// A verdict on `model`, which the property made of the case's own; a violation then says how, and holds the model.
Verdict about(const Sequential& model, std::string_view how, Verdict verdict);

// The names are gone, or mean something else, by the time a model is loaded.
Environment altered(const Environment& environment);

// Which legs of a check may object: all of them, or all but one, so that a test can ask what stands on that one.
// legs.h names them.
class Legs {
 public:
  Legs() = default;
  static Legs all_but(std::string_view off) {
    Legs legs;
    legs.off_ = off;
    return legs;
  }
  // What the leg of this name says, nothing where it is turned off.
  template <typename T>
  std::optional<T> of(std::string_view leg, std::optional<T> said) const {
    return leg == off_ ? std::nullopt : std::move(said);
  }

 private:
  std::string_view off_;
};

// What `subject` saves; what revive saves where it only loads.
Result<Bytes> save_with(const Subject& subject, const Sequential& model, const Environment& environment);

struct Revived {
  Bytes archive;
  Loaded loaded;
};

// Saved with the environment of the case, loaded with it altered. Legs: saves, loads; the Verdict is empty where the
// one that objects is turned off.
std::expected<Revived, Verdict> revive_case(const Case& the_case, const Subject& subject, const Legs& legs);

// The case's model, saved and loaded, has its own weights and config, and gives what `reference` gives, a model that
// differs from it in what must not matter. Legs: those of revive_case(), same_weights, same_config, those of
// compare_outputs().
Verdict survives_beside(const Sequential& reference, const Case& the_case, const Subject& subject, const Legs& legs);

// What `loaded` gives for the input, beside what the model gave before it was saved: by bits, or, where revive says
// what that was, within what the subject allows itself. Legs: runs_before, runs_after, same_output.
Verdict compare_outputs(const Sequential& before, const Loaded& after, const Tensor& input, const Subject& subject,
                        const Legs& legs);
// The parts of it: what says that a run failed, what the model gives before, and whether two outputs agree.
inline constexpr std::string_view kNotRunBefore = "the model could not run before it was saved";
inline constexpr std::string_view kNotRunAfter = "the model could not run after it was loaded";
Result<Tensor> run_before(const Sequential& before, const Tensor& input, const Subject& subject);
Verdict compare_runs(const Tensor& expected, const Tensor& found, const Subject& subject);
// By bits, or within what the subject allows itself.
Verdict compare_tensors(const Tensor& expected, const Tensor& found, std::string_view what, const Subject& subject);

// survival_checks.cpp
Verdict outputs_survive(const Case& the_case, const Subject& subject);
Verdict weights_survive(const Case& the_case, const Subject& subject);
Verdict config_survives(const Case& the_case, const Subject& subject);
Verdict bytes_are_stable(const Case& the_case, const Subject& subject);
Verdict captures_are_values(const Case& the_case, const Subject& subject);

// lambda_checks.cpp
Verdict loop_variables_are_values(const Case& the_case, const Subject& subject, const Legs& legs);
Verdict lowering_is_exact(const Case& the_case, const Subject& subject, const Legs& legs);
Verdict literal_equals_capture(const Case& the_case, const Subject& subject, const Legs& legs);
// Of whatever makes a lambda of a tree and captures; revive's make_expression() otherwise.
using Lower = Result<LambdaFunction> (*)(const Tree& tree, const Captures& captures);
Verdict lowering_is_exact_by(Lower lower, const Case& the_case, const Legs& legs);
Verdict literal_equals_capture_by(Lower lower, const Case& the_case, const Legs& legs);

// spelling_checks.cpp
Verdict spelling_does_not_matter(const Case& the_case, const Subject& subject, const Legs& legs);

// naming_checks.cpp
Verdict names_do_not_matter(const Case& the_case, const Subject& subject, const Legs& legs);
Verdict tall_stacks_keep_their_order(const Case& the_case, const Subject& subject, const Legs& legs);

// saving_checks.cpp
Verdict what_builds_can_be_saved(const Case& the_case, const Subject& subject, const Legs& legs);

// nesting_checks.cpp
Verdict nesting_is_flat(const Case& the_case, const Subject& subject, const Legs& legs);

// carrying_checks.cpp
Verdict training_data_is_carried(const Case& the_case, const Subject& subject, const Legs& legs);
Verdict what_is_written_is_safe(const Case& the_case, const Subject& subject, const Legs& legs);
Verdict loads_are_independent(const Case& the_case, const Subject& subject, const Legs& legs);

// prediction_checks.cpp
Verdict batch_is_independent(const Case& the_case, const Subject& subject, const Legs& legs);
Verdict predict_is_pure(const Case& the_case, const Subject& subject, const Legs& legs);

// corruption_checks.cpp
Verdict truncation_is_refused(const Case& the_case, const Subject& subject, const Legs& legs);
Verdict no_silent_corruption(const Case& the_case, const Subject& subject, const Legs& legs);
Verdict sealed_corruption_is_explained(const Case& the_case, const Subject& subject, const Legs& legs);

// refusal_checks.cpp
Verdict refusals_are_early(const Case& the_case, const Subject& subject, const Legs& legs);
// How the subject refuses these bytes after taking too much memory; nothing when it loads them. REQUIRES:
// allocation_meter() != nullptr.
std::optional<std::string> refused_late(const Subject& subject, std::span<const std::byte> archive,
                                        const Environment& environment);

}  // namespace revive::properties
