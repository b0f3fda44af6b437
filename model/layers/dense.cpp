// Dense: y = activation(x · kernel + bias) along the last axis. Source: Keras' Dense.
#include "revive/model/declare.h"
#include "revive/model/kernels/activation.h"
#include "revive/model/kernels/matmul.h"
#include "revive/model/kernels/shared.h"
#include "revive/model/layers/draw_activation.h"

namespace revive {
namespace {

struct Dense {
  std::int64_t units = 1;
  Activation activation = Activation::linear;
  bool use_bias = true;

  Result<Built> build(const Shape& input) const {
    Built built{input, {{"kernel", {input.back(), units}}}, 0};
    if (use_bias) built.variables.push_back({"bias", {units}});
    built.output.back() = units;
    const auto cost = saturating_product({input.elements_per_sample().value_or(kHuge), units});
    return with_activation(std::move(built), activation, cost);
  }

  Result<Tensor> call(const Tensor& x, const CallContext& context) const {
    const Tensor& kernel = context.weights[0];
    Dims dims = x.dims();
    dims.back() = units;
    const std::int64_t inner = kernel.dim(0);
    const std::int64_t rows = inner == 0 ? 0 : static_cast<std::int64_t>(x.size()) / inner;
    const Tensor* const bias = use_bias ? &context.weights[1] : nullptr;
    Tensor y = with_bias(bias, std::move(dims), context.dtype, [&](Tensor& out) {
      with_real(context.dtype, [&]<typename T>(T) {
        multiply_add<T>({x.data<T>().data(), inner}, {kernel.data<T>().data(), units}, {out.data<T>().data(), units},
                        rows, inner, units);
      });
    });
    return apply(activation, std::move(y));
  }
};

}  // namespace

LayerClass dense_class() {
  return declare<Dense>("Dense", Family::dense)
      .field("units", &Dense::units, {.legal = {.minimum = 1}, .required = true})
      .field("activation", &Dense::activation)
      .field("use_bias", &Dense::use_bias)
      .training_only({"kernel_initializer", "bias_initializer", "kernel_regularizer", "bias_regularizer", "lora_rank",
                      "lora_alpha", "activity_regularizer", "kernel_constraint", "bias_constraint"})
      .fixed("quantization_config", {})
      .expects("an input of rank 2 or more whose last axis is known",
               [](const Shape& input) { return input.rank() >= 2 && input.known(input.rank() - 1); })
      .passes_mask()
      .draw([](LayerDraw& draw, Dense& dense) {
        dense.units = draw.integer(1, 8);
        Shape shape = draw.shape();
        shape.back() = dense.units;
        dense.activation = draw_activation(draw, shape);
        dense.use_bias = !draw.flag();
      })
      .layer();
}

}  // namespace revive
