// Models for the tests of what changes models, and what those tests look at.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "revive/model/sequential.h"

namespace revive::fuzz {

using Layers = std::vector<Layer>;

// A stack with a stack in it, which takes no matter what between its layers.
inline Sequential model_of(Layers layers) {
  auto model = Sequential::make("m", std::move(layers));
  EXPECT_TRUE(model) << model.error().text();
  model->initialize(1);
  model->set_keras_version("3.9.2");
  model->set_compile_config(Value::Object{{"loss", "mse"}});
  model->set_training_tensors({{"optimizer/vars/0", Tensor::from<float>({1}, {2})}});
  model->set_assets({{"assets/a.txt", {std::byte{1}}}});
  return std::move(*model);
}
inline Layer input_layer() {
  return *make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 3, 4}}});
}
inline Sequential stacked() {
  auto inner = make_layer("Sequential", {{"name", "inner"}},
                          {{"layers", {*make_layer("ReLU", {{"name", "a"}}), *make_layer("ReLU", {{"name", "b"}})}}});
  Sequential model = model_of({input_layer(), *make_layer("Dense", {{"units", 4}}), *make_layer("ReLU", {}),
                               *make_layer("Dense", {{"units", 4}, {"activation", "tanh"}}), *std::move(inner)});
  model.layers()[1].training_only().emplace_back("kernel_initializer", "zeros");
  return model;
}

inline Layers layers_of(const Sequential& model) {
  return {model.layers().begin(), model.layers().end()};
}
inline std::vector<std::string> names_of(const Layers& layers) {
  std::vector<std::string> names;
  for (const Layer& layer : layers) names.push_back(layer.name());
  return names;
}
template <typename T>
std::vector<T> without(std::vector<T> all, std::size_t at) {
  all.erase(all.begin() + static_cast<std::ptrdiff_t>(at));
  return all;
}
// Whether `more` is `less` with one item put in anywhere.
template <typename T>
bool one_put_in(const std::vector<T>& less, const std::vector<T>& more) {
  if (more.size() != less.size() + 1) return false;
  for (std::size_t i = 0; i < more.size(); ++i) {
    if (without(more, i) == less) return true;
  }
  return false;
}

}  // namespace revive::fuzz
