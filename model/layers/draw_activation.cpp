#include "revive/model/layers/draw_activation.h"

namespace revive {

Activation draw_activation(LayerDraw& draw, const Shape& shape) {
  std::vector<Activation> possible;
  for (std::size_t i = 0; i < enum_names<Activation>().names.size(); ++i) {
    const auto activation = static_cast<Activation>(i);
    if (draw.for_keras() && activation == Activation::glu) continue;
    if (activation_shape(activation, shape)) possible.push_back(activation);
  }
  return draw.one_of(possible);
}

}  // namespace revive
