// Small models made by hand, which models.json describes by theme: on one of them each fault of the theme shows.
//
// A model is {"shape": [null, 4], "layers": [["Dense", {"units": 3}], ...]}. Behind the config of a layer come the
// layers in it by slot; a Lambda has its text and what it captured, where {"array": [3]} is an array of so many
// numbers. All numbers of weights and inputs come from their places. "specials" puts numbers that are not friendly into
// the first weight, "dtype", "compile" and "environment" are what they say.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <string>
#include <utility>
#include <vector>

#include "revive/model/lambda.h"
#include "revive/properties/case.h"
#include "revive/properties/testing/folder_test.h"
#include "revive/serializer/json/json.h"
#include "revive_build/source_dir.h"

namespace revive::properties {

using NamedCases = std::vector<std::pair<std::string, Case>>;

inline void fill_by_place(Tensor& tensor, std::size_t salt, float least) {
  for (std::size_t i = 0; i < tensor.size(); ++i) {
    const auto step = static_cast<float>((i * 7 + salt * 3) % 11);
    if (tensor.dtype() == DType::float32) tensor.data<float>()[i] = least + step * 0.137F;
    if (tensor.dtype() == DType::int32) tensor.data<std::int32_t>()[i] = static_cast<std::int32_t>(step) % 3;
  }
}

inline Capture capture_of(const Value& value) {
  const Value* const dims = value.is_object() ? value.find("array") : nullptr;
  if (dims == nullptr) return value;
  Dims shape;
  for (const Value& axis : dims->as_array()) shape.push_back(axis.as_int());
  Tensor array(DType::float32, shape);
  fill_by_place(array, 1, 0.3F);
  return array;
}

inline std::vector<Layer> layers_of(const Value& list);

inline Layer layer_of(const Value& value) {
  const Value::Array& parts = value.as_array();
  const std::string& name = parts[0].as_string();
  if (name == "Lambda") {
    Captures captures;
    for (const auto& [key, captured] : parts[2].as_object()) captures.emplace_back(key, capture_of(captured));
    auto lambda = make_lambda(parts[1].as_string(), captures);
    if (!lambda) ADD_FAILURE() << lambda.error().text();
    return std::move(lambda).value();
  }
  std::vector<Children> children;
  if (parts.size() > 2) {
    for (const auto& [slot, list] : parts[2].as_object()) children.push_back({slot, layers_of(list)});
  }
  auto layer = make_layer(name, parts.size() > 1 ? parts[1].as_object() : Value::Object(), std::move(children));
  if (!layer) ADD_FAILURE() << name << ": " << layer.error().text();
  return std::move(layer).value();
}

inline std::vector<Layer> layers_of(const Value& list) {
  std::vector<Layer> layers;
  for (const Value& each : list.as_array()) layers.push_back(layer_of(each));
  return layers;
}

// A signalling NaN, a quiet one of another payload, infinities, -0, a subnormal, the largest, digits.
inline void put_specials(Tensor& tensor) {
  constexpr std::array<std::uint32_t, 8> kBits = {0x7FA00001, 0xFFC12345, 0x7F800000, 0xFF800000,
                                                  0x80000000, 0x00012345, 0x7F7FFFFF, 0x3DFCD6EA};
  for (std::size_t i = 0; i < std::min(kBits.size(), tensor.size()); ++i) {
    tensor.data<float>()[i] = std::bit_cast<float>(kBits.at(i));
  }
}

inline void give_weights(Sequential& model, bool specials) {
  std::size_t salt = 0;
  visit_layers(model.root(), [&](const std::string&, Layer& layer) {
    std::vector<Tensor> weights;
    for (const VariableSpec& variable : layer.variables()) {
      Tensor& tensor = weights.emplace_back(variable.dtype, variable.dims);
      fill_by_place(tensor, ++salt, variable.name.contains("variance") ? 0.5F : -0.6F);
      if (specials && salt == 1) put_specials(tensor);
    }
    if (const Status set = layer.set_weights(std::move(weights)); !set) ADD_FAILURE() << set.error().text();
  });
}

inline Case case_of(const std::string& name, const Value& value) {
  Value::Object input{{"batch_shape", *value.find("shape")}};
  if (const Value* const dtype = value.find("dtype")) input.emplace_back("dtype", *dtype);
  std::vector<Layer> layers = {*make_layer("InputLayer", input)};
  for (Layer& layer : layers_of(*value.find("layers"))) layers.push_back(std::move(layer));
  auto model = Sequential::make(name, std::move(layers));
  if (!model) ADD_FAILURE() << name << ": " << model.error().text();
  give_weights(model.value(), value.find("specials") != nullptr);
  if (const Value* const compile = value.find("compile")) model->set_compile_config(*compile);
  constexpr std::int64_t kOpen = 2;
  Dims dims;
  for (std::size_t axis = 0; axis < model->input_shape().rank(); ++axis) {
    dims.push_back(model->input_shape().known(axis) ? model->input_shape()[axis] : axis == 0 ? kOpen : kOpen + 2);
  }
  Tensor x(model->input_dtype(), dims);
  fill_by_place(x, 5, -0.7F);
  Environment environment;
  if (const Value* const names = value.find("environment")) {
    for (const auto& [key, captured] : names->as_object()) environment.emplace(key, capture_of(captured));
  }
  return {std::move(model).value(), std::move(x), std::move(environment)};
}

inline NamedCases models_of(std::string_view theme) {
  const std::string text = read_text(std::string(REVIVE_SOURCE_DIR) + "/properties/faults/models.json");
  const auto document = parse_json(text, {}, "models.json");
  NamedCases cases;
  if (!document || document->find(theme) == nullptr) {
    ADD_FAILURE() << (document ? std::string(theme) : document.error().text());
    return cases;
  }
  for (const auto& [name, value] : document->find(theme)->as_object()) cases.emplace_back(name, case_of(name, value));
  return cases;
}

}  // namespace revive::properties
