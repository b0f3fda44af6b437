#include "revive/model/graph/graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "revive/model/kernels/shared.h"
#include "revive/model/ops/testing.h"

namespace revive::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const NodeRef kX{0};

Node node(std::string_view function, std::vector<Argument> arguments) {
  return {find_op_function(function), std::move(arguments), {}};
}

TEST(Graph, IsCanonicalWhateverTheOrderOfItsNodes) {
  const auto forward = Graph::make({node("negative", {kX}), node("add", {NodeRef{1}, Value(1)})}, {2});
  const auto backward = Graph::make({node("add", {NodeRef{2}, Value(1)}), node("negative", {kX})}, {1});
  const auto with_unused =
      Graph::make({node("square", {kX}), node("add", {NodeRef{3}, Value(1)}), node("negative", {kX})}, {2});
  EXPECT_EQ(*forward, *backward);
  EXPECT_EQ(*forward, *with_unused);
  EXPECT_THAT(forward->node_names(), ElementsAre("negative", "add"));
  EXPECT_EQ(forward->to_text(), "((-x) + 1)");
}

TEST(Graph, WhatIsComputedTwiceInTheSameWayIsOneNode) {
  const auto twice = Graph::make({node("square", {kX}), node("square", {kX}), node("add", {NodeRef{1}, floats({1})}),
                                  node("add", {NodeRef{2}, floats({1})}), node("multiply", {NodeRef{3}, NodeRef{4}})},
                                 {5});
  const auto once = Graph::make(
      {node("square", {kX}), node("add", {NodeRef{1}, floats({1})}), node("multiply", {NodeRef{2}, NodeRef{2}})}, {3});
  EXPECT_EQ(*twice, *once);
  EXPECT_EQ(twice->nodes().size(), 3u);
  EXPECT_THAT(elements<float>(*twice->evaluate(floats({2, 3}))), ElementsAre(25, 100));

  // What differs in bits, kind or shape alone stays apart.
  const Argument::List operands = {Value(0),
                                   Value(0.0),
                                   Value(-0.0),
                                   Value(false),
                                   floats({0}),
                                   floats({-0.0f}),
                                   ints({0}),
                                   Tensor(DType::float32, {1, 1}),
                                   floats({1e30f}),
                                   Value(1e300),
                                   Tensor(DType::float32, {})};
  std::vector<Node> nodes;
  for (const Argument& operand : operands) nodes.push_back(node("add", {kX, operand}));
  const std::size_t apart = nodes.size();
  for (std::size_t i = 1; i <= apart; ++i) nodes.push_back(node("maximum", {NodeRef{i}, NodeRef{nodes.size()}}));
  const auto kept = Graph::make(std::move(nodes), {2 * apart});
  EXPECT_EQ(kept->nodes().size(), 2 * apart);
}

TEST(Graph, EqualNodesAreFoundAmongManyInNoTime) {
  // Every node differs from the others in the last element alone.
  const Limits limits;
  constexpr std::int64_t kElements = 100;
  std::vector<Node> nodes;
  for (std::size_t i = 0; i < limits.graph_nodes / 2; ++i) {
    Tensor array(DType::int32, {kElements});
    array.data<std::int32_t>().back() = static_cast<std::int32_t>(i);
    nodes.push_back(node("add", {NodeRef{0}, array}));
  }
  const std::size_t leaves = nodes.size();
  for (std::size_t i = 1; i <= leaves; ++i) nodes.push_back(node("subtract", {NodeRef{i}, NodeRef{nodes.size()}}));
  const auto graph = Graph::make(std::move(nodes), {2 * leaves});
  ASSERT_TRUE(graph) << graph.error().text();
  EXPECT_EQ(graph->nodes().size(), 2 * leaves);
}

TEST(Graph, EqualityTellsIntsFromFloatsAndZerosApart) {
  EXPECT_NE(*one_op("add", {kX, Value(1)}), *one_op("add", {kX, Value(1.0)}));
  EXPECT_NE(*one_op("add", {kX, Value(0.0)}), *one_op("add", {kX, Value(-0.0)}));
  EXPECT_NE(*one_op("add", {kX, floats({1})}), *one_op("add", {kX, ints({1})}));
  EXPECT_NE(*one_op("true_divide", {kX, Value(1)}), *one_op("divide", {kX, Value(1)}));
}

TEST(Graph, NaNPayloadsBecomeTheOneThatJsonSpells) {
  const float odd = std::bit_cast<float>(0xFFC12345u);
  const auto a = one_op("add", {kX, floats({odd, 1})});
  const auto b = one_op("add", {kX, floats({std::numeric_limits<float>::quiet_NaN(), 1})});
  EXPECT_EQ(*a, *b);
  const auto c = one_op("add", {kX, Value(-std::numeric_limits<double>::quiet_NaN())});
  EXPECT_EQ(*c, *one_op("add", {kX, Value(std::numeric_limits<double>::quiet_NaN())}));
  const auto d = one_op("nan_to_num", {kX}, {Value(-std::numeric_limits<double>::quiet_NaN())});
  ASSERT_TRUE(d) << d.error().text();
  EXPECT_EQ(*d, *one_op("nan_to_num", {kX}, {Value(std::numeric_limits<double>::quiet_NaN())}));
}

TEST(Graph, StructureThatIsNoLambdaIsRefused) {
  const auto cycle = Graph::make({node("negative", {NodeRef{2}}), node("negative", {NodeRef{1}})}, {1});
  EXPECT_EQ(cycle.error().code, ErrorCode::graph_structure);
  EXPECT_THAT(cycle.error().text(), HasSubstr("depends on its own result"));
  EXPECT_EQ(Graph::make({node("negative", {NodeRef{7}})}, {1}).error().code, ErrorCode::graph_structure);
  EXPECT_EQ(Graph::make({}, {1}).error().code, ErrorCode::graph_structure);
  EXPECT_EQ(one_op("negative", {floats({1})}).error().code, ErrorCode::graph_structure);
  EXPECT_EQ(one_op("negative", {kX, kX}).error().code, ErrorCode::graph_argument);
  EXPECT_EQ(one_op("add", {kX, Value("a")}).error().code, ErrorCode::graph_argument);
  EXPECT_EQ(one_op("add", {kX, Tensor(DType::uint64, {2})}).error().code, ErrorCode::graph_argument);
}

TEST(Graph, LimitsHold) {
  Limits limits;
  limits.graph_nodes = 1;
  EXPECT_EQ(Graph::make({node("negative", {kX}), node("negative", {NodeRef{1}})}, {2}, limits).error().code,
            ErrorCode::limit_exceeded);
  limits = {};
  limits.constant_elements = 3;
  EXPECT_EQ(Graph::make({node("add", {kX, floats({1, 2, 3, 4})})}, {1}, limits).error().code,
            ErrorCode::limit_exceeded);
  // What is no array counts as one.
  limits.constant_elements = 5;
  const auto of_two = [&](Tensor a, Tensor b) {
    return Graph::make({node("add", {kX, std::move(a)}), node("add", {NodeRef{1}, std::move(b)})}, {2}, limits);
  };
  EXPECT_EQ(of_two(floats({1, 2}), floats({3, 4})).error().code, ErrorCode::limit_exceeded);
  EXPECT_TRUE(of_two(floats({1, 2}), floats({3})));
  limits = {};
  limits.tensor_rank = 2;
  EXPECT_TRUE(one_op("negative", {kX})->infer({DType::float32, {kUnknown, 2}}, limits));
  EXPECT_FALSE(one_op("negative", {kX})->infer({DType::float32, {kUnknown, 2, 2}}, limits));
  limits = {};
  limits.activation_elements = 15;
  const auto outer = Graph::make(
      {node("get_item", {kX, Argument::List{Slice{}, Slice{}, Value()}}),
       node("get_item", {kX, Argument::List{Slice{}, Value(), Slice{}}}), node("add", {NodeRef{1}, NodeRef{2}})},
      {3});
  const TensorType x{DType::float32, {kUnknown, 4}};
  EXPECT_EQ(outer->infer(x, limits)->back().shape, (Shape{kUnknown, 4, 4}));
  EXPECT_EQ(outer->evaluate(Tensor(DType::float32, {2, 4}), limits).error().code, ErrorCode::limit_exceeded);
  limits.activation_elements = 16;
  EXPECT_TRUE(outer->evaluate(Tensor(DType::float32, {2, 4}), limits));
}

TEST(Graph, ListsNestAsDeepAsTheLimit) {
  const auto said = [](std::size_t depth) {
    Argument nested = kX;
    for (std::size_t i = 0; i < depth; ++i) nested = Argument::List{std::move(nested)};
    return one_op("add", {std::move(nested), Value(1)}).error().text();
  };
  EXPECT_THAT(said(16), Not(HasSubstr("nest")));
  EXPECT_THAT(said(17), HasSubstr("lists nest deeper than 16"));
  EXPECT_THAT(said(1000), HasSubstr("lists nest deeper than 16"));
}

TEST(Graph, CostsWhatItsOpsReadAndWrite) {
  const auto sums = Graph::make({Node{find_op_function("sum"), {kX}, {Value(1), Value(false)}},
                                 node("multiply", {NodeRef{1}, NodeRef{1}}), node("add", {NodeRef{2}, Value(1)})},
                                {3});
  ASSERT_TRUE(sums) << sums.error().text();
  const auto types = sums->infer({DType::float32, {kUnknown, 1000}});
  ASSERT_TRUE(types);
  const Graph::Cost cost = sums->cost(*types);
  // A thousand elements are read by the sum, which rounds, and one by each op that follows.
  constexpr std::int64_t kCost = (5 * 1000 + 2) * kScalarStep;
  EXPECT_EQ(cost.multiply_adds, kCost);
  EXPECT_EQ(cost.activation_elements, 1000);
  EXPECT_FALSE(sums->evaluate(Tensor(DType::float32, {1, 1000}), {.multiply_adds = kCost - 1}));
  EXPECT_TRUE(sums->evaluate(Tensor(DType::float32, {1, 1000}), {.multiply_adds = kCost}));
}

// Sixteen million elements sort in ten times what a second or two allow, though they are copied in no time.
TEST(Graph, SortingCostsMoreTheLongerItIs) {
  constexpr std::int64_t kShort = 1 << 10;
  constexpr std::int64_t kLong = 1 << 20;
  const auto cost = [](const char* op, std::int64_t length) {
    const auto graph = Graph::make({Node{find_op_function(op), {kX}, {Value(-1)}}}, {1});
    return graph->cost(*graph->infer({DType::float32, {kUnknown, length}})).multiply_adds;
  };
  for (const char* op : {"sort", "argsort"}) {
    EXPECT_GT(cost(op, kLong), (kLong / kShort) * cost(op, kShort)) << op;
    EXPECT_GT(cost(op, kLong), 50 * cost("flip", kLong)) << op;
    EXPECT_GT(cost(op, kLong * 16), static_cast<std::int64_t>(Limits{}.multiply_adds)) << op;
  }
}

TEST(Graph, AChainAsLongAsTheLimitIsMadeAndRun) {
  const Limits limits;
  std::vector<Node> nodes;
  for (std::size_t i = 0; i < limits.graph_nodes; ++i) nodes.push_back(node("negative", {NodeRef{i}}));
  const auto graph = Graph::make(std::move(nodes), {limits.graph_nodes}, limits);
  ASSERT_TRUE(graph);
  EXPECT_THAT(elements<float>(*graph->evaluate(floats({3}))), ElementsAre(3));
}

TEST(Graph, TheBatchAxisStaysInFront) {
  const TensorType x{DType::float32, {kUnknown, 3}};
  for (const Argument::List& key : {Argument::List{Value(0)},
                                    {Value(), Ellipsis{}},
                                    {Slice{std::nullopt, std::nullopt, 2}},
                                    {Slice{1, std::nullopt, std::nullopt}},
                                    {Slice{{}, {}, -1}}}) {
    const auto graph = one_op("get_item", {kX, key});
    ASSERT_FALSE(graph);
    EXPECT_EQ(graph.error().code, ErrorCode::graph_argument);
    EXPECT_THAT(graph.error().message, HasSubstr("batch axis"));
  }
  // Only the rank of x shows that these reach it.
  EXPECT_EQ(one_op("get_item", {kX, Argument::List{Ellipsis{}, Value(0), Value(0)}})->infer(x).error().code,
            ErrorCode::graph_argument);
  EXPECT_EQ(one_op("get_item", {kX, Argument::List{Ellipsis{}, Slice{{}, {}, -1}, Slice{}}})->infer(x).error().code,
            ErrorCode::graph_argument);
  EXPECT_FALSE(one_op("add", {kX, Tensor(DType::float32, {5, 1})})->infer(x));
  EXPECT_FALSE(one_op("add", {kX, Tensor(DType::float32, {1, 1, 3})})->infer(x));
  EXPECT_TRUE(one_op("add", {kX, Tensor(DType::float32, {1, 3})})->infer(x));
  const auto misaligned = Graph::make(
      {node("get_item", {kX, Argument::List{Slice{}, Value(), Slice{}}}), node("add", {NodeRef{1}, kX})}, {2});
  EXPECT_FALSE(misaligned->infer(x));
}

TEST(Graph, InputsThatNoGraphTakes) {
  EXPECT_EQ(Graph().infer({DType::uint64, {kUnknown, 2}}).error().code, ErrorCode::layer_input);
  EXPECT_EQ(Graph().infer({DType::float32, {}}).error().code, ErrorCode::layer_input);
  EXPECT_TRUE(same_bits(*Graph().evaluate(floats({1, 2})), floats({1, 2})));
}

}  // namespace
}  // namespace revive::testing
