#include "revive/properties/database/case_file.h"

#include <fmt/format.h>

#include <charconv>

#include "revive/model/graph/op.h"
#include "revive/model/registry.h"
#include "revive/properties/database/tensor_json.h"
#include "revive/properties/generate/profiles.h"
#include "revive/serializer/compare.h"
#include "revive/serializer/io/digest.h"
#include "revive/serializer/json/captures.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/keras/config_codec.h"
#include "revive/serializer/keras/metadata.h"

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
  REVIVE_ASSIGN_OR_RETURN(const auto value, member(object, key, place));
  if (!value->is_string()) return malformed(fmt::format("{}/{}", place, key), "expected a string");
  return value->as_string();
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
    if (!status) status = std::unexpected(status.error().within(place));
  });
  if (status && next < value.as_array().size()) {
    return malformed(fmt::format("/weights/{}", next), "expected nothing, as no layer of the config is left");
  }
  return status;
}

Value environment_value(const Environment& environment) {
  Value::Object names;
  for (const auto& [name, capture] : environment) {
    // Arrays bit for bit, which decimals of a NaN are not.
    const auto* tensor = std::get_if<Tensor>(&capture);
    names.emplace_back(name, tensor != nullptr ? tensor_to_value(*tensor) : capture_to_value(capture));
  }
  return names;
}

Result<Environment> environment_from_value(const Value& value, const Limits& limits) {
  if (!value.is_object()) return malformed("/environment", "expected an object");
  Environment environment;
  for (const auto& [name, item] : value.as_object()) {
    const std::string place = "/environment/" + name;
    if (item.find("dtype") != nullptr) {
      REVIVE_ASSIGN_OR_RETURN(auto tensor, tensor_from_value(item, place, ErrorCode::case_format));
      environment.insert_or_assign(name, std::move(tensor));
    } else {
      REVIVE_ASSIGN_OR_RETURN(auto capture, capture_from_value(item, place, limits));
      environment.insert_or_assign(name, std::move(capture));
    }
  }
  return environment;
}

// The members that a case may be without.
Status read_origin(const Value& document, StoredCase& stored) {
  if (const Value* const profile = document.find("profile")) {
    const auto known = profile->is_string() ? kProfiles.find(profile->as_string()) : kProfiles.end();
    if (known == kProfiles.end()) {
      return malformed("/profile", "expected the name of a profile, found " + profile->brief());
    }
    stored.profile = known->second;
  }
  if (const Value* const seed = document.find("seed")) {
    const std::string digits = seed->is_string() ? seed->as_string() : "";
    const char* const end = digits.data() + digits.size();
    std::uint64_t number = 0;
    const auto [at, error] = std::from_chars(digits.data(), end, number);
    if (error != std::errc() || at != end) {
      return malformed("/seed", "expected the digits of a 64-bit number as a string, found " + seed->brief());
    }
    stored.seed = number;
  }
  if (const Value* const repeats = document.find("repeats")) {
    if (!repeats->is_bool()) return malformed("/repeats", "expected a bool, found " + repeats->brief());
    stored.repeats = repeats->as_bool();
  }
  return {};
}

bool choices_are_current(const StoredCase& stored) {
  if (stored.choices.empty()) return true;
  const auto values = values_from_hex(stored.choices);
  if (!values) return false;
  Choices replayed = Choices::replay(*values);
  const auto made = generate_case(replayed, {.profile = stored.profile});
  const Case& the_case = stored.the_case;
  return made && !first_difference(made->model, the_case.model) && same_bits(made->input, the_case.input);
}

}  // namespace

std::string declarations_digest() {
  Sha256 hash;
  for (const LayerClass* layer_class : layer_classes()) {
    hash.update(layer_class->name + "\n");
    for (const Field& field : layer_class->fields) hash.update(field.name + "\n");
    for (const ChildSlot& slot : layer_class->slots) hash.update(slot.key + "\n");
  }
  for (const OpClass* op : all_ops()) hash.update(fmt::format("{}.{}\n", op->module, op->class_name));
  return hash.hex();
}

std::string why_re_encoded(const StoredCase& stored) {
  return stored.declarations == declarations_digest() ? "because the generator draws otherwise"
                                                      : "because the declarations of layers or ops have changed";
}

std::string print_case(const StoredCase& stored) {
  const Case& the_case = stored.the_case;
  Value::Object document = {{"format", kFormat},
                            {"property", stored.property},
                            {"subject", stored.subject},
                            {"message", stored.message},
                            {"choices", stored.choices},
                            {"profile", name_of(stored.profile)},
                            {"declarations", stored.declarations}};
  // As digits, because JSON's integers end at int64.
  if (stored.seed) document.emplace_back("seed", std::to_string(*stored.seed));
  if (!stored.repeats) document.emplace_back("repeats", false);
  document.emplace_back("config", config_or_reason(the_case.model));
  document.emplace_back("metadata", model_to_metadata(the_case.model));
  document.emplace_back("weights", weights_to_value(the_case.model));
  document.emplace_back("environment", environment_value(the_case.environment));
  document.emplace_back("input", tensor_to_value(the_case.input));
  return print_json(document) + "\n";
}

Result<StoredCase> parse_case(std::string_view text, const Limits& limits) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  REVIVE_ASSIGN_OR_RETURN(const auto document, parse_json(text, limits.for_file(text.size()), "case"));
  std::string texts[6];
  constexpr std::string_view kTexts[] = {"format", "property", "subject", "message", "choices", "declarations"};
  for (std::size_t i = 0; i < std::size(kTexts); ++i) {
    REVIVE_ASSIGN_OR_RETURN(auto found, text_member(document, kTexts[i], ""));
    texts[i] = std::move(found);
  }
  if (texts[0] != kFormat) return malformed("/format", fmt::format("expected \"{}\", found \"{}\"", kFormat, texts[0]));
  const Value* parts[5];
  constexpr std::string_view kParts[] = {"config", "metadata", "weights", "environment", "input"};
  for (std::size_t i = 0; i < std::size(kParts); ++i) {
    REVIVE_ASSIGN_OR_RETURN(const auto found, member(document, kParts[i], ""));
    parts[i] = found;
  }
  REVIVE_ASSIGN_OR_RETURN(auto model, model_from_config(*parts[0], {.limits = limits}));
  if (Status status = metadata_to_model(*parts[1], model, limits, {}); !status) return std::unexpected(status.error());
  REVIVE_RETURN_IF_ERROR(weights_from_value(*parts[2], model));
  REVIVE_ASSIGN_OR_RETURN(auto environment, environment_from_value(*parts[3], limits));
  REVIVE_ASSIGN_OR_RETURN(auto input, tensor_from_value(*parts[4], "/input", ErrorCode::case_format));
  StoredCase stored{.property = texts[1],
                    .subject = texts[2],
                    .message = texts[3],
                    .choices = texts[4],
                    .declarations = texts[5],
                    .the_case = {std::move(model), std::move(input), std::move(environment)}};
  REVIVE_RETURN_IF_ERROR(read_origin(document, stored));
  stored.choices_current = choices_are_current(stored);
  return stored;
}

}  // namespace revive::properties
