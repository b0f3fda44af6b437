// GroupNormalization, RMSNormalization and UnitNormalization, element by element in double.
#include "revive/model/layers/testing.h"

namespace revive::testing {
namespace {

// (batch, rows, channels, columns): the place of an element.
struct Place {
  std::int64_t n, row, channel, column;
};

constexpr Place kSize{2, 3, 6, 4};

std::size_t index_of(const Place& at) {
  return static_cast<std::size_t>(((at.n * kSize.row + at.row) * kSize.channel + at.channel) * kSize.column +
                                  at.column);
}

template <typename Visit>
void each_place(Visit visit) {
  for (std::int64_t n = 0; n < kSize.n; ++n)
    for (std::int64_t row = 0; row < kSize.row; ++row)
      for (std::int64_t channel = 0; channel < kSize.channel; ++channel)
        for (std::int64_t column = 0; column < kSize.column; ++column) visit(Place{n, row, channel, column});
}

double element(const Tensor& tensor, std::size_t index) {
  return static_cast<double>(tensor.data<float>()[index]);
}

TEST(GroupNormalization, NormalisesEachGroupOfChannels) {
  Random random(1);
  const Dims dims{kSize.n, kSize.row, kSize.channel, kSize.column};
  for (const std::int64_t groups : {1, 2, 3, 6, -1}) {
    for (const std::int64_t axis : {2, -2}) {
      const Layer layer = ready_layer("GroupNormalization", {{"groups", groups}, {"axis", axis}, {"epsilon", 0.01}},
                                      {kUnknown, kUnknown, kSize.channel, kUnknown}, random);
      const Tensor x = random_tensor(dims, random);
      Tensor expected(DType::float32, dims);
      const std::int64_t together = kSize.channel / (groups == -1 ? kSize.channel : groups);
      each_place([&](const Place& at) {
        double sum = 0;
        double squares = 0;
        int count = 0;
        each_place([&](const Place& other) {
          if (other.n != at.n || other.channel / together != at.channel / together) return;
          const double value = element(x, index_of(other));
          sum += value;
          squares += value * value;
          ++count;
        });
        const double mean = sum / count;
        const double variance = squares / count - mean * mean;
        const auto channel = static_cast<std::size_t>(at.channel);
        const double y =
            (element(x, index_of(at)) - mean) / std::sqrt(variance + 0.01) * element(layer.weights()[0], channel) +
            element(layer.weights()[1], channel);
        expected.data<float>()[index_of(at)] = static_cast<float>(y);
      });
      expect_near(run(layer, x), expected);
      expect_batch_independent(layer, {x});
    }
  }
}

TEST(GroupNormalization, SaysWhatDoesNotFit) {
  EXPECT_EQ(build_error("GroupNormalization", {{"groups", 4}}, {kUnknown, 6}),
            "GroupNormalization expects channels in 4 equal groups, found 6 channels");
  EXPECT_EQ(build_error("GroupNormalization", {{"groups", 2}, {"axis", 1}}, {kUnknown, kUnknown, 6}),
            "GroupNormalization expects a known axis 1 after the batch, found the shape (None, None, 6)");
  EXPECT_EQ(build_error("GroupNormalization", {{"groups", 1}, {"axis", 0}}, {2, 6}),
            "GroupNormalization expects a known axis 0 after the batch, found the shape (2, 6)");
  EXPECT_EQ(config_error("GroupNormalization", {{"groups", 0}}),
            "GroupNormalization/groups: expected a positive integer or -1, found 0");
  Random random(1);
  const Layer bare =
      ready_layer("GroupNormalization", {{"groups", 2}, {"center", false}, {"scale", false}}, {kUnknown, 6}, random);
  EXPECT_TRUE(bare.variables().empty());
}

TEST(RMSNormalization, DividesByTheRootOfTheMeanOfSquares) {
  Random random(2);
  const Layer layer =
      ready_layer("RMSNormalization", {{"axis", Value::Array{1, 2}}, {"epsilon", 0.01}}, {kUnknown, 3, 4}, random);
  EXPECT_EQ(layer.variables()[0].dims, (Dims{3, 4}));
  const Tensor x = random_tensor({2, 3, 4}, random);
  Tensor expected(DType::float32, {2, 3, 4});
  for (std::size_t n = 0; n < 2; ++n) {
    double squares = 0;
    for (std::size_t i = 0; i < 12; ++i) squares += element(x, n * 12 + i) * element(x, n * 12 + i);
    for (std::size_t i = 0; i < 12; ++i) {
      expected.data<float>()[n * 12 + i] =
          static_cast<float>(element(x, n * 12 + i) / std::sqrt(squares / 12 + 0.01) * element(layer.weights()[0], i));
    }
  }
  expect_near(run(layer, x), expected);
  EXPECT_EQ(build_error("RMSNormalization", {{"axis", 1}}, {kUnknown, 3, 4}),
            "RMSNormalization expects the last axes, which are known, found axes (1,) of the shape (None, 3, 4)");
}

TEST(UnitNormalization, GivesTheLengthOne) {
  Random random(3);
  const Layer layer = ready_layer("UnitNormalization", {{"axis", 1}}, {kUnknown, 3, 4}, random);
  Tensor x = random_tensor({2, 3, 4}, random);
  // Nothing has no direction.
  for (std::size_t i = 0; i < 3; ++i) x.data<float>()[i * 4] = 0;
  const Tensor y = run(layer, x);
  for (std::size_t n = 0; n < 2; ++n) {
    for (std::size_t column = 0; column < 4; ++column) {
      double squares = 0;
      for (std::size_t row = 0; row < 3; ++row) squares += std::pow(element(x, (n * 3 + row) * 4 + column), 2);
      for (std::size_t row = 0; row < 3; ++row) {
        const std::size_t at = (n * 3 + row) * 4 + column;
        EXPECT_NEAR(element(y, at), squares == 0 ? 0 : element(x, at) / std::sqrt(squares), 1e-6);
      }
    }
  }
  const Layer of_ints = ready_layer("UnitNormalization", {}, {kUnknown, 2}, random, DType::int32);
  expect_near(run(of_ints, Tensor::from<std::int32_t>({1, 2}, {3, -4})), floats({1, 2}, {0.6F, -0.8F}));
}

}  // namespace
}  // namespace revive::testing
