// Trees that no parser made: what is refused before they are walked, and nodes with more than one parent.
#include "revive/model/lambda/syntax_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "revive/model/lambda/lambda_function.h"

namespace revive {
namespace {

using Kind = TreeNode::Kind;

TreeNode node(Kind kind, std::string text, std::vector<TreeIndex> children) {
  return {kind, 0, std::move(text), {}, std::move(children), {}};
}

Tree tree_of(std::vector<TreeNode> nodes) {
  const auto body = static_cast<TreeIndex>(nodes.size() - 1);
  return {std::move(nodes), {{"x", kNoTree}}, body};
}

// y = x + x, y = y + y, ...: 2 ** count leaves when it is spelled out.
Tree doubled(std::size_t count) {
  std::vector<TreeNode> nodes = {node(Kind::name, "x", {})};
  for (std::size_t i = 0; i < count; ++i) {
    const auto last = static_cast<TreeIndex>(nodes.size() - 1);
    nodes.push_back(node(Kind::binary, "+", {last, last}));
  }
  return tree_of(std::move(nodes));
}

TEST(SharedTree, EveryNodeIsLoweredOnce) {
  const auto made = make_expression(doubled(60), {});
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(made->graph.nodes().size(), 60u);
  EXPECT_FALSE(made->annotation) << "its text would have 2 ** 60 names";
}

TEST(SharedTree, ATreeAndItsTextAreTheSameLambda) {
  const auto tree = parse_lambda("lambda x, k=2: x[:, -W:] * k", {});
  const Captures captures = {{"W", 3}, {"unread", 1}};
  const auto made = make_expression(*tree, captures);
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(made->graph, make_expression("x[:, -3:] * 2", {})->graph);
  EXPECT_EQ(made->annotation->text, "lambda x, k=2: x[:, -W:] * k");
  EXPECT_EQ(made->annotation->captures.size(), 1u);
  EXPECT_THAT(*free_names(*tree, {}), testing::ElementsAre("W"));
}

TEST(SharedTree, SequencesThatShareTheirItemsDoNotGrow) {
  std::vector<TreeNode> nodes = {node(Kind::name, "x", {})};
  nodes.push_back(node(Kind::tuple, "", {0, 0}));
  for (TreeIndex i = 1; i < 60; ++i) nodes.push_back(node(Kind::tuple, "", {i, i}));
  Limits limits;
  limits.expression_depth = 100;
  const auto made =
      make_expression(tree_of(std::move(nodes)), {}, LoweringOptions{.input = std::nullopt, .limits = limits});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::limit_exceeded);
}

TEST(MalformedTree, IsRefusedBeforeItIsWalked) {
  TreeNode call = node(Kind::call, "", {0, 0});
  TreeNode comparison = node(Kind::comparison, "", {0, 0});
  comparison.names = {"+"};
  TreeNode list_literal = node(Kind::literal, "", {});
  list_literal.value = Value(Value::Array{1});
  const TreeNode x = node(Kind::name, "x", {});
  const Tree cases[] = {
      tree_of({node(Kind::unary, "-", {0})}),
      tree_of({node(Kind::unary, "-", {7})}),
      tree_of({x, node(Kind::unary, "!", {0})}),
      tree_of({x, node(Kind::binary, "+", {0})}),
      tree_of({x, node(Kind::binary, "and", {0, 0})}),
      tree_of({x, node(Kind::logical, "+", {0, 0})}),
      tree_of({x, node(Kind::conditional, "", {0, 0})}),
      tree_of({x, node(Kind::attribute, "shape", {})}),
      tree_of({x, node(Kind::slice, "", {kNoTree, kNoTree, kNoTree})}),
      tree_of({x, node(Kind::slice, "", {kNoTree, kNoTree, kNoTree}), node(Kind::tuple, "", {1})}),
      tree_of({x, node(Kind::tuple, "", {kNoTree})}),
      tree_of({x, node(Kind::dict, "", {0})}),
      tree_of({x, call}),
      tree_of({x, comparison}),
      tree_of({list_literal}),
      Tree{{x}, {}, 0},
      Tree{{x}, {{"x", kNoTree}}, 1},
      Tree{{x}, {{"x", kNoTree}, {"k", 3}}, 0},
  };
  for (const Tree& tree : cases) {
    const auto made = make_expression(tree, {});
    ASSERT_FALSE(made) << &tree - cases;
    EXPECT_EQ(made.error().code, ErrorCode::expression_syntax) << &tree - cases;
  }
}

TEST(MalformedTree, NestingIsBoundedAndChainsAreNot) {
  std::vector<TreeNode> chain = {node(Kind::name, "x", {})};
  std::vector<TreeNode> nest = chain;
  for (TreeIndex i = 0; i < 5000; ++i) chain.push_back(node(Kind::unary, "-", {i}));
  for (TreeIndex i = 0; i < 5000; ++i) nest.push_back(node(Kind::list, "", {i}));
  EXPECT_TRUE(make_expression(tree_of(std::move(chain)), {}));
  const auto made = make_expression(tree_of(std::move(nest)), {});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::limit_exceeded);
}

}  // namespace
}  // namespace revive
