// What nn works out along an axis. Every expected number is Keras 3.15.1's on JAX.
#include "revive/model/ops/testing.h"

namespace revive::testing {
namespace {

TEST(AlongAxisOps, GiveTheNumbersOfKeras) {
  const OpRow rows[] = {
      {"softmax",
       {},
       {DType::float32, {6, 4}, "1 2 3 4 0.1 0.2 0.1 0 nan 1 2 3 inf 1 2 3 -inf 1 2 3 0 0 0 0"},
       {DType::float32,
        {6, 4},
        "0.032058604 0.08714432 0.23688284 0.6439143 0.24937604 0.27560315 0.24937604 0.22564478 nan nan nan nan nan "
        "nan nan nan 0 0.09003057 0.24472848 0.66524094 0.25 0.25 0.25 0.25"}},
      {"softmax",
       {Value(1)},
       {DType::float32, {1, 4, 2}, "-2.5 1 -1 2.5 0.5 -1.5 2 0"},
       {DType::float32,
        {1, 4, 2},
        "0.008651689 0.16858704 0.03877418 0.7555547 0.17377383 0.013838467 0.77880025 0.062019706"}},
      {"softmax",
       {Value(-1)},
       {DType::float32, {1, 4, 2}, "-2.5 1 -1 2.5 0.5 -1.5 2 0"},
       {DType::float32,
        {1, 4, 2},
        "0.02931223 0.97068775 0.02931223 0.97068775 0.880797 0.11920291 0.880797 0.11920291"}},
      {"softmax",
       {Value(2)},
       {DType::float32, {1, 4, 2}, "-2.5 1 -1 2.5 0.5 -1.5 2 0"},
       {DType::float32,
        {1, 4, 2},
        "0.02931223 0.97068775 0.02931223 0.97068775 0.880797 0.11920291 0.880797 0.11920291"}},
      {"softmax",
       {},
       {DType::int32, {2, 3}, "-5 2 -2 5 1 -3"},
       {DType::float32, {2, 3}, "0.0008946795 0.9811352 0.017970119 0.98169035 0.017980287 0.0003293204"}},
      {"log_softmax",
       {},
       {DType::float32, {6, 4}, "1 2 3 4 0.1 0.2 0.1 0 nan 1 2 3 inf 1 2 3 -inf 1 2 3 0 0 0 0"},
       {DType::float32,
        {6, 4},
        "-3.4401896 -2.4401896 -1.4401897 -0.4401897 -1.3887933 -1.2887933 -1.3887933 -1.4887934 nan nan nan nan nan "
        "nan nan nan -inf -2.407606 -1.4076059 -0.40760595 -1.3862944 -1.3862944 -1.3862944 -1.3862944"}},
      {"log_softmax",
       {Value(1)},
       {DType::float32, {1, 4, 2}, "-2.5 1 -1 2.5 0.5 -1.5 2 0"},
       {DType::float32,
        {1, 4, 2},
        "-4.7500005 -1.7803031 -3.2500007 -0.2803031 -1.7500007 -4.280303 -0.25000066 -2.780303"}},
      {"log_softmax",
       {Value(-1)},
       {DType::float32, {1, 4, 2}, "-2.5 1 -1 2.5 0.5 -1.5 2 0"},
       {DType::float32,
        {1, 4, 2},
        "-3.5297503 -0.029750418 -3.5297503 -0.029750418 -0.12692805 -2.126928 -0.12692805 -2.126928"}},
      {"log_softmax",
       {Value(2)},
       {DType::float32, {1, 4, 2}, "-2.5 1 -1 2.5 0.5 -1.5 2 0"},
       {DType::float32,
        {1, 4, 2},
        "-3.5297503 -0.029750418 -3.5297503 -0.029750418 -0.12692805 -2.126928 -0.12692805 -2.126928"}},
      {"log_softmax",
       {},
       {DType::int32, {2, 3}, "-5 2 -2 5 1 -3"},
       {DType::float32, {2, 3}, "-7.019045 -0.019044992 -4.019045 -0.018479329 -4.0184793 -8.018479"}},
      {"sparsemax",
       {},
       {DType::float32, {6, 4}, "1 2 3 4 0.1 0.2 0.1 0 nan 1 2 3 inf 1 2 3 -inf 1 2 3 0 0 0 0"},
       {DType::float32,
        {6, 4},
        "0 0 0 1 0.025000013 0.12500001 0.025000013 0 nan 0 0 1 inf inf inf inf 0 0 0 1 0.25 0.25 0.25 0.25"}},
      {"sparsemax",
       {Value(1)},
       {DType::float32, {1, 4, 2}, "-2.5 1 -1 2.5 0.5 -1.5 2 0"},
       {DType::float32, {1, 4, 2}, "0 0 0 1 0 0 1 0"}},
      {"sparsemax",
       {Value(-1)},
       {DType::float32, {1, 4, 2}, "-2.5 1 -1 2.5 0.5 -1.5 2 0"},
       {DType::float32, {1, 4, 2}, "0 1 0 1 1 0 1 0"}},
      {"sparsemax",
       {Value(2)},
       {DType::float32, {1, 4, 2}, "-2.5 1 -1 2.5 0.5 -1.5 2 0"},
       {DType::float32, {1, 4, 2}, "0 1 0 1 1 0 1 0"}},
      {"sparsemax", {}, {DType::int32, {2, 3}, "-5 2 -2 5 1 -3"}, {DType::float32, {2, 3}, "0 1 0 1 0 0"}},
      {"glu",
       {Value(1)},
       {DType::float32, {1, 4, 2}, "-2.5 1 -1 2.5 0.5 -1.5 2 0"},
       {DType::float32, {1, 2, 2}, "-1.5561484 0.18242553 -0.880797 1.25"}},
      {"glu",
       {Value(-1)},
       {DType::float32, {1, 4, 2}, "-2.5 1 -1 2.5 0.5 -1.5 2 0"},
       {DType::float32, {1, 4, 1}, "-1.8276465 -0.9241418 0.091212764 1"}},
      {"glu",
       {Value(2)},
       {DType::float32, {2, 2, 4, 1}, "-2.5 1 -1 2.5 0.5 -1.5 2 0 -2 1.5 -0.5 -2.5 1 -1 2.5 0.5"},
       {DType::float32,
        {2, 2, 2, 1},
        "-0.67235357 0.9241418 0.4403985 -0.75 -0.75508136 0.11378726 0.9241418 -0.62245935"}},
      {"normalize",
       {},
       {DType::float32, {6, 3}, "3 4 0 0 0 0 inf 1 2 1e-08 0 0 -1 2 -2 nan 1 1"},
       {DType::float32, {6, 3}, "0.6 0.8 0 0 0 0 nan 0 0 0.1 0 0 -0.33333334 0.6666667 -0.6666667 nan nan nan"}},
      {"normalize",
       {Value(-1), Value(1)},
       {DType::float32, {6, 3}, "3 4 0 0 0 0 inf 1 2 1e-08 0 0 -1 2 -2 nan 1 1"},
       {DType::float32, {6, 3}, "0.42857146 0.5714286 0 0 0 0 nan 0 0 0.1 0 0 -0.2 0.4 -0.4 nan nan nan"}},
      {"normalize",
       {Value(-1), Value(3)},
       {DType::float32, {6, 3}, "3 4 0 0 0 0 inf 1 2 1e-08 0 0 -1 2 -2 nan 1 1"},
       {DType::float32,
        {6, 3},
        "0.6669718 0.8892957 0 0 0 0 nan 0 0 0.1 0 0 -0.3889111 0.7778222 -0.7778222 nan nan nan"}},
      {"normalize",
       {Value(-1), Value(2), Value(0.5)},
       {DType::float32, {6, 3}, "3 4 0 0 0 0 inf 1 2 1e-08 0 0 -1 2 -2 nan 1 1"},
       {DType::float32, {6, 3}, "0.6 0.8 0 0 0 0 nan 0 0 2e-08 0 0 -0.33333334 0.6666667 -0.6666667 nan nan nan"}},
      {"normalize",
       {Value(-1), Value(1), Value(100.0)},
       {DType::float32, {6, 3}, "3 4 0 0 0 0 inf 1 2 1e-08 0 0 -1 2 -2 nan 1 1"},
       {DType::float32, {6, 3}, "0.03 0.04 0 0 0 0 nan 0 0 9.9999994e-11 0 0 -0.01 0.02 -0.02 nan nan nan"}},
      {"normalize",
       {Value(-1), Value(100)},
       {DType::float32, {6, 3}, "3 4 0 0 0 0 inf 1 2 1e-08 0 0 -1 2 -2 nan 1 1"},
       {DType::float32, {6, 3}, "0 0 0 0 0 0 nan 0 0 0.1 0 0 -0.49654627 0.99309254 -0.99309254 nan nan nan"}},
      {"normalize",
       {Value(-1), Value(2), Value(1)},
       {DType::float32, {6, 3}, "3 4 0 0 0 0 inf 1 2 1e-08 0 0 -1 2 -2 nan 1 1"},
       {DType::float32, {6, 3}, "0.6 0.8 0 0 0 0 nan 0 0 1e-08 0 0 -0.33333334 0.6666667 -0.6666667 nan nan nan"}},
      {"normalize",
       {Value(1)},
       {DType::float32, {1, 3, 2}, "-2.5 1 -1 2.5 0.5 -1.5"},
       {DType::float32, {1, 3, 2}, "-0.9128709 0.32444283 -0.36514837 0.8111071 0.18257418 -0.48666424"}},
      {"normalize",
       {Value(Value::Array{Value(1), Value(-1)})},
       {DType::float32, {2, 3, 2}, "-2.5 1 -1 2.5 0.5 -1.5 2 0 -2 1.5 -0.5 -2.5"},
       {DType::float32,
        {2, 3, 2},
        "-0.60633904 0.24253562 -0.24253562 0.60633904 0.12126781 -0.36380345 0.48867777 0 -0.48867777 0.36650833 "
        "-0.12216944 -0.61084723"}},
      {"normalize",
       {Value(1), Value(1)},
       {DType::float32, {1, 3, 2}, "-2.5 1 -1 2.5 0.5 -1.5"},
       {DType::float32, {1, 3, 2}, "-0.625 0.2 -0.25 0.5 0.125 -0.3"}},
      {"one_hot",
       {Value(3)},
       {DType::int32, {1, 4}, "0 2 -1 3"},
       {DType::float32, {1, 4, 3}, "1 0 0 0 0 1 0 0 0 0 0 0"}},
      {"one_hot",
       {Value(3), Value(-1), Value("int32")},
       {DType::float32, {1, 4}, "0 2 0.5 nan"},
       {DType::int32, {1, 4, 3}, "1 0 0 0 0 1 0 0 0 0 0 0"}},
      {"one_hot",
       {Value(3), Value(1), Value("bool")},
       {DType::int32, {2, 2}, "0 2 1 5"},
       {DType::boolean, {2, 3, 2}, "1 0 0 0 0 1 0 0 1 0 0 0"}},
      {"one_hot",
       {Value(2), Value(1)},
       {DType::int32, {1, 2, 2}, "0 1 1 0"},
       {DType::float32, {1, 2, 2, 2}, "1 0 0 1 0 1 1 0"}},
      {"one_hot", {Value(2)}, {DType::int32, {2}, "1 0"}, {DType::float32, {2, 2}, "0 1 1 0"}},
  };
  expect_rows(rows);
}

TEST(AlongAxisOps, DtypesAreKeras) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"softmax", "!ff"}, {"log_softmax", "!ff"}, {"sparsemax", "fff"}, {"glu", "!!f"}, {"normalize", "!!f"}};
  for (const auto& [function, expected] : rows) {
    std::string found;
    for (const DType dtype : {DType::boolean, DType::int32, DType::float32}) {
      found += dtype_letter(one_op(function, {NodeRef{0}})->infer({dtype, {kUnknown, 4}}));
    }
    EXPECT_EQ(found, expected) << function;
  }
  EXPECT_EQ(dtype_letter(one_op("one_hot", {NodeRef{0}}, {Value(3)})->infer({DType::boolean, {kUnknown}})), '!');
}

TEST(AlongAxisOps, UnknownAxesStayUnknown) {
  const TensorType x{DType::float32, {kUnknown, kUnknown, 4}};
  EXPECT_EQ(one_op("glu", {NodeRef{0}}, {Value(1)})->infer(x)->back().shape, (Shape{kUnknown, kUnknown, 4}));
  EXPECT_FALSE(one_op("glu", {NodeRef{0}}, {Value(1)})->evaluate(Tensor(DType::float32, {1, 3, 4})));
  EXPECT_EQ(one_op("one_hot", {NodeRef{0}}, {Value(5), Value(1)})->infer(x)->back().shape,
            (Shape{kUnknown, 5, kUnknown, 4}));
  EXPECT_EQ(one_op("softmax", {NodeRef{0}}, {Value(1)})->evaluate(Tensor(DType::float32, {2, 0, 4}))->size(), 0u);
}

TEST(AlongAxisOps, WhatKerasWouldNotTakeOrMixesSamplesIsRefused) {
  const RefusedOp rows[] = {
      {"softmax", {Value(0)}, "axis 0 would mix"},
      {"softmax", {Value(-3)}, "the batch"},
      {"softmax", {Value(3)}, "out of range"},
      {"softmax", {Value(INT64_MIN)}, "out of range"},
      {"softmax", {Value()}, "an int"},
      {"log_softmax", {Value(Value::Array{1})}, "an int"},
      {"glu", {Value(1)}, "even length"},
      {"normalize", {Value()}, "an int or a list of ints"},
      {"normalize", {Value(Value::Array{0, 1})}, "axis 0 would mix"},
      {"normalize", {Value(Value::Array{1, -2})}, "twice"},
      {"normalize", {Value(Value::Array{1}), Value(1)}, "an int"},
      {"normalize", {Value(1), Value(0)}, "at least 1"},
      {"normalize", {Value(1), Value(2.0)}, "at least 1"},
      {"normalize", {Value(1), Value(2), Value(0)}, "above 0"},
      {"normalize", {Value(1), Value(2), Value(NAN)}, "above 0"},
      {"one_hot", {Value()}, "not negative"},
      {"one_hot", {Value(-1)}, "not negative"},
      {"one_hot", {Value(3), Value(0)}, "from 1 to 2"},
      {"one_hot", {Value(3), Value(3)}, "from 1 to 2"},
      {"one_hot", {Value(3), Value(-2)}, "from 1 to 2"},
      {"one_hot", {Value(3), Value(-1), Value("uint64")}, "a dtype other than uint64 or None"},
      {"one_hot", {Value(3), Value(-1), Value(), Value(true)}, "false"},
  };
  expect_refused(rows, {DType::float32, {kUnknown, 3, 4}});
  const auto huge = one_op("one_hot", {NodeRef{0}}, {Value(INT64_MAX)});
  EXPECT_EQ(huge->infer({DType::int32, {kUnknown, 3}}).error().code, ErrorCode::limit_exceeded);
}

}  // namespace
}  // namespace revive::testing
