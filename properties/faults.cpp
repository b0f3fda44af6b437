#include "properties/faults.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace revive::properties {
namespace {

using Change = std::function<Status(Sequential& model, const Environment& environment)>;

// revive's subject with `change` applied to every model that it loads.
Subject loads_wrong(std::string_view name, Change change) {
  Subject subject = revive_subject();
  subject.name = std::string(name);
  subject.load = [load = subject.load, change = std::move(change)](std::span<const std::byte> archive,
                                                                   const Environment& environment) -> Result<Loaded> {
    auto loaded = load(archive, environment);
    if (!loaded) return loaded;
    if (Status status = change(*loaded->model, environment); !status) return std::unexpected(status.error());
    return loaded;
  };
  return subject;
}

// Makes every annotated lambda anew from its text, with the captures that `bind` gives.
Change relower(const std::function<Captures(const Annotation&, const Environment&)>& bind) {
  return [bind](Sequential& model, const Environment& environment) {
    Status status;
    visit_layers(model.root(), [&](const std::string&, Layer& layer) {
      Expression* expression = layer.expression();
      if (!status || expression == nullptr || !expression->annotation) return;
      auto made = make_expression(expression->annotation->text, bind(*expression->annotation, environment),
                                  LoweringOptions{.input = expression->annotation->input, .limits = {}});
      if (made) {
        *expression = std::move(*made);
      } else {
        status = std::unexpected(made.error());
      }
    });
    return status ? model.build(model.input_shape()) : status;
  };
}

// What the field does today: the text is stored, names are looked up where the model is loaded.
Subject captures_by_name() {
  return loads_wrong("captures_by_name", relower([](const Annotation& annotation, const Environment& environment) {
                       Captures captures;
                       for (const auto& [name, value] : annotation.captures) {
                         const auto found = environment.find(name);
                         if (found != environment.end()) captures.emplace_back(name, found->second);
                       }
                       return captures;
                     }));
}

Subject captures_dropped() {
  return loads_wrong("captures_dropped", relower([](const Annotation&, const Environment&) { return Captures(); }));
}

// The two matrices of a recurrent layer, exchanged where their shapes allow it unnoticed.
Subject recurrent_kernels_swapped() {
  return loads_wrong("recurrent_kernels_swapped", [](Sequential& model, const Environment&) -> Status {
    visit_layers(model.root(), [](const std::string&, Layer& layer) {
      const auto& variables = layer.variables();
      const auto kernel = std::ranges::find(variables, "kernel", &VariableSpec::name);
      const auto recurrent = std::ranges::find(variables, "recurrent_kernel", &VariableSpec::name);
      if (kernel == variables.end() || recurrent == variables.end() || kernel->dims != recurrent->dims) return;
      const auto index = [&](auto found) { return static_cast<std::size_t>(found - variables.begin()); };
      std::swap(layer.weights()[index(kernel)], layer.weights()[index(recurrent)]);
    });
    return {};
  });
}

// Groups read in the order of their names, in which dense_10 stands before dense_2.
Subject layers_sorted_by_name() {
  return loads_wrong("layers_sorted_by_name", [](Sequential& model, const Environment&) -> Status {
    std::map<std::string, std::vector<Layer*>> classes;
    for (Layer& layer : model.layers()) {
      if (!layer.variables().empty()) classes[layer.layer_class().name].push_back(&layer);
    }
    for (auto& [name, layers] : classes) {
      std::vector<std::pair<std::string, std::vector<Tensor>>> stored;
      for (std::size_t i = 0; i < layers.size(); ++i) {
        const auto weights = layers[i]->weights();
        stored.emplace_back(std::to_string(i), std::vector<Tensor>(weights.begin(), weights.end()));
      }
      std::ranges::sort(stored, {}, [](const auto& entry) { return entry.first; });
      for (std::size_t i = 0; i < layers.size(); ++i) {
        if (Status status = layers[i]->set_weights(stored[i].second); !status) return status;
      }
    }
    return {};
  });
}

constexpr std::array kFaults = {
    Fault{"captures_by_name", "A lambda's captures are looked up by name where the model is loaded.", captures_by_name,
          1},
    Fault{"captures_dropped", "A lambda's captures are not stored.", captures_dropped, 1},
    Fault{"recurrent_kernels_swapped", "kernel and recurrent_kernel change places where their shapes agree.",
          recurrent_kernels_swapped, 1},
    Fault{"layers_sorted_by_name", "The eleventh layer of a class is sorted before the second.", layers_sorted_by_name,
          11},
};

}  // namespace

std::span<const Fault> all_faults() {
  return kFaults;
}

std::optional<Subject> find_subject(std::string_view name) {
  Subject own = revive_subject();
  if (name == own.name) return own;
  for (const Fault& fault : kFaults) {
    if (fault.name == name) return fault.make();
  }
  return std::nullopt;
}

}  // namespace revive::properties
