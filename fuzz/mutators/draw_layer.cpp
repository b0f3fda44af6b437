#include "revive/fuzz/mutators/draw_layer.h"

#include <algorithm>

#include "revive/fuzz/mutators/fuzz_limits.h"
#include "revive/fuzz/mutators/pick.h"
#include "revive/model/registry.h"
#include "revive/properties/generate/generate.h"
#include "revive/properties/generate/lambda.h"
#include "revive/properties/generate/layer_draw.h"

namespace revive::fuzz {
namespace {

using properties::Choices;
using properties::Profile;

constexpr int kSmall = 20;

std::vector<const LayerClass*> classes_for(const Shape& input, const LayerDraw::Fits& fits) {
  std::vector<const LayerClass*> classes;
  for (const LayerClass* layer_class : layer_classes()) {
    if (fits(*layer_class) && layer_class->accepts(input)) classes.push_back(layer_class);
  }
  return classes;
}

// What draw procedures ask for: every axis known, positive and small.
std::optional<DrawContext> context_of(const Shape& input) {
  DrawContext context{input, input.concrete(properties::kBatch, properties::kUnknownAxisSize)};
  const auto elements = element_count(context.probe);
  if (!elements || *elements == 0 || *elements > static_cast<std::int64_t>(kMostActivationElements))
    return std::nullopt;
  return context;
}

std::optional<Layer> draw(const LayerClass& layer_class, const Shape& input, DType dtype, Random& random) {
  const auto context = context_of(input);
  if (!context) return std::nullopt;
  Choices choices = Choices::random(random.next(), kSmall);
  properties::LambdaGenerator lambdas(choices, Profile::wild);
  // What is inside of a layer owns nothing, so that this ends.
  const auto inside = [&](const DrawContext& inner, const LayerDraw::Fits& fits) -> std::optional<Layer> {
    const auto leaf = [&](const LayerClass& each) { return fits(each) && !each.is_container(); };
    const auto classes = classes_for(inner.shape, leaf);
    return classes.empty() ? std::nullopt : draw(*pick(random, classes), inner.shape, dtype, random);
  };
  const properties::LayerDrawHooks hooks{
      .lambda = [&]() -> Result<LambdaFunction> {
        LambdaFunction lambda;
        REVIVE_RETURN_IF_ERROR(lambdas.draw(lambda, dtype, *context));
        return lambda;
      },
      .stack = [&]() -> Result<std::vector<Layer>> {
        std::vector<Layer> layers;
        if (auto layer = inside(*context, &LayerClass::stands_in_stacks)) layers.push_back(std::move(*layer));
        return layers;
      },
      .child = [&](const DrawContext& inner, const LayerDraw::Fits& fits) -> Result<std::optional<Layer>> {
        return inside(inner, fits);
      }};
  Layer layer(layer_class);
  if (!properties::draw_config(layer, *context, choices, hooks)) return std::nullopt;
  if (!layer.build(input, dtype, kFuzzLimits)) return std::nullopt;
  return layer;
}

}  // namespace

std::optional<Layer> draw_layer(const Shape& input, DType dtype, Random& random) {
  const auto classes = classes_for(input, &LayerClass::stands_in_stacks);
  if (classes.empty()) return std::nullopt;
  return draw(*pick(random, classes), input, dtype, random);
}

std::optional<Layer> redraw_layer(const Layer& layer, Random& random) {
  const LayerClass& layer_class = layer.layer_class();
  if (!layer_class.stands_in_stacks()) return std::nullopt;
  return draw(layer_class, layer.input_shape(), layer.input_dtype(), random);
}

}  // namespace revive::fuzz
