// Pairs of nodes that differ in one component: what there is of them, and that lambdas hold them.
#include "revive/properties/generate/twins.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "revive/model/graph/op.h"
#include "revive/properties/generate/graph.h"

namespace revive::properties {
namespace {

constexpr std::string_view kComponents[] = {"the step of a slice",
                                            "a bound of a slice",
                                            "an int",
                                            "int or float",
                                            "a float",
                                            "a bool",
                                            "a string",
                                            "an element",
                                            "a tensor of the graph",
                                            "the order of arguments"};

Node node_of(std::string_view function, std::vector<Argument> arguments, std::vector<Value> settings = {}) {
  return {find_op_function(function), std::move(arguments), std::move(settings)};
}

std::vector<Node> twins_in(const Node& node, std::string_view component) {
  for (Twins& each : twins_of(node)) {
    if (each.component == component) return std::move(each.nodes);
  }
  return {};
}

TEST(Twins, DifferInOneComponent) {
  const NodeRef x{0};
  const Node part =
      node_of("get_item", {NodeRef{2}, Argument(Argument::List{Argument(Slice{}), Argument(Slice{1, 3, 2})})});
  const auto with = [](Slice slice) {
    return node_of("get_item", {NodeRef{2}, Argument(Argument::List{Argument(Slice{}), Argument(slice)})});
  };
  const auto steps = twins_in(part, "the step of a slice");
  EXPECT_NE(std::ranges::find(steps, with({1, 3, -2})), steps.end());
  EXPECT_NE(std::ranges::find(steps, with({1, 3, 3})), steps.end());
  const auto bounds = twins_in(part, "a bound of a slice");
  EXPECT_NE(std::ranges::find(bounds, with({{}, 3, 2})), bounds.end());
  EXPECT_NE(std::ranges::find(bounds, with({1, 4, 2})), bounds.end());
  EXPECT_EQ(twins_in(part, "a tensor of the graph").size(), 2U);

  const auto floats_beside = [&](double number) {
    std::vector<double> floats;
    for (const Node& each : twins_in(node_of("add", {x, Value(number)}), "a float")) {
      floats.push_back(each.arguments[1].get<Value>()->as_real());
    }
    return floats;
  };
  EXPECT_TRUE(std::signbit(floats_beside(0.0).front()));
  EXPECT_EQ(floats_beside(std::nan("")).front(), 0.0);
  const auto kinds = twins_in(node_of("add", {x, Value(2)}), "int or float");
  EXPECT_EQ(kinds, std::vector({node_of("add", {x, Value(2.0)})}));
  EXPECT_TRUE(twins_in(node_of("add", {x, Value(2.5)}), "int or float").empty());
  const auto swapped = twins_in(node_of("subtract", {x, Value(2)}), "the order of arguments");
  EXPECT_EQ(swapped, std::vector({node_of("subtract", {Value(2), x})}));
  const auto axes = twins_in(node_of("sum", {x}, {Value(Value::Array{1, 2}), Value(false)}), "an int");
  const auto first = node_of("sum", {x}, {Value(Value::Array{2, 2}), Value(false)});
  EXPECT_NE(std::ranges::find(axes, first), axes.end());
  EXPECT_EQ(twins_in(node_of("sum", {x}, {Value(1), Value(false)}), "a bool"),
            std::vector({node_of("sum", {x}, {Value(1), Value(true)})}));
  const auto dtypes = twins_in(node_of("cast", {x}, {Value("int32")}), "a string");
  EXPECT_NE(std::ranges::find(dtypes, node_of("cast", {x}, {Value("float32")})), dtypes.end());
  const auto arrays = twins_in(node_of("add", {x, Tensor::from<float>({2}, {1, 0.5F})}), "an element");
  EXPECT_NE(std::ranges::find(arrays, node_of("add", {x, Tensor::from<float>({2}, {1, -0.5F})})), arrays.end());
  EXPECT_TRUE(twins_of(node_of("negative", {x})).empty());
}

TEST(Twins, OfEveryKindStandInGraphs) {
  constexpr std::uint64_t kGraphs = 6000;
  std::map<std::string_view, int> found;
  for (std::uint64_t seed = 0; seed < kGraphs; ++seed) {
    Choices choices = Choices::random(seed);
    const DrawContext context{.shape = Shape({kUnknown, 3, 2}), .probe = {2, 3, 2}};
    const auto drawn = draw_graph(choices, Profile::wild, DType::float32, context, true);
    ASSERT_TRUE(drawn) << drawn.error().text();
    const std::vector<Node>& nodes = drawn->graph.nodes();
    for (const Node& sum : nodes) {
      if (sum.op->function != "add") continue;
      const auto* const first = sum.arguments[0].get<NodeRef>();
      const auto* const second = sum.arguments[1].get<NodeRef>();
      if (first == nullptr || second == nullptr || first->index == 0 || second->index == 0) continue;
      for (const Twins& twins : twins_of(nodes[first->index - 1])) {
        const bool is_twin = std::ranges::find(twins.nodes, nodes[second->index - 1]) != twins.nodes.end();
        found[twins.component] += is_twin ? 1 : 0;
      }
    }
  }
  constexpr int kLeast = static_cast<int>(kGraphs / 600);
  for (const std::string_view component : kComponents) EXPECT_GE(found[component], kLeast) << component;
  EXPECT_GE(found["the step of a slice"], 10 * kLeast);
}

}  // namespace
}  // namespace revive::properties
