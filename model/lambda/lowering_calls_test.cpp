// Calls: how arguments find their parameters, captured functions, and what is refused by name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "revive/model/lambda/lambda_function.h"
#include "revive/model/testing/recorded.h"

namespace revive {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string kSentences = "model/lambda/refusals.txt";

std::string text_of(std::string_view text, const Captures& captures = {}) {
  const auto made = make_expression(text, captures);
  if (!made) expect_recorded(kSentences, made.error().text());
  return made ? made->graph.to_text() : made.error().text();
}

Error error_of(std::string_view text, const Captures& captures = {}) {
  const auto made = make_expression(text, captures);
  if (made) ADD_FAILURE() << text << " gives " << made->graph.to_text();
  if (!made) expect_recorded(kSentences, made.error().text());
  return made ? Error{} : made.error();
}

TEST(ExpressionCalls, ArgumentsFindTheirParameters) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"tf.maximum(y=2, x=x)", "ops.maximum(x, 2)"},
      {"tf.maximum(x, 2, name='m')", "ops.maximum(x, 2)"},
      {"tf.compat.v1.maximum(x, 2, name='m')", "ops.maximum(x, 2)"},
      {"x + K.constant([1.0, 2.0], name='m')", "(x + [1.0, 2.0])"},
      {"ops.maximum(*(x, 2))", "ops.maximum(x, 2)"},
      {"ops.maximum(*[x], x2=2)", "ops.maximum(x, 2)"},
      {"tf.add_n([x, x * 2, 3])", "((x + (x * 2)) + 3)"},
      {"sum([x, 1, x])", "(((0 + x) + 1) + x)"},
      {"abs(x) * pow(x, 2)", "(ops.absolute(x) * (x ** 2))"},
      {"(ops.relu if 1 > 2 else ops.tanh)(x)", "ops.tanh(x)"},
      {"x * max((1, 3, 2)) + min(4, 2)", "((x * 3) + 2)"},
      {"x * sum(range(4)) + len(tuple(range(2, 8, 3)))", "((x * 6) + 2)"},
      {"x[slice(None), slice(1, 3)]", "x[:, 1:3]"},
      {"x * round(2.5) + int(round(3.5))", "((x * 2) + 4)"},
      {"x * [1, 2, 3][-1] + (4, 5)[::-1][0]", "((x * 3) + 5)"},
      {"x + ([1] * 2 + [3])", "(x + [1, 1, 3])"},
      {"x * (1 << 4 >> 2)", "(x * 4)"},
      {"ops.where(tf.math.is_nan(5), x, -x)", "ops.where(array((), bool), x, (-x))"},
      {"x + tf.one_hot(t, 3)[0]", "(x + [0.0, 1.0, 0.0])"},
      {"ops.where(ops.isfinite([1.0, 2]), x, -x)", "ops.where([True, True], x, (-x))"},
      {"x * (0x1F + 0b11 + 0o7 + 1_000)", "(x * 1041)"},
      {"x * 2 if 'ab' 'c' == \"abc\" and '\\x41\\u0042' == 'AB' else x", "(x * 2)"},
      {"x * 2 if None is None and True is not False and 1 < 2 <= 2 != 3 else x", "(x * 2)"},
  };
  const Captures captures = {{"t", Value::Array{1, 2}}};
  for (const auto& [text, expected] : cases) EXPECT_EQ(text_of(text, captures), expected) << text;
}

TEST(ExpressionCalls, WhatDoesNotFitIsSaid) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"tf.maximum(x)", "lambda: column 11: `tf.maximum` misses its argument `y`"},
      {"tf.maximum(x, 1, 2)", "`tf.maximum` takes at most 2 arguments, found 3"},
      {"tf.maximum(x, 1, x=2)", "`tf.maximum` is given `x` twice"},
      {"tf.maximum(x, z=2)", "`tf.maximum` has no parameter `z`"},
      {"ops.maximum(x, 1, name='m')", "`ops.maximum` has no parameter `name`"},
      {"ops.maximum(*x)", "a loop over a tensor walks through the samples of a batch"},
      {"ops.maximum(**x)", "** in a call expects a dict, found a tensor"},
      {"len(1, 2)", "len() takes 1 to 1 arguments, found 2"},
      {"len(x=x)", "len() takes no keyword arguments"},
      {"x(1)", "a tensor is not a function"},
      {"tf.foo(x)", "lambda: column 3: `tf.foo` is not part of the expression language"},
      {"tf.math(x)", "`tf.math` is not part of the expression language"},
      {"op.relu(x)", "reads op.relu without a captured value"},
      {"_shape(x)", "reads _shape without a captured value"},
      {"keras.layers.Dense(3)(x)", "is a layer; put the layer into the model"},
      {"K.random_normal((2,)) + x", "draws random numbers"},
      {"tf.where(x > 0)", "gives a shape that only the run knows"},
      {"K.flatten(x)", "use K.batch_flatten"},
      {"x + {'a': 1}['b']", "the dict has no such key"},
      {"ops.sqrt('a') + x", "lambda: column 9: Sqrt expects tensors, arrays or numbers, found a string"},
      {"ops.relu", "the result does not depend on the input tensor"},
      {"tf.cast(x, 'complex64')", "expected a dtype other than uint64, found complex64"},
      // NumPy and JAX name nothing, nor do functions of one's own.
      {"np.maximum(x, 1, name='m')", "`np.maximum` has no parameter `name`"},
      {"jnp.maximum(x, 1, name='m')", "`jnp.maximum` has no parameter `name`"},
      {"keras.activations.relu(x, name='m')", "`keras.activations.relu` has no parameter `name`"},
      {"(lambda t: t)(x, name='m')", "`the inner function` has no parameter `name`"},
      {"f(x, name='m')", "`lambda t: -t` has no parameter `name`"},
  };
  const Captures captures = {{"f", Function{"lambda t: -t"}}};
  for (const auto& [text, message] : cases) {
    EXPECT_THAT(text_of(text, captures), HasSubstr(std::string(message))) << text;
  }
}

TEST(ExpressionCalls, SomeNamesAreRefusedWhateverTheyAre) {
  for (const std::string_view text :
       {"eval('x')", "exec('x')", "open('f')", "getattr(x, 'shape')", "__import__('os')", "globals()", "x.__class__",
        "x.shape.__len__()", "().__class__", "compile('x', 'y', 'z')", "[eval][0]('x')"}) {
    const Error error = error_of(text);
    EXPECT_EQ(error.code, ErrorCode::expression_type) << text;
    EXPECT_THAT(error.message, HasSubstr("is not part of the expression language")) << text;
  }
  EXPECT_THAT(error_of("f(x)", {{"f", Function{"lambda t: eval('t')"}}}).message, HasSubstr("`eval` is not part"));
  EXPECT_THAT(error_of("f(x)", {{"f", Function{"eval"}}}).message, HasSubstr("`eval` is not part"));
  EXPECT_THAT(error_of("f(x)", {{"f", Function{"_shape"}}}).message, HasSubstr("`_shape` is not part"));
  // A value may be called what it likes.
  EXPECT_EQ(text_of("lambda input: input * open", {{"open", 2}}), "(x * 2)");
}

TEST(ExpressionCalls, ACapturedFunctionBecomesPartOfTheGraph) {
  EXPECT_EQ(text_of("act(x)", {{"act", Function{"tf.nn.relu"}}}), "ops.relu(x)");
  EXPECT_EQ(text_of("act(x) + act(1.0)", {{"act", Function{"lambda t, k=2: t * k"}}}), "((x * 2) + 2.0)");
  EXPECT_EQ(text_of("act(x, k=3)", {{"act", Function{"lambda t, k=2: t * k"}}}), "(x * 3)");
  EXPECT_EQ(text_of("self.act(x)", {{"self.act", Function{"lambda t: t * self.gain"}}, {"self.gain", 3}}), "(x * 3)");
  EXPECT_EQ(text_of("m.exp(x)", {{"m", Function{"tf.math"}}}), "ops.exp(x)");
  EXPECT_EQ(
      text_of("outer(x)", {{"outer", Function{"lambda t: inner(inner(t))"}}, {"inner", Function{"lambda t: -t"}}}),
      "(-(-x))");
  // The names of a captured lambda are its own.
  EXPECT_EQ(text_of("act(x * 5)", {{"act", Function{"lambda x: x + 1"}}}), "((x * 5) + 1)");
  EXPECT_EQ(make_expression("act(x)", {{"act", Function{"lambda t: -t"}}, {"unread", 1}})->annotation->captures.size(),
            1u);
}

// A number beside bools is a bool in TensorFlow alone.
TEST(ExpressionCalls, AnyFunctionThatIsCalledNamesTheBackend) {
  const std::string_view text = "ops.cast((x > 0) * 2, 'float32') + f(x)";
  const std::string bools = R"((ops.cast(((x > 0) * True), dtype="float32") + ops.relu(x)))";
  const std::string numbers = R"((ops.cast(((x > 0) * 2), dtype="float32") + ops.relu(x)))";
  for (const char* const function : {"tf.nn.relu", "lambda t: tf.nn.relu(t)"}) {
    EXPECT_EQ(text_of(text, {{"f", Function{function}}}), bools) << function;
  }
  for (const char* const function : {"ops.relu", "lambda t: ops.relu(t)"}) {
    EXPECT_EQ(text_of(text, {{"f", Function{function}}}), numbers) << function;
  }
  EXPECT_EQ(text_of("tf.cast((x > 0) * 2, 'float32') + ops.relu(x)"), bools);
  EXPECT_EQ(text_of("ops.cast((x > 0) * 2, 'float32') + ops.relu(x)"), numbers);
}

TEST(ExpressionCalls, CapturedFunctionsThatCannotBe) {
  EXPECT_THAT(error_of("f(x)", {{"f", Function{"lambda t: f(t)"}}}).message, HasSubstr("calls itself"));
  EXPECT_THAT(error_of("f(x)", {{"f", Function{"lambda t: g(t)"}}, {"g", Function{"lambda t: f(t)"}}}).message,
              HasSubstr("calls itself"));
  EXPECT_THAT(error_of("f(x)", {{"f", Function{"lambda t: t * k"}}}).message,
              HasSubstr("reads k without a captured value"));
  EXPECT_EQ(error_of("f(x)", {{"f", Function{"lambda t: ("}}}).code, ErrorCode::expression_syntax);
  EXPECT_THAT(error_of("f(x)", {{"f", Function{"lambda t: t[5, 5, 5.0]"}}}).text(),
              HasSubstr("lambda: column 2: in `lambda t: t[5, 5, 5.0]`: "));
  EXPECT_THAT(error_of("x * f", {{"f", Function{"tf.nn.relu"}}}).message, HasSubstr("found a function"));
  // 2 ** 20 calls of -t.
  Captures bomb = {{"f0", Function{"lambda t: -t"}}};
  for (int i = 1; i <= 15; ++i) {
    const std::string inner = "f" + std::to_string(i - 1);
    bomb.emplace_back("f" + std::to_string(i), Function{"lambda t: " + inner + "(" + inner + "(t))"});
  }
  EXPECT_EQ(error_of("f15(f15(x))", bomb).code, ErrorCode::limit_exceeded);
}

TEST(ExpressionCalls, DottedNamesAreBoundWhole) {
  EXPECT_EQ(text_of("x * self.act_range + cfg.model.width", {{"self.act_range", 2}, {"cfg.model.width", 3}}),
            "((x * 2) + 3)");
  EXPECT_EQ(text_of("x * w.shape[0]", {{"w", Tensor(DType::float32, {7})}}), "(x * 7)");
  EXPECT_THAT(*free_names("x * self.act_range + w.shape[0] + tf.exp(self.a.b)", {{"self.a", 1}}),
              ElementsAre("self.act_range", "w"));
  EXPECT_EQ(text_of("x + tf", {{"tf", 3}}), "(x + 3)");
  EXPECT_THAT(text_of("tf.exp(x)", {{"tf", 3}}), HasSubstr("attribute `.exp` of an int"));
}

TEST(ExpressionCalls, ListsOfIndicesAreTaken) {
  EXPECT_THAT(text_of("x[:, [1, 2.5]]"), HasSubstr("a list of indices has to hold ints, found float32"));
  EXPECT_THAT(text_of("x[:, [True, False]]"), HasSubstr("found bool"));
  EXPECT_THAT(text_of("x[:, x > 0]"), HasSubstr("an index that is computed from x"));
  EXPECT_THAT(text_of("x[:, [0], [1]]"), HasSubstr("two lists of indices"));
  EXPECT_THAT(text_of("x[:, 0, :, [1]]"), HasSubstr("index in two steps"));
}

// As many functions in one another as may be, and one more.
TEST(ExpressionCalls, FunctionsNestUpToABound) {
  constexpr int kMost = 16;
  Captures chain = {{"f1", Function{"lambda t: -t"}}};
  for (int i = 2; i <= kMost + 1; ++i) {
    chain.emplace_back("f" + std::to_string(i), Function{"lambda t: f" + std::to_string(i - 1) + "(t)"});
  }
  EXPECT_EQ(text_of("f16(x)", chain), "(-x)");
  EXPECT_THAT(text_of("f17(x)", chain), HasSubstr("expected at most 16 functions in one another"));
  const auto nested = [](int count) {
    std::string text = "-t";
    for (int i = 1; i < count; ++i) text = "(lambda t: " + text + ")(t)";
    return "(lambda t: " + text + ")(x)";
  };
  EXPECT_EQ(text_of(nested(kMost)), "(-x)");
  EXPECT_EQ(text_of(nested(kMost + 1)), "lambda: column 191: expected at most 16 functions in one another");
}

// A captured lambda is called by its text, or by the beginning of it.
TEST(ExpressionCalls, LongTextsAreCutWhereTheyAreNamed) {
  constexpr std::size_t kMostShown = 60;
  const auto of_length = [](std::size_t length) {
    const std::string head = "lambda t:";
    return head + std::string(length - head.size() - 1, ' ') + "t";
  };
  const std::string whole = of_length(kMostShown);
  const std::string longer = of_length(kMostShown + 1);
  EXPECT_EQ(text_of("f(x, z=1)", {{"f", Function{whole}}}), "lambda: column 2: `" + whole + "` has no parameter `z`");
  EXPECT_EQ(text_of("f(x, z=1)", {{"f", Function{longer}}}),
            "lambda: column 2: `" + longer.substr(0, kMostShown) + "...` has no parameter `z`");
}

// Without an output, the letters that stand once, in the order of the alphabet.
TEST(ExpressionCalls, SubscriptsGetTheOutputThatNumPyReads) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"ops.einsum('acb', x)", "ops.einsum([x], subscripts=\"acb->abc\")"},
      {"ops.einsum(' a z y ', x)", "ops.einsum([x], subscripts=\"azy->ayz\")"},
      {"ops.einsum('...b', x)", "ops.einsum([x], subscripts=\"...b->...b\")"},
      {"ops.einsum('a b c -> a c b', x)", "ops.einsum([x], subscripts=\"abc->acb\")"},
      {"ops.einsum('abc,cd', x, [[1.0], [2.0]])",
       "ops.einsum([x, array((2, 1), float32)], subscripts=\"abc,cd->abd\")"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(text_of(text), expected) << text;
}

TEST(ExpressionCalls, NothingGrowsBeyondTheLimits) {
  const std::string_view type_errors[] = {"x + 2**10**10", "x + (1 << 63)"};
  for (const std::string_view text : type_errors) EXPECT_EQ(error_of(text).code, ErrorCode::expression_type) << text;
  const std::string_view limits[] = {"x + 'a' * 10**9",
                                     "x + [0] * 10**9",
                                     "x + (0,) * 2**62",
                                     "x + ([0] * 4096 + [0] * 4096)",
                                     "x + len(range(10**12))",
                                     "x + tf.zeros((1 << 20, 1 << 20))",
                                     "x + K.ones((1 << 62, 1 << 62))",
                                     "x + ops.arange(10**12)",
                                     "x + np.arange(0, 1, 1e-12)",
                                     "x + tf.fill([1] * 33, 0.0)"};
  for (const std::string_view text : limits) EXPECT_EQ(error_of(text).code, ErrorCode::limit_exceeded) << text;
  // Many steps that are each allowed.
  std::string sums = "x";
  for (int i = 0; i < 3000; ++i) sums += "+len([0]*4096+[1])*len(range(4096))";
  EXPECT_EQ(error_of(sums).code, ErrorCode::limit_exceeded);
}

}  // namespace
}  // namespace revive
