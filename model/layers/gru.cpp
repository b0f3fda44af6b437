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
    if (!use_bias) return project_gates(x, context.weights[0], nullptr, context.dtype);
    const Tensor bias = reset_after ? half_of_bias(context, 0) : context.weights[2];
    return project_gates(x, context.weights[0], &bias, context.dtype);
  }
  Result<Tensor> step(Tensor z, std::vector<Tensor>& states, const CallContext& context) const;

 private:
  // With reset_after the bias of the input (0) stands in front of the one of the state (1).
  Tensor half_of_bias(const CallContext& context, std::size_t half) const;
  template <typename T>
  void reset_after_product(BlockOf<T> z, T* h, std::int64_t batch, const CallContext& context) const;
  template <typename T>
  void reset_before_product(BlockOf<T> z, T* h, std::int64_t batch, const CallContext& context) const;
};

Tensor GRUCell::half_of_bias(const CallContext& context, std::size_t half) const {
  const Tensor& both = context.weights[2];
  Tensor one = Tensor::uninitialized(both.dtype(), {both.dim(1)});
  const std::size_t size = one.byte_size();
  std::ranges::copy(both.bytes().subspan(half * size, size), one.bytes().begin());
  return one;
}

template <typename T>
void blend(DType dtype, const T* update, const T* candidate, std::int64_t units, T* h) {
  for (std::int64_t i = 0; i < units; ++i) h[i] = update[i] * h[i] + (1 - update[i]) * candidate[i];
  round_row(dtype, h, units);
}

template <typename T>
void GRUCell::reset_after_product(BlockOf<T> z, T* h, std::int64_t batch, const CallContext& context) const {
  const DType dtype = context.dtype;
  const std::int64_t columns = kGates * units;
  const Tensor bias = use_bias ? half_of_bias(context, 1) : Tensor();
  const Tensor recurrent = with_bias(use_bias ? &bias : nullptr, {batch, columns}, dtype, [&](Tensor& out) {
    multiply_add<T>({h, units}, {context.weights[1].data<T>().data(), columns}, {out.data<T>().data(), columns}, batch,
                    units, columns);
  });
  for (std::int64_t sample = 0; sample < batch; ++sample) {
    const T* from_state = recurrent.data<T>().data() + sample * columns;
    T* update = z.data + sample * z.stride;
    T* reset = update + units;
    T* candidate = update + 2 * units;
    for (std::int64_t i = 0; i < 2 * units; ++i) update[i] += from_state[i];
    round_row(dtype, update, 2 * units);
    activate(dtype, recurrent_activation, update, units);
    activate(dtype, recurrent_activation, reset, units);
    for (std::int64_t i = 0; i < units; ++i) candidate[i] += reset[i] * from_state[2 * units + i];
    round_row(dtype, candidate, units);
    activate(dtype, activation, candidate, units);
    blend(dtype, update, candidate, units, h + sample * units);
  }
}

template <typename T>
void GRUCell::reset_before_product(BlockOf<T> z, T* h, std::int64_t batch, const CallContext& context) const {
  const DType dtype = context.dtype;
  const std::int64_t columns = kGates * units;
  const T* kernel = context.weights[1].data<T>().data();
  std::vector<T> reset_state(static_cast<std::size_t>(batch * units));
  add_product<T>(dtype, {h, units}, {kernel, columns}, z, batch, units, 2 * units);
  for (std::int64_t sample = 0; sample < batch; ++sample) {
    T* reset = z.data + sample * z.stride + units;
    activate(dtype, recurrent_activation, reset - units, units);
    activate(dtype, recurrent_activation, reset, units);
    for (std::int64_t i = 0; i < units; ++i) {
      reset_state[static_cast<std::size_t>(sample * units + i)] = reset[i] * h[sample * units + i];
    }
  }
  round_to(dtype, std::span<T>(reset_state));
  add_product<T>(dtype, {reset_state.data(), units}, {kernel + 2 * units, columns}, {z.data + 2 * units, z.stride},
                 batch, units, units);
  for (std::int64_t sample = 0; sample < batch; ++sample) {
    T* candidate = z.data + sample * z.stride + 2 * units;
    activate(dtype, activation, candidate, units);
    blend(dtype, candidate - 2 * units, candidate, units, h + sample * units);
  }
}

Result<Tensor> GRUCell::step(Tensor z, std::vector<Tensor>& states, const CallContext& context) const {
  const std::int64_t batch = z.dim(0);
  with_real(context.dtype, [&]<typename T>(T) {
    const BlockOf<T> gates{z.data<T>().data(), kGates * units};
    T* const h = states[0].data<T>().data();
    if (reset_after) {
      reset_after_product<T>(gates, h, batch, context);
    } else {
      reset_before_product<T>(gates, h, batch, context);
    }
  });
  return states[0];
}

struct GRU : Recurrent {
  GRU() { cell.emplace(*find_layer_class(kCellName)); }
};

}  // namespace

LayerClass gru_cell_class() {
  return declare_unit_cell<GRUCell>(std::string(kCellName))
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
