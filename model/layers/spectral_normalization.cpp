// SpectralNormalization: the layer inside, whose kernel training keeps at the length 1. Source: Keras'
// SpectralNormalization.
//
// The kernel is stored as training left it, so that nothing is computed here but the layer inside. Keras stores it
// twice, with the layer inside and, since the wrapper knows it as well, with the wrapper; and the vector with which
// training goes on. The output has the dtype of the input. Keras says that the wrapper takes no mask, and yet the mask
// of the layer inside comes out with its output, unless that is cast.
#include <fmt/format.h>

#include "revive/model/declare.h"
#include "revive/model/kernels/shared.h"

namespace revive {
namespace {

// Whether the layer has what Keras looks for. It is always the first variable.
bool has_kernel(const Layer& layer) {
  const auto& variables = layer.variables();
  return layer.flattened() == nullptr && !variables.empty() &&
         (variables[0].name == "kernel" || variables[0].name == "embeddings");
}

struct SpectralNormalization {
  std::int64_t power_iterations = 1;
  std::optional<Layer> layer;

  Result<Built> build(const Shape& input, const BuildContext& context) {
    if (Status status = layer->build(input, context.dtype, context.limits); !status) {
      return std::unexpected(status.error().within("/layer"));
    }
    if (!has_kernel(*layer)) {
      return fail(ErrorCode::layer_input, "/layer", "expected a layer with a kernel, found " + describe(*layer));
    }
    if (layer->policy().variable_dtype() != context.variables) {
      return fail(ErrorCode::layer_input, "/layer",
                  fmt::format("expected a layer with variables of {} as the layer around it has, found {}",
                              name_of(context.variables), name_of(layer->policy().variable_dtype())));
    }
    Built built{layer->output_shape(), {}, layer->multiply_adds(), context.dtype};
    built.variables.push_back({.name = "vector_u", .dims = {1, layer->variables()[0].dims.back()}, .trainable = false});
    return built;
  }
  Result<Shape> output_shape(const Shape& input) const {
    return layer->layer_class().output_shape(layer->config(), input);
  }
  Result<MaskedTensor> call_masked(const MaskedTensor& input, const CallContext& context) const {
    REVIVE_ASSIGN_OR_RETURN(auto output, layer->call(input, context.options, context.limits));
    if (output.value.dtype() == input.value.dtype()) return output;
    return MaskedTensor{cast(output.value, input.value.dtype())};
  }
};

void draw_spectral(LayerDraw& draw, SpectralNormalization& wrapper) {
  wrapper.power_iterations = draw.integer(1, 3);
  // Of dense layers and convolutions all have a kernel of that name.
  wrapper.layer = draw.child(draw.context(), [](const LayerClass& each) { return each.name == "Dense"; });
  if (wrapper.layer) wrapper.layer->set_policy({});
}

}  // namespace

LayerClass spectral_normalization_class() {
  return declare<SpectralNormalization>("SpectralNormalization", Family::wrapper)
      .field("power_iterations", &SpectralNormalization::power_iterations, {.legal = {.minimum = 1}})
      .child("layer", &SpectralNormalization::layer)
      .repeats_kernel()
      .expects("an input of rank 2 or more whose last axis is known",
               [](const Shape& input) { return input.rank() >= 2 && input.known(input.rank() - 1); })
      .chooses_dtype()
      .gives_mask([](const SpectralNormalization& wrapper, bool masked) { return wrapper.layer->gives_mask(masked); })
      .draw(draw_spectral)
      .layer();
}

}  // namespace revive
