#include "revive/model/layer_draw.h"

namespace revive {

bool LayerDraw::flag_if(bool possible) {
  if (possible) return flag();
  alternative(1);
  return false;
}

std::optional<Layer> LayerDraw::child(const DrawContext& context) {
  return child(context, [](const LayerClass& layer_class) { return layer_class.stands_in_stacks(); });
}

}  // namespace revive
