// Ops of one operand, element by element. Every expected number is Keras 3.15.1's on JAX.
#include "revive/model/ops/testing.h"

namespace revive::testing {
namespace {

struct Row {
  std::string_view function;
  std::vector<Value> settings;
  std::string_view expected;
};

struct TypedRow {
  std::string_view function;
  std::vector<Value> settings;
  DType dtype;
  std::string_view expected;
};

Tensor run(std::string_view function, const std::vector<Value>& settings, const Tensor& x) {
  const auto graph = one_op(function, {NodeRef{0}}, settings);
  const auto result = graph.value().evaluate(x);
  EXPECT_TRUE(result) << function << ": " << result.error().text();
  return result.value_or(Tensor());
}

void expect_rows(std::span<const TypedRow> rows, const Tensor& x) {
  for (const TypedRow& row : rows) {
    expect_agrees(run(row.function, row.settings, x), array_of(row.dtype, row.expected), row.function);
  }
}

TEST(ElementwiseOps, GiveTheFloatsOfKeras) {
  constexpr std::string_view kInputs = "nan inf -inf 0 -0 1 -1 0.5 -0.5 0.75 2 -2 2.5 -2.5 3.5 7 -7 30";
  const Tensor x = floats_of(kInputs);
  const Row rows[] = {
      {"negative", {}, "nan -inf inf -0 0 -1 1 -0.5 0.5 -0.75 -2 2 -2.5 2.5 -3.5 -7 7 -30"},
      {"absolute", {}, "nan inf inf 0 0 1 1 0.5 0.5 0.75 2 2 2.5 2.5 3.5 7 7 30"},
      {"sign", {}, "nan 1 -1 0 -0 1 -1 1 -1 1 1 -1 1 -1 1 1 -1 1"},
      {"logical_not", {}, "0 0 0 1 1 0 0 0 0 0 0 0 0 0 0 0 0 0"},
      {"square", {}, "nan inf inf 0 0 1 1 0.25 0.25 0.5625 4 4 6.25 6.25 12.25 49 49 900"},
      {"sqrt",
       {},
       "nan inf nan 0 -0 1 nan 0.70710677 nan 0.8660254 1.4142135 nan 1.5811388 nan 1.8708287 2.6457512 nan 5.477226"},
      {"exp",
       {},
       "nan inf 0 1 1 2.7182817 0.36787945 1.6487212 0.60653067 2.117 7.389056 0.13533528 12.182494 0.082085 33.11545 "
       "1096.6332 0.000911882 1.0686474e+13"},
      {"log",
       {},
       "nan inf nan -inf -inf 0 nan -0.6931472 nan -0.2876821 0.6931472 nan 0.91629076 nan 1.252763 1.9459102 nan "
       "3.4011974"},
      {"sin",
       {},
       "nan nan nan 0 -0 0.84147096 -0.84147096 0.47942555 -0.47942555 0.6816388 0.9092974 -0.9092974 0.5984721 "
       "-0.5984721 -0.35078323 0.6569866 -0.6569866 -0.9880316"},
      {"cos",
       {},
       "nan nan nan 1 1 0.5403023 0.5403023 0.87758255 0.87758255 0.73168886 -0.41614684 -0.41614684 -0.8011436 "
       "-0.8011436 -0.9364567 0.75390226 0.75390226 0.15425146"},
      {"tanh",
       {},
       "nan 1 -1 0 -0 0.7615942 -0.7615942 0.46211717 -0.46211717 0.635149 0.9640276 -0.9640276 0.98661435 -0.98661435 "
       "0.99817795 0.99999833 -0.99999833 1"},
      {"reciprocal",
       {},
       "nan 0 -0 inf -inf 1 -1 2 -2 1.3333334 0.5 -0.5 0.4 -0.4 0.2857143 0.14285715 -0.14285715 0.033333335"},
      {"cbrt",
       {},
       "nan inf -inf 0 -0 1 -1 0.7937005 -0.7937005 0.9085603 1.2599211 -1.2599211 1.3572088 -1.3572088 1.5182945 "
       "1.9129312 -1.9129312 3.1072326"},
      {"exp2",
       {},
       "nan inf 0 1 1 2 0.5 1.4142135 0.70710677 1.6817929 4 0.25 5.656854 0.17677669 11.313708 128 0.0078125 "
       "1.07374086e+09"},
      {"expm1",
       {},
       "nan inf -1 0 -0 1.7182817 -0.63212055 0.6487213 -0.39346933 1.1170001 6.389056 -0.86466473 11.182494 -0.917915 "
       "32.11545 1095.6332 -0.9990881 1.0686474e+13"},
      {"log2", {}, "nan inf nan -inf -inf 0 nan -1 nan -0.4150375 1 nan 1.3219281 nan 1.807355 2.807355 nan 4.9068904"},
      {"log10",
       {},
       "nan inf nan -inf -inf 0 nan -0.30103 nan -0.12493875 0.30103 nan 0.39794004 nan 0.5440681 0.8450981 nan "
       "1.4771214"},
      {"log1p",
       {},
       "nan inf nan 0 -0 0.6931472 -inf 0.4054651 -0.6931472 0.5596158 1.0986123 nan 1.252763 nan 1.5040774 2.0794415 "
       "nan 3.4339871"},
      {"tan",
       {},
       "nan nan nan 0 -0 1.5574077 -1.5574077 0.5463025 -0.5463025 0.93159646 -2.1850398 2.1850398 -0.74702233 "
       "0.74702233 0.37458563 0.871448 -0.871448 -6.405331"},
      {"sinh",
       {},
       "nan inf -inf 0 -0 1.1752012 -1.1752012 0.52109534 -0.5210953 0.82231677 3.6268604 -3.6268604 6.0502048 "
       "-6.0502048 16.542627 548.31616 -548.31616 5.3432345e+12"},
      {"cosh",
       {},
       "nan inf inf 1 1 1.5430806 1.5430806 1.127626 1.127626 1.2946833 3.7621958 3.7621958 6.1322894 6.1322894 "
       "16.572824 548.317 548.317 5.3432345e+12"},
      {"arcsin",
       {},
       "nan nan nan 0 -0 1.5707964 -1.5707964 0.5235988 -0.5235988 0.8480621 nan nan nan nan nan nan nan nan"},
      {"arccos",
       {},
       "nan nan nan 1.5707964 1.5707964 0 3.1415927 1.0471976 2.0943952 0.7227342 nan nan nan nan nan nan nan nan"},
      {"arctan",
       {},
       "nan 1.5707964 -1.5707964 0 -0 0.7853981 -0.7853981 0.46364754 -0.46364754 0.64350116 1.1071489 -1.1071489 "
       "1.19029 -1.19029 1.2924967 1.4288993 -1.4288993 1.5374753"},
      {"arcsinh",
       {},
       "nan inf -inf 0 -0 0.88137364 -0.88137364 0.48121184 -0.48121184 0.6931472 1.4436355 -1.4436355 1.6472311 "
       "-1.6472311 1.9657205 2.6441207 -2.6441207 4.094622"},
      {"arccosh",
       {},
       "nan inf nan nan nan 0 nan nan nan nan 1.316958 nan 1.5667994 nan 1.9248474 2.633916 nan 4.0940666"},
      {"arctanh", {}, "nan nan nan 0 -0 inf -inf 0.54930615 -0.54930615 0.9729551 nan nan nan nan nan nan nan nan"},
      {"rsqrt",
       {},
       "nan 0 nan inf -inf 1 nan 1.4142135 nan 1.1547005 0.70710677 nan 0.6324555 nan 0.5345225 0.37796447 nan "
       "0.18257418"},
      {"erf",
       {},
       "nan 1 -1 0 -0 0.84270084 -0.84270084 0.5204999 -0.5204999 0.7111556 0.9953222 -0.9953222 0.999593 -0.999593 "
       "0.9999992 1 -1 1"},
      {"erfinv", {}, "nan nan nan 0 -0 inf -inf 0.47693628 -0.47693628 0.8134198 nan nan nan nan nan nan nan nan"},
      {"floor", {}, "nan inf -inf 0 -0 1 -1 0 -1 0 2 -2 2 -3 3 7 -7 30"},
      {"ceil", {}, "nan inf -inf 0 -0 1 -1 1 -0 1 2 -2 3 -2 4 7 -7 30"},
      {"trunc", {}, "nan inf -inf 0 -0 1 -1 0 -0 0 2 -2 2 -2 3 7 -7 30"},
      {"isnan", {}, "1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0"},
      {"isinf", {}, "0 1 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0"},
      {"isfinite", {}, "0 0 0 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"},
      {"relu", {}, "nan inf 0 0 0 1 0 0.5 0 0.75 2 0 2.5 0 3.5 7 0 30"},
      {"sigmoid",
       {},
       "nan 1 0 0.5 0.5 0.7310586 0.26894143 0.62245935 0.37754068 0.6791787 0.880797 0.11920292 0.9241418 0.075858176 "
       "0.97068775 0.999089 0.0009110512 1"},
      {"relu6", {}, "nan 6 0 0 0 1 0 0.5 0 0.75 2 0 2.5 0 3.5 6 0 6"},
      {"silu",
       {},
       "nan inf nan 0 -0 0.7310586 -0.26894143 0.31122968 -0.18877034 0.50938404 1.761594 -0.23840584 2.3103545 "
       "-0.18964544 3.397407 6.993623 -0.006377358 30"},
      {"softplus",
       {},
       "nan inf 0 0.6931472 0.6931472 1.3132617 0.3132617 0.974077 0.474077 1.136871 2.126928 0.126928 2.5788898 "
       "0.078889735 3.5297503 7.000911 0.0009114665 30"},
      {"softsign",
       {},
       "nan nan nan 0 -0 0.5 -0.5 0.33333334 -0.33333334 0.42857143 0.6666667 -0.6666667 0.71428573 -0.71428573 "
       "0.7777778 0.875 -0.875 0.9677419"},
      {"selu",
       {},
       "nan inf -1.7580993 0 -0 1.050701 -1.1113307 0.5253505 -0.6917582 0.78802574 2.101402 -1.5201665 2.6267526 "
       "-1.6137857 3.6774535 7.354907 -1.7564961 31.52103"},
      {"hard_sigmoid",
       {},
       "nan 1 0 0.5 0.5 0.6666667 0.33333334 0.5833334 0.4166667 0.625 0.8333334 0.16666667 0.9166667 0.083333336 1 1 "
       "0 1"},
      {"hard_silu",
       {},
       "nan inf nan 0 -0 0.6666667 -0.33333334 0.2916667 -0.20833334 0.46875 1.6666667 -0.33333334 2.2916667 "
       "-0.20833334 3.5 7 -0 30"},
      {"log_sigmoid",
       {},
       "nan -0 -inf -0.6931472 -0.6931472 -0.3132617 -1.3132617 -0.474077 -0.974077 -0.386871 -0.126928 -2.126928 "
       "-0.078889735 -2.5788898 -0.029750418 -0.0009114665 -7.000911 -9.357623e-14"},
      {"tanh_shrink",
       {},
       "nan inf -inf 0 0 0.23840582 -0.23840582 0.037882835 -0.037882835 0.114851 1.0359724 -1.0359724 1.5133857 "
       "-1.5133857 2.501822 6.000002 -6.000002 29"},
      {"hard_tanh", {}, "nan 1 -1 0 -0 1 -1 0.5 -0.5 0.75 1 -1 1 -1 1 1 -1 1"},
      {"sparse_plus", {}, "nan inf 0 0.25 0.25 1 0 0.5625 0.0625 0.765625 2 0 2.5 0 3.5 7 0 30"},
      {"sparse_sigmoid", {}, "nan 1 0 0.5 0.5 1 0 0.75 0.25 0.875 1 0 1 0 1 1 0 1"},
      {"round", {}, "nan inf -inf 0 -0 1 -1 0 -0 1 2 -2 2 -2 4 7 -7 30"},
      {"round", {Value(1)}, "nan inf -inf 0 -0 1 -1 0.5 -0.5 0.8 2 -2 2.5 -2.5 3.5 7 -7 30"},
      {"round", {Value(-1)}, "nan inf -inf 0 -0 0 -0 0 -0 0 0 -0 0 -0 0 10 -10 30"},
      {"clip", {Value(-1), Value(2.5)}, "nan 2.5 -1 0 -0 1 -1 0.5 -0.5 0.75 2 -1 2.5 -1 2.5 2.5 -1 2.5"},
      {"clip", {Value(3), Value(1)}, "nan 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"},
      {"nan_to_num", {}, "0 3.4028235e+38 -3.4028235e+38 0 -0 1 -1 0.5 -0.5 0.75 2 -2 2.5 -2.5 3.5 7 -7 30"},
      {"nan_to_num", {Value(1), Value(2.5), Value(-3)}, "1 2.5 -3 0 -0 1 -1 0.5 -0.5 0.75 2 -2 2.5 -2.5 3.5 7 -7 30"},
      {"gelu",
       {},
       "nan inf nan 0 -0 0.841192 -0.15880796 0.345714 -0.154286 0.5799606 1.9545977 -0.045402348 2.4849157 "
       "-0.015084296 3.4993837 7 -0 30"},
      {"gelu",
       {Value(false)},
       "nan inf nan 0 -0 0.8413447 -0.15865527 0.34573123 -0.15426877 0.5800295 1.9544997 -0.045500267 2.4844759 "
       "-0.015524165 3.4991858 7 -8.958688e-12 30"},
      {"leaky_relu", {}, "nan inf -inf 0 -0 1 -0.2 0.5 -0.1 0.75 2 -0.4 2.5 -0.5 3.5 7 -1.4 30"},
      {"leaky_relu", {Value(1.5)}, "nan inf -inf 0 -0 1 -1.5 0.5 -0.75 0.75 2 -3 2.5 -3.75 3.5 7 -10.5 30"},
      {"elu", {}, "nan inf -1 0 -0 1 -0.63212055 0.5 -0.39346933 0.75 2 -0.86466473 2.5 -0.917915 3.5 7 -0.9990881 30"},
      {"elu",
       {Value(2)},
       "nan inf -2 0 -0 1 -1.2642411 0.5 -0.78693867 0.75 2 -1.7293295 2.5 -1.83583 3.5 7 -1.9981762 30"},
      {"elu",
       {Value(-1.0)},
       "nan inf 1 -0 0 1 0.63212055 0.5 0.39346933 0.75 2 0.86466473 2.5 0.917915 3.5 7 0.9990881 30"},
      {"celu", {}, "nan inf -1 0 0 1 -0.63212055 0.5 -0.39346933 0.75 2 -0.86466473 2.5 -0.917915 3.5 7 -0.9990881 30"},
      {"celu",
       {Value(2.0)},
       "nan inf -2 0 0 1 -0.78693867 0.5 -0.4423984 0.75 2 -1.2642411 2.5 -1.4269904 3.5 7 -1.9396052 30"},
      {"celu",
       {Value(-0.5)},
       "nan inf -inf 0 0 1 -3.194528 0.5 -0.8591409 0.75 2 -26.799076 2.5 -73.70658 3.5 7 -601301.6 30"},
      {"soft_shrink", {}, "0 inf -inf 0 0 0.5 -0.5 0 0 0.25 1.5 -1.5 2 -2 3 6.5 -6.5 29.5"},
      {"soft_shrink", {Value(2.0)}, "0 inf -inf 0 0 0 0 0 0 0 0 0 0.5 -0.5 1.5 5 -5 28"},
      {"hard_shrink", {}, "0 inf -inf 0 0 1 -1 0 0 0.75 2 -2 2.5 -2.5 3.5 7 -7 30"},
      {"hard_shrink", {Value(2)}, "0 inf -inf 0 0 0 0 0 0 0 0 0 2.5 -2.5 3.5 7 -7 30"},
      {"squareplus",
       {},
       "nan inf nan 1 1 1.618034 0.618034 1.2807764 0.7807764 1.4430004 2.4142137 0.41421354 2.850781 0.35078108 "
       "3.7655644 7.1400547 0.14005494 30.033297"},
      {"squareplus",
       {Value(1.5)},
       "nan inf nan 0.61237246 0.61237246 1.2905694 0.29056942 0.9114378 0.4114378 1.0930703 2.172604 0.17260396 "
       "2.641941 0.14194107 3.6040497 7.0531673 0.05316758 30.012495"},
      {"threshold", {Value(0.5), Value(2.0)}, "2 inf 2 2 2 1 2 2 2 0.75 2 2 2.5 2 3.5 7 2 30"},
  };
  for (const Row& row : rows) {
    const Tensor found = run(row.function, row.settings, x);
    expect_agrees(found, array_of(found.dtype(), row.expected), row.function);
  }
}

TEST(ElementwiseOps, GiveTheIntsOfKeras) {
  const TypedRow rows[] = {
      {"negative", {}, DType::int32, "0 -1 1 -2 7 -15 -25 25 -2147483647 -2147483648"},
      {"absolute", {}, DType::int32, "0 1 1 2 7 15 25 25 2147483647 -2147483648"},
      {"sign", {}, DType::int32, "0 1 -1 1 -1 1 1 -1 1 -1"},
      {"square", {}, DType::int32, "0 1 1 4 49 225 625 625 1 0"},
      {"round", {}, DType::int32, "0 1 -1 2 -7 15 25 -25 2147483647 -2147483648"},
      {"round", {Value(2)}, DType::int32, "0 1 -1 2 -7 15 25 -25 2147483647 -2147483648"},
      {"round", {Value(-1)}, DType::int32, "0 0 0 0 -10 20 20 -20 2147483647 -2147483648"},
      {"round", {Value(-2)}, DType::int32, "0 0 0 0 0 0 0 0 2147483647 -2147483648"},
      {"trunc", {}, DType::int32, "0 1 -1 2 -7 15 25 -25 2147483647 -2147483648"},
      {"clip", {Value(-1), Value(2)}, DType::int32, "0 1 -1 2 -1 2 2 -1 2 -1"},
      {"clip", {Value(3), Value(1)}, DType::int32, "1 1 1 1 1 1 1 1 1 1"},
      {"clip", {Value(0.5), Value(2)}, DType::float32, "0.5 1 0.5 2 0.5 2 2 0.5 2 0.5"},
      {"nan_to_num", {}, DType::int32, "0 1 -1 2 -7 15 25 -25 2147483647 -2147483648"},
      {"relu", {}, DType::int32, "0 1 0 2 0 15 25 0 2147483647 0"},
      {"hard_tanh", {}, DType::int32, "0 1 -1 1 -1 1 1 -1 1 -1"},
      {"threshold", {Value(1), Value(-5)}, DType::int32, "-5 -5 -5 2 -5 15 25 -5 2147483647 -5"},
      {"threshold", {Value(0.5), Value(2)}, DType::int32, "2 1 2 2 2 15 25 2 2147483647 2"},
      {"threshold", {Value(1), Value(0.5)}, DType::float32, "0.5 0.5 0.5 2 0.5 15 25 0.5 2.1474836e+09 0.5"},
      {"isnan", {}, DType::boolean, "0 0 0 0 0 0 0 0 0 0"},
      {"isfinite", {}, DType::boolean, "1 1 1 1 1 1 1 1 1 1"},
      {"logical_not", {}, DType::boolean, "1 0 0 0 0 0 0 0 0 0"},
  };
  expect_rows(rows, ints_of("0 1 -1 2 -7 15 25 -25 2147483647 -2147483648"));
}

TEST(ElementwiseOps, GiveWhatKerasMakesOfBools) {
  const TypedRow rows[] = {
      {"absolute", {}, DType::boolean, "1 0"},
      {"trunc", {}, DType::boolean, "1 0"},
      {"clip", {Value(-1), Value(2)}, DType::int32, "1 0"},
      {"clip", {Value(0.5), Value(2)}, DType::float32, "1 0.5"},
      {"nan_to_num", {}, DType::boolean, "1 0"},
      {"hard_tanh", {}, DType::int32, "1 0"},
      {"threshold", {Value(0), Value(-5)}, DType::int32, "1 -5"},
      {"threshold", {Value(0.5), Value(2)}, DType::int32, "1 2"},
      {"isinf", {}, DType::boolean, "0 0"},
      {"isfinite", {}, DType::boolean, "1 1"},
      {"reciprocal", {}, DType::float32, "1 inf"},
      {"relu6", {}, DType::float32, "1 0"},
      {"erfinv", {}, DType::float32, "inf 0"},
      {"logical_not", {}, DType::boolean, "0 1"},
  };
  expect_rows(rows, array_of(DType::boolean, "1 0"));
}

// Observed in Keras 3.15.1 on JAX: the dtype computed for bool, int32 and float32; "!" where Keras refuses or where
// its backends disagree.
TEST(ElementwiseOps, DtypesAreKeras) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"sign", "!if"},      {"reciprocal", "fff"},  {"isnan", "bbb"},          {"isinf", "bbb"},
      {"isfinite", "bbb"},  {"exp2", "fff"},        {"expm1", "fff"},          {"log2", "fff"},
      {"log10", "fff"},     {"log1p", "fff"},       {"cbrt", "fff"},           {"tan", "fff"},
      {"sinh", "fff"},      {"cosh", "fff"},        {"arcsin", "fff"},         {"arccos", "fff"},
      {"arctan", "fff"},    {"arcsinh", "fff"},     {"arccosh", "fff"},        {"arctanh", "fff"},
      {"rsqrt", "!!f"},     {"erf", "!!f"},         {"erfinv", "fff"},         {"round", "!if"},
      {"trunc", "bif"},     {"nan_to_num", "bif"},  {"relu6", "fff"},          {"silu", "!!f"},
      {"softplus", "fff"},  {"softsign", "fff"},    {"selu", "fff"},           {"hard_sigmoid", "fff"},
      {"hard_silu", "fff"}, {"log_sigmoid", "!ff"}, {"tanh_shrink", "fff"},    {"hard_tanh", "iif"},
      {"gelu", "fff"},      {"sparse_plus", "fff"}, {"sparse_sigmoid", "fff"}, {"leaky_relu", "fff"},
      {"elu", "fff"},       {"celu", "fff"},        {"soft_shrink", "fff"},    {"hard_shrink", "fff"},
      {"squareplus", "fff"}};
  for (const auto& [function, expected] : rows) {
    std::string found;
    for (const DType dtype : {DType::boolean, DType::int32, DType::float32}) {
      found += dtype_letter(one_op(function, {NodeRef{0}})->infer({dtype, {kUnknown, 3}}));
    }
    EXPECT_EQ(found, expected) << function;
  }
}

TEST(ElementwiseOps, SettingsThatKerasWouldNotTakeAreRefused) {
  const std::pair<std::string_view, std::vector<Value>> rows[] = {{"clip", {Value(), Value(1)}},
                                                                  {"clip", {Value(1), Value("2")}},
                                                                  {"clip", {Value(true), Value(1)}},
                                                                  {"round", {Value(1.0)}},
                                                                  {"round", {Value(39)}},
                                                                  {"round", {Value(INT64_MIN)}},
                                                                  {"nan_to_num", {Value()}},
                                                                  {"nan_to_num", {Value(0), "inf"}},
                                                                  {"gelu", {Value(1)}},
                                                                  {"leaky_relu", {Value("0.2")}},
                                                                  {"threshold", {Value(1), Value()}},
                                                                  {"threshold", {Value(), Value(1)}},
                                                                  {"squareplus", {Value(Value::Array{})}}};
  for (const auto& [function, settings] : rows) {
    const auto graph = one_op(function, {NodeRef{0}}, settings);
    ASSERT_FALSE(graph) << function;
    EXPECT_EQ(graph.error().code, ErrorCode::graph_argument) << function;
    EXPECT_NE(graph.error().message.find(" to be "), std::string::npos) << graph.error().text();
  }
  const TensorType ints{DType::int32, {kUnknown, 3}};
  EXPECT_FALSE(one_op("leaky_relu", {NodeRef{0}}, {Value(2)})->infer(ints));
  EXPECT_FALSE(one_op("clip", {NodeRef{0}}, {Value(0), Value(std::int64_t{1} << 40)})->infer(ints));
  EXPECT_FALSE(one_op("threshold", {NodeRef{0}}, {Value(std::int64_t{1} << 40), Value(0)})->infer(ints));
  EXPECT_TRUE(one_op("clip", {NodeRef{0}}, {Value(0.0), Value(std::int64_t{1} << 40)})->infer(ints));
}

TEST(ElementwiseOps, AnIntConstantHasToFitInt32WhereItStaysAnInt) {
  const std::vector<Argument> large = {Value(std::int64_t{1} << 40)};
  const auto infer = [&](std::string_view function) {
    const Node node = op_node(function, large);
    return node.op->infer(node, {});
  };
  EXPECT_EQ(infer("negative").error().code, ErrorCode::graph_argument);
  EXPECT_EQ(infer("sign").error().code, ErrorCode::graph_argument);
  EXPECT_TRUE(infer("exp2"));
}

}  // namespace
}  // namespace revive::testing
