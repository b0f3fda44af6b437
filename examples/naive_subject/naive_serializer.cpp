#include "revive/examples/naive_subject/naive_serializer.h"

#include <cstring>
#include <map>
#include <sstream>
#include <stdexcept>

#include "revive/model/config.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/registry.h"
#include "revive/serializer/io/base64.h"
#include "revive/serializer/io/digest.h"
#include "revive/serializer/json/captures.h"
#include "revive/serializer/json/json.h"

using revive::Layer;
using revive::Tensor;
using revive::Value;

namespace {

constexpr std::size_t kDigestSize = 64;

template <typename T>
T need(revive::Result<T> result) {
  if (!result) throw std::runtime_error(result.error().text());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// Every layer whose weights are stored, with the key they are stored under.
template <typename Root, typename Visit>
void each_weighted(Root& root, const Mended& mended, Visit visit) {
  revive::visit_layers(root, [&](const std::string& path, auto& layer) {
    const bool nested = path.rfind("/layers/") > 0;
    if (layer.variables().empty() || (nested && !mended.nesting)) return;
    visit(mended.order ? path : layer.name(), layer);
  });
}

std::string print_tensor(const Tensor& tensor, const Mended& mended) {
  if (mended.floats) return revive::to_base64(tensor.bytes());
  std::ostringstream out;
  const Tensor numbers = revive::cast(tensor, revive::DType::float64);
  for (const double number : numbers.data<double>()) out << number << ' ';
  return out.str();
}

Tensor read_tensor(const std::string& text, const revive::VariableSpec& variable, const Mended& mended) {
  if (mended.floats) {
    Tensor tensor(variable.dtype, variable.dims);
    const auto bytes = revive::from_base64(text).value();
    if (bytes.size() != tensor.byte_size()) throw std::runtime_error("a tensor of another size");
    if (!bytes.empty()) std::memcpy(tensor.bytes().data(), bytes.data(), bytes.size());
    return tensor;
  }
  Tensor numbers(revive::DType::float64, variable.dims);
  std::istringstream in(text);
  for (double& number : numbers.data<double>()) in >> number;
  return revive::cast(numbers, variable.dtype);
}

Value write_lambda(const revive::LambdaFunction& lambda, const Mended& mended) {
  const revive::Annotation& written = lambda.annotation.value();
  if (mended.captures) {
    return Value::Object{{"text", written.text}, {"values", revive::captures_to_value(written.captures)}};
  }
  Value::Array names;
  for (const auto& [name, value] : written.captures) names.emplace_back(name);
  return Value::Object{{"text", written.text}, {"names", names}};
}

revive::LambdaFunction read_lambda(const Value& value, const revive::properties::Environment& globals) {
  revive::Captures captures;
  if (const Value* const values = value.find("values")) captures = need(revive::captures_from_value(*values, "", {}));
  if (const Value* const names = value.find("names")) {
    for (const Value& name : names->as_array()) {
      captures.emplace_back(name.as_string(), globals.at(name.as_string()));
    }
  }
  return need(revive::make_expression(value.find("text")->as_string(), captures));
}

bool is_truthy(const Value& value) {
  return !(value.is_null() || value == Value(false) || value == Value(0) || value == Value(0.0));
}

Value write_layer(const Layer& layer, const Mended& mended) {
  Value::Object config = revive::write_config(
      layer, {.child = [&](const Layer& child) { return write_layer(child, mended); },
              .expression = [&](const revive::LambdaFunction& lambda) { return write_lambda(lambda, mended); }});
  // What is not set need not be written.
  if (!mended.falsy) std::erase_if(config, [](const auto& member) { return !is_truthy(member.second); });
  return Value::Object{{"class", layer.layer_class().name}, {"config", config}};
}

Layer read_layer(const Value& value, const revive::properties::Environment& globals) {
  Layer layer(*revive::find_layer_class(value.find("class")->as_string()));
  need(revive::read_config(
      layer, value.find("config")->as_object(), "",
      {.children = [&](const revive::ChildSlot& slot, std::vector<Layer>& layers, const Value& found,
                       const std::string&) -> revive::Status {
         if (!slot.is_list) layers.push_back(read_layer(found, globals));
         for (const Value& entry : slot.is_list ? found.as_array() : Value::Array{}) {
           layers.push_back(read_layer(entry, globals));
         }
         return {};
       },
       .expression = [&](revive::LambdaFunction& lambda, const Value& entry, const std::string&) -> revive::Status {
         lambda = read_lambda(entry, globals);
         return {};
       },
       .extra = {}}));
  return layer;
}

}  // namespace

std::vector<std::byte> NaiveSerializer::save(const revive::Sequential& model) const {
  std::map<std::string, Value> weights;
  each_weighted(model.root(), mended_, [&](const std::string& key, const Layer& layer) {
    Value::Array tensors;
    for (const Tensor& tensor : layer.weights()) tensors.emplace_back(print_tensor(tensor, mended_));
    weights[key] = tensors;
  });
  const Value document = Value::Object{{"model", write_layer(model.root(), mended_)},
                                       {"compile", model.compile_config()},
                                       {"weights", Value::Object(weights.begin(), weights.end())}};
  const std::string text = revive::print_json(document);
  const std::string file = revive::sha256_hex(text) + text;
  const auto bytes = std::as_bytes(std::span(file));
  return {bytes.begin(), bytes.end()};
}

revive::Sequential NaiveSerializer::load(std::span<const std::byte> archive,
                                         const revive::properties::Environment& globals) const {
  const std::string file(reinterpret_cast<const char*>(archive.data()), archive.size());
  const std::string text = file.size() < kDigestSize ? "" : file.substr(kDigestSize);
  if (file != revive::sha256_hex(text) + text) throw std::runtime_error("the file is damaged");
  const Value document = need(revive::parse_json(text, {}, "model"));
  auto model = need(revive::Sequential::from_layer(read_layer(*document.find("model"), globals)));
  model.set_compile_config(*document.find("compile"));
  model.initialize(0);
  const Value::Object& weights = document.find("weights")->as_object();
  std::size_t next = 0;
  each_weighted(model.root(), mended_, [&](const std::string& key, Layer& layer) {
    const Value& stored = mended_.order ? *document.find("weights")->find(key) : weights.at(next++).second;
    std::vector<Tensor> tensors;
    for (const revive::VariableSpec& variable : layer.variables()) {
      tensors.push_back(read_tensor(stored.as_array().at(tensors.size()).as_string(), variable, mended_));
    }
    need(layer.set_weights(std::move(tensors)));
  });
  return model;
}
