// What becomes of an archive that was changed: refused, the same model, another one that holds together, or what must
// not be.
//
// A judge keeps what the untouched archive loads as and puts changed archives beside it. The properties and the
// exhaustive run (`revive corrupt`) judge alike because they judge here.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "revive/properties/checks/checks.h"

namespace revive::properties {

// X(enumerator): `different` violates the property.
#define REVIVE_FATES(X) X(refused) X(identical) X(stable) X(different)

enum class CorruptionOutcome : std::uint8_t {
#define REVIVE_FATE_ENUMERATOR(fate) fate,
  REVIVE_FATES(REVIVE_FATE_ENUMERATOR)
#undef REVIVE_FATE_ENUMERATOR
};

struct Trial {
  CorruptionOutcome fate = CorruptionOutcome::refused;
  // Of a refusal.
  std::optional<ErrorCode> code;
  // Of what is different: how, in a sentence.
  std::string message;
};

class CorruptionJudge {
 public:
  // `subject` has to outlive the judge, and so has `input` (for subjects that cannot say what they loaded, whose
  // outputs are compared instead; nullptr where there is none). Errors: those of loading `archive` as it is.
  static Result<CorruptionJudge> make(const Subject& subject, std::span<const std::byte> archive,
                                      Environment environment, const Tensor* input, const Legs& legs = {});

  // An archive with other bytes than the untouched one, its checksums as they were: refused, or the very same model,
  // carried data and the texts of lambdas included.
  Trial silent(std::span<const std::byte> changed) const;

  // A changed member under checksums that are right: refused with a place and a sentence, the very same model, or
  // another one that saves, loads as itself and saves as the same bytes again. REQUIRES: the subject saves and
  // describes.
  Trial sealed(std::span<const std::byte> changed) const;

 private:
  CorruptionJudge(const Subject& subject, Environment environment, const Tensor* input, const Legs& legs)
      : subject_(subject), environment_(std::move(environment)), input_(input), legs_(legs) {}

  // How `loaded` is not what the untouched archive loads as, by what it is or by what it answers.
  std::optional<std::string> difference(const Loaded& loaded) const;
  // How `loaded` does not come back from a save.
  std::optional<std::string> instability(const Loaded& loaded) const;

  const Subject& subject_;
  Environment environment_;
  const Tensor* input_;
  Legs legs_;
  Loaded original_;
  // What the untouched model answers, of a subject that cannot say what it loaded.
  std::optional<Tensor> output_;
};

// Why an Error does not explain itself: it has no place, or no sentence. Legs: has_place, has_sentence.
std::optional<std::string> unexplained(const Error& error, const Legs& legs = {});

}  // namespace revive::properties
