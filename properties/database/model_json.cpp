#include "revive/properties/database/model_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "revive/model/registry.h"
#include "revive/properties/database/tensor_json.h"
#include "revive/serializer/json/captures.h"
#include "revive/serializer/keras/config_codec.h"

namespace revive::properties {
namespace {

// The entry of "/layers/2/layer" in a config, or nullptr.
Value* find_entry(Value& config, std::string_view path) {
  Value* found = &config;
  bool in_list = false;
  while (!path.empty()) {
    if (!in_list) found = found->find("config");
    path.remove_prefix(1);
    const std::string_view step = path.substr(0, path.find('/'));
    path.remove_prefix(step.size());
    if (found == nullptr) return nullptr;
    if (!in_list) {
      found = found->find(step);
    } else {
      std::size_t index = 0;
      const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
      if (error != std::errc() || end != step.data() + step.size() || index >= found->as_array().size()) return nullptr;
      found = &found->as_array()[index];
    }
    if (found == nullptr) return nullptr;
    in_list = found->is_array();
  }
  return found->is_object() ? found : nullptr;
}

// The lambdas that come as text, taken out of a config so that it can be read.
struct TextLambdas {
  // By the temporary names of their layers.
  std::vector<GivenLambda> texts;
  // What the layers were called and what was written, by these names too: the model may have an InputLayer more than
  // the config, and other paths.
  struct Layer {
    std::string name;
    std::string text;
  };
  std::map<std::string, Layer> layers;
};

// What a layer is called while the config is read: a name like no other, because real names repeat in nested stacks.
std::string temporary_name(std::string path) {
  std::ranges::replace(path, '/', '\x01');
  return path;
}

// Puts a Keras Lambda without a function in the place of `path`; its text and captures come beside the config.
Status take_lambda(Value& config, const std::string& path, const Value& lambda, const Limits& limits,
                   TextLambdas& taken) {
  const std::string place = "/lambdas" + path;
  const Value* const text = lambda.find("text");
  const Value* const values = lambda.find("captures");
  if (text == nullptr || !text->is_string() || (values != nullptr && !values->is_object())) {
    return fail(ErrorCode::config_type, place, "expected a text and an object of captures, found " + lambda.brief());
  }
  Value* const entry = find_entry(config, path);
  Value* const inner = entry != nullptr ? entry->find("config") : nullptr;
  const Value* const name = inner != nullptr ? inner->find("name") : nullptr;
  if (name == nullptr || !name->is_string())
    return fail(ErrorCode::config_missing_key, place, "the config has no layer with a name there");
  const Value captures = values != nullptr ? *values : Value(Value::Object{});
  REVIVE_ASSIGN_OR_RETURN(auto bound, captures_from_value(captures, place + "/captures", limits));
  const auto missing = free_names(text->as_string(), bound, limits);
  if (!missing) return std::unexpected(missing.error().within(place + "/text: "));
  if (!missing->empty()) {
    return fail(ErrorCode::expression_free_name, place,
                fmt::format("`{}` reads {}, which its captures do not hold", text->as_string(), missing->front()));
  }
  taken.texts.push_back({temporary_name(path), text->as_string(), std::move(bound)});
  taken.layers.emplace(temporary_name(path), TextLambdas::Layer{name->as_string(), text->as_string()});
  const Value* const trainable = inner->find("trainable");
  Value::Object settings = {{"name", temporary_name(path)}, {"function", Value()}};
  if (trainable != nullptr) settings.emplace_back("trainable", *trainable);
  const LayerClass& lambdas = lambda_layer_class();
  Value::Object object{{"module", lambdas.module}, {"class_name", lambdas.name}, {"config", std::move(settings)}};
  // What a Functional says of the layer stays.
  for (const std::string_view key : {"name", "inbound_nodes"}) {
    if (const Value* const said = entry->find(key)) object.emplace_back(key, *said);
  }
  *entry = std::move(object);
  return {};
}

Value weights_to_value(const Sequential& model) {
  Value::Array weights;
  visit_layers(model.root(), [&](const std::string& path, const Layer& layer) {
    for (std::size_t i = 0; i < layer.weights().size(); ++i) {
      Value::Object variable = {{"path", fmt::format("{}/{}", path, layer.variables()[i].name)}};
      Value tensor = tensor_to_value(layer.weights()[i]);
      for (auto& member : tensor.as_object()) variable.push_back(std::move(member));
      weights.emplace_back(std::move(variable));
    }
  });
  return weights;
}

Result<std::map<std::string, Tensor>> tensors_from_value(const Value& weights) {
  if (!weights.is_array()) return fail(ErrorCode::config_type, "/weights", "expected a list, found " + weights.brief());
  std::map<std::string, Tensor> tensors;
  for (std::size_t i = 0; i < weights.as_array().size(); ++i) {
    const std::string place = fmt::format("/weights/{}", i);
    const Value& variable = weights.as_array()[i];
    const Value* const path = variable.find("path");
    if (path == nullptr || !path->is_string())
      return fail(ErrorCode::config_missing_key, place, "expected the path of a variable");
    REVIVE_ASSIGN_OR_RETURN(auto tensor, tensor_from_value(variable, place, ErrorCode::config_type));
    if (!tensors.emplace(path->as_string(), std::move(tensor)).second) {
      return fail(ErrorCode::weights_count, place, path->as_string() + " is told twice");
    }
  }
  return tensors;
}

Status set_weights(Sequential& model, std::map<std::string, Tensor> tensors) {
  Status status;
  visit_layers(model.root(), [&](const std::string& path, Layer& layer) {
    std::vector<Tensor> weights;
    for (const VariableSpec& variable : layer.variables()) {
      auto found = tensors.extract(fmt::format("{}/{}", path, variable.name));
      if (found.empty()) {
        status = fail(ErrorCode::weights_missing, "/weights", fmt::format("expected {}/{}", path, variable.name));
        return;
      }
      weights.push_back(std::move(found.mapped()));
    }
    if (!status || weights.empty()) return;
    status = layer.set_weights(std::move(weights));
    if (!status) status = std::unexpected(status.error().within("/weights" + path));
  });
  if (status && !tensors.empty()) {
    return fail(ErrorCode::weights_count, "/weights",
                "no layer of the config has a variable " + tensors.begin()->first);
  }
  return status;
}

}  // namespace

Value model_to_value(const Sequential& model) {
  Value::Object lambdas;
  visit_layers(model.root(), [&](const std::string& path, const Layer& layer) {
    const LambdaFunction* const expression = layer.lambda();
    if (expression == nullptr || !expression->annotation) return;
    lambdas.emplace_back(path, Value::Object{{"text", expression->annotation->text},
                                             {"captures", captures_to_value(expression->annotation->captures)}});
  });
  // Lambdas are found by the place of their layers.
  return Value::Object{{"config", config_or_reason(model, {.entry_for_each_layer = true})},
                       {"weights", weights_to_value(model)},
                       {"lambdas", std::move(lambdas)}};
}

Result<Sequential> model_from_value(const Value& value, const Limits& limits) {
  const Value* const given = value.find("config");
  const Value* const weights = value.find("weights");
  const Value* const lambdas = value.find("lambdas");
  if (given == nullptr || weights == nullptr) {
    return fail(ErrorCode::config_missing_key, "", "expected a config and weights, found " + value.brief());
  }
  Value config = *given;
  TextLambdas taken;
  if (lambdas != nullptr) {
    if (!lambdas->is_object())
      return fail(ErrorCode::config_type, "/lambdas", "expected an object, found " + lambdas->brief());
    for (const auto& [path, lambda] : lambdas->as_object()) {
      REVIVE_RETURN_IF_ERROR(take_lambda(config, path, lambda, limits, taken));
    }
  }
  auto model = model_from_config(config, {.limits = limits, .lambdas = std::move(taken.texts)});
  if (!model) return model;
  visit_layers(model->root(), [&](const std::string&, Layer& layer) {
    const auto lambda = taken.layers.find(layer.name());
    LambdaFunction* const expression = layer.lambda();
    if (lambda == taken.layers.end() || expression == nullptr) return;
    layer.set_name(lambda->second.name);
    // As it came, and not as the reader of Keras' lambdas prints what it made of it. A text with a string that is never
    // printed is a graph alone, and so is a lambda to which the config itself gives such a name.
    if (expression->annotation) expression->annotation->text = lambda->second.text;
  });
  if (!model->built())
    return fail(ErrorCode::model_not_built, "/config",
                "expected an InputLayer in front, so that the weights have shapes");
  REVIVE_ASSIGN_OR_RETURN(auto tensors, tensors_from_value(*weights));
  REVIVE_RETURN_IF_ERROR(set_weights(*model, std::move(tensors)));
  return model;
}

Value environment_to_value(const Environment& environment) {
  return captures_to_value(Captures(environment.begin(), environment.end()));
}

}  // namespace revive::properties
