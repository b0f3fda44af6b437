// A program outside revive's own tree: it sees the installed headers and archives and nothing else. It makes a model,
// saves it, loads it, and asks both for the same prediction.
#include <cstdlib>
#include <iostream>
#include <utility>

#include "model/tensor.h"
#include "revive/model/registry.h"
#include "revive/serializer/keras_archive.h"

using revive::Result;
using revive::Tensor;
using revive::Value;

namespace {

template <typename T>
T value_or_exit(Result<T> result) {
  if (!result) {
    std::cerr << result.error().text() << '\n';
    std::exit(EXIT_FAILURE);
  }
  return *std::move(result);
}

}  // namespace

int main() {
  const auto input_layer =
      value_or_exit(revive::make_layer("InputLayer", {{"batch_shape", Value::Array{Value(), Value(3)}}}));
  const auto dense = value_or_exit(revive::make_layer("Dense", {{"units", 2}}));
  auto model = value_or_exit(revive::Sequential::make("small", {input_layer, dense}));
  model.initialize(1);
  value_or_exit(revive::save(model, "small.keras"));
  const auto loaded = value_or_exit(revive::load("small.keras"));

  constexpr ours::Tensor kShape{.rows = 2, .columns = 3};
  const auto input = Tensor::from<float>({kShape.rows, kShape.columns}, {1, 2, 3, 4, 5, 6});
  const Tensor before = value_or_exit(model.predict(input));
  const Tensor after = value_or_exit(loaded.predict(input));
  std::cout << "small.keras came back " << (same_bits(before, after) ? "the same" : "CHANGED") << '\n';
  return same_bits(before, after) ? EXIT_SUCCESS : EXIT_FAILURE;
}
