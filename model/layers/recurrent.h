// What LSTM and GRU share: a cell of gates, and the walk of a recurrent layer over the steps of its input.
//
// A recurrent layer owns a cell (CellRule in model/layer_class.h), here flattened into it. The input part of every gate
// is one product over all steps; the cell's step adds the recurrent part. A masked step leaves state and output of its
// sample as they were. Steps are walked backwards where go_backwards says so, and the outputs come in the order of the
// walk.
#pragma once

#include <cstdint>

#include "revive/model/declare.h"
#include "revive/model/kernels/activation.h"
#include "revive/model/kernels/matmul.h"
#include "revive/model/kernels/rounding.h"

namespace revive {

struct Recurrent {
  bool return_sequences = false;
  bool go_backwards = false;
  bool unroll = false;
  bool zero_output_for_mask = false;
  // There once the layer is made.
  std::optional<Layer> cell;

  Result<Built> build(const Shape& input, const BuildContext& context);
  Result<Shape> output_shape(const Shape& input) const;
  Result<MaskedTensor> call_masked(const MaskedTensor& input, const CallContext& context) const;
};

// The config of a cell whose gates stand side by side in the columns of its variables.
struct GateCell {
  std::int64_t units = 1;
  Activation activation = Activation::tanh;
  Activation recurrent_activation = Activation::sigmoid;
  bool use_bias = true;

  Result<Shape> output_shape(const Shape& input) const { return Shape{input[0], units}; }

 protected:
  // kernel, recurrent_kernel and, with use_bias, bias; `gates` columns of units each.
  Result<Built> build_gates(const Shape& input, std::int64_t gates, Dims bias) const;
  // x · kernel + bias for all steps. `bias` is nullptr or has a value for every column.
  static Tensor project_gates(const Tensor& x, const Tensor& kernel, const Tensor* bias, DType dtype);
};

// What cells compute with is written over T, float or double, which holds the dtype of the call; products, gates and
// states are rounded to that dtype, as they are in Keras.

// Adds a · b to the rows of `out`, the product rounded on its own and the sum as well.
template <typename T>
void add_product(DType dtype, ConstBlockOf<T> a, ConstBlockOf<T> b, BlockOf<T> out, std::int64_t rows,
                 std::int64_t inner, std::int64_t columns);

template <typename T>
void round_row(DType dtype, T* values, std::int64_t count) {
  round_to(dtype, std::span<T>(values, static_cast<std::size_t>(count)));
}

template <typename T>
void activate(DType dtype, Activation activation, T* values, std::int64_t count) {
  apply(activation, values, 1, count);
  round_row(dtype, values, count);
}

void draw_gates(LayerDraw& draw, GateCell& cell);
void draw_recurrent(LayerDraw& draw, Recurrent& layer);

template <typename T, typename Base, typename Member>
Member T::* inherited(Member Base::* member) {
  return member;
}

// Declares what `T`, which derives from GateCell, inherits.
template <typename T>
Declaration<T> declare_gate_cell(std::string name) {
  auto declaration = declare<T>(std::move(name), Family::recurrent);
  declaration.cell()
      .field("units", inherited<T>(&GateCell::units), {.legal = {.minimum = 1}, .required = true})
      .field("activation", inherited<T>(&GateCell::activation))
      .field("recurrent_activation", inherited<T>(&GateCell::recurrent_activation))
      .field("use_bias", inherited<T>(&GateCell::use_bias))
      .training_only({"kernel_initializer", "recurrent_initializer", "bias_initializer", "unit_forget_bias",
                      "kernel_regularizer", "recurrent_regularizer", "bias_regularizer", "kernel_constraint",
                      "recurrent_constraint", "bias_constraint", "dropout", "recurrent_dropout", "seed",
                      "implementation"})
      .rule("expected activations other than glu, which halves the units",
            [](const T& cell) {
              return cell.activation != Activation::glu && cell.recurrent_activation != Activation::glu;
            })
      .expects("an input (batch, features) whose features are known",
               [](const Shape& input) { return input.rank() == 2 && input.known(1); });
  return declaration;
}

// Declares `T`, which derives from Recurrent and makes its cell.
template <typename T>
LayerClass declare_recurrent(std::string name) {
  return declare<T>(std::move(name), Family::recurrent)
      .field("return_sequences", inherited<T>(&Recurrent::return_sequences))
      .field("go_backwards", inherited<T>(&Recurrent::go_backwards))
      .field("unroll", inherited<T>(&Recurrent::unroll))
      .field("zero_output_for_mask", inherited<T>(&Recurrent::zero_output_for_mask))
      .child("cell", inherited<T>(&Recurrent::cell), {.form = ChildForm::flattened, .takes_cells = true})
      .training_only({"activity_regularizer", "use_cudnn"})
      .fixed("return_state", false)
      .fixed("stateful", false)
      .fixed("time_major", false)
      .expects("an input of rank 3 whose last axis is known and which has at least one step",
               [](const Shape& input) { return input.rank() == 3 && input.known(2) && input[1] != 0; })
      .reads_mask()
      .gives_mask([](const T& layer, bool masked) { return masked && layer.return_sequences; })
      .draw([](LayerDraw& draw, T& layer) { draw_recurrent(draw, layer); })
      .layer();
}

}  // namespace revive
