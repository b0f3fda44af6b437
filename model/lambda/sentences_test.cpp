// What is said of texts that are no lambda of the language, word by word: one text for each way of failing that no
// other test has. Recorded in refusals.txt, each behind its text.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "revive/model/lambda/capture_literal.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/testing/recorded.h"

namespace revive {
namespace {

constexpr const char* kFile = "model/lambda/refusals.txt";

const Captures kCaptures = {{"a", Tensor(DType::float32, {2, 3, 4})}, {"f", Function{"lambda t, k: t"}}};

// Recorded, but for what is made.
void expect_refused(std::string_view text, const TensorType& x) {
  const auto made = make_expression(text, kCaptures, {.input = x, .limits = {}});
  if (made) {
    ADD_FAILURE() << text << " gives " << made->graph.to_text();
  } else {
    expect_recorded(kFile, "\"" + std::string(text) + "\"", made.error().text());
  }
}

TEST(Sentences, OfTextsThatAreNoLambda) {
  const std::string_view texts[] = {
      // How it is written.
      "x)",
      "lambda x, a=1, b: x",
      "f(**{}, *[])",
      "x +",
      "lambda x x",
      "x[",
      "(x",
      "'a",
      "x if 1",
      "x ? 2",
      "0x",
      "1e",
      "1_",
      "lambda: 1",
      "lambda *x: x",
      "x := 2",
      "f(a=1, 2)",
      "f(a=1, a=2)",
      "{1: 2",
      "[x for",
      "x.1",
      "x[1:2:3:4]",
      "x[::::]",
      // What an inner function reads, it reads when it is called.
      "x * [lambda t: t * i for i in range(2)][0](1)",
      "x * [(1, lambda t: t * i) for i in range(2)][0][1](1)",
      "x * [{'a': lambda t: t * i} for i in range(2)][0]['a'](1)",
      // Calls.
      "ops.relu(**{1: x})",
      "x * (lambda a: a)()",
      "f(x)",
      "f(x, 1, 2)",
      "f(x, k=1, l=2)",
      "f(x, 1, k=2)",
      "(1)(x)",
      "ops.relu(**[x])",
      "x * {**[1]}['a']",
      "len()",
      "range(x)",
      "x * {'a': 1}(1)",
      "x * abs('a')",
      // Sequences, dicts and iterators.
      "x * sum(['a'], '')",
      "x * len(range(0, 3, 0))",
      "x * list(enumerate([1], 'a'))[0][0]",
      "x * list(reversed(iter([1])))[0]",
      "x * sorted([float('nan'), 1.0])[0]",
      "x * {1: 2}.keys().index(1)",
      "x * zip([1], [2]).index(1)",
      "x * (1, 2, 3).values",
      "raise()",
      "raise('a')",
      "x * raise(1)",
      "x * (1, 2).index(3)",
      "x * len('\xC3\xA9'.upper())",
      "x * len('a'.lower(1))",
      "x * {'a': 1}.get()",
      "x * (lambda i: len(list(i)) + len(list(i)))(iter([1]))",
      "x + np.array(zip([1], [2]))",
      "x if zip([1], [2]) == zip([1], [2]) else -x",
      "x if {}.keys() == {}.values() else -x",
      "x if f == len else -x",
      "x if np.nan in [np.nan] else -x",
      "x * {[1]: 2}[[1]]",
      "x * {'a': 1}[['a']]",
      "x * (1, 2)[2]",
      "x * (1, 2)['a']",
      "x * 'a'[1]",
      "x * len(5)",
      "x * len([[0] * 4000] * 4000)",
      "x * min([])",
      "x * max(1, 'a')",
      "x * int('a')",
      "x * float('a')",
      // Numbers.
      "x * (1 << -1)",
      "x * (1 // 0)",
      "x * (1 % 0)",
      "x * (1.0 / 0)",
      "x * (0 ** -1)",
      "x * ('a' < 1)",
      "x * -'a'",
      "x * ~1.5",
      "x << 1.5",
      "x & 1.5",
      "x * [1, 'a']",
      "x + np.array([[1], [1, 2]])",
      "x in [x]",
      "x is x",
      "x if x else 1",
      "x and x",
      "not x",
      // Shapes and indices.
      "tf.split(x, 2.5, axis=1)[0]",
      "np.split(x, [1.5], axis=1)[0]",
      "np.split(x, 2, axis=1)[0]",
      "tf.image.resize(x[:, :, :, None], (2.5, 2))",
      "tf.image.resize(x[:, :, :, None], (0, 2), method='area')",
      "tf.image.resize(x[:, :, :, None], (2, 0), method='area')",
      "tf.image.resize(x[:, :, :, None], (2, 2), method='mitchellcubic')",
      "tf.image.resize(ops.pad(x, ((0, 0), (0, 1021), (0, 0)))[:, :, :, None], (1025, 4), method='area')",
      "x.at[:, 0].set('a')",
      "x.at[:, 0].set(f)",
      "x.at[:].set(x, 1)",
      "x.at[:, 'a'].set(1.0)",
      "ops.tile(x, (1, 1000, 1000)).at[:, 0].set(1.0)",
      "a.at[:, 0].set(1.0)",
      "x[x]",
      "x['a']",
      "x[1.5]",
      "x[..., ...]",
      "x[:, [[0], [1, 2]]]",
      "x[{}]",
      "x.shape[3]",
      "x * ops.shape(x)[0]",
      "a[x]",
      // Ops.
      "ops.isclose(x, 'a')",
      "ops.full_like(x, 'a')",
      "ops.full_like(x, a)",
      "ops.one_hot(ops.cast(x, 'int32'), 3, axis=0)",
      "ops.one_hot(ops.cast(x, 'int32'), 3, axis=5)",
      "ops.normalize(x, order=0)",
      "ops.normalize(x, order=1.5)",
      "ops.normalize(x, epsilon=0)",
      "ops.glu(x[:, :, :3])",
      "ops.glu(x, axis=0)",
      "ops.einsum('ab', x)",
      "ops.einsum('a...b,...->...', x, x)",
      "ops.einsum('...a,...b->...', x, x[:, 0])",
      "ops.einsum('abc->' + 'a' * 5000, x)",
      "ops.tensordot(x, a, axes=((2, 2), (0, 0)))",
      "ops.argmax(x, axis=(1, 2))",
      "ops.broadcast_to(x, (-1, 3, 5))",
      "ops.round(x, decimals=1.5)",
      "ops.round(x, decimals=400)",
      "ops.take_along_axis(a, ops.cast(x, 'int32'), axis=1)",
      "ops.take_along_axis(x, [[0]], axis=1)",
      "ops.take(x, 'a', axis=1)",
      "ops.take(a, ops.cast(x, 'int32'), axis=1)",
      "ops.bitwise_and(x, 1)",
      "ops.bitwise_and(x, 'a')",
      "ops.cast(x, 'string')",
      "ops.cast(x, 'float31')",
      "ops.clip(x, 'a', 1)",
      "ops.where(x, x, 'a')",
      "ops.softmax(x, axis='a')",
      "ops.swapaxes(x, 1, 'a')",
      "ops.pad(x, 'a')",
      "ops.top_k(x, -1)[0]",
      "ops.top_k(ops.cast(x, 'uint8'), 1)[1]",
      "ops.top_k(x, 1, sorted=False)[0]",
      "ops.top_k(x, 9)[0]",
      "ops.repeat(x, 'a', axis=1)",
      "ops.linspace(x, 1, 0)",
      "ops.matmul(x, x[:, 0, :3])",
      "ops.dot(x, x)",
      "ops.norm(x, ord='fro')",
      "ops.trace(x)",
      "ops.diagonal(x)",
  };
  const TensorType x{DType::float32, {kUnknown, 3, 4}};
  for (const std::string_view text : texts) expect_refused(text, x);
}

// https://docs.python.org/3/reference/lexical_analysis.html#keywords, but for raise, which is how an assertion of a
// Python function is written here.
TEST(Sentences, OfKeywordsThatAreNoNames) {
  for (const std::string keyword :
       {"as",      "assert", "async",  "await",  "break",    "class", "continue", "def", "del",   "elif", "except",
        "finally", "from",   "global", "import", "nonlocal", "pass",  "return",   "try", "while", "with", "yield"}) {
    const auto made = make_expression("x + " + keyword, {{keyword, 2}});
    ASSERT_FALSE(made) << keyword;
    EXPECT_EQ(made.error().code, ErrorCode::expression_syntax) << keyword;
  }
  for (const std::string name : {"match", "case", "type", "asserts", "Yield", "asynch"}) {
    EXPECT_TRUE(make_expression("x + " + name, {{name, 2}})) << name;
  }
}

TEST(Sentences, OfNamesThatAreRefused) {
  for (const std::string name : {"setattr", "delattr", "locals", "vars", "getattr", "globals", "input", "eval"}) {
    const auto made = make_expression("x * " + name + "(x)", {});
    ASSERT_FALSE(made) << name;
    EXPECT_NE(made.error().message.find("is not part of the expression language"), std::string::npos) << name;
  }
}

TEST(Sentences, OfCapturesThatAreNone) {
  const std::pair<std::string_view, Capture> rows[] = {
      {"axes", Tensor(DType::float32, Dims(33, 1))},
      {"elements", Tensor(DType::int8, {1 << 20, 2})},
      {"empty in front", Tensor(DType::float32, {0, 2})},
      {"text", Function{"\xFF"}},
      {"string", Value("\xFF")},
      {"dtype", Tensor(DType::uint64, {2})},
      {"object", Value(Value::Object{{"a", 1}})},
      {"nested", Value(Value::Array{Value(Value::Array{Value(Value::Object{})})})},
  };
  for (const auto& [what, capture] : rows) {
    const auto made = make_expression("x + c", {{"c", capture}});
    expect_recorded(kFile, "captured: " + std::string(what), made ? "made" : made.error().text());
  }
  expect_recorded(kFile, "bytes that are no text", make_expression("\xFFx", {}).error().text());
  for (const std::string_view literal : {"x y", "[1", "1 +", "{1}", "lambda", "tf.", "(1, x)", "'a", "--1", ""}) {
    const auto read = parse_capture(literal);
    expect_recorded(kFile, "literal: " + std::string(literal), read ? "read" : read.error().text());
  }
}

}  // namespace
}  // namespace revive
