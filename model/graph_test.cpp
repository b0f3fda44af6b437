#include "model/graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "model/broadcast.h"
#include "model/op.h"
#include "model/sequential.h"

namespace revive {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const NodeRef kX{0};

Node node(std::string_view function, std::vector<Argument> arguments) {
  return {find_op_function(function), std::move(arguments), {}};
}

Result<Graph> one_op(std::string_view function, std::vector<Argument> arguments) {
  return Graph::make({node(function, std::move(arguments))}, {1});
}

template <typename T>
std::vector<T> elements(const Tensor& tensor) {
  return {tensor.data<T>().begin(), tensor.data<T>().end()};
}

Tensor ints(std::initializer_list<std::int32_t> values) {
  return Tensor::from<std::int32_t>({static_cast<std::int64_t>(values.size())}, values);
}
Tensor floats(std::initializer_list<float> values) {
  return Tensor::from<float>({static_cast<std::int64_t>(values.size())}, values);
}
Tensor bools(std::initializer_list<std::uint8_t> values) {
  Tensor tensor(DType::boolean, {static_cast<std::int64_t>(values.size())});
  std::ranges::copy(values, tensor.data<std::uint8_t>().begin());
  return tensor;
}

// f(x, other) where both carry the batch axis: the second operand is x + 0-like, so it is passed through a column.
Tensor binary(std::string_view function, const Tensor& a, const Tensor& b) {
  // Rows of two: x[:, 0] is a and x[:, 1] is b.
  Tensor x(a.dtype(), {a.dim(0), 2});
  for (std::size_t i = 0; i < a.size(); ++i) {
    const std::size_t width = size_of(a.dtype());
    std::copy_n(a.bytes().data() + i * width, width, x.bytes().data() + 2 * i * width);
    std::copy_n(b.bytes().data() + i * width, width, x.bytes().data() + (2 * i + 1) * width);
  }
  const auto column = [](std::int64_t i) { return Argument(Argument::List{Slice{}, Value(i)}); };
  const auto graph = Graph::make(
      {node("get_item", {kX, column(0)}), node("get_item", {kX, column(1)}), node(function, {NodeRef{1}, NodeRef{2}})},
      {3});
  return graph.value().evaluate(x).value();
}

TEST(Graph, IsCanonicalWhateverTheOrderOfItsNodes) {
  const auto forward = Graph::make({node("negative", {kX}), node("add", {NodeRef{1}, Value(1)})}, {2});
  const auto backward = Graph::make({node("add", {NodeRef{2}, Value(1)}), node("negative", {kX})}, {1});
  const auto with_unused =
      Graph::make({node("square", {kX}), node("add", {NodeRef{3}, Value(1)}), node("negative", {kX})}, {2});
  EXPECT_EQ(*forward, *backward);
  EXPECT_EQ(*forward, *with_unused);
  EXPECT_THAT(forward->node_names(), ElementsAre("negative", "add"));
  EXPECT_EQ(forward->to_text(), "((-x) + 1)");
}

TEST(Graph, WhatIsComputedTwiceInTheSameWayIsOneNode) {
  const auto twice =
      Graph::make({node("square", {kX}), node("square", {kX}), node("add", {NodeRef{1}, floats({1})}),
                   node("add", {NodeRef{2}, floats({1})}), node("multiply", {NodeRef{3}, NodeRef{4}})},
                  {5});
  const auto once = Graph::make(
      {node("square", {kX}), node("add", {NodeRef{1}, floats({1})}), node("multiply", {NodeRef{2}, NodeRef{2}})},
      {3});
  EXPECT_EQ(*twice, *once);
  EXPECT_EQ(twice->nodes().size(), 3u);
  EXPECT_THAT(elements<float>(*twice->evaluate(floats({2, 3}))), ElementsAre(25, 100));

  // What differs in bits, kind or shape alone stays apart.
  const Argument::List operands = {Value(0),
                                   Value(0.0),
                                   Value(-0.0),
                                   Value(false),
                                   floats({0}),
                                   floats({-0.0f}),
                                   ints({0}),
                                   Tensor(DType::float32, {1, 1}),
                                   floats({1e30f}),
                                   Value(1e300),
                                   Tensor(DType::float32, {})};
  std::vector<Node> nodes;
  for (const Argument& operand : operands) nodes.push_back(node("add", {kX, operand}));
  const std::size_t apart = nodes.size();
  for (std::size_t i = 1; i <= apart; ++i) nodes.push_back(node("maximum", {NodeRef{i}, NodeRef{nodes.size()}}));
  const auto kept = Graph::make(std::move(nodes), {2 * apart});
  EXPECT_EQ(kept->nodes().size(), 2 * apart);
}

TEST(Graph, EqualNodesAreFoundAmongManyInNoTime) {
  // Every node differs from the others in the last element alone.
  const Limits limits;
  constexpr std::int64_t kElements = 100;
  std::vector<Node> nodes;
  for (std::size_t i = 0; i < limits.graph_nodes / 2; ++i) {
    Tensor array(DType::int32, {kElements});
    array.data<std::int32_t>().back() = static_cast<std::int32_t>(i);
    nodes.push_back(node("add", {NodeRef{0}, array}));
  }
  const std::size_t leaves = nodes.size();
  for (std::size_t i = 1; i <= leaves; ++i) nodes.push_back(node("subtract", {NodeRef{i}, NodeRef{nodes.size()}}));
  const auto graph = Graph::make(std::move(nodes), {2 * leaves});
  ASSERT_TRUE(graph) << graph.error().text();
  EXPECT_EQ(graph->nodes().size(), 2 * leaves);
}

TEST(Graph, EqualityTellsIntsFromFloatsAndZerosApart) {
  EXPECT_NE(*one_op("add", {kX, Value(1)}), *one_op("add", {kX, Value(1.0)}));
  EXPECT_NE(*one_op("add", {kX, Value(0.0)}), *one_op("add", {kX, Value(-0.0)}));
  EXPECT_NE(*one_op("add", {kX, floats({1})}), *one_op("add", {kX, ints({1})}));
  EXPECT_NE(*one_op("true_divide", {kX, Value(1)}), *one_op("divide", {kX, Value(1)}));
}

TEST(Graph, NaNPayloadsBecomeTheOneThatJsonSpells) {
  const float odd = std::bit_cast<float>(0xFFC12345u);
  const auto a = one_op("add", {kX, floats({odd, 1})});
  const auto b = one_op("add", {kX, floats({std::numeric_limits<float>::quiet_NaN(), 1})});
  EXPECT_EQ(*a, *b);
  const auto c = one_op("add", {kX, Value(-std::numeric_limits<double>::quiet_NaN())});
  EXPECT_EQ(*c, *one_op("add", {kX, Value(std::numeric_limits<double>::quiet_NaN())}));
}

TEST(Graph, StructureThatIsNoLambdaIsRefused) {
  const auto cycle = Graph::make({node("negative", {NodeRef{2}}), node("negative", {NodeRef{1}})}, {1});
  EXPECT_EQ(cycle.error().code, ErrorCode::graph_structure);
  EXPECT_THAT(cycle.error().text(), HasSubstr("depends on its own result"));
  EXPECT_EQ(Graph::make({node("negative", {NodeRef{7}})}, {1}).error().code, ErrorCode::graph_structure);
  EXPECT_EQ(Graph::make({}, {1}).error().code, ErrorCode::graph_structure);
  EXPECT_EQ(one_op("negative", {floats({1})}).error().code, ErrorCode::graph_structure);
  EXPECT_EQ(one_op("negative", {kX, kX}).error().code, ErrorCode::graph_argument);
  EXPECT_EQ(one_op("add", {kX, Value("a")}).error().code, ErrorCode::graph_argument);
  EXPECT_EQ(one_op("add", {kX, Tensor(DType::float64, {2})}).error().code, ErrorCode::graph_argument);
}

TEST(Graph, LimitsHold) {
  Limits limits;
  limits.graph_nodes = 1;
  EXPECT_EQ(Graph::make({node("negative", {kX}), node("negative", {NodeRef{1}})}, {2}, limits).error().code,
            ErrorCode::limit_exceeded);
  limits = {};
  limits.constant_elements = 3;
  EXPECT_EQ(Graph::make({node("add", {kX, floats({1, 2, 3, 4})})}, {1}, limits).error().code,
            ErrorCode::limit_exceeded);
  limits = {};
  limits.activation_elements = 15;
  const auto outer = Graph::make(
      {node("get_item", {kX, Argument::List{Slice{}, Slice{}, Value()}}),
       node("get_item", {kX, Argument::List{Slice{}, Value(), Slice{}}}), node("add", {NodeRef{1}, NodeRef{2}})},
      {3});
  const TensorType x{DType::float32, {kUnknown, 4}};
  EXPECT_EQ(outer->infer(x, limits).error().code, ErrorCode::limit_exceeded);
  EXPECT_EQ(outer->evaluate(Tensor(DType::float32, {2, 4}), limits).error().code, ErrorCode::limit_exceeded);
  EXPECT_EQ(outer->infer(x)->back().shape, (Shape{kUnknown, 4, 4}));
}

TEST(Graph, AChainAsLongAsTheLimitIsMadeAndRun) {
  const Limits limits;
  std::vector<Node> nodes;
  for (std::size_t i = 0; i < limits.graph_nodes; ++i) nodes.push_back(node("negative", {NodeRef{i}}));
  const auto graph = Graph::make(std::move(nodes), {limits.graph_nodes}, limits);
  ASSERT_TRUE(graph);
  EXPECT_THAT(elements<float>(*graph->evaluate(floats({3}))), ElementsAre(3));
}

TEST(Graph, TheBatchAxisStaysInFront) {
  const TensorType x{DType::float32, {kUnknown, 3}};
  for (const Argument::List& key : {Argument::List{Value(0)},
                                    {Value(), Ellipsis{}},
                                    {Slice{std::nullopt, std::nullopt, 2}},
                                    {Slice{1, std::nullopt, std::nullopt}},
                                    {Slice{{}, {}, -1}}}) {
    const auto graph = one_op("get_item", {kX, key});
    ASSERT_FALSE(graph);
    EXPECT_EQ(graph.error().code, ErrorCode::graph_argument);
    EXPECT_THAT(graph.error().message, HasSubstr("batch axis"));
  }
  // Only the rank of x shows that these reach it.
  EXPECT_EQ(one_op("get_item", {kX, Argument::List{Ellipsis{}, Value(0), Value(0)}})->infer(x).error().code,
            ErrorCode::graph_argument);
  EXPECT_EQ(one_op("get_item", {kX, Argument::List{Ellipsis{}, Slice{{}, {}, -1}, Slice{}}})->infer(x).error().code,
            ErrorCode::graph_argument);
  EXPECT_FALSE(one_op("add", {kX, Tensor(DType::float32, {5, 1})})->infer(x));
  EXPECT_FALSE(one_op("add", {kX, Tensor(DType::float32, {1, 1, 3})})->infer(x));
  EXPECT_TRUE(one_op("add", {kX, Tensor(DType::float32, {1, 3})})->infer(x));
  const auto misaligned = Graph::make(
      {node("get_item", {kX, Argument::List{Slice{}, Value(), Slice{}}}), node("add", {NodeRef{1}, kX})}, {2});
  EXPECT_FALSE(misaligned->infer(x));
}

TEST(Graph, InputsThatNoGraphTakes) {
  EXPECT_EQ(Graph().infer({DType::float64, {kUnknown, 2}}).error().code, ErrorCode::layer_input);
  EXPECT_EQ(Graph().infer({DType::float32, {}}).error().code, ErrorCode::layer_input);
  EXPECT_TRUE(same_bits(*Graph().evaluate(floats({1, 2})), floats({1, 2})));
}

// Observed in Keras 3.15.1 on JAX; rows x1, columns bool, int32, float32, True, 2, 2.5; "!" is refused.
TEST(Ops, DtypesAreKeras) {
  struct Row {
    std::string_view function;
    std::string_view results;
  };
  const Row rows[] = {
      {"add", "bifbif iifiif ffffff"},         {"subtract", "!if!if iifiif ffffff"},
      {"multiply", "bifbif iifiif ffffff"},    {"true_divide", "ffffff ffffff ffffff"},
      {"divide", "ffffff ffffff ffffff"},      {"floor_divide", "!if!if iifiif ffffff"},
      {"mod", "iifiif iifiif ffffff"},         {"power", "!if!if iifiif ffffff"},
      {"maximum", "bifbif iifiif ffffff"},     {"minimum", "bifbif iifiif ffffff"},
      {"equal", "bbbbbb bbbbbb bbbbbb"},       {"less_equal", "bbbbbb bbbbbb bbbbbb"},
      {"logical_and", "bbbbbb bbbbbb bbbbbb"}, {"logical_xor", "bbbbbb bbbbbb bbbbbb"},
  };
  const std::vector<std::pair<char, DType>> dtypes = {
      {'b', DType::boolean}, {'i', DType::int32}, {'f', DType::float32}};
  for (const Row& row : rows) {
    std::string results;
    for (const auto& [_, left] : dtypes) {
      const std::vector<Argument> others = {Tensor(DType::boolean, {3}),
                                            Tensor(DType::int32, {3}),
                                            Tensor(DType::float32, {3}),
                                            Value(true),
                                            Value(2),
                                            Value(2.5)};
      for (const Argument& other : others) {
        const auto graph = one_op(row.function, {kX, other});
        const auto types = graph->infer({left, {kUnknown, 3}});
        char letter = '!';
        for (const auto& [name, dtype] : dtypes) {
          if (types && types->back().dtype == dtype) letter = name;
        }
        results += letter;
        if (types) {
          EXPECT_EQ(graph->evaluate(Tensor(left, {2, 3}))->dtype(), types->back().dtype);
        }
      }
      results += ' ';
    }
    results.pop_back();
    EXPECT_EQ(results, row.results) << row.function;
  }
}

TEST(Ops, UnaryDtypesAreKeras) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"negative", "!if"}, {"absolute", "bif"}, {"square", "iif"}, {"sqrt", "fff"},        {"exp", "fff"},
      {"log", "fff"},      {"tanh", "fff"},     {"floor", "fff"},  {"relu", "!if"},        {"sigmoid", "!!f"},
      {"ceil", "fff"},     {"sin", "fff"},      {"cos", "fff"},    {"logical_not", "bbb"},
  };
  for (const auto& [function, expected] : rows) {
    std::string results;
    for (const DType dtype : {DType::boolean, DType::int32, DType::float32}) {
      const auto types = one_op(function, {kX})->infer({dtype, {kUnknown, 3}});
      results += !types                                  ? '!'
                 : types->back().dtype == DType::boolean ? 'b'
                 : types->back().dtype == DType::int32   ? 'i'
                                                         : 'f';
    }
    EXPECT_EQ(results, expected) << function;
  }
}

// Observed in Keras 3.15.1 on JAX.
TEST(Ops, IntArithmeticIsDefinedEverywhere) {
  constexpr std::int32_t kMin = std::numeric_limits<std::int32_t>::min();
  constexpr std::int32_t kMax = std::numeric_limits<std::int32_t>::max();
  const Tensor a = ints({7, -7, 0, kMin, kMin, kMax, 7, -7, 7, -7});
  const Tensor b = ints({0, 0, 0, -1, 0, 0, 2, 2, -2, -2});
  EXPECT_THAT(elements<std::int32_t>(binary("floor_divide", a, b)),
              ElementsAre(-2, -2, -1, kMin, -2, -2, 3, -4, -4, 3));
  EXPECT_THAT(elements<std::int32_t>(binary("mod", a, b)), ElementsAre(0, 0, 0, 0, 0, 0, 1, 1, -1, -1));
  EXPECT_THAT(elements<std::int32_t>(binary("power", ints({2, -2, 1, -1, 0, 3, 10, -1, -3, 0}),
                                            ints({-1, -1, -3, -3, -1, 40, 3, -2, -20, 0}))),
              ElementsAre(0, 0, 1, -1, 0, 689956897, 1000, 1, 51933809, 1));
  EXPECT_THAT(elements<std::int32_t>(binary("add", ints({kMax}), ints({1}))), ElementsAre(kMin));
  EXPECT_THAT(elements<std::int32_t>(binary("multiply", ints({kMin}), ints({-1}))), ElementsAre(kMin));
  EXPECT_THAT(elements<std::int32_t>(*one_op("absolute", {kX})->evaluate(ints({kMin, -3}))), ElementsAre(kMin, 3));
  EXPECT_EQ(one_op("add", {kX, Value(std::int64_t{1} << 40)})->infer({DType::int32, {kUnknown}}).error().code,
            ErrorCode::graph_argument);
  EXPECT_EQ(one_op("power", {kX, Value(-3)})->infer({DType::int32, {kUnknown}}).error().code,
            ErrorCode::graph_argument);
  EXPECT_TRUE(one_op("power", {kX, Value(-3)})->infer({DType::float32, {kUnknown}}));
  EXPECT_TRUE(one_op("add", {kX, Value(std::int64_t{1} << 40)})->infer({DType::float32, {kUnknown}}));
}

// Observed in Keras 3.15.1 on JAX.
TEST(Ops, FloatDivisionFollowsTheSignOfTheDivisor) {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
  const Tensor a = floats({5, -5, 5, -5, 0, 1, -1, kInf, 1, -1, 6, -6, 5.5f, 1});
  const Tensor b = floats({3, 3, -3, -3, 0, kInf, kInf, 2, 0, 0, 3, 3, -0.5f, -kInf});
  const std::vector<float> quotients = {1, -2, -2, 1, kNaN, 0, -1, kNaN, kInf, -kInf, 2, -2, -11, -1};
  const std::vector<float> rests = {2, 1, -1, -2, kNaN, 1, kInf, kNaN, kNaN, kNaN, 0, 0, 0, -kInf};
  EXPECT_THAT(elements<float>(binary("floor_divide", a, b)),
              testing::Pointwise(testing::NanSensitiveFloatEq(), quotients));
  EXPECT_THAT(elements<float>(binary("mod", a, b)), testing::Pointwise(testing::NanSensitiveFloatEq(), rests));
}

TEST(Ops, NaNIsNeitherLessNorGreaterAndWinsExtremes) {
  const Tensor a = floats({NAN, 1, 2, -0.0f});
  const Tensor b = floats({1, NAN, 2, 0.0f});
  EXPECT_THAT(elements<std::uint8_t>(binary("equal", a, b)), ElementsAre(0, 0, 1, 1));
  EXPECT_THAT(elements<std::uint8_t>(binary("not_equal", a, b)), ElementsAre(1, 1, 0, 0));
  EXPECT_THAT(elements<std::uint8_t>(binary("less_equal", a, b)), ElementsAre(0, 0, 1, 1));
  EXPECT_THAT(elements<std::uint8_t>(binary("greater", a, b)), ElementsAre(0, 0, 0, 0));
  const auto larger = elements<float>(binary("maximum", a, b));
  EXPECT_TRUE(std::isnan(larger[0]) && std::isnan(larger[1]));
  EXPECT_TRUE(std::isnan(elements<float>(*one_op("relu", {kX})->evaluate(floats({NAN})))[0]));
}

TEST(Ops, AnyNonzeroByteIsTrue) {
  EXPECT_THAT(elements<std::uint8_t>(binary("logical_and", bools({2, 0, 1, 0}), bools({4, 1, 0, 0}))),
              ElementsAre(1, 0, 0, 0));
  EXPECT_THAT(elements<std::uint8_t>(binary("add", bools({2, 0, 1, 0}), bools({4, 1, 0, 0}))), ElementsAre(1, 1, 1, 0));
  EXPECT_THAT(elements<std::uint8_t>(binary("equal", bools({2, 0}), bools({1, 1}))), ElementsAre(1, 0));
  EXPECT_THAT(elements<std::int32_t>(*one_op("multiply", {kX, Value(3)})->evaluate(bools({2, 0}))), ElementsAre(3, 0));
}

TEST(Ops, ShapesThatDoNotBroadcastAreRefused) {
  const auto graph = one_op("add", {kX, floats({1, 2})});
  const auto error = graph->infer({DType::float32, {kUnknown, 3}}).error();
  EXPECT_EQ(error.code, ErrorCode::graph_argument);
  EXPECT_EQ(error.text(), "node 1 (Add): the shapes (None, 3) and (2,) do not broadcast");
  // An unknown axis is taken to fit until it is known.
  EXPECT_EQ(graph->infer({DType::float32, {kUnknown, kUnknown}})->back().shape, (Shape{kUnknown, 2}));
  EXPECT_FALSE(graph->evaluate(Tensor(DType::float32, {1, 3})));
}

TEST(Ops, EveryOpIsDeclaredCompletelyAndOnce) {
  for (const OpClass* op : all_ops()) {
    EXPECT_EQ(find_op_class(op->module, op->class_name), op);
    EXPECT_EQ(find_op_function(op->function), op);
    EXPECT_EQ(snake_case(op->class_name), op->function) << "Keras names nodes after the class";
    EXPECT_FALSE(op->parameters.empty());
    EXPECT_TRUE(op->check != nullptr && op->infer != nullptr && op->evaluate != nullptr);
    if (op->syntax == OpClass::Syntax::infix || op->syntax == OpClass::Syntax::prefix) {
      EXPECT_EQ(find_op_symbol(op->syntax, op->symbol), op);
    }
  }
  EXPECT_EQ(find_op_class("keras.src.ops.nn", "Add"), nullptr);
}

// Element by element with an index computed from scratch: nothing shared with the loops under test.
std::vector<std::int64_t> unravel(std::int64_t flat, const Dims& dims) {
  std::vector<std::int64_t> index(dims.size());
  for (std::size_t axis = dims.size(); axis-- > 0;) {
    index[axis] = flat % dims[axis];
    flat /= dims[axis];
  }
  return index;
}

std::int64_t ravel_broadcast(const std::vector<std::int64_t>& index, const Dims& dims) {
  std::int64_t flat = 0;
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    const std::int64_t at = index[axis + index.size() - dims.size()];
    flat = flat * dims[axis] + (dims[axis] == 1 ? 0 : at);
  }
  return flat;
}

TEST(Broadcast, EqualsTheNaiveLoopOnRandomShapes) {
  std::mt19937 random(7);
  const auto draw = [&](std::uint32_t bound) { return static_cast<std::int64_t>(random() % bound); };
  for (int round = 0; round < 2000; ++round) {
    const auto rank = static_cast<std::size_t>(draw(5) + 1);
    Dims full(rank);
    for (auto& dim : full) dim = draw(8) == 0 ? 0 : draw(4) + 1;
    Dims a = full;
    Dims b = full;
    for (std::size_t axis = 1; axis < rank; ++axis) {
      if (draw(3) == 0) a[axis] = 1;
      if (draw(3) == 0) b[axis] = 1;
    }
    const bool constant = draw(2) == 0;
    if (constant) b[0] = 1;
    if (constant) b.erase(b.begin(), b.begin() + draw(static_cast<std::uint32_t>(rank) + 1));
    // A result axis is what either operand has there.
    for (std::size_t axis = 0; axis < rank; ++axis) {
      const std::int64_t in_b = axis + b.size() < rank ? 1 : b[axis + b.size() - rank];
      full[axis] = a[axis] == 1 ? in_b : a[axis];
    }
    Tensor x(DType::int32, a);
    Tensor y(DType::int32, b);
    for (auto& value : x.data<std::int32_t>()) value = static_cast<std::int32_t>(random());
    for (auto& value : y.data<std::int32_t>()) value = static_cast<std::int32_t>(random());
    Tensor out(DType::int32, full);
    std::size_t runs_written = 0;
    BroadcastLoops(a, b).for_each_run(
        [&](std::size_t oa, std::size_t sa, std::size_t ob, std::size_t sb, std::size_t oo, std::size_t count) {
          for (std::size_t i = 0; i < count; ++i) {
            const auto left = static_cast<std::uint32_t>(std::as_const(x).data<std::int32_t>()[oa + i * sa]);
            const auto right = static_cast<std::uint32_t>(std::as_const(y).data<std::int32_t>()[ob + i * sb]);
            out.data<std::int32_t>()[oo + i] = static_cast<std::int32_t>(left - right);
            ++runs_written;
          }
        });
    ASSERT_EQ(runs_written, out.size());
    for (std::size_t flat = 0; flat < out.size(); ++flat) {
      const auto index = unravel(static_cast<std::int64_t>(flat), full);
      const auto left = static_cast<std::uint32_t>(
          std::as_const(x).data<std::int32_t>()[static_cast<std::size_t>(ravel_broadcast(index, a))]);
      const auto right = static_cast<std::uint32_t>(
          std::as_const(y).data<std::int32_t>()[static_cast<std::size_t>(ravel_broadcast(index, b))]);
      ASSERT_EQ(std::as_const(out).data<std::int32_t>()[flat], static_cast<std::int32_t>(left - right))
          << to_string(a) << " with " << to_string(b);
    }
    if (constant && element_count(full) == element_count(a) && a == full) {
      const auto result = one_op("subtract", {kX, y})->evaluate(x);
      ASSERT_TRUE(result) << result.error().text();
      ASSERT_TRUE(same_bits(*result, out));
    }
  }
}

// Python's own definition: the indices that range(*slice.indices(length)) goes through.
std::vector<std::int64_t> python_indices(const Slice& slice, std::int64_t length) {
  const std::int64_t step = slice.step.value_or(1);
  std::vector<std::int64_t> indices;
  std::int64_t start = slice.start.value_or(step > 0 ? 0 : length - 1);
  std::int64_t stop = slice.stop.value_or(step > 0 ? length : -1);
  if (slice.start && start < 0) start = std::max(start + length, step > 0 ? std::int64_t{0} : std::int64_t{-1});
  if (slice.stop && stop < 0) stop = std::max(stop + length, step > 0 ? std::int64_t{0} : std::int64_t{-1});
  start = std::min(start, step > 0 ? length : length - 1);
  stop = std::min(stop, step > 0 ? length : length - 1);
  if (step > 0) {
    for (std::int64_t i = start; i < stop; i += step) indices.push_back(i);
  } else {
    for (std::int64_t i = start; i > stop; i += step) indices.push_back(i);
  }
  return indices;
}

TEST(GetItem, EqualsTheNaiveLoopOnRandomKeys) {
  std::mt19937 random(11);
  const auto draw = [&](std::uint32_t bound) { return static_cast<std::int64_t>(random() % bound); };
  const auto bound = [&]() -> std::optional<std::int64_t> {
    if (draw(3) == 0) return std::nullopt;
    if (draw(20) == 0) return std::numeric_limits<std::int64_t>::min();
    return draw(15) - 7;
  };
  int refused = 0;
  for (int round = 0; round < 3000; ++round) {
    const auto rank = static_cast<std::size_t>(draw(5) + 1);
    Dims dims(rank);
    for (auto& dim : dims) dim = draw(10) == 0 ? 0 : draw(5) + 1;
    Tensor x(DType::int32, dims);
    for (auto& value : x.data<std::int32_t>()) value = static_cast<std::int32_t>(random());

    Argument::List key;
    Dims expected_dims;
    std::vector<std::vector<std::int64_t>> picked;
    bool in_range = true;
    const auto whole = [&](std::size_t axis) {
      std::vector<std::int64_t> all(static_cast<std::size_t>(dims[axis]));
      for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int64_t>(i);
      expected_dims.push_back(dims[axis]);
      picked.push_back(std::move(all));
    };
    key.emplace_back(Slice{});
    whole(0);
    const auto ellipsis_at = static_cast<std::size_t>(draw(8));
    const auto ellipsis_length = static_cast<std::size_t>(draw(3));
    for (std::size_t axis = 1; axis < rank; ++axis) {
      if (draw(4) == 0) {
        key.emplace_back(Value());
        expected_dims.push_back(1);
      }
      if (axis == ellipsis_at) {
        key.emplace_back(Ellipsis{});
        for (std::size_t i = 0; i < ellipsis_length && axis < rank; ++i) whole(axis++);
        if (axis == rank) break;
      }
      if (draw(3) == 0) {
        const std::int64_t index = draw(11) - 5;
        key.emplace_back(Value(index));
        in_range = in_range && index < dims[axis] && index >= -dims[axis];
        picked.push_back({index < 0 ? index + dims[axis] : index});
      } else {
        const std::int64_t step = draw(7) - 3;
        const Slice slice{bound(), bound(), step == 0 ? std::nullopt : std::optional(step)};
        key.emplace_back(slice);
        picked.push_back(python_indices(slice, dims[axis]));
        expected_dims.push_back(static_cast<std::int64_t>(picked.back().size()));
      }
    }
    const auto graph = one_op("get_item", {kX, key});
    ASSERT_TRUE(graph) << graph.error().text();
    const auto result = graph->evaluate(x);
    ASSERT_EQ(result.has_value(), in_range) << graph->to_text() << " of " << to_string(dims);
    if (!result) {
      ++refused;
      continue;
    }
    ASSERT_EQ(result->dims(), expected_dims) << graph->to_text() << " of " << to_string(dims);
    Dims picks;
    for (const auto& axis : picked) picks.push_back(static_cast<std::int64_t>(axis.size()));
    for (std::size_t flat = 0; flat < result->size(); ++flat) {
      const auto index = unravel(static_cast<std::int64_t>(flat), picks);
      std::int64_t source = 0;
      for (std::size_t axis = 0; axis < rank; ++axis) {
        source = source * dims[axis] + picked[axis][static_cast<std::size_t>(index[axis])];
      }
      ASSERT_EQ(result->data<std::int32_t>()[flat],
                std::as_const(x).data<std::int32_t>()[static_cast<std::size_t>(source)])
          << graph->to_text() << " of " << to_string(dims);
    }
  }
  EXPECT_GT(refused, 100);
  EXPECT_LT(refused, 2500);
}

TEST(GetItem, UnknownAxesStayUnknownUntilTheRun) {
  const auto graph = one_op("get_item", {kX, Argument::List{Slice{}, Slice{-3, std::nullopt, std::nullopt}, Value(5)}});
  EXPECT_EQ(graph->infer({DType::float32, {kUnknown, kUnknown, kUnknown}})->back().shape, (Shape{kUnknown, kUnknown}));
  EXPECT_EQ(graph->infer({DType::float32, {kUnknown, 10, 6}})->back().shape, (Shape{kUnknown, 3}));
  EXPECT_THAT(graph->infer({DType::float32, {kUnknown, 10, 5}}).error().message,
              "index 5 is out of range for axis 2 of length 5");
  EXPECT_EQ(graph->evaluate(Tensor(DType::float32, {2, 2, 6}))->dims(), (Dims{2, 2}));
  EXPECT_FALSE(graph->evaluate(Tensor(DType::float32, {2, 2, 5})));
}

TEST(GetItem, KeysThatAreNoBasicIndexAreRefused) {
  const auto refused = [](Argument::List rest) {
    rest.insert(rest.begin(), Argument(Slice{}));
    const auto graph = one_op("get_item", {kX, std::move(rest)});
    return graph ? "" : graph.error().message;
  };
  EXPECT_THAT(refused({Slice{{}, {}, 0}}), HasSubstr("must not be zero"));
  EXPECT_THAT(refused({Value(1.0)}), HasSubstr("found a float"));
  EXPECT_THAT(refused({Value(true)}), HasSubstr("found a bool"));
  EXPECT_THAT(refused({Argument(Argument::List{Value(0), Value(1)})}), HasSubstr("found a list"));
  EXPECT_THAT(refused({Ellipsis{}, Ellipsis{}}), HasSubstr("one ..."));
  EXPECT_FALSE(one_op("get_item", {kX, Value(0)}));
  EXPECT_FALSE(
      one_op("get_item", {kX, Argument::List{Slice{}, Slice{}, Slice{}}})->infer({DType::float32, {kUnknown, 2}}));
}

}  // namespace
}  // namespace revive
