// UnitNormalization: each sample scaled to the length 1 along some axes. Source: Keras' UnitNormalization.
#include <algorithm>

#include "revive/model/declare.h"
#include "revive/model/layers/graph_layer.h"

namespace revive {
namespace {

struct UnitNormalization : GraphLayer<UnitNormalization> {
  IntList axis = {-1};

  // An int becomes a float, and a float stays what it is.
  LambdaSource source() const {
    return {"lambda x: ops.normalize(1.0 * x, axis=axis, order=2, epsilon=1e-12)",
            {{"axis", Value(Value::Array(axis.begin(), axis.end()))}}};
  }
};

// The last axis in both spellings, and all axes after the batch.
void draw_axes(LayerDraw& draw, UnitNormalization& layer) {
  const auto rank = static_cast<std::int64_t>(draw.rank());
  IntList all;
  for (std::int64_t axis = 1; axis < rank; ++axis) all.push_back(axis);
  layer.axis = draw.one_of<IntList>({{-1}, {rank - 1}, {1}, all});
}

}  // namespace

LayerClass unit_normalization_class() {
  return declare<UnitNormalization>("UnitNormalization", Family::normalization)
      .field("axis", &UnitNormalization::axis, {.legal = {.one_item_list = true}})
      .expects("an input of rank 2 or more", [](const Shape& input) { return input.rank() >= 2; })
      .passes_mask()
      .draw(draw_axes)
      .layer();
}

}  // namespace revive
