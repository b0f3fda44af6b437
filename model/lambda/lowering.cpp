#include "revive/model/lambda/lowering.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "revive/model/lambda/builtins.h"
#include "revive/model/lambda/function_table.h"
#include "revive/model/lambda/lowering_frame.h"
#include "revive/model/lambda/names.h"
#include "revive/model/lambda/python_semantics.h"

namespace revive {
namespace {

using Kind = TreeNode::Kind;

// Elements that all steps together may touch, for each constant element that may be kept.
constexpr std::uint64_t kStepsPerConstant = 64;

std::unexpected<Error> type_error(std::string message) {
  return fail(ErrorCode::expression_type, "", std::move(message));
}

std::string place_of(const TreeNode& node) {
  return fmt::format("lambda: column {}", node.position + 1);
}

}  // namespace

namespace {

// Whether a function that reads one of the names is the value, or in it.
bool holds_function_of(const PartialValue& value, const std::vector<std::string>& names) {
  const auto holds = [&](const PartialValue& each) { return holds_function_of(each, names); };
  if (const auto* const sequence = value.get<Sequence>()) return std::ranges::any_of(*sequence, holds);
  if (const auto* const mapping = value.get<Mapping>()) {
    return std::ranges::any_of(*mapping->entries, holds, &Mapping::Entry::value);
  }
  const FunctionName* const function = value.get<FunctionName>();
  return function != nullptr && function->local != nullptr &&
         function_reads(*function->local->tree, function->local->index, names);
}

}  // namespace

bool shares_nodes(const Tree& tree) {
  std::vector<bool> seen(tree.nodes.size(), false);
  for (const TreeNode& node : tree.nodes) {
    for (const TreeIndex child : node.children) {
      if (child == kNoTree) continue;
      if (seen[child]) return true;
      seen[child] = true;
    }
  }
  return false;
}

Lowering::Lowering(const LoweringOptions& options, Backend backend)
    : limits_(options.limits), backend_(backend), of_any_backend_(options.of_any_backend), input_(options.input) {
  if (input_) types_.push_back(*input_);
}

Result<PartialValue> Lowering::value(const Tree& tree, Scope captures) {
  captures_ = std::move(captures);
  for (const auto& [name, captured] : captures_) note_numbers(captured);
  // Not owned: no value outlives this call.
  const std::shared_ptr<const Tree> borrowed(std::shared_ptr<const Tree>(), &tree);
  Frame frame{.tree = borrowed, .scope = {}, .kind = FrameKind::own, .memo = {}};
  if (shares_nodes(tree)) frame.memo.resize(tree.nodes.size());
  for (const Tree::Parameter& parameter : tree.parameters) {
    if (parameter.name.starts_with('*')) {
      REVIVE_ASSIGN_OR_RETURN(auto rest, make_sequence({}, SequenceKind::tuple));
      frame.scope.emplace(bound_name(parameter.name), std::move(rest));
      continue;
    }
    if (parameter.fallback == kNoTree || captures_.contains(parameter.name)) continue;
    REVIVE_ASSIGN_OR_RETURN(auto value, lower(frame, parameter.fallback));
    frame.scope.emplace(parameter.name, std::move(value));
  }
  frame.scope.insert_or_assign(tree.parameters.front().name, PartialValue(NodeRef{0}));
  return lower(frame, tree.body);
}

Result<Graph> Lowering::run(const Tree& tree, Scope captures) {
  REVIVE_ASSIGN_OR_RETURN(const auto result, value(tree, std::move(captures)));
  const NodeRef* const output = result.get<NodeRef>();
  if (output == nullptr) {
    return fail(
        ErrorCode::expression_type, "lambda",
        result.depends_on_x()
            ? fmt::format("the result has to be one tensor, found {}; pick one of its items", result.kind_name())
            : "the result does not depend on the input tensor; a model that ignores its input is not worth a layer");
  }
  auto graph = Graph::make(std::move(nodes_), *output, limits_);
  if (!graph) return std::unexpected(graph.error().within("lambda: "));
  if (input_) {
    if (const auto types = graph->infer(*input_, limits_); !types) {
      return std::unexpected(types.error().within("lambda: "));
    }
  }
  return graph;
}

Status Lowering::take_steps(std::uint64_t steps) {
  const std::uint64_t most = kStepsPerConstant * limits_.constant_elements;
  if (steps > most || steps_ > most - steps) {
    return fail(ErrorCode::limit_exceeded, "", fmt::format("the lambda takes more than {} steps to compute", most));
  }
  steps_ += steps;
  return {};
}

// Chains to the left are walked in a loop: their length is bounded by the text alone.
Result<PartialValue> Lowering::lower(Frame& frame, TreeIndex index) {
  const auto remembered = [&](TreeIndex at) { return !frame.memo.empty() && frame.memo[at].has_value(); };
  std::vector<TreeIndex> spine = {index};
  while (!remembered(spine.back()) && !is_whole(frame, spine.back())) {
    spine.push_back(frame.tree->spine_child(spine.back()));
  }
  Result<PartialValue> result;
  for (bool first = true; !spine.empty(); spine.pop_back(), first = false) {
    const TreeNode& node = frame.tree->nodes[spine.back()];
    if (first && remembered(spine.back())) {
      result = *frame.memo[spine.back()];
      continue;
    }
    const Status affordable = take_steps(1);
    if (!affordable) {
      result = std::unexpected(affordable.error());
    } else {
      result = first ? whole(frame, spine.back()) : applied(frame, node, *std::move(result));
    }
    if (!result) {
      if (frame.kind == FrameKind::own && result.error().place.empty()) result.error().place = place_of(node);
      return result;
    }
    if (!frame.memo.empty()) frame.memo[spine.back()] = *result;
  }
  return result;
}

// Whether the node is lowered without lowering a spine child first: it has none, or it is the path of a function.
bool Lowering::is_whole(const Frame& frame, TreeIndex index) const {
  if (frame.tree->spine_child(index) == kNoTree) return true;
  if (frame.tree->nodes[index].kind != Kind::attribute) return false;
  return !path_of(frame, index).empty() || find_name(frame, dotted_name(*frame.tree, index)) != nullptr;
}

Result<PartialValue> Lowering::whole(Frame& frame, TreeIndex index) {
  const TreeNode& node = frame.tree->nodes[index];
  switch (node.kind) {
    case Kind::literal: return PartialValue(node.value);
    case Kind::ellipsis: return PartialValue(Ellipsis{});
    case Kind::name:
    case Kind::attribute: {
      if (const PartialValue* const found = find_name(frame, dotted_name(*frame.tree, index))) return *found;
      return path(path_of(frame, index), frame.kind == FrameKind::language);
    }
    case Kind::slice: return slice(frame, node);
    case Kind::conditional: {
      const auto condition = lower(frame, node.children[0]);
      if (!condition) return condition;
      REVIVE_ASSIGN_OR_RETURN(const auto truth, static_truth(*condition));
      return lower(frame, node.children[truth ? 1 : 2]);
    }
    case Kind::tuple:
    case Kind::list: return sequence(frame, node);
    case Kind::dict: return dict(frame, node);
    case Kind::function: return function(frame, index);
    default: return loop(frame, node);
  }
}

Result<PartialValue> Lowering::applied(Frame& frame, const TreeNode& node, PartialValue first) {
  switch (node.kind) {
    case Kind::unary: return unary(node.text, first);
    case Kind::logical: {
      REVIVE_ASSIGN_OR_RETURN(const auto truth, static_truth(first));
      return truth == (node.text == "or") ? Result<PartialValue>(std::move(first)) : lower(frame, node.children[1]);
    }
    case Kind::binary: {
      const auto second = lower(frame, node.children[1]);
      return second ? infix(node.text, first, *second) : second;
    }
    case Kind::comparison: return comparison(frame, node, std::move(first));
    case Kind::subscript: {
      std::vector<PartialValue> key;
      for (std::size_t i = 1; i < node.children.size(); ++i) {
        auto item = lower(frame, node.children[i]);
        if (!item) return item;
        key.push_back(*std::move(item));
      }
      return subscript(first, std::move(key));
    }
    case Kind::call: {
      REVIVE_ASSIGN_OR_RETURN(auto given, arguments(frame, node));
      return call_value(first, std::move(given), frame.kind == FrameKind::language);
    }
    default: return attribute(node.text, first);
  }
}

Result<PartialValue> Lowering::sequence(Frame& frame, const TreeNode& node) {
  std::vector<PartialValue> items;
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    auto item = lower(frame, node.children[i]);
    if (!item) return item;
    if (node.names.empty() || node.names[i].empty()) {
      items.push_back(*std::move(item));
      continue;
    }
    REVIVE_ASSIGN_OR_RETURN(const auto unpacked, items_of(*item));
    items.insert(items.end(), unpacked.begin(), unpacked.end());
  }
  return make_sequence(std::move(items), node.kind == Kind::list ? SequenceKind::list : SequenceKind::tuple);
}

Result<PartialValue> Lowering::dict(Frame& frame, const TreeNode& node) {
  std::vector<Mapping::Entry> entries;
  // A later value of a key stands where the first one did.
  const auto put = [&](PartialValue key, PartialValue value) -> Status {
    REVIVE_RETURN_IF_ERROR(take_steps(entries.size() + 1));
    for (Mapping::Entry& entry : entries) {
      REVIVE_ASSIGN_OR_RETURN(const auto same, is_found(entry.key, key));
      if (!same) continue;
      entry.value = std::move(value);
      return {};
    }
    entries.push_back({std::move(key), std::move(value)});
    return {};
  };
  for (std::size_t i = 0; i < node.children.size(); i += 2) {
    auto value = lower(frame, node.children[i + 1]);
    if (!value) return value;
    if (!node.names.empty() && !node.names[i / 2].empty()) {
      const auto* const unpacked = value->get<Mapping>();
      if (unpacked == nullptr) return type_error(fmt::format("** expects a dict, found {}", value->kind_name()));
      for (const Mapping::Entry& entry : *unpacked->entries) REVIVE_RETURN_IF_ERROR(put(entry.key, entry.value));
      continue;
    }
    auto key = lower(frame, node.children[i]);
    if (!key) return key;
    if (!key->get<Value>()) return type_error(fmt::format("a key of a dict is static, found {}", key->kind_name()));
    REVIVE_RETURN_IF_ERROR(put(*std::move(key), *std::move(value)));
  }
  return make_mapping(std::move(entries));
}

Result<PartialValue> Lowering::function(Frame& frame, TreeIndex index) {
  const TreeNode& node = frame.tree->nodes[index];
  auto made = std::make_shared<LocalFunction>(
      LocalFunction{.tree = frame.tree, .index = index, .scope = frame.scope, .defaults = {}, .kind = frame.kind});
  for (std::size_t i = 1; i < node.children.size(); ++i) {
    made->defaults.emplace_back();
    if (node.children[i] == kNoTree) continue;
    REVIVE_ASSIGN_OR_RETURN(made->defaults.back(), lower(frame, node.children[i]));
  }
  return PartialValue(FunctionName{"a lambda", nullptr, std::move(made)});
}

Result<std::vector<PartialValue>> Lowering::items_of(const PartialValue& value) {
  REVIVE_RETURN_IF_ERROR(take_steps(value.expanded()));
  std::vector<PartialValue> items;
  if (const auto* const sequence = value.get<Sequence>()) {
    REVIVE_RETURN_IF_ERROR(walk(*sequence));
    return *sequence->items;
  }
  if (const Value* const text = value.get<Value>(); text != nullptr && text->is_string()) {
    REVIVE_RETURN_IF_ERROR(take_steps(text->as_string().size()));
    for (const std::string_view character : characters_of(text->as_string())) items.emplace_back(Value(character));
    return items;
  }
  if (const auto* const mapping = value.get<Mapping>()) {
    for (const Mapping::Entry& entry : *mapping->entries) items.push_back(entry.key);
    return items;
  }
  const Tensor* const array = value.get<Tensor>();
  if (array == nullptr || array->rank() == 0) {
    return type_error(value.is_tensor() ? "a loop over a tensor walks through the samples of a batch"
                                        : fmt::format("{} has no items to walk through", value.kind_name()));
  }
  for (std::int64_t i = 0; i < array->dim(0); ++i) {
    REVIVE_ASSIGN_OR_RETURN(auto item, subscript(value, {PartialValue(Value(i))}));
    items.push_back(std::move(item));
  }
  return items;
}

Result<PartialValue> Lowering::loop(Frame& frame, const TreeNode& node) {
  const std::size_t carried = node.names.size() - 1;
  auto iterable = lower(frame, node.children[0]);
  if (!iterable) return iterable;
  REVIVE_ASSIGN_OR_RETURN(const auto items, items_of(*iterable));
  std::vector<PartialValue> values;
  for (std::size_t i = 0; i < carried; ++i) {
    auto initial = lower(frame, node.children[1 + i]);
    if (!initial) return initial;
    values.push_back(*std::move(initial));
  }
  const std::vector<std::string> targets = split_targets(node.names[0]);
  for (const PartialValue& item : items) {
    REVIVE_RETURN_IF_ERROR(take_steps(1 + frame.scope.size()));
    // Nothing that was computed of the last item holds for this one.
    Frame inner{.tree = frame.tree, .scope = frame.scope, .kind = frame.kind, .memo = {}};
    inner.memo.resize(frame.memo.size());
    for (std::size_t i = 0; i < carried; ++i) inner.scope.insert_or_assign(node.names[1 + i], values[i]);
    if (targets.size() == 1) {
      inner.scope.insert_or_assign(targets[0], item);
    } else {
      REVIVE_ASSIGN_OR_RETURN(const auto parts, items_of(item));
      if (parts.size() != targets.size()) {
        return type_error(fmt::format("{} values are unpacked into {} names", parts.size(), targets.size()));
      }
      for (std::size_t i = 0; i < parts.size(); ++i) inner.scope.insert_or_assign(targets[i], parts[i]);
    }
    for (std::size_t i = 0; i < carried; ++i) {
      auto next = lower(inner, node.children[1 + carried + i]);
      if (!next) return next;
      values[i] = *std::move(next);
    }
  }
  for (const PartialValue& value : values) {
    REVIVE_RETURN_IF_ERROR(take_steps(value.expanded()));
    if (!holds_function_of(value, targets)) continue;
    return type_error(
        "a function that is made in a loop reads the last item when it is called, not its own; give it "
        "the item as a default");
  }
  return make_sequence(std::move(values), SequenceKind::tuple);
}

Result<PartialValue> Lowering::slice(Frame& frame, const TreeNode& node) {
  std::vector<PartialValue> bounds;
  for (const TreeIndex child : node.children) {
    auto bound = child == kNoTree ? Result<PartialValue>(Value()) : lower(frame, child);
    if (!bound) return bound;
    bounds.push_back(*std::move(bound));
  }
  return static_slice(bounds);
}

Result<PartialValue> Lowering::comparison(Frame& frame, const TreeNode& node, PartialValue left) {
  for (std::size_t i = 0; i < node.names.size(); ++i) {
    auto right = lower(frame, node.children[i + 1]);
    if (!right) return right;
    const std::string& symbol = node.names[i];
    const bool asks_identity = symbol.starts_with("is") || symbol.ends_with("in");
    if (!asks_identity && (left.is_array_like() || right->is_array_like())) {
      if (node.names.size() > 1) return type_error("a chained comparison needs the truth value of a tensor; use &");
      return infix(symbol, left, *right);
    }
    if (const Status affordable = take_steps(left.expanded() + right->expanded()); !affordable) {
      return std::unexpected(affordable.error());
    }
    REVIVE_ASSIGN_OR_RETURN(const auto holds, static_compare(symbol, left, *right));
    if (!holds) return PartialValue(Value(false));
    left = *std::move(right);
  }
  return PartialValue(Value(true));
}

// Attributes of a kind of value are functions of the language that take the value: "Tensor.shape" for both tensors and
// arrays. Those in kProperties are read, the others are called.
Result<PartialValue> Lowering::attribute(std::string_view name, const PartialValue& base) {
  constexpr std::array<std::string_view, 5> kProperties = {"shape", "ndim", "dtype", "T", "size"};
  // Of a shape, and of what top_k() gives.
  constexpr std::array<std::string_view, 4> kOfSequences = {"rank", "ndims", "values", "indices"};
  const Value* const scalar = base.get<Value>();
  const FunctionName* const function_name = base.get<FunctionName>();
  const std::string_view kind = base.is_array_like()                                         ? "Tensor."
                                : function_name != nullptr && function_name->text == kPlaces ? "At."
                                : base.get<Sequence>() != nullptr                            ? "Sequence."
                                : base.get<Mapping>() != nullptr                             ? "Mapping."
                                : scalar != nullptr && scalar->is_string()                   ? "String."
                                                                                             : "None.";
  const std::string path = fmt::format("{}{}", kind, name);
  if (!find_function(path) && find_builtin("_" + path, true) == nullptr) {
    return type_error(
        fmt::format("the attribute `.{}` of {} is not part of the expression language", name, base.kind_name()));
  }
  const std::string function = find_function(path) ? path : "_" + path;
  const bool property = kind == "Sequence." ? std::ranges::find(kOfSequences, name) != kOfSequences.end()
                                            : std::ranges::find(kProperties, name) != kProperties.end();
  if (property) return call(function, {{base}, {}}, true);
  if (kind == "At.") return PartialValue(FunctionName{function, function_name->self});
  return PartialValue(FunctionName{function, std::make_shared<const PartialValue>(base)});
}

Result<PartialValue> Lowering::op(std::string_view function, std::vector<Argument> arguments,
                                  std::vector<Value> settings) {
  return op(*find_op_function(function), std::move(arguments), std::move(settings));
}

Result<PartialValue> Lowering::op(const OpClass& op, std::vector<Argument> arguments, std::vector<Value> settings) {
  Node made{&op, std::move(arguments), std::move(settings)};
  if (op.normalize != nullptr) op.normalize(made);
  if (const Status status = op.check(made); !status) return std::unexpected(status.error());
  const auto reads_tensor = [](const Argument& argument) {
    const auto* const list = argument.get<Argument::List>();
    return argument.get<NodeRef>() != nullptr ||
           (list != nullptr && std::ranges::any_of(*list, [](const Argument& item) { return item.get<NodeRef>(); }));
  };
  if (std::ranges::none_of(made.arguments, reads_tensor)) return folded(made);
  REVIVE_RETURN_IF_ERROR(check_divisor(made));
  REVIVE_RETURN_IF_ERROR(check_joined(made));
  if (nodes_.size() >= limits_.graph_nodes) {
    return fail(ErrorCode::limit_exceeded, "", fmt::format("expected at most {} ops", limits_.graph_nodes));
  }
  if (input_) {
    REVIVE_ASSIGN_OR_RETURN(auto type, op.infer(made, types_));
    types_.push_back(std::move(type));
  }
  nodes_.push_back(std::move(made));
  return PartialValue(NodeRef{nodes_.size()});
}

Result<PartialValue> Lowering::folded(const Node& constant) {
  REVIVE_ASSIGN_OR_RETURN(const auto type, constant.op->infer(constant, {}));
  const auto elements = element_count(type.shape.axes());
  const bool fits = elements && static_cast<std::uint64_t>(*elements) <= limits_.constant_elements &&
                    type.shape.rank() <= limits_.tensor_rank;
  if (!fits) {
    return fail(ErrorCode::limit_exceeded, "",
                fmt::format("expected at most {} constant elements, found a constant of shape {}",
                            limits_.constant_elements, to_string(type.shape)));
  }
  std::uint64_t steps = static_cast<std::uint64_t>(*elements);
  for (const Argument& argument : constant.arguments) {
    if (const Tensor* const array = argument.get<Tensor>()) steps += array->size();
  }
  if (constant.op->multiply_adds != nullptr)
    steps += static_cast<std::uint64_t>(constant.op->multiply_adds(constant, {}));
  if (const Status affordable = take_steps(steps); !affordable) return std::unexpected(affordable.error());
  return PartialValue(constant.op->evaluate(constant, type, {}));
}

Result<TensorType> Lowering::type_of(const PartialValue& value) {
  if (const NodeRef* const ref = value.get<NodeRef>()) {
    if (!input_) {
      return type_error("this needs the shape of the input; make the lambda with the input's type");
    }
    looked_at_input_ = true;
    return types_[ref->index];
  }
  REVIVE_ASSIGN_OR_RETURN(auto argument, operand_from(value));
  if (!ops::is_operand(argument)) return type_error(fmt::format("{} has no shape", value.kind_name()));
  const ops::OperandType type = ops::operand_type(argument, {});
  return TensorType{type.dtype, type.shape};
}

}  // namespace revive
