#include "properties/case_file.h"

#include <fmt/format.h>

#include "model/registry.h"
#include "properties/generate.h"
#include "properties/tensor_value.h"
#include "serializer/compare.h"
#include "serializer/config_codec.h"
#include "serializer/digest.h"
#include "serializer/json.h"
#include "serializer/metadata.h"

namespace revive::properties {
namespace {

constexpr std::string_view kFormat = "revive case 1";

std::unexpected<Error> malformed(const std::string& place, std::string message) {
  return fail(ErrorCode::case_format, place, std::move(message));
}

Result<const Value*> member(const Value& object, std::string_view key, const std::string& place) {
  const Value* value = object.find(key);
  if (value == nullptr) return malformed(place, fmt::format("expected the key \"{}\"", key));
  return value;
}

Result<std::string> text_member(const Value& object, std::string_view key, const std::string& place) {
  const auto value = member(object, key, place);
  if (!value) return std::unexpected(value.error());
  if (!(*value)->is_string()) return malformed(fmt::format("{}/{}", place, key), "expected a string");
  return (*value)->as_string();
}

Value weights_to_value(const Sequential& model) {
  Value::Array layers;
  visit_layers(model.root(), [&](const std::string& path, const Layer& layer) {
    if (layer.weights().empty()) return;
    Value::Array variables;
    for (const Tensor& tensor : layer.weights()) variables.push_back(tensor_to_value(tensor));
    layers.push_back(Value::Object{{"layer", path}, {"variables", std::move(variables)}});
  });
  return layers;
}

Status weights_from_value(const Value& value, Sequential& model) {
  if (!value.is_array()) return malformed("/weights", "expected a list");
  std::size_t next = 0;
  Status status;
  visit_layers(model.root(), [&](const std::string& path, Layer& layer) {
    if (!status || layer.variables().empty()) return;
    const std::string place = fmt::format("/weights/{}", next);
    const Value* entry = next < value.as_array().size() ? &value.as_array()[next] : nullptr;
    ++next;
    const Value* where = entry != nullptr ? entry->find("layer") : nullptr;
    const Value* variables = entry != nullptr ? entry->find("variables") : nullptr;
    if (where == nullptr || *where != Value(path) || variables == nullptr || !variables->is_array()) {
      status = malformed(place, fmt::format("expected the variables of {}", path));
      return;
    }
    std::vector<Tensor> tensors;
    for (const Value& variable : variables->as_array()) {
      auto tensor = tensor_from_value(variable, place, ErrorCode::case_format);
      if (!tensor) {
        status = std::unexpected(tensor.error());
        return;
      }
      tensors.push_back(std::move(*tensor));
    }
    status = layer.set_weights(std::move(tensors));
  });
  return status;
}

Value environment_value(const Environment& environment) {
  Value::Object names;
  for (const auto& [name, capture] : environment) {
    const auto* tensor = std::get_if<Tensor>(&capture);
    names.emplace_back(name, tensor != nullptr ? tensor_to_value(*tensor) : std::get<Value>(capture));
  }
  return names;
}

Result<Environment> environment_from_value(const Value& value) {
  if (!value.is_object()) return malformed("/environment", "expected an object");
  Environment environment;
  for (const auto& [name, item] : value.as_object()) {
    if (!item.is_object()) {
      environment.insert_or_assign(name, item);
      continue;
    }
    auto tensor = tensor_from_value(item, "/environment/" + name, ErrorCode::case_format);
    if (!tensor) return std::unexpected(tensor.error());
    environment.insert_or_assign(name, std::move(*tensor));
  }
  return environment;
}

bool decodes_to(const std::string& choices, const Case& stored) {
  const auto values = values_from_hex(choices);
  if (!values) return false;
  Choices replayed = Choices::replay(*values);
  const auto made = generate_case(replayed);
  return made && !first_difference(made->model, stored.model) && same_bits(made->input, stored.input);
}

}  // namespace

std::string declarations_digest() {
  Sha256 hash;
  for (const LayerClass* layer_class : layer_classes()) {
    hash.update(layer_class->name + "\n");
    for (const std::size_t index : layer_class->draw_order) hash.update(layer_class->fields[index].name + "\n");
  }
  return hash.hex();
}

std::string print_case(const StoredCase& stored) {
  const Case& the_case = stored.the_case;
  return print_json(Value::Object{{"format", kFormat},
                                  {"property", stored.property},
                                  {"subject", stored.subject},
                                  {"message", stored.message},
                                  {"choices", stored.choices},
                                  {"declarations", stored.declarations},
                                  {"config", model_to_config(the_case.model)},
                                  {"metadata", model_to_metadata(the_case.model)},
                                  {"weights", weights_to_value(the_case.model)},
                                  {"environment", environment_value(the_case.environment)},
                                  {"input", tensor_to_value(the_case.input)}}) +
         "\n";
}

Result<StoredCase> parse_case(std::string_view text, const Limits& limits) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  const auto document = parse_json(text, limits, "case");
  if (!document) return std::unexpected(document.error());
  std::string texts[6];
  constexpr std::string_view kTexts[] = {"format", "property", "subject", "message", "choices", "declarations"};
  for (std::size_t i = 0; i < std::size(kTexts); ++i) {
    auto found = text_member(*document, kTexts[i], "");
    if (!found) return std::unexpected(found.error());
    texts[i] = std::move(*found);
  }
  if (texts[0] != kFormat) return malformed("/format", fmt::format("expected \"{}\", found \"{}\"", kFormat, texts[0]));
  const Value* parts[5];
  constexpr std::string_view kParts[] = {"config", "metadata", "weights", "environment", "input"};
  for (std::size_t i = 0; i < std::size(kParts); ++i) {
    const auto found = member(*document, kParts[i], "");
    if (!found) return std::unexpected(found.error());
    parts[i] = *found;
  }
  auto model = model_from_config(*parts[0], {.limits = limits});
  if (!model) return std::unexpected(model.error());
  if (Status status = metadata_to_model(*parts[1], *model, limits, {}); !status) return std::unexpected(status.error());
  if (Status status = weights_from_value(*parts[2], *model); !status) return std::unexpected(status.error());
  auto environment = environment_from_value(*parts[3]);
  if (!environment) return std::unexpected(environment.error());
  auto input = tensor_from_value(*parts[4], "/input", ErrorCode::case_format);
  if (!input) return std::unexpected(input.error());
  StoredCase stored{.property = texts[1],
                    .subject = texts[2],
                    .message = texts[3],
                    .choices = texts[4],
                    .declarations = texts[5],
                    .the_case = {std::move(*model), std::move(*input), std::move(*environment)}};
  stored.choices_current = stored.choices.empty() || decodes_to(stored.choices, stored.the_case);
  return stored;
}

}  // namespace revive::properties
