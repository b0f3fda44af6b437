#include "revive/fuzz/mutators/draw_layer.h"

#include <algorithm>

#include "revive/fuzz/mutators/fuzz_limits.h"
#include "revive/fuzz/mutators/pick.h"
#include "revive/model/registry.h"
#include "revive/properties/generate/fields.h"
#include "revive/properties/generate/generate.h"
#include "revive/properties/generate/lambda.h"

namespace revive::fuzz {
namespace {

using properties::Choices;
using properties::Profile;

constexpr int kSmall = 20;

bool takes(const LayerClass& layer_class, const Shape& input, DType dtype) {
  if (layer_class.name == "InputLayer") return false;
  if (layer_class.name == "Lambda" && dtype != DType::float32) return false;
  return layer_class.accepts(input);
}

// What the declarations' domains ask for: every axis known, positive and small.
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
  const properties::FieldHooks hooks{
      .expression = [&](LambdaFunction& expression,
                        const DrawContext& inner) { return lambdas.draw(expression, inner); },
      .layers = [&](std::vector<Layer>& layers, const DrawContext&) -> Status {
        const LayerClass* dense =
            find_layer_class(input.rank() > 1 && input.known(input.rank() - 1) ? "Dense" : "ReLU");
        auto layer = draw(*dense, input, dtype, random);
        if (layer) layers.push_back(std::move(*layer));
        return {};
      }};
  Layer layer(layer_class);
  if (!properties::draw_fields(layer, *context, choices, hooks)) return std::nullopt;
  if (!layer.build(input, dtype, kFuzzLimits)) return std::nullopt;
  return layer;
}

}  // namespace

std::optional<Layer> draw_layer(const Shape& input, DType dtype, Random& random) {
  std::vector<const LayerClass*> classes;
  for (const LayerClass* layer_class : layer_classes()) {
    if (takes(*layer_class, input, dtype)) classes.push_back(layer_class);
  }
  if (classes.empty()) return std::nullopt;
  return draw(*pick(random, classes), input, dtype, random);
}

std::optional<Layer> redraw_layer(const Layer& layer, Random& random) {
  if (!takes(layer.layer_class(), layer.input_shape(), layer.input_dtype())) return std::nullopt;
  return draw(layer.layer_class(), layer.input_shape(), layer.input_dtype(), random);
}

}  // namespace revive::fuzz
