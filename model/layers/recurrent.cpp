#include "revive/model/layers/recurrent.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "revive/model/kernels/shared.h"
#include "revive/model/kernels/steps.h"

namespace revive {
namespace {

// What is projected of one sample is held for all steps at once, which is more than the output that Layer counts.
std::int64_t projected_elements(const Layer& cell, std::int64_t steps) {
  const CellRule& rule = *cell.layer_class().cell;
  return rule.project ? saturating_product({steps, rule.projected(cell.config())}) : 0;
}

Status check_projection(const Layer& cell, std::int64_t steps, const Limits& limits) {
  const std::int64_t elements = projected_elements(cell, steps);
  if (static_cast<std::uint64_t>(elements) <= limits.activation_elements) return {};
  return fail(ErrorCode::limit_exceeded, "",
              fmt::format("the gates of one sample have more than {} elements (Limits::activation_elements)",
                          limits.activation_elements));
}

Status check_mask(const Tensor& mask, const Tensor& x) {
  if (mask.dtype() == DType::boolean && mask.dims() == Dims{x.dim(0), x.dim(1)}) return {};
  return fail(ErrorCode::layer_input, "",
              fmt::format("expected a mask (batch, steps) for an input of {}, found one of {}", to_string(x.dims()),
                          to_string(mask.dims())));
}

// The rows of the samples that are not `kept` at this step become those of `before`.
void restore_masked(Tensor& tensor, const Tensor& before, const bool* kept, std::int64_t steps, std::int64_t step) {
  const std::int64_t batch = tensor.dim(0);
  const std::size_t row = row_bytes(tensor, batch);
  for (std::int64_t sample = 0; sample < batch && row > 0; ++sample) {
    if (kept[sample * steps + step]) continue;
    const std::size_t at = static_cast<std::size_t>(sample) * row;
    std::memcpy(tensor.bytes().data() + at, before.bytes().data() + at, row);
  }
}

}  // namespace

Shape step_of(const Shape& input) {
  Shape step{input[0]};
  for (std::size_t i = 2; i < input.rank(); ++i) step.push_back(input[i]);
  return step;
}

Result<Shape> Recurrent::output_shape(const Shape& input) const {
  if (input[1] == 0) {
    return fail(ErrorCode::layer_input, "", "a recurrent layer expects at least one step, found " + to_string(input));
  }
  REVIVE_ASSIGN_OR_RETURN(auto step, cell->layer_class().output_shape(cell->config(), step_of(input)));
  if (!return_sequences) return step;
  Shape output{step[0], input[1]};
  for (std::size_t i = 1; i < step.rank(); ++i) output.push_back(step[i]);
  return output;
}

Result<Built> Recurrent::build(const Shape& input, const BuildContext& context) {
  REVIVE_ASSIGN_OR_RETURN(auto output, output_shape(input));
  if (unroll && !input.known(1)) {
    return fail(ErrorCode::layer_input, "", "unroll expects a known number of steps, found " + to_string(input));
  }
  if (stateful && !input.known(0)) {
    return fail(ErrorCode::layer_input, "", "stateful expects a batch of known size, found " + to_string(input));
  }
  if (cell->policy().compute_dtype() != context.compute) {
    return fail(ErrorCode::layer_input, "",
                fmt::format("expected a cell that computes in {} as its layer does, found one that computes in {}",
                            name_of(context.compute), name_of(cell->policy().compute_dtype())));
  }
  REVIVE_RETURN_IF_ERROR(cell->build(step_of(input), context.dtype, context.limits));
  return Built{std::move(output),
               {},
               saturating_product({input[1], cell->multiply_adds()}),
               cell->output_dtype(),
               projected_elements(*cell, input[1])};
}

Result<MaskedTensor> Recurrent::call_masked(const MaskedTensor& input, const CallContext& context) const {
  const Tensor& x = input.value;
  const std::int64_t batch = x.dim(0);
  const std::int64_t steps = x.dim(1);
  REVIVE_RETURN_IF_ERROR(check_projection(*cell, steps, context.limits));
  if (input.mask) {
    if (Status status = check_mask(*input.mask, x); !status) return std::unexpected(status.error());
  }

  Dims step_dims = context.output;
  if (return_sequences) step_dims.erase(step_dims.begin() + 1);
  const std::vector<Tensor> weights = cell->weights_to_compute();
  const CallContext inside{weights, step_dims, context.options, context.limits, cell->policy().compute_dtype()};
  const CellRule& rule = *cell->layer_class().cell;
  Tensor projected = x;
  if (rule.project) {
    REVIVE_ASSIGN_OR_RETURN(projected, rule.project(cell->config(), x, inside));
  }
  const DType carrier = carrier_of(cell->output_dtype());
  std::vector<Tensor> states;
  for (Dims dims : rule.states(cell->config())) {
    dims.insert(dims.begin(), batch);
    states.emplace_back(carrier, std::move(dims));
  }

  const bool* kept = input.mask ? input.mask->data<bool>().data() : nullptr;
  // An unrolled layer does not zero what it masks; it is all that unrolling changes.
  const bool zeroes = zero_output_for_mask && !unroll;
  Tensor last(carrier, step_dims);
  const std::size_t row = row_bytes(last, batch);
  MaskedTensor output{Tensor(last.dtype(), context.output)};
  std::byte* const out = output.value.bytes().data();

  for (std::int64_t walked = 0; walked < steps; ++walked) {
    const std::int64_t step = go_backwards ? steps - 1 - walked : walked;
    const std::vector<Tensor> before = kept != nullptr ? states : std::vector<Tensor>();
    REVIVE_ASSIGN_OR_RETURN(auto y, rule.step(cell->config(), take_step(projected, step), states, inside));
    if (kept != nullptr) {
      for (std::size_t i = 0; i < states.size(); ++i) restore_masked(states[i], before[i], kept, steps, step);
      restore_masked(y, last, kept, steps, step);
      last = y;
    }
    if (!return_sequences && walked + 1 < steps) continue;
    for (std::int64_t sample = 0; sample < batch && row > 0; ++sample) {
      if (zeroes && kept != nullptr && !kept[sample * steps + step]) continue;
      const std::int64_t to = return_sequences ? sample * steps + walked : sample;
      std::memcpy(out + static_cast<std::size_t>(to) * row,
                  std::as_const(y).bytes().data() + static_cast<std::size_t>(sample) * row, row);
    }
  }
  if (return_sequences && context.options.recurrent_passes_mask) output.mask = input.mask;
  return output;
}

Result<Built> UnitCell::build_gates(const Shape& input, std::int64_t gates, Dims bias) const {
  const std::int64_t columns = saturating_product({gates, units});
  Built built{Shape{input[0], units}, {{"kernel", {input[1], columns}}, {"recurrent_kernel", {units, columns}}}};
  if (use_bias) built.variables.push_back({"bias", std::move(bias)});
  // Each gate is a row of both kernels, and a scalar function.
  built.multiply_adds = saturating_product({columns, saturating_sum(saturating_sum(input[1], units), kScalarStep)});
  return built;
}

Tensor UnitCell::project_gates(const Tensor& x, const Tensor& kernel, const Tensor* bias, DType dtype) {
  const std::int64_t columns = kernel.dim(1);
  return with_bias(bias, {x.dim(0), x.dim(1), columns}, dtype, [&](Tensor& gates) {
    with_real(dtype, [&]<typename T>(T) {
      multiply_add<T>({x.data<T>().data(), x.dim(2)}, {kernel.data<T>().data(), columns},
                      {gates.data<T>().data(), columns}, x.dim(0) * x.dim(1), x.dim(2), columns);
    });
  });
}

template <typename T>
void add_product(DType dtype, ConstBlockOf<T> a, ConstBlockOf<T> b, BlockOf<T> out, std::int64_t rows,
                 std::int64_t inner, std::int64_t columns) {
  if (!is_narrow(dtype)) return multiply_add<T>(a, b, out, rows, inner, columns);
  std::vector<T> product(static_cast<std::size_t>(rows * columns));
  multiply_add<T>(a, b, {product.data(), columns}, rows, inner, columns);
  round_to(dtype, std::span<T>(product));
  for (std::int64_t row = 0; row < rows; ++row) {
    T* const to = out.data + row * out.stride;
    for (std::int64_t i = 0; i < columns; ++i) to[i] += product[static_cast<std::size_t>(row * columns + i)];
    round_row(dtype, to, columns);
  }
}

template void add_product(DType, ConstBlockOf<float>, ConstBlockOf<float>, BlockOf<float>, std::int64_t, std::int64_t,
                          std::int64_t);
template void add_product(DType, ConstBlockOf<double>, ConstBlockOf<double>, BlockOf<double>, std::int64_t,
                          std::int64_t, std::int64_t);

std::vector<std::string_view> cell_training_keys() {
  return {"kernel_initializer",
          "recurrent_initializer",
          "bias_initializer",
          "unit_forget_bias",
          "kernel_regularizer",
          "recurrent_regularizer",
          "bias_regularizer",
          "kernel_constraint",
          "recurrent_constraint",
          "bias_constraint",
          "dropout",
          "recurrent_dropout",
          "seed",
          "implementation"};
}

std::vector<Activation> drawn_activations(const LayerDraw& draw) {
  if (draw.for_keras()) {
    // Within [-1, 1], so that a state cannot grow from step to step.
    return {Activation::tanh,    Activation::sigmoid,   Activation::hard_sigmoid,  Activation::softsign,
            Activation::softmax, Activation::hard_tanh, Activation::sparse_sigmoid};
  }
  std::vector<Activation> activations;
  for (std::size_t i = 0; i < enum_names<Activation>().names.size(); ++i) {
    if (static_cast<Activation>(i) != Activation::glu) activations.push_back(static_cast<Activation>(i));
  }
  return activations;
}

void draw_units(LayerDraw& draw, UnitCell& cell) {
  cell.units = draw.integer(1, 8);
  cell.activation = draw.one_of(drawn_activations(draw));
  cell.use_bias = !draw.flag();
}

void draw_gates(LayerDraw& draw, GateCell& cell) {
  cell.units = draw.integer(1, 8);
  const std::vector<Activation> activations = drawn_activations(draw);
  cell.activation = draw.one_of(activations);
  cell.recurrent_activation = draw.one_of(activations);
  cell.use_bias = !draw.flag();
}

void draw_walk(LayerDraw& draw, Recurrent& layer) {
  layer.return_sequences = draw.flag();
  layer.go_backwards = draw.flag();
  layer.unroll = draw.flag_if(draw.shape().known(1));
  layer.zero_output_for_mask = draw.flag();
  // Stock Keras would go on from where another prediction ended.
  layer.stateful = draw.flag_if(draw.shape().known(0) && !draw.for_keras());
}

void draw_recurrent(LayerDraw& draw, Recurrent& layer) {
  draw_walk(draw, layer);
  layer.cell->layer_class().draw(draw, layer.cell->config());
}

}  // namespace revive
