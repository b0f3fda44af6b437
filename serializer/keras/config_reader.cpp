#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <unordered_set>

#include "revive/model/config.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/layers/functional.h"
#include "revive/model/layers/input_layer.h"
#include "revive/model/registry.h"
#include "revive/model/tensor/element_type.h"
#include "revive/serializer/keras/chain.h"
#include "revive/serializer/keras/config_codec.h"
#include "revive/serializer/keras/config_entry.h"
#include "revive/serializer/keras/functional.h"
#include "revive/serializer/keras/lambda_reader.h"
#include "revive/serializer/keras/outline.h"

namespace revive {
namespace {

constexpr std::string_view kMember = "config.json: ";

// What a layer takes in the file that it is saved in, two groups of the weights file, whatever it took of the one that
// it came from: config.json may say a dozen of them in a kilobyte.
constexpr std::uint64_t kSavedBytesPerLayer = 2560;

// The shape a stack was built for, beside its layers.
constexpr std::string_view kStackInput = "build_input_shape";
// The error of a class that is not known, with all others that are not: who has to provide them asks once.
Error with_all_unknown_classes(Error error, const Value& document) {
  constexpr std::size_t kMostNamed = 50;
  std::unordered_set<std::string> seen;
  std::vector<std::string> named;
  for (const OutlineLayer& layer : outline_of(document)) {
    if (layer.known || error.place.starts_with(layer.place + "/")) continue;
    std::string other = fmt::format("'{}'", layer.class_name);
    if (error.message.contains(other) || !seen.insert(other).second) continue;
    if (named.size() < kMostNamed) named.push_back(std::move(other));
  }
  if (named.empty()) return error;
  error.message += fmt::format("; neither is {}", fmt::join(named, ", "));
  if (seen.size() > named.size()) error.message += fmt::format(", nor are {} others", seen.size() - named.size());
  return error;
}

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

// A layer whose activation is code or a layer of its own is two: the layer without it, and what comes behind.
struct SplitLayer {
  Value layer;
  Value activation;
};

std::optional<SplitLayer> split_activation(const Value& entry) {
  constexpr std::string_view kActivation = "activation";
  const Value* const class_name = entry.find("class_name");
  const Value* const config = entry.find("config");
  const Value* const activation = config == nullptr ? nullptr : config->find(kActivation);
  const Value* const name = config == nullptr ? nullptr : config->find("name");
  if (activation == nullptr || !activation->is_object() || class_name == nullptr || !class_name->is_string() ||
      name == nullptr || !name->is_string()) {
    return std::nullopt;
  }
  // Recurrent layers have none of their own: their cell applies it within a step.
  const LayerClass* const layer_class = find_layer_class(class_name->as_string());
  if (layer_class == nullptr || layer_class->field(kActivation) == nullptr) return std::nullopt;
  SplitLayer split{entry, *activation};
  *split.layer.find("config")->find(kActivation) = Value("linear");
  const Value* const module = activation->find("module");
  const bool is_layer = module != nullptr && module->is_string() && module->as_string().starts_with("keras.layers");
  if (is_layer) return split;
  Value::Object lambda = {{"name", Value(name->as_string() + "_activation")},
                          {"trainable", Value(true)},
                          {"function", *activation},
                          {"arguments", Value(Value::Object{})}};
  split.activation =
      Value(Value::Object{{"module", "keras.layers"}, {"class_name", "Lambda"}, {"config", Value(std::move(lambda))}});
  return split;
}

// A Functional goes by several names.
Result<const LayerClass*> class_of(const Value& value, const ConfigEntry& entry, const std::string& place) {
  const bool is_own = entry.registered_name != nullptr && entry.registered_name->contains('>');
  return is_functional(value) && !is_own ? &functional_layer_class() : find_class(entry, place);
}

class ModelReader {
 public:
  ModelReader(const LoadOptions& options, std::string_view keras_version)
      : limits_(options.limits), lambdas_(options, keras_version) {}

  // Once the root is read.
  Status finish() const { return lambdas_.finish(); }

  Result<Layer> layer_of(const LayerClass& layer_class, const ConfigEntry& entry, const std::string& place) {
    std::optional<Shape> input;
    const std::vector<Layer> none;
    Flow flow(none, input, limits_);
    return registered(layer_class, entry, place, nullptr, flow);
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

  // What a layer that is not the first says of its input has to be what flows into it.
  static Status check_input(const Value& value, const std::string& place, Flow& flow) {
    if (value.is_null()) return {};
    REVIVE_ASSIGN_OR_RETURN(const auto shape, shape_from_value(value, place));
    const auto type = flow.type();
    const auto same = [](std::int64_t a, std::int64_t b) { return a == b || a == kUnknown || b == kUnknown; };
    if (!type || std::ranges::equal(shape.axes(), type->shape.axes(), same)) return {};
    return fail(
        ErrorCode::config_value, place,
        fmt::format("expected the shape of what comes in, {}, found {}", to_string(type->shape), to_string(shape)));
  }

  // What the layers of a stack are given is known by what came before; of what others give theirs nothing is.
  Status read_children(const ChildSlot& slot, std::vector<Layer>& layers, const Value& value, const std::string& place,
                       std::optional<Shape>& input) {
    if (!slot.is_list) {
      Flow flow(layers, input, limits_);
      REVIVE_ASSIGN_OR_RETURN(auto layer, read_layer(value, place, nullptr, flow));
      layers.push_back(std::move(layer));
      return {};
    }
    if (!value.is_array()) {
      return fail(ErrorCode::config_type, place, fmt::format("expected a list of layers, found {}", value.kind_name()));
    }
    REVIVE_RETURN_IF_ERROR(check_count(value.as_array().size(), place));
    layers.reserve(value.as_array().size());
    Flow flow(layers, input, limits_);
    for (std::size_t i = 0; i < value.as_array().size(); ++i) {
      REVIVE_RETURN_IF_ERROR(read_one_or_two(value.as_array()[i], fmt::format("{}/{}", place, i), EntryOf::list,
                                             i == 0 ? &input : nullptr, flow, layers));
    }
    return {};
  }

  // Those of a Functional, whose config is `config`.
  Status read_chain_of_layers(const Value::Object& config, const std::string& place, std::vector<Layer>& layers) {
    REVIVE_ASSIGN_OR_RETURN(const auto chain, read_chain(config, place));
    REVIVE_RETURN_IF_ERROR(check_count(chain.size(), place + "/layers"));
    layers.reserve(chain.size());
    const std::optional<Shape> input;
    Flow flow(layers, input, limits_);
    ChainMasks masks;
    for (const ChainLayer& each : chain) {
      const std::size_t before = layers.size();
      if (each.object == nullptr) {
        REVIVE_ASSIGN_OR_RETURN(auto layer, lambda(each.ops, each.place));
        layer.lambda()->stored_inline = true;
        layers.push_back(std::move(layer));
      } else {
        REVIVE_RETURN_IF_ERROR(read_one_or_two(*each.object, each.place, EntryOf::graph, nullptr, flow, layers));
      }
      REVIVE_RETURN_IF_ERROR(masks.pass(each, std::span(layers).subspan(before)));
    }
    return {};
  }

  Status check_count(std::size_t count, const std::string& place) const {
    if (count <= limits_.layers - std::min(count_, limits_.layers)) return {};
    return too_much("layers", limits_.layers, "layers", place);
  }

  Status read_one_or_two(const Value& entry, const std::string& place, EntryOf of, std::optional<Shape>* input,
                         Flow& flow, std::vector<Layer>& layers) {
    const auto split = split_activation(entry);
    REVIVE_ASSIGN_OR_RETURN(auto layer, read_layer(split ? split->layer : entry, place, input, flow, of));
    layers.push_back(std::move(layer));
    if (!split) return {};
    REVIVE_ASSIGN_OR_RETURN(auto behind, read_layer(split->activation, place + "/config/activation", nullptr, flow));
    layers.push_back(std::move(behind));
    return {};
  }

  Result<Layer> read_layer(const Value& value, const std::string& place, std::optional<Shape>* input, Flow& flow,
                           EntryOf of = EntryOf::list) {
    if (++count_ > limits_.layers) return too_much("layers", limits_.layers, "layers", place);
    if (count_ > limits_.json_memory_bytes / kSavedBytesPerLayer) {
      return too_much("layers", limits_.json_memory_bytes / kSavedBytesPerLayer, "json_memory_bytes", place);
    }
    if (const Value* class_name = value.find("class_name");
        class_name != nullptr && class_name->is_string() && class_name->as_string() == "__lambda__") {
      return fail(ErrorCode::config_bytecode, place, "a Python lambda stands where a layer should, and is never run");
    }
    auto layer = is_functional(value) && is_made_of_ops(value) ? lambda(value, place)
                                                               : registered(value, place, input, flow, of);
    if (!layer) return layer;
    if (layer->name().size() > limits_.layer_name_bytes) {
      return too_much("bytes in a layer's name", limits_.layer_name_bytes, "layer_name_bytes", place);
    }
    return layer;
  }

  Result<Layer> registered(const Value& value, const std::string& place, std::optional<Shape>* input, Flow& flow,
                           EntryOf of) {
    REVIVE_ASSIGN_OR_RETURN(auto entry, read_entry(value, place, of));
    REVIVE_ASSIGN_OR_RETURN(auto layer_class, class_of(value, entry, place));
    return registered(*layer_class, entry, place, input, flow);
  }

  // `input` is that of the stack around the layer, where the layer comes first in it and may tell.
  Result<Layer> registered(const LayerClass& layer_class, const ConfigEntry& entry, const std::string& place,
                           std::optional<Shape>* input, Flow& flow) {
    if (layer_class.is_container() && ++nesting_ > limits_.layer_nesting) {
      return too_much("nested models", limits_.layer_nesting, "layer_nesting", place);
    }
    Layer layer(layer_class);
    const bool is_graph = is_functional(layer_class);
    // What a stack says of its own input. It may stand behind the layers.
    std::optional<Shape> own_input;
    const Value* const own_shape =
        layer_class.is_stack && !is_graph ? find_member(*entry.config, kStackInput) : nullptr;
    if (own_shape != nullptr) {
      REVIVE_RETURN_IF_ERROR(read_input(*own_shape, fmt::format("{}/config/{}", place, kStackInput), own_input));
    }
    const ConfigReadHooks hooks{
        .children =
            [&](const ChildSlot& slot, std::vector<Layer>& layers, const Value& children,
                const std::string& children_place) {
              if (is_graph) return read_chain_of_layers(*entry.config, place + "/config", layers);
              return read_children(slot, layers, children, children_place, own_input);
            },
        .expression = {},
        .extra = [&](const std::string& key, const Value& shape,
                     const std::string& key_place) -> std::optional<Status> {
          if (is_graph) return of_graph(key, shape, key_place, layer);
          if (layer_class.is_stack && key == kStackInput) return Status{};
          // A Functional is how a lambda is stored that is no Python.
          if (layer_class.holds_lambda && std::ranges::find(kPythonKeys, key) != kPythonKeys.end()) return Status{};
          // Keras 2 wrote it into every layer that was made with one, and went by the first layer's.
          if (key != "batch_input_shape" || layer_class.field(key) != nullptr) return std::nullopt;
          return input != nullptr ? read_input(shape, key_place, *input) : check_input(shape, key_place, flow);
        }};
    REVIVE_RETURN_IF_ERROR(read_config(layer, *entry.config, place + "/config", hooks));
    if (layer.name().empty()) {
      return fail(ErrorCode::config_missing_key, place + "/config", "expected the key \"name\", not empty");
    }
    if (layer.gives_mask(false)) lambdas_.mask_is_made();
    if (layer_class.holds_lambda) {
      // A lambda has no variables, and once it is a graph of ops nothing says what they would be.
      const DType compute = layer.policy().compute_dtype();
      layer.set_policy(*DTypePolicy::from_name(name_of(compute)));
      const auto input_type = [&] {
        auto type = flow.type();
        if (type && is_float(type->dtype)) type->dtype = compute;
        return type;
      };
      auto expression = lambdas_.read(layer.name(), *entry.config, place + "/config", input_type);
      if (!expression) return std::unexpected(expression.error());
      *layer.lambda() = std::move(*expression);
    }
    if (std::vector<Layer>* const layers = layer.stack()) {
      const bool has_input = !layers->empty() && is_input_layer(layers->front());
      if (own_input && !has_input) layers->insert(layers->begin(), make_input_layer(*own_input, DType::float32));
    }
    if (layer_class.is_container()) --nesting_;
    return layer;
  }

  // The keys of a Functional beside its layers and its name.
  static std::optional<Status> of_graph(std::string_view key, const Value& value, const std::string& place,
                                        Layer& layer) {
    if (key == "input_layers" || key == "output_layers") return Status{};
    if (key != "trainable") return std::nullopt;
    if (!value.is_bool()) {
      return fail(ErrorCode::config_type, place, fmt::format("expected true or false, found {}", value.brief()));
    }
    layer.set_trainable(value.as_bool());
    return Status{};
  }

  Result<Layer> lambda(const Value& entry, const std::string& place) {
    REVIVE_ASSIGN_OR_RETURN(auto functional, read_functional(entry, place, limits_));
    Layer layer(lambda_layer_class());
    const Value* config = entry.find("config");
    const Value* name = config->find("name");
    const Value* trainable = config->find("trainable");
    if (name != nullptr && name->is_string()) layer.set_name(name->as_string());
    if (trainable != nullptr && trainable->is_bool()) layer.set_trainable(trainable->as_bool());
    if (layer.name().empty()) {
      return fail(ErrorCode::config_missing_key, place + "/config", "expected the key \"name\", not empty");
    }
    // Its InputLayer casts to the dtype that it declares.
    if (const auto policy = DTypePolicy::from_name(name_of(functional.input.dtype))) layer.set_policy(*policy);
    *layer.lambda() = LambdaFunction{std::move(functional.graph), std::nullopt};
    return layer;
  }

  const Limits& limits_;
  LambdaReader lambdas_;
  std::uint64_t nesting_ = 0;
  std::uint64_t count_ = 0;
};

}  // namespace

Result<Sequential> model_from_config(const Value& document, const LoadOptions& options,
                                     std::string_view keras_version) {
  const auto read = [&]() -> Result<Sequential> {
    REVIVE_ASSIGN_OR_RETURN(auto entry, read_entry(document, ""));
    REVIVE_ASSIGN_OR_RETURN(auto layer_class, class_of(document, entry, ""));
    if (!layer_class->is_stack) {
      return fail(ErrorCode::config_unsupported, "/class_name",
                  fmt::format("expected a Sequential or Functional model, found {}", *entry.class_name));
    }
    ModelReader reader(options, keras_version);
    REVIVE_ASSIGN_OR_RETURN(auto root, reader.layer_of(*layer_class, entry, ""));
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
  if (model) return model;
  const bool is_unknown = model.error().code == ErrorCode::config_unknown_class;
  return std::unexpected(
      (is_unknown ? with_all_unknown_classes(model.error(), document) : model.error()).within(kMember));
}

}  // namespace revive
