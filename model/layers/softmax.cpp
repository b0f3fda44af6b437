// Softmax along an axis. Source: Keras' Softmax, which fails on an input with a mask unless the mask has its shape.
#include "revive/model/declare.h"
#include "revive/model/layers/graph_layer.h"

namespace revive {
namespace {

struct Softmax : GraphLayer<Softmax> {
  std::int64_t axis = -1;

  LambdaSource source() const { return {"lambda x: ops.softmax(x, axis=axis)", {{"axis", Value(axis)}}}; }
};

}  // namespace

LayerClass softmax_class() {
  return declare<Softmax>("Softmax", Family::elementwise)
      .field("axis", &Softmax::axis, {.legal = {.one_item_list = true}})
      .expects("an input of rank 2 or more", [](const Shape& input) { return input.rank() >= 2; })
      .refuses_mask()
      .draw([](LayerDraw& draw, Softmax& softmax) {
        const auto rank = static_cast<std::int64_t>(draw.rank());
        const std::int64_t from_front = draw.integer(1, rank - 1);
        softmax.axis = draw.flag() ? rank - from_front : -from_front;
      })
      .layer();
}

}  // namespace revive
