// GRU. Source: Keras' GRU. The gates stand in the order z, r, h: h' = z * h + (1 - z) * candidate, where r resets h
// before it meets the recurrent kernel, or after it with reset_after, which has a bias of its own for that.
#include <algorithm>
#include <vector>

#include "revive/model/layers/recurrent.h"

namespace revive {
namespace {

constexpr std::int64_t kGates = 3;

struct GRU : Recurrent {
  bool reset_after = true;

  Result<Built> build(const Shape& input, const BuildContext& context) const {
    const std::int64_t columns = saturating_product({kGates, units});
    return build_gates(input, context, kGates, reset_after ? Dims{2, columns} : Dims{columns});
  }
  Result<MaskedTensor> call_masked(const MaskedTensor& input, const CallContext& context) const;
};

void blend(const float* update, const float* candidate, std::int64_t units, float* h) {
  for (std::int64_t i = 0; i < units; ++i) h[i] = update[i] * h[i] + (1 - update[i]) * candidate[i];
}

class ResetAfterCell : public Cell {
 public:
  ResetAfterCell(const GRU& layer, const Tensor& recurrent_kernel, std::span<const float> bias, std::int64_t batch)
      : layer_(layer),
        kernel_(recurrent_kernel),
        bias_(bias),
        columns_(kGates * layer.units),
        recurrent_(static_cast<std::size_t>(batch * columns_)) {}

  void recur(Block, const float* h, std::int64_t batch) override {
    std::ranges::fill(recurrent_, 0.0F);
    for (std::int64_t sample = 0; sample < batch; ++sample) {
      std::ranges::copy(bias_, recurrent_.data() + sample * columns_);
    }
    multiply_add({h, layer_.units}, {kernel_.data<float>().data(), columns_}, {recurrent_.data(), columns_}, batch,
                 layer_.units, columns_);
  }

  void update(float* z, std::int64_t sample, float* h) override {
    const std::int64_t units = layer_.units;
    const float* recurrent = recurrent_.data() + sample * columns_;
    float* reset = z + units;
    float* candidate = z + 2 * units;
    for (std::int64_t i = 0; i < 2 * units; ++i) z[i] += recurrent[i];
    apply(layer_.recurrent_activation, z, 1, units);
    apply(layer_.recurrent_activation, reset, 1, units);
    for (std::int64_t i = 0; i < units; ++i) candidate[i] += reset[i] * recurrent[2 * units + i];
    apply(layer_.activation, candidate, 1, units);
    blend(z, candidate, units, h);
  }

 private:
  const GRU& layer_;
  const Tensor& kernel_;
  std::span<const float> bias_;
  std::int64_t columns_;
  std::vector<float> recurrent_;
};

class ResetBeforeCell : public Cell {
 public:
  ResetBeforeCell(const GRU& layer, const Tensor& recurrent_kernel, std::int64_t batch)
      : layer_(layer), kernel_(recurrent_kernel), reset_state_(static_cast<std::size_t>(batch * layer.units)) {}

  void recur(Block z, const float* h, std::int64_t batch) override {
    const std::int64_t units = layer_.units;
    const std::int64_t columns = kGates * units;
    const float* kernel = kernel_.data<float>().data();
    multiply_add({h, units}, {kernel, columns}, z, batch, units, 2 * units);
    for (std::int64_t sample = 0; sample < batch; ++sample) {
      float* reset = z.data + sample * z.stride + units;
      apply(layer_.recurrent_activation, reset - units, 1, units);
      apply(layer_.recurrent_activation, reset, 1, units);
      for (std::int64_t i = 0; i < units; ++i) {
        reset_state_[static_cast<std::size_t>(sample * units + i)] = reset[i] * h[sample * units + i];
      }
    }
    multiply_add({reset_state_.data(), units}, {kernel + 2 * units, columns}, {z.data + 2 * units, z.stride}, batch,
                 units, units);
  }

  void update(float* z, std::int64_t, float* h) override {
    float* candidate = z + 2 * layer_.units;
    apply(layer_.activation, candidate, 1, layer_.units);
    blend(z, candidate, layer_.units, h);
  }

 private:
  const GRU& layer_;
  const Tensor& kernel_;
  std::vector<float> reset_state_;
};

Result<MaskedTensor> GRU::call_masked(const MaskedTensor& input, const CallContext& context) const {
  const std::int64_t batch = input.value.dim(0);
  const Tensor& recurrent_kernel = context.weights[1];
  const auto bias = use_bias ? context.weights[2].data<float>() : std::span<const float>();
  if (reset_after) {
    // The bias of the input stands in front of the one of the state; both are empty without use_bias.
    const auto half = bias.size() / 2;
    ResetAfterCell cell(*this, recurrent_kernel, bias.subspan(half), batch);
    return walk_steps(*this, input, context, bias.first(half), cell);
  }
  ResetBeforeCell cell(*this, recurrent_kernel, batch);
  return walk_steps(*this, input, context, bias, cell);
}

}  // namespace

LayerClass gru_class() {
  return declare_recurrent<GRU>("GRU").field("reset_after", &GRU::reset_after).layer();
}

}  // namespace revive
