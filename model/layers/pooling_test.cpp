// Poolings of one to three axes, against loops over every index in double.
#include <limits>

#include "revive/model/layers/window_testing.h"

namespace revive::testing {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

struct Pooled {
  double largest = -std::numeric_limits<double>::infinity();
  double sum = 0;
  int count = 0;
};

Pooled pooled(const DrawnWindows& drawn, const Grid& x, const Index& to, std::int64_t sample, std::int64_t channel) {
  Pooled result;
  for_each_index(drawn.sizes, [&](const Index& tap) {
    Index cell(tap.size());
    for (std::size_t i = 0; i < tap.size(); ++i) {
      cell[i] = to[i] * drawn.strides[i] + tap[i] - drawn.before(i, x.cells[i]);
    }
    if (!x.has(cell)) return;
    result.largest = std::max(result.largest, x.at(sample, cell, channel));
    result.sum += x.at(sample, cell, channel);
    ++result.count;
  });
  return result;
}

TEST(Pooling, OfEveryRankAgreesWithTheDefinition) {
  Random random(21);
  for (int i = 0; i < 400; ++i) {
    const std::size_t rank = 1 + random.below(3);
    DrawnWindows drawn = draw_windows_for(rank, random);
    drawn.dilations = Index(rank, 1);
    const bool mean = random.below(2) == 1;
    const std::int64_t channels = pick(random, 1, 3);
    const Dims dims = drawn.input_dims(2, channels);
    const std::string name = (mean ? "AveragePooling" : "MaxPooling") + std::to_string(rank) + "D";
    const Layer layer = ready_layer(name, drawn.config("pool_size"), drawn.shape(dims, random), random);
    const Tensor x = random_tensor(dims, random);
    const Tensor y = run(layer, x);
    ASSERT_TRUE(layer.output_shape().admits(y.dims()));
    const Grid in(x, drawn.first);
    const Grid out(y, drawn.first);
    ASSERT_EQ(out.channels, channels);
    for_each_index(out.cells, [&](const Index& to) {
      for (std::int64_t n = 0; n < 2; ++n) {
        for (std::int64_t c = 0; c < channels; ++c) {
          const Pooled expected = pooled(drawn, in, to, n, c);
          ASSERT_NEAR(out.at(n, to, c), mean ? expected.sum / expected.count : expected.largest, 1e-5) << "trial " << i;
        }
      }
    });
    expect_batch_independent(layer, {x});
  }
}

template <typename T>
Tensor tensor_of(DType dtype, const Dims& dims, std::initializer_list<T> values) {
  Tensor tensor(dtype, dims);
  std::ranges::copy(std::as_bytes(std::span(values.begin(), values.size())), tensor.bytes().begin());
  return tensor;
}

template <typename T>
void expect_largest(DType dtype) {
  using Limit = std::numeric_limits<T>;
  const T next = std::is_same_v<T, bool> ? T{0} : static_cast<T>(Limit::max() - 1);
  const Tensor x = tensor_of<T>(dtype, {1, 4, 1}, {Limit::lowest(), Limit::max(), next, T{0}});
  const std::pair<const char*, Tensor> rows[] = {{"MaxPooling1D", tensor_of<T>(dtype, {1, 2, 1}, {Limit::max(), next})},
                                                 {"GlobalMaxPooling1D", tensor_of<T>(dtype, {1, 1}, {Limit::max()})}};
  for (const auto& [name, expected] : rows) {
    auto layer = make_layer(name, {{"dtype", dtype == DType::float64 ? "float64" : "float32"}});
    ASSERT_TRUE(layer.has_value());
    ASSERT_TRUE(layer->build({kUnknown, 4, 1}, dtype, Limits{}));
    EXPECT_TRUE(same_bits(run(*layer, x), expected)) << name << " of " << name_of(dtype);
  }
}

TEST(MaxPooling, OfEveryDTypeIsTheLargestBitForBit) {
  expect_largest<bool>(DType::boolean);
  expect_largest<std::int8_t>(DType::int8);
  expect_largest<std::uint8_t>(DType::uint8);
  expect_largest<std::int16_t>(DType::int16);
  expect_largest<std::uint16_t>(DType::uint16);
  expect_largest<std::int32_t>(DType::int32);
  expect_largest<std::uint32_t>(DType::uint32);
  expect_largest<std::int64_t>(DType::int64);
  expect_largest<float>(DType::float32);
  expect_largest<double>(DType::float64);
}

TEST(AveragePooling, DoesNotCountPadding) {
  Random random(1);
  const Value::Object config{{"pool_size", 2}, {"strides", 1}, {"padding", "same"}};
  const Layer layer = ready_layer("AveragePooling2D", config, {kUnknown, 2, 2, 1}, random);
  EXPECT_TRUE(same_bits(run(layer, floats({1, 2, 2, 1}, {1, 3, 5, 11})), floats({1, 2, 2, 1}, {5, 7, 8, 11})));
}

TEST(GlobalPooling, OfEveryRankAgreesWithTheDefinition) {
  Random random(22);
  for (int i = 0; i < 200; ++i) {
    const std::size_t rank = 1 + random.below(3);
    DrawnWindows drawn = draw_windows_for(rank, random);
    const bool mean = random.below(2) == 1;
    const bool keepdims = random.below(2) == 1;
    const std::int64_t channels = pick(random, 1, 3);
    const Dims dims = drawn.input_dims(2, channels);
    const std::string name =
        std::string("Global") + (mean ? "Average" : "Max") + "Pooling" + std::to_string(rank) + "D";
    const Value::Object config{{"data_format", drawn.first ? "channels_first" : "channels_last"},
                               {"keepdims", keepdims}};
    const Layer layer = ready_layer(name, config, drawn.shape(dims, random), random);
    const Tensor x = random_tensor(dims, random);
    const Tensor y = run(layer, x);
    const Grid in(x, drawn.first);
    DrawnWindows whole = drawn;
    whole.same = false;
    whole.sizes = in.cells;
    Dims expected_dims{2, channels};
    if (keepdims) {
      expected_dims.insert(drawn.first ? expected_dims.end() : expected_dims.begin() + 1, rank, 1);
    }
    ASSERT_EQ(y.dims(), expected_dims);
    for (std::int64_t n = 0; n < 2; ++n) {
      for (std::int64_t c = 0; c < channels; ++c) {
        const Pooled expected = pooled(whole, in, Index(rank), n, c);
        const auto found = static_cast<double>(y.data<float>()[static_cast<std::size_t>(n * channels + c)]);
        ASSERT_NEAR(found, mean ? expected.sum / expected.count : expected.largest, 1e-5) << "trial " << i;
      }
    }
  }
}

TEST(GlobalPooling, TakesTheMeanOfTheStepsThatTheMaskKeeps) {
  Random random(1);
  for (const bool first : {false, true}) {
    const Value::Object config{{"data_format", first ? "channels_first" : "channels_last"}};
    const Layer layer =
        ready_layer("GlobalAveragePooling1D", config, first ? Shape{kUnknown, 2, 3} : Shape{kUnknown, 3, 2}, random);
    const Tensor x = first ? floats({2, 2, 3}, {1, 3, kNaN, 10, 30, 50, 1, 3, 5, 10, 30, 50})
                           : floats({2, 3, 2}, {1, 10, 3, 30, kNaN, 50, 1, 10, 3, 30, 5, 50});
    const MaskedTensor y = run(layer, {x, Tensor::from<bool>({2, 3}, {true, true, false, false, false, false})});
    expect_near(y.value, floats({2, 2}, {2, 20, kNaN, kNaN}));
    EXPECT_FALSE(y.mask);
  }
}

}  // namespace
}  // namespace revive::testing
