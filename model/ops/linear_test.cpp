// Products of tensors. Every expected number is Keras 3.15.1's on JAX.
#include <limits>

#include "revive/model/kernels/shared.h"
#include "revive/model/ops/einsum.h"
#include "revive/model/ops/testing.h"

namespace revive::testing {
namespace {

const NodeRef kX{0};

struct Row {
  std::string_view function;
  std::vector<Value> settings;
  ArrayText x;
  // No dims: x is the only operand.
  ArrayText constant;
  bool constant_first;
  ArrayText expected;
};

// The arguments as the op takes them: an einsum has one list.
std::vector<Argument> arguments_of(std::string_view function, Argument::List operands) {
  if (function == "einsum") return {Argument(std::move(operands))};
  return operands;
}

TEST(LinearOps, GiveTheNumbersOfKeras) {
  const Row rows[] = {
      {"matmul",
       {},
       {DType::float32, {2, 3}, "-2.5 1 -1 2.5 0.5 -1.5"},
       {DType::float32, {3, 2}, "-2.5 1 -1 2.5 0.5 -1.5"},
       false,
       {DType::float32, {2, 2}, "4.75 1.5 -7.5 6"}},
      {"matmul",
       {},
       {DType::float32, {2, 2, 3}, "-2.5 1 -1 2.5 0.5 -1.5 2 0 -2 1.5 -0.5 -2.5"},
       {DType::float32, {3, 2}, "-2.5 1 -1 2.5 0.5 -1.5"},
       false,
       {DType::float32, {2, 2, 2}, "4.75 1.5 -7.5 6 -6 5 -4.5 4"}},
      {"matmul",
       {},
       {DType::float32, {2, 2, 3}, "-2.5 1 -1 2.5 0.5 -1.5 2 0 -2 1.5 -0.5 -2.5"},
       {DType::float32, {3}, "-2.5 1 -1"},
       false,
       {DType::float32, {2, 2}, "8.25 -4.25 -3 -1.75"}},
      {"matmul",
       {},
       {DType::float32, {2, 2, 3}, "-2.5 1 -1 2.5 0.5 -1.5 2 0 -2 1.5 -0.5 -2.5"},
       {DType::float32, {3, 2}, "-2.5 1 -1 2.5 0.5 -1.5"},
       true,
       {DType::float32,
        {2, 3, 3},
        "8.75 -2 1 8.75 0.25 -2.75 -5 -0.25 1.75 -3.5 -0.5 2.5 1.75 -1.25 -4.25 -1.25 0.75 2.75"}},
      {"matmul",
       {},
       {DType::float32, {2, 2, 3}, "-2.5 1 -1 2.5 0.5 -1.5 2 0 -2 1.5 -0.5 -2.5"},
       {DType::float32, {2}, "-2.5 1"},
       true,
       {DType::float32, {2, 3}, "8.75 -2 1 -3.5 -0.5 2.5"}},
      {"matmul",
       {},
       {DType::float32, {1, 2, 2, 3}, "-2.5 1 -1 2.5 0.5 -1.5 2 0 -2 1.5 -0.5 -2.5"},
       {DType::float32, {2, 3, 1}, "-2.5 1 -1 2.5 0.5 -1.5"},
       false,
       {DType::float32, {1, 2, 2, 1}, "8.25 -4.25 8 7.25"}},
      {"matmul",
       {},
       {DType::float32, {2, 2, 3}, "-2.5 1 -1 2.5 0.5 -1.5 2 0 -2 1.5 -0.5 -2.5"},
       {DType::float32, {1, 3, 2}, "-2.5 1 -1 2.5 0.5 -1.5"},
       false,
       {DType::float32, {2, 2, 2}, "4.75 1.5 -7.5 6 -6 5 -4.5 4"}},
      {"matmul",
       {},
       {DType::int32, {2, 2, 3}, "-5 2 -2 5 1 -3 4 0 -4 3 -1 -5"},
       {DType::int32, {3, 2}, "-5 2 -2 5 1 -3"},
       false,
       {DType::int32, {2, 2, 2}, "19 6 -30 24 -24 20 -18 16"}},
      {"matmul",
       {},
       {DType::int32, {2, 2, 3}, "-5 2 -2 5 1 -3 4 0 -4 3 -1 -5"},
       {DType::float32, {3, 2}, "-2.5 1 -1 2.5 0.5 -1.5"},
       false,
       {DType::float32, {2, 2, 2}, "9.5 3 -15 12 -12 10 -9 8"}},
      {"matmul",
       {},
       {DType::boolean, {2, 2, 3}, "0 1 0 1 1 0 1 0 0 1 0 0"},
       {DType::boolean, {3, 2}, "0 1 0 1 1 0"},
       false,
       {DType::boolean, {2, 2, 2}, "0 1 0 1 0 1 0 1"}},
      {"matmul",
       {},
       {DType::float32, {1, 1, 2}, "-2.5 1"},
       {DType::float32, {2, 0}, ""},
       false,
       {DType::float32, {1, 1, 0}, ""}},
      {"matmul",
       {},
       {DType::float32, {2, 3, 0}, ""},
       {DType::float32, {0, 2}, ""},
       false,
       {DType::float32, {2, 3, 2}, "0 0 0 0 0 0 0 0 0 0 0 0"}},
      {"matmul",
       {},
       {DType::int32, {1, 2}, "2147483647 -2147483648"},
       {DType::int32, {2, 1}, "2 3"},
       false,
       {DType::int32, {1, 1}, "2147483646"}},
      {"matmul",
       {},
       {DType::float32, {3, 2}, "nan 1 inf -inf 0 1"},
       {DType::float32, {2, 2}, "0 1 1 1"},
       false,
       {DType::float32, {3, 2}, "nan nan nan nan 1 1"}},
      {"dot",
       {},
       {DType::float32, {2, 2, 3}, "-2.5 1 -1 2.5 0.5 -1.5 2 0 -2 1.5 -0.5 -2.5"},
       {DType::float32, {3, 2}, "-2.5 1 -1 2.5 0.5 -1.5"},
       false,
       {DType::float32, {2, 2, 2}, "4.75 1.5 -7.5 6 -6 5 -4.5 4"}},
      {"dot",
       {},
       {DType::float32, {2, 2, 3}, "-2.5 1 -1 2.5 0.5 -1.5 2 0 -2 1.5 -0.5 -2.5"},
       {DType::float32, {3}, "-2.5 1 -1"},
       false,
       {DType::float32, {2, 2}, "8.25 -4.25 -3 -1.75"}},
      {"dot",
       {},
       {DType::float32, {2, 2, 3}, "-2.5 1 -1 2.5 0.5 -1.5 2 0 -2 1.5 -0.5 -2.5"},
       {DType::float32, {2, 3, 2}, "-2.5 1 -1 2.5 0.5 -1.5 2 0 -2 1.5 -0.5 -2.5"},
       false,
       {DType::float32, {2, 2, 2, 2}, "4.75 1.5 -6.5 4 -7.5 6 4.75 4.5 -6 5 5 5 -4.5 4 5.25 5.5"}},
      {"dot",
       {},
       {DType::float32, {2, 3, 2}, "-2.5 1 -1 2.5 0.5 -1.5 2 0 -2 1.5 -0.5 -2.5"},
       {DType::float32, {3}, "-2.5 1 -1"},
       true,
       {DType::float32, {2, 2}, "4.75 1.5 -6.5 4"}},
      {"tensordot",
       {Value(1)},
       {DType::float32, {2, 2, 3}, "-2.5 1 -1 2.5 0.5 -1.5 2 0 -2 1.5 -0.5 -2.5"},
       {DType::float32, {3, 2}, "-2.5 1 -1 2.5 0.5 -1.5"},
       false,
       {DType::float32, {2, 2, 2}, "4.75 1.5 -7.5 6 -6 5 -4.5 4"}},
      {"tensordot",
       {Value(2)},
       {DType::float32, {2, 2, 3}, "-2.5 1 -1 2.5 0.5 -1.5 2 0 -2 1.5 -0.5 -2.5"},
       {DType::float32, {2, 3, 2}, "-2.5 1 -1 2.5 0.5 -1.5 2 0 -2 1.5 -0.5 -2.5"},
       false,
       {DType::float32, {2, 2}, "9.5 6 -0.75 10.5"}},
      {"tensordot",
       {Value(Value::Array{Value::Array{Value(1)}, Value::Array{Value(0)}})},
       {DType::float32, {2, 2, 3}, "-2.5 1 -1 2.5 0.5 -1.5 2 0 -2 1.5 -0.5 -2.5"},
       {DType::float32, {2, 2}, "-2.5 1 -1 2.5"},
       false,
       {DType::float32, {2, 3, 2}, "3.75 3.75 -3 2.25 4 -4.75 -6.5 5.75 0.5 -1.25 7.5 -8.25"}},
      {"tensordot",
       {Value(Value::Array{Value::Array{Value(-1), Value(1)}, Value::Array{Value(0), Value(1)}})},
       {DType::float32, {2, 2, 3}, "-2.5 1 -1 2.5 0.5 -1.5 2 0 -2 1.5 -0.5 -2.5"},
       {DType::float32, {3, 2}, "-2.5 1 -1 2.5 0.5 -1.5"},
       false,
       {DType::float32, {2}, "10.75 -2"}},
      {"tensordot",
       {Value(0)},
       {DType::float32, {1, 2}, "0 1"},
       {DType::float32, {2}, "-2 3"},
       false,
       {DType::float32, {1, 2, 2}, "-0 0 -2 3"}},
      {"einsum",
       {Value("bij,jk->bik")},
       {DType::float32, {2, 2, 3}, "-2.5 1 -1 2.5 0.5 -1.5 2 0 -2 1.5 -0.5 -2.5"},
       {DType::float32, {3, 2}, "-2.5 1 -1 2.5 0.5 -1.5"},
       false,
       {DType::float32, {2, 2, 2}, "4.75 1.5 -7.5 6 -6 5 -4.5 4"}},
      {"einsum",
       {Value("bij,ji->b")},
       {DType::float32, {2, 2, 3}, "-2.5 1 -1 2.5 0.5 -1.5 2 0 -2 1.5 -0.5 -2.5"},
       {DType::float32, {3, 2}, "-2.5 1 -1 2.5 0.5 -1.5"},
       false,
       {DType::float32, {2}, "10.75 -2"}},
      {"einsum",
       {Value("bij->bji")},
       {DType::float32, {2, 2, 3}, "-2.5 1 -1 2.5 0.5 -1.5 2 0 -2 1.5 -0.5 -2.5"},
       {},
       false,
       {DType::float32, {2, 3, 2}, "-2.5 2.5 1 0.5 -1 -1.5 2 1.5 0 -0.5 -2 -2.5"}},
      {"einsum",
       {Value("bij->bi")},
       {DType::float32, {2, 2, 3}, "-2.5 1 -1 2.5 0.5 -1.5 2 0 -2 1.5 -0.5 -2.5"},
       {},
       false,
       {DType::float32, {2, 2}, "-2.5 1.5 0 -1.5"}},
      {"einsum",
       {Value("bij->bj")},
       {DType::float32, {2, 2, 3}, "-2.5 1 -1 2.5 0.5 -1.5 2 0 -2 1.5 -0.5 -2.5"},
       {},
       false,
       {DType::float32, {2, 3}, "0 1.5 -2.5 3.5 -0.5 -4.5"}},
      {"einsum",
       {Value("...j,jk->...k")},
       {DType::float32, {2, 2, 3}, "-2.5 1 -1 2.5 0.5 -1.5 2 0 -2 1.5 -0.5 -2.5"},
       {DType::float32, {3, 2}, "-2.5 1 -1 2.5 0.5 -1.5"},
       false,
       {DType::float32, {2, 2, 2}, "4.75 1.5 -7.5 6 -6 5 -4.5 4"}},
      {"einsum",
       {Value("bij,jk")},
       {DType::float32, {2, 2, 3}, "-2.5 1 -1 2.5 0.5 -1.5 2 0 -2 1.5 -0.5 -2.5"},
       {DType::float32, {3, 2}, "-2.5 1 -1 2.5 0.5 -1.5"},
       false,
       {DType::float32, {2, 2, 2}, "4.75 1.5 -7.5 6 -6 5 -4.5 4"}},
      {"einsum",
       {Value("ba,a")},
       {DType::float32, {2, 3}, "-2.5 1 -1 2.5 0.5 -1.5"},
       {DType::float32, {3}, "-2.5 1 -1"},
       false,
       {DType::float32, {2}, "8.25 -4.25"}},
      {"einsum",
       {Value("bij,k->bk")},
       {DType::float32, {2, 2, 3}, "-2.5 1 -1 2.5 0.5 -1.5 2 0 -2 1.5 -0.5 -2.5"},
       {DType::float32, {2}, "-2.5 1"},
       false,
       {DType::float32, {2, 2}, "2.5 -1 3.75 -1.5"}},
      {"einsum",
       {Value("bii->bi")},
       {DType::float32, {2, 2, 2}, "-2.5 1 -1 2.5 0.5 -1.5 2 0"},
       {},
       false,
       {DType::float32, {2, 2}, "-2.5 2.5 0.5 0"}},
      {"einsum",
       {Value("bii->b")},
       {DType::float32, {2, 2, 2}, "-2.5 1 -1 2.5 0.5 -1.5 2 0"},
       {},
       false,
       {DType::float32, {2}, "0 0.5"}},
      {"einsum",
       {Value("b...->b...")},
       {DType::float32, {2, 2, 2}, "-2.5 1 -1 2.5 0.5 -1.5 2 0"},
       {},
       false,
       {DType::float32, {2, 2, 2}, "-2.5 1 -1 2.5 0.5 -1.5 2 0"}},
      {"einsum",
       {Value("...i->...")},
       {DType::float32, {2, 3}, "-2.5 1 -1 2.5 0.5 -1.5"},
       {},
       false,
       {DType::float32, {2}, "-2.5 1.5"}},
      {"einsum",
       {Value("bij,ik->bkj")},
       {DType::float32, {2, 2, 3}, "-2.5 1 -1 2.5 0.5 -1.5 2 0 -2 1.5 -0.5 -2.5"},
       {DType::float32, {2, 2}, "-2.5 1 -1 2.5"},
       false,
       {DType::float32, {2, 2, 3}, "3.75 -3 4 3.75 2.25 -4.75 -6.5 0.5 7.5 5.75 -1.25 -8.25"}},
      {"einsum",
       {Value("b...i,ij->b...j")},
       {DType::float32, {1, 2, 2, 3}, "-2.5 1 -1 2.5 0.5 -1.5 2 0 -2 1.5 -0.5 -2.5"},
       {DType::float32, {3, 2}, "-2.5 1 -1 2.5 0.5 -1.5"},
       false,
       {DType::float32, {1, 2, 2, 2}, "4.75 1.5 -7.5 6 -6 5 -4.5 4"}},
      {"einsum",
       {Value("...ij,...jk->...ik")},
       {DType::float32, {1, 2, 2, 3}, "-2.5 1 -1 2.5 0.5 -1.5 2 0 -2 1.5 -0.5 -2.5"},
       {DType::float32, {2, 3, 1}, "-2.5 1 -1 2.5 0.5 -1.5"},
       false,
       {DType::float32, {1, 2, 2, 1}, "8.25 -4.25 8 7.25"}},
      {"einsum",
       {Value("bi,i->bi")},
       {DType::float32, {2, 3}, "-2.5 1 -1 2.5 0.5 -1.5"},
       {DType::float32, {3}, "-2.5 1 -1"},
       false,
       {DType::float32, {2, 3}, "6.25 1 1 -6.25 0.5 1.5"}},
      {"einsum",
       {Value("bij->b")},
       {DType::int32, {2, 2, 3}, "-5 2 -2 5 1 -3 4 0 -4 3 -1 -5"},
       {},
       false,
       {DType::int32, {2}, "-2 -3"}},
      {"einsum",
       {Value("bij->b")},
       {DType::boolean, {2, 2, 3}, "0 1 0 1 1 0 1 0 0 1 0 0"},
       {},
       false,
       {DType::boolean, {2}, "1 1"}},
      {"einsum",
       {Value("bij,j->bi")},
       {DType::boolean, {2, 2, 3}, "0 1 0 1 1 0 1 0 0 1 0 0"},
       {DType::int32, {3}, "-5 2 -2"},
       false,
       {DType::int32, {2, 2}, "2 -3 -5 -5"}},
  };
  for (const Row& row : rows) {
    Argument::List operands = {kX};
    if (!row.constant.dims.empty()) {
      operands.insert(row.constant_first ? operands.begin() : operands.end(), Argument(tensor_of(row.constant)));
    }
    const auto graph = one_op(row.function, arguments_of(row.function, operands), row.settings);
    ASSERT_TRUE(graph) << row.function << ": " << graph.error().text();
    Shape built(row.x.dims);
    built[0] = kUnknown;
    const auto types = graph->infer({row.x.dtype, built});
    ASSERT_TRUE(types) << graph->to_text() << ": " << types.error().text();
    const auto found = graph->evaluate(tensor_of(row.x));
    ASSERT_TRUE(found) << graph->to_text() << ": " << found.error().text();
    EXPECT_TRUE(types->back().shape.admits(found->dims())) << graph->to_text();
    expect_agrees(*found, tensor_of(row.expected), graph->to_text());
  }
}

TEST(LinearOps, TakeNumbersAndTwoTensorsOfTheGraph) {
  const Tensor x = floats_of("1 2 3 4 -1 0 2 5", {2, 2, 2});
  const auto run = [&](std::string_view function, Argument::List operands, std::vector<Value> settings = {}) {
    return one_op(function, arguments_of(function, std::move(operands)), std::move(settings))
        .value()
        .evaluate(x)
        .value();
  };
  expect_agrees(run("dot", {kX, Value(-2)}), floats_of("-2 -4 -6 -8 2 -0 -4 -10", {2, 2, 2}), "dot");
  expect_agrees(run("einsum", {kX, Value(2.0)}, {Value("bij,->bij")}), floats_of("2 4 6 8 -2 0 4 10", {2, 2, 2}),
                "scale");
  expect_agrees(run("matmul", {kX, kX}), floats_of("7 10 15 22 1 0 8 25", {2, 2, 2}), "matmul");
  expect_agrees(run("einsum", {kX, kX}, {Value("bij,bij->bi")}), floats_of("5 25 1 29", {2, 2}), "norms");
  expect_agrees(run("einsum", {kX, kX}, {Value("bij,bkj->bik")}), floats_of("5 11 11 25 1 -2 -2 29", {2, 2, 2}),
                "gram");
}

// A sample gives the same bits alone and in any batch.
TEST(LinearOps, SumInAnOrderThatDependsOnTheInnerLengthAlone) {
  constexpr std::int64_t kBatch = 7;
  constexpr std::int64_t kInner = 37;
  constexpr std::int64_t kColumns = 19;
  Tensor x(DType::float32, {kBatch, kInner});
  Tensor weights(DType::float32, {kInner, kColumns});
  for (std::size_t i = 0; i < x.size(); ++i) x.data<float>()[i] = std::sin(static_cast<float>(i)) * 1e3f;
  for (std::size_t i = 0; i < weights.size(); ++i) weights.data<float>()[i] = std::cos(static_cast<float>(i));
  const auto graph = one_op("matmul", {kX, weights}).value();
  const Tensor all = graph.evaluate(x).value();
  for (std::int64_t sample = 0; sample < kBatch; ++sample) {
    const auto row = std::as_const(x).data<float>().subspan(static_cast<std::size_t>(sample * kInner), kInner);
    const Tensor alone = graph.evaluate(Tensor::from<float>({1, kInner}, row)).value();
    const auto expected =
        std::as_const(all).data<float>().subspan(static_cast<std::size_t>(sample * kColumns), kColumns);
    EXPECT_TRUE(same_bits(alone, Tensor::from<float>({1, kColumns}, expected))) << sample;
  }
}

TEST(LinearOps, SamplesNeverMix) {
  const TensorType x{DType::float32, {kUnknown, 3, 3}};
  struct Refused {
    std::string_view function;
    Argument::List operands;
    std::vector<Value> settings;
    std::string_view sentence;
  };
  const Tensor square(DType::float32, {3, 3});
  const Tensor batched(DType::float32, {2, 3, 3});
  const Refused rows[] = {
      {"matmul", {kX, batched}, {}, "would run along the batch axis"},
      {"matmul", {kX, Tensor(DType::float32, {2, 1, 3, 3})}, {}, "does not keep the batch axis"},
      {"dot", {square, kX}, {}, "does not keep the batch axis"},
      {"dot", {kX, kX}, {}, "does not keep the batch axis"},
      {"tensordot", {kX, square}, {Value(Value::Array{Value::Array{0}, Value::Array{0}})}, "would be summed over"},
      {"tensordot", {kX, batched}, {Value(3)}, "would be summed over"},
      {"einsum", {kX}, {Value("bij->ij")}, "would be summed over"},
      {"einsum", {kX}, {Value("bij->ibj")}, "does not keep the batch axis"},
      {"einsum", {kX, kX}, {Value("bij,cij->bc")}, "does not keep the batch axis"},
      {"einsum", {kX, kX}, {Value("bij,ibj->bij")}, "would run along the batch axis"},
      {"einsum", {kX, batched}, {Value("bij,bij->bij")}, "would run along the batch axis"},
      {"einsum", {kX}, {Value("bib->bi")}, "would run along the batch axis"},
  };
  for (const Refused& row : rows) {
    const auto graph = one_op(row.function, arguments_of(row.function, row.operands), row.settings);
    ASSERT_TRUE(graph) << row.function << ": " << graph.error().text();
    const auto types = graph->infer(x);
    ASSERT_FALSE(types) << graph->to_text();
    EXPECT_NE(types.error().message.find(row.sentence), std::string::npos) << types.error().text();
  }
  // The contraction of two vectors of samples would leave one number for all of them.
  EXPECT_FALSE(one_op("matmul", {kX, floats_of("1 2 3")})->infer({DType::float32, {kUnknown}}));
}

TEST(LinearOps, WhatDoesNotFitIsRefused) {
  const TensorType x{DType::float32, {kUnknown, 2, 3}};
  const Tensor weights(DType::float32, {4, 5});
  EXPECT_FALSE(one_op("matmul", {kX, weights})->infer(x));
  EXPECT_FALSE(one_op("matmul", {kX, Value(2)})->infer(x));
  EXPECT_FALSE(one_op("dot", {kX, weights})->infer(x));
  EXPECT_FALSE(one_op("tensordot", {kX, weights}, {Value(1)})->infer(x));
  EXPECT_FALSE(one_op("tensordot", {kX, weights}, {Value(3)})->infer(x));
  const auto axes = [](Value::Array left, Value::Array right) {
    return Value(Value::Array{std::move(left), std::move(right)});
  };
  EXPECT_FALSE(one_op("tensordot", {kX, weights}, {axes({3}, {0})})->infer(x));
  EXPECT_FALSE(one_op("tensordot", {kX, weights}, {axes({1, -2}, {0, 1})})->infer(x));
  EXPECT_FALSE(one_op("tensordot", {kX, weights}, {axes({1, 2}, {0})}));
  EXPECT_FALSE(one_op("tensordot", {kX, weights}, {axes({1.0}, {0})}));
  EXPECT_FALSE(one_op("tensordot", {kX, weights}, {Value(-1)}));
  EXPECT_FALSE(one_op("tensordot", {kX, weights}, {Value(true)}));
  EXPECT_FALSE(one_op("dot", {kX, Value(std::int64_t{1} << 40)})->infer({DType::int32, {kUnknown, 2}}));
  // Unknown axes are taken to fit until they are known.
  const auto graph = one_op("matmul", {kX, weights}).value();
  EXPECT_EQ(graph.infer({DType::float32, {kUnknown, 2, kUnknown}})->back().shape, (Shape{kUnknown, 2, 5}));
  EXPECT_FALSE(graph.evaluate(Tensor(DType::float32, {1, 2, 3})));
}

TEST(LinearOps, SubscriptsThatKerasMisreadsAreRefused) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"b i->b", "lower-case"},        {"Bi->B", "lower-case"},    {"b.i->b", "lower-case"},
      {"b......->b", "lower-case"},    {"bi->b->b", "lower-case"}, {"bi->bb", "twice"},
      {"bi->bk", "no operand"},        {"b...->b", "`...`"},       {"bi->b...", "`...`"},
      {"bi,i,i->b", "einsums of two"}, {"bi,i->b", "operands"},    {"bi->\x01", "lower-case"},
  };
  for (const auto& [subscripts, sentence] : rows) {
    const auto graph = one_op("einsum", {Argument(Argument::List{kX})}, {Value(subscripts)});
    ASSERT_FALSE(graph) << subscripts;
    EXPECT_NE(graph.error().message.find(sentence), std::string::npos) << graph.error().text();
  }
  EXPECT_FALSE(ops::parse_subscripts(std::string(1'000'000, 'a')));
  EXPECT_FALSE(one_op("einsum", {Argument(Argument::List{kX})}, {Value()}));
  EXPECT_FALSE(one_op("einsum", {kX}, {Value("bi->b")}));
  const auto ranks = one_op("einsum", {Argument(Argument::List{kX})}, {Value("bij->b")});
  EXPECT_FALSE(ranks->infer({DType::float32, {kUnknown, 3}}));
  const auto uneven =
      one_op("einsum", {Argument(Argument::List{kX, Tensor(DType::float32, {3})})}, {Value("b...,...->b...")});
  EXPECT_TRUE(uneven->infer({DType::float32, {kUnknown, 3}}));
  EXPECT_FALSE(uneven->infer({DType::float32, {kUnknown, 2, 3}}));
}

TEST(LinearOps, WorkIsLimited) {
  Limits limits;
  // Those of the product, and a step for each of the ten elements that are written.
  limits.multiply_adds = 2 * 3 * 5 + 2 * 5 * kScalarStep - 1;
  const auto graph = one_op("matmul", {kX, Tensor(DType::float32, {3, 5})}).value();
  EXPECT_TRUE(graph.infer({DType::float32, {kUnknown, 2, 3}}, limits));
  EXPECT_EQ(graph.evaluate(Tensor(DType::float32, {1, 2, 3}), limits).error().code, ErrorCode::limit_exceeded);
  limits.multiply_adds += 1;
  // A batch of any size is as good as one sample.
  EXPECT_TRUE(graph.evaluate(Tensor(DType::float32, {4, 2, 3}), limits));
  // An array of no elements may have any length, which takes neither time nor memory.
  const Tensor empty(DType::float32, {std::int64_t{1} << 40, 1, 0});
  EXPECT_EQ(one_op("tensordot", {kX, empty}, {Value(0)}).value().evaluate(floats_of("1 2")).value().size(), 0u);
}

}  // namespace
}  // namespace revive::testing
