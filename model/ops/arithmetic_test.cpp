// The operators on every dtype, with values observed in Keras 3.15.1 on JAX.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "revive/model/ops/testing.h"
#include "revive/model/sequential.h"

namespace revive::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const NodeRef kX{0};

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
  const auto graph = Graph::make({op_node("get_item", {kX, column(0)}), op_node("get_item", {kX, column(1)}),
                                  op_node(function, {NodeRef{1}, NodeRef{2}})},
                                 {3});
  return graph.value().evaluate(x).value();
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
  // By the definition: what is left has the sign of the divisor, and the quotient is whole.
  for (std::int32_t dividend = -7; dividend <= 7; ++dividend) {
    for (const std::int32_t divisor : {-5, -3, -2, -1, 1, 2, 3, 5}) {
      std::int32_t rest = dividend;
      while (rest < 0 && divisor > 0) rest += divisor;
      while (rest >= divisor && divisor > 0) rest -= divisor;
      while (rest > 0 && divisor < 0) rest += divisor;
      while (rest <= divisor && divisor < 0) rest -= divisor;
      const auto one = [](std::int32_t value) { return Tensor::from<std::int32_t>({1}, {value}); };
      EXPECT_THAT(elements<std::int32_t>(binary("mod", one(dividend), one(divisor))), ElementsAre(rest))
          << dividend << " % " << divisor;
      EXPECT_THAT(elements<std::int32_t>(binary("floor_divide", one(dividend), one(divisor))),
                  ElementsAre((dividend - rest) / divisor))
          << dividend << " // " << divisor;
    }
  }
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
              ::testing::Pointwise(::testing::NanSensitiveFloatEq(), quotients));
  EXPECT_THAT(elements<float>(binary("mod", a, b)), ::testing::Pointwise(::testing::NanSensitiveFloatEq(), rests));
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

}  // namespace
}  // namespace revive::testing
