// InputLayer: declares the shape and dtype of what a model is fed. Source: Keras' InputLayer.
#include "revive/model/layers/input_layer.h"

#include "revive/model/declare.h"
#include "revive/model/registry.h"

namespace revive {
namespace {

struct InputLayer {
  Shape batch_shape;
  DType dtype = DType::float32;

  Result<Built> build(const Shape& input, const BuildContext&) const { return Built{input, {}, 0, dtype}; }
  Result<Shape> output_shape(const Shape& input) const { return input; }
  Result<MaskedTensor> call_masked(const MaskedTensor& input, const CallContext&) const {
    return MaskedTensor{cast(input.value, dtype), input.mask};
  }
};

constexpr std::string_view kName = "InputLayer";

}  // namespace

bool is_input_layer(const Layer& layer) {
  return layer.layer_class().is_input;
}

Shape& declared_shape(Layer& layer) {
  return static_cast<InputLayer*>(layer.config())->batch_shape;
}

const Shape& declared_shape(const Layer& layer) {
  return static_cast<const InputLayer*>(layer.config())->batch_shape;
}

DType declared_dtype(const Layer& layer) {
  return static_cast<const InputLayer*>(layer.config())->dtype;
}

Layer make_input_layer(const Shape& shape, DType dtype, std::string name) {
  Layer layer(*find_layer_class(kName));
  layer.set_name(std::move(name));
  auto* const config = static_cast<InputLayer*>(layer.config());
  config->batch_shape = shape;
  config->dtype = dtype;
  return layer;
}

LayerClass input_layer_class() {
  return declare<InputLayer>(std::string(kName), Family::core)
      .input()
      .without_policy()
      .field("batch_shape", &InputLayer::batch_shape,
             {.required = true, .legacy_keys = {{"batch_input_shape", "2.15"}}})
      .field("dtype", &InputLayer::dtype)
      .fixed("sparse", false, true)
      .fixed("ragged", false)
      .fixed("optional", false)
      .rule("expected a batch_shape of at least the batch axis",
            [](const InputLayer& layer) { return layer.batch_shape.rank() > 0; })
      .rule("expected a dtype other than uint64", [](const InputLayer& layer) { return layer.dtype != DType::uint64; })
      .chooses_dtype()
      .gives_mask([](const InputLayer&, bool masked) { return masked; })
      .layer();
}

}  // namespace revive
