// Drawing the fields of one layer from the domains that its class declares.
#pragma once

#include "revive/model/layer.h"
#include "revive/properties/case.h"
#include "revive/properties/choices/choices.h"

namespace revive::properties {

// What the two field types that are not plain values are drawn with.
struct FieldHooks {
  std::function<Status(LambdaFunction& expression, const DrawContext& context)> expression;
  std::function<Status(std::vector<Layer>& layers, const DrawContext& context)> layers;
};

// Draws every field of `layer` in the order its class states, then checks the class's rules.
Status draw_fields(Layer& layer, const DrawContext& context, Choices& choices, const FieldHooks& hooks);

}  // namespace revive::properties
