// What the properties of survival stand on: a case is saved, loaded, run and saved again, and each leg looks at its own
// part of that alone. A property is a list of legs, declared once; what a leg finds no other leg of the property does.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "revive/properties/checks/checks.h"

namespace revive::properties {

// One case and one subject. Steps are taken when a leg first asks for them, once each; nullptr is a step that the one
// before did not come to.
class Survival {
 public:
  // What names mean while the model is saved and while it is loaded. They outlive this.
  Survival(const Case& the_case, const Subject& subject, const Environment& at_save, const Environment& at_load)
      : case_(the_case), subject_(subject), at_save_(at_save), at_load_(at_load) {}

  const Case& the_case() const { return case_; }
  const Subject& subject() const { return subject_; }
  const Result<Bytes>& archive();
  const Result<Loaded>* loaded();
  // What was loaded, where the subject tells.
  const Sequential* model();
  // Nullptr as well where the subject cannot predict.
  const Result<Tensor>* expected();
  const Result<Tensor>* found();
  const Result<Bytes>* again();

 private:
  const Case& case_;
  const Subject& subject_;
  const Environment& at_save_;
  const Environment& at_load_;
  std::optional<Result<Bytes>> archive_;
  std::optional<Result<Loaded>> loaded_;
  std::optional<Result<Tensor>> expected_;
  std::optional<Result<Tensor>> found_;
  std::optional<Result<Bytes>> again_;
};

struct SurvivalLeg {
  std::string_view name;
  // What has to hold, as a sentence.
  std::string_view promise;
  Verdict (*objection)(Survival& survival);
};

struct SurvivalProperty {
  std::string_view name;
  // In the order in which they are asked.
  std::span<const SurvivalLeg> legs;
  // Whether names mean something else before the model is saved, and nothing after; after it is saved alone otherwise.
  bool names_change_early = false;
};

std::span<const SurvivalProperty> survival_properties();

// The objection of the first of the legs that has one, and which it is.
struct Objection {
  std::string_view leg;
  Violation violation;
};
std::optional<Objection> first_objection(const SurvivalProperty& property, std::span<const SurvivalLeg> legs,
                                         const Case& the_case, const Subject& subject);

}  // namespace revive::properties
