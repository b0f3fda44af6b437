#include <fmt/format.h>

#include <algorithm>

#include "revive/properties/checks/checks.h"
#include "revive/serializer/keras/config_codec.h"

namespace revive::properties {

Verdict outputs_survive(const Case& the_case, const Subject& subject) {
  const auto revived = revive_case(the_case, subject);
  if (!revived) return revived.error();
  return compare_outputs(the_case.model, revived->loaded, the_case.input, subject);
}

Verdict weights_survive(const Case& the_case, const Subject& subject) {
  const auto revived = revive_case(the_case, subject);
  if (!revived) return revived.error();
  if (const auto difference = first_weights_difference(the_case.model, *revived->loaded.model))
    return violation(*difference);
  return std::nullopt;
}

Verdict config_survives(const Case& the_case, const Subject& subject) {
  const auto revived = revive_case(the_case, subject);
  if (!revived) return revived.error();
  const auto difference = first_config_difference(the_case.model, *revived->loaded.model);
  if (difference) return violation(*difference);
  return std::nullopt;
}

Verdict bytes_are_stable(const Case& the_case, const Subject& subject) {
  const auto revived = revive_case(the_case, subject);
  if (!revived) return revived.error();
  const auto again = save_with(subject, *revived->loaded.model, altered(the_case.environment));
  if (!again) return violation("saving the loaded model failed", again.error());
  if (*again == revived->archive) return std::nullopt;
  const auto [first, second] = std::ranges::mismatch(revived->archive, *again);
  return Violation{fmt::format("saved again, the archive differs from byte {} on ({} bytes before, {} after)",
                               first - revived->archive.begin(), revived->archive.size(), again->size())};
}

}  // namespace revive::properties
