// InputLayer: declares the shape and dtype of what a model is fed. Source: Keras' InputLayer.
#include "model/declare.h"

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

}  // namespace

LayerClass input_layer_class() {
  return declare<InputLayer>("InputLayer")
      .without_policy()
      .field("batch_shape", &InputLayer::batch_shape, {.required = true, .spellings = {{"batch_input_shape", "2.15"}}})
      .field("dtype", &InputLayer::dtype)
      .fixed("sparse", false, true)
      .fixed("ragged", false)
      .fixed("optional", false)
      .rule("expected a batch_shape of at least the batch axis",
            [](const InputLayer& layer) { return layer.batch_shape.rank() > 0; })
      .rule("expected the dtype float32, int32 or bool",
            [](const InputLayer& layer) {
              return layer.dtype == DType::float32 || layer.dtype == DType::int32 || layer.dtype == DType::boolean;
            })
      .chooses_dtype()
      .layer();
}

}  // namespace revive
