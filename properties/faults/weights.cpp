#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <map>
#include <numeric>
#include <ranges>
#include <vector>

#include "revive/properties/faults/fault_injectors.h"
#include "revive/properties/faults/fault_lists.h"

namespace revive::properties::faults {
namespace {

ChangeModel change_layers(std::function<void(Layer& layer)> change) {
  return [change = std::move(change)](Sequential& model, const Environment&) -> Status {
    visit_layers(model.root(), [&](const std::string&, Layer& layer) { change(layer); });
    return {};
  };
}

// The layers with variables of their own, in order.
std::vector<Layer*> holders(Sequential& model) {
  std::vector<Layer*> found;
  visit_layers(model.root(), [&](const std::string&, Layer& layer) {
    if (!layer.weights().empty()) found.push_back(&layer);
  });
  return found;
}

std::vector<Tensor> copy_of(std::span<const Tensor> weights) {
  return {weights.begin(), weights.end()};
}

// What these faults do is done to the bytes of float32.
bool is_float32(const Tensor& tensor) {
  return tensor.dtype() == DType::float32;
}

// The elements of a matrix in the order of its columns, under the dims that it had.
void write_by_columns(Tensor& tensor) {
  if (tensor.rank() != 2 || !is_float32(tensor)) return;
  const auto rows = static_cast<std::size_t>(tensor.dim(0));
  const auto columns = static_cast<std::size_t>(tensor.dim(1));
  const Tensor before = tensor;
  const auto from = before.data<float>();
  const auto to = tensor.data<float>();
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) to[j * rows + i] = from[i * columns + j];
  }
}

void exchange(Layer& layer, std::string_view one, std::string_view other) {
  Tensor* const a = variable(layer, one);
  Tensor* const b = variable(layer, other);
  if (a != nullptr && b != nullptr && a->dims() == b->dims()) std::swap(*a, *b);
}

// Exchanges a gate with the next, as they stand side by side in the last axis of every variable.
void exchange_gates(Layer& layer, std::string_view class_name, std::size_t gates, std::size_t one) {
  if (layer.layer_class().name != class_name) return;
  for (Tensor& tensor : layer.weights()) {
    if (!is_float32(tensor)) continue;
    const auto row = static_cast<std::size_t>(tensor.dims().back());
    const auto units = row / gates;
    const auto data = tensor.data<float>();
    for (std::size_t at = 0; at < data.size(); at += row) {
      const auto first = data.subspan(at + one * units, units);
      std::ranges::swap_ranges(first, data.subspan(at + (one + 1) * units, units));
    }
  }
}

// The same taps, last first.
void flip_taps(Layer& layer) {
  if (layer.layer_class().name != "Conv1D" || layer.weights().empty()) return;
  Tensor& kernel = layer.weights()[0];
  if (!is_float32(kernel)) return;
  const Tensor before = kernel;
  const auto taps = static_cast<std::size_t>(kernel.dim(0));
  const std::size_t size = kernel.size() / taps;
  for (std::size_t tap = 0; tap < taps; ++tap) {
    std::ranges::copy(before.data<float>().subspan(tap * size, size),
                      kernel.data<float>().subspan((taps - 1 - tap) * size).begin());
  }
}

void fill(Tensor* tensor, float value) {
  if (tensor != nullptr && is_float32(*tensor)) std::ranges::fill(tensor->data<float>(), value);
}

// GRU with reset_after adds one bias to the input's product and another to the state's.
void drop_second_bias(Layer& layer) {
  Tensor* const bias = variable(layer, "bias");
  if (bias == nullptr || bias->rank() != 2 || !is_float32(*bias)) return;
  const auto data = bias->data<float>();
  std::ranges::fill(data.last(data.size() / 2), 0.0F);
}

// The children of a layer that have variables, by class.
std::map<std::string, std::vector<Layer*>> holders_by_class(Layer& owner) {
  std::map<std::string, std::vector<Layer*>> classes;
  visit_children(owner, [&](const std::string&, const ChildSlot&, Layer& layer) {
    if (!layer.weights().empty()) classes[layer.layer_class().name].push_back(&layer);
  });
  return classes;
}

// Gives each of `layers` the weights that another one had, by the positions in `source`.
void hand_out(std::span<Layer* const> layers, std::span<const std::size_t> source) {
  std::vector<std::vector<Tensor>> stored;
  for (const Layer* const layer : layers) stored.push_back(copy_of(layer->weights()));
  // Weights of other dims are refused, and the layer keeps its own.
  for (std::size_t i = 0; i < layers.size(); ++i) static_cast<void>(layers[i]->set_weights(stored[source[i]]));
}

void hand_out_by_name(Layer& stack) {
  for (const auto& [class_name, layers] : holders_by_class(stack)) {
    std::vector<std::size_t> order(layers.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) { return layers[i]->name(); });
    hand_out(layers, order);
  }
}

// dense finds dense_1 where that comes first.
void hand_out_by_prefix(Layer& stack) {
  for (const auto& [class_name, layers] : holders_by_class(stack)) {
    std::vector<std::size_t> found;
    for (const Layer* const layer : layers) {
      const auto first =
          std::ranges::find_if(layers, [&](const Layer* other) { return other->name().starts_with(layer->name()); });
      found.push_back(static_cast<std::size_t>(first - layers.begin()));
    }
    hand_out(layers, found);
  }
}

// One dict of weights for the model, in which a key that comes again takes the place of the first.
template <typename Key>
ChangeModel kept_under(Key key) {
  return [key](Sequential& model, const Environment&) -> Status {
    std::map<std::string, std::vector<Tensor>> stored;
    for (const Layer* const layer : holders(model)) stored.insert_or_assign(key(*layer), copy_of(layer->weights()));
    for (Layer* const layer : holders(model)) {
      if (Status status = layer->set_weights(stored.at(key(*layer))); !status) return status;
    }
    return {};
  };
}

// A variable takes the first stored tensor of its shape.
ChangeModel found_by_shape() {
  return [](Sequential& model, const Environment&) -> Status {
    std::map<Dims, Tensor> stored;
    for (Layer* const layer : holders(model)) {
      for (Tensor& tensor : layer->weights()) tensor = stored.try_emplace(tensor.dims(), tensor).first->second;
    }
    return {};
  };
}

Status clear_nested(Sequential& model, const Environment&) {
  for (Layer& layer : model.layers()) {
    visit_layers(layer, [&](const std::string& path, Layer& nested) {
      if (path.empty()) return;
      for (Tensor& tensor : nested.weights()) fill(&tensor, 0);
    });
  }
  return {};
}

void drop_statistics(Layer& layer) {
  fill(variable(layer, "moving_mean"), 0);
  fill(variable(layer, "moving_variance"), 1);
}

void swap_bytes(const Layer&, const VariableSpec&, Tensor& tensor) {
  if (!is_float32(tensor)) return;
  for (float& each : tensor.data<float>()) {
    each = std::bit_cast<float>(__builtin_bswap32(std::bit_cast<std::uint32_t>(each)));
  }
}

constexpr std::array kFaults = {
    Fault{"weights_big_endian",
          "Weights are written in network byte order and read in the machine's.",
          [] { return loads_model(each_variable(swap_bytes)); },
          {"outputs_survive", 50, 1}},
    Fault{"matrices_by_columns",
          "Matrices are written column by column and read row by row.",
          [] {
            return loads_model(
                each_variable([](const Layer&, const VariableSpec&, Tensor& tensor) { write_by_columns(tensor); }));
          },
          {"outputs_survive", 50, 1}},
    Fault{"square_kernels_transposed",
          "Square kernels are turned, where no shape tells (out, in) from (in, out).",
          [] {
            return loads_model(each_variable([](const Layer&, const VariableSpec& spec, Tensor& tensor) {
              if (spec.name == "kernel" && tensor.rank() == 2 && tensor.dim(0) == tensor.dim(1))
                write_by_columns(tensor);
            }));
          },
          {"outputs_survive", 200, 2}},
    Fault{"last_element_lost",
          "Weights are copied up to, but not with, the last element.",
          [] {
            return loads_model(each_variable([](const Layer&, const VariableSpec&, Tensor& tensor) {
              if (tensor.size() > 0 && is_float32(tensor)) tensor.data<float>().back() = 0;
            }));
          },
          {"outputs_survive", 50, 1}},
    Fault{"elements_counted_in_16_bits",
          "The elements of a variable are counted in 16 bits, and those behind are left zero.",
          [] {
            return loads_model(each_variable([](const Layer&, const VariableSpec&, Tensor& tensor) {
              constexpr std::size_t kCounted = 0xFFFF;
              if (!is_float32(tensor)) return;
              std::ranges::fill(tensor.data<float>().subspan(std::min(kCounted, tensor.size())), 0.0F);
            }));
          },
          {"weights_survive", 60, 1, "Embedding"}},
    Fault{"biases_dropped",
          "Only kernels are stored.",
          [] {
            return loads_model(each_variable([](const Layer&, const VariableSpec& spec, Tensor& tensor) {
              if (spec.name == "bias") fill(&tensor, 0);
            }));
          },
          {"outputs_survive", 100, 1}},
    Fault{"moving_statistics_dropped",
          "Trainable weights are stored, and moving averages are not trained.",
          [] { return loads_model(change_layers(drop_statistics)); },
          {"outputs_survive", 100, 1}},
    Fault{"gamma_and_beta_swapped",
          "Normalization takes its offset for its scale.",
          [] { return loads_model(change_layers([](Layer& layer) { exchange(layer, "gamma", "beta"); })); },
          {"outputs_survive", 200, 1}},
    Fault{"mean_and_variance_swapped",
          "The moving variance is stored in front of the moving mean.",
          [] {
            return loads_model(change_layers([](Layer& layer) { exchange(layer, "moving_mean", "moving_variance"); }));
          },
          {"outputs_survive", 100, 1}},
    Fault{
        "recurrent_kernels_swapped",
        "kernel and recurrent_kernel change places where their shapes agree.",
        [] { return loads_model(change_layers([](Layer& layer) { exchange(layer, "kernel", "recurrent_kernel"); })); },
        {"outputs_survive", 200, 1}},
    Fault{"lstm_gates_in_another_order",
          "The gates of an LSTM are taken as i, f, o, c, where Keras has i, f, c, o.",
          [] { return loads_model(change_layers([](Layer& layer) { exchange_gates(layer, "LSTM", 4, 2); })); },
          {"outputs_survive", 100, 1, "LSTM"}},
    Fault{"gru_gates_in_another_order",
          "The gates of a GRU are taken as r, z, h, where Keras has z, r, h.",
          [] { return loads_model(change_layers([](Layer& layer) { exchange_gates(layer, "GRU", 3, 0); })); },
          {"outputs_survive", 200, 1}},
    Fault{"gru_second_bias_dropped",
          "A GRU's bias is one row; that reset_after has two was overlooked.",
          [] { return loads_model(change_layers(drop_second_bias)); },
          {"weights_survive", 200, 1}},
    Fault{"conv_kernel_flipped",
          "A convolution, unlike Keras' cross-correlation, turns its kernel around.",
          [] { return loads_model(change_layers(flip_taps)); },
          {"outputs_survive", 200, 1}},
    Fault{"embedding_of_padding_cleared",
          "Row 0 of a table of embeddings is padding, and comes back as zeros.",
          [] {
            return loads_model(change_layers([](Layer& layer) {
              Tensor* const table = variable(layer, "embeddings");
              if (table == nullptr || !is_float32(*table)) return;
              std::ranges::fill(table->data<float>().first(static_cast<std::size_t>(table->dim(1))), 0.0F);
            }));
          },
          {"outputs_survive", 200, 1}},
    Fault{"nested_weights_dropped",
          "Weights are stored for the layers of the model, not for layers in its layers.",
          [] { return loads_model(clear_nested); },
          {"outputs_survive", 200, 1}},
    Fault{"weights_found_by_shape",
          "A variable takes the first stored tensor that has its shape.",
          [] { return loads_model(found_by_shape()); },
          {"outputs_survive", 100, 2}},
    Fault{"weights_kept_by_layer_name",
          "Weights are kept by layer name, which a nested stack may use again.",
          [] {
            return loads_model(
                kept_under([](const Layer& layer) { return layer.layer_class().name + '/' + layer.name(); }));
          },
          {"outputs_survive", 200, 2}},
    Fault{"weights_in_order_of_names",
          "Stored groups are handed out in the order of their names: dense_10, dense_2.",
          [] { return loads_model(change_layers(hand_out_by_name)); },
          {"names_do_not_matter", 50, 2}},
    Fault{"weights_found_by_prefix",
          "A layer takes the first stored group whose name begins like its own.",
          [] { return loads_model(change_layers(hand_out_by_prefix)); },
          {"names_do_not_matter", 200, 2}},
};

}  // namespace

std::span<const Fault> weight_faults() {
  return kFaults;
}

}  // namespace revive::properties::faults
