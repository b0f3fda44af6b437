// What the hunt makes of a list of known failures: which sites it need not report, and what it need not generate.
//
// A site is text, brackets and all; of a pattern `*` alone has a meaning, which is any text. Entries of other subjects
// and properties are none of the hunt's, nor those of another version of Keras than the one that is hunted: a wide
// pattern of one release would hide what another has broken.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "revive/properties/database/known_failures.h"
#include "revive/properties/hunt/program.h"

namespace revive::tools {

inline constexpr std::string_view kHuntSubject = "Keras";
inline constexpr std::string_view kHuntProperty = "hunt";

// Whether the text is the pattern, where each `*` stands for any text, or none.
bool is_like(std::string_view text, std::string_view pattern);

class HuntKnown {
 public:
  HuntKnown(const properties::KnownFailures& list, std::string_view keras_version);

  bool has(std::string_view site) const;
  // {"avoid": ["Dense.activation=a lambda*"]} of any entry.
  bool avoids(const properties::hunt::Feature& feature) const;

 private:
  std::vector<std::string> sites_;
  std::vector<std::string> avoided_;
};

}  // namespace revive::tools
