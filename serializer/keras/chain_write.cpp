#include <unordered_set>

#include "revive/model/lambda/lambda_function.h"
#include "revive/model/layers/input_layer.h"
#include "revive/serializer/keras/chain.h"
#include "revive/serializer/keras/functional.h"

namespace revive {

Result<Value::Object> chain_config(const std::vector<Layer>& layers, Value::Array entries) {
  std::unordered_set<std::string> taken;
  for (const Layer& layer : layers) taken.insert(layer.name());
  Value::Array nodes;
  // What flows, and what gave it.
  std::string giver;
  TensorType type;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const Layer& layer = layers[i];
    if (entries[i].is_null()) {
      REVIVE_ASSIGN_OR_RETURN(auto ops, functional_ops(layer.lambda()->graph, layer.name(),
                                                       {layer.input_dtype(), layer.input_shape()}, giver, taken));
      for (Value& op : ops) nodes.push_back(std::move(op));
    } else {
      Value::Array calls;
      if (!is_input_layer(layer)) {
        calls.emplace_back(Value::Object{{"args", Value(Value::Array{keras_tensor(giver, type)})},
                                         {"kwargs", Value(Value::Object{})}});
      }
      entries[i].as_object().emplace_back("name", layer.name());
      entries[i].as_object().emplace_back("inbound_nodes", Value(std::move(calls)));
      nodes.push_back(std::move(entries[i]));
    }
    giver = layer.name();
    type = {layer.output_dtype(), layer.output_shape()};
  }
  return Value::Object{{"layers", Value(std::move(nodes))},
                       {"input_layers", keras_history(layers.front().name())},
                       {"output_layers", keras_history(giver)}};
}

}  // namespace revive
