// LSTM and LSTMCell. Source: Keras' LSTM. The gates stand in the order i, f, c, o:
// c' = f * c + i * activation(z_c), h' = o * activation(c').
#include <vector>

#include "revive/model/kernels/shared.h"
#include "revive/model/layers/recurrent.h"
#include "revive/model/registry.h"

namespace revive {
namespace {

constexpr std::int64_t kGates = 4;
constexpr std::string_view kCellName = "LSTMCell";

struct LSTMCell : GateCell {
  Result<Built> build(const Shape& input) const {
    return build_gates(input, kGates, {saturating_product({kGates, units})});
  }
  // h and c.
  std::vector<Dims> states() const { return {{units}, {units}}; }
  std::int64_t projected() const { return saturating_product({kGates, units}); }
  Result<Tensor> project(const Tensor& x, const CallContext& context) const {
    return project_gates(x, context.weights[0], use_bias ? &context.weights[2] : nullptr, context.dtype);
  }
  Result<Tensor> step(Tensor z, std::vector<Tensor>& states, const CallContext& context) const;
};

Result<Tensor> LSTMCell::step(Tensor z, std::vector<Tensor>& states, const CallContext& context) const {
  const std::int64_t batch = z.dim(0);
  const std::int64_t columns = kGates * units;
  const Tensor& kernel = context.weights[1];
  const DType dtype = context.dtype;
  with_real(dtype, [&]<typename T>(T) {
    T* const gates = z.data<T>().data();
    T* const h = states[0].data<T>().data();
    T* const c = states[1].data<T>().data();
    add_product<T>(dtype, {h, units}, {kernel.data<T>().data(), columns}, {gates, columns}, batch, units, columns);
    for (std::int64_t i = 0; i < batch; ++i) {
      update_lstm(dtype, activation, recurrent_activation, units, gates + i * columns, h + i * units, c + i * units);
    }
  });
  return states[0];
}

struct LSTM : Recurrent {
  LSTM() { cell.emplace(*find_layer_class(kCellName)); }
};

}  // namespace

LayerClass lstm_cell_class() {
  return declare_unit_cell<LSTMCell>(std::string(kCellName))
      .draw([](LayerDraw& draw, LSTMCell& cell) { draw_gates(draw, cell); })
      .layer();
}

LayerClass lstm_class() {
  return declare_recurrent<LSTM>("LSTM");
}

}  // namespace revive
