// A layer's config: the object under "config" in Keras' words, to and from a Layer.
//
// Walks the declared fields and child slots, so that every class is read, checked and written by this one piece of
// code. The keys of a flattened child are keys of its owner. The object that wraps a config (module, class_name,
// registered_name) is the serializer's business, and so are lambdas and other children: their reader and writer come in
// as hooks.
// Errors: config_missing_key, config_unknown_key, config_type, config_value, config_rule, config_unsupported;
// the place is `place` followed by "/key".
#pragma once

#include <functional>
#include <string>

#include "revive/model/base/value.h"
#include "revive/model/layer.h"

namespace revive {

struct ConfigReadHooks {
  // Fills a slot from the value of its key. `layers` is empty and ends with at most one where the slot is no list.
  std::function<Status(const ChildSlot& slot, std::vector<Layer>& layers, const Value& value, const std::string& place)>
      children = {};
  std::function<Status(LambdaFunction& expression, const Value& value, const std::string& place)> expression = {};
  // A key the class does not declare; nothing when the hook does not know it either.
  std::function<std::optional<Status>(const std::string& key, const Value& value, const std::string& place)> extra = {};
};

struct ConfigWriteHooks {
  // Without it the keys of children are left out.
  std::function<Value(const Layer& child)> child = {};
  std::function<Value(const LambdaFunction& expression)> expression = {};
};

// Sets every key of `config` on `layer`, which must be fresh; then checks the rules of the class.
Status read_config(Layer& layer, const Value::Object& config, const std::string& place,
                   const ConfigReadHooks& hooks = {});

// The keys in Keras' order: name, trainable, dtype, the fields, the children, then what is carried for training.
Value::Object write_config(const Layer& layer, const ConfigWriteHooks& hooks = {});

// One field as a Value. A lambda gives null without a hook.
Value write_field(const FieldRef& ref, const ConfigWriteHooks& hooks = {});

// Whether a field with this value is not written: it has its default, and readers older than the key refuse it.
bool is_left_out(const Layer& holder, const Field& field, const Value& value);

// Shapes are lists of ints and nulls.
Value shape_to_value(const Shape& shape);
Result<Shape> shape_from_value(const Value& value, const std::string& place);

}  // namespace revive
