// Drawing the config of one layer by the procedure of its class.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "revive/model/lambda/lambda_function.h"
#include "revive/model/layer.h"
#include "revive/model/layer_draw.h"
#include "revive/properties/choices/choices.h"

namespace revive::properties {

// Where what is no plain value comes from.
struct LayerDrawHooks {
  std::function<Result<LambdaFunction>()> lambda;
  std::function<Result<std::vector<Layer>>()> stack;
  // Nothing where no class fits.
  std::function<Result<std::optional<Layer>>(const DrawContext& context, const LayerDraw::Fits& fits)> child;
};

// Draws the config of `layer` for an input of `context`, then checks the class's rules. The first Error of a hook is
// the result.
Status draw_config(Layer& layer, const DrawContext& context, Choices& choices, const LayerDrawHooks& hooks);

}  // namespace revive::properties
