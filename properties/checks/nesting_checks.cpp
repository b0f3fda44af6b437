#include <array>

#include "revive/model/layers/input_layer.h"
#include "revive/properties/checks/case_transforms.h"
#include "revive/properties/checks/checks.h"

namespace revive::properties {
namespace {

constexpr int kDeepest = 3;

// The same layers with runs of them in stacks of their own, and runs of those again; the InputLayer stays outside.
Result<std::vector<Layer>> nested(std::span<const Layer> layers, Random& random, int depth = 1) {
  std::vector<Layer> out;
  std::size_t at = 0;
  if (depth == 1 && !layers.empty() && is_input_layer(layers[0])) out.push_back(layers[at++]);
  while (at < layers.size()) {
    const std::size_t length = 1 + static_cast<std::size_t>(random.below(layers.size() - at));
    const std::span<const Layer> run = layers.subspan(at, length);
    at += length;
    // The last run of the whole model is nested for sure, so that something is.
    const bool wrapped = random.below(2) == 0 || (depth == 1 && at == layers.size());
    if (!wrapped) {
      out.insert(out.end(), run.begin(), run.end());
      continue;
    }
    auto inner = depth < kDeepest ? nested(run, random, depth + 1) : std::vector<Layer>(run.begin(), run.end());
    if (!inner) return inner;
    REVIVE_ASSIGN_OR_RETURN(auto stack, stack_of(std::move(*inner)));
    out.push_back(std::move(stack));
  }
  return out;
}

// What a model of ours gives, beside what the case's own gave.
Verdict same_outputs(const Case& the_case, const Sequential& other) {
  const auto expected = the_case.model.predict(the_case.input);
  if (!expected) return violation("the case's own model could not run", expected.error());
  const auto found = other.predict(the_case.input);
  if (!found) return violation("the model could not run", found.error());
  const auto difference = first_difference(*expected, *found, "output");
  return difference ? violation(*difference) : std::nullopt;
}

Verdict nested_anew(const Case& the_case, const Sequential& flat, const Subject& subject, const Legs& legs,
                    Random& random) {
  auto layers = nested(flat.layers(), random);
  if (!layers) return violation("the layers cannot be nested", layers.error());
  const auto model = rebuild_stack(the_case.model, std::move(*layers));
  if (!model) return violation("the nested stack cannot be made", model.error());
  constexpr std::string_view kHow = "nested anew";
  if (auto verdict = same_outputs(the_case, *model)) return about(*model, kHow, std::move(verdict));
  return about(*model, kHow, survives_beside(flat, {*model, the_case.input, the_case.environment}, subject, legs));
}

// Two of a kind with other weights, so that stacks cannot be mistaken for each other; where no layer can stand there
// twice, those of the case.
Verdict each_in_a_stack_of_its_own(const Case& the_case, const Sequential& flat, const Subject& subject,
                                   const Legs& legs, Random& random) {
  const Sequential twice = repeat_layer(the_case, 2, random).value_or(flat);
  std::vector<Layer> layers;
  for (Layer& layer : flattened(twice)) {
    auto stack = is_input_layer(layer) ? Result<Layer>(std::move(layer)) : stack_of({std::move(layer)});
    if (!stack) return violation("the layer cannot be nested", stack.error());
    layers.push_back(*std::move(stack));
  }
  const auto model = rebuild_stack(the_case.model, std::move(layers));
  if (!model) return violation("the stacks cannot be made", model.error());
  return about(*model, "each in a stack of its own",
               survives_beside(twice, {*model, the_case.input, the_case.environment}, subject, legs));
}

constexpr std::array kWays = {nested_anew, each_in_a_stack_of_its_own};

}  // namespace

Verdict nesting_is_flat(const Case& the_case, const Subject& subject, const Legs& legs) {
  const auto flat = rebuild_stack(the_case.model, flattened(the_case.model));
  if (!flat) return violation("the stack cannot be made flat", flat.error());
  if (auto verdict = same_outputs(the_case, *flat)) return about(*flat, "made flat", std::move(verdict));

  Random random = random_of(the_case);
  for (const std::size_t way : sample_ways(the_case, kWays.size(), 1, random)) {
    if (auto verdict = kWays[way](the_case, *flat, subject, legs, random)) return verdict;
  }
  return std::nullopt;
}

}  // namespace revive::properties
