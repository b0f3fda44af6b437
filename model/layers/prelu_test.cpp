// PReLU against its formula in long double, with each choice of shared axes and in each dtype.
#include <cmath>
#include <limits>

#include "revive/model/layers/testing.h"

namespace revive::testing {
namespace {

constexpr Dims::value_type kSamples = 2;

// The cell's number in alpha, whose shared axes are 1 long.
std::size_t slope_of(std::int64_t cell, const Dims& dims, const Dims& alpha) {
  std::int64_t at = 0;
  std::int64_t stride = 1;
  for (std::size_t axis = alpha.size(); axis-- > 0; stride *= alpha[axis]) {
    const std::int64_t index = cell % dims[axis + 1];
    cell /= dims[axis + 1];
    if (alpha[axis] != 1) at += index * stride;
  }
  return static_cast<std::size_t>(at);
}

// relu(x) - alpha * relu(-x), where 0 times infinity is NaN.
double formula(double x, double alpha) {
  if (std::isnan(x)) return x;
  const long double negative = -static_cast<long double>(alpha) * std::max(-x, 0.0);
  return static_cast<double>(static_cast<long double>(std::max(x, 0.0)) + negative);
}

TEST(PReLU, IsItsFormulaWithEveryChoiceOfSharedAxes) {
  const Dims dims = {kSamples, 3, 4, 2};
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const double hard[] = {0, -0.0, 0.5, -0.5, 1e-3, -1e-3, 0.75, -0.3, kInfinity, -kInfinity, std::nan(""), 3, -3};
  const double slopes[] = {0.25, -1.5, 0.3, 0, 1, kInfinity, 7};
  for (const std::string_view policy : {"float32", "float64", "float16", "bfloat16"}) {
    for (int chosen = 0; chosen < 8; ++chosen) {
      Value::Array shared;
      Dims alpha_dims;
      for (int axis = 1; axis <= 3; ++axis) {
        const bool is_shared = (chosen >> (axis - 1) & 1) != 0;
        if (is_shared) shared.emplace_back(axis);
        alpha_dims.push_back(is_shared ? 1 : dims[static_cast<std::size_t>(axis)]);
      }
      auto layer = *make_layer("PReLU", {{"shared_axes", shared}, {"dtype", policy}});
      ASSERT_TRUE(layer.build({kUnknown, 3, 4, 2}, DType::float32, {}));
      const DType dtype = layer.policy().compute_dtype();
      Tensor alpha(DType::float64, alpha_dims);
      for (std::size_t i = 0; i < alpha.size(); ++i) alpha.data<double>()[i] = slopes[i % std::size(slopes)];
      ASSERT_TRUE(layer.set_weights({cast(alpha, dtype)}));
      Tensor x(DType::float64, dims);
      for (std::size_t i = 0; i < x.size(); ++i) x.data<double>()[i] = hard[i % std::size(hard)];
      const Tensor given = cast(cast(x, dtype), DType::float64);
      const Tensor rounded = cast(cast(alpha, dtype), DType::float64);

      const Tensor found = run(layer, cast(x, dtype));
      ASSERT_EQ(found.dtype(), dtype);
      const auto cells = static_cast<std::int64_t>(x.size()) / kSamples;
      Tensor expected(DType::float64, dims);
      for (std::int64_t i = 0; i < kSamples * cells; ++i) {
        const auto at = static_cast<std::size_t>(i);
        const double slope = rounded.data<double>()[slope_of(i % cells, dims, alpha_dims)];
        expected.data<double>()[at] = formula(given.data<double>()[at], slope);
      }
      const Tensor wide = cast(found, DType::float64);
      const Tensor wanted = cast(cast(expected, dtype), DType::float64);
      for (std::size_t i = 0; i < wide.size(); ++i) {
        const double a = wide.data<double>()[i];
        const double b = wanted.data<double>()[i];
        EXPECT_TRUE(a == b || (std::isnan(a) && std::isnan(b)))
            << policy << " shared " << Value(shared).brief() << " element " << i << " is " << a << ", expected " << b;
      }
    }
  }
}

TEST(PReLU, MakesEveryZeroAPositiveOne) {
  for (const float slope : {0.25F, -0.25F, 0.0F}) {
    auto layer = *make_layer("PReLU", {{"shared_axes", Value::Array{1}}});
    ASSERT_TRUE(layer.build({kUnknown, 2}, DType::float32, {}));
    ASSERT_TRUE(layer.set_weights({floats({1}, {slope})}));
    EXPECT_TRUE(same_bits(run(layer, floats({1, 2}, {-0.0F, 0.0F})), floats({1, 2}, {0, 0}))) << slope;
  }
}

TEST(PReLU, HasASlopeForEachCellThatSharesNone) {
  const auto slopes = [](const Value& shared, const Shape& input) {
    auto layer = *make_layer("PReLU", {{"shared_axes", shared}});
    const Status built = layer.build(input, DType::float32, {});
    return built ? to_string(layer.variables()[0].dims) : built.error().text();
  };
  using List = Value::Array;
  EXPECT_EQ(slopes(nullptr, {kUnknown, 3, 4}), "(3, 4)");
  EXPECT_EQ(slopes(List{}, {kUnknown, 3, 4}), "(3, 4)");
  EXPECT_EQ(slopes(List{1}, {kUnknown, kUnknown, 4}), "(1, 4)");
  EXPECT_EQ(slopes(List{2, 1}, {kUnknown, kUnknown, kUnknown}), "(1, 1)");
  EXPECT_EQ(slopes(List{2}, {kUnknown, 3, 4}), "(3, 1)");
  EXPECT_EQ(slopes(List{3}, {kUnknown, 3, 4}), "PReLU expects an input with the axis 3, found the shape (None, 3, 4)");
  EXPECT_EQ(slopes(List{2}, {kUnknown, kUnknown, 4}),
            "PReLU expects axes that are known or shared, found the shape (None, None, 4)");
}

}  // namespace
}  // namespace revive::testing
