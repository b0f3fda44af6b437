// Ways to break revive's subject from outside, so that a fault is a few lines.
//
// Each takes what an author got wrong as a function and gives a Subject that is right in everything else: it spoils the
// model on its way into save() or out of load(), the documents of a saved archive, its bytes, or what predict() runs.
// A Subject is a pure function of its arguments unless the fault is that it is not; such state lives in what load()
// returned or in the Subject, never outside. An Error of a change becomes the Error of save() or load().
#pragma once

#include <functional>
#include <string_view>

#include "revive/properties/subject.h"
#include "revive/serializer/hdf5/hdf5.h"

namespace revive::properties::faults {

using ChangeModel = std::function<Status(Sequential& model, const Environment& environment)>;
// A copy of the model is changed, then saved.
Subject saves_model(ChangeModel change);
// What load() gives is changed.
Subject loads_model(ChangeModel change);
// What load() describes is right, and predict() runs something else.
Subject runs_model(ChangeModel change);

// For what is wrong layer by layer, those of nested stacks included. The model is then built anew.
ChangeModel each_layer(std::function<void(Layer& layer)> change);
// For what is wrong with single variables or with every number in them.
ChangeModel each_variable(std::function<void(const Layer& layer, const VariableSpec& variable, Tensor& tensor)> change);
ChangeModel each_weight(std::function<float(float weight)> change);

// The member behind a field, or nullptr when the layer has no such field or it is of another type.
template <typename T>
T* member(Layer& layer, std::string_view key) {
  const std::optional<FieldRef> ref = layer.field(key);
  T* const* const found = ref ? std::get_if<T*>(&*ref) : nullptr;
  return found == nullptr ? nullptr : *found;
}
// The field as it is in a new layer.
void set_default(Layer& layer, std::string_view key);
void set_enum(Layer& layer, std::string_view key, std::string_view spelling);
// The variable of this name, or nullptr.
Tensor* variable(Layer& layer, std::string_view name);

// The saved config.json is changed. What revive keeps about the text of lambdas is then left out of metadata.json,
// because it could contradict the config.
Subject writes_config(std::function<void(Value& document)> change);
// The config of every layer of this class; of all when it is "".
Subject writes_layer_config(std::string_view class_name, std::function<void(Value::Object& config)> change);
// Every int, real, bool and null in config.json.
Subject writes_scalars(std::function<Value(const Value& scalar)> change);
Subject writes_reals(std::function<Value(double real)> change);
// A key of a class that is never written.
Subject forgets(std::string_view class_name, std::string_view key);
// The saved model.weights.h5 is changed.
Subject writes_weights(std::function<void(hdf5::Group& file)> change);

// What is read back of a number that was printed with so many significant digits.
double with_digits(double number, int digits);

}  // namespace revive::properties::faults
