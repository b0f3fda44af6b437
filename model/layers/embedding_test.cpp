#include <limits>

#include "revive/model/layers/testing.h"

namespace revive::testing {
namespace {

Layer table_of_three(bool mask_zero, DType dtype) {
  auto layer = *make_layer("Embedding", {{"input_dim", 3}, {"output_dim", 2}, {"mask_zero", mask_zero}});
  EXPECT_TRUE(layer.build({kUnknown, kUnknown}, dtype, Limits{}));
  EXPECT_TRUE(layer.set_weights({floats({3, 2}, {1, 2, 3, 4, 5, 6})}));
  return layer;
}

TEST(Embedding, LooksUpARowForEveryId) {
  const Tensor expected = floats({1, 3, 2}, {5, 6, 1, 2, 3, 4});
  EXPECT_TRUE(
      same_bits(run(table_of_three(false, DType::int32), Tensor::from<std::int32_t>({1, 3}, {2, 0, 1})), expected));
  EXPECT_TRUE(same_bits(run(table_of_three(false, DType::float32), floats({1, 3}, {2.9F, -0.5F, 1})), expected));
  EXPECT_TRUE(same_bits(run(table_of_three(false, DType::boolean), Tensor::from<bool>({1, 1}, {true})),
                        floats({1, 1, 2}, {3, 4})));
  EXPECT_EQ(output_shape("Embedding", {{"input_dim", 3}, {"output_dim", 2}}, {kUnknown, kUnknown, 4}),
            (Shape{kUnknown, kUnknown, 4, 2}));
}

TEST(Embedding, MasksTheIdsThatAreZeroBeforeTheyAreCut) {
  const MaskedTensor y =
      run(table_of_three(true, DType::float32), MaskedTensor{floats({1, 5}, {0, 0.5F, -0.0F, 2, -0.5F})});
  ASSERT_TRUE(y.mask);
  EXPECT_TRUE(same_bits(*y.mask, Tensor::from<bool>({1, 5}, {false, true, false, true, true})));
  const MaskedTensor masked{floats({1, 1}, {1}), Tensor(DType::boolean, {1, 1})};
  EXPECT_FALSE(run(table_of_three(false, DType::float32), masked).mask);
}

TEST(Embedding, RefusesIdsThatNameNoRow) {
  const Layer layer = table_of_three(false, DType::float32);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  for (const float id : {3.0F, -1.0F, nan, inf, -inf, 1e30F}) {
    const auto refused = layer.call({floats({2, 2}, {0, 1, 2, id})}, {}, Limits{});
    ASSERT_FALSE(refused) << id;
    EXPECT_EQ(refused.error().code, ErrorCode::input_id);
  }
  const auto refused = layer.call({floats({2, 2}, {0, 1, 7, 0})}, {}, Limits{});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "Embedding expects ids from 0 to 2, found 7 at (1, 0)");
  const std::int32_t least = std::numeric_limits<std::int32_t>::min();
  EXPECT_FALSE(table_of_three(false, DType::int32).call({Tensor::from<std::int32_t>({1, 1}, {least})}, {}, Limits{}));
}

}  // namespace
}  // namespace revive::testing
