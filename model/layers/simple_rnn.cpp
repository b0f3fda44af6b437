// SimpleRNN and SimpleRNNCell. Source: Keras' SimpleRNN: h' = activation(x · kernel + bias + h · recurrent_kernel).
#include <vector>

#include "revive/model/layers/recurrent.h"
#include "revive/model/registry.h"

namespace revive {
namespace {

constexpr std::string_view kCellName = "SimpleRNNCell";

struct SimpleRNNCell : UnitCell {
  Result<Built> build(const Shape& input) const { return build_gates(input, 1, {units}); }
  // h.
  std::vector<Dims> states() const { return {{units}}; }
  std::int64_t projected() const { return units; }
  Result<Tensor> project(const Tensor& x, const CallContext& context) const {
    return project_gates(x, context.weights[0], use_bias ? &context.weights[2] : nullptr, context.dtype);
  }
  Result<Tensor> step(Tensor z, std::vector<Tensor>& states, const CallContext& context) const {
    const std::int64_t batch = z.dim(0);
    const DType dtype = context.dtype;
    with_real(dtype, [&]<typename T>(T) {
      T* const next = z.data<T>().data();
      add_product<T>(dtype, {states[0].data<T>().data(), units}, {context.weights[1].data<T>().data(), units},
                     {next, units}, batch, units, units);
      for (std::int64_t i = 0; i < batch; ++i) activate(dtype, activation, next + i * units, units);
    });
    states[0] = z;
    return z;
  }
};

struct SimpleRNN : Recurrent {
  SimpleRNN() { cell.emplace(*find_layer_class(kCellName)); }
};

}  // namespace

LayerClass simple_rnn_cell_class() {
  return declare_unit_cell<SimpleRNNCell>(std::string(kCellName))
      .draw([](LayerDraw& draw, SimpleRNNCell& cell) { draw_units(draw, cell); })
      .layer();
}

LayerClass simple_rnn_class() {
  return declare_recurrent<SimpleRNN>("SimpleRNN");
}

}  // namespace revive
