// What LSTM, GRU, SimpleRNN, ConvLSTM and RNN share: a cell of gates, and the walk of a recurrent layer over the steps
// of its input.
//
// A recurrent layer owns a cell (CellRule in model/layer_class.h), flattened into it or, in an RNN, beside it. The
// input part of every gate is one product over all steps; the cell's step adds the recurrent part. A masked step leaves
// state and output of its sample as they were. Steps are walked backwards where go_backwards says so, and the outputs
// come in the order of the walk. A stateful layer is of one size of batch. No file holds its states, so that each
// prediction is the first one of a model that was loaded: it starts from zeros.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "revive/model/declare.h"
#include "revive/model/kernels/activation.h"
#include "revive/model/kernels/matmul.h"
#include "revive/model/kernels/rounding.h"

namespace revive {

struct Recurrent {
  bool return_sequences = false;
  bool go_backwards = false;
  bool stateful = false;
  bool unroll = false;
  bool zero_output_for_mask = false;
  // There once the layer is made.
  std::optional<Layer> cell;

  Result<Built> build(const Shape& input, const BuildContext& context);
  Result<Shape> output_shape(const Shape& input) const;
  Result<MaskedTensor> call_masked(const MaskedTensor& input, const CallContext& context) const;
};

// What one step of `input` (batch, steps, ...) is to a cell: (batch, ...).
Shape step_of(const Shape& input);

// The config of a cell whose gates, or the one that it is, stand side by side in the columns of its variables.
struct UnitCell {
  std::int64_t units = 1;
  Activation activation = Activation::tanh;
  bool use_bias = true;

  Result<Shape> output_shape(const Shape& input) const { return Shape{input[0], units}; }

 protected:
  // kernel, recurrent_kernel and, with use_bias, bias; `gates` columns of units each.
  Result<Built> build_gates(const Shape& input, std::int64_t gates, Dims bias) const;
  // x · kernel + bias for all steps. `bias` is nullptr or has a value for every column.
  static Tensor project_gates(const Tensor& x, const Tensor& kernel, const Tensor* bias, DType dtype);
};

struct GateCell : UnitCell {
  Activation recurrent_activation = Activation::sigmoid;
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

// The new h and c of an LSTM from its gates i, f, c, o, which are overwritten.
template <typename T>
void update_lstm(DType dtype, Activation activation, Activation recurrent_activation, std::int64_t units, T* z, T* h,
                 T* c) {
  T* input = z;
  T* forget = z + units;
  T* candidate = z + 2 * units;
  T* output = z + 3 * units;
  for (T* gate : {input, forget, output}) activate(dtype, recurrent_activation, gate, units);
  activate(dtype, activation, candidate, units);
  for (std::int64_t i = 0; i < units; ++i) c[i] = forget[i] * c[i] + input[i] * candidate[i];
  round_row(dtype, c, units);
  std::copy_n(c, units, h);
  activate(dtype, activation, h, units);
  for (std::int64_t i = 0; i < units; ++i) h[i] *= output[i];
  round_row(dtype, h, units);
}

// Those that a cell may draw.
std::vector<Activation> drawn_activations(const LayerDraw& draw);
void draw_units(LayerDraw& draw, UnitCell& cell);
void draw_gates(LayerDraw& draw, GateCell& cell);
// All but the cell.
void draw_walk(LayerDraw& draw, Recurrent& layer);
void draw_recurrent(LayerDraw& draw, Recurrent& layer);

template <typename T, typename Base, typename Member>
Member T::* inherited(Member Base::* member) {
  return member;
}

// What the config of a cell says for training alone.
std::vector<std::string_view> cell_training_keys();

// Declares what `T`, which derives from UnitCell, inherits.
template <typename T>
Declaration<T> declare_unit_cell(std::string name) {
  constexpr bool has_gates = std::is_base_of_v<GateCell, T>;
  auto declaration = declare<T>(std::move(name), Family::recurrent);
  declaration.cell()
      .field("units", inherited<T>(&UnitCell::units), {.legal = {.minimum = 1}, .required = true})
      .field("activation", inherited<T>(&UnitCell::activation));
  if constexpr (has_gates) declaration.field("recurrent_activation", inherited<T>(&GateCell::recurrent_activation));
  declaration.field("use_bias", inherited<T>(&UnitCell::use_bias))
      .training_only(cell_training_keys())
      .rule("expected activations other than glu, which halves the units",
            [](const T& cell) {
              if constexpr (has_gates) {
                if (cell.recurrent_activation == Activation::glu) return false;
              }
              return cell.activation != Activation::glu;
            })
      .expects("an input (batch, features) whose features are known",
               [](const Shape& input) { return input.rank() == 2 && input.known(1); });
  return declaration;
}

// Declares `T`, which derives from Recurrent: the walk, and a cell that stands in the config as `form` says.
template <typename T>
Declaration<T> declare_walk(std::string name, ChildForm form, Family family = Family::recurrent) {
  auto declaration = declare<T>(std::move(name), family);
  declaration.field("return_sequences", inherited<T>(&Recurrent::return_sequences))
      .field("go_backwards", inherited<T>(&Recurrent::go_backwards))
      .field("stateful", inherited<T>(&Recurrent::stateful))
      .field("unroll", inherited<T>(&Recurrent::unroll))
      .field("zero_output_for_mask", inherited<T>(&Recurrent::zero_output_for_mask))
      .child("cell", inherited<T>(&Recurrent::cell), {.form = form, .takes_cells = true})
      .training_only({"activity_regularizer", "use_cudnn"})
      .fixed("return_state", false)
      .fixed("time_major", false)
      .expects("an input of rank 3 whose last axis is known and which has at least one step",
               [](const Shape& input) { return input.rank() == 3 && input.known(2) && input[1] != 0; })
      .reads_mask()
      .gives_mask([](const T& layer, bool masked) { return masked && layer.return_sequences; });
  return declaration;
}

// The same for a `T` that makes its cell.
template <typename T>
LayerClass declare_recurrent(std::string name) {
  return declare_walk<T>(std::move(name), ChildForm::flattened)
      .draw([](LayerDraw& draw, T& layer) { draw_recurrent(draw, layer); })
      .layer();
}

}  // namespace revive
