// What a registered class gets: its config and weights in .keras archives, and every property of the harness over
// models in which it is drawn. None of it is written here.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "revive/model/registry.h"
#include "revive/model/sequential.h"
#include "revive/properties/gtest.h"
#include "revive/serializer/compare.h"
#include "revive/serializer/keras_archive.h"
#include "weighted.h"

namespace acme {
namespace {

using revive::Layer;
using revive::make_layer;
using revive::Result;
using revive::Sequential;
using revive::Tensor;
using revive::Value;

// In how many of the models that were saved a Weighted stood, and around how many classes.
struct Seen {
  int models = 0;
  std::set<std::string> classes_inside;
};
Seen& seen() {
  static Seen instance;
  return instance;
}

const bool kRegistered = revive::register_layer_class(weighted_class()).has_value();

// revive's own serializer, which looks at what it is given.
struct Archives {
  static constexpr bool kKerasArchives = true;

  Result<std::vector<std::byte>> save(const Sequential& model) const {
    revive::visit_layers(model.root(), [](const std::string&, const Layer& layer) {
      if (layer.layer_class().name != "acme>Weighted") return;
      ++seen().models;
      seen().classes_inside.insert(layer.children("layer")[0].layer_class().name);
    });
    REVIVE_ASSIGN_OR_RETURN(const auto archive, revive::save_bytes(model));
    return std::vector<std::byte>(archive.bytes().begin(), archive.bytes().end());
  }
  Result<Sequential> load(std::span<const std::byte> archive) const { return revive::load_bytes(archive); }
};

REVIVE_TEST(Archives);

class IsDrawn : public testing::Environment {
 public:
  void TearDown() override {
    if (!testing::UnitTest::GetInstance()->Passed()) return;
    EXPECT_GT(seen().models, 0);
    EXPECT_GT(seen().classes_inside.size(), 5U);
  }
};
const auto* const kIsDrawn = testing::AddGlobalTestEnvironment(new IsDrawn);

TEST(Weighted, ComesBackFromAnArchive) {
  ASSERT_TRUE(kRegistered);
  const auto input = make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 2}}});
  const auto dense = make_layer("Dense", {{"units", 1}, {"use_bias", false}});
  const auto weighted = make_layer("acme>Weighted", {{"squared", true}}, {{"layer", {*dense}}});
  ASSERT_TRUE(weighted) << weighted.error().text();
  auto model = Sequential::make("m", {*input, *weighted});
  ASSERT_TRUE(model) << model.error().text();
  Layer& layer = model->layers()[1];
  ASSERT_TRUE(layer.set_weights({Tensor::from<float>({1}, {3})}));
  ASSERT_TRUE(layer.children("layer")[0].set_weights({Tensor::from<float>({2, 1}, {1, 10})}));

  const auto archive = revive::save_bytes(*model);
  ASSERT_TRUE(archive) << archive.error().text();
  const auto loaded = revive::load_bytes(archive->bytes());
  ASSERT_TRUE(loaded) << loaded.error().text();
  EXPECT_EQ(revive::first_difference(*model, *loaded), std::nullopt);
  const auto output = loaded->predict(Tensor::from<float>({1, 2}, {1, 2}));
  ASSERT_TRUE(output);
  EXPECT_EQ(output->data<float>()[0], 9 * 21);
}

}  // namespace
}  // namespace acme
