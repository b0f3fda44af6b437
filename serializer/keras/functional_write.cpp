#include <fmt/format.h>

#include "revive/model/graph/op.h"
#include "revive/serializer/json/constants.h"
#include "revive/serializer/keras/functional.h"

namespace revive {
namespace {

constexpr std::string_view kInputName = "input_layer";

Value shape_value(const Shape& shape) {
  Value::Array axes;
  for (std::size_t i = 0; i < shape.rank(); ++i) axes.push_back(shape.known(i) ? Value(shape[i]) : Value());
  return Value(std::move(axes));
}

Value history(std::string_view name) {
  return Value(Value::Array{Value(name), Value(0), Value(0)});
}

class Writer {
 public:
  Writer(const Graph& graph, const std::vector<TensorType>& types) : graph_(graph), types_(types) {
    names_ = graph.node_names();
    names_.insert(names_.begin(), std::string(kInputName));
  }

  Value::Array layers() const {
    Value::Array layers = {input_layer()};
    for (std::size_t i = 0; i < graph_.nodes().size(); ++i) layers.push_back(op(graph_.nodes()[i], names_[i + 1]));
    return layers;
  }

  Value output() const { return history(names_.back()); }

 private:
  Value input_layer() const {
    Value::Object config = {{"batch_shape", shape_value(types_[0].shape)},
                            {"dtype", Value(name_of(types_[0].dtype))},
                            {"sparse", Value(false)},
                            {"name", Value(kInputName)}};
    return Value(Value::Object{{"module", "keras.layers"},
                               {"class_name", "InputLayer"},
                               {"config", Value(std::move(config))},
                               {"name", Value(kInputName)},
                               {"inbound_nodes", Value(Value::Array{})}});
  }

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
    Value::Object call = {{"args", Value(std::move(args))}, {"kwargs", Value(std::move(kwargs))}};
    return Value(Value::Object{{"module", Value(node.op->module)},
                               {"class_name", Value(node.op->class_name)},
                               {"config", Value(std::move(config))},
                               {"name", Value(name)},
                               {"inbound_nodes", Value(Value::Array{Value(std::move(call))})}});
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
      const TensorType& type = types_[ref->index];
      return Value(Value::Object{{"class_name", "__keras_tensor__"},
                                 {"config", Value(Value::Object{{"shape", shape_value(type.shape)},
                                                                {"dtype", Value(name_of(type.dtype))},
                                                                {"keras_history", history(names_[ref->index])}})}});
    }
    const auto* const list = argument.get<Argument::List>();
    if (list == nullptr) return constant_to_value(argument);
    Value::Array items;
    for (const Argument& item : *list) items.push_back(this->argument(item));
    return Value(std::move(items));
  }

  const Graph& graph_;
  const std::vector<TensorType>& types_;
  std::vector<std::string> names_;
};

}  // namespace

Result<Value> functional_config(const Graph& graph, std::string_view layer_name, const TensorType& input,
                                const Limits& limits) {
  REVIVE_ASSIGN_OR_RETURN(const auto types, graph.infer(input, limits));
  const Writer writer(graph, types);
  Value::Object config = {{"name", Value(layer_name)},
                          {"trainable", Value(true)},
                          {"layers", Value(writer.layers())},
                          {"input_layers", history(kInputName)},
                          {"output_layers", writer.output()}};
  return Value(Value::Object{{"module", "keras.src.models.functional"},
                             {"class_name", "Functional"},
                             {"config", Value(std::move(config))},
                             {"registered_name", "Functional"}});
}

}  // namespace revive
