// The expected numbers are those of Keras 3.15.1 on JAX.
#include "revive/model/kernels/activation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "revive/model/base/random.h"

namespace revive {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

// The same NaN, infinity or sign of zero; else within two millionths, or below what XLA flushes to zero.
bool agrees(float found, float expected) {
  if (std::isnan(expected)) return std::isnan(found);
  if (std::isinf(expected) || std::isinf(found)) return found == expected;
  if (found == 0 && expected == 0) return std::signbit(found) == std::signbit(expected);
  return std::abs(found - expected) <= 2e-6F * std::abs(expected) + 1e-30F;
}

std::string_view name_of(Activation activation) {
  return enum_names<Activation>().names[static_cast<std::size_t>(activation)];
}

TEST(Activation, GivesTheNumbersOfKeras) {
  const std::vector<float> inputs = {kNaN,  kInf, -kInf, 0.0F, -0.0F, 1.0F,  -1.0F,  0.25F,    -0.25F,   0.5F,
                                     -0.5F, 2.5F, -2.5F, 7.0F, -7.0F, 90.0F, -90.0F, 3.0e+38F, -3.0e+38F};
  struct Row {
    Activation activation;
    std::vector<float> expected;
  };
  const Row rows[] = {
      {Activation::relu,
       {kNaN, kInf, 0.0F, 0.0F, 0.0F, 1.0F, 0.0F, 0.25F, 0.0F, 0.5F, 0.0F, 2.5F, 0.0F, 7.0F, 0.0F, 90.0F, 0.0F,
        3.0e+38F, 0.0F}},
      {Activation::relu6,
       {kNaN, 6.0F, 0.0F, 0.0F, 0.0F, 1.0F, 0.0F, 0.25F, 0.0F, 0.5F, 0.0F, 2.5F, 0.0F, 6.0F, 0.0F, 6.0F, 0.0F, 6.0F,
        0.0F}},
      {Activation::leaky_relu,
       {kNaN, kInf, -kInf, 0.0F, -0.0F, 1.0F, -0.2F, 0.25F, -0.05F, 0.5F, -0.1F, 2.5F, -0.5F, 7.0F, -1.4F, 90.0F,
        -18.0F, 3.0e+38F, -6.0e+37F}},
      {Activation::elu,
       {kNaN, kInf, -1.0F, 0.0F, -0.0F, 1.0F, -0.63212055F, 0.25F, -0.2211992F, 0.5F, -0.39346933F, 2.5F, -0.917915F,
        7.0F, -0.9990881F, 90.0F, -1.0F, 3.0e+38F, -1.0F}},
      {Activation::selu,
       {kNaN, kInf, -1.7580993F, 0.0F, -0.0F, 1.050701F, -1.1113307F, 0.26267526F, -0.38889018F, 0.5253505F,
        -0.6917582F, 2.6267526F, -1.6137857F, 7.354907F, -1.7564961F, 94.563095F, -1.7580993F, 3.152103e+38F,
        -1.7580993F}},
      {Activation::celu,
       {kNaN, kInf, -1.0F, 0.0F, 0.0F, 1.0F, -0.63212055F, 0.25F, -0.2211992F, 0.5F, -0.39346933F, 2.5F, -0.917915F,
        7.0F, -0.9990881F, 90.0F, -1.0F, 3.0e+38F, -1.0F}},
      {Activation::gelu,
       {kNaN, kInf, kNaN, 0.0F, -0.0F, 0.8413447F, -0.15865527F, 0.14967658F, -0.100323424F, 0.34573123F, -0.15426877F,
        2.4844759F, -0.015524165F, 7.0F, -8.958688e-12F, 90.0F, -0.0F, 3.0e+38F, -0.0F}},
      {Activation::sigmoid,
       {kNaN, 1.0F, 0.0F, 0.5F, 0.5F, 0.7310586F, 0.26894143F, 0.5621765F, 0.4378235F, 0.62245935F, 0.37754068F,
        0.9241418F, 0.075858176F, 0.999089F, 9.110512e-04F, 1.0F, 0.0F, 1.0F, 0.0F}},
      {Activation::tanh,
       {kNaN, 1.0F, -1.0F, 0.0F, -0.0F, 0.7615942F, -0.7615942F, 0.24491866F, -0.24491866F, 0.46211717F, -0.46211717F,
        0.98661435F, -0.98661435F, 0.99999833F, -0.99999833F, 1.0F, -1.0F, 1.0F, -1.0F}},
      {Activation::exponential,
       {kNaN, kInf, 0.0F, 1.0F, 1.0F, 2.7182817F, 0.36787945F, 1.2840254F, 0.7788008F, 1.6487212F, 0.60653067F,
        12.182494F, 0.082085F, 1096.6332F, 9.11882e-04F, kInf, 0.0F, kInf, 0.0F}},
      {Activation::hard_sigmoid,
       {kNaN, 1.0F, 0.0F, 0.5F, 0.5F, 0.6666667F, 0.33333334F, 0.5416667F, 0.45833334F, 0.5833334F, 0.4166667F,
        0.9166667F, 0.083333336F, 1.0F, 0.0F, 1.0F, 0.0F, 1.0F, 0.0F}},
      {Activation::silu,
       {kNaN, kInf, kNaN, 0.0F, -0.0F, 0.7310586F, -0.26894143F, 0.14054413F, -0.109455876F, 0.31122968F, -0.18877034F,
        2.3103545F, -0.18964544F, 6.993623F, -0.006377358F, 90.0F, -0.0F, 3.0e+38F, -0.0F}},
      {Activation::hard_silu,
       {kNaN, kInf, kNaN, 0.0F, -0.0F, 0.6666667F, -0.33333334F, 0.13541667F, -0.114583336F, 0.2916667F, -0.20833334F,
        2.2916667F, -0.20833334F, 7.0F, -0.0F, 90.0F, -0.0F, 3.0e+38F, -0.0F}},
      {Activation::mish,
       {kNaN, kInf, kNaN, 0.0F, -0.0F, 0.8650985F, -0.30340144F, 0.16957241F, -0.12992696F, 0.37524524F, -0.22074378F,
        2.4713924F, -0.19681618F, 6.999989F, -0.006380263F, 90.0F, -0.0F, 3.0e+38F, -0.0F}},
      {Activation::softplus,
       {kNaN, kInf, 0.0F, 0.6931472F, 0.6931472F, 1.3132617F, 0.3132617F, 0.8259394F, 0.5759394F, 0.974077F, 0.474077F,
        2.5788898F, 0.078889735F, 7.000911F, 9.114665e-04F, 90.0F, 0.0F, 3.0e+38F, 0.0F}},
      {Activation::softsign,
       {kNaN, kNaN, kNaN, 0.0F, -0.0F, 0.5F, -0.5F, 0.2F, -0.2F, 0.33333334F, -0.33333334F, 0.71428573F, -0.71428573F,
        0.875F, -0.875F, 0.989011F, -0.989011F, 1.0F, -1.0F}},
      {Activation::log_sigmoid,
       {kNaN, -0.0F, -kInf, -0.6931472F, -0.6931472F, -0.3132617F, -1.3132617F, -0.5759394F, -0.8259394F, -0.474077F,
        -0.974077F, -0.078889735F, -2.5788898F, -9.114665e-04F, -7.000911F, -0.0F, -90.0F, -0.0F, -3.0e+38F}},
      {Activation::tanh_shrink,
       {kNaN, kInf, -kInf, 0.0F, 0.0F, 0.23840582F, -0.23840582F, 0.0050813407F, -0.0050813407F, 0.037882835F,
        -0.037882835F, 1.5133857F, -1.5133857F, 6.000002F, -6.000002F, 89.0F, -89.0F, 3.0e+38F, -3.0e+38F}},
      {Activation::hard_tanh,
       {kNaN, 1.0F, -1.0F, 0.0F, -0.0F, 1.0F, -1.0F, 0.25F, -0.25F, 0.5F, -0.5F, 1.0F, -1.0F, 1.0F, -1.0F, 1.0F, -1.0F,
        1.0F, -1.0F}},
      {Activation::soft_shrink,
       {0.0F, kInf, -kInf, 0.0F, 0.0F, 0.5F, -0.5F, 0.0F, 0.0F, 0.0F, 0.0F, 2.0F, -2.0F, 6.5F, -6.5F, 89.5F, -89.5F,
        3.0e+38F, -3.0e+38F}},
      {Activation::hard_shrink,
       {0.0F, kInf, -kInf, 0.0F, 0.0F, 1.0F, -1.0F, 0.0F, 0.0F, 0.0F, 0.0F, 2.5F, -2.5F, 7.0F, -7.0F, 90.0F, -90.0F,
        3.0e+38F, -3.0e+38F}},
      {Activation::squareplus,
       {kNaN, kInf, kNaN, 1.0F, 1.0F, 1.618034F, 0.618034F, 1.1327822F, 0.8827822F, 1.2807764F, 0.7807764F, 2.850781F,
        0.35078108F, 7.1400547F, 0.14005494F, 90.01111F, 0.011108398F, kInf, kInf}},
      {Activation::sparse_plus,
       {kNaN, kInf, 0.0F, 0.25F, 0.25F, 1.0F, 0.0F, 0.390625F, 0.140625F, 0.5625F, 0.0625F, 2.5F, 0.0F, 7.0F, 0.0F,
        90.0F, 0.0F, 3.0e+38F, 0.0F}},
      {Activation::sparse_sigmoid,
       {kNaN, 1.0F, 0.0F, 0.5F, 0.5F, 1.0F, 0.0F, 0.625F, 0.375F, 0.75F, 0.25F, 1.0F, 0.0F, 1.0F, 0.0F, 1.0F, 0.0F,
        1.0F, 0.0F}},
  };
  for (const Row& row : rows) {
    std::vector<float> values = inputs;
    apply(row.activation, values.data(), 1, static_cast<std::int64_t>(values.size()));
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      EXPECT_TRUE(agrees(values[i], row.expected[i]))
          << name_of(row.activation) << '(' << inputs[i] << ") is " << values[i] << ", in Keras " << row.expected[i];
    }
  }
}

TEST(Activation, AlongTheLastAxisGivesTheNumbersOfKeras) {
  struct Row {
    Activation activation;
    std::vector<float> input;
    std::vector<float> expected;
  };
  const Row rows[] = {
      {Activation::softmax, {1.0F, 2.0F, 3.0F, 4.0F}, {0.032058604F, 0.08714432F, 0.23688284F, 0.6439143F}},
      {Activation::softmax, {0.5F, 0.5F, 0.5F, 0.5F}, {0.25F, 0.25F, 0.25F, 0.25F}},
      {Activation::softmax, {0.1F, 0.2F, 0.1F, 0.0F}, {0.24937604F, 0.27560315F, 0.24937604F, 0.22564478F}},
      {Activation::softmax, {kNaN, 1.0F, 2.0F, 3.0F}, {kNaN, kNaN, kNaN, kNaN}},
      {Activation::softmax, {kInf, 1.0F, 2.0F, 3.0F}, {kNaN, kNaN, kNaN, kNaN}},
      {Activation::softmax, {-kInf, 1.0F, 2.0F, 3.0F}, {0.0F, 0.09003057F, 0.24472848F, 0.66524094F}},
      {Activation::softmax, {-kInf, -kInf, -kInf, -kInf}, {kNaN, kNaN, kNaN, kNaN}},
      {Activation::softmax, {kInf, -kInf, 0.0F, 0.0F}, {kNaN, kNaN, kNaN, kNaN}},
      {Activation::softmax, {-0.0F, 90.0F, -90.0F, 3.0e+38F}, {0.0F, 0.0F, 0.0F, 1.0F}},
      {Activation::log_softmax, {1.0F, 2.0F, 3.0F, 4.0F}, {-3.4401896F, -2.4401896F, -1.4401897F, -0.4401897F}},
      {Activation::log_softmax, {0.5F, 0.5F, 0.5F, 0.5F}, {-1.3862944F, -1.3862944F, -1.3862944F, -1.3862944F}},
      {Activation::log_softmax, {0.1F, 0.2F, 0.1F, 0.0F}, {-1.3887933F, -1.2887933F, -1.3887933F, -1.4887934F}},
      {Activation::log_softmax, {kNaN, 1.0F, 2.0F, 3.0F}, {kNaN, kNaN, kNaN, kNaN}},
      {Activation::log_softmax, {kInf, 1.0F, 2.0F, 3.0F}, {kNaN, kNaN, kNaN, kNaN}},
      {Activation::log_softmax, {-kInf, 1.0F, 2.0F, 3.0F}, {-kInf, -2.407606F, -1.4076059F, -0.40760595F}},
      {Activation::log_softmax, {-kInf, -kInf, -kInf, -kInf}, {kNaN, kNaN, kNaN, kNaN}},
      {Activation::log_softmax, {kInf, -kInf, 0.0F, 0.0F}, {kNaN, kNaN, kNaN, kNaN}},
      {Activation::log_softmax, {-0.0F, 90.0F, -90.0F, 3.0e+38F}, {-3.0e+38F, -3.0e+38F, -3.0e+38F, 0.0F}},
      {Activation::sparsemax, {1.0F, 2.0F, 3.0F, 4.0F}, {0.0F, 0.0F, 0.0F, 1.0F}},
      {Activation::sparsemax, {0.5F, 0.5F, 0.5F, 0.5F}, {0.0F, 0.0F, 0.0F, 0.0F}},
      {Activation::sparsemax, {0.1F, 0.2F, 0.1F, 0.0F}, {0.025000013F, 0.12500001F, 0.025000013F, 0.0F}},
      {Activation::sparsemax, {kNaN, 1.0F, 2.0F, 3.0F}, {kNaN, 0.0F, 0.0F, 1.0F}},
      {Activation::sparsemax, {kInf, 1.0F, 2.0F, 3.0F}, {kInf, kInf, kInf, kInf}},
      {Activation::sparsemax, {-kInf, 1.0F, 2.0F, 3.0F}, {0.0F, 0.0F, 0.0F, 1.0F}},
      {Activation::sparsemax, {-kInf, -kInf, -kInf, -kInf}, {kNaN, kNaN, kNaN, kNaN}},
      {Activation::sparsemax, {kInf, -kInf, 0.0F, 0.0F}, {kInf, kNaN, kInf, kInf}},
      {Activation::sparsemax, {-0.0F, 90.0F, -90.0F, 3.0e+38F}, {kInf, kInf, kInf, kInf}},
      {Activation::glu, {1.0F, 2.0F, 3.0F, 4.0F}, {0.9525741F, 1.9640275F}},
      {Activation::glu, {kNaN, 1.0F, 2.0F, 3.0F}, {kNaN, 0.9525741F}},
      {Activation::glu, {-kInf, -kInf, -kInf, -kInf}, {kNaN, kNaN}},
      {Activation::glu, {kInf, -kInf, 0.0F, 0.0F}, {kInf, -kInf}},
      {Activation::glu, {-0.0F, 90.0F, -90.0F, 3e38F}, {-0.0F, 90.0F}},
  };
  for (const Row& row : rows) {
    const Tensor y = apply(row.activation, Tensor::from<float>({1, 4}, row.input));
    ASSERT_EQ(y.size(), row.expected.size());
    for (std::size_t i = 0; i < y.size(); ++i) {
      EXPECT_TRUE(agrees(y.data<float>()[i], row.expected[i]))
          << name_of(row.activation) << " of " << row.input[0] << ", " << row.input[1] << ", ... at " << i << " is "
          << y.data<float>()[i];
    }
  }
}

TEST(Activation, DependsOnNothingButItsRow) {
  Random random(1);
  Tensor x(DType::float32, {5, 6});
  for (float& value : x.data<float>()) value = static_cast<float>(8 * random.uniform() - 4);
  for (std::size_t i = 0; i < enum_names<Activation>().names.size(); ++i) {
    const auto activation = static_cast<Activation>(i);
    const Tensor all = apply(activation, x);
    const std::size_t width = all.size() / 5;
    for (std::size_t r = 0; r < 5; ++r) {
      const Tensor alone =
          apply(activation, Tensor::from<float>({1, 6}, std::span<const float>(x.data<float>()).subspan(r * 6, 6)));
      const Tensor there = Tensor::from<float>(alone.dims(), all.data<float>().subspan(r * width, width));
      EXPECT_TRUE(same_bits(alone, there)) << name_of(activation) << " row " << r;
    }
  }
}

// A tenth of them special, the others small or beyond what exp holds.
template <typename T>
std::vector<T> numbers(std::size_t count, Random& random) {
  constexpr std::array<T, 6> kSpecial = {-T{},
                                         std::numeric_limits<T>::infinity(),
                                         -std::numeric_limits<T>::infinity(),
                                         std::numeric_limits<T>::denorm_min(),
                                         -std::numeric_limits<T>::max(),
                                         std::numeric_limits<T>::quiet_NaN()};
  std::vector<T> found(count);
  for (T& each : found) {
    const double scale = random.below(3) == 0 ? 200 : 8;
    each = static_cast<T>(scale * (random.uniform() - 0.5));
    if (random.below(10) == 0) each = kSpecial[random.below(kSpecial.size())];
  }
  return found;
}

template <typename T>
void expect_same(Instructions instructions, Activation activation, std::span<const T> found,
                 std::span<const T> expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    const bool same = (std::isnan(found[i]) && std::isnan(expected[i])) ||
                      (found[i] == expected[i] && std::signbit(found[i]) == std::signbit(expected[i]));
    ASSERT_TRUE(same) << name_of(activation) << " by instructions " << static_cast<int>(instructions) << ", element "
                      << i << ": " << found[i] << " instead of " << expected[i];
  }
}

// One element after the other where it is element-wise, one row after the other elsewhere.
template <typename T>
void expect_plain_loop(Instructions instructions, Activation activation, Random& random) {
  const bool by_row =
      activation == Activation::softmax || activation == Activation::log_softmax || activation == Activation::sparsemax;
  const auto rows = static_cast<std::int64_t>(random.below(4));
  const auto columns = static_cast<std::int64_t>(1 + random.below(40));
  const auto size = static_cast<std::size_t>(rows * columns);
  const std::vector<T> in = numbers<T>(size, random);
  std::vector<T> found(size);
  apply<T>(instructions, activation, in.data(), found.data(), rows, columns);
  std::vector<T> expected = in;
  const std::size_t step = by_row ? static_cast<std::size_t>(columns) : 1;
  for (std::size_t i = 0; i < size; i += step) {
    apply<T>(Instructions::plain, activation, in.data() + i, expected.data() + i, 1, static_cast<std::int64_t>(step));
  }
  expect_same<T>(instructions, activation, found, expected);
  std::vector<T> in_place = in;
  apply<T>(instructions, activation, in_place.data(), in_place.data(), rows, columns);
  expect_same<T>(instructions, activation, in_place, expected);
}

TEST(Activation, OfEveryWidthIsThePlainLoop) {
  Random random(41);
  for (const Instructions instructions : instructions_here()) {
    for (std::size_t i = 0; i < enum_names<Activation>().names.size(); ++i) {
      const auto activation = static_cast<Activation>(i);
      if (activation == Activation::linear || activation == Activation::glu) continue;
      for (int trial = 0; trial < 20; ++trial) {
        expect_plain_loop<float>(instructions, activation, random);
        expect_plain_loop<double>(instructions, activation, random);
      }
    }
  }
}

// In units of the last place of float, over all that has a finite result.
double largest_error(Activation activation, double (*exact)(double), double least, double most) {
  constexpr int kSteps = 400'000;
  std::vector<float> x(kSteps);
  for (int i = 0; i < kSteps; ++i)
    x[static_cast<std::size_t>(i)] = static_cast<float>(least + (most - least) * i / kSteps);
  std::vector<float> y(x.size());
  apply<float>(best_instructions(), activation, x.data(), y.data(), 1, kSteps);
  double largest = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double expected = exact(static_cast<double>(x[i]));
    const auto nearest = std::abs(static_cast<float>(expected));
    const auto unit = static_cast<double>(std::nextafter(nearest, std::numeric_limits<float>::infinity()) - nearest);
    largest = std::max(largest, std::abs(static_cast<double>(y[i]) - expected) / unit);
  }
  return largest;
}

TEST(Activation, IsAsCloseAsItsPolynomialsPromise) {
  EXPECT_LE(largest_error(Activation::exponential, [](double x) { return std::exp(x); }, -103, 88.7), 1);
  EXPECT_LE(largest_error(Activation::tanh, [](double x) { return std::tanh(x); }, -12, 12), 6);
  EXPECT_LE(largest_error(Activation::tanh, [](double x) { return std::tanh(x); }, -1e-3, 1e-3), 2);
}

TEST(Activation, TellsWhichShapesItTakes) {
  EXPECT_EQ(activation_shape(Activation::glu, {kUnknown, 6}), (Shape{kUnknown, 3}));
  EXPECT_EQ(activation_shape(Activation::glu, {kUnknown, 5}), std::nullopt);
  EXPECT_EQ(activation_shape(Activation::glu, {6, kUnknown}), std::nullopt);
  EXPECT_EQ(activation_shape(Activation::softmax, Shape{}), std::nullopt);
  EXPECT_EQ(activation_shape(Activation::tanh, Shape{}), Shape{});
}

TEST(Activation, TakesTensorsWithoutElements) {
  for (const auto activation : {Activation::softmax, Activation::sparsemax, Activation::glu, Activation::relu}) {
    EXPECT_EQ(apply(activation, Tensor(DType::float32, {2, 0})).dims(), (Dims{2, 0}));
  }
}

}  // namespace
}  // namespace revive
