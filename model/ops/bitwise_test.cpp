#include <gtest/gtest.h>

#include "revive/model/graph/graph.h"
#include "revive/model/graph/op.h"

namespace revive {
namespace {

Result<Graph> graph_of(std::string_view function, Argument first, Argument second) {
  return Graph::make({Node{find_op_function(function), {std::move(first), std::move(second)}, {}}}, {1});
}

// Keras saves an array of rank 0 as an int.
TEST(Bitwise, AnIntIsAnOperandAsItStandsInWhatKerasSaves) {
  const Tensor x = Tensor::from<std::int64_t>({1, 3}, {-8, 5, 127});
  const std::pair<const char*, Tensor> expected[] = {{"right_shift", Tensor::from<std::int64_t>({1, 3}, {-4, 2, 63})},
                                                     {"left_shift", Tensor::from<std::int64_t>({1, 3}, {-16, 10, 254})},
                                                     {"bitwise_and", Tensor::from<std::int64_t>({1, 3}, {0, 1, 1})},
                                                     {"bitwise_xor", Tensor::from<std::int64_t>({1, 3}, {-7, 4, 126})}};
  for (const auto& [function, result] : expected) {
    const auto graph = graph_of(function, NodeRef{0}, Value(1));
    ASSERT_TRUE(graph) << graph.error().text();
    const auto output = graph->evaluate(x);
    ASSERT_TRUE(output) << output.error().text();
    EXPECT_EQ(output->dtype(), DType::int64) << function;
    EXPECT_TRUE(same_bits(*output, result)) << function;
  }
  EXPECT_FALSE(graph_of("right_shift", NodeRef{0}, Value(1.5)));
  EXPECT_FALSE(graph_of("right_shift", NodeRef{0}, Value()));
}

}  // namespace
}  // namespace revive
