#include "revive/model/layers/recurrent.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace revive {
namespace {

// The gates of one sample are held for all steps at once, which is more than the output that Layer checks.
Status check_gates(std::int64_t steps, std::int64_t columns, const Limits& limits) {
  const std::int64_t elements = saturating_product({steps, columns});
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

std::int64_t saturating_sum(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? kHuge : sum;
}

}  // namespace

Result<Shape> Recurrent::output_shape(const Shape& input) const {
  if (input[1] == 0) {
    return fail(ErrorCode::layer_input, "", "a recurrent layer expects at least one step, found " + to_string(input));
  }
  return return_sequences ? Shape{input[0], input[1], units} : Shape{input[0], units};
}

Result<Built> Recurrent::build_gates(const Shape& input, const BuildContext& context, std::int64_t gates,
                                     Dims bias) const {
  REVIVE_ASSIGN_OR_RETURN(auto output, output_shape(input));
  if (unroll && !input.known(1)) {
    return fail(ErrorCode::layer_input, "", "unroll expects a known number of steps, found " + to_string(input));
  }
  const std::int64_t columns = saturating_product({gates, units});
  REVIVE_RETURN_IF_ERROR(check_gates(input[1], columns, context.limits));

  Built built{std::move(output), {{"kernel", {input[2], columns}}, {"recurrent_kernel", {units, columns}}}};
  if (use_bias) built.variables.push_back({"bias", std::move(bias)});
  built.multiply_adds = saturating_product({input[1], columns, saturating_sum(input[2], units)});
  return built;
}

Result<MaskedTensor> walk_steps(const Recurrent& layer, const MaskedTensor& input, const CallContext& context,
                                std::span<const float> input_bias, Cell& cell) {
  const Tensor& x = input.value;
  const Tensor& kernel = context.weights[0];
  const std::int64_t batch = x.dim(0);
  const std::int64_t steps = x.dim(1);
  const std::int64_t columns = kernel.dim(1);
  const std::int64_t units = layer.units;
  REVIVE_RETURN_IF_ERROR(check_gates(steps, columns, context.limits));
  if (input.mask) {
    if (Status status = check_mask(*input.mask, x); !status) return std::unexpected(status.error());
  }

  Tensor gates(DType::float32, {batch, steps, columns});
  float* z = gates.data<float>().data();
  if (!input_bias.empty()) {
    for (std::int64_t row = 0; row < batch * steps; ++row) std::ranges::copy(input_bias, z + row * columns);
  }
  multiply_add({x.data<float>().data(), x.dim(2)}, {kernel.data<float>().data(), columns}, {z, columns}, batch * steps,
               x.dim(2), columns);

  const bool* kept = input.mask ? input.mask->data<bool>().data() : nullptr;
  // An unrolled layer does not zero what it masks; it is all that unrolling changes.
  const bool zeroes = layer.zero_output_for_mask && !layer.unroll;
  std::vector<float> state(static_cast<std::size_t>(batch * units));
  MaskedTensor output{Tensor(DType::float32, context.output)};
  float* out = output.value.data<float>().data();

  for (std::int64_t walked = 0; walked < steps; ++walked) {
    const std::int64_t step = layer.go_backwards ? steps - 1 - walked : walked;
    cell.recur({z + step * columns, steps * columns}, state.data(), batch);
    const bool written = layer.return_sequences || walked + 1 == steps;
    for (std::int64_t sample = 0; sample < batch; ++sample) {
      float* h = state.data() + sample * units;
      const bool masked = kept != nullptr && !kept[sample * steps + step];
      if (!masked) cell.update(z + (sample * steps + step) * columns, sample, h);
      if (!written || (masked && zeroes)) continue;
      std::copy_n(h, units, out + (layer.return_sequences ? sample * steps + walked : sample) * units);
    }
  }
  if (layer.return_sequences && context.options.recurrent_passes_mask) output.mask = input.mask;
  return output;
}

Domain recurrent_activation_domain(const DrawContext& context, const Recurrent&) {
  // Within [-1, 1], so that a state cannot grow from step to step.
  if (context.for_keras) {
    Domain domain;
    for (const Activation bounded :
         {Activation::tanh, Activation::sigmoid, Activation::hard_sigmoid, Activation::softsign, Activation::softmax,
          Activation::hard_tanh, Activation::sparse_sigmoid}) {
      domain.indices.push_back(static_cast<std::uint8_t>(bounded));
    }
    return domain;
  }
  // An odd axis leaves out glu.
  return activation_domain({kUnknown, 1}, context);
}

Domain unroll_domain(const DrawContext& context, const Recurrent&) {
  return Domain{.allow_true = context.shape.known(1)};
}

Domain units_domain(const DrawContext&, const Recurrent&) {
  return Domain{.ranges = {{1, 8}}};
}

}  // namespace revive
