// names_do_not_matter, with serializers that find weights by name.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "revive/properties/checks/checks.h"
#include "revive/properties/faults/subjects.h"
#include "revive/properties/testing/broken.h"

namespace revive::properties {
namespace {

using testing::expect_found;
using testing::loads_with;

// Every layer gets the weights of the one whose key `less` puts in its place, within a class.
using Key = std::function<std::string(const Layer&)>;
void sort_weights(Sequential& model, const Key& key) {
  std::map<std::string, std::vector<Layer*>> classes;
  for (Layer& layer : model.layers()) {
    if (!layer.weights().empty()) classes[layer.layer_class().name].push_back(&layer);
  }
  for (auto& [name, layers] : classes) {
    std::vector<std::pair<std::string, std::vector<Tensor>>> stored;
    for (const Layer* layer : layers) {
      stored.emplace_back(key(*layer), std::vector<Tensor>(layer->weights().begin(), layer->weights().end()));
    }
    std::ranges::sort(stored, {}, [](const auto& entry) { return entry.first; });
    for (std::size_t i = 0; i < layers.size(); ++i) static_cast<void>(layers[i]->set_weights(stored[i].second));
  }
}

TEST(NamesDoNotMatter, FindsLayersSortedByNameInTwoLayers) {
  expect_found("names_do_not_matter", *find_subject("layers_sorted_by_name"),
               "layers named like each other's defaults, the last first");
}

TEST(TallStacksKeepTheirOrder, FindsDense10BeforeDense2) {
  const auto report = run_property(*find_property("tall_stacks_keep_their_order"),
                                   *find_subject("layers_sorted_by_name"), {.seed = 1, .cases = 500});
  ASSERT_TRUE(report.counterexample);
  const Violation& violation = report.counterexample->violation;
  EXPECT_TRUE(violation.message.starts_with("12 layers of one class: ")) << violation.message;
  // The model that fails is the tall one, whatever the case was.
  ASSERT_TRUE(violation.varied);
  EXPECT_EQ(count_layers(*violation.varied), 12U);
}

// In the order in which people count, default names are in order as they are.
TEST(NamesDoNotMatter, FindsWeightsSortedByLayerNames) {
  const Subject subject = loads_with([](Sequential& model) {
    sort_weights(model, [](const Layer& layer) { return std::to_string(100 + layer.name().size()) + layer.name(); });
  });
  expect_found("names_do_not_matter", subject, "layers named like each other's defaults, the last first: ");
}

struct BadName {
  std::string_view words;
  bool (*is_bad)(const std::string&);
};

class BadNames : public ::testing::TestWithParam<BadName> {};

// A serializer that knows names of one kind only writes "renamed" for the others.
TEST_P(BadNames, AreFound) {
  const auto is_bad = GetParam().is_bad;
  const Subject subject = loads_with([is_bad](Sequential& model) {
    visit_layers(model.root(), [&](const std::string&, Layer& layer) {
      if (is_bad(layer.name())) layer.set_name("renamed");
    });
  });
  expect_found("names_do_not_matter", subject, GetParam().words);
}

INSTANTIATE_TEST_SUITE_P(
    All, BadNames,
    ::testing::Values(BadName{"of one byte", [](const std::string& name) { return name.size() == 1; }},
                      BadName{"of 255 bytes", [](const std::string& name) { return name.size() > 254; }},
                      BadName{"by case", [](const std::string& name) { return name == "lAyers"; }},
                      BadName{"of digits", [](const std::string& name) { return name == "1"; }},
                      BadName{"in Unicode", [](const std::string& name) { return name.starts_with("e\u0301"); }},
                      BadName{"with words", [](const std::string& name) { return name == "layers"; }},
                      BadName{"other classes", [](const std::string& name) { return name == "conv1d"; }},
                      BadName{"through 10 and 9", [](const std::string& name) { return name.ends_with("_10"); }}));

// Different names in every stack of every length, or the property would fail for want of a model.
TEST(NamesDoNotMatter, HoldsForStacksOfManyLayers) {
  const auto property = find_property("names_do_not_matter");
  std::vector<Layer> layers = {*make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 2}}})};
  for (int i = 0; i < 80; ++i)
    layers.push_back(i % 2 == 0 ? *make_layer("ReLU", {}) : *make_layer("Dropout", {{"rate", 0.5}}));
  layers.push_back(*make_layer("Dense", {{"units", 2}}));
  auto model = Sequential::make("many", std::move(layers));
  ASSERT_TRUE(model) << model.error().text();
  model->initialize(1);
  for (std::uint32_t i = 0; i < 30; ++i) {
    // Another input draws other ways.
    const Case the_case{*model, Tensor::from<float>({1, 2}, {1.0F, static_cast<float>(i)}), {}};
    const auto verdict = property->check(the_case, revive_subject());
    EXPECT_FALSE(verdict) << verdict->message;
  }
}

}  // namespace
}  // namespace revive::properties
