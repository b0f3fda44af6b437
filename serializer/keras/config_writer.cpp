#include <algorithm>
#include <optional>

#include "revive/model/config.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/layers/functional.h"
#include "revive/serializer/keras/chain.h"
#include "revive/serializer/keras/config_codec.h"
#include "revive/serializer/keras/functional.h"

namespace revive {
namespace {

// A class that a user registered goes by both its names.
Value::Object header_of(const LayerClass& layer_class) {
  constexpr std::size_t kMostMembers = 4;
  Value::Object entry;
  entry.reserve(kMostMembers);
  entry.emplace_back("module", layer_class.module);
  entry.emplace_back("class_name", layer_class.simple_name());
  if (layer_class.simple_name() != layer_class.name) entry.emplace_back("registered_name", layer_class.name);
  return entry;
}

// Whether a lambda is stored as ops of the Functional that it stands in. One that does nothing is no op, and an op does
// not say whether it trains.
bool is_inline(const Layer& layer) {
  const LambdaFunction* const lambda = layer.lambda();
  return lambda != nullptr && lambda->stored_inline && !lambda->graph.nodes().empty() && layer.trainable();
}

// The entries of one model; what they cannot hold ends in error().
class EntryWriter {
 public:
  explicit EntryWriter(const ConfigOptions& options) : options_(options) {}

  Value entry_of(const Layer& layer) {
    if (layer.lambda() != nullptr) return lambda_entry_of(layer);
    if (is_functional(layer.layer_class())) return functional_entry_of(layer);
    Value::Object entry = header_of(layer.layer_class());
    // In Keras' order the config stands before registered_name.
    entry.emplace(entry.begin() + 2, "config", config_of(layer));
    return entry;
  }

  const std::optional<Error>& error() const { return error_; }

 private:
  Value lambda_entry_of(const Layer& layer) {
    if (!layer.built()) return {};
    auto entry = functional_config(layer.lambda()->graph, layer.name(), {layer.input_dtype(), layer.input_shape()});
    if (!entry) {
      if (!error_) error_ = entry.error().within(describe(layer) + ": ");
      return {};
    }
    *entry->find("config")->find("trainable") = layer.trainable();
    return *std::move(entry);
  }

  Value functional_entry_of(const Layer& layer) {
    const std::vector<Layer>& layers = *layer.stack();
    if (!layer.built()) return {};
    Value::Array entries;
    for (const Layer& child : layers) {
      entries.push_back(is_inline(child) && !options_.entry_for_each_layer ? Value() : entry_of(child));
    }
    auto chain = chain_config(layers, std::move(entries));
    if (!chain) {
      if (!error_) error_ = chain.error().within(describe(layer) + ": ");
      return {};
    }
    chain->insert(chain->begin(), {{"name", layer.name()}, {"trainable", layer.trainable()}});
    Value::Object entry = header_of(layer.layer_class());
    entry.emplace_back("config", Value(*std::move(chain)));
    entry.emplace_back("registered_name", layer.layer_class().name);
    return entry;
  }

  Value::Object config_of(const Layer& layer) {
    const ConfigWriteHooks hooks{.child = [&](const Layer& child) { return entry_of(child); }, .expression = {}};
    Value::Object config = write_config(layer, hooks);
    if (options_.without_training_state) config.resize(config.size() - layer.training_only().size());
    if (layer.layer_class().is_stack && layer.built()) {
      config.emplace_back("build_input_shape", shape_to_value(layer.input_shape()));
    }
    return config;
  }

  const ConfigOptions& options_;
  std::optional<Error> error_;
};

}  // namespace

Result<Value> model_to_config(const Sequential& model, const ConfigOptions& options) {
  EntryWriter writer(options);
  Value document = writer.entry_of(model.root());
  if (writer.error()) return std::unexpected(*writer.error());
  if (!options.without_training_state && !model.compile_config().is_null()) {
    document.as_object().emplace_back("compile_config", model.compile_config());
  }
  return document;
}

Value config_or_reason(const Sequential& model, const ConfigOptions& options) {
  auto config = model_to_config(model, options);
  return config ? *std::move(config) : Value(config.error().text());
}

}  // namespace revive
