// Ops of two and three operands, element by element. Every expected number is Keras 3.15.1's on JAX.
#include "revive/model/ops/testing.h"

namespace revive::testing {
namespace {

const NodeRef kX{0};

// An op of two operands, both of which depend on x: they are its columns.
Tensor of_columns(std::string_view function, std::vector<Argument> more, std::vector<Value> settings,
                  std::string_view left, std::string_view right) {
  const Tensor a = floats_of(left);
  const Tensor b = floats_of(right);
  Tensor x(DType::float32, {a.dim(0), 2});
  for (std::size_t i = 0; i < a.size(); ++i) {
    x.data<float>()[2 * i] = a.data<float>()[i];
    x.data<float>()[2 * i + 1] = b.data<float>()[i];
  }
  const auto column = [](std::int64_t i) { return Argument(Argument::List{Slice{}, Value(i)}); };
  std::vector<Argument> arguments = {NodeRef{1}, NodeRef{2}};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const auto graph = Graph::make({op_node("get_item", {kX, column(0)}), op_node("get_item", {kX, column(1)}),
                                  op_node(function, std::move(arguments), std::move(settings))},
                                 {3});
  return graph.value().evaluate(x).value();
}

TEST(BinaryOps, GiveTheFloatsOfKeras) {
  constexpr std::string_view kLeft = "1 -1 0 -0 0 -0 nan 1 inf inf -inf -inf 3 5 -3 1e+30 inf 0 -0 0";
  constexpr std::string_view kRight = "0 0 0 0 -0 -0 0 nan inf 1 inf -inf 4 -2 -4 1 -inf -1 -1 1";
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"divide_no_nan", "0 0 0 0 0 0 0 nan nan inf nan nan 0.75 -2.5 0.75 1e+30 nan -0 0 0"},
      {"logaddexp",
       "1.3132617 0.3132617 0.6931472 0.6931472 0.6931472 0.6931472 nan nan inf inf inf -inf 4.3132615 5.000911 "
       "-2.6867383 1e+30 inf 0.3132617 0.3132617 1.3132617"},
      {"arctan2",
       "1.5707964 -1.5707964 0 -0 3.1415927 -3.1415927 nan nan 0.7853982 1.5707964 -0.7853982 -2.3561945 0.6435011 "
       "1.9513026 -2.4980917 1.5707964 2.3561945 3.1415927 -3.1415927 0"},
  };
  for (const auto& [function, expected] : rows) {
    expect_agrees(of_columns(function, {}, {}, kLeft, kRight), floats_of(expected), function);
  }
}

TEST(BinaryOps, IsCloseIsNumPys) {
  constexpr std::string_view kLeft = "1 1 100 100 nan inf 1 1e-9 1 inf -inf";
  constexpr std::string_view kRight = "1.4 1.6 90 91 nan inf 1.00001 0 1.000005 -inf 1";
  struct Row {
    std::vector<Argument> tolerances;
    bool equal_nan;
    std::string_view expected;
  };
  const Row rows[] = {{{Value(0.1), Value(0.25)}, false, "0 0 0 1 0 1 1 1 1 0 0"},
                      {{Value(), Value()}, true, "0 0 0 0 1 1 0 1 1 0 0"},
                      {{Value(0), Value(0.25)}, false, "0 0 0 0 0 1 1 1 1 0 0"}};
  for (const Row& row : rows) {
    expect_agrees(of_columns("isclose", row.tolerances, {Value(row.equal_nan)}, kLeft, kRight),
                  array_of(DType::boolean, row.expected), "isclose");
  }
  EXPECT_FALSE(one_op("isclose", {kX, kX, kX, Value()}));
  EXPECT_FALSE(one_op("isclose", {kX, kX, Value(), Value("1")}));
  EXPECT_FALSE(one_op("isclose", {kX, Value("1"), Value(), Value()}));
  EXPECT_FALSE(one_op("isclose", {kX, kX, Value(), Value()}, {Value(1)}));
}

TEST(BinaryOps, RealOnesGiveFloatsForAnything) {
  for (const std::string_view function : {"divide_no_nan", "logaddexp", "arctan2"}) {
    for (const DType dtype : {DType::boolean, DType::int32, DType::float32}) {
      for (const Argument& other : {Argument(Value(true)), Argument(Value(2)), Argument(Tensor(DType::int32, {3}))}) {
        EXPECT_EQ(dtype_letter(one_op(function, {kX, other})->infer({dtype, {kUnknown, 3}})), 'f') << function;
      }
    }
  }
}

TEST(WhereOp, DtypesAreKeras) {
  const std::pair<Argument, std::string_view> rows[] = {{Tensor(DType::boolean, {3}), "bifbif"},
                                                        {Tensor(DType::int32, {3}), "iifiif"},
                                                        {Tensor(DType::float32, {3}), "ffffff"},
                                                        {Value(true), "bifbif"},
                                                        {Value(2), "iifiif"},
                                                        {Value(2.5), "ffffff"}};
  for (const auto& [first, expected] : rows) {
    std::string found;
    for (const auto& [second, _] : rows) {
      const auto types = one_op("where", {kX, first, second})->infer({DType::float32, {kUnknown, 3}});
      found += dtype_letter(types);
    }
    EXPECT_EQ(found, expected);
  }
}

TEST(WhereOp, TakesAnyNonzeroConditionAndBroadcasts) {
  const auto run = [](std::vector<Argument> arguments, const Tensor& x) {
    return one_op("where", std::move(arguments)).value().evaluate(x).value();
  };
  const Tensor x = floats_of("0 nan -0 1 -2 inf", {2, 3});
  expect_agrees(run({kX, Value(1), Value(2)}, x), ints_of("2 1 2 1 1 1", {2, 3}), "of numbers");
  expect_agrees(run({kX, floats_of("7 8 9"), kX}, x), floats_of("0 8 -0 7 8 9", {2, 3}), "of a row");
  expect_agrees(run({array_of(DType::boolean, "1 0 1"), kX, Value(5)}, x), floats_of("0 5 -0 1 5 inf", {2, 3}),
                "by a constant");
  expect_agrees(run({Value(false), kX, ints_of("4", {1, 1})}, x), floats_of("4 4 4 4 4 4", {2, 3}), "by a number");
  expect_agrees(run({kX, kX, Value(-0.0)}, ints_of("3 0 -1")), floats_of("3 -0 -1"), "of ints and a float");
}

TEST(WhereOp, TheBatchAxisStaysInFront) {
  const TensorType x{DType::float32, {kUnknown, 3}};
  const Tensor batched(DType::boolean, {2, 3});
  const Tensor deeper(DType::float32, {1, 1, 3});
  EXPECT_FALSE(one_op("where", {batched, kX, Value(0)})->infer(x));
  EXPECT_FALSE(one_op("where", {batched, Value(0), kX})->infer(x));
  EXPECT_FALSE(one_op("where", {Value(true), kX, batched})->infer(x));
  EXPECT_FALSE(one_op("where", {kX, deeper, Value(0)})->infer(x));
  EXPECT_FALSE(one_op("where", {kX, Value(0), deeper})->infer(x));
  EXPECT_FALSE(one_op("where", {Value(true), deeper, kX})->infer(x));
  EXPECT_FALSE(one_op("where", {kX, floats_of("1 2"), Value(0)})->infer(x));
  EXPECT_FALSE(one_op("where", {kX, Value(std::int64_t{1} << 40), Value(0)})->infer(x));
  EXPECT_FALSE(one_op("where", {kX, Value(), Value(0)}));
  EXPECT_TRUE(one_op("where", {Tensor(DType::boolean, {1, 3}), kX, Value(0)})->infer(x));
}

}  // namespace
}  // namespace revive::testing
