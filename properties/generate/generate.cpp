#include "revive/properties/generate/generate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "revive/model/input_layer.h"
#include "revive/model/registry.h"
#include "revive/properties/generate/fields.h"
#include "revive/properties/generate/lambda.h"
#include "revive/properties/generate/numbers.h"

namespace revive::properties {
namespace {

constexpr SpanLabel kLayerLabel = "layer";
constexpr std::size_t kDeepestNesting = 2;
constexpr std::size_t kMostNestedLayers = 3;

// What the largest input shape takes.
constexpr std::size_t kInputDraws = 4;

// The alternatives of an input shape; new ones are appended.
enum class InputKind : std::uint8_t { features, steps, unknown_steps, ids, image, numbers, volume, fixed_batch };
constexpr std::array<std::uint32_t, 8> kInputWeights = {8, 16, 4, 9, 2, 1, 1, 1};
// Some ops take images alone, others a batch of fixed size.
constexpr std::array<std::uint32_t, 8> kLambdaInputWeights = {4, 5, 3, 2, 6, 1, 4, 12};

// How often a class is drawn, where it is not once. The lambda is what this library is about.
constexpr std::uint32_t kUsualWeight = 4;
std::uint32_t weight_of(const LayerClass& layer_class) {
  if (layer_class.name == "InputLayer") return 0;
  if (layer_class.name == "Lambda") return 3 * kUsualWeight;
  if (layer_class.name == "Sequential") return kUsualWeight / 2;
  if (layer_class.name == "Dense") return 2 * kUsualWeight;
  return kUsualWeight;
}

// Now and then a case favours one class, so that stacks with a dozen layers of a kind come up. Only odds: what a
// number means is the same in every case.
std::vector<std::uint32_t> class_weights(Choices& choices) {
  constexpr std::uint64_t kFavourOneIn = 5;
  constexpr std::uint32_t kFavoured = 60;
  std::vector<std::uint32_t> weights;
  for (const LayerClass* layer_class : layer_classes()) weights.push_back(weight_of(*layer_class));
  if (choices.hidden(kFavourOneIn - 1) == kFavourOneIn - 1) {
    weights[static_cast<std::size_t>(choices.hidden(weights.size() - 1))] *= kFavoured;
  }
  return weights;
}

// Only layers that run a cell over the steps look at a mask; where there is one, they come more often.
std::vector<std::uint32_t> favouring_readers_of_masks(std::vector<std::uint32_t> weights) {
  constexpr std::uint32_t kFavoured = 16;
  for (std::size_t id = 0; id < weights.size(); ++id) {
    if (layer_classes()[id]->variables_group == "cell") weights[id] *= kFavoured;
  }
  return weights;
}

bool makes_mask(const Layer& layer) {
  const Field* const field = layer.layer_class().field("mask_zero");
  if (field == nullptr) return false;
  const FieldRef ref = layer.ref(*field);
  return **std::get_if<bool*>(&ref);
}

struct Flow {
  DrawContext context;
  DType dtype = DType::float32;
  // What flows are ids that an Embedding has yet to look up.
  bool ids = false;
  // What flows has the same bits in every implementation.
  bool exact = true;
  // A mask flows beside it.
  bool masked = false;
};

class StackGenerator {
 public:
  StackGenerator(Choices& choices, const GenerateOptions& options)
      : choices_(choices),
        options_(options),
        class_weights_(class_weights(choices)),
        masked_weights_(favouring_readers_of_masks(class_weights_)),
        lambdas_(choices, options.profile) {}

  Result<std::vector<Layer>> draw() {
    Flow flow = draw_input();
    std::vector<Layer> layers;
    Layer input = make_input_layer(flow.context.shape, flow.dtype);
    if (Status status = input.build(flow.context.shape, flow.dtype, {}); !status)
      return std::unexpected(status.error());
    layers.push_back(std::move(input));
    const std::size_t most = options_.profile == Profile::wild ? options_.most_layers : kTameLayers;
    REVIVE_RETURN_IF_ERROR(draw_stack(layers, flow, 1, most, 0));
    return layers;
  }

  const LambdaGenerator& lambdas() const { return lambdas_; }

 private:
  // Every kind of input takes the same number of draws: if the unknown axis of one were a draw less, it would count as
  // simpler than a known one.
  Flow draw_input() {
    Flow flow;
    flow.context.for_keras = options_.profile != Profile::wild;
    const auto kind =
        static_cast<InputKind>(choices_.pick(options_.lambdas_only ? kLambdaInputWeights : kInputWeights));
    std::size_t drawn = 0;
    const auto size = [&](std::int64_t low, std::int64_t high) {
      ++drawn;
      return low + static_cast<std::int64_t>(choices_.draw(static_cast<std::uint64_t>(high - low)));
    };
    switch (kind) {
      case InputKind::features: flow.context.shape = {kUnknown, size(1, 10)}; break;
      case InputKind::steps: flow.context.shape = {kUnknown, size(1, 10), size(1, 6)}; break;
      case InputKind::unknown_steps: flow.context.shape = {kUnknown, kUnknown, size(1, 6)}; break;
      case InputKind::ids:
        flow.context.shape = {kUnknown, size(1, 8)};
        if (options_.lambdas_only) break;
        flow.ids = true;
        ++drawn;
        flow.dtype = choices_.flag(1, 2) ? DType::float32 : DType::int32;
        break;
      case InputKind::image: flow.context.shape = {kUnknown, size(1, 4), size(1, 4), size(1, 3)}; break;
      case InputKind::numbers: flow.context.shape = {kUnknown}; break;
      case InputKind::volume: flow.context.shape = {kUnknown, size(1, 3), size(1, 3), size(1, 3), size(1, 3)}; break;
      case InputKind::fixed_batch: flow.context.shape = {kBatch, size(1, 4), size(1, 4)}; break;
    }
    for (; drawn < kInputDraws; ++drawn) choices_.pass();
    flow.context.probe = flow.context.shape.concrete(kBatch, kUnknownAxisSize);
    return flow;
  }

  bool allowed(const LayerClass& layer_class, const Flow& flow, std::size_t nesting) const {
    if (weight_of(layer_class) == 0) return false;
    if (options_.lambdas_only && layer_class.name != "Lambda") return false;
    const bool reads_ids = !layer_class.ids_field.empty();
    if (flow.ids ? !reads_ids && !layer_class.keeps_dtype : reads_ids) return false;
    if (layer_class.name == "Sequential" && nesting >= kDeepestNesting) return false;
    if (layer_class.name == "Lambda" && flow.dtype != DType::float32) return false;
    return layer_class.accepts(flow.context.shape) && layer_class.accepts(Shape(flow.context.probe));
  }

  Status draw_stack(std::vector<Layer>& layers, Flow& flow, std::size_t least, std::size_t most, std::size_t nesting) {
    Status status;
    choices_.list(kLayerLabel, least, most, [&](std::size_t) {
      if (!status) return;
      const std::size_t id = choices_.pick(flow.masked ? masked_weights_ : class_weights_, [&](std::size_t candidate) {
        return allowed(*layer_classes()[candidate], flow, nesting);
      });
      Layer layer(*layer_classes()[id]);
      status = draw_layer(layer, flow, nesting);
      if (status) layers.push_back(std::move(layer));
    });
    return status;
  }

  Status draw_layer(Layer& layer, Flow& flow, std::size_t nesting) {
    const FieldHooks hooks{
        .expression = [&](LambdaFunction& expression,
                          const DrawContext& context) { return lambdas_.draw(expression, context, flow.exact); },
        .layers =
            [&](std::vector<Layer>& layers, const DrawContext&) {
              Flow inner = flow;
              return draw_stack(layers, inner, 1, kMostNestedLayers, nesting + 1);
            }};
    if (Status status = draw_fields(layer, flow.context, choices_, hooks); !status) return place(status, layer, flow);
    if (Status status = layer.build(flow.context.shape, flow.dtype, {}); !status) return place(status, layer, flow);
    const auto probe = layer.layer_class().output_shape(layer.config(), Shape(flow.context.probe));
    if (!probe) return place(std::unexpected(probe.error()), layer, flow);
    flow.context.shape = layer.output_shape();
    flow.context.probe = probe->axes();
    flow.dtype = layer.output_dtype();
    // Other layers that keep bits are few, and lambdas come often.
    flow.exact = layer.layer_class().name == "Lambda" && lambdas_.exact();
    flow.masked = makes_mask(layer) || (flow.masked && layer.layer_class().mask_rule == MaskRule::passes);
    flow.ids = flow.ids && layer.layer_class().keeps_dtype;
    if (layer.layer_class().name == "Sequential") flow.ids = flow.ids && flow.dtype != DType::float32;
    return {};
  }

  static Status place(const Status& status, const Layer& layer, const Flow& flow) {
    return std::unexpected(
        status.error().within(fmt::format("generated {} for {}", describe(layer), to_string(flow.context.shape))));
  }

  Choices& choices_;
  const GenerateOptions& options_;
  std::vector<std::uint32_t> class_weights_;
  std::vector<std::uint32_t> masked_weights_;
  LambdaGenerator lambdas_;
};

}  // namespace

Result<Case> generate_case(Choices& choices, const GenerateOptions& options) {
  StackGenerator stack(choices, options);
  REVIVE_ASSIGN_OR_RETURN(auto layers, stack.draw());
  REVIVE_ASSIGN_OR_RETURN(auto model, Sequential::make("generated", std::move(layers)));
  draw_weights(model, choices, options.profile);
  Tensor input = draw_input(model, choices, options.profile);
  return Case{std::move(model), std::move(input), stack.lambdas().environment()};
}

}  // namespace revive::properties
