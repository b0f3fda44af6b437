// Sequential as a layer: a stack inside a stack. Also the root of every model (model/sequential.h). A Functional is the
// same where its layers are one chain, and no other Functional is a layer here.
//
// A stack without an InputLayer gets one when it is built, so that what is saved says its own shape. Where the
// stack's InputLayer knows an axis that the outer shape leaves open, the inner one holds.
#include <fmt/format.h>

#include <unordered_set>

#include "revive/model/declare.h"
#include "revive/model/kernels/shared.h"
#include "revive/model/layer.h"
#include "revive/model/layers/functional.h"
#include "revive/model/layers/input_layer.h"
#include "revive/model/registry.h"

namespace revive {
namespace {

struct Stack {
  std::vector<Layer> layers;

  Result<Built> build(const Shape& input, const BuildContext& context);
  Result<Shape> output_shape(const Shape& input) const;
  Result<MaskedTensor> call_masked(const MaskedTensor& input, const CallContext& context) const;
};

std::string place_of(std::size_t index) {
  return fmt::format("/layers/{}", index);
}

std::string free_name(const std::unordered_set<std::string_view>& taken) {
  std::string name = "input_layer";
  for (int i = 1; taken.contains(name); ++i) name = fmt::format("input_layer_{}", i);
  return name;
}

// `declared` with its unknown axes taken from `found`, or nothing when they contradict each other.
std::optional<Shape> agree(const Shape& declared, const Shape& found) {
  if (declared.rank() != found.rank()) return std::nullopt;
  Shape shape = declared;
  for (std::size_t i = 0; i < shape.rank(); ++i) {
    if (!shape.known(i)) {
      shape[i] = found[i];
    } else if (found.known(i) && found[i] != shape[i]) {
      return std::nullopt;
    }
  }
  return shape;
}

Result<Built> Stack::build(const Shape& input, const BuildContext& context) {
  std::unordered_set<std::string_view> names;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const std::string& name = layers[i].name();
    if (!name.empty() && !names.insert(name).second) {
      return fail(ErrorCode::config_duplicate_name, place_of(i), fmt::format("two layers are named '{}'", name));
    }
    if (i > 0 && is_input_layer(layers[i])) {
      return fail(ErrorCode::config_value, place_of(i), "expected an InputLayer in the first place only");
    }
  }
  if (layers.empty() || !is_input_layer(layers[0])) {
    layers.insert(layers.begin(), make_input_layer(input, context.dtype, free_name(names)));
  }

  const auto shape = agree(declared_shape(layers[0]), input);
  if (!shape) {
    return fail(
        ErrorCode::layer_input, place_of(0),
        fmt::format("expected an input of shape {}, found {}", to_string(declared_shape(layers[0])), to_string(input)));
  }
  Built built{*shape, {}, 0, context.dtype};
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (Status status = layers[i].build(built.output, built.dtype, context.limits); !status) {
      return std::unexpected(status.error().within(place_of(i)));
    }
    built.output = layers[i].output_shape();
    built.dtype = layers[i].output_dtype();
    built.multiply_adds = saturating_sum(built.multiply_adds, layers[i].multiply_adds());
  }
  return built;
}

Result<Shape> Stack::output_shape(const Shape& input) const {
  Shape shape = input;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    auto next = layers[i].layer_class().output_shape(layers[i].config(), shape);
    if (!next) return std::unexpected(next.error().within(place_of(i)));
    shape = std::move(*next);
  }
  return shape;
}

Result<MaskedTensor> Stack::call_masked(const MaskedTensor& input, const CallContext& context) const {
  MaskedTensor flow = input;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    auto next = layers[i].call(flow, context.options, context.limits);
    if (!next) return std::unexpected(next.error().within(place_of(i)));
    flow = std::move(*next);
  }
  return flow;
}

}  // namespace

namespace {

constexpr std::string_view kFunctional = "Functional";

LayerClass stack_of(std::string_view name, std::string_view module) {
  return declare<Stack>(std::string(name), Family::nested)
      .module(std::string(module))
      .stack("layers", &Stack::layers)
      .expects("an input with at least a batch axis", [](const Shape& input) { return input.rank() > 0; })
      .chooses_dtype()
      .without_autocast()
      .gives_mask([](const Stack& stack, bool masked) {
        for (const Layer& layer : stack.layers) masked = layer.gives_mask(masked);
        return masked;
      })
      .draw([](LayerDraw& draw, Stack& stack) { stack.layers = draw.stack(); })
      .layer();
}

}  // namespace

LayerClass sequential_class() {
  return stack_of("Sequential", "keras");
}

LayerClass functional_class() {
  LayerClass functional = stack_of(kFunctional, "keras.src.models.functional");
  // Keras writes no policy of it.
  functional.has_policy = false;
  functional.is_drawn = false;
  return functional;
}

const LayerClass& functional_layer_class() {
  static const LayerClass& found = *find_layer_class(kFunctional);
  return found;
}

bool is_functional(const LayerClass& layer_class) {
  return &layer_class == &functional_layer_class();
}

}  // namespace revive
