#include "revive/fuzz/oracles/lambda_case.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>

#include "revive/fuzz/mutators/fuzz_limits.h"
#include "revive/fuzz/oracles/each_leg.h"
#include "revive/fuzz/seeds/seeds.h"

namespace revive::fuzz {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

constexpr std::string_view kText = "lambda x: x * 2.0 + a";

LambdaCase the_case(std::string_view text = kText) {
  return lambda_case(lambda_bytes(0, text));
}

LambdaCalls makes(int nth, const std::function<void(Result<LambdaFunction>&)>& change) {
  LambdaCalls calls;
  calls.make = [=, count = 0, make = calls.make](std::string_view text, const Captures& captures,
                                                 const LoweringOptions& options) mutable {
    auto made = make(text, captures, options);
    if (++count == nth) change(made);
    return made;
  };
  return calls;
}
LambdaCalls parses(int nth, const std::function<void(Result<Tree>&)>& change) {
  LambdaCalls calls;
  calls.parse = [=, count = 0](std::string_view text, const Limits& limits) mutable {
    auto tree = parse_lambda(text, limits);
    if (++count == nth) change(tree);
    return tree;
  };
  return calls;
}

template <typename T>
void fails(Result<T>& result) {
  result = fail(ErrorCode::graph_argument, "place", "no more");
}
Graph other_graph() {
  return make_expression("x * 3.0", {}, Limits{})->graph;
}

std::vector<LegFault<LambdaCalls>> faults() {
  const auto refused = [](const std::string& place, const std::string& message) {
    return [=](Result<LambdaFunction>& made) { made = fail(ErrorCode::expression_type, place, message); };
  };
  // What refuses the text refuses its tree.
  const auto refuses = [&](const std::string& place, const std::string& message) {
    LambdaCalls calls = makes(1, refused(place, message));
    calls.make_of_tree = [](const Tree&, const Captures&, const LoweringOptions&) -> Result<LambdaFunction> {
      return fail(ErrorCode::expression_type, "lambda", "no");
    };
    return calls;
  };
  const auto of_tree = [](const std::function<void(Result<LambdaFunction>&)>& change) {
    LambdaCalls calls;
    calls.make_of_tree = [=, make = calls.make_of_tree](const Tree& tree, const Captures& captures,
                                                        const LoweringOptions& options) {
      auto made = make(tree, captures, options);
      change(made);
      return made;
    };
    return calls;
  };
  LambdaCalls unwritten;
  unwritten.write = [](const Graph&, const TensorType&, const Limits&) -> Result<Value> {
    return fail(ErrorCode::graph_argument, "place", "no more");
  };
  LambdaCalls unread;
  unread.read = [](const Value&, const Limits&) -> Result<Functional> {
    return fail(ErrorCode::graph_argument, "place", "no more");
  };
  LambdaCalls reads_another;
  reads_another.read = [](const Value&, const Limits&) -> Result<Functional> { return Functional{other_graph(), {}}; };
  LambdaCalls uninferred;
  uninferred.infer = [](const Graph&, const TensorType&, const Limits&) -> Result<std::vector<TensorType>> {
    return fail(ErrorCode::graph_argument, "place", "no more");
  };
  const auto inferred = [](const std::function<void(TensorType&)>& change) {
    LambdaCalls calls;
    calls.infer = [=](const Graph& graph, const TensorType& input, const Limits& limits) {
      auto types = graph.infer(input, limits);
      change(types->back());
      return types;
    };
    return calls;
  };
  LambdaCalls prints_no_text;
  prints_no_text.print = [](const Tree&, const Limits&) { return std::string("x )"); };
  LambdaCalls prints_another;
  prints_another.print = [](const Tree&, const Limits&) { return std::string("x * 7"); };
  LambdaCalls has_no_tree = parses(1, fails<Tree>);
  return {
      {"refused_with_place", refuses("", "why"), "without a place: why"},
      {"refused_with_sentence", refuses("where", ""), "without a message: where"},
      {"has_a_tree", has_no_tree, "a text without a tree gives an expression: place: no more"},
      {"tree_is_taken", of_tree(fails<LambdaFunction>), "the tree is refused: place: no more"},
      {"tree_is_refused", makes(1, refused("lambda", "never")), "the tree is taken: lambda: never"},
      {"tree_gives_the_graph", of_tree([](auto& made) { made->graph = other_graph(); }),
       "the tree gives another graph: (x * 3.0)"},
      {"printed_parses", prints_no_text, "the printed text x ) does not parse: "},
      {"printed_parses", parses(2, fails<Tree>), "does not parse: place: no more"},
      {"printed_is_the_tree", prints_another, "the printed text x * 7 is another tree"},
      {"annotation_is_taken", makes(2, fails<LambdaFunction>), "its own annotation is refused: place: no more"},
      {"annotation_gives_the_graph", makes(2, [](auto& made) { made->graph = other_graph(); }),
       "its own annotation gives another graph: (x * 3.0)"},
      {"annotation_gives_the_graph",
       makes(1, [](auto& made) { made->annotation->captures = {{"a", Tensor::from<float>({4}, {1, -2, 0.5F, 4})}}; }),
       "its own annotation gives another graph"},
      {"takes_its_input", uninferred, "the graph does not take the input it is made for: place: no more"},
      {"is_written", unwritten, "the graph is not written: place: no more"},
      {"is_read", unread, "what was written is not read: place: no more"},
      {"same_graph_read", reads_another, "another graph was read: (x * 3.0)"},
      {"computes_its_dtype", inferred([](TensorType& type) { type.dtype = DType::float64; }),
       "float64 inferred, float32 computed"},
      {"computes_its_shape", inferred([](TensorType& type) { type.shape = {kUnknown, 5}; }),
       "(None, 5) inferred, (2, 4) computed"},
      {"computes_its_shape", inferred([](TensorType& type) { type.shape = {kUnknown, 4, 1}; }), "inferred"},
  };
}

TEST(LambdaCase, EachLegFindsAFaultThatNoOtherFinds) {
  expect_each_leg_finds("lambda", lambda_legs(), faults(),
                        [&](const LambdaCalls& calls, std::span<const LambdaLeg> legs) {
                          return lambda_violation(the_case(), kFuzzLimits, calls, legs);
                        });
}

TEST(LambdaCase, OfALambdaThatIsToldNoInputNothingIsAskedThatTakesOne) {
  LambdaCase untyped = the_case("x[:, :, 0]");
  untyped.typed = false;
  std::vector<bool> told;
  LambdaCalls calls;
  calls.make = [&, make = calls.make](std::string_view text, const Captures& captures, const LoweringOptions& options) {
    told.push_back(options.input.has_value());
    return make(text, captures, options);
  };
  EXPECT_FALSE(lambda_violation(untyped, kFuzzLimits, calls)) << "it indexes an axis that is not there";
  LambdaCase typed = the_case();
  EXPECT_FALSE(lambda_violation(typed, kFuzzLimits, calls));
  EXPECT_THAT(told, ElementsAre(false, false, true, true));
}

TEST(LambdaCase, LengthsThatDoNotFitAfterAllAreNoFinding) {
  LambdaCalls calls;
  calls.evaluate = [](const Graph&, const Tensor&, const Limits&) -> Result<Tensor> {
    return fail(ErrorCode::graph_argument, "", "3 and 2");
  };
  EXPECT_FALSE(lambda_violation(the_case(), kFuzzLimits, calls));
}

TEST(LambdaCase, ATreeWithoutATextIsNotParsed) {
  LambdaCalls calls;
  calls.print = [](const Tree&, const Limits&) { return std::nullopt; };
  EXPECT_FALSE(lambda_violation(the_case(), kFuzzLimits, calls));
}

TEST(LambdaCase, WhatIsRefusedCleanlyIsNoFinding) {
  for (const std::string_view text : {"lambda x: )", "x * unknown", "x @ x @ word"}) {
    EXPECT_FALSE(lambda_violation(the_case(text), kFuzzLimits)) << text;
  }
}

TEST(LambdaCase, EveryCallIsHeldToTheLimits) {
  Limits limits = kFuzzLimits;
  limits.graph_nodes = 77;
  std::size_t held = 0;
  const auto hold = [&](const Limits& given) { held += given.graph_nodes == 77 ? 1 : 0; };
  const LambdaCalls own;
  LambdaCalls calls;
  calls.make = [&](std::string_view text, const Captures& captures, const LoweringOptions& options) {
    hold(options.limits);
    return own.make(text, captures, options);
  };
  calls.make_of_tree = [&](const Tree& tree, const Captures& captures, const LoweringOptions& options) {
    hold(options.limits);
    return own.make_of_tree(tree, captures, options);
  };
  calls.parse = [&](std::string_view text, const Limits& given) {
    hold(given);
    return own.parse(text, given);
  };
  calls.print = [&](const Tree& tree, const Limits& given) {
    hold(given);
    return own.print(tree, given);
  };
  calls.infer = [&](const Graph& graph, const TensorType& input, const Limits& given) {
    hold(given);
    return own.infer(graph, input, given);
  };
  calls.evaluate = [&](const Graph& graph, const Tensor& x, const Limits& given) {
    hold(given);
    return own.evaluate(graph, x, given);
  };
  calls.write = [&](const Graph& graph, const TensorType& input, const Limits& given) {
    hold(given);
    return own.write(graph, input, given);
  };
  calls.read = [&](const Value& config, const Limits& given) {
    hold(given);
    return own.read(config, given);
  };
  EXPECT_FALSE(lambda_violation(the_case(), limits, calls));
  // Two texts are made, two are parsed.
  EXPECT_EQ(held, 10U);
}

// What is tried hands its limits on.
TEST(LambdaCase, TheCallsKeepToTheirLimits) {
  const LambdaCalls calls;
  const auto made = calls.make(kText, lambda_captures(), {.input = std::nullopt, .limits = {}});
  Limits none = kFuzzLimits;
  none.graph_nodes = 1;
  none.activation_elements = 1;
  none.expression_bytes = 1;
  const TensorType input = the_case().input;
  const auto written = calls.write(made->graph, input, {});
  EXPECT_FALSE(calls.make(kText, lambda_captures(), {.input = std::nullopt, .limits = none}));
  EXPECT_FALSE(
      calls.make_of_tree(*parse_lambda(kText, {}), lambda_captures(), {.input = std::nullopt, .limits = none}));
  EXPECT_FALSE(calls.evaluate(made->graph, Tensor(DType::float32, {2, 4}), none));
  const auto read = calls.read(*written, none);
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().place, testing::StartsWith("config.json: "));
  EXPECT_EQ(written->find("config")->find("name")->as_string(), "lambda");
}

TEST(LambdaCase, BytesAreChoicesAndText) {
  const LambdaCase drawn = lambda_case(lambda_bytes(1, "x * 2"));
  EXPECT_EQ(drawn.text, "x * 2");
  EXPECT_TRUE(drawn.typed);
  EXPECT_EQ(drawn.input, (TensorType{DType::float32, {kUnknown, 3, 4}}));
  for (const std::vector<std::uint8_t>& bytes :
       {std::vector<std::uint8_t>{}, std::vector<std::uint8_t>{0}, std::vector<std::uint8_t>{0, 0}}) {
    EXPECT_EQ(lambda_case(bytes).text, "");
    EXPECT_FALSE(lambda_case(bytes).typed);
    EXPECT_EQ(lambda_case(bytes).input, (TensorType{DType::float32, {kUnknown, 4}}));
  }
  EXPECT_EQ(lambda_case(std::vector<std::uint8_t>{2}).input.shape.rank(), 3U);
  EXPECT_EQ(lambda_case(std::vector<std::uint8_t>{0, 0, 'x'}).text, "x");
  EXPECT_TRUE(lambda_case(std::vector<std::uint8_t>{0, 3}).typed);
  EXPECT_FALSE(lambda_case(std::vector<std::uint8_t>{0, 4}).typed);
}

// The inputs, and what is computed on them: batches of two, lengths of three, small numbers of both signs and a NaN.
TEST(LambdaCase, InputsAreOfEveryRankAndDType) {
  const std::vector<std::pair<TensorType, Dims>> expected = {
      {{DType::float32, {kUnknown, 4}}, {2, 4}},
      {{DType::float32, {kUnknown, 3, 4}}, {2, 3, 4}},
      {{DType::float32, {kUnknown, kUnknown, 4}}, {2, 3, 4}},
      {{DType::float32, {kUnknown, 4, 4, 3}}, {2, 4, 4, 3}},
      {{DType::int32, {kUnknown, 5}}, {2, 5}},
      {{DType::boolean, {kUnknown, 2, 3}}, {2, 2, 3}},
      {{DType::float32, {2, 6, 1}}, {2, 6, 1}},
      {{DType::float32, {kUnknown, 2, 2, 2, 3}}, {2, 2, 2, 2, 3}},
      {{DType::float32, {kUnknown}}, {2}},
      {{DType::float32, {kUnknown, 0, 4}}, {2, 0, 4}},
  };
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const LambdaCase drawn = lambda_case(lambda_bytes(i, "x"));
    EXPECT_EQ(drawn.input, expected[i].first) << i;
    LambdaCalls calls;
    std::size_t runs = 0;
    calls.evaluate = [&](const Graph& graph, const Tensor& x, const Limits& limits) {
      ++runs;
      EXPECT_EQ(x.dtype(), expected[i].first.dtype);
      EXPECT_EQ(x.dims(), expected[i].second);
      for (std::size_t k = 0; k < x.size(); ++k) {
        const int value = static_cast<int>(k * 7 % 11) - 5;
        if (x.dtype() == DType::int32) {
          EXPECT_EQ(x.data<std::int32_t>()[k], value);
        }
        if (x.dtype() == DType::boolean) {
          EXPECT_EQ(x.data<std::uint8_t>()[k], value > 0 ? 1 : 0);
        }
        if (x.dtype() != DType::float32) continue;
        if (k == 0) {
          EXPECT_TRUE(std::isnan(x.data<float>()[0]));
        } else {
          EXPECT_EQ(x.data<float>()[k], static_cast<float>(value) / 4);
        }
      }
      return graph.evaluate(x, limits);
    };
    EXPECT_FALSE(lambda_violation(drawn, kFuzzLimits, calls)) << i;
    EXPECT_EQ(runs, 1U) << i;
  }
  EXPECT_EQ(lambda_case(lambda_bytes(expected.size(), "x")).input, expected[0].first) << "from the beginning again";
}

TEST(LambdaCase, CapturesAreOneOfEachKind) {
  const auto graph = [](std::string_view text) {
    const auto made = make_expression(text, lambda_captures(), {.input = lambda_case({}).input, .limits = {}});
    return made ? made->graph.to_text() : made.error().text();
  };
  const std::map<std::string_view, std::string_view> same = {
      {"x * n", "x * 2"},
      {"x * s", "x * 0.5"},
      {"x[:, t[0]:t[1]]", "x[:, 1:2]"},
      {"x * a", "x * ops.array([1.0, -2.0, 0.5, 3.0], dtype='float32')"},
      {"x[:, i]", "x[:, [1, 0]]"},
      {"f(x)", "x * 2 + 2"},
      {"g(x)", "(x * 2 + 2) * 2 + 2"},
      {"f(x, k=n + 1)", "x * 3 + 2"},
      {"act(x)", "ops.relu(x)"},
      {"tfm.exp(x)", "ops.exp(x)"},
      {"x * self.width", "x * 3"},
      {"ops.cast(x > 0, word)", "ops.cast(x > 0, 'float32')"},
      {"x @ m", "x @ [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]"},
  };
  for (const auto& [captured, spelled] : same) EXPECT_EQ(graph(captured), graph(spelled)) << captured;
  // A graph says no more than the shape of what is large.
  const auto m = std::ranges::find(lambda_captures(), "m", &Captures::value_type::first);
  EXPECT_TRUE(same_bits(std::get<Tensor>(m->second), Tensor::from<float>({4, 2}, {1, 2, 3, 4, 5, 6, 7, 8})));
  EXPECT_THAT(graph("x * nan"), HasSubstr("nan"));
  EXPECT_THAT(graph("r(x)"), HasSubstr("r")) << "calls itself without end";
  EXPECT_FALSE(make_expression("r(x)", lambda_captures(), Limits{}));
}

TEST(LambdaCase, SeedsAreLambdasThatHold) {
  std::vector<std::string> refused;
  for (const auto& seed : lambda_seeds()) {
    const LambdaCase drawn = lambda_case(seed);
    EXPECT_TRUE(drawn.typed);
    const auto violation = lambda_violation(drawn, kFuzzLimits);
    EXPECT_FALSE(violation) << drawn.text << ": " << violation->text;
    const LoweringOptions options{.input = drawn.input, .limits = kFuzzLimits};
    if (!make_expression(drawn.text, lambda_captures(), options)) refused.push_back(drawn.text);
  }
  // The last adds what a dict holds, a string, to a tensor.
  EXPECT_THAT(refused, ElementsAre(EndsWith("['a']")));
}

TEST(LambdaCase, TheDictionaryKnowsEveryNamespace) {
  const std::string words = lambda_dictionary();
  for (const std::string_view word :
       {"\"tf.reduce_sum(\"", "\"K.sum(\"", "\"ops.sum(x\"", "\"np.pi(\"", "\" not in \""}) {
    EXPECT_THAT(words, HasSubstr(std::string(word)));
  }
}

}  // namespace
}  // namespace revive::fuzz
