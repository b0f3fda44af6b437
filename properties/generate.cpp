#include "properties/generate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "model/input_layer.h"
#include "model/random.h"
#include "model/registry.h"
#include "properties/generate_fields.h"
#include "properties/generate_lambda.h"

namespace revive::properties {
namespace {

constexpr Label kLayerLabel = "layer";
constexpr Label kSpecialLabel = "special value";
constexpr Label kWeightsLabel = "weights";
constexpr Label kInputLabel = "input";
constexpr std::size_t kDeepestNesting = 2;
constexpr std::size_t kMostSpecials = 4;
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

// Few layers look at a mask; where there is one, they come more often.
std::vector<std::uint32_t> favouring_readers_of_masks(std::vector<std::uint32_t> weights) {
  constexpr std::uint32_t kFavoured = 16;
  for (std::size_t id = 0; id < weights.size(); ++id) {
    const std::string& name = layer_classes()[id]->name;
    if (name == "LSTM" || name == "GRU") weights[id] *= kFavoured;
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
    if (Status status = draw_stack(layers, flow, 1, most, 0); !status) return std::unexpected(status.error());
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
        .expression = [&](Expression& expression,
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

// The least count of ids that a layer of the model knows; nothing when no layer reads ids.
std::optional<std::int64_t> known_ids(const Sequential& model) {
  std::optional<std::int64_t> count;
  visit_layers(model.root(), [&](const std::string&, const Layer& layer) {
    const std::string_view key = layer.layer_class().ids_field;
    if (key.empty() || count) return;
    const FieldRef ref = layer.ref(*layer.layer_class().field(key));
    count = **std::get_if<std::int64_t*>(&ref);
  });
  return count;
}

// Seed 0 gives 1, 2, 3, ..., so that the simplest weights can be told apart by eye.
void fill(std::span<float> values, std::uint64_t seed, double bound, double offset, Random& random) {
  double next = 1;
  for (float& value : values) {
    value = static_cast<float>(seed == 0 ? next++ : offset + bound * (2 * random.uniform() - 1));
  }
}

struct Slot {
  Tensor* tensor;
  bool non_negative;
};

class NumberGenerator {
 public:
  NumberGenerator(Choices& choices, const GenerateOptions& options) : choices_(choices), options_(options) {}

  void weights(Sequential& model) {
    const Choices::Scope scope(choices_, kWeightsLabel);
    const std::uint64_t seed = draw_seed();
    Random random(seed);
    visit_layers(model.root(), [&](const std::string&, Layer& layer) {
      std::vector<Tensor> tensors;
      for (const VariableSpec& spec : layer.variables()) tensors.push_back(variable(spec, seed, random));
      static_cast<void>(layer.set_weights(std::move(tensors)));
    });
    std::vector<Slot> slots;
    visit_layers(model.root(), [&](const std::string&, Layer& layer) {
      for (std::size_t i = 0; i < layer.weights().size(); ++i) {
        if (layer.weights()[i].size() > 0) slots.push_back({&layer.weights()[i], layer.variables()[i].non_negative});
      }
    });
    specials(slots);
  }

  Tensor input(const Sequential& model) {
    const Choices::Scope scope(choices_, kInputLabel);
    const Dims dims = model.input_shape().concrete(kBatch, kUnknownAxisSize);
    const std::uint64_t seed = draw_seed();
    Random random(seed);
    if (const auto ids = known_ids(model)) {
      choices_.pass();
      return id_input(dims, model.input_dtype(), seed, *ids, random);
    }
    Tensor tensor = Tensor::uninitialized(DType::float32, dims);
    fill(tensor.data<float>(), seed, 1.0, 0.0, random);
    if (options_.profile != Profile::wild) {
      // Sums and products of a few such numbers are exact, in whatever order and with whatever fused instructions.
      constexpr float kGrid = 64;
      for (float& value : tensor.data<float>()) value = std::round(value * kGrid) / kGrid;
    }
    specials(tensor.size() > 0 ? std::vector<Slot>{{&tensor, false}} : std::vector<Slot>());
    return cast(tensor, model.input_dtype());
  }

 private:
  // Tame numbers come from a seed other than 0, whose 1, 2, 3, ... grow beyond the bounds.
  std::uint64_t draw_seed() {
    const std::uint64_t seed = choices_.draw(0xFFFF);
    return seed == 0 && options_.profile != Profile::wild ? 1 : seed;
  }

  static Tensor variable(const VariableSpec& spec, std::uint64_t seed, Random& random) {
    Tensor tensor = Tensor::uninitialized(DType::float32, spec.dims);
    double fan_in = 1;
    for (std::size_t i = 0; i + 1 < spec.dims.size(); ++i) fan_in *= static_cast<double>(spec.dims[i]);
    const double bound = std::sqrt(3.0 / std::max(fan_in, 1.0));
    fill(tensor.data<float>(), seed, spec.non_negative ? 0.5 : bound, spec.non_negative ? 1.0 : 0.0, random);
    return tensor;
  }

  static Tensor id_input(const Dims& dims, DType dtype, std::uint64_t seed, std::int64_t ids, Random& random) {
    Tensor tensor = Tensor::uninitialized(DType::int32, dims);
    std::int64_t next = 0;
    const auto count = static_cast<std::uint64_t>(std::max<std::int64_t>(ids, 1));
    for (std::int32_t& id : tensor.data<std::int32_t>()) {
      id = static_cast<std::int32_t>(seed == 0 ? static_cast<std::uint64_t>(next++) % count : random.below(count));
    }
    return cast(tensor, dtype);
  }

  void specials(const std::vector<Slot>& slots) {
    if (slots.empty() || options_.profile == Profile::tame) return choices_.pass();
    if (!choices_.flag(3, 4)) return;
    choices_.list(kSpecialLabel, 1, kMostSpecials, [&](std::size_t) {
      const auto which = static_cast<std::size_t>(choices_.draw(slots.size() - 1));
      const Slot& slot = slots[which];
      const auto element = static_cast<std::size_t>(choices_.draw(slot.tensor->size() - 1));
      slot.tensor->data<float>()[element] = choices_.float32();
    });
  }

  Choices& choices_;
  const GenerateOptions& options_;
};

}  // namespace

Result<Case> generate_case(Choices& choices, const GenerateOptions& options) {
  StackGenerator stack(choices, options);
  auto layers = stack.draw();
  if (!layers) return std::unexpected(layers.error());
  auto model = Sequential::make("generated", std::move(*layers));
  if (!model) return std::unexpected(model.error());
  NumberGenerator numbers(choices, options);
  numbers.weights(*model);
  Tensor input = numbers.input(*model);
  return Case{std::move(*model), std::move(input), stack.lambdas().environment()};
}

Result<Tensor> default_input(const Sequential& model, const Limits& limits) {
  const Dims dims = model.input_shape().concrete(kBatch, kUnknownAxisSize);
  const auto elements = element_count(dims);
  if (!elements || static_cast<std::uint64_t>(*elements) > limits.activation_elements) {
    return fail(ErrorCode::limit_exceeded, model.name(),
                fmt::format("an input of {} has more than {} elements (Limits::activation_elements)", to_string(dims),
                            limits.activation_elements));
  }
  if (const auto ids = known_ids(model)) {
    Tensor tensor = Tensor::uninitialized(DType::int32, dims);
    std::int64_t next = 0;
    for (std::int32_t& id : tensor.data<std::int32_t>())
      id = static_cast<std::int32_t>(next++ % std::max<std::int64_t>(*ids, 1));
    return cast(tensor, model.input_dtype());
  }
  Tensor tensor = Tensor::uninitialized(DType::float32, dims);
  Random random(0);
  for (float& value : tensor.data<float>()) value = static_cast<float>(2 * random.uniform() - 1);
  return cast(tensor, model.input_dtype());
}

}  // namespace revive::properties
