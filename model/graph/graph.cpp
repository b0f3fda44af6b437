#include "revive/model/graph/graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "revive/model/graph/node_order.h"
#include "revive/model/graph/op.h"
#include "revive/model/kernels/shared.h"
#include "revive/model/tensor/broadcast.h"

namespace revive {
namespace {

constexpr std::size_t kNowhere = std::numeric_limits<std::size_t>::max();
// Real keys and operand lists nest once; the bound only keeps recursion over arguments finite.
constexpr std::size_t kMaxListDepth = 16;

// Calls visit(NodeRef&) for every reference below the argument, left to right.
template <typename Arg, typename Visit>
void for_each_reference(Arg& argument, Visit visit) {
  if (auto* const ref = argument.template get<NodeRef>()) visit(*ref);
  if (auto* const list = argument.template get<Argument::List>()) {
    for (auto& item : *list) for_each_reference(item, visit);
  }
}

// The depth of lists below the argument, counted no further than the bound.
std::size_t list_depth(const Argument& argument, std::size_t bound = kMaxListDepth + 1) {
  const auto* const list = argument.get<Argument::List>();
  if (list == nullptr || bound == 0) return 0;
  std::size_t depth = 0;
  for (const Argument& item : *list) depth = std::max(depth, list_depth(item, bound - 1));
  return depth + 1;
}

std::uint64_t constant_elements(const Argument& argument) {
  if (const Tensor* const array = argument.get<Tensor>()) return array->size();
  std::uint64_t count = 1;
  if (const auto* const list = argument.get<Argument::List>()) {
    for (const Argument& item : *list) count += constant_elements(item);
  }
  return count;
}

template <typename T>
void canonicalize_elements(Tensor& array) {
  // A float of 16 bits is looked at as a float.
  using Wide = std::conditional_t<std::is_floating_point_v<T>, T, float>;
  const auto is_nan = [](T element) { return std::isnan(static_cast<Wide>(element)); };
  if (std::ranges::none_of(std::as_const(array).data<T>(), is_nan)) return;
  const auto canonical = static_cast<T>(std::numeric_limits<Wide>::quiet_NaN());
  for (T& element : array.data<T>()) {
    if (is_nan(element)) element = canonical;
  }
}

std::string place_of(std::size_t index, const OpClass* op) {
  return op == nullptr ? fmt::format("node {}", index) : fmt::format("node {} ({})", index, op->class_name);
}

// The rules that one node keeps whatever stands around it, once its call has its one spelling.
Status check_node(Node& node) {
  if (node.op == nullptr) return fail(ErrorCode::graph_unknown_op, "", "the node has no op");
  const OpClass& op = *node.op;
  if (node.arguments.size() != op.parameters.size()) {
    return fail(ErrorCode::graph_argument, "",
                fmt::format("expected {} arguments, found {}", op.parameters.size(), node.arguments.size()));
  }
  if (node.settings.size() != op.settings.size()) {
    return fail(ErrorCode::graph_argument, "",
                fmt::format("expected {} settings, found {}", op.settings.size(), node.settings.size()));
  }
  if (op.normalize != nullptr) op.normalize(node);
  bool reads_tensor = false;
  for (const Argument& argument : node.arguments) {
    if (list_depth(argument) > kMaxListDepth) {
      return fail(ErrorCode::limit_exceeded, "", fmt::format("lists nest deeper than {}", kMaxListDepth));
    }
    if (const Tensor* const array = argument.get<Tensor>(); array != nullptr && !ops::computes(array->dtype())) {
      return fail(ErrorCode::graph_argument, "",
                  fmt::format("a constant has to be of {}, found {}", ops::kComputed, name_of(array->dtype())));
    }
    for_each_reference(argument, [&](const NodeRef&) { reads_tensor = true; });
  }
  if (!reads_tensor) return fail(ErrorCode::graph_structure, "", "the result does not depend on x");
  return op.check(node);
}

}  // namespace

bool Slice::full() const {
  return start.value_or(0) == 0 && !stop && step.value_or(1) == 1;
}

std::string_view Argument::kind_name() const {
  if (get<NodeRef>() != nullptr) return "a tensor";
  if (get<Slice>() != nullptr) return "a slice";
  if (get<Ellipsis>() != nullptr) return "...";
  if (get<Tensor>() != nullptr) return "an array";
  if (get<List>() != nullptr) return "a list";
  const Value& value = *get<Value>();
  return value.is_null() ? "None" : value.kind_name();
}

bool operator==(const Argument& a, const Argument& b) {
  if (a.data_.index() != b.data_.index()) return false;
  if (const Tensor* const array = a.get<Tensor>()) return same_bits(*array, *b.get<Tensor>());
  if (const auto* const list = a.get<Argument::List>()) return *list == *b.get<Argument::List>();
  if (const auto* const value = a.get<Value>()) return *value == *b.get<Value>();
  if (const auto* const ref = a.get<NodeRef>()) return *ref == *b.get<NodeRef>();
  if (const auto* const slice = a.get<Slice>()) return *slice == *b.get<Slice>();
  return true;
}

void canonicalize_nan(Value& value) {
  if (value.is_real() && std::isnan(value.as_real())) value = Value(std::numeric_limits<double>::quiet_NaN());
  if (value.is_array()) {
    for (Value& item : value.as_array()) canonicalize_nan(item);
  }
}

void canonicalize_nan(Argument& argument) {
  if (Value* const value = argument.get<Value>()) {
    canonicalize_nan(*value);
  } else if (Tensor* const array = argument.get<Tensor>()) {
    if (!is_float(array->dtype())) return;
    with_dtype(array->dtype(), [&]<typename T>(T) {
      if constexpr (!std::is_integral_v<T>) canonicalize_elements<T>(*array);
    });
  } else if (auto* const list = argument.get<Argument::List>()) {
    for (Argument& item : *list) canonicalize_nan(item);
  }
}

namespace {

// Nodes that pass the checks of their ops, refer to nodes that are there and have canonical NaNs.
Status canonicalize(std::vector<Node>& nodes, const Limits& limits) {
  if (nodes.size() > limits.graph_nodes) {
    return fail(ErrorCode::limit_exceeded, "",
                fmt::format("expected at most {} ops, found {}", limits.graph_nodes, nodes.size()));
  }
  std::uint64_t constants = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (const Status status = check_node(nodes[i]); !status) {
      return std::unexpected(status.error().within(place_of(i + 1, nodes[i].op)));
    }
    for (Value& setting : nodes[i].settings) canonicalize_nan(setting);
    bool dangling = false;
    for (Argument& argument : nodes[i].arguments) {
      constants += constant_elements(argument);
      canonicalize_nan(argument);
      for_each_reference(argument, [&](const NodeRef& ref) { dangling |= ref.index > nodes.size(); });
    }
    if (dangling) {
      return fail(ErrorCode::graph_structure, place_of(i + 1, nodes[i].op),
                  "an argument refers to a node that is not there");
    }
  }
  if (constants > limits.constant_elements) {
    return fail(ErrorCode::limit_exceeded, "",
                fmt::format("expected at most {} constant elements, found {}", limits.constant_elements, constants));
  }
  return {};
}

// The nodes that the output needs, each behind those it depends on; numbered from 1, as references are. Depth first,
// with a stack of our own because a chain may be as long as graph_nodes.
Result<std::vector<std::size_t>> dependency_order(const std::vector<Node>& nodes, NodeRef output) {
  enum class Visit : std::uint8_t { unseen, open, done };
  struct Frame {
    std::size_t node;
    std::vector<std::size_t> inputs;
    std::size_t next = 0;
  };
  std::vector<Visit> visits(nodes.size() + 1, Visit::unseen);
  visits[0] = Visit::done;
  std::vector<std::size_t> order;
  std::vector<Frame> stack;
  const auto open = [&](std::size_t index) {
    visits[index] = Visit::open;
    Frame frame{index, {}};
    for (const Argument& argument : nodes[index - 1].arguments) {
      for_each_reference(argument, [&](const NodeRef& ref) { frame.inputs.push_back(ref.index); });
    }
    stack.push_back(std::move(frame));
  };
  if (output.index != 0) open(output.index);
  while (!stack.empty()) {
    Frame& frame = stack.back();
    if (frame.next < frame.inputs.size()) {
      const std::size_t input = frame.inputs[frame.next++];
      if (visits[input] == Visit::open) {
        return fail(ErrorCode::graph_structure, place_of(input, nodes[input - 1].op),
                    "the op depends on its own result");
      }
      if (visits[input] == Visit::unseen) open(input);
      continue;
    }
    order.push_back(frame.node);
    visits[frame.node] = Visit::done;
    stack.pop_back();
  }
  return order;
}

// The nodes in this order, equal ones once.
std::vector<Node> merged_in_order(std::vector<Node> nodes, const std::vector<std::size_t>& order) {
  std::vector<Node> merged;
  // Positions in `merged`, by what stands there. A tree and no hash table: an archive cannot make it slow.
  const auto before = [&](std::size_t a, std::size_t b) { return compare_nodes(merged[a], merged[b]) < 0; };
  std::set<std::size_t, decltype(before)> known(before);
  std::vector<std::size_t> new_index(nodes.size() + 1, 0);
  for (const std::size_t index : order) {
    Node node = std::move(nodes[index - 1]);
    for (Argument& argument : node.arguments) {
      for_each_reference(argument, [&](NodeRef& ref) { ref.index = new_index[ref.index]; });
    }
    merged.push_back(std::move(node));
    const auto [position, is_new] = known.insert(merged.size() - 1);
    if (!is_new) merged.pop_back();
    new_index[index] = *position + 1;
  }
  return merged;
}

// For the input and each node, the last node that reads it.
std::vector<std::size_t> last_uses(const std::vector<Node>& nodes) {
  std::vector<std::size_t> uses(nodes.size() + 1, kNowhere);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (const Argument& argument : nodes[i].arguments) {
      for_each_reference(argument, [&](const NodeRef& ref) { uses[ref.index] = i; });
    }
  }
  return uses;
}

}  // namespace

Result<Graph> Graph::make(std::vector<Node> nodes, NodeRef output, const Limits& limits) {
  REVIVE_RETURN_IF_ERROR(canonicalize(nodes, limits));
  if (output.index > nodes.size()) {
    return fail(ErrorCode::graph_structure, "", "the output refers to a node that is not there");
  }
  REVIVE_ASSIGN_OR_RETURN(const auto order, dependency_order(nodes, output));
  Graph graph;
  graph.nodes_ = merged_in_order(std::move(nodes), order);
  graph.last_use_ = last_uses(graph.nodes_);
  return graph;
}

std::vector<std::string> Graph::node_names() const {
  std::vector<std::string> names;
  std::map<std::string_view, std::size_t> seen;
  for (const Node& node : nodes_) {
    const std::size_t earlier = seen[node.op->function]++;
    names.emplace_back(node.op->function);
    if (earlier > 0) names.back() += '_' + std::to_string(earlier);
  }
  return names;
}

Result<TensorType> Graph::infer_node(std::size_t index, std::span<const TensorType> types, const Limits& limits) const {
  const Node& node = nodes_[index];
  auto type = node.op->infer(node, types);
  const auto failed = [&](const Error& error) { return std::unexpected(error.within(place_of(index + 1, node.op))); };
  if (!type) return failed(type.error());
  const std::size_t max_rank = std::min<std::size_t>(kMaxGraphRank, limits.tensor_rank);
  if (type->shape.rank() > max_rank) {
    return failed({ErrorCode::limit_exceeded, "",
                   fmt::format("expected at most {} axes, found {}", max_rank, to_string(type->shape))});
  }
  if (!type->shape.elements_per_sample()) {
    return failed(
        {ErrorCode::limit_exceeded, "",
         fmt::format("expected elements that 64 bits can count, found a result of shape {}", to_string(type->shape))});
  }
  return type;
}

Result<std::vector<TensorType>> Graph::infer(const TensorType& x, const Limits& limits) const {
  if (!ops::computes(x.dtype)) {
    return fail(ErrorCode::layer_input, "",
                fmt::format("expected an input of {}, found {}", ops::kComputed, name_of(x.dtype)));
  }
  if (x.shape.rank() == 0 || x.shape.rank() > std::min<std::size_t>(kMaxGraphRank, limits.tensor_rank)) {
    return fail(ErrorCode::layer_input, "",
                fmt::format("expected an input with a batch axis and at most {} axes, found {}", kMaxGraphRank,
                            to_string(x.shape)));
  }
  std::vector<TensorType> types;
  types.reserve(nodes_.size() + 1);
  types.push_back(x);
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    REVIVE_ASSIGN_OR_RETURN(auto type, infer_node(i, types, limits));
    types.push_back(std::move(type));
  }
  return types;
}

// What is not one operation an element calls a function of the math library for it: tanh, say.
constexpr std::int64_t kInexactSteps = 5;

Graph::Cost Graph::cost(std::span<const TensorType> types) const {
  const auto elements = [&](std::size_t value) { return types[value].shape.elements_per_sample().value_or(kHuge); };
  Cost cost{0, elements(0)};
  std::int64_t steps = 0;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    const bool counts_itself = node.op->multiply_adds != nullptr;
    if (counts_itself) {
      cost.multiply_adds = saturating_sum(cost.multiply_adds, node.op->multiply_adds(node, types));
    }
    std::int64_t walked = elements(i + 1);
    cost.activation_elements = std::max(cost.activation_elements, walked);
    for (const Argument& argument : node.arguments) {
      for_each_reference(argument, [&](const NodeRef& ref) { walked = std::max(walked, elements(ref.index)); });
    }
    const std::int64_t each = counts_itself || node.op->numerics.exact ? 1 : kInexactSteps;
    steps = saturating_sum(steps, saturating_product({walked, each}));
  }
  cost.multiply_adds = saturating_sum(cost.multiply_adds, saturating_product({steps, kScalarStep}));
  return cost;
}

Status Graph::check_cost(std::span<const TensorType> types, const Limits& limits) const {
  const Cost needed = cost(types);
  if (static_cast<std::uint64_t>(needed.activation_elements) > limits.activation_elements) {
    return fail(ErrorCode::limit_exceeded, "",
                fmt::format("a value of one sample has {} elements, more than {} (Limits::activation_elements)",
                            needed.activation_elements, limits.activation_elements));
  }
  if (static_cast<std::uint64_t>(needed.multiply_adds) > limits.multiply_adds) {
    return fail(ErrorCode::limit_exceeded, "",
                fmt::format("the ops take {} multiply-adds a sample, more than {} (Limits::multiply_adds)",
                            needed.multiply_adds, limits.multiply_adds));
  }
  return {};
}

Result<Tensor> Graph::evaluate(const Tensor& x, const Limits& limits) const {
  REVIVE_ASSIGN_OR_RETURN(const auto types, infer({x.dtype(), Shape(x.dims())}, limits));
  REVIVE_RETURN_IF_ERROR(check_cost(types, limits));
  if (nodes_.empty()) return x;
  std::vector<Tensor> values;
  values.reserve(nodes_.size() + 1);
  values.push_back(x);
  const Tensor released;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    // Ops hold 16-bit floats and short ints in wider ones; here they are rounded, or wrap, as Keras has it op by op.
    values.push_back(cast(node.op->evaluate(node, types[i + 1], values), types[i + 1].dtype));
    for (const Argument& argument : node.arguments) {
      for_each_reference(argument, [&](const NodeRef& ref) {
        if (last_use_[ref.index] == i) values[ref.index] = released;
      });
    }
  }
  return values.back();
}

}  // namespace revive
