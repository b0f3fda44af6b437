// What LSTM and GRU share: their fields, their shape rule, and the walk over the steps.
//
// The input part of every gate is one product over all steps; a Cell adds the recurrent part step by step. A masked
// step leaves the state of its sample as it was. Steps are walked backwards where go_backwards says so, and the
// outputs come in the order of the walk.
#pragma once

#include <cstdint>

#include "revive/model/declare.h"
#include "revive/model/kernels/matmul.h"
#include "revive/model/kernels/shared.h"

namespace revive {

struct Recurrent {
  bool return_sequences = false;
  bool go_backwards = false;
  bool unroll = false;
  bool zero_output_for_mask = false;
  std::int64_t units = 1;
  Activation activation = Activation::tanh;
  Activation recurrent_activation = Activation::sigmoid;
  bool use_bias = true;

  Result<Shape> output_shape(const Shape& input) const;

 protected:
  // kernel, recurrent_kernel and, with use_bias, bias. `gates` columns of units each.
  Result<Built> build_gates(const Shape& input, const BuildContext& context, std::int64_t gates, Dims bias) const;
};

// One step of one kind of cell. The state h is (batch, units), the gates z are rows of a step's gates for every sample.
class Cell {
 public:
  virtual ~Cell() = default;
  // What h adds to the gates, for the whole batch.
  virtual void recur(Block z, const float* h, std::int64_t batch) = 0;
  // The new h of one sample from its gates, which may be overwritten.
  virtual void update(float* z, std::int64_t sample, float* h) = 0;
};

// REQUIRES: `input_bias` is empty or has a value for every column of the kernel, which is context.weights[0].
Result<MaskedTensor> walk_steps(const Recurrent& layer, const MaskedTensor& input, const CallContext& context,
                                std::span<const float> input_bias, Cell& cell);

Domain recurrent_activation_domain(const DrawContext& context, const Recurrent& layer);
Domain unroll_domain(const DrawContext& context, const Recurrent& layer);
Domain units_domain(const DrawContext& context, const Recurrent& layer);

// Declares what `T`, which derives from Recurrent, inherits.
template <typename T>
Declaration<T> declare_recurrent(std::string name) {
  const auto member = []<typename Member>(Member Recurrent::* inherited) -> Member T::* { return inherited; };
  auto declaration = declare<T>(std::move(name));
  declaration.field("return_sequences", member(&Recurrent::return_sequences))
      .field("go_backwards", member(&Recurrent::go_backwards))
      .field("unroll", member(&Recurrent::unroll), {.draw = unroll_domain})
      .field("zero_output_for_mask", member(&Recurrent::zero_output_for_mask))
      .field("units", member(&Recurrent::units), {.legal = {.minimum = 1}, .required = true, .draw = units_domain})
      .field("activation", member(&Recurrent::activation), {.draw = recurrent_activation_domain})
      .field("recurrent_activation", member(&Recurrent::recurrent_activation), {.draw = recurrent_activation_domain})
      .field("use_bias", member(&Recurrent::use_bias))
      .training_only({"kernel_initializer", "recurrent_initializer", "bias_initializer", "unit_forget_bias",
                      "kernel_regularizer", "recurrent_regularizer", "bias_regularizer", "activity_regularizer",
                      "kernel_constraint", "recurrent_constraint", "bias_constraint", "dropout", "recurrent_dropout",
                      "seed", "implementation", "use_cudnn"})
      .fixed("return_state", false)
      .fixed("stateful", false)
      .fixed("time_major", false)
      .variables_group("cell")
      .rule("expected activations other than glu, which halves the units",
            [](const T& layer) {
              return layer.activation != Activation::glu && layer.recurrent_activation != Activation::glu;
            })
      .expects("an input of rank 3 whose last axis is known and which has at least one step",
               [](const Shape& input) { return input.rank() == 3 && input.known(2) && input[1] != 0; });
  return declaration;
}

}  // namespace revive
