// Dropout: the identity, since models here only predict. Source: Keras' Dropout.
#include "revive/model/declare.h"

namespace revive {
namespace {

struct Dropout {
  Number rate = 0.5;

  Result<Built> build(const Shape& input) const { return Built{input}; }
  Result<Tensor> call(const Tensor& x, const CallContext&) const { return x; }
};

}  // namespace

LayerClass dropout_class() {
  return declare<Dropout>("Dropout", Family::identity)
      .field("rate", &Dropout::rate, {.legal = {.minimum = 0, .maximum = 1}, .required = true})
      .training_only({"seed", "noise_shape"})
      .keeps_dtype()
      .passes_mask()
      .draw([](LayerDraw& draw, Dropout& dropout) { dropout.rate = draw.one_of<Number>({0.5, 0.0, 0, 0.1, 1, 1.0}); })
      .layer();
}

}  // namespace revive
