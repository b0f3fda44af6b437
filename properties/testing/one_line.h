// A case in one line, for tests that say which case is the simplest:
//   (None, 1) | Dense(units=4) | Sequential[Flatten] | Lambda(lambda x: x * N; N = 2); input[0] = -0.0
// Fields at their defaults, names, and numbers that a generator gives when nothing was chosen are left out.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>
#include <variant>

#include "revive/model/config.h"
#include "revive/model/layers/input_layer.h"
#include "revive/properties/case.h"
#include "revive/properties/print/python_text.h"

namespace revive::properties::testing {

inline std::string one_line(float value) {
  return python_literal(Value(static_cast<double>(value)));
}

inline std::string one_line(const LambdaFunction& expression) {
  if (!expression.annotation) return expression.graph.to_text();
  std::string text = expression.annotation->text;
  std::string_view separator = "; ";
  for (const auto& [name, capture] : expression.annotation->captures) {
    text += std::string(separator) + name + " = ";
    separator = ", ";
    if (const auto* value = std::get_if<Value>(&capture)) text += python_literal(*value);
    if (const auto* tensor = std::get_if<Tensor>(&capture)) text += python_array(*tensor);
  }
  return text;
}

inline std::string one_line(const std::vector<Layer>& layers);

inline std::string one_line(const Layer& layer) {
  const ConfigWriteHooks hooks{
      .child = {}, .expression = [](const LambdaFunction& expression) { return Value(one_line(expression)); }};
  std::string fields;
  // What a layer consists of stands alone.
  if (layer.lambda() != nullptr) return layer.layer_class().name + "(" + one_line(*layer.lambda()) + ")";
  if (layer.stack() != nullptr) return layer.layer_class().name + "[" + one_line(*layer.stack()) + "]";
  visit_fields(layer, [&](const Layer& holder, const Field& field) {
    const Value value = write_field(holder.ref(field), hooks);
    if (value == write_field(Layer(holder.layer_class()).ref(field), hooks)) return;
    fields += (fields.empty() ? "" : ", ") + field.name + "=" + python_literal(value);
  });
  visit_children(layer, [&](const std::string& step, const ChildSlot&, const Layer& child) {
    fields += (fields.empty() ? "" : ", ") + step.substr(1) + "=" + one_line(child);
  });
  return layer.layer_class().name + (fields.empty() ? "" : "(" + fields + ")");
}

inline std::string one_line(const std::vector<Layer>& layers) {
  std::string text;
  for (const Layer& layer : layers) {
    if (is_input_layer(layer)) continue;
    text += (text.empty() ? "" : " | ") + one_line(layer);
  }
  return text;
}

// "; kernel[2] = nan" for each element that is not what counting gives there: `first`, `first` + 1, ...
inline std::string changed_elements(const std::string& name, const Tensor& tensor, float first) {
  std::string text;
  if (tensor.dtype() != DType::float32) return text;
  for (std::size_t i = 0; i < tensor.size(); ++i) {
    const float value = tensor.data<float>()[i];
    if (std::bit_cast<std::uint32_t>(value) == std::bit_cast<std::uint32_t>(first + static_cast<float>(i))) continue;
    text += "; " + name + "[" + std::to_string(i) + "] = " + one_line(value);
  }
  return text;
}

inline std::string one_line(const Case& the_case) {
  const auto layers = the_case.model.layers();
  std::string text = to_string(the_case.model.input_shape());
  if (the_case.model.input_dtype() != DType::float32) text += " " + std::string(name_of(the_case.model.input_dtype()));
  text += " | " + one_line(std::vector<Layer>(layers.begin(), layers.end()));
  bool reads_ids = false;
  visit_layers(the_case.model.root(), [&](const std::string&, const Layer& layer) {
    reads_ids = reads_ids || !layer.layer_class().ids_field.empty();
    for (std::size_t i = 0; i < layer.weights().size(); ++i) {
      text += changed_elements(layer.variables()[i].name, layer.weights()[i], 1);
    }
  });
  if (!reads_ids) text += changed_elements("input", the_case.input, 1);
  return text;
}

}  // namespace revive::properties::testing
