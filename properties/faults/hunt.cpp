#include "properties/faults/hunt.h"

#include <utility>

namespace revive::properties {

Hunt hunt(const Subject& subject, std::uint64_t seed) {
  Hunt result;
  for (const Property& property : all_properties()) {
    if (!applies(property, subject)) continue;
    PropertyReport report =
        run_property(property, subject, {.seed = seed, .cases = kHuntCases}, {.most_layers = kHuntLayers});
    result.cases += report.distribution.cases();
    if (!report.counterexample) continue;
    result.property = &property;
    result.counterexample = std::move(report.counterexample);
    break;
  }
  return result;
}

}  // namespace revive::properties
