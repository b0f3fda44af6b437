// Dropout: the identity, since models here only predict. Source: Keras' Dropout.
#include "revive/model/layers/identity_layer.h"

namespace revive {
namespace {

struct Dropout : IdentityLayer {
  Number rate = 0.5;
};

}  // namespace

LayerClass dropout_class() {
  return declare_identity<Dropout>("Dropout")
      .field("rate", &Dropout::rate, {.legal = {.minimum = 0, .maximum = 1}, .required = true})
      .training_only({"seed", "noise_shape"})
      .draw([](LayerDraw& draw, Dropout& dropout) { dropout.rate = draw.one_of<Number>({0.5, 0.0, 0, 0.1, 1, 1.0}); })
      .layer();
}

}  // namespace revive
