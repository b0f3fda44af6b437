// A program outside revive's own tree: it sees the installed headers and archives and nothing else.
#include <cstdint>
#include <iostream>

#include "model/registry.h"
#include "model/sequential.h"

using revive::Value;

int main() {
  auto input_layer = revive::make_layer("InputLayer", {{"batch_shape", Value::Array{Value(), Value(3)}}});
  auto dense = revive::make_layer("Dense", {{"units", 2}});
  if (!input_layer || !dense) return 1;

  auto model = revive::Sequential::make("small", {*std::move(input_layer), *std::move(dense)});
  if (!model) {
    std::cerr << model.error().text() << '\n';
    return 1;
  }
  model->initialize(1);

  const auto output = model->predict(revive::Tensor::from<float>({2, 3}, {1, 2, 3, 4, 5, 6}));
  if (!output) {
    std::cerr << output.error().text() << '\n';
    return 1;
  }
  std::cout << model->name() << " answers with " << revive::to_string(output->dims()) << '\n';
  return output->dims() == revive::Dims{2, 2} ? 0 : 1;
}
