// LSTM. Source: Keras' LSTM. The gates stand in the order i, f, c, o:
// c' = f * c + i * activation(z_c), h' = o * activation(c').
#include <algorithm>
#include <vector>

#include "revive/model/layers/recurrent.h"

namespace revive {
namespace {

constexpr std::int64_t kGates = 4;

class LstmCell : public Cell {
 public:
  LstmCell(const Recurrent& layer, const Tensor& recurrent_kernel, std::int64_t batch)
      : layer_(layer), kernel_(recurrent_kernel), carry_(static_cast<std::size_t>(batch * layer.units)) {}

  void recur(Block z, const float* h, std::int64_t batch) override {
    const std::int64_t columns = kGates * layer_.units;
    multiply_add({h, layer_.units}, {kernel_.data<float>().data(), columns}, z, batch, layer_.units, columns);
  }

  void update(float* z, std::int64_t sample, float* h) override {
    const std::int64_t units = layer_.units;
    float* input = z;
    float* forget = z + units;
    float* candidate = z + 2 * units;
    float* output = z + 3 * units;
    float* carry = carry_.data() + sample * units;
    for (float* gate : {input, forget, output}) apply(layer_.recurrent_activation, gate, 1, units);
    apply(layer_.activation, candidate, 1, units);
    for (std::int64_t i = 0; i < units; ++i) carry[i] = forget[i] * carry[i] + input[i] * candidate[i];
    std::copy_n(carry, units, h);
    apply(layer_.activation, h, 1, units);
    for (std::int64_t i = 0; i < units; ++i) h[i] *= output[i];
  }

 private:
  const Recurrent& layer_;
  const Tensor& kernel_;
  std::vector<float> carry_;
};

struct LSTM : Recurrent {
  Result<Built> build(const Shape& input, const BuildContext& context) const {
    return build_gates(input, context, kGates, {saturating_product({kGates, units})});
  }
  Result<MaskedTensor> call_masked(const MaskedTensor& input, const CallContext& context) const {
    LstmCell cell(*this, context.weights[1], input.value.dim(0));
    return walk_steps(*this, input, context, use_bias ? context.weights[2].data<float>() : std::span<const float>(),
                      cell);
  }
};

}  // namespace

LayerClass lstm_class() {
  return declare_recurrent<LSTM>("LSTM").layer();
}

}  // namespace revive
