// GRU and GRUCell. Source: Keras' GRU. The gates stand in the order z, r, h: h' = z * h + (1 - z) * candidate, where r
// resets h before it meets the recurrent kernel, or after it with reset_after, which has a bias of its own for that.
#include <algorithm>
#include <vector>

#include "revive/model/kernels/shared.h"
#include "revive/model/layers/recurrent.h"
#include "revive/model/registry.h"

namespace revive {
namespace {

constexpr std::int64_t kGates = 3;
constexpr std::string_view kCellName = "GRUCell";

struct GRUCell : GateCell {
  bool reset_after = true;

  Result<Built> build(const Shape& input) const {
    const std::int64_t columns = saturating_product({kGates, units});
    return build_gates(input, kGates, reset_after ? Dims{2, columns} : Dims{columns});
  }
  // h.
  std::vector<Dims> states() const { return {{units}}; }
  std::int64_t projected() const { return saturating_product({kGates, units}); }
  Result<Tensor> project(const Tensor& x, const CallContext& context) const {
    return project_gates(x, context.weights[0], input_bias(context));
  }
  Result<Tensor> step(Tensor z, std::vector<Tensor>& states, const CallContext& context) const;

 private:
  std::span<const float> bias(const CallContext& context) const {
    return use_bias ? context.weights[2].data<float>() : std::span<const float>();
  }
  // With reset_after the bias of the input stands in front of the one of the state; both are empty without use_bias.
  std::span<const float> input_bias(const CallContext& context) const {
    const auto all = bias(context);
    return reset_after ? all.first(all.size() / 2) : all;
  }
  void reset_after_product(Block z, float* h, std::int64_t batch, const CallContext& context) const;
  void reset_before_product(Block z, float* h, std::int64_t batch, const CallContext& context) const;
};

void blend(const float* update, const float* candidate, std::int64_t units, float* h) {
  for (std::int64_t i = 0; i < units; ++i) h[i] = update[i] * h[i] + (1 - update[i]) * candidate[i];
}

void GRUCell::reset_after_product(Block z, float* h, std::int64_t batch, const CallContext& context) const {
  const std::int64_t columns = kGates * units;
  const auto all = bias(context);
  const auto state_bias = all.subspan(all.size() / 2);
  std::vector<float> recurrent(static_cast<std::size_t>(batch * columns));
  for (std::int64_t sample = 0; sample < batch; ++sample) {
    std::ranges::copy(state_bias, recurrent.data() + sample * columns);
  }
  multiply_add({h, units}, {context.weights[1].data<float>().data(), columns}, {recurrent.data(), columns}, batch,
               units, columns);
  for (std::int64_t sample = 0; sample < batch; ++sample) {
    const float* from_state = recurrent.data() + sample * columns;
    float* update = z.data + sample * z.stride;
    float* reset = update + units;
    float* candidate = update + 2 * units;
    for (std::int64_t i = 0; i < 2 * units; ++i) update[i] += from_state[i];
    apply(recurrent_activation, update, 1, units);
    apply(recurrent_activation, reset, 1, units);
    for (std::int64_t i = 0; i < units; ++i) candidate[i] += reset[i] * from_state[2 * units + i];
    apply(activation, candidate, 1, units);
    blend(update, candidate, units, h + sample * units);
  }
}

void GRUCell::reset_before_product(Block z, float* h, std::int64_t batch, const CallContext& context) const {
  const std::int64_t columns = kGates * units;
  const float* kernel = context.weights[1].data<float>().data();
  std::vector<float> reset_state(static_cast<std::size_t>(batch * units));
  multiply_add({h, units}, {kernel, columns}, z, batch, units, 2 * units);
  for (std::int64_t sample = 0; sample < batch; ++sample) {
    float* reset = z.data + sample * z.stride + units;
    apply(recurrent_activation, reset - units, 1, units);
    apply(recurrent_activation, reset, 1, units);
    for (std::int64_t i = 0; i < units; ++i) {
      reset_state[static_cast<std::size_t>(sample * units + i)] = reset[i] * h[sample * units + i];
    }
  }
  multiply_add({reset_state.data(), units}, {kernel + 2 * units, columns}, {z.data + 2 * units, z.stride}, batch, units,
               units);
  for (std::int64_t sample = 0; sample < batch; ++sample) {
    float* candidate = z.data + sample * z.stride + 2 * units;
    apply(activation, candidate, 1, units);
    blend(candidate - 2 * units, candidate, units, h + sample * units);
  }
}

Result<Tensor> GRUCell::step(Tensor z, std::vector<Tensor>& states, const CallContext& context) const {
  const std::int64_t batch = z.dim(0);
  const Block gates{z.data<float>().data(), kGates * units};
  float* const h = states[0].data<float>().data();
  if (reset_after) {
    reset_after_product(gates, h, batch, context);
  } else {
    reset_before_product(gates, h, batch, context);
  }
  return states[0];
}

struct GRU : Recurrent {
  GRU() { cell.emplace(*find_layer_class(kCellName)); }
};

}  // namespace

LayerClass gru_cell_class() {
  return declare_gate_cell<GRUCell>(std::string(kCellName))
      .field("reset_after", &GRUCell::reset_after)
      .draw([](LayerDraw& draw, GRUCell& cell) {
        draw_gates(draw, cell);
        cell.reset_after = !draw.flag();
      })
      .layer();
}

LayerClass gru_class() {
  return declare_recurrent<GRU>("GRU");
}

}  // namespace revive
