// LeakyReLU: x where it is positive, negative_slope * x where it is not. Source: Keras' LeakyReLU.
#include "revive/model/declare.h"
#include "revive/model/layers/graph_layer.h"
#include "revive/model/tensor/element_type.h"

namespace revive {
namespace {

struct LeakyReLU : GraphLayer<LeakyReLU> {
  Number negative_slope = 0.3;

  LambdaSource source() const {
    return {"lambda x: ops.leaky_relu(x, negative_slope=slope)", {{"slope", negative_slope.to_value()}}};
  }
};

}  // namespace

LayerClass leaky_relu_class() {
  return declare<LeakyReLU>("LeakyReLU", Family::elementwise)
      .field("negative_slope", &LeakyReLU::negative_slope,
             {.legal = {.minimum = 0}, .legacy_keys = {{"alpha", "2.15"}}})
      .passes_mask()
      .draw([](LayerDraw& draw, LeakyReLU& layer) {
        // Beside ints an int would stay one, and Keras asks for a float there.
        const Number one = is_float(draw.context().dtype) ? Number(1) : Number(1.0);
        layer.negative_slope = draw.one_of<Number>({0.3, 0.0, 0.1, one});
      })
      .layer();
}

}  // namespace revive
