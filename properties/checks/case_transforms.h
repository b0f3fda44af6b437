// What properties vary about a case: where their randomness comes from, and models made of the case's own layers.
//
// A property that cannot try everything draws from random_of(case), so that a case always gets the same verdict. What
// it draws changes with every step of shrinking, though; therefore a small case is tried in every way.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "revive/model/base/random.h"
#include "revive/properties/case.h"

namespace revive::properties {

// Follows from the layers, the weights and the input of the case.
Random random_of(const Case& the_case);

inline constexpr std::size_t kSmallCaseLayers = 2;
bool is_small(const Case& the_case);

// Which of `count` ways to try: every one of them for a small case, otherwise `drawn` different ones.
std::vector<std::size_t> sample_ways(const Case& the_case, std::size_t count, std::size_t drawn, Random& random);

// A model of these layers that follows the same Keras version's rules. Layers without a name get their class's; weights
// stay where they fit. Errors: those of Sequential::make.
Result<Sequential> rebuild_stack(const Sequential& like, std::vector<Layer> layers);

// Other weights for the layer itself, that of no layer inside it; not zero.
void renew_weights(Layer& layer, Random& random);

// The case's model with one of its layers, which has weights and keeps its shape, standing there `count` times, each
// time with other weights. Nothing where there is no such layer, or where what it needs of an unknown axis is used up.
std::optional<Sequential> repeat_layer(const Case& the_case, std::size_t count, Random& random);

// An unnamed layer that is a stack of these. Errors: as above.
Result<Layer> stack_of(std::vector<Layer> layers);

// The layers of the model in order of their calls, out of the stacks they stand in and without those stacks'
// InputLayers; unnamed, as two stacks may use one name.
std::vector<Layer> flattened(const Sequential& model);

}  // namespace revive::properties
