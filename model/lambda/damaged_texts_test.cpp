// What is said of lambdas with one letter or word changed, in damaged.txt: each sentence with how often it was said,
// and a sum over the graphs of those that are still lambdas. After a change that is meant:
//
//     REVIVE_WRITE_SENTENCES=1 build/release/model/model_test --gtest_filter='DamagedTexts.*'
#include <gtest/gtest.h>

#include "revive/model/lambda/lambda_function.h"
#include "revive/model/lambda/printer.h"
#include "revive/model/testing/said.h"

namespace revive {
namespace {

constexpr const char* kFile = "model/lambda/damaged.txt";

constexpr std::string_view kTexts[] = {
    "lambda x: x[:, -3:, ::2] * 0.5 + (1 if k > 2 else -1)",
    "lambda x, *a, i=1, **how: ops.sum(x, axis=[1, -1], keepdims=True)",
    "lambda x: K.concatenate([x[:, i] for i in range(2) if i != k], axis=-1)",
    "lambda x: tf.reduce_mean(tf.cast(x, 'float32'), axis=1) ** 2",
    "lambda x: (lambda y, n=2: y // n - y % n)(x, n=3)",
    "lambda x: [t * 2 for t in (x, x + 1)][0] if not False and k is not None else x",
    "lambda x: ops.reshape(x, (-1, *x.shape[1:2], 2 * len(x.shape) - 2))",
    "lambda x: x * {'a': 2, 'b': [1, 2]}['a'] + int('3') + abs(-2) + max(1, 2.5) + pow(2, 3)",
    "lambda x: ops.einsum('bij,bkj->bik', x, x) @ x",
    "lambda x: sum(zip((1, 2), (3, 4)), ())[1] * x + float(True) + round(2.567, 1)",
    "lambda x: ~(x > 0) | (x < 1) & (x == 2) ^ (1 <= x)",
    "lambda x: (x.shape[1], x.ndim)[0] * x + divmod(-7, 2)[1] + -7 // 2 + (1 << 3 >> 1)",
};

void attempt(const std::string& text, testing::Said& said) {
  const auto made = make_expression(
      text, {{"k", 3}},
      LoweringOptions{.input = TensorType{DType::float32, {kUnknown, 4, 4}}, .limits = {}, .of_any_backend = true});
  if (made) {
    said.add_to_sum(made->graph.to_text());
  } else {
    said.add(made.error());
  }
}

TEST(DamagedTexts, OfLettersAreAsRecorded) {
  testing::Said said;
  for (const std::string_view whole : kTexts) {
    for (std::size_t at = 7; at < whole.size(); ++at) {
      std::string text(whole);
      attempt(text.erase(at, 1), said);
      for (const char other : {'0', 'x', '(', ']', ',', '-', '.', '\'', ' ', '=', ':', '*', '\\', '#', '\n'}) {
        text = whole;
        text[at] = other;
        attempt(text, said);
      }
      attempt(std::string(whole.substr(0, at)), said);
    }
  }
  said.expect(kFile, "letters");
}

// Words of the language, each in the place of each other word.
TEST(DamagedTexts, OfWordsAreAsRecorded) {
  constexpr std::string_view kWords[] = {
      "x",           "k",           "None",  "True",  "2.5", "-1",    "'a'",           "[x, 1]",
      "(1, 2)",      "lambda y: y", "...",   "1:2",   "len", "int",   "range(3)",      "ops.relu",
      "tf.shape(x)", "{'a': 1}",    "x > 0", "not x", "x.T", "*(1,)", "**{'axis': 1}", "[i for i in (1, 2)]",
      "1e400",       "nobody"};
  testing::Said said;
  for (const std::string_view whole : kTexts) {
    for (std::size_t at = whole.find(':') + 1; at < whole.size();) {
      std::size_t end = at;
      while (end < whole.size() && (std::isalnum(static_cast<unsigned char>(whole[end])) != 0 || whole[end] == '_'))
        ++end;
      if (end == at) {
        ++at;
        continue;
      }
      for (const std::string_view word : kWords) {
        attempt(std::string(whole.substr(0, at)) + std::string(word) + std::string(whole.substr(end)), said);
      }
      at = end;
    }
  }
  said.expect(kFile, "words");
}

// Python's own functions with too few arguments, too many, and some of each kind.
TEST(DamagedTexts, OfBuiltinsAreAsRecorded) {
  constexpr std::string_view kNames[] = {
      "abs",   "bool",   "float", "int",    "len",        "list",  "tuple", "max",    "min",       "pow",
      "range", "round",  "sum",   "sorted", "reversed",   "zip",   "map",   "filter", "enumerate", "any",
      "all",   "divmod", "str",   "dict",   "isinstance", "slice", "iter",  "next",   "print",     "type"};
  constexpr std::string_view kArguments[] = {
      "",        "1",          "-2.5",   "True",    "None",      "'7'",  "'a'",
      "x",       "(3, 1, 2)",  "[]",     "1, 2",    "(1, 2), 3", "x, 1", "lambda i: i, (1, 2)",
      "1, 2, 3", "1, 2, 3, 4", "key=1",  "*(2, 5)", "2, -1",     "0, 0", "{'a': 1}",
      "(1, x)",  "10 ** 400",  "x.shape"};
  for (const std::string_view name : kNames) {
    testing::Said said;
    for (const std::string_view arguments : kArguments) {
      const std::string call = fmt::format("{}({})", name, arguments);
      for (const std::string_view use :
           {"lambda x: x * {}", "lambda x: x[:, :1] if {} else x", "lambda x: x + sum({})"}) {
        std::string text(use);
        attempt(text.replace(text.find("{}"), 2, call), said);
      }
    }
    said.expect(kFile, fmt::format("builtin {}", name));
  }
}

// The words of limits, and of what depends on the dtype, with their places.
TEST(DamagedTexts, LimitsAreSaid) {
  const auto repeated = [](std::string_view part, std::size_t times, std::string_view then) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) text += part;
    return text + std::string(then);
  };
  const std::pair<const char*, std::string> texts[] = {
      {"inner lambdas", "lambda x: " + repeated("(lambda y: ", 65, "x" + repeated(")(x)", 65, ""))},
      {"as many as there may be", "lambda x: " + repeated("(lambda y: ", 20, "x" + repeated(")(x)", 20, ""))},
      {"comprehensions", "lambda x: " + repeated("[x for i in (1,)][0] + ", 65, "x")},
      {"brackets", "lambda x: " + repeated("(", 400, "x" + repeated(")", 400, ""))},
      {"signs", "lambda x: " + repeated("-", 400, "x")},
      {"powers", "lambda x: " + repeated("x ** ", 200, "x")},
      {"a sum", "lambda x: " + repeated("x + ", 3'000, "x")},
      {"a chain of attributes", "lambda x: x" + repeated(".T", 300, "")},
      {"steps", "lambda x: sum([i for i in range(100000)]) * x"},
      {"steps in steps", "lambda x: sum([j for i in range(1000) for j in range(1000)]) * x"},
      {"a long list", "lambda x: x * len([0] * 10000000)"},
      {"a long text", "lambda x: x * len('a' * 10000000)"},
      {"a large power", "lambda x: x * (10 ** 10 ** 9)"},
      {"a large shift", "lambda x: x * (1 << 100000)"},
      {"many names", "lambda x: x" + repeated(" + a_name_that_is_rather_long", 500, "")},
      {"an int too large", "lambda x: x * 9223372036854775808"},
      {"the largest int", "lambda x: x * 9223372036854775807"},
  };
  for (const auto& [name, text] : texts) {
    const auto made = make_expression(text, {});
    expect_recorded(kFile, std::string("limit of ") + name, made ? "it is read" : made.error().text().substr(0, 300));
  }
  for (const std::string_view text :
       {"lambda x: x ** -1", "lambda x: x ** 2", "lambda x: 2 ** x", "lambda x: x << -1", "lambda x: x // 0",
        "lambda x: x % 0", "lambda x: ~x", "lambda x: x ** -1.0", "lambda x: -x", "lambda x: x @ x"}) {
    for (const DType dtype : {DType::int32, DType::boolean, DType::uint8, DType::float16}) {
      const auto made =
          make_expression(text, {}, LoweringOptions{.input = TensorType{dtype, {kUnknown, 3}}, .limits = {}});
      expect_recorded(kFile, fmt::format("{} {}", name_of(dtype), text),
                      made ? made->graph.to_text() : made.error().text());
    }
  }
}

}  // namespace
}  // namespace revive
