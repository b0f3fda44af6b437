// From a Functional's graph to a list, from the output backwards: every layer has one input, and ops between layers are
// gathered until all of them start from one layer. What is left over is what makes the graph no chain.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "revive/model/config.h"
#include "revive/serializer/keras/chain.h"
#include "revive/serializer/keras/config_entry.h"
#include "revive/serializer/keras/functional.h"

namespace revive {
namespace {

constexpr std::string_view kOps = "keras.src.ops";
constexpr std::string_view kInputLayer = "InputLayer";

// A tensor by what gives it.
struct Giver {
  std::string name;
  // The config of the tensor; nullptr in the spelling of Keras 2, which says nothing more.
  const Value* tensor = nullptr;
};

struct Node {
  enum class Kind : std::uint8_t { input, layer, op };

  std::string name;
  Kind kind = Kind::layer;
  const Value* object = nullptr;
  std::string place;
  std::vector<Giver> inputs = {};
  std::optional<Giver> mask = {};
  // A layer of the chain, an op on the way, or an op of a mask.
  bool is_used = false;
};

// The names of layers that are models.
using Models = std::unordered_set<std::string_view>;

std::unexpected<Error> no_chain(const std::string& place, std::string message) {
  return fail(ErrorCode::config_unsupported, place,
              fmt::format("{}; of Functional models a chain of layers is supported alone", message));
}

const Value* member_of(const Value& object, std::string_view key, Value::Kind kind) {
  const Value* const found = object.find(key);
  return found != nullptr && found->kind() == kind ? found : nullptr;
}

Result<const Value*> of_kind(const Value* found, std::string_view key, Value::Kind kind, const std::string& place) {
  if (found == nullptr) return fail(ErrorCode::config_missing_key, place, fmt::format("expected the key \"{}\"", key));
  if (found->kind() != kind) {
    return fail(ErrorCode::config_type, fmt::format("{}/{}", place, key),
                fmt::format("expected {}, found {}",
                            kind == Value::Kind::array    ? "a list"
                            : kind == Value::Kind::string ? "a string"
                                                          : "an object",
                            found->brief()));
  }
  return found;
}

Result<const Value*> required(const Value& object, std::string_view key, Value::Kind kind, const std::string& place) {
  return of_kind(object.find(key), key, kind, place);
}

// [name, call, output], where a layer has one of either. What makes a model counts as a call of it, where Keras saves
// what it loaded.
Result<std::string> giver_from(const Value& value, const std::string& place, const Models& models) {
  const bool fits = value.is_array() && value.as_array().size() >= 3 && value.as_array()[0].is_string() &&
                    value.as_array()[1].is_int() && value.as_array()[2].is_int();
  if (!fits) {
    return fail(ErrorCode::config_type, place, fmt::format("expected [name, call, output], found {}", value.brief()));
  }
  const std::string& name = value.as_array()[0].as_string();
  const std::int64_t call = value.as_array()[1].as_int();
  const bool is_only_call = call == 0 || (call == 1 && models.contains(name));
  if (!is_only_call || value.as_array()[2].as_int() != 0) {
    return no_chain(place, fmt::format("expected the one output of the one call of a layer, found {}", value.brief()));
  }
  return name;
}

// input_layers and output_layers: one triple, a list that holds one, or, of inputs, a dict that does.
Result<std::string> only_tensor(const Value::Object& config, std::string_view key, const std::string& place,
                                const Models& models) {
  const std::string here = fmt::format("{}/{}", place, key);
  const Value* const found = find_member(config, key);
  if (found == nullptr) return fail(ErrorCode::config_missing_key, place, fmt::format("expected the key \"{}\"", key));
  const Value* one = found;
  std::size_t count = 1;
  if (found->is_object() && key == "input_layers") {
    count = found->as_object().size();
    if (count == 1) one = &found->as_object()[0].second;
  } else if (found->is_array() && !found->as_array().empty() && !found->as_array()[0].is_string()) {
    count = found->as_array().size();
    one = &found->as_array()[0];
  }
  if (count != 1) return no_chain(here, fmt::format("expected one tensor, found {}", count));
  return giver_from(*one, here, models);
}

// The tensors among the arguments of an op.
Status add_tensors(const Value& value, const std::string& place, const Models& models, std::vector<Giver>& inputs) {
  if (value.is_array()) {
    for (std::size_t i = 0; i < value.as_array().size(); ++i) {
      REVIVE_RETURN_IF_ERROR(add_tensors(value.as_array()[i], fmt::format("{}/{}", place, i), models, inputs));
    }
    return {};
  }
  const Value* const class_name = value.find("class_name");
  if (class_name == nullptr || *class_name != Value("__keras_tensor__")) return {};
  REVIVE_ASSIGN_OR_RETURN(const auto config, required(value, "config", Value::Kind::object, place));
  const Value* const history = config->find("keras_history");
  if (history == nullptr) {
    return fail(ErrorCode::config_missing_key, place + "/config", "expected the key \"keras_history\"");
  }
  REVIVE_ASSIGN_OR_RETURN(auto name, giver_from(*history, place + "/config/keras_history", models));
  inputs.push_back({std::move(name), config});
  return {};
}

// An argument of a layer beside its tensor.
Status check_keyword(std::string_view key, const Value& value, const std::string& place) {
  if (value.is_null() || (key == "training" && value == Value(false))) return {};
  return fail(ErrorCode::config_unsupported, place,
              fmt::format("expected a call as in a stack, with null, found {}", value.brief()));
}

// Of a layer, everything but its one tensor and a mask has to be as in any call.
Status read_layer_call(Node& node, const Value& args, const Value& kwargs, const std::string& place,
                       const Models& models) {
  REVIVE_RETURN_IF_ERROR(add_tensors(args, place + "/args", models, node.inputs));
  if (node.inputs.size() != 1 || args.as_array().size() != 1) {
    return no_chain(node.place, fmt::format("{} is called on {} tensors", Value(node.name).brief(),
                                            std::max(node.inputs.size(), args.as_array().size())));
  }
  if (!args.as_array()[0].is_object()) {
    return no_chain(node.place, fmt::format("{} is called on a list of tensors", Value(node.name).brief()));
  }
  for (const auto& [key, value] : kwargs.as_object()) {
    const std::string here = fmt::format("{}/kwargs/{}", place, key);
    std::vector<Giver> tensors;
    REVIVE_RETURN_IF_ERROR(add_tensors(value, here, models, tensors));
    if (key == "mask" && tensors.size() == 1 && value.is_object()) {
      node.mask = std::move(tensors[0]);
    } else {
      REVIVE_RETURN_IF_ERROR(check_keyword(key, value, here));
    }
  }
  return {};
}

// Keras 2: [[[name, call, output, {keywords}]]], or one list less.
Status read_call_of_keras2(Node& node, const Value& call, const std::string& place, const Models& models) {
  if (!call.as_array().empty() && !call.as_array()[0].is_array()) {
    REVIVE_ASSIGN_OR_RETURN(auto name, giver_from(call, place, models));
    node.inputs.push_back({std::move(name)});
  } else {
    for (const Value& each : call.as_array()) {
      REVIVE_ASSIGN_OR_RETURN(auto name, giver_from(each, place, models));
      node.inputs.push_back({std::move(name)});
    }
  }
  if (node.inputs.size() != 1) {
    return no_chain(node.place,
                    fmt::format("{} is called on {} tensors", Value(node.name).brief(), node.inputs.size()));
  }
  const Value::Array& triple = call.as_array()[0].is_array() ? call.as_array()[0].as_array() : call.as_array();
  if (triple.size() < 4) return {};
  if (!triple[3].is_object()) {
    return fail(ErrorCode::config_type, place, fmt::format("expected keywords, found {}", triple[3].brief()));
  }
  for (const auto& [key, value] : triple[3].as_object()) {
    REVIVE_RETURN_IF_ERROR(check_keyword(key, value, fmt::format("{}/{}", place, key)));
  }
  return {};
}

class ChainReader {
 public:
  ChainReader(const Value::Object& config, const std::string& place) : config_(config), place_(place) {}

  Result<std::vector<ChainLayer>> run() {
    REVIVE_RETURN_IF_ERROR(read_nodes());
    REVIVE_ASSIGN_OR_RETURN(const auto first, only_tensor(config_, "input_layers", place_, models_));
    REVIVE_ASSIGN_OR_RETURN(auto giver, only_tensor(config_, "output_layers", place_, models_));
    std::vector<ChainLayer> chain;
    while (true) {
      REVIVE_ASSIGN_OR_RETURN(const auto index, find(giver, place_ + "/output_layers"));
      Node& node = nodes_[index];
      if (node.is_used) return fail(ErrorCode::graph_structure, node.place, "expected no layer before itself");
      if (node.kind == Node::Kind::op) {
        REVIVE_RETURN_IF_ERROR(add_ops(index, chain, giver));
        continue;
      }
      node.is_used = true;
      chain.push_back({node.object, {}, node.place, {}});
      order_.push_back(index);
      if (node.kind == Node::Kind::input) break;
      giver = node.inputs[0].name;
    }
    if (first != nodes_[order_.back()].name) {
      return fail(ErrorCode::graph_structure, place_ + "/input_layers",
                  fmt::format("expected the InputLayer in front, found {}", Value(first).brief()));
    }
    std::ranges::reverse(chain);
    std::ranges::reverse(order_);
    REVIVE_RETURN_IF_ERROR(add_masks(chain));
    REVIVE_RETURN_IF_ERROR(check_all_used());
    return chain;
  }

 private:
  // What `order_` says of ops that are one layer.
  static constexpr std::size_t kOpsTogether = static_cast<std::size_t>(-1);

  Status read_nodes() {
    REVIVE_ASSIGN_OR_RETURN(const auto layers,
                            of_kind(find_member(config_, "layers"), "layers", Value::Kind::array, place_));
    for (const Value& object : layers->as_array()) {
      const Value* const config = member_of(object, "config", Value::Kind::object);
      const Value* const name = member_of(object, "name", Value::Kind::string);
      if (config != nullptr && name != nullptr && member_of(*config, "layers", Value::Kind::array) != nullptr) {
        models_.insert(name->as_string());
      }
    }
    for (std::size_t i = 0; i < layers->as_array().size(); ++i) {
      REVIVE_RETURN_IF_ERROR(read_node(layers->as_array()[i], fmt::format("{}/layers/{}", place_, i)));
    }
    return {};
  }

  Status read_node(const Value& object, const std::string& place) {
    REVIVE_ASSIGN_OR_RETURN(const auto class_name, required(object, "class_name", Value::Kind::string, place));
    REVIVE_ASSIGN_OR_RETURN(const auto config, required(object, "config", Value::Kind::object, place));
    REVIVE_ASSIGN_OR_RETURN(const auto calls, required(object, "inbound_nodes", Value::Kind::array, place));
    const Value* const named = member_of(object, "name", Value::Kind::string);
    const Value* const own_name = member_of(*config, "name", Value::Kind::string);
    const Value* const module = member_of(object, "module", Value::Kind::string);
    if (named == nullptr && own_name == nullptr) {
      return fail(ErrorCode::config_missing_key, place, "expected the key \"name\"");
    }
    Node node{(named != nullptr ? named : own_name)->as_string(), Node::Kind::layer, &object, place};
    if (module != nullptr && module->as_string().starts_with(kOps)) node.kind = Node::Kind::op;
    if (class_name->as_string() == kInputLayer) node.kind = Node::Kind::input;
    const auto [at, is_new] = by_name_.emplace(node.name, nodes_.size());
    if (!is_new) {
      return fail(ErrorCode::config_duplicate_name, place,
                  fmt::format("the name {} is taken already", Value(node.name).brief()));
    }
    const std::size_t expected = node.kind == Node::Kind::input ? 0 : 1;
    if (calls->as_array().size() != expected) {
      return no_chain(place, fmt::format("{} is called {} times", Value(node.name).brief(), calls->as_array().size()));
    }
    if (expected == 1) REVIVE_RETURN_IF_ERROR(read_call(node, calls->as_array()[0], place + "/inbound_nodes/0"));
    nodes_.push_back(std::move(node));
    return {};
  }

  Status read_call(Node& node, const Value& call, const std::string& place) const {
    if (call.is_array()) return read_call_of_keras2(node, call, place, models_);
    REVIVE_ASSIGN_OR_RETURN(const auto args, required(call, "args", Value::Kind::array, place));
    REVIVE_ASSIGN_OR_RETURN(const auto kwargs, required(call, "kwargs", Value::Kind::object, place));
    if (node.kind == Node::Kind::layer) return read_layer_call(node, *args, *kwargs, place, models_);
    REVIVE_RETURN_IF_ERROR(add_tensors(*args, place + "/args", models_, node.inputs));
    for (const auto& [key, value] : kwargs->as_object()) {
      REVIVE_RETURN_IF_ERROR(add_tensors(value, fmt::format("{}/kwargs/{}", place, key), models_, node.inputs));
    }
    return {};
  }

  Result<std::size_t> find(std::string_view name, const std::string& place) const {
    const auto found = by_name_.find(std::string(name));
    if (found != by_name_.end()) return found->second;
    return fail(ErrorCode::graph_structure, place, fmt::format("nothing is named {}", Value(name).brief()));
  }

  // All ops that `last` needs, down to the one layer that they start from.
  struct OpRun {
    std::vector<std::size_t> ops;
    const Giver* source = nullptr;
  };

  Result<OpRun> gather(std::size_t last) {
    OpRun run;
    std::vector<std::size_t> waiting = {last};
    nodes_[last].is_used = true;
    while (!waiting.empty()) {
      const std::size_t at = waiting.back();
      waiting.pop_back();
      run.ops.push_back(at);
      for (const Giver& input : nodes_[at].inputs) {
        REVIVE_ASSIGN_OR_RETURN(const auto index, find(input.name, nodes_[at].place + "/inbound_nodes/0"));
        Node& node = nodes_[index];
        if (node.kind == Node::Kind::op) {
          if (!node.is_used) waiting.push_back(index);
          node.is_used = true;
        } else if (run.source != nullptr && run.source->name != input.name) {
          return no_chain(nodes_[at].place, fmt::format("{} joins what {} and {} give", Value(nodes_[at].name).brief(),
                                                        Value(run.source->name).brief(), Value(input.name).brief()));
        } else {
          run.source = &input;
        }
      }
    }
    std::ranges::sort(run.ops);
    if (run.source == nullptr) {
      return no_chain(nodes_[last].place, fmt::format("{} is called on no tensor", Value(nodes_[last].name).brief()));
    }
    return run;
  }

  Status add_ops(std::size_t last, std::vector<ChainLayer>& chain, std::string& giver) {
    REVIVE_ASSIGN_OR_RETURN(const auto run, gather(last));
    const Value* const tensor = run.source->tensor;
    for (const std::string_view key : {"shape", "dtype"}) {
      if (tensor != nullptr && tensor->find(key) != nullptr) continue;
      return fail(ErrorCode::config_missing_key, nodes_[last].place + "/inbound_nodes/0",
                  fmt::format("expected the {} of what {} gives", key, Value(run.source->name).brief()));
    }
    Value::Array layers = {functional_input(run.source->name, *tensor->find("shape"), *tensor->find("dtype"))};
    for (const std::size_t op : run.ops) layers.push_back(*nodes_[op].object);
    Value::Object config = {{"name", Value(nodes_[last].name)},
                            {"layers", Value(std::move(layers))},
                            {"input_layers", keras_history(run.source->name)},
                            {"output_layers", keras_history(nodes_[last].name)}};
    Value::Object functional = {{"class_name", "Functional"}, {"config", Value(std::move(config))}};
    chain.push_back({nullptr, Value(std::move(functional)), nodes_[last].place, {}});
    order_.push_back(kOpsTogether);
    giver = run.source->name;
    return {};
  }

  // A mask is not_equal(x, padding), or whether that holds for any feature, of what some layer is called on.
  Status add_masks(std::vector<ChainLayer>& chain) {
    for (std::size_t i = 0; i < order_.size(); ++i) {
      if (order_[i] == kOpsTogether || !nodes_[order_[i]].mask) continue;
      const std::string place = nodes_[order_[i]].place + "/inbound_nodes/0/kwargs/mask";
      REVIVE_ASSIGN_OR_RETURN(auto index, find(nodes_[order_[i]].mask->name, place));
      const auto step = [&](std::string_view class_name) -> const Node* {
        Node& node = nodes_[index];
        const Value* const found = member_of(*node.object, "class_name", Value::Kind::string);
        if (node.kind != Node::Kind::op || found == nullptr || found->as_string() != class_name) return nullptr;
        return &node;
      };
      if (const Node* const any = step("Any"); any != nullptr && any->inputs.size() == 1 && over_features(*any)) {
        nodes_[index].is_used = true;
        REVIVE_ASSIGN_OR_RETURN(index, find(any->inputs[0].name, place));
      }
      const Node* const compared = step("NotEqual");
      const Value* const padding = compared != nullptr ? second_argument(*compared) : nullptr;
      if (padding == nullptr || compared->inputs.size() != 1) {
        return no_chain(place, "expected the mask that a layer before makes, found another tensor");
      }
      nodes_[index].is_used = true;
      const auto made_by = std::ranges::find_if(order_, [&](std::size_t at) {
        return at != kOpsTogether && !nodes_[at].inputs.empty() &&
               nodes_[at].inputs[0].name == compared->inputs[0].name;
      });
      if (made_by >= order_.begin() + static_cast<std::ptrdiff_t>(i)) {
        return no_chain(place, "expected the mask that a layer before makes, found one of another tensor");
      }
      chain[i].mask = ChainLayer::Mask{static_cast<std::size_t>(made_by - order_.begin()), *padding, place};
    }
    return {};
  }

  static bool over_features(const Node& any) {
    const Value& config = *any.object->find("config");
    const Value* const axis = config.find("axis");
    const Value* const keepdims = config.find("keepdims");
    return axis != nullptr && *axis == Value(-1) && (keepdims == nullptr || *keepdims == Value(false));
  }

  static const Value* second_argument(const Node& node) {
    const Value* const args = node.object->find("inbound_nodes")->as_array()[0].find("args");
    return args != nullptr && args->as_array().size() == 2 ? &args->as_array()[1] : nullptr;
  }

  Status check_all_used() const {
    for (const Node& node : nodes_) {
      if (node.is_used) continue;
      if (node.inputs.empty()) {
        return no_chain(node.place, fmt::format("{} gives nothing to the output", Value(node.name).brief()));
      }
      return no_chain(node.place, fmt::format("{} is another use of what {} gives", Value(node.name).brief(),
                                              Value(node.inputs[0].name).brief()));
    }
    return {};
  }

  const Value::Object& config_;
  const std::string& place_;
  Models models_;
  std::vector<Node> nodes_;
  std::unordered_map<std::string, std::size_t> by_name_;
  // The chain, from its end while it is read.
  std::vector<std::size_t> order_;
};

}  // namespace

Result<std::vector<ChainLayer>> read_chain(const Value::Object& config, const std::string& place) {
  return ChainReader(config, place).run();
}

bool is_made_of_ops(const Value& functional) {
  const Value* const config = functional.find("config");
  const Value* const layers = config != nullptr ? member_of(*config, "layers", Value::Kind::array) : nullptr;
  return layers != nullptr && std::ranges::all_of(layers->as_array(), [](const Value& object) {
           const Value* const class_name = member_of(object, "class_name", Value::Kind::string);
           const Value* const module = member_of(object, "module", Value::Kind::string);
           return (class_name != nullptr && class_name->as_string() == kInputLayer) ||
                  (module != nullptr && module->as_string().starts_with(kOps));
         });
}

Status ChainMasks::pass(const ChainLayer& described, std::span<const Layer> made) {
  if (described.mask) {
    const ChainLayer::Mask& mask = *described.mask;
    const bool is_it = masked_ && maker_ == mask.maker && padding_ == mask.padding;
    if (!is_it) return no_chain(mask.place, "expected the mask that comes with the input, found another");
  }
  for (const Layer& layer : made) {
    if (layer.gives_mask(false)) {
      maker_ = next_;
      const Field* const value = layer.layer_class().field("mask_value");
      padding_ = value != nullptr ? write_field(layer.ref(*value)) : Value(0);
    }
    masked_ = layer.gives_mask(masked_);
  }
  ++next_;
  return {};
}

}  // namespace revive
