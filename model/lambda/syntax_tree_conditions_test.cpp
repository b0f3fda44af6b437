// What each kind of node has to hold, one child, name or text more or less; and which trees are the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "revive/model/lambda/printer.h"
#include "revive/model/lambda/syntax_tree.h"

namespace revive {
namespace {

using Kind = TreeNode::Kind;

TreeNode node(Kind kind, std::string text, std::vector<TreeIndex> children, std::vector<std::string> names = {}) {
  return {kind, 0, std::move(text), {}, std::move(children), std::move(names)};
}

TreeNode literal(Value value, std::vector<TreeIndex> children = {}) {
  return {Kind::literal, 0, {}, std::move(value), std::move(children), {}};
}

// x, 1, and the node.
Tree with(TreeNode last) {
  return {{node(Kind::name, "x", {}), literal(Value(1)), std::move(last)}, {{"x", kNoTree}}, 2};
}

TEST(SyntaxTreeConditions, ANodeHoldsWhatItsKindDeclares) {
  struct Row {
    std::string_view what;
    TreeNode node;
    bool fits;
  };
  const Row rows[] = {
      {"a literal", literal(Value(2)), true},
      {"a literal with a child", literal(Value(2), {0}), false},
      {"a list as a literal", literal(Value(Value::Array{})), false},
      {"an object as a literal", literal(Value(Value::Object{})), false},
      {"+", node(Kind::unary, "+", {0}), true},
      {"-", node(Kind::unary, "-", {0}), true},
      {"~", node(Kind::unary, "~", {0}), true},
      {"not", node(Kind::unary, "not", {0}), true},
      {"and before one", node(Kind::unary, "and", {0}), false},
      {"- of nothing", node(Kind::unary, "-", {}), false},
      {"- of two", node(Kind::unary, "-", {0, 1}), false},
      {"a sum", node(Kind::binary, "+", {0, 1}), true},
      {"a sum of one", node(Kind::binary, "+", {0}), false},
      {"a sum by no operator", node(Kind::binary, "?", {0, 1}), false},
      {"a comparison", node(Kind::comparison, "", {0, 1}, {"<"}), true},
      {"a chain of comparisons", node(Kind::comparison, "", {0, 1, 1}, {"<", "<="}), true},
      {"a comparison of one", node(Kind::comparison, "", {0}, {}), false},
      {"a comparison without its operator", node(Kind::comparison, "", {0, 1}, {}), false},
      {"a comparison by two", node(Kind::comparison, "", {0, 1}, {"<", "<"}), false},
      {"a comparison by +", node(Kind::comparison, "", {0, 1}, {"+"}), false},
      {"a call", node(Kind::call, "", {0, 1}, {""}), true},
      {"a call of nothing", node(Kind::call, "", {}, {}), false},
      {"a call without the name of its argument", node(Kind::call, "", {0, 1}, {}), false},
      {"a tuple", node(Kind::tuple, "", {0, 1}), true},
      {"a tuple that unpacks one", node(Kind::tuple, "", {0, 1}, {"", "*"}), true},
      {"a tuple with a name too few", node(Kind::tuple, "", {0, 1}, {"*"}), false},
      {"a tuple that unpacks a dict", node(Kind::tuple, "", {0, 1}, {"", "**"}), false},
      {"a dict", node(Kind::dict, "", {0, 1}), true},
      {"a dict that unpacks", node(Kind::dict, "", {0, 0}, {"**"}), true},
      {"a dict that unpacks a list", node(Kind::dict, "", {0, 0}, {"*"}), false},
      {"a dict with half an entry", node(Kind::dict, "", {0}), false},
      {"a function", node(Kind::function, "", {0}), true},
      {"a function with a parameter", node(Kind::function, "", {0, kNoTree}, {"t"}), true},
      {"a function without a body", node(Kind::function, "", {}), false},
      {"a function with a name too many", node(Kind::function, "", {0}, {"t"}), false},
      {"a loop", node(Kind::loop, "", {0, 0, 1}, {"i", "t"}), true},
      {"a loop without its body", node(Kind::loop, "", {0, 0}, {"i", "t"}), false},
      {"a loop with a name too few", node(Kind::loop, "", {0, 0, 1}, {"i"}), false},
  };
  for (const Row& row : rows) {
    const Status status = check_tree(with(row.node), {});
    EXPECT_EQ(status ? "" : status.error().text(), row.fits ? "" : "lambda: node 2 is not part of a lambda's tree")
        << row.what;
  }
}

TEST(SyntaxTreeConditions, TreesAreTheSameIfEveryPartIs) {
  const TreeNode sum = node(Kind::binary, "+", {0, 1});
  Tree other_parameter = with(sum);
  other_parameter.parameters[0].name = "y";
  Tree other_default = with(sum);
  other_default.parameters[0].fallback = 1;
  Tree more_parameters = with(sum);
  more_parameters.parameters.push_back({"k", kNoTree});
  Tree without_body = with(sum);
  without_body.body = kNoTree;
  Tree other_literal = with(sum);
  other_literal.nodes[1].value = Value(1.0);
  const std::pair<std::string_view, Tree> others[] = {
      {"another parameter", other_parameter},
      {"another default", other_default},
      {"more parameters", more_parameters},
      {"no body", without_body},
      {"another literal", other_literal},
      {"another operator", with(node(Kind::binary, "-", {0, 1}))},
      {"another kind", with(node(Kind::logical, "+", {0, 1}))},
      {"the other way round", with(node(Kind::binary, "+", {1, 0}))},
      {"names", with(node(Kind::binary, "+", {0, 1}, {""}))},
      {"more children", with(node(Kind::binary, "+", {0, 1, 1}))},
  };
  EXPECT_TRUE(same_tree(with(sum), with(sum)));
  for (const auto& [what, tree] : others) {
    EXPECT_FALSE(same_tree(with(sum), tree)) << what;
    EXPECT_FALSE(same_tree(tree, with(sum))) << what;
  }
}

// Nodes that share their children are the same as nodes that do not.
TEST(SyntaxTreeConditions, SharedNodesAreTheSameAsTheirCopies) {
  const Tree shared{{node(Kind::name, "x", {}), node(Kind::tuple, "", {0, 0, 0})}, {{"x", kNoTree}}, 1};
  const Tree copied{{node(Kind::name, "x", {}), node(Kind::name, "x", {}), node(Kind::name, "x", {}),
                     node(Kind::tuple, "", {0, 1, 2})},
                    {{"x", kNoTree}},
                    3};
  EXPECT_TRUE(same_tree(shared, copied));
  EXPECT_TRUE(same_tree(copied, shared));
  Tree other = copied;
  other.nodes[2].text = "y";
  EXPECT_FALSE(same_tree(shared, other));
  EXPECT_FALSE(same_tree(other, shared));
}

// A loop that is not as the parser makes a comprehension has no text.
TEST(SyntaxTreeConditions, OnlyAComprehensionOfTheParserHasAText) {
  const Tree made = *parse_lambda("lambda x: [i * 2 for i in x if i]", {});
  ASSERT_TRUE(tree_to_text(made));
  EXPECT_EQ(*tree_to_text(made), "lambda x: [i * 2 for i in x if i]");
  const auto is_loop = [](const TreeNode& each) { return each.kind == Kind::loop; };
  const auto loop_of = [&](Tree& tree) -> TreeNode& { return *std::ranges::find_if(tree.nodes, is_loop); };
  const auto first_of_kind = [](Tree& tree, Kind kind) -> TreeNode& {
    return *std::ranges::find_if(tree.nodes, [&](const TreeNode& each) { return each.kind == kind; });
  };
  const std::pair<std::string_view, std::function<void(Tree&)>> changes[] = {
      {"three names", [&](Tree& tree) { loop_of(tree).names.emplace_back("k"); }},
      {"another accumulator", [&](Tree& tree) { loop_of(tree).names[1] = "t"; }},
      {"another start", [&](Tree& tree) { loop_of(tree).children[1] = loop_of(tree).children[0]; }},
      {"another item of the loop", [&](Tree& tree) { tree.nodes[tree.nodes[tree.body].children[1]].value = Value(1); }},
      {"another condition's otherwise",
       [&](Tree& tree) { first_of_kind(tree, Kind::conditional).children[2] = loop_of(tree).children[0]; }},
      {"a tuple for the list",
       [&](Tree& tree) {
         for (TreeNode& each : tree.nodes) {
           if (each.kind == Kind::list && each.children.size() == 1) each.kind = Kind::tuple;
         }
       }},
      {"an item that is unpacked",
       [&](Tree& tree) {
         for (TreeNode& each : tree.nodes) {
           if (each.kind == Kind::list && each.children.size() == 1) each.names = {"*"};
         }
       }},
      {"a difference for the sum",
       [&](Tree& tree) {
         for (TreeNode& each : tree.nodes) {
           if (each.text == "+") each.text = "-";
         }
       }},
  };
  for (const auto& [what, change] : changes) {
    Tree tree = made;
    change(tree);
    EXPECT_FALSE(tree_to_text(tree)) << what;
  }
}

TEST(SyntaxTreeConditions, SequencesAndKeysKeepTheirText) {
  for (const std::string_view text :
       {"lambda x: {'a': x, 'b': 1}", "lambda x: {**x, 'b': 1}", "lambda x: {'b': 1, **x}", "lambda x: (*x, 1)",
        "lambda x: [1, *x]", "lambda x: x[(0, 1),]", "lambda x: x[(*x, 1)]", "lambda x: x[()]",
        "lambda x: [i + j for i in x for j in i]"}) {
    const auto tree = parse_lambda(text, {});
    ASSERT_TRUE(tree) << text << ": " << tree.error().text();
    const auto printed = tree_to_text(*tree);
    ASSERT_TRUE(printed) << text;
    EXPECT_EQ(*printed, text);
  }
}

}  // namespace
}  // namespace revive
