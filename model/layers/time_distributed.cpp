// TimeDistributed: one layer for every step of (batch, steps, ...). Source: Keras' TimeDistributed.
//
// Samples are independent, so the steps of all samples are one batch, unless the layer inside is made for a batch of
// one size. Keras calls the layer inside as a function, without what surrounds a layer's call: it gets no dtype of its
// own, and gives no mask. The mask of the input goes on beside the output; the layer inside is given the part of it
// that belongs to its step.
#include <fmt/format.h>

#include <utility>

#include "revive/model/declare.h"
#include "revive/model/kernels/shared.h"
#include "revive/model/kernels/steps.h"

namespace revive {
namespace {

// Without the axis of the steps.
Shape without_steps(const Shape& input) {
  Shape step{input[0]};
  for (std::size_t i = 2; i < input.rank(); ++i) step.push_back(input[i]);
  return step;
}

Shape with_steps(const Shape& step, std::int64_t steps) {
  Shape whole{step[0], steps};
  for (std::size_t i = 1; i < step.rank(); ++i) whole.push_back(step[i]);
  return whole;
}

bool looks_at_masks(const Layer& root) {
  bool looks = false;
  visit_layers(root, [&](const std::string&, const Layer& layer) {
    const LayerClass& layer_class = layer.layer_class();
    // What owns layers looks at masks by them, but for one that runs a cell.
    const bool reads = layer_class.reads_mask && (!layer_class.is_container() || layer_class.runs_a_cell());
    looks = looks || reads || layer_class.mask_rule == MaskRule::refuses;
  });
  return looks;
}

// (batch, steps, ...) as (batch * steps, ...).
Tensor folded(const Tensor& x) {
  Dims dims = x.dims();
  dims[1] *= dims[0];
  dims.erase(dims.begin());
  return x.reshaped(std::move(dims));
}

struct TimeDistributed {
  std::optional<Layer> layer;

  Result<Built> build(const Shape& input, const BuildContext& context);
  Result<Shape> output_shape(const Shape& input) const {
    REVIVE_ASSIGN_OR_RETURN(const auto step, layer->layer_class().output_shape(layer->config(), without_steps(input)));
    return with_steps(step, input[1]);
  }
  Result<MaskedTensor> call_masked(const MaskedTensor& input, const CallContext& context) const;

 private:
  Result<Tensor> call_step_by_step(const MaskedTensor& input, const CallContext& context) const;
};

Result<Built> TimeDistributed::build(const Shape& input, const BuildContext& context) {
  if (layer->policy().compute_dtype() != context.compute) {
    return fail(ErrorCode::layer_input, "/layer",
                fmt::format("expected a layer that computes in {} as the layer around it does, found one that computes "
                            "in {}",
                            name_of(context.compute), name_of(layer->policy().compute_dtype())));
  }
  if (Status status = layer->build(without_steps(input), context.dtype, context.limits); !status) {
    return std::unexpected(status.error().within("/layer"));
  }
  return Built{with_steps(layer->output_shape(), input[1]),
               {},
               saturating_product({input[1], layer->multiply_adds()}),
               layer->output_dtype(),
               saturating_product({input[1], layer->activation_elements()})};
}

Result<Tensor> TimeDistributed::call_step_by_step(const MaskedTensor& input, const CallContext& context) const {
  Tensor output(layer->output_dtype(), context.output);
  for (std::int64_t step = 0; step < input.value.dim(1); ++step) {
    MaskedTensor taken{take_step(input.value, step)};
    if (input.mask) taken.mask = take_step(*input.mask, step);
    REVIVE_ASSIGN_OR_RETURN(const auto y, layer->call(taken, context.options, context.limits));
    put_step(y.value, step, output);
  }
  return output;
}

Result<MaskedTensor> TimeDistributed::call_masked(const MaskedTensor& input, const CallContext& context) const {
  MaskedTensor inside{input.value};
  if (input.mask && looks_at_masks(*layer)) {
    constexpr std::size_t kLeastRank = 3;
    if (input.mask->rank() < kLeastRank) {
      return fail(ErrorCode::layer_input, "/layer",
                  fmt::format("{} takes a mask, and of a mask of {} a step has none", describe(*layer),
                              to_string(input.mask->dims())));
    }
    inside.mask = input.mask;
  }
  MaskedTensor output;
  if (layer->input_shape().known(0)) {
    REVIVE_ASSIGN_OR_RETURN(output.value, call_step_by_step(inside, context));
  } else {
    MaskedTensor steps{folded(inside.value)};
    if (inside.mask) steps.mask = folded(*inside.mask);
    REVIVE_ASSIGN_OR_RETURN(auto y, layer->call(steps, context.options, context.limits));
    output.value = y.value.reshaped(context.output);
  }
  if (context.options.recurrent_passes_mask) output.mask = input.mask;
  return output;
}

void draw_time_distributed(LayerDraw& draw, TimeDistributed& wrapper) {
  DrawContext context = draw.context();
  context.shape = without_steps(context.shape);
  context.probe.erase(context.probe.begin() + 1);
  const bool masked = std::exchange(context.masked, false);
  wrapper.layer = draw.child(context, [&](const LayerClass& each) {
    if (!each.stands_in_stacks() || !masked) return each.stands_in_stacks();
    const bool looks = each.reads_mask || each.mask_rule == MaskRule::refuses || each.is_container();
    // The mask goes on beside what comes out, which has to have the axes that it had.
    return !looks && each.mask_rule == MaskRule::passes;
  });
  if (wrapper.layer) wrapper.layer->set_policy({});
}

}  // namespace

LayerClass time_distributed_class() {
  return declare<TimeDistributed>("TimeDistributed", Family::wrapper)
      .child("layer", &TimeDistributed::layer)
      .expects("an input of rank 3 or more with at least one step",
               [](const Shape& input) { return input.rank() >= 3 && input[1] != 0; })
      .chooses_dtype()
      .reads_mask()
      .gives_mask([](const TimeDistributed&, bool masked) { return masked; })
      .draw(draw_time_distributed)
      .layer();
}

}  // namespace revive
