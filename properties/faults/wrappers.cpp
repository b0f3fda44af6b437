// What layers around other layers get wrong, and what goes wrong step by step.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "revive/properties/faults/fault_injectors.h"
#include "revive/properties/faults/fault_lists.h"

namespace revive::properties::faults {
namespace {

using RunLayer = std::function<Result<MaskedTensor>(const Layer& layer, const MaskedTensor& input)>;

constexpr CallOptions kOptions;

Result<MaskedTensor> run_as_it_is(const Layer& layer, const MaskedTensor& input) {
  return layer.call(input, kOptions, {});
}

Result<MaskedTensor> run_stack(const std::vector<Layer>& layers, MaskedTensor flow, const RunLayer& run) {
  for (const Layer& layer : layers) {
    const std::vector<Layer>* const inner = layer.stack();
    REVIVE_ASSIGN_OR_RETURN(flow, inner != nullptr ? run_stack(*inner, flow, run) : run(layer, flow));
  }
  return flow;
}

// An engine that walks the stack itself, and runs some layers in its own way.
Subject runs_layers(RunLayer run) {
  Subject subject = revive_subject();
  subject.predict = [run = std::move(run)](const Loaded& loaded, const Tensor& input) -> Result<Tensor> {
    const Sequential& model = *loaded.model;
    // What the model itself refuses is no matter of single layers.
    REVIVE_ASSIGN_OR_RETURN(auto right, model.predict(input));
    REVIVE_ASSIGN_OR_RETURN(auto output, run_stack(*model.root().stack(), {cast(input, model.input_dtype())}, run));
    if (output.value.dims() != right.dims()) return right;
    return std::move(output.value);
  };
  return subject;
}

bool is_a(const Layer& layer, std::string_view class_name) {
  return layer.layer_class().name == class_name;
}

// The rows of a (batch, steps, ...) tensor, moved to where `to` says for a sample and a step.
template <typename To>
Tensor with_moved_rows(const Tensor& x, To to) {
  Tensor moved = Tensor::uninitialized(x.dtype(), x.dims());
  const std::int64_t rows = x.dim(0) * x.dim(1);
  const std::size_t row = rows == 0 ? 0 : x.byte_size() / static_cast<std::size_t>(rows);
  for (std::int64_t sample = 0; sample < x.dim(0); ++sample) {
    for (std::int64_t step = 0; step < x.dim(1); ++step) {
      const auto from = x.bytes().subspan(static_cast<std::size_t>(sample * x.dim(1) + step) * row, row);
      std::ranges::copy(from, moved.bytes().subspan(static_cast<std::size_t>(to(sample, step)) * row).begin());
    }
  }
  return moved;
}

// Steps first for the loop over them, and not back again.
Result<MaskedTensor> leaves_steps_in_front(const Layer& layer, const MaskedTensor& input) {
  REVIVE_ASSIGN_OR_RETURN(auto output, run_as_it_is(layer, input));
  if (!is_a(layer, "TimeDistributed")) return output;
  const std::int64_t batch = input.value.dim(0);
  output.value =
      with_moved_rows(output.value, [&](std::int64_t sample, std::int64_t step) { return step * batch + sample; });
  return output;
}

// What the mode makes of two numbers; nothing for the one that keeps both.
std::optional<float> merged(std::string_view mode, float a, float b) {
  if (mode == "sum") return a + b;
  if (mode == "mul") return a * b;
  if (mode == "ave") return (a + b) / 2;
  return std::nullopt;
}

// The backward half comes in the order in which it was made.
Result<MaskedTensor> leaves_backward_half(const Layer& layer, const MaskedTensor& input) {
  REVIVE_ASSIGN_OR_RETURN(auto output, run_as_it_is(layer, input));
  if (!is_a(layer, "Bidirectional") || output.value.rank() != 3 || output.value.dtype() != DType::float32)
    return output;
  REVIVE_ASSIGN_OR_RETURN(const auto forward, run_as_it_is(layer.children("layer")[0], input));
  REVIVE_ASSIGN_OR_RETURN(const auto backward, run_as_it_is(layer.children("backward_layer")[0], input));
  const std::optional<FieldRef> ref = layer.field("merge_mode");
  const auto& mode = std::get<EnumRef>(*ref);
  const Tensor first = cast(forward.value, DType::float32);
  const Tensor second = cast(backward.value, DType::float32);
  const auto a = first.data<float>();
  const auto b = second.data<float>();
  const auto width = static_cast<std::size_t>(first.dims().back());
  const auto values = output.value.data<float>();
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto one = merged(mode.names->names[*mode.index], a[i], b[i]);
    const std::size_t behind = i / width * 2 * width + width + i % width;
    (one ? values[i] : values[behind]) = one ? *one : b[i];
  }
  return output;
}

ChangeModel gives_both_halves_the_same() {
  return [](Sequential& model, const Environment&) -> Status {
    visit_layers(model.root(), [](const std::string&, Layer& layer) {
      if (!is_a(layer, "Bidirectional")) return;
      const auto weights = std::as_const(layer).children("layer")[0].weights();
      // A half of other dims keeps its own.
      static_cast<void>(layer.children("backward_layer")[0].set_weights({weights.begin(), weights.end()}));
    });
    return {};
  };
}

void turn_recurrent_kernel(const Layer& layer, const VariableSpec& spec, Tensor& kernel) {
  if (spec.name != "recurrent_kernel" || !layer.layer_class().name.starts_with("SimpleRNN")) return;
  if (kernel.dtype() != DType::float32) return;
  const Tensor before = kernel;
  const auto units = static_cast<std::size_t>(kernel.dim(0));
  for (std::size_t i = 0; i < units; ++i) {
    for (std::size_t j = 0; j < units; ++j) {
      kernel.data<float>()[i * units + j] = before.data<float>()[j * units + i];
    }
  }
}

Subject writes_word(std::string_view class_name, std::string_view key, std::string_view from, std::string_view to) {
  return writes_layer_config(class_name, [=](Value::Object& config) {
    for (auto& [name, value] : config) {
      if (name == key && value == Value(from)) value = Value(to);
    }
  });
}

void as_many_groups_as_channels(Value::Object& config) {
  for (auto& [name, value] : config) {
    if (name == "groups") value = Value(-1);
  }
}

constexpr std::array kFaults = {
    Fault{"merge_mode_lost",
          "Bidirectional is taken to put one output behind the other.",
          [] { return forgets("Bidirectional", "merge_mode"); },
          {"outputs_survive", 200, 1}},
    Fault{"average_as_sum",
          "The two outputs of a Bidirectional are added, and averaged later, but for the later.",
          [] { return writes_word("Bidirectional", "merge_mode", "ave", "sum"); },
          {"config_survives", 200, 1}},
    Fault{"backward_layer_lost",
          "The backward half is taken to be the forward one the other way around.",
          [] { return forgets("Bidirectional", "backward_layer"); },
          {"outputs_survive", 200, 1}},
    Fault{"backward_weights_of_forward",
          "Both halves of a Bidirectional read the weights of the first.",
          [] { return loads_model(gives_both_halves_the_same()); },
          {"outputs_survive", 200, 1}},
    Fault{"backward_half_not_turned",
          "The backward half gives its steps in the order in which it walked them.",
          [] { return runs_layers(leaves_backward_half); },
          {"outputs_survive", 200, 1, "Bidirectional,LSTM,GRU"}},
    Fault{"time_distributed_leaves_steps_in_front",
          "TimeDistributed puts the steps in front of the batch to loop over them, and leaves them there.",
          [] { return runs_layers(leaves_steps_in_front); },
          {"outputs_survive", 200, 2}},
    Fault{"simple_rnn_kernel_turned",
          "The recurrent kernel of a SimpleRNN stands with its columns for its rows.",
          [] { return loads_model(each_variable(turn_recurrent_kernel)); },
          {"outputs_survive", 200, 1}},
    Fault{"unroll_lost",
          "Whether a loop is unrolled is how it is computed, so it is not stored.",
          [] { return forgets("", "unroll"); },
          {"config_survives", 100, 1}},
    Fault{"stacked_cells_upside_down",
          "The cells of a stack are written from the last to the first.",
          [] {
            return writes_layer_config("StackedRNNCells", [](Value::Object& config) {
              for (auto& [name, value] : config) {
                if (name == "cells") std::ranges::reverse(value.as_array());
              }
            });
          },
          {"outputs_survive", 200, 1}},
    Fault{"group_normalization_axis_lost",
          "GroupNormalization is taken to find its channels last.",
          [] { return forgets("GroupNormalization", "axis"); },
          {"outputs_survive", 200, 1}},
    Fault{"group_normalization_of_each_channel",
          "The engine has instance normalization, which is group normalization of sorts.",
          [] { return writes_layer_config("GroupNormalization", as_many_groups_as_channels); },
          {"outputs_survive", 200, 1}},
    Fault{"unit_normalization_axis_lost",
          "UnitNormalization is taken to work along the last axis.",
          [] { return forgets("UnitNormalization", "axis"); },
          {"outputs_survive", 200, 1}},
    Fault{"einsum_bias_axes_lost",
          "EinsumDense is stored without bias_axes, which its equation does not need.",
          [] { return forgets("EinsumDense", "bias_axes"); },
          {"outputs_survive", 200, 1}},
    Fault{"count_as_multi_hot",
          "CategoryEncoding has one loop for ids, which sets what it meets.",
          [] { return writes_word("CategoryEncoding", "output_mode", "count", "multi_hot"); },
          {"config_survives", 200, 1}},
};

}  // namespace

std::span<const Fault> wrapper_faults() {
  return kFaults;
}

}  // namespace revive::properties::faults
