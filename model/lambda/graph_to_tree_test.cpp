// lower(graph_to_tree(g)) = g, for graphs of every op.
#include "revive/model/lambda/graph_to_tree.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>

#include "revive/model/graph/op.h"
#include "revive/model/lambda/printer.h"
#include "revive/model/ops/random_draw.h"

namespace revive::testing {
namespace {

std::string text_of(std::string_view text, const Captures& captures = {}) {
  const Graph graph = make_expression(text, captures).value().graph;
  return tree_to_text(graph_to_tree(graph).tree).value();
}

TEST(Raise, GivesTheTextThatPeopleWrite) {
  EXPECT_EQ(text_of("x"), "lambda x: x");
  EXPECT_EQ(text_of("x[:, -W:, None, ..., 2] * s + 1", {{"W", 3}, {"s", -0.5}}),
            "lambda x: x[:, -3:, None, ..., 2] * -0.5 + 1");
  EXPECT_EQ(text_of("tf.reduce_sum(abs(x) // 2, [1, -1])"), "lambda x: ops.sum(ops.absolute(x) // 2, axis=(1, -1))");
  EXPECT_EQ(text_of("tf.concat([x, -x], axis=-1) > 0"), "lambda x: ops.concatenate([x, -x], axis=-1) > 0");
  EXPECT_EQ(text_of("K.temporal_padding(x, (1, 2))"), "lambda x: ops.pad(x, pad_width=((0, 0), (1, 2), (0, 0)))");
  EXPECT_EQ(text_of("x * a", {{"a", Tensor::from<float>({2}, {1, 2})}}), "lambda x: x * c0");
  EXPECT_EQ(text_of("x * a + b", {{"a", std::nan("")}, {"b", INFINITY}}), "lambda x: x * c0 + c1");
}

TEST(Raise, AsksForANameOfEveryConstant) {
  const Graph graph = make_expression("ops.sum(x[:, -3:] * 2, axis=(1, 2))", {}).value().graph;
  std::vector<std::string> asked;
  const auto raised = graph_to_tree(graph, [&](const Capture& constant, std::string_view role) {
    asked.push_back(std::string(role) + "=" + std::get<Value>(constant).brief());
    return "n" + std::to_string(asked.size());
  });
  EXPECT_EQ(asked, (std::vector<std::string>{"start=3", "x2=2", "axis=[1, 2]"}));
  EXPECT_EQ(tree_to_text(raised.tree), "lambda x: ops.sum(x[:, -n1:] * n2, axis=n3)");
  EXPECT_EQ(make_expression(raised.tree, raised.captures)->graph, graph);
}

TEST(Raise, IsUndoneByLowering) {
  constexpr int kCases = 20'000;
  constexpr std::size_t kMostNodes = 6;
  std::mt19937 random(9);
  std::map<const OpClass*, int> seen;
  for (int round = 0; round < kCases; ++round) {
    std::vector<DrawnValue> values = {random_input(random)};
    std::vector<Node> nodes;
    for (std::size_t i = 0; i < kMostNodes; ++i) {
      const OpClass* const op = all_ops()[random() % all_ops().size()];
      const DrawnValue x = value_for(*op, values, random);
      if (op->applies != nullptr && !op->applies(x)) continue;
      RandomDraw draw(random, x, values, round % 2 == 0);
      nodes.push_back(drawn_node(*op, draw));
      const auto types = Graph::make(nodes, {nodes.size()})->infer(values[0].type);
      const auto probe =
          Graph::make(nodes, {nodes.size()})->infer({values[0].type.dtype, Shape(values[0].probe)}).value();
      values.push_back({{nodes.size()}, types->back(), probe.back().shape.axes()});
    }
    const auto graph = Graph::make(nodes, {nodes.size()}).value();
    for (const Node& node : graph.nodes()) ++seen[node.op];
    const TreeOfGraph raised = graph_to_tree(graph);
    const auto lowered = make_expression(raised.tree, raised.captures, {.input = values[0].type, .limits = {}});
    ASSERT_TRUE(lowered) << tree_to_text(raised.tree).value_or("?") << ": " << lowered.error().text();
    ASSERT_EQ(lowered->graph, graph) << tree_to_text(raised.tree).value_or("?") << " for " << graph.to_text();
  }
  for (const OpClass* op : all_ops()) EXPECT_GE(seen[op], 20) << op->class_name;
}

}  // namespace
}  // namespace revive::testing
