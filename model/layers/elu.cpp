// ELU: x where it is positive, alpha * (exp(x) - 1) where it is not. Source: Keras' ELU.
#include "revive/model/declare.h"
#include "revive/model/layers/graph_layer.h"

namespace revive {
namespace {

struct ELU : GraphLayer<ELU> {
  Number alpha = 1.0;

  LambdaSource source() const { return {"lambda x: ops.elu(x, alpha=alpha)", {{"alpha", alpha.to_value()}}}; }
};

}  // namespace

LayerClass elu_class() {
  return declare<ELU>("ELU", Family::elementwise)
      .field("alpha", &ELU::alpha)
      .passes_mask()
      .draw([](LayerDraw& draw, ELU& elu) { elu.alpha = draw.one_of<Number>({1.0, 0.5, 0.0, 2}); })
      .layer();
}

}  // namespace revive
