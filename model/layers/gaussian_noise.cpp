// GaussianNoise as it predicts: not at all. Source: Keras' GaussianNoise.
#include "revive/model/layers/identity_layer.h"

namespace revive {
namespace {

struct GaussianNoise : IdentityLayer {
  Number stddev = 0.0;
};

}  // namespace

LayerClass gaussian_noise_class() {
  return declare_identity<GaussianNoise>("GaussianNoise")
      .field("stddev", &GaussianNoise::stddev, {.legal = {.minimum = 0, .maximum = 1}, .required = true})
      .training_only({"seed"})
      .draw([](LayerDraw& draw, GaussianNoise& noise) { noise.stddev = draw.one_of<Number>({0.0, 0.5, 1, 0.1}); })
      .layer();
}

}  // namespace revive
