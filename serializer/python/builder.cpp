#include "revive/serializer/python/builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "revive/model/base/utf8.h"
#include "revive/model/lambda/lexer.h"

namespace revive::python {
namespace {

using Kind = TreeNode::Kind;

// Of all constants with what they hold: a shared tuple counts wherever it is held.
constexpr std::size_t kMostConstantElements = 10'000;
// Nodes and children together; what people write stays below two hundred.
constexpr std::size_t kMostSize = 100'000;

bool same_node(const TreeNode& a, const TreeNode& b) {
  return a.kind == b.kind && a.children == b.children && a.text == b.text && a.names == b.names && a.value == b.value;
}

bool is_none(const TreeNode& node) {
  return node.kind == Kind::literal && node.value.is_null();
}

bool is_sequence(const TreeNode& node) {
  return node.kind == Kind::tuple || node.kind == Kind::list;
}

}  // namespace

Builder::Builder(const std::vector<Object>& objects, std::size_t instructions)
    : objects_(objects), latest_(instructions + 1, kNoTree) {
  // Few instructions make more than one node.
  nodes_.reserve(instructions);
  before_.reserve(instructions);
}

void Builder::wrong(ErrorCode code, std::string message) {
  if (!error_) error_ = Error{code, "", std::move(message)};
}

TreeIndex Builder::invalid(std::string message) {
  wrong(ErrorCode::bytecode_unsupported, std::move(message));
  return add({});
}

TreeIndex Builder::add(TreeNode node) {
  for (TreeIndex made = latest_[instruction_]; made != kNoTree; made = before_[made]) {
    if (same_node(nodes_[made], node)) return made;
  }
  size_ += 1 + node.children.size();
  if (size_ > kMostSize) wrong(ErrorCode::limit_exceeded, "the function computes more than a lambda may");
  const auto index = static_cast<TreeIndex>(nodes_.size());
  nodes_.push_back(std::move(node));
  before_.push_back(latest_[instruction_]);
  latest_[instruction_] = index;
  return index;
}

TreeIndex Builder::literal(Value value) {
  if (value.is_int() && value.as_int() < 0) {
    if (value.as_int() == INT64_MIN) return invalid("an int that has no spelling of 64 bits, -9223372036854775808");
    return unary("-", literal(Value(-value.as_int())));
  }
  if (value.is_real()) {
    if (!std::isfinite(value.as_real())) return invalid("a constant that is infinite or not a number");
    if (std::signbit(value.as_real())) return unary("-", literal(Value(-value.as_real())));
  }
  return add({Kind::literal, 0, {}, std::move(value), {}, {}});
}

TreeIndex Builder::constant(ObjectIndex object) {
  return constant(object, kMostNesting);
}

// References can nest deeper than the bytes do.
TreeIndex Builder::constant(ObjectIndex object, std::size_t depth) {
  if (++constant_elements_ > kMostConstantElements || depth == 0) {
    wrong(ErrorCode::limit_exceeded,
          fmt::format("expected constants of at most {} elements nested {} deep", kMostConstantElements, kMostNesting));
  }
  if (error_) return add({});
  const Object& value = objects_[object];
  switch (value.kind) {
    case Object::Kind::none: return literal(Value());
    case Object::Kind::boolean: return literal(Value(value.integer != 0));
    case Object::Kind::integer: return literal(Value(value.integer));
    case Object::Kind::real: return literal(Value(value.reals[0]));
    case Object::Kind::ellipsis: return add({Kind::ellipsis, 0, {}, {}, {}, {}});
    case Object::Kind::string:
      if (!is_utf8(value.text)) return invalid("a string that is not UTF-8");
      return literal(Value(value.text));
    case Object::Kind::tuple:
    case Object::Kind::frozenset:
    case Object::Kind::slice: {
      std::vector<TreeIndex> items;
      for (const ObjectIndex item : value.items) {
        items.push_back(constant(item, depth - 1));
        if (error_) return items.back();
      }
      return value.kind == Object::Kind::slice ? slice(items) : sequence(Kind::tuple, items);
    }
    case Object::Kind::code:
    case Object::Kind::bytes:
    case Object::Kind::complex: break;
  }
  return invalid(fmt::format("a constant that is {}", name_of(value.kind)));
}

std::string_view Builder::checked_name(std::string_view name) {
  if (!is_name(name)) {
    wrong(ErrorCode::bytecode_unsupported,
          fmt::format("expected a name of ASCII letters, found {}", Value(name).brief()));
    return {};
  }
  if (name.starts_with("__")) {
    wrong(ErrorCode::bytecode_unsupported, fmt::format("the name `{}` is not part of the expression language", name));
    return {};
  }
  return name;
}

TreeIndex Builder::name(std::string_view name) {
  return add({Kind::name, 0, std::string(checked_name(name)), {}, {}, {}});
}

std::size_t Builder::more_instructions(std::size_t count) {
  const std::size_t first = latest_.size();
  latest_.resize(first + count + 1, kNoTree);
  return first;
}

TreeIndex Builder::accumulator() {
  return add({Kind::name, 0, std::string(kAccumulator), {}, {}, {}});
}

TreeIndex Builder::function(std::vector<std::string> parameters, std::vector<TreeIndex> body_and_defaults) {
  return add({Kind::function, 0, {}, {}, std::move(body_and_defaults), std::move(parameters)});
}

TreeIndex Builder::loop(std::vector<std::string> names, std::vector<TreeIndex> children) {
  return add({Kind::loop, 0, {}, {}, std::move(children), std::move(names)});
}

TreeIndex Builder::item(TreeIndex value, std::int64_t index) {
  return add({Kind::subscript, 0, {}, {}, {value, literal(Value(index))}, {}});
}

TreeIndex Builder::raised(TreeIndex error) {
  std::vector<TreeIndex> message;
  if (error != kNoTree && nodes_[error].kind == Kind::call) {
    settle(error);
    const auto& given = nodes_[error].children;
    if (given.size() == 2 && nodes_[given[1]].kind == Kind::literal) message.push_back(given[1]);
  }
  return call(name("raise"), message, {});
}

bool Builder::is_own_list(TreeIndex index) const {
  const TreeNode& node = nodes_[index];
  if (node.kind == Kind::subscript) return nodes_[node.children[0]].kind == Kind::loop;
  if (node.kind == Kind::binary && node.text == "+") return is_own_list(node.children[0]);
  if (node.kind == Kind::conditional) return is_own_list(node.children[1]) && is_own_list(node.children[2]);
  return node.kind == Kind::list;
}

bool Builder::is_held(TreeIndex index) const {
  return std::ranges::any_of(nodes_, [&](const TreeNode& node) {
    return (is_sequence(node) || node.kind == Kind::dict) &&
           std::ranges::find(node.children, index) != node.children.end();
  });
}

void Builder::settle(TreeIndex call) {
  settled_.push_back(call);
}

TreeIndex Builder::attribute(TreeIndex base, std::string_view name) {
  if (name.find("__") != std::string_view::npos && !checked_name(name).empty()) {
    return invalid(fmt::format("the attribute `.{}` is not part of the expression language", name));
  }
  return add({Kind::attribute, 0, std::string(checked_name(name)), {}, {base}, {}});
}

TreeIndex Builder::subscript(TreeIndex base, TreeIndex key) {
  TreeNode node{Kind::subscript, 0, {}, {}, {base}, {}};
  const TreeNode& keys = nodes_[key];
  // x[0,] keeps its tuple, as the parser has it.
  const bool is_one = keys.children.size() == 1 && nodes_[keys.children[0]].kind != Kind::slice;
  if (keys.kind == Kind::tuple && !keys.children.empty() && keys.names.empty() && !is_one) {
    node.children.insert(node.children.end(), keys.children.begin(), keys.children.end());
  } else {
    node.children.push_back(key);
  }
  return add(std::move(node));
}

TreeIndex Builder::slice(Items bounds) {
  TreeNode node{Kind::slice, 0, {}, {}, {kNoTree, kNoTree, kNoTree}, {}};
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    if (!is_none(nodes_[bounds[i]])) node.children[i] = bounds[i];
  }
  return add(std::move(node));
}

TreeIndex Builder::unary(std::string_view symbol, TreeIndex operand) {
  return add({Kind::unary, 0, std::string(symbol), {}, {operand}, {}});
}

TreeIndex Builder::binary(std::string_view symbol, TreeIndex left, TreeIndex right) {
  return add({Kind::binary, 0, std::string(symbol), {}, {left, right}, {}});
}

TreeIndex Builder::comparison(std::string_view symbol, TreeIndex left, TreeIndex right) {
  return add({Kind::comparison, 0, {}, {}, {left, right}, {std::string(symbol)}});
}

// `and` and `or`: chains group to the left, and a < b and b < c on the very same b is a < b < c.
TreeIndex Builder::junction(std::string_view symbol, TreeIndex left, TreeIndex right) {
  const TreeNode& first = nodes_[left];
  const TreeNode& second = nodes_[right];
  if (second.kind == Kind::logical && second.text == symbol) {
    const TreeIndex last = second.children[1];
    return junction(symbol, junction(symbol, left, second.children[0]), last);
  }
  if (symbol == "and" && first.kind == Kind::comparison && second.kind == Kind::comparison &&
      first.children.back() == second.children.front()) {
    TreeNode chain = first;
    chain.children.insert(chain.children.end(), second.children.begin() + 1, second.children.end());
    chain.names.insert(chain.names.end(), second.names.begin(), second.names.end());
    return add(std::move(chain));
  }
  return add({Kind::logical, 0, std::string(symbol), {}, {left, right}, {}});
}

TreeIndex Builder::conditional(TreeIndex condition, bool negated, TreeIndex then, TreeIndex otherwise) {
  // [i for i in s if c], whichever way the code goes around.
  if (negated && nodes_[then].kind == Kind::name && nodes_[then].text == kAccumulator) {
    return conditional(condition, false, otherwise, then);
  }
  // c and b, c or b
  if ((negated ? then : otherwise) == condition) return junction("and", condition, negated ? otherwise : then);
  if ((negated ? otherwise : then) == condition) return junction("or", condition, negated ? then : otherwise);
  const auto holds = [&] { return negated ? unary("not", condition) : condition; };
  const auto fails = [&] { return negated ? condition : unary("not", condition); };
  // What both ways lead to, by the same instructions, was spelled once: the conditions belong together.
  const TreeNode inner = nodes_[then];
  if (inner.kind == Kind::conditional && inner.children[2] == otherwise) {
    return conditional(junction("and", holds(), inner.children[0]), false, inner.children[1], otherwise);
  }
  if (inner.kind == Kind::conditional && inner.children[1] == otherwise) {
    return conditional(junction("or", fails(), inner.children[0]), false, otherwise, inner.children[2]);
  }
  if (inner.kind == Kind::logical && inner.children[1] == otherwise) {
    const bool conjunction = inner.text == "and";
    return junction(
        inner.text,
        conjunction ? junction("or", fails(), inner.children[0]) : junction("and", holds(), inner.children[0]),
        otherwise);
  }
  return add({Kind::conditional, 0, {}, {}, {holds(), then, otherwise}, {}});
}

TreeIndex Builder::sequence(Kind kind, Items items) {
  return add({kind, 0, {}, {}, {items.begin(), items.end()}, {}});
}

// What is unpacked is marked by a name, which finish() lets stand nowhere but in a call.
void Builder::append(TreeNode& node, std::string_view star, TreeIndex item) const {
  const std::size_t width = node.kind == Kind::dict ? 2 : 1;
  node.names.resize(node.children.size() / width);
  node.children.insert(node.children.end(), width, item);
  node.names.emplace_back(star);
}

TreeIndex Builder::joined(Kind kind, Items parts) {
  TreeNode node{kind, 0, {}, {}, {}, {}};
  for (const TreeIndex part : parts) {
    const TreeNode& added = nodes_[part];
    if (!is_sequence(added)) {
      append(node, "*", part);
      continue;
    }
    if (!node.names.empty() || !added.names.empty()) {
      node.names.resize(node.children.size());
      node.names.insert(node.names.end(), added.names.begin(), added.names.end());
    }
    node.children.insert(node.children.end(), added.children.begin(), added.children.end());
    if (!node.names.empty()) node.names.resize(node.children.size());
  }
  return add(std::move(node));
}

TreeIndex Builder::as_tuple(TreeIndex list) {
  if (nodes_[list].kind != Kind::list) return invalid("an unpacked list that is none");
  TreeNode node = nodes_[list];
  node.kind = Kind::tuple;
  return add(std::move(node));
}

TreeIndex Builder::dict(Items entries) {
  return add({Kind::dict, 0, {}, {}, {entries.begin(), entries.end()}, {}});
}

TreeIndex Builder::joined_dict(Items parts) {
  TreeNode node{Kind::dict, 0, {}, {}, {}, {}};
  for (const TreeIndex part : parts) {
    const TreeNode& added = nodes_[part];
    if (added.kind != Kind::dict) {
      append(node, "**", part);
      continue;
    }
    for (std::size_t i = 0; i < added.children.size(); i += 2) {
      node.names.resize(node.children.size() / 2);
      node.names.push_back(added.names.empty() ? std::string() : added.names[i / 2]);
      node.children.insert(node.children.end(), {added.children[i], added.children[i + 1]});
    }
  }
  if (std::ranges::all_of(node.names, &std::string::empty)) node.names.clear();
  return add(std::move(node));
}

TreeIndex Builder::call(TreeIndex callee, Items arguments, std::span<const std::string_view> keywords) {
  TreeNode node{Kind::call, 0, {}, {}, {callee}, {}};
  node.children.insert(node.children.end(), arguments.begin(), arguments.end());
  node.names.resize(arguments.size() - keywords.size());
  for (const std::string_view keyword : keywords) node.names.emplace_back(checked_name(keyword));
  return add(std::move(node));
}

TreeIndex Builder::call_unpacked(TreeIndex callee, TreeIndex positional, TreeIndex keyword) {
  TreeNode node{Kind::call, 0, {}, {}, {callee}, {}};
  const auto argument = [&](std::string_view name, TreeIndex value) {
    node.children.push_back(value);
    node.names.emplace_back(name);
  };
  const TreeNode& items = nodes_[positional];
  if (is_sequence(items)) {
    for (std::size_t i = 0; i < items.children.size(); ++i) {
      argument(items.names.empty() ? std::string_view() : items.names[i], items.children[i]);
    }
  } else {
    argument("*", positional);
  }
  if (keyword != kNoTree && nodes_[keyword].kind != Kind::dict) argument("**", keyword);
  if (keyword != kNoTree && nodes_[keyword].kind == Kind::dict) {
    const TreeNode& entries = nodes_[keyword];
    for (std::size_t i = 0; i < entries.children.size(); i += 2) {
      const TreeNode& key = nodes_[entries.children[i]];
      if (!entries.names.empty() && !entries.names[i / 2].empty()) {
        argument("**", entries.children[i + 1]);
      } else if (key.kind == Kind::literal && key.value.is_string()) {
        argument(checked_name(key.value.as_string()), entries.children[i + 1]);
      } else {
        return invalid("a call by keywords that are not strings");
      }
    }
  }
  return add(std::move(node));
}

}  // namespace revive::python
