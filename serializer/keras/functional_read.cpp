// From a Functional's layers to a graph, in two passes: every call of an op gets its node, then arguments are read,
// because the layers may stand in any order.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "revive/model/config.h"
#include "revive/model/dtype_value.h"
#include "revive/model/graph/op.h"
#include "revive/serializer/json/constants.h"
#include "revive/serializer/keras/functional.h"

namespace revive {
namespace {

bool is_of_class(const Value& entry, std::string_view name) {
  const Value* const class_name = entry.find("class_name");
  return class_name != nullptr && class_name->is_string() && class_name->as_string() == name;
}

// A tensor by its producer, as keras_history and output_layers spell it.
struct Triple {
  std::string name;
  std::int64_t call = 0;
};

Result<const Value*> member(const Value& object, std::string_view key, Value::Kind kind, const std::string& place) {
  const Value* const found = object.find(key);
  if (found == nullptr) return fail(ErrorCode::config_missing_key, place, fmt::format("expected a key `{}`", key));
  if (found->kind() != kind) {
    const Value wanted = kind == Value::Kind::array    ? Value(Value::Array{})
                         : kind == Value::Kind::object ? Value(Value::Object{})
                                                       : Value("");
    return fail(ErrorCode::config_type, fmt::format("{}/{}", place, key),
                fmt::format("expected {}, found {}", wanted.kind_name(), found->brief()));
  }
  return found;
}

Result<std::string> string_member(const Value& object, std::string_view key, const std::string& place) {
  REVIVE_ASSIGN_OR_RETURN(const auto found, member(object, key, Value::Kind::string, place));
  return found->as_string();
}

Result<Triple> triple_from(const Value& value, const std::string& place) {
  const bool fits = value.is_array() && value.as_array().size() == 3 && value.as_array()[0].is_string() &&
                    value.as_array()[1].is_int() && value.as_array()[2].is_int();
  if (!fits) {
    return fail(ErrorCode::config_type, place, fmt::format("expected [name, call, output], found {}", value.brief()));
  }
  if (value.as_array()[2].as_int() != 0) {
    return fail(ErrorCode::graph_structure, place, fmt::format("an op has output 0 alone, found {}", value.brief()));
  }
  return Triple{value.as_array()[0].as_string(), value.as_array()[1].as_int()};
}

// input_layers and output_layers: one triple, or a list that holds one.
Result<Triple> single_triple(const Value& config, std::string_view key, const std::string& place) {
  REVIVE_ASSIGN_OR_RETURN(const auto found, member(config, key, Value::Kind::array, place));
  const auto& items = found->as_array();
  const std::string here = fmt::format("{}/{}", place, key);
  const bool listed = !items.empty() && items.front().is_array();
  if (listed && items.size() > 1) {
    return fail(ErrorCode::config_unsupported, here, fmt::format("expected one tensor, found {}", items.size()));
  }
  return listed ? triple_from(items.front(), here + "/0") : triple_from(*found, here);
}

class Reader {
 public:
  Reader(const std::string& place, const Limits& limits) : place_(place + "/config"), limits_(limits) {}

  Result<Functional> run(const Value& config) {
    REVIVE_ASSIGN_OR_RETURN(const auto layers, member(config, "layers", Value::Kind::array, place_));
    const auto& entries = layers->as_array();
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (const Status status = declare(entries[i], layer_place(i)); !status) return std::unexpected(status.error());
    }
    for (const Op& op : ops_) {
      if (const Status status = read_calls(op); !status) return std::unexpected(status.error());
    }
    return assemble(config);
  }

 private:
  struct Op {
    const OpClass* op_class;
    std::vector<Value> settings;
    const Value::Array* calls;
    std::string place;
  };

  std::string layer_place(std::size_t index) const { return fmt::format("{}/layers/{}", place_, index); }

  // Finds out what the entry is and gives its calls their nodes.
  Status declare(const Value& entry, const std::string& place) {
    REVIVE_ASSIGN_OR_RETURN(const auto class_name, string_member(entry, "class_name", place));
    REVIVE_ASSIGN_OR_RETURN(const auto module, string_member(entry, "module", place));
    REVIVE_ASSIGN_OR_RETURN(const auto config, member(entry, "config", Value::Kind::object, place));
    REVIVE_ASSIGN_OR_RETURN(const auto calls, member(entry, "inbound_nodes", Value::Kind::array, place));
    REVIVE_ASSIGN_OR_RETURN(const auto name,
                            string_member(entry.find("name") != nullptr ? entry : *config, "name", place));
    if (first_node_.contains(name) || (has_input_ && name == input_name_)) {
      return fail(ErrorCode::config_duplicate_name, place,
                  fmt::format("the name {} is taken already", Value(name).brief()));
    }
    if (class_name == "InputLayer") return declare_input(name, *config, place);
    if (!module.starts_with("keras.src.ops")) {
      return fail(ErrorCode::config_unsupported, place,
                  fmt::format("expected ops alone inside a Functional, found the layer {} of class {}",
                              Value(name).brief(), Value(class_name).brief()));
    }
    const OpClass* const op_class = find_op_class(module, class_name);
    if (op_class == nullptr) {
      return fail(ErrorCode::graph_unknown_op, place, fmt::format("the op {}.{} is not supported", module, class_name));
    }
    REVIVE_ASSIGN_OR_RETURN(auto settings, read_settings(*op_class, config->as_object(), place + "/config"));
    first_node_.emplace(name, nodes_.size() + 1);
    call_count_.emplace(name, calls->as_array().size());
    if (nodes_.size() + calls->as_array().size() > limits_.graph_nodes) {
      return fail(ErrorCode::limit_exceeded, place, fmt::format("expected at most {} ops", limits_.graph_nodes));
    }
    nodes_.resize(nodes_.size() + calls->as_array().size());
    ops_.push_back({op_class, std::move(settings), &calls->as_array(), place});
    return {};
  }

  Status declare_input(const std::string& name, const Value& config, const std::string& place) {
    if (has_input_) {
      return fail(ErrorCode::config_unsupported, place, "expected one input, found a second InputLayer");
    }
    for (const std::string_view key : {"sparse", "ragged"}) {
      const Value* const flag = config.find(key);
      if (flag != nullptr && !flag->is_null() && !(flag->is_bool() && !flag->as_bool())) {
        return fail(ErrorCode::config_unsupported, fmt::format("{}/config/{}", place, key),
                    fmt::format("expected false, found {}", flag->brief()));
      }
    }
    const std::string_view key = config.find("batch_input_shape") != nullptr ? "batch_input_shape" : "batch_shape";
    REVIVE_ASSIGN_OR_RETURN(const auto shape_value, member(config, key, Value::Kind::array, place + "/config"));
    REVIVE_ASSIGN_OR_RETURN(auto shape, shape_from_value(*shape_value, fmt::format("{}/config/{}", place, key)));
    if (const Value* const dtype = config.find("dtype"); dtype != nullptr && !dtype->is_null()) {
      REVIVE_ASSIGN_OR_RETURN(input_.dtype, dtype_from_value(*dtype, place + "/config/dtype"));
    }
    input_.shape = std::move(shape);
    input_name_ = name;
    has_input_ = true;
    return {};
  }

  static Result<std::vector<Value>> read_settings(const OpClass& op_class, const Value::Object& config,
                                                  const std::string& place) {
    std::vector<Value> settings;
    for (const OpSetting& setting : op_class.settings) settings.push_back(setting.fallback);
    for (const auto& [key, value] : config) {
      if (key == "name") continue;
      const auto is_it = [&](const OpSetting& setting) { return setting.name == key; };
      const auto found = std::ranges::find_if(op_class.settings, is_it);
      if (found == op_class.settings.end()) {
        return fail(ErrorCode::config_unknown_key, fmt::format("{}/{}", place, key),
                    fmt::format("{} has no such key", op_class.class_name));
      }
      settings[static_cast<std::size_t>(found - op_class.settings.begin())] = value;
    }
    return settings;
  }

  Status read_calls(const Op& op) {
    for (std::size_t i = 0; i < op.calls->size(); ++i) {
      const std::string place = fmt::format("{}/inbound_nodes/{}", op.place, i);
      REVIVE_ASSIGN_OR_RETURN(auto node, read_call(op, (*op.calls)[i], place));
      if (const Status status = op.op_class->check(node); !status) {
        return std::unexpected(status.error().within(place));
      }
      nodes_[next_node_++] = std::move(node);
    }
    return {};
  }

  Result<Node> read_call(const Op& op, const Value& call, const std::string& place) {
    REVIVE_ASSIGN_OR_RETURN(const auto args, member(call, "args", Value::Kind::array, place));
    REVIVE_ASSIGN_OR_RETURN(const auto kwargs, member(call, "kwargs", Value::Kind::object, place));
    const auto parameters = op.op_class->parameters;
    const auto& positional = args->as_array();
    const bool variadic = op.op_class->variadic;
    if (positional.size() > parameters.size() && !variadic) {
      return fail(ErrorCode::graph_argument, place + "/args",
                  fmt::format("{} takes {} arguments, found {}", op.op_class->class_name, parameters.size(),
                              positional.size()));
    }
    std::vector<std::optional<Argument>> slots(parameters.size());
    Argument::List collected;
    for (std::size_t i = 0; i < positional.size(); ++i) {
      REVIVE_ASSIGN_OR_RETURN(auto value, argument(positional[i], fmt::format("{}/args/{}", place, i)));
      if (variadic && i + 1 >= parameters.size()) {
        collected.push_back(std::move(value));
      } else {
        slots[i] = std::move(value);
      }
    }
    if (variadic) slots.back() = Argument(std::move(collected));
    for (const auto& [key, value] : kwargs->as_object()) {
      const auto slot = static_cast<std::size_t>(std::ranges::find(parameters, key) - parameters.begin());
      const std::string here = fmt::format("{}/kwargs/{}", place, key);
      if (slot == parameters.size() || slots[slot]) {
        return fail(ErrorCode::graph_argument, here,
                    slot == parameters.size() ? fmt::format("{} has no such argument", op.op_class->class_name)
                                              : "the argument is given by position already");
      }
      REVIVE_ASSIGN_OR_RETURN(auto read, argument(value, here));
      slots[slot] = std::move(read);
    }
    Node node{op.op_class, {}, op.settings};
    for (std::size_t i = 0; i < slots.size(); ++i) {
      const bool optional = i + op.op_class->optional_parameters >= slots.size();
      if (!slots[i] && optional) slots[i] = Argument(Value());
      if (!slots[i]) {
        return fail(ErrorCode::graph_argument, place, fmt::format("expected an argument `{}`", parameters[i]));
      }
      node.arguments.push_back(*std::move(slots[i]));
    }
    if (op.op_class->normalize != nullptr) op.op_class->normalize(node);
    return node;
  }

  Result<Argument> argument(const Value& value, const std::string& place) {
    if (value.is_array()) {
      Argument::List items;
      for (std::size_t i = 0; i < value.as_array().size(); ++i) {
        auto item = argument(value.as_array()[i], fmt::format("{}/{}", place, i));
        if (!item) return item;
        items.push_back(*std::move(item));
      }
      return Argument(std::move(items));
    }
    if (!is_of_class(value, "__keras_tensor__")) {
      return constant_from_value(value, place, limits_);
    }
    REVIVE_ASSIGN_OR_RETURN(const auto config, member(value, "config", Value::Kind::object, place));
    REVIVE_ASSIGN_OR_RETURN(const auto history,
                            member(*config, "keras_history", Value::Kind::array, place + "/config"));
    const std::string history_place = place + "/config/keras_history";
    REVIVE_ASSIGN_OR_RETURN(const auto triple, triple_from(*history, history_place));
    REVIVE_ASSIGN_OR_RETURN(const auto ref, producer(triple, history_place));
    return Argument(ref);
  }

  Result<NodeRef> producer(const Triple& triple, const std::string& place) const {
    const bool is_input = has_input_ && triple.name == input_name_;
    const auto found = first_node_.find(triple.name);
    if (!is_input && found == first_node_.end()) {
      return fail(ErrorCode::graph_structure, place, fmt::format("nothing is named {}", Value(triple.name).brief()));
    }
    const std::size_t calls = is_input ? 1 : call_count_.at(triple.name);
    if (triple.call < 0 || std::cmp_greater_equal(triple.call, calls)) {
      return fail(ErrorCode::graph_structure, place,
                  fmt::format("{} is called {} times, found a reference to call {}", Value(triple.name).brief(), calls,
                              triple.call));
    }
    return NodeRef{is_input ? 0 : found->second + static_cast<std::size_t>(triple.call)};
  }

  Result<Functional> assemble(const Value& config) {
    REVIVE_ASSIGN_OR_RETURN(const auto input, single_triple(config, "input_layers", place_));
    REVIVE_ASSIGN_OR_RETURN(const auto output, single_triple(config, "output_layers", place_));
    if (!has_input_ || input.name != input_name_ || input.call != 0) {
      return fail(ErrorCode::graph_structure, place_ + "/input_layers",
                  fmt::format("expected the InputLayer among the layers, found {}", Value(input.name).brief()));
    }
    REVIVE_ASSIGN_OR_RETURN(const auto last, producer(output, place_ + "/output_layers"));
    const std::size_t declared = nodes_.size();
    auto graph = Graph::make(std::move(nodes_), last, limits_);
    if (!graph) return std::unexpected(graph.error().within(place_ + ": "));
    if (graph->nodes().size() != declared) {
      return fail(
          ErrorCode::graph_structure, place_ + "/layers",
          fmt::format("expected every op to serve the output, found {} that do not", declared - graph->nodes().size()));
    }
    return Functional{*std::move(graph), std::move(input_)};
  }

  std::string place_;
  const Limits& limits_;
  bool has_input_ = false;
  std::string input_name_;
  TensorType input_;
  std::vector<Op> ops_;
  std::vector<Node> nodes_;
  std::size_t next_node_ = 0;
  // The reference of an op's first call, and how many calls there are; they follow each other.
  std::map<std::string, std::size_t, std::less<>> first_node_;
  std::map<std::string, std::size_t, std::less<>> call_count_;
};

}  // namespace

bool is_functional(const Value& entry) {
  return is_of_class(entry, "Functional") || is_of_class(entry, "Model");
}

Result<Functional> read_functional(const Value& entry, const std::string& place, const Limits& limits) {
  REVIVE_ASSIGN_OR_RETURN(const auto config, member(entry, "config", Value::Kind::object, place));
  return Reader(place, limits).run(*config);
}

}  // namespace revive
