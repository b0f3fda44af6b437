#include "revive/serializer/keras/weights_codec.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <unordered_map>
#include <unordered_set>

#include "revive/model/lambda/lambda_function.h"
#include "revive/model/layers/functional.h"
#include "revive/model/layers/input_layer.h"

namespace revive {
namespace {

constexpr std::string_view kMember = "model.weights.h5: ";
constexpr std::string_view kVars = "vars";
// What tf.keras 2.12 and 2.13 called the collection that is "layers" since.
constexpr std::string_view kOldLayers = "_layer_checkpoint_dependencies";
constexpr char kBackslash = '\\';

std::string join(std::string_view path, std::string_view name) {
  std::string joined;
  joined.reserve(path.size() + 1 + name.size());
  if (!path.empty()) joined.append(path) += '/';
  joined += name;
  return joined;
}

std::unexpected<Error> wrong(ErrorCode code, const std::string& path, std::string message) {
  return fail(code, fmt::format("{}/{}", kMember, path), std::move(message));
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

bool holds_dataset(const hdf5::Group& group) {
  return std::ranges::any_of(group.links, [](const auto& link) {
    const auto* const inner = std::get_if<hdf5::Group>(&link.second);
    return inner == nullptr || holds_dataset(*inner);
  });
}

// The groups of a collection for the layers of one class, by their numbers: "dense", "dense_2", "dense_4". `filled`:
// those alone that hold a dataset.
class NumberedGroups {
 public:
  NumberedGroups(const hdf5::Group* collection, bool filled) : collection_(collection), filled_(filled) {}

  // The name of the next group for `base`: one that is there, or behind the last one that is not. "" where there never
  // was any.
  std::string next(const std::string& base) {
    auto found = groups_.find(base);
    if (found == groups_.end()) found = groups_.emplace(base, Groups{numbered(base), 0}).first;
    Groups& groups = found->second;
    if (groups.numbers.empty()) return {};
    // Another layer has the last one already.
    const bool is_there = groups.next < groups.numbers.size();
    const std::uint64_t number = is_there ? groups.numbers[groups.next++] : groups.numbers.back() + 1;
    return number == 0 ? base : fmt::format("{}_{}", base, number);
  }

 private:
  struct Groups {
    std::vector<std::uint64_t> numbers;
    std::size_t next;
  };

  std::vector<std::uint64_t> numbered(const std::string& base) const {
    std::vector<std::uint64_t> numbers;
    if (collection_ == nullptr) return numbers;
    for (const auto& [name, object] : collection_->links) {
      const auto* const group = std::get_if<hdf5::Group>(&object);
      if (filled_ && (group == nullptr || !holds_dataset(*group))) continue;
      if (name == base) {
        numbers.push_back(0);
      } else if (name.starts_with(base + "_")) {
        std::uint64_t number = 0;
        const char* const end = name.data() + name.size();
        const auto read = std::from_chars(name.data() + base.size() + 1, end, number);
        if (read.ec == std::errc() && read.ptr == end && number > 0) numbers.push_back(number);
      }
    }
    std::ranges::sort(numbers);
    return numbers;
  }

  const hdf5::Group* collection_;
  bool filled_;
  std::unordered_map<std::string, Groups> groups_;
};

// What a file that is read calls its groups.
struct GroupNames {
  // Of a stack's layers.
  std::string_view layers = "layers";
  // The file itself; nullptr where one is written.
  const hdf5::Group* file = nullptr;
  // The numbers have gaps, as tf.keras 2.12 and 2.13 left them, which counted a layer with weights twice.
  bool with_gaps = false;
};

// Whether the layer has a group among those of `owner`. Keras writes none for the InputLayer of a Sequential, nor for
// ops.
bool has_group(const Layer& owner, const Layer& child) {
  const bool in_graph = is_functional(owner.layer_class());
  if (is_input_layer(child)) return in_graph;
  return !(in_graph && child.lambda() != nullptr && child.lambda()->stored_inline);
}

bool has_variables(const Layer& layer) {
  bool found = false;
  visit_layers(layer, [&](const std::string&, const Layer& each) { found = found || !each.variables().empty(); });
  return found;
}

// Calls visit(layer, path) for the root (path "") and every layer below that Keras gives a group. A layer on its own
// has the group of its slot; those of a list are numbered among their class. A Lambda is a Functional where we write
// it, and where Keras does a class of its own: so the Functionals of a file are told by what they hold.
template <typename LayerType, typename Visit>
Status visit_groups(LayerType& layer, const std::string& path, const GroupNames& names, const Visit& visit) {
  REVIVE_RETURN_IF_ERROR(visit(layer, path));
  for (const ChildSlot& slot : layer.layer_class().slots) {
    if (slot.form == ChildForm::flattened) continue;
    const std::string group = join(path, layer.layer_class().is_stack ? names.layers : slot.group());
    std::unordered_map<std::string, std::size_t> counts;
    const hdf5::Group* const collection = names.file != nullptr ? names.file->group(group) : nullptr;
    NumberedGroups groups(collection, !names.with_gaps);
    for (auto& child : layer.children(slot)) {
      if (!has_group(layer, child)) continue;
      std::string child_path = group;
      if (slot.is_list) {
        const std::string base = snake_case(child.layer_class().group_class());
        const std::size_t count = counts[base]++;
        const bool is_told = names.with_gaps || (is_functional(child.layer_class()) && has_variables(child));
        std::string name = is_told ? groups.next(base) : std::string();
        if (name.empty()) name = count > 0 ? fmt::format("{}_{}", base, count) : base;
        child_path = join(group, name);
      }
      if (Status status = visit_groups(child, child_path, names, visit); !status) return status;
    }
  }
  return {};
}

// Keras 2 on Windows took the backslash of its paths into the names of groups. Every such name is the path that it is
// elsewhere. Errors: hdf5_structure where two objects then have one name, limit_exceeded.
Status move_into(hdf5::Group& target, const hdf5::Group& source, const std::string& path) {
  for (const auto& [name, object] : source.links) {
    std::string whole = join(path, name);
    std::ranges::replace(whole, kBackslash, '/');
    if (const auto depth = static_cast<std::uint64_t>(std::ranges::count(whole, '/')); depth > Limits().hdf5_depth) {
      return wrong(
          ErrorCode::limit_exceeded, whole,
          fmt::format("expected at most {} groups (Limits::hdf5_depth), found {}", Limits().hdf5_depth, depth));
    }
    if (whole.contains("//") || whole.starts_with('/') || whole.ends_with('/')) {
      return wrong(ErrorCode::hdf5_structure, whole, "expected names between the backslashes, found none");
    }
    const auto taken = [&] {
      return wrong(ErrorCode::hdf5_structure, whole, "expected one object of this name, found two");
    };
    if (const auto* const inner = std::get_if<hdf5::Group>(&object)) {
      if (!dataset_on_the_way(target, whole).empty()) return taken();
      target.make_group(whole);
      REVIVE_RETURN_IF_ERROR(move_into(target, *inner, whole));
    } else {
      const bool is_there = target.group(whole) != nullptr || !dataset_on_the_way(target, whole).empty();
      if (is_there) return taken();
      target.put(whole, std::get<hdf5::Dataset>(object));
    }
  }
  return {};
}

bool has_backslashes(const hdf5::Group& file) {
  return std::ranges::any_of(file.links,
                             [](const auto& link) { return link.first.find(kBackslash) != std::string::npos; });
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

// What stands in front of a layer's own variables in its group: variables of the layer inside of it, once more.
std::span<const Tensor> repeated_weights(const Layer& layer) {
  const LayerClass& layer_class = layer.layer_class();
  if (!layer_class.repeats_kernel || !layer.built()) return {};
  const std::span<const Layer> inside = layer.children(layer_class.slots[0]);
  return inside.empty() || inside[0].weights().empty() ? std::span<const Tensor>() : inside[0].weights().first(1);
}

const VariableSpec& repeated_variable(const Layer& layer) {
  return layer.children(layer.layer_class().slots[0])[0].variables()[0];
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
  const std::size_t repeated = layer.built() && layer.layer_class().repeats_kernel ? 1 : 0;
  const std::size_t expected = layer.built() ? repeated + layer.variables().size() : 0;
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
    const VariableSpec& spec = i < repeated ? repeated_variable(layer) : layer.variables()[i - repeated];
    if (dataset == nullptr) {
      return wrong(ErrorCode::weights_missing, join(vars_path, name),
                   fmt::format("expected {} of {}, found no such dataset", spec.name, describe(layer)));
    }
    REVIVE_ASSIGN_OR_RETURN(auto tensor, read_variable(*dataset, spec, join(vars_path, name)));
    if (i >= repeated) weights.push_back(std::move(tensor));
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
      visit_groups(model.root(), "", GroupNames{}, [&](const Layer& layer, const std::string& path) -> Status {
        // Stock Keras up to 3.5 asks for the root's group even though it is empty, so every group is written.
        hdf5::Group& own = file.make_group(join(path, kVars));
        own.name_attribute = layer.name();
        hdf5::Group& vars = file.make_group(variables_path(layer, path));
        vars.name_attribute = layer.name();
        if (layer.built() && layer.weights().size() != layer.variables().size()) {
          return wrong(ErrorCode::model_not_built, variables_path(layer, path),
                       describe(layer) + " has no weights yet");
        }
        std::size_t count = 0;
        for (const std::span<const Tensor> tensors : {repeated_weights(layer), layer.weights()}) {
          for (const Tensor& tensor : tensors) vars.links.insert_or_assign(std::to_string(count++), view(tensor));
        }
        if (vars.links.size() > count) {
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
  if (has_backslashes(file)) {
    hdf5::Group moved;
    REVIVE_RETURN_IF_ERROR(move_into(moved, file, ""));
    return weights_to_model(moved, model);
  }
  const bool old = !file.links.contains("layers") && file.group(kOldLayers) != nullptr;
  const GroupNames names{.layers = old ? kOldLayers : "layers", .file = &file, .with_gaps = old};
  std::unordered_set<std::string> owned;
  const Status status = visit_groups(model.root(), "", names, [&](Layer& layer, const std::string& path) {
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
