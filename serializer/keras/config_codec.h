// config.json: a model's structure, to and from Keras' JSON objects.
//
// Reads every spelling that Keras 2.13 to 3.16 writes for the registered layers and writes the profile that
// stock Keras 3.4.1 and newer read (no build_config, no keys newer than that). The object around a layer's config
// (module, class_name, registered_name) is handled here, the config itself by model/config.h, the nested
// Functional of a lambda by serializer/keras/functional.h. Errors have places such as
// "config.json: /config/layers/2/config/units".
#pragma once

#include <string_view>

#include "revive/model/base/value.h"
#include "revive/model/sequential.h"
#include "revive/serializer/load_options.h"

namespace revive {

struct ConfigOptions {
  // Leave out what matters for training alone.
  bool without_training_state = false;
  // Every layer has an entry of its own, lambdas of a Functional too, however they are stored.
  bool entry_for_each_layer = false;
};

// The whole document, compile config included. A lambda is stored as ops on the input it was built for; one that was
// never built is null. Errors: those of functional_config, with the layer as their place.
Result<Value> model_to_config(const Sequential& model, const ConfigOptions& options = {});

// The same where there is no place for an Error: of a model that cannot be written the reason as text, which no reader
// takes for a config, and which differs from everything but the same reason.
Value config_or_reason(const Sequential& model, const ConfigOptions& options = {});

// The model, built when the config says for which input, without weights. `document` is the parsed config.json;
// lambdas in it mean what they meant to the Keras version that saved it.
Result<Sequential> model_from_config(const Value& document, const LoadOptions& options = {},
                                     std::string_view keras_version = kKerasVersion);

}  // namespace revive
