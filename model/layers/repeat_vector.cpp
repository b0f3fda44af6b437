// RepeatVector: the features of a sample as n equal steps. Source: Keras' RepeatVector.
#include <algorithm>

#include "revive/model/declare.h"
#include "revive/model/layers/draw_windows.h"
#include "revive/model/layers/graph_layer.h"

namespace revive {
namespace {

struct RepeatVector : GraphLayer<RepeatVector> {
  std::int64_t n = 1;

  LambdaSource source() const { return {"lambda x: ops.repeat(ops.expand_dims(x, 1), n, axis=1)", {{"n", Value(n)}}}; }
};

}  // namespace

LayerClass repeat_vector_class() {
  return declare<RepeatVector>("RepeatVector", Family::shaping)
      .field("n", &RepeatVector::n, {.legal = {.minimum = 1}, .required = true})
      .expects("an input of rank 2", [](const Shape& input) { return input.rank() == 2; })
      .draw([](LayerDraw& draw, RepeatVector& layer) {
        layer.n = draw.integer(1, std::min<std::int64_t>(room_to_grow(draw), 5));
      })
      .layer();
}

}  // namespace revive
