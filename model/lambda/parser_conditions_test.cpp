// Brackets, stars, commas and words: what a text is read as, and what is refused one token beside it.
#include <gtest/gtest.h>

#include <span>
#include <string>
#include <string_view>

#include "revive/model/lambda/testing.h"

namespace revive {
namespace {

using Case = testing::TextCase;

void check(std::span<const Case> cases) {
  const Captures captures = {{"b", Tensor::from<float>({2}, {1, 2})},
                             {"b0", Tensor::from<float>({}, {2})},
                             {"i", Tensor::from<std::int32_t>({2}, {1, 2})},
                             {"f", Function{"lambda t: t * 2"}}};
  testing::expect_each(cases, captures);
}

TEST(ParserConditions, Comprehensions) {
  const Case cases[] = {
      {"x * sum([i * 2 for i in (1, 2)])", "(x * 6)"},
      {"x * sum(i * 2 for i in (1, 2) if i > 1)", "(x * 4)"},
      {"x * sum([i * j for i in (1, 2) for j in (3, 4) if i < j])", "(x * 21)"},
      {"x * sum(*[i for i in (1,)])", "lambda: column 8: sum() expects a tuple or list, found an int"},
      {"x * [*(1, 2) for i in (1,)][0]", "lambda: column 14: `for` is not part of the expression language"},
      {"x * [1, i for i in (1,)][0]", "lambda: column 11: `for` is not part of the expression language"},
      {"x * sum(k=i for i in (1,))", "lambda: column 13: `for` is not part of the expression language"},
      {"x * sum(*i for i in (1,))", "lambda: column 12: `for` is not part of the expression language"},
      {"x * len(i for i in (1, 2))", "lambda: column 8: len() expects a tuple or list, found an iterator"},
      {"x * sum([i * j for (i, j) in ((1, 2), (3, 4))])", "(x * 14)"},
      {"x * sum([i for (i in (1, 2)])", "lambda: column 19: expected `)`, found `in`"},
      {"x * max(1, i for i in (1, 2))", "lambda: column 12: a generator beside other arguments stands in brackets"},
      {"x * max(i for i in (1, 2), 1)", "lambda: column 9: a generator beside other arguments stands in brackets"},
      {"x * len((i for i in (1, 2)))", "lambda: column 8: len() expects a tuple or list, found an iterator"},
  };
  check(cases);
}

TEST(ParserConditions, SequencesAndDicts) {
  const Case cases[] = {
      {"x * (1)", "(x * 1)"},
      {"x * (1,)[0]", "(x * 1)"},
      {"x * (*(1, 2),)[1]", "(x * 2)"},
      {"x * (*(1, 2))[1]", "lambda: column 5: a * unpacks into a tuple, a list or a call"},
      {"x * [*(1, 2)][1]", "(x * 2)"},
      {"x * [*(1, 2), 3][2]", "(x * 3)"},
      {"x * [1 2][0]", "lambda: column 8: expected `]`, found `2`"},
      {"x * (1 2)[0]", "lambda: column 8: expected `)`, found `2`"},
      {"x * {'a': 1}['a']", "(x * 1)"},
      {"x * {'a': 1, 'b': 2,}['b']", "(x * 2)"},
      {"x * {**{'a': 1}, 'b': 2}['a']", "(x * 1)"},
      {"x * {'a': 1 'b': 2}['a']", "lambda: column 13: expected `}`, found `'b'`"},
      {"x * {'a' 1}['a']", "lambda: column 10: expected `:`, found `1`"},
      {"x * {**{'a': 1} 'b': 2}['a']", "lambda: column 17: expected `}`, found `'b'`"},
      {"x * len({})", "(x * 0)"},
  };
  check(cases);
}

TEST(ParserConditions, Subscripts) {
  const Case cases[] = {
      {"x[(slice(None), 0),]",
       "lambda: column 2: a sequence beside a tensor has to hold numbers in a rectangular shape"},
      {"x[(0, 1)]",
       "lambda: column 2: an index on the batch axis would drop, move or cut it; the first index has to be : or ..."},
      {"x[()]", "x[]"},
      {"x[(), 0]", "lambda: column 2: a sequence beside a tensor has to hold numbers in a rectangular shape"},
      {"x[(*(slice(None), 0),)]", "x[:, 0]"},
      {"x[:, 0,]", "x[:, 0]"},
      {"x[..., 0,]", "x[..., 0]"},
      {"x[...,]", "x[...]"},
      {"x[:, 1:2:1]", "x[:, 1:2:1]"},
      {"x[:, ::]", "x[:, :]"},
      {"x[:, 0", "lambda: column 7: expected `]`, found the end"},
      {"x[::1:]", "lambda: column 6: expected `]`, found `:`"},
  };
  check(cases);
}

TEST(ParserConditions, Calls) {
  const Case cases[] = {
      {"ops.maximum(x, 2,)", "ops.maximum(x, 2)"},
      {"ops.maximum(x 2)", "lambda: column 15: expected `)`, found `2`"},
      {"ops.maximum(x, *(2,))", "ops.maximum(x, 2)"},
      {"ops.maximum(*(x,), 2)", "ops.maximum(x, 2)"},
      {"ops.maximum(**{'x2': 2, 'x1': x})", "ops.maximum(x, 2)"},
      {"ops.maximum(x1=x, *(2,))", "lambda: column 12: `ops.maximum` is given `x1` twice"},
      {"ops.maximum(x1=x, 2)", "lambda: column 19: a positional argument after a keyword argument"},
      {"ops.maximum(x, **{'x2': 2}, **{'x2': 3})", "lambda: column 12: `ops.maximum` is given `x2` twice"},
      {"f(x)", "(x * 2)"},
      {"f(x, 2)", "lambda: column 2: `lambda t: t * 2` takes at most 1 arguments, found 2"},
      {"f(y=x)", "lambda: column 2: `lambda t: t * 2` has no parameter `y`"},
      {"len()", "lambda: column 4: len() takes 1 to 1 arguments, found 0"},
      {"len((), ())", "lambda: column 4: len() takes 1 to 1 arguments, found 2"},
      {"x * max(1, 2) + max((1, 2)) + max(*(1, 2))", "(((x * 2) + 2) + 2)"},
      {"x * range(5)[2] + range(1, 5)[2] + range(1, 5, 2)[1]", "(((x * 2) + 3) + 3)"},
      {"x * sorted((1, 2), key=f)[0]", "lambda: column 11: sorted() takes no argument `key`"},
      {"x * enumerate((1, 2), 1, start=2)[0][0]", "lambda: column 14: enumerate() takes no argument `start`"},
      {"_shape(x)", "lambda: `_shape(x)` reads _shape without a captured value"},
      {"(lambda t: t * 2)(x)", "(x * 2)"},
      {"x + lambda: 1", "lambda: column 5: `lambda` is not part of the expression language"},
      {"lambda *a: a[0]", "lambda: the first parameter is the input tensor and has no default"},
      {"lambda x, *a: x", "x"},
      {"lambda x=1: x", "lambda: the first parameter is the input tensor and has no default"},
  };
  check(cases);
}

TEST(ParserConditions, WordsAndOperators) {
  const Case cases[] = {
      {"x if 1 not in (2,) else -x", "x"},
      {"x if not 1 in (2,) else -x", "x"},
      {"x if 1 is not 2 else -x", "x"},
      {"x + not 2", "lambda: column 5: expected an expression, found `not`"},
      {"x if 1 < not 2 else -x", "lambda: column 10: expected an expression, found `not`"},
      {"x if 0 or not 2 and not 0 else -x", "(-x)"},
      {"x if 1 not 2 else -x", "lambda: column 8: expected `else`, found `not`"},
      {"x if not not 1 else -x", "x"},
      {"x if 1 < 2 < 3 else -x", "x"},
      {"x if 1 < 2 > 3 else -x", "(-x)"},
      {"x if 0 or 2 and 3 else -x", "x"},
      {"x if (0 or 0) and 3 else -x", "(-x)"},
      {"x.shape", "lambda: column 2: this needs the shape of the input; make the lambda with the input's type"},
      {"x.(1)", "lambda: column 3: expected an attribute name, found `(`"},
      {"x.if", "lambda: column 3: expected an attribute name, found `if`"},
      {"x * 'abc'.upper", "lambda: column 3: expected a tensor or a number, found a function"},
      {"x * len({'a': 1, **{'b': 2}}.keys())", "(x * 2)"},
      {"x * {1: 2, 'a': 3}[1] + {True: 5}[1]", "((x * 2) + 5)"},
      {"x * {1.0: 2}[1]", "(x * 2)"},
      {"x * {(1, 2): 2}[(1, 2)]", "lambda: column 5: a key of a dict is static, found a tuple"},
      {"x * {[1]: 2}[1]", "lambda: column 5: a key of a dict is static, found a list"},
      {"x * {b: 2}[1]", "lambda: column 5: a key of a dict is static, found an array"},
      {"x * len([i for i in b])", "(x * 2)"},
      {"x * len([i for i in b0])", "lambda: column 9: an array has no items to walk through"},
      {"x * len([i for i in x])", "lambda: column 9: a loop over a tensor walks through the samples of a batch"},
      {"x * len([i for i in 3])", "lambda: column 9: an int has no items to walk through"},
      {"x * len([i for i in 'ab'])", "(x * 2)"},
      {"x * len([i for i in {'a': 1}])", "(x * 1)"},
      {"'a'.foo(x)", "lambda: column 4: the attribute `.foo` of a string is not part of the expression language"},
      {"x * (1, 2).foo", "lambda: column 11: the attribute `.foo` of a tuple is not part of the expression language"},
      {"x * {'a': 1}.foo", "lambda: column 13: the attribute `.foo` of a dict is not part of the expression language"},
      {"x * b.shape[0]", "(x * 2)"},
      {"x * 3.foo", "lambda: column 5: a number that runs into a name"},
      {"x * (3).foo", "lambda: column 8: the attribute `.foo` of an int is not part of the expression language"},
  };
  check(cases);
}

std::string said_of(std::string_view text, const Limits& limits) {
  const auto tree = parse_lambda(text, limits);
  return tree ? "" : tree.error().text();
}

// Each of what is bounded as often as it may be, and once more.
TEST(ParserConditions, WhatIsBoundedIsTakenUpToItsBound) {
  constexpr std::size_t kMostScopes = 64;
  Limits deep;
  deep.expression_depth = 1000;
  const auto times = [](std::size_t count, std::string_view text) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) all += text;
    return all;
  };
  const auto loops = [&](std::size_t count) { return "[i" + times(count, " for i in x") + "]"; };
  const auto functions = [&](std::size_t count) { return times(count, "lambda: ") + "x"; };
  EXPECT_EQ(said_of(loops(kMostScopes), deep), "");
  EXPECT_EQ(said_of(loops(kMostScopes + 1), deep),
            "lambda: column 712: expected at most 64 inner lambdas and comprehensions");
  EXPECT_EQ(said_of("x + (" + functions(kMostScopes) + ")", deep), "");
  EXPECT_EQ(said_of("x + (" + functions(kMostScopes + 1) + ")", deep),
            "lambda: column 524: expected at most 64 inner lambdas and comprehensions");
  Limits flat;
  flat.expression_depth = 1;
  EXPECT_EQ(said_of("x", flat), "");
  EXPECT_EQ(said_of("-x", flat), "lambda: column 2: expected at most 1 nested expressions");
  flat.expression_depth = 3;
  EXPECT_EQ(said_of("((x))", flat), "");
  EXPECT_EQ(said_of("(x) + (x) + (x)", flat), "");
  EXPECT_EQ(said_of("(((x)))", flat), "lambda: column 4: expected at most 3 nested expressions");
  Limits brief;
  brief.expression_bytes = 5;
  EXPECT_EQ(said_of("x + 1", brief), "");
  EXPECT_EQ(said_of("x + 12", brief), "lambda: expected at most 5 bytes, found 6");
}

}  // namespace
}  // namespace revive
