// A layer's config: the object under "config" in Keras' words, to and from a Layer.
//
// Walks the declared fields, so that every class is read, checked and written by this one piece of code. The
// object that wraps a config (module, class_name, registered_name) is the serializer's business, and so are the
// two field types that hold objects of their own, layers and lambdas: their reader and writer come in as hooks.
// Errors: config_missing_key, config_unknown_key, config_type, config_value, config_rule, config_unsupported;
// the place is `place` followed by "/key".
#pragma once

#include <functional>
#include <string>

#include "revive/model/base/value.h"
#include "revive/model/layer.h"

namespace revive {

struct ConfigReadHooks {
  std::function<Status(std::vector<Layer>& layers, const Value& value, const std::string& place)> layers;
  std::function<Status(LambdaFunction& expression, const Value& value, const std::string& place)> expression;
  // A key the class does not declare; nothing when the hook does not know it either.
  std::function<std::optional<Status>(const std::string& key, const Value& value, const std::string& place)> extra;
};

struct ConfigWriteHooks {
  std::function<Value(const std::vector<Layer>& layers)> layers;
  std::function<Value(const LambdaFunction& expression)> expression;
};

// Sets every key of `config` on `layer`, which must be fresh; then checks the rules of the class.
Status read_config(Layer& layer, const Value::Object& config, const std::string& place,
                   const ConfigReadHooks& hooks = {});

// The keys in Keras' order: name, trainable, dtype, the fields, then what is carried for training.
Value::Object write_config(const Layer& layer, const ConfigWriteHooks& hooks = {});

// One field as a Value. Layers and lambdas give null without a hook.
Value write_field(const FieldRef& ref, const ConfigWriteHooks& hooks = {});

// Shapes are lists of ints and nulls.
Value shape_to_value(const Shape& shape);
Result<Shape> shape_from_value(const Value& value, const std::string& place);

}  // namespace revive
