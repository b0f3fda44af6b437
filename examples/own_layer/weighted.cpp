#include "weighted.h"

#include <cmath>

#include "revive/model/declare.h"

namespace acme {
namespace {

using revive::BuildContext;
using revive::Built;
using revive::CallContext;
using revive::DType;
using revive::Layer;
using revive::MaskedTensor;
using revive::Result;
using revive::Shape;
using revive::Tensor;

struct Weighted {
  bool squared = false;
  std::optional<Layer> layer;

  Result<Built> build(const Shape& input, const BuildContext& context) {
    REVIVE_RETURN_IF_ERROR(layer->build(input, context.dtype, context.limits));
    return Built{layer->output_shape(), {{"weight", {1}}}, layer->multiply_adds(), context.compute};
  }
  Result<Shape> output_shape(const Shape& input) const {
    return layer->layer_class().output_shape(layer->config(), input);
  }
  Result<MaskedTensor> call_masked(const MaskedTensor& input, const CallContext& context) const {
    REVIVE_ASSIGN_OR_RETURN(auto output, layer->call(input, context.options, context.limits));
    const Tensor& weight = context.weights[0];
    output.value = cast(cast(output.value, context.dtype), weight.dtype());
    if (weight.dtype() == DType::float64) {
      multiply<double>(weight, output.value);
    } else {
      multiply<float>(weight, output.value);
    }
    output.value = cast(output.value, context.dtype);
    return output;
  }

 private:
  template <typename T>
  void multiply(const Tensor& weight, Tensor& values) const {
    const T one = weight.data<T>()[0];
    const T factor = squared ? one * one : one;
    for (T& value : values.data<T>()) value *= factor;
  }
};

}  // namespace

revive::LayerClass weighted_class() {
  return revive::declare<Weighted>("acme>Weighted", revive::Family::wrapper)
      .module("acme")
      .field("squared", &Weighted::squared)
      .child("layer", &Weighted::layer)
      // The layer inside is fed what comes, ints too, and what goes out is what this one computes in.
      .chooses_dtype()
      .gives_mask([](const Weighted& weighted, bool masked) { return weighted.layer->gives_mask(masked); })
      .draw([](revive::LayerDraw& draw, Weighted& weighted) {
        weighted.squared = draw.flag();
        weighted.layer = draw.child(draw.context());
      })
      .layer();
}

}  // namespace acme
