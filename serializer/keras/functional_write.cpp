#include <fmt/format.h>

#include "revive/model/config.h"
#include "revive/model/graph/op.h"
#include "revive/serializer/json/constants.h"
#include "revive/serializer/json/members.h"
#include "revive/serializer/keras/functional.h"

namespace revive {
namespace {

constexpr std::string_view kInputName = "input_layer";

// The names of the input and of all nodes.
std::vector<std::string> names_with_input(const Graph& graph, std::string_view input) {
  std::vector<std::string> names = graph.node_names();
  names.insert(names.begin(), std::string(input));
  return names;
}

class Writer {
 public:
  // One type and one name for the input and for each node.
  Writer(const Graph& graph, const std::vector<TensorType>& types, const std::vector<std::string>& names)
      : graph_(graph), types_(types), names_(names) {}

  void add_ops(Value::Array& layers) const {
    for (std::size_t i = 0; i < graph_.nodes().size(); ++i) layers.push_back(op(graph_.nodes()[i], names_[i + 1]));
  }

 private:
  Value op(const Node& node, const std::string& name) const {
    // Without the name, which most ops take from Keras 3.11 on; all go by the one beside the config.
    Value::Object config;
    for (std::size_t i = 0; i < node.settings.size(); ++i) {
      const OpSetting& setting = node.op->settings[i];
      if (!setting.since.empty() && node.settings[i] == setting.fallback) continue;
      config.emplace_back(setting.name, node.settings[i]);
    }
    Value::Array args;
    Value::Object kwargs;
    for (std::size_t i = 0; i < node.arguments.size(); ++i) write_argument(node, i, args, kwargs);
    Value call = object_of({{"args", std::move(args)}, {"kwargs", std::move(kwargs)}});
    return object_of({{"module", node.op->module},
                      {"class_name", node.op->class_name},
                      {"config", std::move(config)},
                      {"name", name},
                      {"inbound_nodes", array_of({std::move(call)})}});
  }

  void write_argument(const Node& node, std::size_t index, Value::Array& args, Value::Object& kwargs) const {
    const Argument& given = node.arguments[index];
    const bool optional = index + node.op->optional_parameters >= node.arguments.size();
    if (node.op->variadic && index + 1 == node.arguments.size()) {
      for (const Argument& each : *given.get<Argument::List>()) args.push_back(argument(each));
    } else if (!optional) {
      args.push_back(argument(given));
    } else if (const Value* const value = given.get<Value>(); value == nullptr || !value->is_null()) {
      kwargs.emplace_back(node.op->parameters[index], argument(given));
    }
  }

  Value argument(const Argument& argument) const {
    if (const NodeRef* const ref = argument.get<NodeRef>()) {
      return keras_tensor(names_[ref->index], types_[ref->index]);
    }
    const auto* const list = argument.get<Argument::List>();
    if (list == nullptr) return constant_to_value(argument);
    Value::Array items;
    for (const Argument& item : *list) items.push_back(this->argument(item));
    return Value(std::move(items));
  }

  const Graph& graph_;
  const std::vector<TensorType>& types_;
  const std::vector<std::string>& names_;
};

}  // namespace

Value functional_input(std::string_view name, Value shape, Value dtype) {
  Value::Object config =
      object_of({{"batch_shape", std::move(shape)}, {"dtype", std::move(dtype)}, {"sparse", false}, {"name", name}});
  return object_of({{"module", "keras.layers"},
                    {"class_name", "InputLayer"},
                    {"config", std::move(config)},
                    {"name", name},
                    {"inbound_nodes", Value::Array{}}});
}

Value keras_history(std::string_view name) {
  return array_of({Value(name), Value(0), Value(0)});
}

Value keras_tensor(std::string_view name, const TensorType& type) {
  return object_of({{"class_name", "__keras_tensor__"},
                    {"config", object_of({{"shape", shape_to_value(type.shape)},
                                          {"dtype", name_of(type.dtype)},
                                          {"keras_history", keras_history(name)}})}});
}

Result<Value::Array> functional_ops(const Graph& graph, std::string_view name, const TensorType& input,
                                    std::string_view input_name, std::unordered_set<std::string>& taken,
                                    const Limits& limits) {
  REVIVE_ASSIGN_OR_RETURN(const auto types, graph.infer(input, limits));
  std::vector<std::string> names = names_with_input(graph, input_name);
  names.back() = name;
  for (std::size_t i = 1; i + 1 < names.size(); ++i) {
    const std::string base = fmt::format("{}_{}", name, names[i]);
    names[i] = base;
    for (int count = 1; !taken.insert(names[i]).second; ++count) names[i] = fmt::format("{}_{}", base, count);
  }
  Value::Array ops;
  Writer(graph, types, names).add_ops(ops);
  return ops;
}

Result<Value> functional_config(const Graph& graph, std::string_view layer_name, const TensorType& input,
                                const Limits& limits) {
  REVIVE_ASSIGN_OR_RETURN(const auto types, graph.infer(input, limits));
  const std::vector<std::string> names = names_with_input(graph, kInputName);
  Value::Array layers =
      array_of({functional_input(kInputName, shape_to_value(types[0].shape), name_of(types[0].dtype))});
  Writer(graph, types, names).add_ops(layers);
  Value::Object config = object_of({{"name", layer_name},
                                    {"trainable", true},
                                    {"layers", std::move(layers)},
                                    {"input_layers", keras_history(kInputName)},
                                    {"output_layers", keras_history(names.back())}});
  return object_of({{"module", "keras.src.models.functional"},
                    {"class_name", "Functional"},
                    {"config", std::move(config)},
                    {"registered_name", "Functional"}});
}

}  // namespace revive
