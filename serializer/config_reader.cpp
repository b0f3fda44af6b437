#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "model/config.h"
#include "model/expression.h"
#include "model/registry.h"
#include "serializer/config_codec.h"
#include "serializer/functional.h"

namespace revive {
namespace {

constexpr std::string_view kMember = "config.json: ";

// The object around a config, taken apart.
struct Entry {
  const std::string* module = nullptr;
  const std::string* class_name = nullptr;
  const Value::Object* config = nullptr;
  // Nothing where Keras writes null.
  const std::string* registered_name = nullptr;
  const Value* compile_config = nullptr;
};

Result<Entry> read_entry(const Value& value, const std::string& place) {
  if (!value.is_object()) {
    return fail(ErrorCode::config_type, place, fmt::format("expected an object, found {}", value.kind_name()));
  }
  Entry entry;
  for (const auto& [key, member] : value.as_object()) {
    const auto wrong = [&](std::string_view expected) {
      return fail(ErrorCode::config_type, place + "/" + key,
                  fmt::format("expected {}, found {}", expected, member.is_null() ? "null" : member.brief()));
    };
    if (key == "module" || key == "class_name") {
      if (!member.is_string()) return wrong("a string");
      (key == "module" ? entry.module : entry.class_name) = &member.as_string();
    } else if (key == "config") {
      if (!member.is_object()) return wrong("an object");
      entry.config = &member.as_object();
    } else if (key == "registered_name") {
      if (!member.is_string() && !member.is_null()) return wrong("a string or null");
      if (member.is_string() && !member.as_string().empty()) entry.registered_name = &member.as_string();
    } else if (key == "compile_config") {
      if (!member.is_object() && !member.is_null()) return wrong("an object or null");
      entry.compile_config = &member;
    } else if (key == "build_config") {
      // Redundant: every shape follows from the input's.
      if (!member.is_object() && !member.is_null()) return wrong("an object or null");
    } else if (key == "shared_object_id") {
      // Says which training-only objects were one object in Python.
      if (!member.is_int() && !member.is_null()) return wrong("an int or null");
    } else {
      return fail(ErrorCode::config_unknown_key, place + "/" + key, "an object of a class has no such key");
    }
  }
  const auto require = [&](bool there, std::string_view key) -> Status {
    if (there) return {};
    return fail(ErrorCode::config_missing_key, place, fmt::format("expected the key \"{}\"", key));
  };
  if (Status status = require(entry.class_name != nullptr, "class_name"); !status)
    return std::unexpected(status.error());
  if (Status status = require(entry.module != nullptr, "module"); !status) return std::unexpected(status.error());
  if (Status status = require(entry.config != nullptr, "config"); !status) return std::unexpected(status.error());
  return entry;
}

// Where a class of `declared` was said to live by some version from 2.13 on.
bool module_is_known(std::string_view module, std::string_view declared) {
  if (module == declared) return true;
  if (declared == "keras.layers") return module.starts_with("keras.src.layers.") || module == "keras.src.layers";
  if (declared == "keras") {
    constexpr std::array kOlder = {"keras.models", "keras.src", "keras.src.models.sequential",
                                   "keras.src.engine.sequential", "keras.engine.sequential"};
    return std::ranges::find(kOlder, module) != kOlder.end();
  }
  return false;
}

Result<const LayerClass*> find_class(const Entry& entry, const std::string& place) {
  const LayerClass* layer_class = nullptr;
  if (entry.registered_name != nullptr && *entry.registered_name != *entry.class_name) {
    layer_class = find_layer_class(*entry.registered_name);
    if (layer_class == nullptr) {
      return fail(ErrorCode::config_unknown_class, place + "/registered_name",
                  fmt::format("no layer class '{}' is registered", *entry.registered_name));
    }
    return layer_class;
  }
  if (*entry.class_name == "Lambda") {
    return fail(ErrorCode::config_bytecode, place,
                "the Lambda holds Python bytecode or the name of a Python function, which is never run");
  }
  layer_class = find_layer_class(*entry.class_name);
  if (layer_class == nullptr || layer_class->name.find('>') != std::string::npos) {
    return fail(ErrorCode::config_unknown_class, place + "/class_name",
                fmt::format("no layer class '{}' is known", *entry.class_name));
  }
  if (!module_is_known(*entry.module, layer_class->module)) {
    return fail(ErrorCode::config_unknown_class, place + "/module",
                fmt::format("expected {} in the module '{}', found '{}'", layer_class->name, layer_class->module,
                            *entry.module));
  }
  return layer_class;
}

class ModelReader {
 public:
  explicit ModelReader(const Limits& limits) : limits_(limits) {}

  Result<Layer> stack(const Entry& entry, const std::string& place) {
    if (++nesting_ > limits_.layer_nesting)
      return too_much("nested models", limits_.layer_nesting, "layer_nesting", place);
    Layer layer(*find_layer_class("Sequential"));
    std::optional<Shape> input;
    const ConfigReadHooks hooks{
        .layers = [&](std::vector<Layer>& layers, const Value& value,
                      const std::string& layers_place) { return read_layers(layers, value, layers_place, input); },
        .expression = {},
        .extra = [&](const std::string& key, const Value& value,
                     const std::string& key_place) -> std::optional<Status> {
          if (key != "build_input_shape") return std::nullopt;
          return read_input(value, key_place, input);
        }};
    if (Status status = read_config(layer, *entry.config, place + "/config", hooks); !status) {
      return std::unexpected(status.error());
    }
    if (layer.name().empty()) {
      return fail(ErrorCode::config_missing_key, place + "/config", "expected the key \"name\", not empty");
    }
    const bool has_input = !layer.children().empty() && layer.children()[0].layer_class().name == "InputLayer";
    if (input && !has_input) add_input(layer, *input);
    --nesting_;
    return layer;
  }

 private:
  static std::unexpected<Error> too_much(std::string_view what, std::uint64_t limit, std::string_view name,
                                         const std::string& place) {
    return fail(ErrorCode::limit_exceeded, place, fmt::format("more than {} {} (Limits::{})", limit, what, name));
  }

  static Status read_input(const Value& value, const std::string& place, std::optional<Shape>& input) {
    if (value.is_null()) return {};
    auto shape = shape_from_value(value, place);
    if (!shape) return std::unexpected(shape.error());
    if (!input) input = std::move(*shape);
    return {};
  }

  static void add_input(Layer& stack, const Shape& shape) {
    for (const Field& field : stack.layer_class().fields) {
      const FieldRef ref = stack.ref(field);
      auto* const* layers = std::get_if<std::vector<Layer>*>(&ref);
      if (layers == nullptr) continue;
      Layer input(*find_layer_class("InputLayer"));
      const FieldRef batch_shape = input.ref(*input.layer_class().field("batch_shape"));
      **std::get_if<Shape*>(&batch_shape) = shape;
      (*layers)->insert((*layers)->begin(), std::move(input));
    }
  }

  Status read_layers(std::vector<Layer>& layers, const Value& value, const std::string& place,
                     std::optional<Shape>& input) {
    if (!value.is_array()) {
      return fail(ErrorCode::config_type, place, fmt::format("expected a list of layers, found {}", value.kind_name()));
    }
    count_ += value.as_array().size();
    if (count_ > limits_.layers) return too_much("layers", limits_.layers, "layers", place);
    layers.reserve(value.as_array().size());
    for (std::size_t i = 0; i < value.as_array().size(); ++i) {
      auto layer = read_layer(value.as_array()[i], fmt::format("{}/{}", place, i), i == 0 ? &input : nullptr);
      if (!layer) return std::unexpected(layer.error());
      layers.push_back(std::move(*layer));
    }
    return {};
  }

  Result<Layer> read_layer(const Value& value, const std::string& place, std::optional<Shape>* input) {
    if (const Value* class_name = value.find("class_name");
        class_name != nullptr && class_name->is_string() && class_name->as_string() == "__lambda__") {
      return fail(ErrorCode::config_bytecode, place, "a Python lambda stands where a layer should, and is never run");
    }
    auto layer = is_functional(value) ? lambda(value, place) : registered(value, place, input);
    if (!layer) return layer;
    if (layer->name().size() > limits_.layer_name_bytes) {
      return too_much("bytes in a layer's name", limits_.layer_name_bytes, "layer_name_bytes", place);
    }
    return layer;
  }

  Result<Layer> registered(const Value& value, const std::string& place, std::optional<Shape>* input) {
    auto entry = read_entry(value, place);
    if (!entry) return std::unexpected(entry.error());
    auto layer_class = find_class(*entry, place);
    if (!layer_class) return std::unexpected(layer_class.error());
    if ((*layer_class)->name == "Sequential") return stack(*entry, place);
    Layer layer(**layer_class);
    const ConfigReadHooks hooks{
        .layers = {},
        .expression = {},
        // Keras 2 wrote the input's shape into the first layer.
        .extra = [&](const std::string& key, const Value& shape,
                     const std::string& key_place) -> std::optional<Status> {
          if (input == nullptr || key != "batch_input_shape" || layer.layer_class().field(key) != nullptr)
            return std::nullopt;
          return read_input(shape, key_place, *input);
        }};
    if (Status status = read_config(layer, *entry->config, place + "/config", hooks); !status) {
      return std::unexpected(status.error());
    }
    if (layer.name().empty()) {
      return fail(ErrorCode::config_missing_key, place + "/config", "expected the key \"name\", not empty");
    }
    return layer;
  }

  Result<Layer> lambda(const Value& entry, const std::string& place) {
    auto functional = read_functional(entry, place, limits_);
    if (!functional) return std::unexpected(functional.error());
    Layer layer(*find_layer_class("Lambda"));
    const Value* config = entry.find("config");
    const Value* name = config->find("name");
    const Value* trainable = config->find("trainable");
    if (name != nullptr && name->is_string()) layer.set_name(name->as_string());
    if (trainable != nullptr && trainable->is_bool()) layer.set_trainable(trainable->as_bool());
    if (layer.name().empty()) {
      return fail(ErrorCode::config_missing_key, place + "/config", "expected the key \"name\", not empty");
    }
    *layer.expression() = Expression{std::move(functional->graph), std::nullopt};
    return layer;
  }

  const Limits& limits_;
  std::uint64_t nesting_ = 0;
  std::uint64_t count_ = 0;
};

}  // namespace

Result<Sequential> model_from_config(const Value& document, const Limits& limits) {
  const auto read = [&]() -> Result<Sequential> {
    if (is_functional(document)) {
      return fail(ErrorCode::config_unsupported, "/class_name", "expected a Sequential model, found a Functional one");
    }
    auto entry = read_entry(document, "");
    if (!entry) return std::unexpected(entry.error());
    auto layer_class = find_class(*entry, "");
    if (!layer_class) return std::unexpected(layer_class.error());
    if ((*layer_class)->name != "Sequential") {
      return fail(ErrorCode::config_unsupported, "/class_name",
                  fmt::format("expected a Sequential model, found {}", *entry->class_name));
    }
    auto root = ModelReader(limits).stack(*entry, "");
    if (!root) return std::unexpected(root.error());
    auto model = Sequential::from_layer(std::move(*root), limits);
    if (!model) return std::unexpected(model.error().within("/config"));
    // An uncompiled model has an empty one, or null up to Keras 3.9.
    const Value* compile = entry->compile_config;
    if (compile != nullptr && compile->is_object() && !compile->as_object().empty())
      model->set_compile_config(*compile);
    return model;
  };
  auto model = read();
  if (!model) return std::unexpected(model.error().within(kMember));
  return model;
}

}  // namespace revive
