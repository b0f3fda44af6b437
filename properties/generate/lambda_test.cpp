// Lambdas of every op, over inputs of every rank, that always fit.
#include "revive/properties/generate/lambda.h"

#include <gtest/gtest.h>

#include <map>

#include "revive/model/graph/op.h"
#include "revive/model/lambda/printer.h"
#include "revive/model/ops/operand.h"

namespace revive::properties {
namespace {

DrawContext context_of_rank(std::size_t rank, Random& random) {
  DrawContext context;
  context.shape = {random.below(8) == 0 ? kBatch : kUnknown};
  while (context.shape.rank() < rank) {
    context.shape.push_back(random.below(6) == 0 ? kUnknown : 1 + static_cast<std::int64_t>(random.below(4)));
  }
  context.probe = context.shape.concrete(kBatch, kUnknownAxisSize);
  return context;
}

class GenerateLambda : public testing::TestWithParam<Profile> {};

TEST_P(GenerateLambda, HasEveryOpAndFits) {
  constexpr int kCases = 20'000;
  constexpr int kLeast = 20;
  Random shapes(3);
  std::map<const OpClass*, int> seen;
  for (int i = 0; i < kCases; ++i) {
    const DrawContext context = context_of_rank(1 + static_cast<std::size_t>(i % 5), shapes);
    Choices choices = Choices::random(static_cast<std::uint64_t>(i));
    LambdaGenerator generator(choices, GetParam());
    // The second has the text of the first and other captures, or a text of its own.
    for (int each = 0; each < 2; ++each) {
      LambdaFunction lambda;
      const Status drawn = generator.draw(lambda, DType::float32, context, true);
      ASSERT_TRUE(drawn) << "case " << i << ": " << drawn.error().text();
      const std::string text = lambda.annotation ? lambda.annotation->text : lambda.graph.to_text();
      const auto types = lambda.graph.infer({DType::float32, context.shape});
      ASSERT_TRUE(types) << text << " of " << to_string(context.shape) << ": " << types.error().text();
      const auto output = lambda.graph.evaluate(Tensor(DType::float32, context.probe));
      ASSERT_TRUE(output) << text << " of " << to_string(context.probe) << ": " << output.error().text();
      ASSERT_EQ(output->dtype(), DType::float32) << text;
      ASSERT_GT(output->size(), 0u) << text;
      ASSERT_TRUE(types->back().shape.admits(output->dims())) << text;
      for (const Node& node : lambda.graph.nodes()) ++seen[node.op];
    }
  }
  for (const OpClass* op : all_ops()) {
    const OpNumerics& numerics = op->numerics;
    const bool compared = GetParam() == Profile::wild || !numerics.unstable;
    if (compared && (GetParam() != Profile::specials || (numerics.exact && !numerics.discontinuous))) {
      EXPECT_GE(seen[op], kLeast) << op->class_name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Profiles, GenerateLambda, testing::Values(Profile::wild, Profile::tame, Profile::specials));

TEST(Lambdas, StartsFromTheSimplest) {
  Choices choices = Choices::replay(std::vector<std::uint64_t>{});
  LambdaGenerator generator(choices, Profile::wild);
  LambdaFunction lambda;
  ASSERT_TRUE(generator.draw(lambda, DType::float32, {.shape = {kUnknown, 3, 4}, .probe = {2, 3, 4}}));
  EXPECT_EQ(lambda.annotation->text, "lambda x: x[:, -1:]");
}

TEST(Lambdas, CapturesNumbersTuplesAndArrays) {
  std::map<std::string_view, int> captured;
  int reused = 0;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    Choices choices = Choices::random(seed);
    LambdaGenerator generator(choices, Profile::wild);
    LambdaFunction first;
    LambdaFunction second;
    const DrawContext context{.shape = {kUnknown, 3, 4}, .probe = {2, 3, 4}};
    ASSERT_TRUE(generator.draw(first, DType::float32, context) && generator.draw(second, DType::float32, context));
    if (!first.annotation || !second.annotation) continue;
    for (const auto& [name, capture] : first.annotation->captures) {
      const Value* const value = std::get_if<Value>(&capture);
      ++captured[value == nullptr ? "an array" : value->kind_name()];
      EXPECT_TRUE(generator.environment().contains(name));
    }
    if (first.annotation->text == second.annotation->text && first.graph != second.graph) ++reused;
  }
  for (const std::string_view kind : {"an int", "a float", "a list", "a bool", "a string", "an array"}) {
    EXPECT_GE(captured[kind], 10) << kind;
  }
  // The loop variable: one text, two values.
  EXPECT_GE(reused, 50);
}

}  // namespace
}  // namespace revive::properties
