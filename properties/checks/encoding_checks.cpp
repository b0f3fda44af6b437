#include <fmt/format.h>

#include "revive/properties/archive/equivalent_encodings.h"
#include "revive/properties/checks/case_transforms.h"
#include "revive/properties/checks/checks.h"

namespace revive::properties {
namespace {

// Without what is for training alone, whose keys stand in the order in which they were read, and without assets.
Sequential for_inference(Sequential model) {
  visit_layers(model.root(), [](const std::string&, Layer& layer) { layer.training_only().clear(); });
  model.set_compile_config({});
  model.set_training_tensors({});
  model.set_assets({});
  return model;
}

}  // namespace

Verdict spelling_does_not_matter(const Case& the_case, const Subject& subject, const Legs& legs) {
  constexpr std::size_t kDrawn = 1;
  const auto revived = revive_case(the_case, subject, legs);
  if (!revived) return revived.error();
  const Sequential expected = for_inference(*revived->loaded.model);
  Random random = random_of(the_case);
  for (const std::size_t way : sample_ways(the_case, kSpellings.size(), kDrawn, random)) {
    const std::string_view what = kSpellings[way];
    const auto archive = encode_otherwise(revived->archive, static_cast<EquivalentEncoding>(way), random);
    if (!archive) return legs.of("spelled", violation(what, archive.error()));
    const auto loaded = subject.load(*archive, altered(the_case.environment));
    if (!loaded) {
      return legs.of("loads_spelled", violation(fmt::format("load failed with {}", what), loaded.error()));
    }
    const auto verdict = legs.of("same_model", violation(first_difference(expected, for_inference(*loaded->model))));
    if (verdict) return Violation{fmt::format("with {}: {}", what, verdict->message)};
  }
  return std::nullopt;
}

}  // namespace revive::properties
