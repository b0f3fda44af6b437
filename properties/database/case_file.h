// Cases on disk: a counterexample that anyone can replay.
//
// A case file is JSON: the property, the subject it failed under, the choices as hex, the profile and a digest of the
// declarations that gave them meaning, and the decoded model and input in full. The model is spelled out (config,
// weights, lambdas) and not kept as an archive, because the serializer is what is in doubt. If the choices no longer
// decode to that model, the model counts and the case is reported as re-encoded. A case may have no choices: then it is
// its model. A file without a profile is of the wild one, and one without a seed is of unknown origin.
// Errors: case_format, and those of the config and graph families.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "revive/model/base/value.h"
#include "revive/properties/case.h"
#include "revive/properties/choices/recording.h"
#include "revive/properties/generate/generate.h"

namespace revive::properties {

struct StoredCase {
  std::string property;
  std::string subject;
  std::string message;
  std::string choices;
  std::string declarations;
  Case the_case;
  // What the choices were drawn for.
  Profile profile = Profile::wild;
  // Of the run that found it.
  std::optional<std::uint64_t> seed = {};
  // False for a case that failed once and held when it was tried again.
  bool repeats = true;

  // Set by parse_case(). The choices, where there are any, still decode to the stored model and input.
  bool choices_current = true;
};

// Why the choices of a case that is not choices_current mean something else: "because the declarations of layers or ops
// have changed".
std::string why_re_encoded(const StoredCase& stored);

// SHA-256 over every layer class with its fields in the order in which they are drawn, and every op: the declarations
// that give choices their meaning.
std::string declarations_digest();

std::string print_case(const StoredCase& stored);
Result<StoredCase> parse_case(std::string_view text, const Limits& limits = {});

}  // namespace revive::properties
