#include "revive/model/lambda/printer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "revive/model/testing/said.h"

namespace revive {
namespace {

TreeNode literal(Value value) {
  return {TreeNode::Kind::literal, 0, {}, std::move(value), {}, {}};
}

Tree tree_of(std::vector<TreeNode> nodes) {
  Tree tree{std::move(nodes), {{"x", kNoTree}}, 0};
  tree.body = static_cast<TreeIndex>(tree.nodes.size() - 1);
  return tree;
}

// As the printer spells them, so that the text itself is checked as well.
constexpr std::array kCanonical = {
    "x",
    "-x",
    "--x",
    "~-x",
    "-1",
    "-x ** 2",
    "(-x) ** 2",
    "2 ** -x",
    "2 ** -x ** 2",
    "(2 ** x) ** 2",
    "x ** 2 ** y",
    "x + y + z",
    "x + (y + z)",
    "(lambda t, k=2: t * k)(x)",
    "(lambda: x)()",
    "(lambda t=-x, k=(1, 2), *r: t)(y)",
    "x - (y - z)",
    "x * y / z // 2 % 3",
    "x * (y / z)",
    "(x + y) * z",
    "x + y * z",
    "-(x + y)",
    "-x * y",
    "x * -y",
    "x & y | z ^ w",
    "x & (y | z)",
    "(x > 1) & (y < 2)",
    "x > y & z",
    "1 < x <= 3 != y",
    "(1 < x) < y",
    "1 < (x < y)",
    "not x",
    "not x == y",
    "(not x) == y",
    "not not x",
    "-(not x)",
    "a and b or c",
    "a and (b or c)",
    "(a or b) and c or d",
    "a or b or c",
    "a or (b or c)",
    "not a and b",
    "not (a and b)",
    "a if c else b",
    "a if c else b if d else e",
    "(a if c else b) if d else e",
    "a if (b if c else d) else e",
    "(a if c else b) + 1",
    "x if not a else y",
    "f(a if c else b)",
    "x[0]",
    "x[0, 1]",
    "x[:, -1, :]",
    "x[..., :4]",
    "x[1:2:3, ::2, 1:, :-1, ::-1]",
    "x[a if c else b:]",
    "x[None, :, k + 1:]",
    "x[[0, 1]]",
    "x[:, [0, 2]]",
    "x[()]",
    "x[(0, 1), 2]",
    "x[(0, 1),]",
    "x[(0,),]",
    "x[0][1](y)[2].shape",
    "(x + y)[0]",
    "(-x)[0]",
    "-x[0]",
    "x.shape[1]",
    "(x + 1).shape",
    "(1).real",
    "f()",
    "f(x)",
    "f(x, axis=-1, keepdims=True)",
    "keras.ops.sum(x, axis=(1, 2))",
    "(a + b)(x)",
    "()",
    "(1,)",
    "(1, 2)",
    "[]",
    "[1]",
    "[x, (1, [2.5])]",
    "None",
    "...",
    "x + True",
    "x + False",
    "1.0",
    "0.1",
    "1e+16",
    "1e-05",
    "123456.75",
    "1.7976931348623157e+308",
    "5e-324",
    "9223372036854775807",
    "'a'",
    "\"it's\"",
    "f('')",
    "x * 0.5 + 3",
};

TEST(ExpressionPrint, PrintsWhatItParses) {
  for (const std::string body : kCanonical) {
    const std::string text = "lambda x: " + body;
    const auto tree = parse_lambda(text, {});
    ASSERT_TRUE(tree) << text << "\n" << tree.error().text();
    EXPECT_EQ(tree_to_text(*tree), text);
  }
}

TEST(ExpressionPrint, OtherSpellingsParseToTheSameTree) {
  constexpr std::array kTexts = {"x",
                                 "lambda x : ((x))",
                                 "lambda x, k=3, n=-(1): x*k+n",
                                 "x[0,]",
                                 "x[(0, 1)]",
                                 "x[::]",
                                 "x[1:2:]",
                                 "(((1,)))",
                                 "((x)[(0)])",
                                 "1_000 * .5",
                                 "- - 1",
                                 "lambda x: (x if (a) else (b))",
                                 "(x<1)==(y)",
                                 "x**-1",
                                 "x if a else(b or c)",
                                 "\"a\"",
                                 "f(a,)",
                                 "[1,2,]",
                                 "1E5",
                                 "1.50",
                                 "0.0001 + 0.00001 + 1e15 + 1e16 + 123456789012345678.0"};
  for (const std::string text : kTexts) {
    const auto tree = parse_lambda(text, {});
    ASSERT_TRUE(tree) << text << "\n" << tree.error().text();
    const auto printed = tree_to_text(*tree);
    ASSERT_TRUE(printed) << text;
    const auto again = parse_lambda(*printed, {});
    ASSERT_TRUE(again) << *printed << "\n" << again.error().text();
    EXPECT_TRUE(same_tree(*tree, *again)) << text << "\n" << *printed;
  }
}

TEST(ExpressionPrint, PlacesNodesWhereTheParserDoes) {
  const std::string text = "lambda x, k=3: -f(x[:, k:], axis=1).T + (a if x else not b < 2 ** y)";
  const auto tree = parse_lambda(text, {});
  ASSERT_TRUE(tree);
  const auto placed = tree_to_placed_text(*tree);
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->text, text);
  for (std::size_t i = 0; i < tree->nodes.size(); ++i) EXPECT_EQ(placed->positions[i], tree->nodes[i].position) << i;
}

TEST(ExpressionPrint, PlacesEveryKindWhereTheParserDoes) {
  for (const std::string body : kCanonical) {
    const auto tree = parse_lambda("lambda x: " + body, {});
    ASSERT_TRUE(tree) << body;
    const auto placed = tree_to_placed_text(*tree);
    ASSERT_TRUE(placed) << body;
    for (std::size_t i = 0; i < tree->nodes.size(); ++i) {
      EXPECT_EQ(placed->positions[i], tree->nodes[i].position) << body << ", node " << i;
    }
  }
}

// A comprehension is known by a loop, an accumulator and a list of one; what is not quite that has another text or
// none. Recorded with REVIVE_WRITE_SENTENCES=1.
TEST(ExpressionPrint, WhatIsAlmostAComprehensionIsNone) {
  for (const char* const text : {"[i + 1 for i in s]", "[i for i in s if c]", "[i for i in s if c for j, k in i if d]",
                                 "[[j for j in i] for i in s]", "sum([x[0] for i in (1, 2)]) + s"}) {
    const Tree whole = *parse_lambda(text, {});
    EXPECT_EQ(tree_to_text(whole), "lambda x: " + std::string(text));
    std::vector<Tree> changed;
    for (std::size_t i = 0; i < whole.nodes.size(); ++i) {
      const auto with = [&](auto change) {
        changed.push_back(whole);
        change(changed.back().nodes[i]);
      };
      for (int kind = 0; kind <= static_cast<int>(TreeNode::Kind::loop); ++kind) {
        with([&](TreeNode& node) { node.kind = static_cast<TreeNode::Kind>(kind); });
      }
      for (const char* const other : {"+", "-", "i", ".0"}) {
        with([&](TreeNode& node) { node.text = other; });
        for (std::size_t name = 0; name < whole.nodes[i].names.size(); ++name) {
          with([&](TreeNode& node) { node.names[name] = other; });
        }
      }
      with([](TreeNode& node) { node.value = Value(1); });
      with([](TreeNode& node) { node.names.assign(node.children.size(), "*"); });
      for (std::size_t child = 0; child < whole.nodes[i].children.size(); ++child) {
        with([&](TreeNode& node) { node.children.push_back(node.children[child]); });
        with([&](TreeNode& node) { node.children.erase(node.children.begin() + static_cast<std::ptrdiff_t>(child)); });
        for (TreeIndex other = 0; other < i; ++other) with([&](TreeNode& node) { node.children[child] = other; });
      }
    }
    testing::Said said;
    for (const Tree& tree : changed) {
      if (check_tree(tree, {})) said.add_to_sum(tree_to_text(tree).value_or("none"));
    }
    said.expect("model/lambda/static_values.txt", "printed " + std::string(text));
  }
}

TEST(ExpressionPrint, SpellsStringsAsRepr) {
  const std::array<std::array<std::string, 2>, 7> cases = {{{"", "''"},
                                                            {"it's", "\"it's\""},
                                                            {"say \"it\"", "'say \"it\"'"},
                                                            {"it's \"it\"", "'it\\'s \"it\"'"},
                                                            {"a\\b", "'a\\\\b'"},
                                                            {"\n\t\r\x01\x7f", "'\\n\\t\\r\\x01\\x7f'"},
                                                            {"\xc3\xa9", "'\xc3\xa9'"}}};
  for (const auto& [text, spelled] : cases) EXPECT_EQ(python_string(text), spelled);
}

TEST(ExpressionPrint, SharedNodesArePrintedWhereTheyStandAndNotWithoutEnd) {
  std::vector<TreeNode> nodes = {{TreeNode::Kind::name, 0, "x", {}, {}, {}}};
  const auto doubled = [&] {
    const auto last = static_cast<TreeIndex>(nodes.size() - 1);
    nodes.push_back({TreeNode::Kind::binary, 0, "+", {}, {last, last}, {}});
  };
  doubled();
  doubled();
  EXPECT_EQ(tree_to_text(tree_of(nodes)), "lambda x: x + x + (x + x)");
  while (nodes.size() < 60) doubled();
  EXPECT_FALSE(tree_to_text(tree_of(nodes)));
}

// Whatever stands twice in what it is in, and that twice again, and so on: the text is given up, not spelled out.
TEST(ExpressionPrint, SharedNodesOfEveryKindAreNotPrintedWithoutEnd) {
  using Kind = TreeNode::Kind;
  const TreeNode kinds[] = {{Kind::binary, 0, "**", {}, {0, 0}, {}},
                            {Kind::logical, 0, "and", {}, {0, 0}, {}},
                            {Kind::comparison, 0, "", {}, {0, 0, 0}, {"<", "<"}},
                            {Kind::conditional, 0, "", {}, {0, 0, 0}, {}},
                            {Kind::subscript, 0, "", {}, {0, 0, 0}, {}},
                            {Kind::call, 0, "", {}, {0, 0, 0}, {"", "k"}},
                            {Kind::tuple, 0, "", {}, {0, 0}, {}},
                            {Kind::list, 0, "", {}, {0, 0}, {"*", ""}},
                            {Kind::dict, 0, "", {}, {0, 0}, {}},
                            {Kind::function, 0, "", {}, {0, 0, 0}, {"s", "t"}}};
  for (const TreeNode& kind : kinds) {
    std::vector<TreeNode> nodes = {{Kind::name, 0, "x", {}, {}, {}}};
    while (nodes.size() < 60) {
      nodes.push_back(kind);
      std::ranges::fill(nodes.back().children, static_cast<TreeIndex>(nodes.size() - 2));
    }
    EXPECT_FALSE(tree_to_text(tree_of(std::move(nodes)))) << static_cast<int>(kind.kind);
  }
}

TEST(ExpressionPrint, TextStopsAtItsLimit) {
  const std::string head = "lambda x: '";
  std::string fits(kMostTextBytes - head.size() - 1, 'a');
  EXPECT_EQ(tree_to_text(tree_of({literal(Value(fits))})), head + fits + "'");
  EXPECT_FALSE(tree_to_text(tree_of({literal(Value(fits + "a"))})));
}

// Brackets that only the text has count as nesting, as they do for the parser.
TEST(ExpressionPrint, TextThatWouldNestTooDeepIsNotPrinted) {
  const Limits limits{.expression_depth = 8};
  for (std::size_t depth = 1; depth <= 10; ++depth) {
    std::vector<TreeNode> nodes = {{TreeNode::Kind::name, 0, "x", {}, {}, {}}};
    for (std::size_t i = 0; i < depth; ++i) {
      const auto last = static_cast<TreeIndex>(nodes.size() - 1);
      nodes.push_back({TreeNode::Kind::name, 0, "y", {}, {}, {}});
      nodes.push_back({TreeNode::Kind::binary, 0, i % 2 == 0 ? "+" : "*", {}, {last, last + 1}, {}});
    }
    const auto text = tree_to_text(tree_of(nodes), limits);
    const auto unlimited = tree_to_text(tree_of(nodes));
    ASSERT_TRUE(unlimited);
    EXPECT_EQ(text.has_value(), parse_lambda(*unlimited, limits).has_value()) << *unlimited;
  }
}

// Around what stands in the place of @, again and again.
TEST(ExpressionPrint, EveryKindNestsAsDeepAsTheParserLetsIt) {
  const Limits limits{.expression_depth = 8};
  for (const std::string_view around : {"-@",
                                        "not @",
                                        "(@,)",
                                        "(y, @)",
                                        "[@]",
                                        "[*@]",
                                        "{1: @}",
                                        "{@: 1}",
                                        "{**@}",
                                        "f(@)",
                                        "f(a=@)",
                                        "f(*@)",
                                        "f(**@)",
                                        "x[@]",
                                        "x[@:]",
                                        "x[:@]",
                                        "x[::@]",
                                        "x[:, @]",
                                        "x[@,]",
                                        "(lambda t: @)(y)",
                                        "lambda: @",
                                        "lambda t=@: t",
                                        "a if @ else b",
                                        "@ if a else b",
                                        "a if b else @",
                                        "[@ for i in s]",
                                        "[i for i in @]",
                                        "[i for i in s if @]",
                                        "(@ + y) * 2",
                                        "2 * (y + @)",
                                        "y ** @",
                                        "(@) ** y",
                                        "@.a",
                                        "@(1)",
                                        "@[0]",
                                        "1 < @",
                                        "@ < 1",
                                        "1 < @ < 2",
                                        "@ and y",
                                        "y and @",
                                        "y and (@ or z)",
                                        "f(y, @ or z)"}) {
    for (const std::string_view where : {"lambda x: ", "lambda x, k="}) {
      std::string text = "y";
      for (std::size_t depth = 1; depth <= 10; ++depth) {
        std::string next(around);
        text = next.replace(next.find('@'), 1, "(" + text + ")");
        const std::string whole = std::string(where) + text + (where.ends_with('=') ? ": x" : "");
        const auto tree = parse_lambda(whole, {});
        ASSERT_TRUE(tree) << whole;
        const auto unlimited = tree_to_text(*tree);
        ASSERT_TRUE(unlimited) << whole;
        EXPECT_EQ(tree_to_text(*tree, limits).has_value(), parse_lambda(*unlimited, limits).has_value()) << *unlimited;
        const auto again = parse_lambda(*unlimited, {});
        EXPECT_TRUE(again && same_tree(*tree, *again)) << *unlimited;
      }
    }
  }
}

TEST(ExpressionPrint, WhatIsNotPrintedStandsAtTheFront) {
  const Tree tree = {{{TreeNode::Kind::name, 0, "unused", {}, {}, {}}, {TreeNode::Kind::name, 0, "x", {}, {}, {}}},
                     {{"x", kNoTree}},
                     1};
  const auto placed = tree_to_placed_text(tree);
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->text, "lambda x: x");
  EXPECT_EQ(placed->positions, (std::vector<std::size_t>{0, 10}));
}

TEST(ExpressionPrint, WhatHasNoSpellingIsNotPrinted) {
  for (const Value& value : {Value(-1), Value(-0.0), Value(1e308 * 10), Value(Value::Array{})}) {
    EXPECT_FALSE(tree_to_text(tree_of({literal(value)}))) << value.brief();
  }
  EXPECT_FALSE(tree_to_text(tree_of({{TreeNode::Kind::slice, 0, {}, {}, {kNoTree, kNoTree, kNoTree}, {}}})));
  EXPECT_FALSE(tree_to_text(tree_of({literal(Value(1)), {TreeNode::Kind::binary, 0, "?", {}, {0, 0}, {}}})));
}

TEST(ExpressionPrint, TreesDifferByWhatTheyMean) {
  constexpr std::array kDifferent = {"x",
                                     "y",
                                     "1",
                                     "1.0",
                                     "True",
                                     "'1'",
                                     "x + 1",
                                     "x - 1",
                                     "1 + x",
                                     "x[0]",
                                     "x[0, 0]",
                                     "x[[0]]",
                                     "x[:0]",
                                     "x[0:]",
                                     "f(x, a=1)",
                                     "f(x, 1)",
                                     "f(x, b=1)",
                                     "(1, 2)",
                                     "[1, 2]",
                                     "x < 1",
                                     "x <= 1",
                                     "x.a",
                                     "x.b",
                                     "1 < x < 2",
                                     "lambda x, k=1: x",
                                     "lambda y: x",
                                     "lambda x, k: x"};
  for (const char* const a : kDifferent) {
    for (const char* const b : kDifferent) {
      EXPECT_EQ(same_tree(*parse_lambda(a, {}), *parse_lambda(b, {})), a == b) << a << " and " << b;
    }
  }
}

}  // namespace
}  // namespace revive
