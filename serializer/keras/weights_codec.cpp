#include "revive/serializer/keras/weights_codec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <unordered_map>
#include <unordered_set>

#include "revive/model/input_layer.h"

namespace revive {
namespace {

constexpr std::string_view kMember = "model.weights.h5: ";
constexpr std::string_view kVars = "vars";
// What tf.keras 2.12 and 2.13 called the collection that is "layers" since.
constexpr std::string_view kOldLayers = "_layer_checkpoint_dependencies";

std::string join(std::string_view path, std::string_view name) {
  return path.empty() ? std::string(name) : fmt::format("{}/{}", path, name);
}

// Calls visit(layer, path) for the root (path "") and every layer below that Keras gives a group. A layer on its own
// has the group of its slot; those of a list are numbered among their class; an InputLayer has none. `layers` is what
// the file calls the collection of a stack's layers.
template <typename LayerType, typename Visit>
Status visit_groups(LayerType& layer, const std::string& path, std::string_view layers, const Visit& visit) {
  REVIVE_RETURN_IF_ERROR(visit(layer, path));
  for (const ChildSlot& slot : layer.layer_class().slots) {
    if (slot.form == ChildForm::flattened) continue;
    const std::string group = join(path, layer.layer_class().is_stack ? layers : slot.group());
    std::unordered_map<std::string, std::size_t> counts;
    for (auto& child : layer.children(slot)) {
      if (is_input_layer(child)) continue;
      std::string child_path = group;
      if (slot.is_list) {
        const std::string name = snake_case(child.layer_class().group_class());
        const std::size_t count = counts[name]++;
        child_path += count > 0 ? fmt::format("/{}_{}", name, count) : "/" + name;
      }
      if (Status status = visit_groups(child, child_path, layers, visit); !status) return status;
    }
  }
  return {};
}

// A flattened child has a group of its own in the weights file.
std::string variables_path(const Layer& layer, const std::string& path) {
  for (const ChildSlot& slot : layer.layer_class().slots) {
    if (slot.form == ChildForm::flattened) {
      return variables_path(layer.children(slot)[0], join(path, slot.group()));
    }
  }
  return join(path, kVars);
}

std::unexpected<Error> wrong(ErrorCode code, const std::string& path, std::string message) {
  return fail(code, fmt::format("{}/{}", kMember, path), std::move(message));
}

Result<Tensor> read_variable(const hdf5::Dataset& dataset, const VariableSpec& spec, const std::string& path) {
  if (dataset.dims != spec.dims) {
    return wrong(
        ErrorCode::weights_shape, path,
        fmt::format("expected {} of shape {}, found {}", spec.name, to_string(spec.dims), to_string(dataset.dims)));
  }
  Tensor tensor = Tensor::uninitialized(dataset.dtype, dataset.dims);
  if (!dataset.bytes.empty()) std::memcpy(tensor.bytes().data(), dataset.bytes.data(), dataset.bytes.size());
  return cast(tensor, spec.dtype);
}

// The dataset that `path` runs into; empty when all of it, as far as it exists, is groups.
std::string_view dataset_on_the_way(const hdf5::Group& file, std::string_view path) {
  const hdf5::Group* group = &file;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const auto link = group->links.find(path.substr(at, end - at));
    if (link == group->links.end()) return {};
    group = std::get_if<hdf5::Group>(&link->second);
    if (group == nullptr) return path.substr(0, end);
    at = end + 1;
  }
  return {};
}

Status read_variables(Layer& layer, const hdf5::Group& file, const std::string& path) {
  const std::string vars_path = variables_path(layer, path);
  // Both are written whether or not the layer has variables, so a dataset in their place could not be carried.
  for (const std::string& group : {join(path, kVars), vars_path}) {
    const std::string_view dataset = dataset_on_the_way(file, group);
    if (dataset.empty()) continue;
    return wrong(ErrorCode::weights_missing, std::string(dataset),
                 fmt::format("expected a group of {}, found a dataset", describe(layer)));
  }
  const hdf5::Group* vars = file.group(vars_path);
  const std::size_t found = vars != nullptr ? vars->links.size() : 0;
  const std::size_t expected = layer.built() ? layer.variables().size() : 0;
  if (vars == nullptr && expected > 0) {
    return wrong(ErrorCode::weights_missing, vars_path,
                 fmt::format("expected the {} variables of {}, found no such group", expected, describe(layer)));
  }
  if (found != expected) {
    return wrong(layer.built() ? ErrorCode::weights_count : ErrorCode::model_not_built, vars_path,
                 layer.built()
                     ? fmt::format("expected the {} variables of {}, found {}", expected, describe(layer), found)
                     : fmt::format("expected no variables, as {} was never built, found {}", describe(layer), found));
  }
  std::vector<Tensor> weights;
  for (std::size_t i = 0; i < expected; ++i) {
    const std::string name = std::to_string(i);
    const hdf5::Dataset* dataset = vars->dataset(name);
    if (dataset == nullptr) {
      return wrong(ErrorCode::weights_missing, join(vars_path, name),
                   fmt::format("expected {} of {}, found no such dataset", layer.variables()[i].name, describe(layer)));
    }
    REVIVE_ASSIGN_OR_RETURN(auto tensor, read_variable(*dataset, layer.variables()[i], join(vars_path, name)));
    weights.push_back(std::move(tensor));
  }
  return layer.built() ? layer.set_weights(std::move(weights)) : Status{};
}

// Every dataset below `group` whose group no layer owns.
void collect_carried(const hdf5::Group& group, const std::string& path, const std::unordered_set<std::string>& owned,
                     std::vector<TrainingTensor>& carried) {
  if (owned.contains(path)) return;
  for (const auto& [name, object] : group.links) {
    const std::string object_path = join(path, name);
    if (const auto* child = std::get_if<hdf5::Group>(&object)) {
      collect_carried(*child, object_path, owned, carried);
      continue;
    }
    const auto& dataset = std::get<hdf5::Dataset>(object);
    Tensor tensor = Tensor::uninitialized(dataset.dtype, dataset.dims);
    if (!dataset.bytes.empty()) std::memcpy(tensor.bytes().data(), dataset.bytes.data(), dataset.bytes.size());
    carried.push_back({object_path, std::move(tensor)});
  }
}

hdf5::Dataset view(const Tensor& tensor) {
  return {tensor.dtype(), tensor.dims(), tensor.bytes()};
}

}  // namespace

Result<hdf5::Group> model_to_weights(const Sequential& model, const WeightsOptions& options) {
  hdf5::Group file;
  if (!options.without_training_state) {
    for (const TrainingTensor& carried : model.training_tensors()) file.put(carried.path, view(carried.tensor));
  }
  const Status status =
      visit_groups(model.root(), "", "layers", [&](const Layer& layer, const std::string& path) -> Status {
        // Stock Keras up to 3.5 asks for the root's group even though it is empty, so every group is written.
        hdf5::Group& own = file.make_group(join(path, kVars));
        own.name_attribute = layer.name();
        hdf5::Group& vars = file.make_group(variables_path(layer, path));
        vars.name_attribute = layer.name();
        if (layer.built() && layer.weights().size() != layer.variables().size()) {
          return wrong(ErrorCode::model_not_built, variables_path(layer, path),
                       describe(layer) + " has no weights yet");
        }
        for (std::size_t i = 0; i < layer.weights().size(); ++i) {
          vars.links.insert_or_assign(std::to_string(i), view(layer.weights()[i]));
        }
        if (vars.links.size() > layer.weights().size()) {
          return wrong(ErrorCode::usage, variables_path(layer, path),
                       fmt::format("expected the variables of {} alone, found a carried tensor", describe(layer)));
        }
        return {};
      });
  if (!status) return std::unexpected(status.error());
  if (options.without_training_state) return file;
  for (const TrainingTensor& carried : model.training_tensors()) {
    const hdf5::Dataset* const dataset = file.dataset(carried.path);
    if (dataset != nullptr && dataset->bytes.data() == carried.tensor.bytes().data()) continue;
    return wrong(ErrorCode::usage, carried.path,
                 "expected a place of its own for a carried tensor, found one that a layer or another tensor has");
  }
  return file;
}

Status weights_to_model(const hdf5::Group& file, Sequential& model) {
  const bool old = !file.links.contains("layers") && file.group(kOldLayers) != nullptr;
  const std::string_view collection = old ? kOldLayers : "layers";
  std::unordered_set<std::string> owned;
  const Status status = visit_groups(model.root(), "", collection, [&](Layer& layer, const std::string& path) {
    owned.insert(variables_path(layer, path));
    return read_variables(layer, file, path);
  });
  if (!status) return status;
  std::vector<TrainingTensor> carried;
  collect_carried(file, "", owned, carried);
  model.set_training_tensors(std::move(carried));
  return {};
}

}  // namespace revive
