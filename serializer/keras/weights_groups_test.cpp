// Which group of a file is which layer's: in files of tf.keras 2.12 and 2.13, whose numbers have gaps, and what is said
// of those that are not there.
#include <gtest/gtest.h>

#include "revive/model/layer.h"
#include "revive/serializer/keras/weights_codec.h"

namespace revive {
namespace {

constexpr const char* kOldLayers = "_layer_checkpoint_dependencies";

// Dense layers of one unit, whose kernels are 1, 2, 3.
Sequential model(std::size_t count) {
  std::vector<Layer> layers = {*make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 1}}})};
  for (std::size_t i = 0; i < count; ++i) {
    layers.push_back(*make_layer("Dense", {{"units", 1}, {"use_bias", false}, {"name", "d" + std::to_string(i)}}));
  }
  auto made = *Sequential::make("m", std::move(layers));
  made.initialize(1);
  for (std::size_t i = 0; i < count; ++i) {
    EXPECT_TRUE(made.layers()[i + 1].set_weights({Tensor::from<float>({1, 1}, {static_cast<float>(i + 1)})}));
  }
  return made;
}

hdf5::Group kernel(float value) {
  static const std::array<float, 10> values = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  hdf5::Group group;
  group.put("vars/0",
            {DType::float32, {1, 1}, std::as_bytes(std::span(values)).subspan(4 * static_cast<std::size_t>(value), 4)});
  return group;
}

// The kernels that the model has of a file with these groups, or why it has none.
std::string read(std::string_view collection, const std::vector<std::string>& groups, std::size_t count = 3) {
  hdf5::Group file;
  float value = 0;
  for (const std::string& name : groups) {
    file.make_group(collection).links.insert_or_assign(name, kernel(++value));
  }
  Sequential made = model(count);
  const Status status = weights_to_model(file, made);
  if (!status) return status.error().text();
  std::string kernels;
  for (std::size_t i = 1; i <= count; ++i) {
    kernels += std::to_string(static_cast<int>(made.layers()[i].weights()[0].data<float>()[0])) + " ";
  }
  for (const TrainingTensor& carried : made.training_tensors()) kernels += carried.path + " ";
  return kernels;
}

TEST(WeightsGroups, AreNumberedWithoutGaps) {
  EXPECT_EQ(read("layers", {"dense", "dense_1", "dense_2"}), "1 2 3 ");
  EXPECT_EQ(read("layers", {"dense_2", "dense", "dense_1"}), "2 3 1 ");
  EXPECT_EQ(read("layers", {"dense", "dense_2", "dense_4"}),
            "model.weights.h5: /layers/dense_1/vars: expected the 1 variables of Dense 'd1', found no such group");
}

TEST(WeightsGroups, OfOldFilesHaveGaps) {
  EXPECT_EQ(read(kOldLayers, {"dense", "dense_2", "dense_4"}), "1 2 3 ");
  EXPECT_EQ(read(kOldLayers, {"dense_10", "dense_9", "dense_2"}), "3 2 1 ");
  // What is no number is another's.
  const std::string other = std::string(kOldLayers) + "/";
  EXPECT_EQ(read(kOldLayers, {"dense", "dense_3", "dense_5", "dense_x", "dense_2x", "dense_0", "dense_"}),
            "1 2 3 " + other + "dense_/vars/0 " + other + "dense_0/vars/0 " + other + "dense_2x/vars/0 " + other +
                "dense_x/vars/0 ");
  // One that is not there is asked for behind the last.
  EXPECT_EQ(read(kOldLayers, {"dense", "dense_2"}), "model.weights.h5: /" + other +
                                                        "dense_3/vars: expected the 1 variables of Dense 'd2', found "
                                                        "no such group");
}

TEST(WeightsGroups, AreLookedForWhereKerasHasThem) {
  EXPECT_EQ(read("elsewhere", {"dense"}, 1),
            "model.weights.h5: /layers/dense/vars: expected the 1 variables of Dense 'd0', found no such group");
}

TEST(WeightsGroups, HoldVariablesByNumber) {
  hdf5::Group file;
  file.make_group("layers").links.insert_or_assign("dense", kernel(1));
  auto& variables = file.make_group("layers/dense/vars").links;
  auto node = variables.extract("0");
  node.key() = "1";
  variables.insert(std::move(node));
  Sequential made = model(1);
  const Status status = weights_to_model(file, made);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().text(),
            "model.weights.h5: /layers/dense/vars/0: expected kernel of Dense 'd0', found no such dataset");
}

}  // namespace
}  // namespace revive
