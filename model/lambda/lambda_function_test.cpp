#include "revive/model/lambda/lambda_function.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "revive/model/testing/recorded.h"

namespace revive {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Graph graph_of(std::string_view text, const Captures& captures = {}) {
  auto expression = make_expression(text, captures);
  if (!expression) ADD_FAILURE() << text << ": " << expression.error().text();
  return expression ? expression->graph : Graph();
}

std::string text_of(std::string_view text, const Captures& captures = {}) {
  return graph_of(text, captures).to_text();
}

Error error_of(std::string_view text, const Captures& captures = {}, const Limits& limits = {}) {
  auto expression = make_expression(text, captures, limits);
  if (expression) ADD_FAILURE() << text << " gives " << expression->graph.to_text();
  if (!expression) expect_recorded("model/lambda/refusals.txt", expression.error().text());
  return expression ? Error{} : expression.error();
}

TEST(LambdaFunction, TheReadmeBugCannotHappen) {
  Captures captures = {{"CONV_WIDTH", 3}};
  const auto made = make_expression("lambda x: x[:, -CONV_WIDTH:, :]", captures);
  captures[0].second = Value(5);
  EXPECT_EQ(made->graph.to_text(), "x[:, -3:, :]");
  EXPECT_EQ(made->graph, graph_of("x[:, -3:, :]"));
  EXPECT_NE(made->graph, graph_of("lambda x: x[:, -CONV_WIDTH:, :]", captures));
  EXPECT_EQ(std::get<Value>(made->annotation->captures[0].second), Value(3));
}

TEST(LambdaFunction, PrecedenceIsPythons) {
  EXPECT_EQ(text_of("-x**2"), "(-(x ** 2))");
  EXPECT_EQ(text_of("2**-x"), "(2 ** (-x))");
  EXPECT_EQ(text_of("x**2**3"), "(x ** 8)");
  EXPECT_EQ(text_of("2**x**3"), "(2 ** (x ** 3))");
  EXPECT_EQ(text_of("x - 1 - 2"), "((x - 1) - 2)");
  EXPECT_EQ(text_of("x + 2 * 3"), "(x + 6)");
  EXPECT_EQ(text_of("x / 2 // 3 % 4 * 5"), "((((x / 2) // 3) % 4) * 5)");
  EXPECT_EQ(text_of("-x[:, 0]"), "(-x[:, 0])");
  EXPECT_EQ(text_of("-x * 2"), "((-x) * 2)");
  EXPECT_EQ(text_of("(x + 1) * 2"), "((x + 1) * 2)");
  EXPECT_EQ(text_of("x > 1 + 2"), "(x > 3)");
  EXPECT_EQ(text_of("~(x > 1) & (x < 2) | (x == 3)"), "(((~(x > 1)) & (x < 2)) | (x == 3))");
  const auto of_bools =
      make_expression("x | x ^ x & x", {}, {.input = TensorType{DType::boolean, {kUnknown, 2}}, .limits = {}});
  ASSERT_TRUE(of_bools) << of_bools.error().text();
  EXPECT_EQ(of_bools->graph.to_text(), "(x | (x ^ (x & x)))");
  const auto of_ints =
      make_expression("x | x ^ x & x", {}, {.input = TensorType{DType::int32, {kUnknown, 2}}, .limits = {}});
  ASSERT_TRUE(of_ints) << of_ints.error().text();
  EXPECT_EQ(of_ints->graph.to_text(), "ops.bitwise_or(x, ops.bitwise_xor(x, ops.bitwise_and(x, x)))");
  EXPECT_EQ(text_of("1 - x"), "(1 - x)");
  EXPECT_EQ(text_of("x * (1 if 2 < 3 < 4 else 5)"), "(x * 1)");
  EXPECT_EQ(text_of("x + 1 if not 1 == 2 else x"), "(x + 1)");
  EXPECT_EQ(text_of("x * (0 or 7) + (3 and 4)"), "((x * 7) + 4)");
  EXPECT_EQ(text_of("+x"), "x");
}

TEST(LambdaFunction, IndexingIsPythons) {
  EXPECT_EQ(text_of("x[..., 0]"), "x[..., 0]");
  EXPECT_EQ(text_of("x[:, None, ::-1]"), "x[:, None, ::-1]");
  EXPECT_EQ(text_of("x[:, n[0]:n[-1] + 1]", {{"n", Value::Array{1, 4}}}), "x[:, 1:5]");
  EXPECT_EQ(text_of("x[:, :, len(n) - 1,]", {{"n", Value::Array{1, 4}}}), "x[:, :, 1]");
  EXPECT_EQ(text_of("x[:, W*2+1:max(W, 9):min([2, 5])]", {{"W", 3}}), "x[:, 7:9:2]");
  EXPECT_EQ(text_of("x[:][:, 1:][..., :2]"), "x[:][:, 1:][..., :2]");
}

TEST(LambdaFunction, StaticValuesFollowPython) {
  const auto constant = [](std::string_view text) { return text_of("x + (" + std::string(text) + ")"); };
  EXPECT_EQ(constant("7 // 2"), "(x + 3)");
  EXPECT_EQ(constant("-7 // 2"), "(x + -4)");
  EXPECT_EQ(constant("-7 % 3"), "(x + 2)");
  EXPECT_EQ(constant("7 % -3"), "(x + -2)");
  EXPECT_EQ(constant("-7.5 // 2"), "(x + -4.0)");
  EXPECT_EQ(constant("-7.5 % 2"), "(x + 0.5)");
  EXPECT_EQ(constant("6 / 3"), "(x + 2.0)");
  EXPECT_EQ(constant("2 ** -1"), "(x + 0.5)");
  EXPECT_EQ(constant("2 ** 62"), "(x + 4611686018427387904)");
  EXPECT_EQ(constant("True + True"), "(x + 2)");
  EXPECT_EQ(constant("True & False"), "(x + False)");
  EXPECT_EQ(constant("6 & 3 | 8 ^ 1"), "(x + 11)");
  EXPECT_EQ(constant("int(-2.7) + abs(-3) + len((1, 2) + (3,))"), "(x + 4)");
  EXPECT_EQ(constant("float(2)"), "(x + 2.0)");
  EXPECT_EQ(constant("1_000"), "(x + 1000)");
  EXPECT_EQ(constant(".5e+1"), "(x + 5.0)");
  EXPECT_EQ(constant("1."), "(x + 1.0)");
  EXPECT_EQ(constant("1e-3"), "(x + 0.001)");
  EXPECT_EQ(constant("1 if 'a' == 'a' else 2"), "(x + 1)");
}

TEST(LambdaFunction, StaticTroubleIsNamed) {
  for (const std::string_view text :
       {"x + 1 // 0", "x + 1 % 0", "x + 1.0 / 0", "x + 9223372036854775807 + (9223372036854775807 + 1)",
        "x + 10**10**10", "x + 2.0**1e9", "x + (-8)**0.5", "x + 'a' * 1.0", "x + (1, 2)[5]", "x + int(1e300)",
        "x + -'a'", "x + ~1.5", "x + ('a' < 1)"}) {
    EXPECT_EQ(error_of(text).code, ErrorCode::expression_type) << text;
  }
  EXPECT_EQ(error_of("x + 1 // 0").text(), "lambda: column 7: division by zero");
}

TEST(LambdaFunction, ALiteralAndACaptureGiveTheSameGraph) {
  EXPECT_EQ(graph_of("x * s + t[1]", {{"s", 0.5}, {"t", Value::Array{1, 2}}}), graph_of("x * 0.5 + 2"));
  EXPECT_NE(graph_of("x * s", {{"s", 2}}), graph_of("x * 2.0"));
  EXPECT_EQ(graph_of("x + b", {{"b", Tensor::from<float>({2}, {1, 2})}}), graph_of("x + [1.0, 2]"));
  EXPECT_EQ(graph_of("x + (1, 2)"), graph_of("x + b", {{"b", Tensor::from<std::int32_t>({2}, {1, 2})}}));
}

TEST(LambdaFunction, ArraysAreComputedWhenTheLambdaIsMade) {
  const Tensor b = Tensor::from<float>({3}, {1, 2, 3});
  EXPECT_EQ(graph_of("x + -b * 2", {{"b", b}}), graph_of("x + [-2.0, -4, -6]"));
  EXPECT_EQ(graph_of("x + b[1:]", {{"b", b}}), graph_of("x + [2.0, 3]"));
  EXPECT_EQ(error_of("x + b[5]", {{"b", b}}).code, ErrorCode::graph_argument);
  Limits limits;
  limits.constant_elements = 8;
  EXPECT_EQ(error_of("x + (b[:, None] + b)[0, 0]", {{"b", b}}, limits).code, ErrorCode::limit_exceeded);
  limits.constant_elements = 9;
  const auto fits = make_expression("x + (b[:, None] + b)[0, 0]", {{"b", b}}, {.input = {}, .limits = limits});
  EXPECT_TRUE(fits) << fits.error().text();
}

TEST(LambdaFunction, ACaptureIsNoNameOfTheLanguagesOwnFunctions) {
  const Captures captures = {{"sum", Value(3)}, {"op", Value(2)}, {"isinstance", Value(1)}, {"_norm", Value(4)}};
  EXPECT_EQ(graph_of("tf.add_n([x, x]) * sum", captures), graph_of("tf.add_n([x, x]) * 3"));
  EXPECT_EQ(graph_of("tf.abs(x) * op", captures), graph_of("tf.abs(x) * 2"));
  EXPECT_EQ(graph_of("K.sqrt(x) + _norm", captures), graph_of("K.sqrt(x) + 4"));
}

TEST(LambdaFunction, StepsAddUp) {
  Limits limits;
  limits.constant_elements = 8;
  const auto loops = [&](int count) {
    std::string text = "x";
    for (int i = 0; i < count; ++i) text += " + sum([i for i in range(8)])";
    return make_expression(text, {}, {.input = {}, .limits = limits});
  };
  EXPECT_TRUE(loops(1)) << loops(1).error().text();
  const auto many = loops(40);
  ASSERT_FALSE(many);
  EXPECT_THAT(many.error().message, HasSubstr("the lambda takes more than 512 steps to compute"));
}

TEST(LambdaFunction, AsManyNamesAsValuesAreUnpacked) {
  EXPECT_EQ(text_of("x * sum([a * b for a, b in [(1, 2), (3, 4)]])"), "(x * 14)");
  for (const std::string_view text : {"x * sum([a for a, b in [(1, 2, 3)]])", "x * sum([a for a, b, c in [(1, 2)]])"}) {
    EXPECT_THAT(error_of(text).message, HasSubstr("values are unpacked into")) << text;
  }
}

TEST(LambdaFunction, WhatAskedForTheDtypeRemembersTheInput) {
  const TensorType ints{DType::int32, {kUnknown, 2}};
  const std::pair<std::string_view, bool> rows[] = {{"~x", true},
                                                    {"x & 1", true},
                                                    {"x + 1", false},
                                                    {"(x > 0) & (x < 3)", false},
                                                    {"~(x > 0)", false},
                                                    {"x[:, :x.shape[1] - 1]", true},
                                                    {"ops.square(x)", false}};
  for (const auto& [text, asked] : rows) {
    const auto made = make_expression(text, {}, {.input = ints, .limits = {}});
    ASSERT_TRUE(made) << text << ": " << made.error().text();
    EXPECT_EQ(made->annotation->input.has_value(), asked) << text;
  }
}

TEST(LambdaFunction, AllUnboundNamesAreReportedAtOnce) {
  const Error error =
      error_of("lambda x, k: x[:, -CONV_WIDTH:] * scale + CONV_WIDTH if True else other", {{"scale", 2}});
  EXPECT_EQ(error.code, ErrorCode::expression_free_name);
  EXPECT_THAT(error.message, HasSubstr("reads k, CONV_WIDTH, other without a captured value"));
  EXPECT_THAT(*free_names("lambda x: x * a + abs(b) + ops.exp(c)", {{"b", 1}}), ElementsAre("a", "c"));
}

TEST(LambdaFunction, ParametersAfterTheFirstAreCaptured) {
  EXPECT_EQ(text_of("lambda x, k=3: x * k"), "(x * 3)");
  EXPECT_EQ(text_of("lambda x, k=3: x * k", {{"k", 4}}), "(x * 4)");
  EXPECT_EQ(text_of("lambda x, k=N + 1: x * k", {{"N", 1}}), "(x * 2)");
  EXPECT_EQ(text_of("lambda t: t * x", {{"x", 4}}), "(x * 4)");
  EXPECT_EQ(error_of("lambda x, x: x").code, ErrorCode::expression_syntax);
  EXPECT_EQ(error_of("lambda x=1: x").code, ErrorCode::expression_syntax);
}

TEST(LambdaFunction, OnlyCapturesThatAreReadAreKept) {
  const auto made = make_expression("x * a", {{"unused", 1}, {"a", std::nan("77")}});
  ASSERT_EQ(made->annotation->captures.size(), 1u);
  EXPECT_EQ(made->annotation->captures[0].first, "a");
  EXPECT_EQ(std::get<Value>(made->annotation->captures[0].second), Value(std::numeric_limits<double>::quiet_NaN()));
}

TEST(LambdaFunction, FunctionsOfKerasOpsTakePositionalAndKeywordArguments) {
  EXPECT_EQ(text_of("ops.maximum(x, 0)"), "ops.maximum(x, 0)");
  EXPECT_EQ(graph_of("keras.ops.add(x2=1, x1=x)"), graph_of("x + 1"));
  EXPECT_EQ(graph_of("abs(x)"), graph_of("ops.absolute(x)"));
  EXPECT_THAT(error_of("ops.add(x)").message, HasSubstr("misses its argument `x2`"));
  EXPECT_THAT(error_of("ops.add(x, 1, 2)").message, HasSubstr("takes at most 2 arguments, found 3"));
  EXPECT_THAT(error_of("ops.add(x, x1=2)").message, HasSubstr("is given `x1` twice"));
  EXPECT_THAT(error_of("ops.nothing(x)").message, HasSubstr("`ops.nothing` is not part of the expression language"));
  EXPECT_EQ(error_of("x.nothing()").code, ErrorCode::expression_type);
  EXPECT_EQ(error_of("eval('1')").code, ErrorCode::expression_type);
  EXPECT_EQ(error_of("x.__class__").code, ErrorCode::expression_type);
  EXPECT_EQ(error_of("keras + x").code, ErrorCode::expression_type);
}

TEST(LambdaFunction, WhatIsNoFunctionOfTheTensorIsRefused) {
  EXPECT_EQ(error_of("3").code, ErrorCode::expression_type);
  EXPECT_EQ(error_of("(x, x)").code, ErrorCode::expression_type);
  EXPECT_EQ(error_of("x if x > 0 else -x").code, ErrorCode::expression_type);
  EXPECT_EQ(error_of("0 < x < 1").code, ErrorCode::expression_type);
  EXPECT_EQ(error_of("not x").code, ErrorCode::expression_type);
  EXPECT_EQ(error_of("x and x").code, ErrorCode::expression_type);
  EXPECT_EQ(error_of("x[0]").code, ErrorCode::graph_argument);
  EXPECT_EQ(error_of("x[:, x]").code, ErrorCode::expression_type);
  EXPECT_EQ(error_of("x[:, x:]").code, ErrorCode::expression_type);
  EXPECT_EQ(error_of("x[:, 1.0:]").code, ErrorCode::expression_type);
  EXPECT_EQ(error_of("x + a", {{"a", Value(Value::Object{})}}).code, ErrorCode::expression_type);
  EXPECT_EQ(error_of("x + [[1], 2]").code, ErrorCode::expression_type);
  EXPECT_EQ(error_of("x + [[1], [2, 3]]").code, ErrorCode::expression_type);
  EXPECT_EQ(error_of("x + [1, [2]]").code, ErrorCode::expression_type);
  EXPECT_EQ(error_of("x + []").code, ErrorCode::expression_type);
  EXPECT_EQ(error_of("x + b", {{"b", Tensor(DType::uint64, {2})}}).code, ErrorCode::expression_type);
}

TEST(LambdaFunction, UnusedBranchesLeaveNoTrace) {
  EXPECT_EQ(graph_of("(x * 2, x + 1)[1]"), graph_of("x + 1"));
  EXPECT_EQ(graph_of("x if True else x * 2"), Graph());
}

TEST(LambdaFunction, SyntaxErrorsNameTheColumn) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", "column 1: expected an expression, found the end"},
      {"x +", "column 4: expected an expression, found the end"},
      {"x[", "column 3: expected an expression, found the end"},
      {"x[]", "column 3: expected an index"},
      {"x[:, 1", "column 7: expected `]`, found the end"},
      {"(x", "column 3: expected `)`, found the end"},
      {"x $ 1", "column 3: a character that no lambda holds, byte 0x24"},
      {"x 1", "column 3: expected the end, found `1`"},
      {"x + 012", "column 5: an int must not start with 0"},
      {"x + 1j", "column 5: a number that runs into a name"},
      {"x + 99999999999999999999", "column 5: an int that does not fit 64 bits"},
      {"x + 1e999", "column 5: a float outside the range of a double"},
      {"x + 'a", "column 5: a string without its closing quote"},
      {"lambda x x", "column 10: expected `:`, found `x`"},
      {"[i for 1 in x]", "column 8: expected the name of an item, found `1`"},
      {"x; x", "column 2: `;` is not part of the expression language"},
      {"x + lambda y: y", "column 5: `lambda` is not part of the expression language"},
      {"ops.add(x1=x, 1)", "column 15: a positional argument after a keyword argument"},
      {"x if 1", "column 7: expected `else`, found the end"},
      {"x.1", "column 2: expected the end, found `.1`"},
  };
  for (const auto& [text, message] : cases) {
    const Error error = error_of(text);
    EXPECT_EQ(error.code, ErrorCode::expression_syntax) << text;
    EXPECT_THAT(error.text(), HasSubstr(std::string(message))) << text;
  }
}

TEST(LambdaFunction, DepthAndLengthAreBounded) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '(') + "x" + std::string(depth, ')'); };
  Limits limits;
  EXPECT_TRUE(make_expression(nested(limits.expression_depth - 1), {}));
  EXPECT_EQ(error_of(nested(limits.expression_depth)).code, ErrorCode::limit_exceeded);
  EXPECT_EQ(error_of(nested(30000)).code, ErrorCode::limit_exceeded);
  EXPECT_EQ(error_of(std::string(30000, '-') + "x").code, ErrorCode::limit_exceeded);
  EXPECT_EQ(error_of(std::string(70000, ' ') + "x").code, ErrorCode::limit_exceeded);
  // Chains to the left need no depth, whatever their length.
  std::string sum = "x";
  for (int i = 0; i < 9000; ++i) sum += "+1";
  EXPECT_EQ(graph_of(sum).nodes().size(), 9000u);
  for (int i = 0; i < 9000; ++i) sum += "+1";
  EXPECT_EQ(error_of(sum).code, ErrorCode::limit_exceeded);
  std::string calls = "x";
  for (int i = 0; i < 20000; ++i) calls += "()";
  EXPECT_EQ(error_of(calls).code, ErrorCode::expression_type);
  std::string names = "x";
  for (int i = 0; i < 20000; ++i) names += ".a";
  EXPECT_EQ(error_of(names).code, ErrorCode::expression_type);
}

TEST(LambdaFunction, TheSliceScaleAndShiftOfTheSamples) {
  const auto graph = graph_of("lambda x: x[:, -W:, :] * scale + bias",
                              {{"W", 3}, {"scale", 0.5}, {"bias", Tensor::from<float>({4}, {1, 2, 3, 4})}});
  Tensor x(DType::float32, {2, 10, 4});
  for (std::size_t i = 0; i < x.size(); ++i) x.data<float>()[i] = static_cast<float>(i);
  const auto y = graph.evaluate(x);
  ASSERT_EQ(y->dims(), (Dims{2, 3, 4}));
  for (std::size_t i = 0; i < y->size(); ++i) {
    const std::size_t source = i / 12 * 40 + 28 + i % 12;
    EXPECT_EQ(y->data<float>()[i], static_cast<float>(source) * 0.5f + static_cast<float>(i % 4 + 1));
  }
}

TEST(LambdaFunction, ListsOfAllCapturesTogetherAreBounded) {
  const Value half = Value::Array(30'000, Value(1));
  const Value nested = Value::Array(300, Value(Value::Array(100, Value(1))));
  EXPECT_TRUE(make_expression("x * len(a)", {{"a", half}}));
  EXPECT_TRUE(make_expression("x * len(a) * len(b)", {{"a", half}, {"b", nested}}));
  const Error error = error_of("x * len(a) * len(b) * len(c)", {{"a", half}, {"b", nested}, {"c", half}});
  EXPECT_EQ(error.code, ErrorCode::limit_exceeded);
  EXPECT_EQ(error.text(),
            "lambda: capture c: expected lists of at most 65536 values in all, found more; capture an array");
  // What is not read does not count.
  EXPECT_TRUE(make_expression("x * len(a)", {{"a", half}, {"b", half}, {"c", half}}));
}

TEST(LambdaFunction, TakesCapturesThatAnArchiveCanHold) {
  struct Case {
    std::string_view what;
    Capture capture;
    std::optional<ErrorCode> code;
  };
  const std::vector<Case> cases = {
      {"a string that is no UTF-8", Value("\xFF"), ErrorCode::expression_type},
      {"one in a tuple", Value(Value::Array{Value(Value::Array{"\xC3"})}), ErrorCode::expression_type},
      {"a function that is no UTF-8", Function{"lambda y: '\xFF'"}, ErrorCode::expression_syntax},
      {"a function whose name is no UTF-8", Function{"tf.\xFF"}, ErrorCode::expression_type},
      {"an array of uint64", Tensor(DType::uint64, {2}), ErrorCode::expression_type},
      {"an array of float16", Tensor(DType::float16, {2}), std::nullopt},
      {"an array whose shape is lost", Tensor(DType::float32, {2, 0, 3}), ErrorCode::expression_type},
      {"an array that is empty twice", Tensor(DType::float32, {0, 0}), ErrorCode::expression_type},
      {"an array of too many axes", Tensor(DType::float32, Dims(33, 1)), ErrorCode::limit_exceeded},
      {"an array of too many elements", Tensor(DType::boolean, {(1 << 20) + 1}), ErrorCode::limit_exceeded},
      {"an array that is empty along its last axis", Tensor(DType::float32, {2, 0}), std::nullopt},
      {"an array of many axes", Tensor(DType::int32, Dims(32, 1)), std::nullopt},
      {"a string with a NUL", Value(std::string("a\0b", 3)), std::nullopt}};
  for (const auto& [what, capture, code] : cases) {
    const auto made = make_expression("lambda x: -x if c is None else x", {{"c", capture}});
    ASSERT_EQ(made.has_value(), !code) << what;
    if (!code) continue;
    EXPECT_EQ(made.error().code, *code) << what << ": " << made.error().text();
  }
}

TEST(LambdaFunction, ComputesNoConstantThatAnArchiveCannotHold) {
  EXPECT_EQ(error_of("x[:, :0] * np.zeros((1, 0, 3))").code, ErrorCode::expression_type);
  EXPECT_TRUE(make_expression("lambda x: x[:, :, :0] * np.zeros((1, 3, 0))", {}));
}

TEST(LambdaFunction, IsWrittenInUtf8) {
  const auto made = make_expression("lambda x: x if '\xFF' else -x", {});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::expression_syntax);
}

}  // namespace
}  // namespace revive
