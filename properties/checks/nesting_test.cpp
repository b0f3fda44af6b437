// nesting_is_flat, with serializers that lose what stands in a nested stack.
#include <gtest/gtest.h>

#include <algorithm>

#include "revive/properties/checks/case_transforms.h"
#include "revive/properties/testing/broken.h"

namespace revive::properties {
namespace {

using testing::expect_found;
using testing::loads_with;

void each_nested(Sequential& model, const std::function<void(Layer&)>& change) {
  for (Layer& layer : model.layers()) {
    for (Layer& child : layer.children("layers")) change(child);
  }
}

TEST(NestingIsFlat, FindsNestedWeightsThatAreNotRestored) {
  const Subject subject = loads_with([](Sequential& model) {
    each_nested(model, [](Layer& layer) {
      for (Tensor& tensor : layer.weights()) std::ranges::fill(tensor.bytes(), std::byte{});
    });
  });
  expect_found("nesting_is_flat", subject, "(kernel of Dense 'dense')[0]: 1 (bits 3f800000) before, 0");
}

TEST(NestingIsFlat, FindsItByTheOutputsOfASubjectThatCannotDescribe) {
  Subject subject = loads_with([](Sequential& model) {
    each_nested(model, [](Layer& layer) {
      for (Tensor& tensor : layer.weights()) std::ranges::fill(tensor.bytes(), std::byte{});
    });
  });
  subject.load = [load = subject.load](std::span<const std::byte> archive, const Environment& environment) {
    auto loaded = load(archive, environment);
    if (loaded) {
      loaded->handle = std::make_shared<const Sequential>(std::move(*loaded->model));
      loaded->model.reset();
    }
    return loaded;
  };
  subject.predict = [](const Loaded& loaded, const Tensor& input) {
    return static_cast<const Sequential*>(loaded.handle.get())->predict(input);
  };
  subject.describes = false;
  expect_found("nesting_is_flat", subject, "output[0]");
}

TEST(Flattened, TakesLayersOutOfStacksInTheOrderOfTheirCalls) {
  const auto dense = [](int units) { return *make_layer("Dense", {{"units", units}}); };
  const auto inner = stack_of({dense(3), *stack_of({dense(4)})});
  ASSERT_TRUE(inner) << inner.error().text();
  const auto input = make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 2}}});
  const auto model = Sequential::make("m", {*input, dense(2), *inner, dense(5)});
  ASSERT_TRUE(model) << model.error().text();
  const auto flat = rebuild_stack(*model, flattened(*model));
  ASSERT_TRUE(flat) << flat.error().text();
  std::string shapes;
  for (const Layer& layer : flat->layers()) shapes += layer.name() + to_string(layer.output_shape()) + " ";
  EXPECT_EQ(shapes, "input_layer(None, 2) dense(None, 2) dense_1(None, 3) dense_2(None, 4) dense_3(None, 5) ");
}

}  // namespace
}  // namespace revive::properties
