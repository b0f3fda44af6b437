// Op graphs as Keras stores them: a nested Functional whose layers are an InputLayer and one entry per op.
//
// Stock Keras loads such a Functional with safe_mode=True and runs it without any Python of ours
// (keras.src.models.functional, keras.src.ops.*); what stock Keras 3.4 and newer writes is read here. Constants are
// plain JSON numbers, or __numpy__ objects with float32 values widened to double, which is exact.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

#include "revive/model/base/error.h"
#include "revive/model/base/limits.h"
#include "revive/model/base/value.h"
#include "revive/model/graph/graph.h"

namespace revive {

// The layer entry of a graph as it runs on `input`, named `layer_name`. Nodes are named as Keras would (get_item,
// get_item_1, add), so equal graphs give equal entries. Errors: those of Graph::infer for this input.
Result<Value> functional_config(const Graph& graph, std::string_view layer_name, const TensorType& input,
                                const Limits& limits = {});

// The objects of the ops of a graph as nodes of a Functional that holds more than them: the last is named `name`, the
// others after it, none as one of `taken`, which grows. `input_name` is what gives them their input.
Result<Value::Array> functional_ops(const Graph& graph, std::string_view name, const TensorType& input,
                                    std::string_view input_name, std::unordered_set<std::string>& taken,
                                    const Limits& limits = {});

// The object of a Functional's InputLayer; `shape` and `dtype` as its config has them.
Value functional_input(std::string_view name, Value shape, Value dtype);

// A tensor as an argument of a call, and as input_layers and output_layers name it, by what gives it.
Value keras_tensor(std::string_view name, const TensorType& type);
Value keras_history(std::string_view name);

struct Functional {
  Graph graph;
  // What its InputLayer declares; Keras casts the input to this dtype.
  TensorType input;
};

// Whether a layer entry is a Functional at all.
bool is_functional(const Value& entry);

// Reads the entry that functional_config and stock Keras write: layers in any order, input_layers and output_layers as
// one triple or a list of one, operands positional or by keyword. `place` is where the entry stands, as in
// "config.json: /config/layers/2". Errors: config_missing_key, config_unknown_key, config_type, config_value,
// config_unsupported (layers inside, more than one input or output), graph_unknown_op, graph_structure,
// graph_argument, limit_exceeded.
Result<Functional> read_functional(const Value& entry, const std::string& place, const Limits& limits = {});

}  // namespace revive
