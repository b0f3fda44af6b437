// What operators and Python's own functions make of each kind of value beside each other kind, in static_values.txt:
// each sentence with how often it was said, and a sum over the graphs of what is a lambda. After a change that is
// meant:
//
//     REVIVE_WRITE_SENTENCES=1 build/release/model/model_test --gtest_filter='StaticValues.*'
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "revive/model/lambda/graph_testing.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/testing/said.h"

namespace revive::testing {
namespace {

constexpr const char* kFile = "model/lambda/static_values.txt";

// What a value is, the first that is a lambda tells.
constexpr std::string_view kUses[] = {"x * ({})", "x + np.array({})", "x * len({})", "x if {} else -x"};
// A lambda whenever the value is one, whatever it is.
constexpr std::string_view kAny = "x * len(({}, x))";

const TensorType kFloats{DType::float32, {kUnknown, 2}};

const Captures& captures() {
  static const Captures all = {{"b", Tensor::from<float>({2}, {1, 2})},     {"b0", Tensor::from<float>({}, {2})},
                               {"i0", Tensor::from<std::int32_t>({}, {3})}, {"k", Value::Array{1, 2}},
                               {"f", Function{"lambda t: t * 2"}},          {"g", Function{"tf.nn.relu"}}};
  return all;
}

Result<LambdaFunction> used(std::string_view use, const std::string& value) {
  return make_expression(fmt::format(fmt::runtime(use), value), captures(), {.input = kFloats, .limits = {}});
}

std::string told_of(const std::string& value) {
  if (const auto any = used(kAny, value); !any) return any.error().text();
  for (const std::string_view use : kUses) {
    if (const auto made = used(use, value)) return told(made->graph, kFloats);
  }
  return "";
}

// A line of many values, and each sentence that is said of some.
class Told {
 public:
  explicit Told(std::string_view what) : what_(what) {}

  void add(const std::string& value) {
    const auto made = used(kAny, value);
    if (!made) sentences_.add(made.error());
    part_.add_to_sum(value + ": " + told_of(value));
  }
  // What was added since the last part.
  void end_part(std::string_view name) {
    recorded_.merge(std::exchange(part_, {}).lines(fmt::format("{} {}", what_, name)));
  }
  void expect() {
    recorded_.merge(sentences_.lines(what_));
    expect_recorded(kFile, recorded_);
  }

 private:
  std::string what_;
  Said sentences_;
  Said part_;
  Recorded recorded_;
};

constexpr std::string_view kArithmetic[] = {"+", "-", "*", "/", "//", "%", "**", "&", "|", "^", "<<", ">>"};
constexpr std::string_view kComparisons[] = {"<", "<=", ">", ">=", "==", "!=", "is", "and", "or"};

void expect_combined(std::string_view what, std::span<const std::string_view> symbols,
                     std::span<const std::string_view> operands) {
  Told told(what);
  for (const std::string_view symbol : symbols) {
    for (const std::string_view left : operands) {
      for (const std::string_view right : operands) told.add(fmt::format("({}) {} ({})", left, symbol, right));
    }
    told.end_part(symbol);
  }
  told.expect();
}

constexpr std::string_view kNumbers[] = {"0",
                                         "1",
                                         "-1",
                                         "-7",
                                         "3",
                                         "62",
                                         "63",
                                         "2 ** 53",
                                         "2 ** 53 + 1",
                                         "9223372036854775807",
                                         "-9223372036854775807 - 1",
                                         "True",
                                         "False",
                                         "-0.0",
                                         "-2.5",
                                         "7.0",
                                         "9223372036854775808.0",
                                         "1e300",
                                         "float('-inf')",
                                         "float('nan')"};

TEST(StaticValues, NumbersAreCombinedAsRecorded) {
  expect_combined("numbers", kArithmetic, kNumbers);
}

TEST(StaticValues, NumbersAreComparedAsRecorded) {
  expect_combined("compared numbers", kComparisons, kNumbers);
}

constexpr std::string_view kKinds[] = {"2",
                                       "None",
                                       "...",
                                       "''",
                                       "'ba'",
                                       "()",
                                       "(1, 2)",
                                       "(1, 2.0, 'a')",
                                       "[1, 2]",
                                       "range(1, 3)",
                                       "slice(1, 2)",
                                       "{'a': 1}",
                                       "{'a': 1.0, 2: None}",
                                       "{2: None, 'a': 1}",
                                       "{'a': 1}.keys()",
                                       "iter((1, 2))",
                                       "k",
                                       "x.shape",
                                       "tf.shape(x)",
                                       "tf.shape(x)[0]",
                                       "f",
                                       "g",
                                       "lambda t: t",
                                       "b0",
                                       "b"};

TEST(StaticValues, KindsAreCombinedAsRecorded) {
  constexpr std::string_view kSymbols[] = {"+", "*", "-", "&", "@"};
  expect_combined("kinds", kSymbols, kKinds);
}

TEST(StaticValues, KindsAreComparedAsRecorded) {
  constexpr std::string_view kSymbols[] = {"<", ">=", "==", "!=", "is", "is not", "in", "not in", "and", "or"};
  expect_combined("compared kinds", kSymbols, kKinds);
}

TEST(StaticValues, OneAloneIsAsRecorded) {
  Told told("one alone");
  for (const std::string_view form :
       {"-({})",           "+({})",      "~({})",       "not ({})",          "({})[0]",
        "({})[-1]",        "({})[1:]",   "({})[::-1]",  "({})['a']",         "({})[0, 1]",
        "[*({})]",         "{{**({})}}", "{{({}): 1}}", "[i for i in ({})]", "f'{{({})}}'",
        "({})(1)",         "({}).shape", "({}).dtype",  "({}).rank",         "({}).values",
        "({}).foo",        "f(*({}))",   "f(**({}))",   "1 if ({}) else 2",  "(lambda u: 3)(({}))",
        "[1, 2, 3][({})]", "x[:, ({})]", "raise({})"}) {
    for (const std::string_view kind : kKinds) told.add(fmt::format(fmt::runtime(form), kind));
    for (const std::string_view number : kNumbers) told.add(fmt::format(fmt::runtime(form), number));
    told.end_part(form);
  }
  told.expect();
}

// The digits of the others are the C library's.
constexpr std::string_view kOfOne[] = {"abs",       "all",       "any",       "bool",     "callable",  "dict",
                                       "float",     "int",       "iter",      "len",      "list",      "print",
                                       "raise",     "reversed",  "str",       "tuple",    "math.ceil", "math.floor",
                                       "math.prod", "math.fabs", "math.sqrt", "np.array", "tf.shape",  "ops.shape"};
constexpr std::string_view kOfMore[] = {"enumerate", "filter", "isinstance", "map",      "max",
                                        "min",       "pow",    "range",      "round",    "slice",
                                        "sorted",    "sum",    "zip",        "math.pow", "functools.reduce"};
constexpr std::string_view kGiven[] = {
    "0",        "-2", "2.5",       "True",     "None",         "'Za'", "(3, 1)",
    "[0, 2.0]", "()", "{'a': 0}",  "range(3)", "iter((1, 0))", "k",    "lambda *t: len(t)",
    "x",        "b0", "(int, str)"};

TEST(StaticValues, FunctionsTakeWhatIsRecorded) {
  Told told("functions");
  for (const std::string_view function : kOfOne) {
    told.add(fmt::format("{}()", function));
    for (const std::string_view given : kGiven) {
      told.add(fmt::format("{}({})", function, given));
      told.add(fmt::format("list({}({}))", function, given));
      told.add(fmt::format("{}({}, 1)", function, given));
      told.add(fmt::format("{}({}, key=1)", function, given));
    }
    told.end_part(function);
  }
  told.expect();
}

TEST(StaticValues, FunctionsOfMoreTakeWhatIsRecorded) {
  Told told("functions of more");
  for (const std::string_view function : kOfMore) {
    told.add(fmt::format("{}()", function));
    for (const std::string_view first : kGiven) {
      told.add(fmt::format("{}({})", function, first));
      told.add(fmt::format("{}({}, reverse=True)", function, first));
      told.add(fmt::format("list({}({}, start=2))", function, first));
      told.add(fmt::format("{}({}, 2, 3)", function, first));
      told.add(fmt::format("{}({}, 2, 3, 4)", function, first));
      for (const std::string_view second : kGiven) {
        told.add(fmt::format("list({}({}, {}))", function, first, second));
        told.add(fmt::format("{}({}, {})", function, first, second));
      }
    }
    told.end_part(function);
  }
  told.expect();
}

TEST(StaticValues, MethodsTakeWhatIsRecorded) {
  constexpr std::string_view kMethods[] = {"get",  "items", "keys",     "values", "as_list",    "index",
                                           "rank", "ndims", "endswith", "lower",  "startswith", "upper"};
  Told told("methods");
  for (const std::string_view method : kMethods) {
    for (const std::string_view self : kKinds) {
      for (const std::string_view given : {"", "'a'", "1", "2.0", "[1]", "(1, 2)", "'a', 3", "'a', 3, 4", "x", "k=1"}) {
        told.add(fmt::format("({}).{}({})", self, method, given));
      }
      told.add(fmt::format("list(({}).{}())", self, method));
    }
    told.end_part(method);
  }
  told.expect();
}

}  // namespace
}  // namespace revive::testing
