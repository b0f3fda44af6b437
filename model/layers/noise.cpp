// Layers that act in training alone, besides Dropout and GaussianNoise: here they are the identity. Source: Keras'
// layers of these names.
#include <fmt/format.h>

#include "revive/model/kernels/shared.h"
#include "revive/model/layers/draw_windows.h"
#include "revive/model/layers/identity_layer.h"

namespace revive {
namespace {

struct Rated : IdentityLayer {
  Number rate = 0.5;
};

struct SpatialDropout : IdentityLayer {
  Number rate = 0.5;
  // SpatialDropout1D has no such key.
  DataFormat data_format = DataFormat::channels_last;
};

struct ActivityRegularization : IdentityLayer {
  Number l1 = 0.0;
  Number l2 = 0.0;
};

constexpr Legal kRate{.minimum = 0, .maximum = 1};

Number draw_rate(LayerDraw& draw) {
  return draw.one_of<Number>({0.5, 0.0, 0, 0.1, 1, 1.0});
}

template <std::size_t kRank>
LayerClass spatial_dropout_class() {
  auto dropout = declare_identity<SpatialDropout>(fmt::format("SpatialDropout{}D", kRank));
  dropout.field("rate", &SpatialDropout::rate, {.legal = kRate, .required = true});
  if (kRank > 1) dropout.field("data_format", &SpatialDropout::data_format);
  return dropout.training_only({"seed"})
      .without_trainable()
      .expects(expects_rank(kRank), takes_rank(kRank))
      .draw([](LayerDraw& draw, SpatialDropout& layer) {
        layer.rate = draw_rate(draw);
        if (kRank > 1) layer.data_format = draw.any<DataFormat>();
      })
      .layer();
}

}  // namespace

LayerClass spatial_dropout1d_class() {
  return spatial_dropout_class<1>();
}
LayerClass spatial_dropout2d_class() {
  return spatial_dropout_class<2>();
}
LayerClass spatial_dropout3d_class() {
  return spatial_dropout_class<3>();
}

LayerClass gaussian_dropout_class() {
  return declare_identity<Rated>("GaussianDropout")
      .field("rate", &Rated::rate, {.legal = kRate, .required = true})
      .training_only({"seed"})
      .draw([](LayerDraw& draw, Rated& layer) { layer.rate = draw_rate(draw); })
      .layer();
}

LayerClass alpha_dropout_class() {
  return declare_identity<Rated>("AlphaDropout")
      .field("rate", &Rated::rate, {.legal = kRate, .required = true})
      .training_only({"seed", "noise_shape"})
      .draw([](LayerDraw& draw, Rated& layer) { layer.rate = draw_rate(draw); })
      .layer();
}

LayerClass activity_regularization_class() {
  using Self = ActivityRegularization;
  return declare_identity<Self>("ActivityRegularization")
      .field("l1", &Self::l1, {.legal = {.minimum = 0}})
      .field("l2", &Self::l2, {.legal = {.minimum = 0}})
      .draw([](LayerDraw& draw, Self& layer) {
        layer.l1 = draw.one_of<Number>({0.0, 0.25, 1});
        layer.l2 = draw.one_of<Number>({0.0, 0.5, 2});
      })
      .layer();
}

}  // namespace revive
