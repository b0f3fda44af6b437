// Cases on disk: a counterexample that anyone can replay.
//
// A case file is JSON: the property, the subject it failed under, the choices as hex, a digest of the declarations that
// gave them meaning, and the decoded model and input in full. The model is spelled out (config, weights, lambdas) and
// not kept as an archive, because the serializer is what is in doubt. If the declarations have changed and the choices
// no longer decode to that model, the model counts and the case is reported as re-encoded. A case may have no choices:
// then it is its model.
// Errors: case_format, and those of the config and graph families.
#pragma once

#include <string>
#include <string_view>

#include "model/value.h"
#include "properties/case.h"
#include "properties/recording.h"

namespace revive::properties {

struct StoredCase {
  std::string property;
  std::string subject;
  std::string message;
  std::string choices;
  std::string declarations;
  Case the_case;
  // The choices, where there are any, still decode to the stored model and input.
  bool choices_current = true;
};

// SHA-256 over every class, field, op and property name: what gives choices their meaning.
std::string declarations_digest();

std::string print_case(const StoredCase& stored);
Result<StoredCase> parse_case(std::string_view text, const Limits& limits = {});

}  // namespace revive::properties
