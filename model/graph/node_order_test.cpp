// Two nodes become one exactly if they are equal. Every op is drawn; of every argument and setting each part is changed
// alone, down to one axis of an array, one step of a slice and one bit of a number.
#include "revive/model/graph/node_order.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <map>

#include "revive/model/graph/op.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/ops/random_draw.h"

namespace revive {
namespace {

// Another value, and what was changed of it.
template <typename T>
struct Changed {
  std::string part;
  T value;
};

std::vector<Changed<Value>> changes_of(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::null: return {{"null", 0}, {"null", false}, {"null", ""}};
    case Value::Kind::boolean:
      return {{"bool", !value.as_bool()}, {"kind of a bool", static_cast<std::int64_t>(value.as_bool())}};
    case Value::Kind::integer: {
      const auto bits = static_cast<std::uint64_t>(value.as_int());
      return {{"lowest bit of an int", static_cast<std::int64_t>(bits ^ 1)},
              {"highest bit of an int", static_cast<std::int64_t>(bits ^ (std::uint64_t{1} << 63))},
              {"kind of an int", static_cast<double>(value.as_int())}};
    }
    case Value::Kind::real: {
      const auto bits = std::bit_cast<std::uint64_t>(value.as_real());
      return {{"lowest bit of a real", std::bit_cast<double>(bits ^ 1)},
              {"sign of a real", std::bit_cast<double>(bits ^ (std::uint64_t{1} << 63))},
              {"kind of a real", 0}};
    }
    case Value::Kind::string: return {{"text", value.as_string() + "_"}, {"text", "_" + value.as_string()}};
    case Value::Kind::array: {
      std::vector<Changed<Value>> changes;
      for (std::size_t i = 0; i < value.as_array().size(); ++i) {
        for (const auto& each : changes_of(value.as_array()[i])) {
          Value::Array items = value.as_array();
          items[i] = each.value;
          changes.push_back({"item of a list", Value(std::move(items))});
        }
      }
      Value::Array longer = value.as_array();
      longer.emplace_back(0);
      changes.push_back({"length of a list", Value(std::move(longer))});
      return changes;
    }
    case Value::Kind::object: break;
  }
  return {};
}

std::vector<Changed<Slice>> changes_of(const Slice& slice) {
  std::vector<Changed<Slice>> changes;
  const std::pair<const char*, std::optional<std::int64_t> Slice::*> parts[] = {
      {"start of a slice", &Slice::start}, {"stop of a slice", &Slice::stop}, {"step of a slice", &Slice::step}};
  for (const auto& [name, member] : parts) {
    Slice other = slice;
    other.*member = slice.*member ? -*(slice.*member) : 2;
    if (other.*member == slice.*member) other.*member = 1;
    changes.push_back({name, other});
    other.*member = slice.*member ? std::nullopt : std::optional<std::int64_t>(0);
    changes.push_back({name, other});
  }
  return changes;
}

std::vector<Changed<Tensor>> changes_of(const Tensor& array) {
  std::vector<Changed<Tensor>> changes;
  for (const std::size_t at : {std::size_t{0}, array.byte_size() - 1}) {
    if (array.byte_size() == 0) break;
    Tensor other = array;
    other.bytes()[at] ^= std::byte{1};
    changes.push_back({at == 0 ? "first byte of an array" : "last byte of an array", std::move(other)});
  }
  Dims dims = array.dims();
  dims.insert(dims.begin(), 1);
  Tensor deeper(array.dtype(), dims);
  std::ranges::copy(array.bytes(), deeper.bytes().begin());
  changes.push_back({"axes of an array", std::move(deeper)});
  changes.push_back(
      {"dtype of an array", cast(array, array.dtype() == DType::float64 ? DType::int64 : DType::float64)});
  return changes;
}

std::vector<Changed<Argument>> changes_of(const Argument& argument) {
  std::vector<Changed<Argument>> changes;
  const auto add = [&](const auto& all) {
    for (const auto& each : all) changes.push_back({each.part, Argument(each.value)});
  };
  if (const auto* const ref = argument.get<NodeRef>()) {
    changes.push_back({"tensor", Argument(NodeRef{ref->index + 1})});
  } else if (const auto* const value = argument.get<Value>()) {
    add(changes_of(*value));
  } else if (const auto* const slice = argument.get<Slice>()) {
    add(changes_of(*slice));
  } else if (const auto* const array = argument.get<Tensor>()) {
    add(changes_of(*array));
  } else if (const auto* const list = argument.get<Argument::List>()) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      for (const auto& each : changes_of((*list)[i])) {
        Argument::List items = *list;
        items[i] = each.value;
        changes.push_back({each.part, Argument(std::move(items))});
      }
    }
    Argument::List longer = *list;
    longer.emplace_back(Ellipsis{});
    changes.push_back({"length of a list", Argument(std::move(longer))});
  } else {
    changes.push_back({"ellipsis", Argument(Slice{})});
  }
  changes.push_back({"kind", argument.get<Ellipsis>() != nullptr ? Argument(Value(0)) : Argument(Ellipsis{})});
  return changes;
}

std::vector<Changed<Node>> changes_of(const Node& node) {
  std::vector<Changed<Node>> changes;
  for (std::size_t i = 0; i < node.arguments.size(); ++i) {
    for (const auto& each : changes_of(node.arguments[i])) {
      Node other = node;
      other.arguments[i] = each.value;
      changes.push_back({each.part, std::move(other)});
    }
  }
  for (std::size_t i = 0; i < node.settings.size(); ++i) {
    for (const auto& each : changes_of(node.settings[i])) {
      Node other = node;
      other.settings[i] = each.value;
      changes.push_back({"setting", std::move(other)});
    }
  }
  Node other = node;
  other.op = all_ops()[0] == node.op ? all_ops()[1] : all_ops()[0];
  changes.push_back({"op", std::move(other)});
  return changes;
}

TEST(NodeOrder, OnlyEqualNodesCompareEqual) {
  constexpr int kDrawsOfAnOp = 40;
  std::mt19937 random(1);
  std::map<std::string, int> changed;
  for (const OpClass* const op : all_ops()) {
    for (int draws = 0, tries = 0; draws < kDrawsOfAnOp && tries < 100 * kDrawsOfAnOp; ++tries) {
      const DrawnValue x = testing::random_input(random);
      if (op->draw == nullptr || (op->applies != nullptr && !op->applies(x))) continue;
      ++draws;
      testing::RandomDraw draw(random, x, {}, false);
      Node node = testing::drawn_node(*op, draw);
      for (Argument& argument : node.arguments) canonicalize_nan(argument);
      const Node same = node;
      ASSERT_EQ(node, same) << op->class_name;
      ASSERT_EQ(compare_nodes(node, same), std::strong_ordering::equal) << op->class_name;
      for (const auto& each : changes_of(node)) {
        ++changed[each.part];
        ASSERT_NE(node, each.value) << op->class_name << ": " << each.part;
        const auto order = compare_nodes(node, each.value);
        ASSERT_NE(order, std::strong_ordering::equal) << op->class_name << ": " << each.part;
        ASSERT_EQ(compare_nodes(each.value, node), 0 <=> order) << op->class_name << ": " << each.part;
      }
    }
  }
  for (const char* const part : {"op",
                                 "setting",
                                 "tensor",
                                 "kind",
                                 "null",
                                 "bool",
                                 "kind of a bool",
                                 "lowest bit of an int",
                                 "highest bit of an int",
                                 "kind of an int",
                                 "lowest bit of a real",
                                 "sign of a real",
                                 "kind of a real",
                                 "start of a slice",
                                 "stop of a slice",
                                 "step of a slice",
                                 "first byte of an array",
                                 "last byte of an array",
                                 "axes of an array",
                                 "dtype of an array",
                                 "length of a list",
                                 "ellipsis"}) {
    EXPECT_GT(changed[part], 0) << part;
  }
}

// The same through the graph: a difference that is zero wherever the two were taken for one.
TEST(NodeOrder, WhatDiffersInOnePartStaysTwoNodes) {
  constexpr const char* kPairs[] = {
      "x[:, ::2] - x[:, ::-2]",
      "x[:, 1:3] - x[:, 0:2]",
      "x[:, :3] - x[:, :-1]",
      "ops.sum(x, axis=1) - ops.sum(x, axis=-1, keepdims=False) + ops.sum(x, axis=0 - 1)",
      "ops.maximum(x, 0.0) - ops.maximum(x, -0.0)",
      "ops.maximum(x, 1) - ops.maximum(x, 1.0)",
      "ops.maximum(x, True) - ops.maximum(x, 1)",
      "ops.clip(x, 0, 1) - ops.clip(x, 0, 2)",
      "ops.cast(x, 'float32') - ops.cast(x, 'int32')",
  };
  for (const char* const text : kPairs) {
    const auto lambda = make_expression(text, {});
    ASSERT_TRUE(lambda) << text << ": " << lambda.error().text();
    const auto& nodes = lambda->graph.nodes();
    const Node& last = nodes.back();
    const auto* const left = last.arguments[0].get<NodeRef>();
    const auto* const right = last.arguments[1].get<NodeRef>();
    ASSERT_TRUE(left != nullptr && right != nullptr) << text;
    EXPECT_NE(left->index, right->index) << text;
  }
}

}  // namespace
}  // namespace revive
