// Whatever an op draws is a node that fits.
#include "revive/model/graph/op_draw.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "revive/model/graph/op.h"
#include "revive/model/ops/random_draw.h"

namespace revive::testing {
namespace {

class OpDrawTest : public ::testing::Test {
 protected:
  std::mt19937 random_{5};
};

TEST_F(OpDrawTest, EveryOpHasOne) {
  for (const OpClass* op : all_ops()) EXPECT_NE(op->draw, nullptr) << op->class_name;
}

TEST_F(OpDrawTest, WhatIsDrawnFitsAsBuiltAndAsRun) {
  constexpr int kCases = 20'000;
  constexpr std::size_t kMostNodes = 6;
  std::map<const OpClass*, int> drawn;
  for (int round = 0; round < kCases; ++round) {
    std::vector<DrawnValue> values = {random_input(random_)};
    std::vector<Node> nodes;
    for (std::size_t i = 0; i < kMostNodes; ++i) {
      const OpClass* const op = all_ops()[random_() % all_ops().size()];
      const DrawnValue x = value_for(*op, values, random_);
      if (op->draw == nullptr || (op->applies != nullptr && !op->applies(x))) continue;
      RandomDraw draw(random_, x, values, round % 2 == 0);
      nodes.push_back(drawn_node(*op, draw));
      ++drawn[op];

      const auto graph = Graph::make(nodes, {nodes.size()});
      ASSERT_TRUE(graph) << graph.error().text();
      const auto built = graph->infer(values[0].type);
      ASSERT_TRUE(built) << graph->to_text() << " of " << to_string(values[0].type.shape) << ": "
                         << built.error().text();
      const auto result = graph->evaluate(Tensor(values[0].type.dtype, values[0].probe));
      ASSERT_TRUE(result) << graph->to_text() << " of " << to_string(values[0].probe) << ": " << result.error().text();
      ASSERT_EQ(result->dtype(), built->back().dtype);
      ASSERT_TRUE(built->back().shape.admits(result->dims()))
          << graph->to_text() << ": " << to_string(built->back().shape) << " against " << to_string(result->dims());
      ASSERT_LE(result->rank(), kMostDrawnRank);
      ASSERT_GT(result->size(), 0u) << graph->to_text();
      ASSERT_LE(drawn_elements(result->dims()), kMostDrawnElements) << graph->to_text();
      values.push_back({{nodes.size()}, built->back(), result->dims()});
    }
  }
  for (const OpClass* op : all_ops()) EXPECT_GE(drawn[op], 100) << op->class_name;
}

}  // namespace
}  // namespace revive::testing
