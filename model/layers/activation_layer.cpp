// Activation: one of the activation functions as a layer. Source: Keras' Activation.
//
// An int or bool input follows Keras too: linear gives it back as it is, relu and hard_tanh keep ints, the others
// compute in float32. (Keras on JAX refuses ints for sigmoid, silu and glu where other backends take them.)
#include "revive/model/kernels/activation.h"

#include <algorithm>

#include "revive/model/declare.h"
#include "revive/model/kernels/shared.h"
#include "revive/model/layers/draw_activation.h"
#include "revive/model/tensor/element_type.h"

namespace revive {
namespace {

struct ActivationLayer {
  Activation activation = Activation::linear;

  bool gives_ints() const { return activation == Activation::relu || activation == Activation::hard_tanh; }

  DType output_dtype(DType input) const {
    if (is_float(input) || activation == Activation::linear) return input;
    if (!gives_ints()) return DType::float32;
    return is_integer(input) ? input : DType::int32;
  }

  Result<Built> build(const Shape& input, const BuildContext& context) const {
    Built built{input};
    built.dtype = output_dtype(context.dtype);
    return with_activation(std::move(built), activation, 0);
  }

  Result<Shape> output_shape(const Shape& input) const {
    REVIVE_ASSIGN_OR_RETURN(auto built, with_activation(Built{input}, activation, 0));
    return std::move(built.output);
  }

  Result<Tensor> call(const Tensor& x, const CallContext&) const {
    const DType dtype = output_dtype(x.dtype());
    if (activation == Activation::linear) return cast(x, dtype);
    if (is_float(dtype)) return cast(apply(activation, cast(cast(x, dtype), carrier_of(dtype))), dtype);
    Tensor y = cast(x, DType::int64);
    constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();
    const bool relu = activation == Activation::relu;
    for (std::int64_t& value : y.data<std::int64_t>()) {
      value = std::clamp<std::int64_t>(value, relu ? 0 : -1, relu ? kLargest : 1);
    }
    return cast(y, dtype);
  }
};

}  // namespace

LayerClass activation_class() {
  return declare<ActivationLayer>("Activation", Family::elementwise)
      .field("activation", &ActivationLayer::activation, {.required = true})
      .chooses_dtype()
      .passes_mask()
      .draw([](LayerDraw& draw, ActivationLayer& layer) { layer.activation = draw_activation(draw, draw.shape()); })
      .layer();
}

}  // namespace revive
