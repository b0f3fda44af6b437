#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "revive/model/config.h"
#include "revive/model/layers/input_layer.h"
#include "revive/properties/faults/fault_injectors.h"
#include "revive/properties/faults/fault_lists.h"

namespace revive::properties::faults {
namespace {

// A model of other layers under the same name, with the weights that the layers have.
Status remake(Sequential& model, std::vector<Layer> layers) {
  REVIVE_ASSIGN_OR_RETURN(auto made, Sequential::make(model.name(), std::move(layers)));
  model = std::move(made);
  return {};
}

ChangeModel with_layers(std::function<void(std::vector<Layer>& layers)> change) {
  return [change = std::move(change)](Sequential& model, const Environment&) -> Status {
    std::vector<Layer> layers(model.layers().begin(), model.layers().end());
    change(layers);
    return remake(model, std::move(layers));
  };
}

// REQUIRES: the model is built, so that its InputLayer comes first.
void sort_by_name(std::vector<Layer>& layers) {
  std::ranges::sort(layers.begin() + 1, layers.end(), {}, [](const Layer& layer) { return layer.name(); });
}

void flatten(const std::vector<Layer>& layers, bool outermost, std::vector<Layer>& flat) {
  for (const Layer& layer : layers) {
    if (is_input_layer(layer) && !outermost) continue;
    if (const std::vector<Layer>* const nested = layer.stack()) {
      flatten(*nested, false, flat);
      continue;
    }
    flat.push_back(layer);
    // Names are unique within their stack alone.
    if (!outermost) flat.back().set_name("");
  }
}

// Calls change(layers) for the layers of every nested stack.
ChangeModel each_nested_stack(std::function<void(std::vector<Layer>& layers)> change) {
  return each_layer([change = std::move(change)](Layer& layer) {
    visit_children(layer, [&](const std::string&, const ChildSlot&, Layer& child) {
      if (std::vector<Layer>* const nested = child.stack()) change(*nested);
    });
  });
}

// In everything but the name.
bool same_config(const Layer& one, const Layer& other) {
  const auto unnamed = [](const Layer& layer) {
    Value::Object config = write_config(layer);
    std::erase_if(config, [](const Value::Member& each) { return each.first == "name"; });
    return Value(std::move(config));
  };
  return &one.layer_class() == &other.layer_class() && unnamed(one) == unnamed(other);
}

bool fits(const Layer& one, const Layer& other) {
  return std::ranges::equal(one.variables(), other.variables(), {}, &VariableSpec::dims, &VariableSpec::dims);
}

// Every layer that is configured as an earlier one is that one, weights and all.
ChangeModel interned() {
  return [](Sequential& model, const Environment&) -> Status {
    std::vector<Layer*> seen;
    visit_layers(model.root(), [&](const std::string&, Layer& layer) {
      const auto same = std::ranges::find_if(
          seen, [&](const Layer* other) { return same_config(*other, layer) && fits(*other, layer); });
      if (same == seen.end()) {
        seen.push_back(&layer);
      } else {
        std::ranges::copy(std::as_const(**same).weights(), layer.weights().begin());
      }
    });
    return {};
  };
}

// The names of all layers, changed; those that are then the same are told apart as Keras does.
ChangeModel renamed(std::function<std::string(const std::string& name)> rename) {
  return [rename = std::move(rename)](Sequential& model, const Environment&) {
    visit_layers(model.root(), [&](const std::string&, Layer& owner) {
      std::map<std::string, int> taken;
      visit_children(owner, [&](const std::string&, const ChildSlot&, Layer& layer) {
        std::string name = rename(layer.name());
        const int before = taken[name]++;
        if (before > 0) name += '_' + std::to_string(before);
        layer.set_name(std::move(name));
      });
    });
    return Status();
  };
}

std::string as_ascii(const std::string& name) {
  std::string ascii = name;
  std::ranges::replace_if(ascii, [](char c) { return static_cast<unsigned char>(c) > 0x7F; }, '?');
  return ascii;
}

std::string in_lower_case(const std::string& name) {
  std::string lower = name;
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return lower;
}

// A second stack takes the weights of the first, which goes by the same class.
ChangeModel stacks_share() {
  return [](Sequential& model, const Environment&) -> Status {
    std::map<std::string, Tensor> stored;
    for (Layer& stack : model.layers()) {
      visit_layers(stack, [&](const std::string& path, Layer& layer) {
        for (std::size_t i = 0; i < layer.weights().size() && !path.empty(); ++i) {
          Tensor& tensor = layer.weights()[i];
          const auto key = path + layer.layer_class().name + '/' + std::to_string(i) + to_string(tensor.dims());
          tensor = stored.try_emplace(key, tensor).first->second;
        }
      });
    }
    return {};
  };
}

// What the first run had on the axes that were left open.
ChangeModel open_axes_closed() {
  return [](Sequential& model, const Environment&) -> Status {
    constexpr std::int64_t kSeen = 4;
    auto* const shape = member<Shape>(model.layers()[0], "batch_shape");
    for (std::size_t i = 1; i < shape->rank(); ++i) {
      if (!shape->known(i)) (*shape)[i] = kSeen;
    }
    return remake(model, {model.layers().begin(), model.layers().end()});
  };
}

ChangeModel batch_opened() {
  return [](Sequential& model, const Environment&) -> Status {
    auto* const shape = member<Shape>(model.layers()[0], "batch_shape");
    if (shape->rank() > 0) (*shape)[0] = kUnknown;
    return remake(model, {model.layers().begin(), model.layers().end()});
  };
}

constexpr std::array kFaults = {
    Fault{"layers_sorted_by_name",
          "Layers are kept in a map, and come back in the order of their names.",
          [] { return loads_model(with_layers(sort_by_name)); },
          {"outputs_survive", 50, 2}},
    Fault{"last_layer_dropped",
          "The loop over the layers ends one too early.",
          [] {
            return loads_model(with_layers([](std::vector<Layer>& layers) {
              if (layers.size() > 2) layers.pop_back();
            }));
          },
          {"outputs_survive", 50, 2}},
    Fault{"repeated_layers_dropped",
          "A layer of the same class right after another is taken for the same one.",
          [] {
            return loads_model(with_layers([](std::vector<Layer>& layers) {
              const auto rest = std::ranges::unique(
                  layers, {}, [](const Layer& layer) { return std::string_view(layer.layer_class().name); });
              layers.erase(rest.begin(), rest.end());
            }));
          },
          {"outputs_survive", 200, 2}},
    Fault{"identities_dropped",
          "Layers that do nothing at inference are optimised away.",
          [] {
            return saves_model(with_layers([](std::vector<Layer>& layers) {
              std::erase_if(layers, [](const Layer& layer) { return layer.layer_class().name == "Dropout"; });
            }));
          },
          {"weights_survive", 100, 1}},
    Fault{"nesting_flattened",
          "Nested stacks are stored as their layers.",
          [] {
            return saves_model([](Sequential& model, const Environment&) {
              std::vector<Layer> flat;
              flatten(*std::as_const(model).root().stack(), true, flat);
              return remake(model, std::move(flat));
            });
          },
          {"weights_survive", 200, 1}},
    Fault{"nested_stacks_cut",
          "Of a nested stack the first layer is stored.",
          [] {
            return saves_model(each_nested_stack([](std::vector<Layer>& layers) {
              layers.erase(layers.begin() + std::min<std::ptrdiff_t>(2, std::ssize(layers)), layers.end());
            }));
          },
          {"outputs_survive", 200, 2}},
    Fault{"nested_stacks_reversed",
          "Nested stacks are put on a stack, and taken from it in reverse.",
          [] {
            return saves_model(
                each_nested_stack([](std::vector<Layer>& layers) { std::reverse(layers.begin() + 1, layers.end()); }));
          },
          {"outputs_survive", 200, 2}},
    Fault{"nested_stacks_share_weights",
          "The weights of all nested stacks are stored under one path.",
          [] { return loads_model(stacks_share()); },
          {"nesting_is_flat", 50, 2}},
    Fault{"equal_layers_share_weights",
          "Layers with equal configs are made once.",
          [] { return loads_model(interned()); },
          {"names_do_not_matter", 50, 2}},
    Fault{"names_as_ascii",
          "Names are written in ASCII, with a question mark for everything else.",
          [] { return saves_model(renamed(as_ascii)); },
          {"names_do_not_matter", 20, 1}},
    Fault{"names_in_64_bytes",
          "Names are copied into 64 bytes.",
          [] { return saves_model(renamed([](const std::string& name) { return name.substr(0, 64); })); },
          {"names_do_not_matter", 20, 1}},
    Fault{"names_in_lower_case",
          "Names are file names on a system that knows no case.",
          [] { return saves_model(renamed(in_lower_case)); },
          {"names_do_not_matter", 20, 1}},
    Fault{"open_axes_closed",
          "Axes of unknown length are stored as long as they were in the first run.",
          [] { return saves_model(open_axes_closed()); },
          {"config_survives", 100, 1}},
    Fault{"fixed_batch_opened",
          "The batch is always stored as None.",
          [] { return saves_model(batch_opened()); },
          {"config_survives", 200, 1}},
    Fault{"input_dtype_lost",
          "Inputs are taken to be float32.",
          [] { return forgets("InputLayer", "dtype"); },
          {"config_survives", 50, 1}},
    Fault{"input_layer_lost",
          "The InputLayer is not stored, for the first batch tells the shape.",
          [] {
            return loads_model([](Sequential& model, const Environment&) {
              std::vector<Layer> layers;
              for (const Layer& layer : model.layers().subspan(1)) layers.push_back(layer);
              return remake(model, std::move(layers));
            });
          },
          {"outputs_survive", 10, 1}},
};

}  // namespace

std::span<const Fault> structure_faults() {
  return kFaults;
}

}  // namespace revive::properties::faults
