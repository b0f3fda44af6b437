#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "revive/model/config.h"
#include "revive/model/input_layer.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/registry.h"
#include "revive/serializer/keras/config_codec.h"
#include "revive/serializer/keras/config_entry.h"
#include "revive/serializer/keras/functional.h"
#include "revive/serializer/keras/lambda_reader.h"

namespace revive {
namespace {

constexpr std::string_view kMember = "config.json: ";

// What Keras writes into the config of a Lambda; LambdaReader reads them.
constexpr std::array<std::string_view, 8> kPythonKeys = {
    "function",          "arguments",           "mask",  "output_shape", "function_type",
    "output_shape_type", "output_shape_module", "module"};

// The type that flows out of the layers of a stack as far as they are read, where the stack's input is known. Only a
// lambda that asks for the shape of its input needs it, so nothing is built before one does.
class Flow {
 public:
  Flow(const std::vector<Layer>& layers, const std::optional<Shape>& input, const Limits& limits)
      : layers_(layers), input_(input), limits_(limits) {}

  std::optional<TensorType> type() {
    if (done_ == 0 && input_) type_ = TensorType{DType::float32, *input_};
    for (; done_ < layers_.size(); ++done_) {
      Layer layer = layers_[done_];
      if (is_input_layer(layer)) type_ = TensorType{declared_dtype(layer), declared_shape(layer)};
      if (!type_ || !layer.build(type_->shape, type_->dtype, limits_)) {
        type_.reset();
        break;
      }
      type_ = TensorType{layer.output_dtype(), layer.output_shape()};
    }
    return type_;
  }

 private:
  const std::vector<Layer>& layers_;
  const std::optional<Shape>& input_;
  const Limits& limits_;
  std::size_t done_ = 0;
  std::optional<TensorType> type_;
};

class ModelReader {
 public:
  explicit ModelReader(const LoadOptions& options) : limits_(options.limits), lambdas_(options) {}

  // Once the root is read.
  Status finish() const { return lambdas_.finish(); }

  Result<Layer> stack(const ConfigEntry& entry, const std::string& place) {
    if (++nesting_ > limits_.layer_nesting)
      return too_much("nested models", limits_.layer_nesting, "layer_nesting", place);
    Layer layer(*find_layer_class("Sequential"));
    // It may stand behind the layers.
    std::optional<Shape> input;
    if (const Value* shape = find_member(*entry.config, "build_input_shape")) {
      REVIVE_RETURN_IF_ERROR(read_input(*shape, place + "/config/build_input_shape", input));
    }
    const ConfigReadHooks hooks{
        .layers = [&](std::vector<Layer>& layers, const Value& value,
                      const std::string& layers_place) { return read_layers(layers, value, layers_place, input); },
        .expression = {},
        .extra = [&](const std::string& key, const Value&, const std::string&) -> std::optional<Status> {
          if (key != "build_input_shape") return std::nullopt;
          return Status{};
        }};
    REVIVE_RETURN_IF_ERROR(read_config(layer, *entry.config, place + "/config", hooks));
    if (layer.name().empty()) {
      return fail(ErrorCode::config_missing_key, place + "/config", "expected the key \"name\", not empty");
    }
    const bool has_input = !layer.children().empty() && is_input_layer(layer.children()[0]);
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
    REVIVE_ASSIGN_OR_RETURN(auto shape, shape_from_value(value, place));
    if (!input) input = std::move(shape);
    return {};
  }

  static void add_input(Layer& stack, const Shape& shape) {
    for (const Field& field : stack.layer_class().fields) {
      const FieldRef ref = stack.ref(field);
      auto* const* layers = std::get_if<std::vector<Layer>*>(&ref);
      if (layers != nullptr) (*layers)->insert((*layers)->begin(), make_input_layer(shape, DType::float32));
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
    Flow flow(layers, input, limits_);
    for (std::size_t i = 0; i < value.as_array().size(); ++i) {
      REVIVE_ASSIGN_OR_RETURN(
          auto layer, read_layer(value.as_array()[i], fmt::format("{}/{}", place, i), i == 0 ? &input : nullptr, flow));
      layers.push_back(std::move(layer));
    }
    return {};
  }

  Result<Layer> read_layer(const Value& value, const std::string& place, std::optional<Shape>* input, Flow& flow) {
    if (const Value* class_name = value.find("class_name");
        class_name != nullptr && class_name->is_string() && class_name->as_string() == "__lambda__") {
      return fail(ErrorCode::config_bytecode, place, "a Python lambda stands where a layer should, and is never run");
    }
    auto layer = is_functional(value) ? lambda(value, place) : registered(value, place, input, flow);
    if (!layer) return layer;
    if (layer->name().size() > limits_.layer_name_bytes) {
      return too_much("bytes in a layer's name", limits_.layer_name_bytes, "layer_name_bytes", place);
    }
    return layer;
  }

  Result<Layer> registered(const Value& value, const std::string& place, std::optional<Shape>* input, Flow& flow) {
    REVIVE_ASSIGN_OR_RETURN(auto entry, read_entry(value, place));
    REVIVE_ASSIGN_OR_RETURN(auto layer_class, find_class(entry, place));
    if (layer_class->name == "Sequential") return stack(entry, place);
    Layer layer(*layer_class);
    // A Functional is how a lambda is stored that is no Python.
    const bool python = layer.lambda() != nullptr;
    const ConfigReadHooks hooks{
        .layers = {},
        .expression = {},
        // Keras 2 wrote the input's shape into the first layer.
        .extra = [&](const std::string& key, const Value& shape,
                     const std::string& key_place) -> std::optional<Status> {
          if (python && std::ranges::find(kPythonKeys, key) != kPythonKeys.end()) return Status{};
          if (input == nullptr || key != "batch_input_shape" || layer.layer_class().field(key) != nullptr)
            return std::nullopt;
          return read_input(shape, key_place, *input);
        }};
    REVIVE_RETURN_IF_ERROR(read_config(layer, *entry.config, place + "/config", hooks));
    if (layer.name().empty()) {
      return fail(ErrorCode::config_missing_key, place + "/config", "expected the key \"name\", not empty");
    }
    const Value* const mask_zero = find_member(*entry.config, "mask_zero");
    if (layer_class->name == "Masking" || (mask_zero != nullptr && *mask_zero == Value(true))) lambdas_.mask_is_made();
    if (python) {
      auto expression = lambdas_.read(layer.name(), *entry.config, place + "/config", [&] { return flow.type(); });
      if (!expression) return std::unexpected(expression.error());
      *layer.lambda() = std::move(*expression);
    }
    return layer;
  }

  Result<Layer> lambda(const Value& entry, const std::string& place) {
    REVIVE_ASSIGN_OR_RETURN(auto functional, read_functional(entry, place, limits_));
    Layer layer(*find_layer_class("Lambda"));
    const Value* config = entry.find("config");
    const Value* name = config->find("name");
    const Value* trainable = config->find("trainable");
    if (name != nullptr && name->is_string()) layer.set_name(name->as_string());
    if (trainable != nullptr && trainable->is_bool()) layer.set_trainable(trainable->as_bool());
    if (layer.name().empty()) {
      return fail(ErrorCode::config_missing_key, place + "/config", "expected the key \"name\", not empty");
    }
    *layer.lambda() = LambdaFunction{std::move(functional.graph), std::nullopt};
    return layer;
  }

  const Limits& limits_;
  LambdaReader lambdas_;
  std::uint64_t nesting_ = 0;
  std::uint64_t count_ = 0;
};

}  // namespace

Result<Sequential> model_from_config(const Value& document, const LoadOptions& options) {
  const auto read = [&]() -> Result<Sequential> {
    if (is_functional(document)) {
      return fail(ErrorCode::config_unsupported, "/class_name", "expected a Sequential model, found a Functional one");
    }
    REVIVE_ASSIGN_OR_RETURN(auto entry, read_entry(document, ""));
    REVIVE_ASSIGN_OR_RETURN(auto layer_class, find_class(entry, ""));
    if (layer_class->name != "Sequential") {
      return fail(ErrorCode::config_unsupported, "/class_name",
                  fmt::format("expected a Sequential model, found {}", *entry.class_name));
    }
    ModelReader reader(options);
    REVIVE_ASSIGN_OR_RETURN(auto root, reader.stack(entry, ""));
    REVIVE_RETURN_IF_ERROR(reader.finish());
    auto model = Sequential::from_layer(std::move(root), options.limits);
    if (!model) return std::unexpected(model.error().within("/config"));
    // An uncompiled model has an empty one, or null up to Keras 3.9.
    const Value* compile = entry.compile_config;
    if (compile != nullptr && compile->is_object() && !compile->as_object().empty())
      model->set_compile_config(*compile);
    return model;
  };
  auto model = read();
  if (!model) return std::unexpected(model.error().within(kMember));
  return model;
}

}  // namespace revive
