#include <algorithm>
#include <array>
#include <utility>

#include "revive/model/kernels/activation.h"
#include "revive/properties/faults/fault_injectors.h"
#include "revive/properties/faults/fault_lists.h"

namespace revive::properties::faults {
namespace {

using Object = Value::Object;

bool is_falsy_number(const Value& value) {
  return (value.is_int() && value.as_int() == 0) || (value.is_real() && value.as_real() == 0);
}

// `if value: config[key] = value`, for the kinds of values that `omitted` names.
Subject omits(bool (*omitted)(const Value&)) {
  return writes_layer_config("", [omitted](Object& config) {
    std::erase_if(config, [&](const auto& each) { return each.first != "trainable" && omitted(each.second); });
  });
}

Subject writes_key(std::string_view class_name, std::string_view key, void (*change)(Value& value)) {
  return writes_layer_config(class_name, [key, change](Object& config) {
    const auto found = std::ranges::find(config, key, &Value::Member::first);
    if (found != config.end()) change(found->second);
  });
}

// Activations were numbered in the order of the alphabet, until one was added in front.
void renumber(Value& activation) {
  static const std::vector<std::string_view> kSorted = [] {
    std::vector<std::string_view> names = enum_names<Activation>().names;
    std::ranges::sort(names);
    return names;
  }();
  if (!activation.is_string()) return;
  const auto found = std::ranges::lower_bound(kSorted, activation.as_string());
  if (found != kSorted.begin() && found != kSorted.end() && *found == activation.as_string()) {
    activation = Value(*std::prev(found));
  }
}

void causal_as_same(Value& padding) {
  if (padding == Value("causal")) padding = Value("same");
}

// The dilation of a layer that was read from a format with one "stride" for both.
void strides_for_dilation(Object& config) {
  Value* strides = nullptr;
  Value* dilation = nullptr;
  for (auto& [key, value] : config) {
    if (key == "strides") strides = &value;
    if (key == "dilation_rate") dilation = &value;
  }
  if (strides != nullptr && dilation != nullptr) std::swap(*strides, *dilation);
}

void one_stride_each(Value& strides) {
  if (strides.is_null()) strides = Value(Value::Array{1});
}

void last_axis_only(Value& axis) {
  if (axis.is_array() && axis.as_array().size() > 1) axis = Value(Value::Array{axis.as_array().back()});
}

// Axes are counted from the front of a sample, that is without the batch.
void axis_of_sample(Value& axis) {
  if (axis.is_int() && axis.as_int() > 1) axis = Value(axis.as_int() - 1);
}

void rounded_to_three_places(Value& epsilon) {
  constexpr double kPlaces = 1000;
  if (epsilon.is_real()) epsilon = Value(static_cast<double>(static_cast<int>(epsilon.as_real() * kPlaces)) / kPlaces);
}

// Reads one past a null: max_value=None becomes relu6's.
void null_as_six(Value& max_value) {
  if (max_value.is_null()) max_value = Value(6.0);
}

void center_for_scale(Object& config) {
  for (auto& [key, value] : config) {
    if (key == "center") {
      key = "scale";
    } else if (key == "scale") {
      key = "center";
    }
  }
}

// What was left of -1 once the layer was built.
ChangeModel rest_resolved() {
  return each_layer([](Layer& layer) {
    if (layer.layer_class().name != "Reshape") return;
    auto* const target = member<IntList>(layer, "target_shape");
    // What stays open is -1 in both.
    for (std::size_t i = 0; i < target->size(); ++i) (*target)[i] = layer.output_shape()[i + 1];
  });
}

constexpr std::array kFaults = {
    Fault{"false_as_missing",
          "Keys are written if they are truthy, so False comes back as a default of True.",
          [] { return omits([](const Value& value) { return value.is_bool() && !value.as_bool(); }); },
          {"outputs_survive", 50, 1}},
    Fault{"zero_as_missing",
          "Keys are written if they are truthy, so 0 comes back as the default.",
          [] { return omits(is_falsy_number); },
          {"outputs_survive", 200, 1}},
    Fault{"dense_use_bias_lost",
          "Dense is stored without use_bias.",
          [] { return forgets("Dense", "use_bias"); },
          {"outputs_survive", 200, 1}},
    Fault{"dense_activation_lost",
          "Dense is stored without its activation, a layer of its own in other formats.",
          [] { return forgets("Dense", "activation"); },
          {"outputs_survive", 100, 1}},
    Fault{"activations_renumbered",
          "Activations are stored as numbers, and a later version has one more in front.",
          [] { return writes_key("", "activation", renumber); },
          {"outputs_survive", 50, 1}},
    Fault{"conv_strides_lost",
          "Conv1D is stored without its strides.",
          [] { return forgets("Conv1D", "strides"); },
          {"outputs_survive", 200, 1, "Conv1D"}},
    Fault{"conv_dilation_lost",
          "Conv1D is stored without its dilation_rate.",
          [] { return forgets("Conv1D", "dilation_rate"); },
          {"outputs_survive", 200, 1, "Conv1D"}},
    Fault{"conv_dilation_for_strides",
          "strides and dilation_rate are written in the wrong order.",
          [] { return writes_layer_config("Conv1D", strides_for_dilation); },
          {"outputs_survive", 200, 1, "Conv1D"}},
    Fault{"conv_groups_lost",
          "Conv1D is stored without its groups.",
          [] { return forgets("Conv1D", "groups"); },
          {"outputs_survive", 100, 1, "Conv1D"}},
    Fault{"conv_data_format_lost",
          "Channels are taken to come last.",
          [] { return forgets("Conv1D", "data_format"); },
          {"outputs_survive", 200, 1, "Conv1D"}},
    Fault{"causal_padding_as_same",
          "The format knows two paddings, and causal is the one that keeps the length too.",
          [] { return writes_key("Conv1D", "padding", causal_as_same); },
          {"config_survives", 50, 1, "Conv1D"}},
    Fault{"pooling_padding_lost",
          "MaxPooling1D is stored without its padding.",
          [] { return forgets("MaxPooling1D", "padding"); },
          {"outputs_survive", 200, 1, "MaxPooling1D"}},
    Fault{"pooling_strides_of_one",
          "strides=None is read as 1, where Keras means the size of the pool.",
          [] { return writes_key("MaxPooling1D", "strides", one_stride_each); },
          {"outputs_survive", 200, 1, "MaxPooling1D"}},
    Fault{"flatten_data_format_lost",
          "Flatten is stored without its data_format, for it flattens anyway.",
          [] { return forgets("Flatten", "data_format"); },
          {"config_survives", 100, 2}},
    Fault{"batch_normalization_axis_lost",
          "BatchNormalization is taken to work on the last axis.",
          [] { return forgets("BatchNormalization", "axis"); },
          {"outputs_survive", 100, 1, "BatchNormalization"}},
    Fault{"batch_normalization_axis_of_sample",
          "The axis is counted without the batch.",
          [] { return writes_key("BatchNormalization", "axis", axis_of_sample); },
          {"outputs_survive", 200, 1, "BatchNormalization"}},
    Fault{"center_for_scale",
          "center and scale are written under each other's names.",
          [] { return writes_layer_config("LayerNormalization", center_for_scale); },
          {"outputs_survive", 200, 1}},
    Fault{"layer_normalization_last_axis_only",
          "Of several axes to normalize the last one is kept.",
          [] { return writes_key("LayerNormalization", "axis", last_axis_only); },
          {"config_survives", 100, 1, "LayerNormalization"}},
    Fault{"epsilon_lost",
          "Normalization is stored without its epsilon.",
          [] { return forgets("", "epsilon"); },
          {"outputs_survive", 100, 1}},
    Fault{"epsilon_rounded",
          "epsilon is rounded to three decimal places.",
          [] { return writes_key("", "epsilon", rounded_to_three_places); },
          {"outputs_survive", 200, 1}},
    Fault{"momentum_lost",
          "Momentum is for training, so it is not stored.",
          [] { return forgets("", "momentum"); },
          {"config_survives", 100, 1}},
    Fault{"relu_max_value_lost",
          "ReLU is stored without its max_value.",
          [] { return forgets("ReLU", "max_value"); },
          {"config_survives", 50, 1}},
    Fault{"relu_max_value_of_six",
          "A ReLU without max_value is read as relu6.",
          [] { return writes_key("ReLU", "max_value", null_as_six); },
          {"config_survives", 50, 1}},
    Fault{"relu_negative_slope_lost",
          "ReLU is stored without its negative_slope.",
          [] { return forgets("ReLU", "negative_slope"); },
          {"outputs_survive", 200, 2}},
    Fault{"relu_threshold_lost",
          "ReLU is stored without its threshold.",
          [] { return forgets("ReLU", "threshold"); },
          {"outputs_survive", 200, 1}},
    Fault{"return_sequences_lost",
          "Recurrent layers are taken to return their last step.",
          [] { return forgets("", "return_sequences"); },
          {"outputs_survive", 100, 1}},
    Fault{"go_backwards_lost",
          "Recurrent layers are taken to go forwards.",
          [] { return forgets("", "go_backwards"); },
          {"outputs_survive", 100, 2}},
    Fault{"zero_output_for_mask_lost",
          "What recurrent layers put out for padding is not stored.",
          [] { return forgets("", "zero_output_for_mask"); },
          {"config_survives", 200, 2}},
    Fault{"recurrent_activation_lost",
          "All gates are taken to use sigmoid.",
          [] { return forgets("", "recurrent_activation"); },
          {"outputs_survive", 50, 1}},
    Fault{"gru_reset_after_lost",
          "GRU is stored without reset_after.",
          [] { return forgets("GRU", "reset_after"); },
          {"outputs_survive", 200, 1}},
    Fault{"mask_zero_lost",
          "Embedding is stored without mask_zero.",
          [] { return forgets("Embedding", "mask_zero"); },
          {"config_survives", 200, 2}},
    Fault{"reshape_rest_resolved",
          "The -1 in a target_shape is stored as the length it had.",
          [] { return saves_model(rest_resolved()); },
          {"config_survives", 200, 1}},
};

}  // namespace

std::span<const Fault> config_faults() {
  return kFaults;
}

}  // namespace revive::properties::faults
