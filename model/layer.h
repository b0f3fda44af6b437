// A layer: a class, a name, a config and, once built, its variables.
//
// Layer is a value: copying one copies its config; tensors are shared until written. Make one with
// make_layer("Dense", {{"units", 3}}), which takes Keras' config keys, or from a class. A layer is *built* when
// it knows its input shape, and *ready* when it also has its weights. Nothing here throws; a wrong config or
// shape is an Error whose place is the key. A name is free text that Keras, JSON and HDF5 can all hold; see
// check_name().
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "revive/model/layer_class.h"
#include "revive/model/tensor/dtype_policy.h"

namespace revive {

class Layer {
 public:
  // A layer of `layer_class` with every field at its default and no name.
  explicit Layer(const LayerClass& layer_class);
  Layer(const Layer& other);
  Layer& operator=(const Layer& other);
  Layer(Layer&&) noexcept;
  Layer& operator=(Layer&&) noexcept;
  ~Layer();

  const LayerClass& layer_class() const { return *class_; }
  const std::string& name() const { return name_; }
  void set_name(std::string name) { name_ = std::move(name); }
  bool trainable() const { return trainable_; }
  void set_trainable(bool trainable) { trainable_ = trainable; }
  // What the layer computes in and holds its variables in. A new one drops what build() told, and weights that are of
  // another dtype at the next.
  const DTypePolicy& policy() const { return policy_; }
  void set_policy(DTypePolicy policy);
  // Initializers, regularizers and the like, in the order they were read.
  const Value::Object& training_only() const { return training_only_; }
  Value::Object& training_only() { return training_only_; }

  // The config struct behind `field`, which must be one of layer_class().fields.
  FieldRef ref(const Field& field) { return field.ref(config_.get()); }
  // For reading. FieldRef has one form, so the caller promises not to write.
  FieldRef ref(const Field& field) const { return field.ref(config_.get()); }
  const void* config() const { return config_.get(); }
  void* config() { return config_.get(); }

  // The field of this key, which may be one of a flattened child; nothing when there is none.
  std::optional<FieldRef> field(std::string_view key);
  std::optional<FieldRef> field(std::string_view key) const;

  // The layers in `slot`, which must be one of layer_class().slots: one or none where it is no list.
  std::span<const Layer> children(const ChildSlot& slot) const;
  std::span<Layer> children(const ChildSlot& slot);
  // The same by the slot's key; empty where the class has no such slot.
  std::span<const Layer> children(std::string_view key) const;
  std::span<Layer> children(std::string_view key);
  // Puts `layers` into the slot of this key. Errors: usage, where there is none or it takes one layer.
  Status set_children(std::string_view key, std::vector<Layer> layers);
  // The layers of a stack, to be changed; nullptr for every other class.
  std::vector<Layer>* stack();
  const std::vector<Layer>* stack() const;
  // The child whose keys and variables are this layer's own, or nullptr.
  Layer* flattened();
  const Layer* flattened() const;

  // The lambda of a Lambda layer, or nullptr.
  const LambdaFunction* lambda() const;
  LambdaFunction* lambda();

  // Checks every rule of the class, and that each child is where it can be.
  Status check_rules() const;
  // Whether a mask may come out, given one or none.
  bool gives_mask(bool masked) const;
  // Learns the input shape; `dtype` is what the layer is fed. Drops weights that no longer fit.
  Status build(const Shape& input, DType dtype, const Limits& limits);
  bool built() const { return built_; }
  const Shape& input_shape() const { return input_; }
  // As the layer itself gets it, which a float is cast for.
  DType input_dtype() const { return input_dtype_; }
  const Shape& output_shape() const { return built_info_.output; }
  DType output_dtype() const { return built_info_.dtype; }
  // Own variables and those of a flattened child, not those of other children.
  const std::vector<VariableSpec>& variables() const;
  // What a call costs and the largest value it holds, per sample, for the shape it was built for; unknown axes count as
  // one.
  std::int64_t multiply_adds() const { return built_info_.multiply_adds; }
  std::int64_t activation_elements() const { return built_info_.activation_elements; }
  // Of all variables, those of children included.
  std::int64_t weight_elements() const { return weight_elements_; }

  // One for each of variables(); empty until set.
  std::span<const Tensor> weights() const;
  std::span<Tensor> weights();
  // Own variables as a call gets them: rounded to the policy's compute dtype, held in its carrier.
  std::vector<Tensor> weights_to_compute() const;
  // REQUIRES: built(). One tensor per variable, of its dims and dtype.
  Status set_weights(std::vector<Tensor> weights);
  // Built, and it and all children have their weights.
  bool ready() const;

  // REQUIRES: ready(). `limits` bounds the elements of the output. Refuses an input of other dims than it was built
  // for (input_shape).
  Result<MaskedTensor> call(const MaskedTensor& input, const CallOptions& options, const Limits& limits) const;

 private:
  Status check_children() const;

  const LayerClass* class_;
  std::string name_;
  bool trainable_ = true;
  bool built_ = false;
  DTypePolicy policy_;
  std::shared_ptr<void> config_;
  Value::Object training_only_;
  Shape input_;
  DType input_dtype_ = DType::float32;
  Built built_info_;
  std::int64_t weight_elements_ = 0;
  std::vector<Tensor> weights_;
};

// What is in a slot of a layer to be made.
struct Children {
  std::string_view key;
  std::vector<Layer> layers;
};

// A registered class with the given config keys; others keep their defaults. `name` and `trainable` are keys
// like any other; layers inside of it are given by slot. Errors: config_unknown_class, usage (no such slot), and those
// of read_config (model/config.h).
Result<Layer> make_layer(std::string_view class_name, const Value::Object& config, std::vector<Children> children = {});

// Whether an archive can hold the layer's name: UTF-8 without '/', which Keras refuses, and NUL, which ends HDF5's
// strings, of at most Limits::layer_name_bytes. Empty is fine: such a layer gets a name when it enters a stack. Errors:
// config_value, limit_exceeded, without a place.
Status check_name(const Layer& layer, const Limits& limits);

// "Dense 'dense_1'", for messages.
std::string describe(const Layer& layer);

// Calls visit(holder, field) for every field that stands in the layer's config, in Keras' order. The holder is the
// layer itself or its flattened child; holder.ref(field) is the member.
template <typename LayerType, typename Visit>
void visit_fields(LayerType& layer, Visit&& visit) {
  for (const Field& field : layer.layer_class().fields) visit(layer, field);
  if (auto* const inner = layer.flattened()) visit_fields(*inner, visit);
}

// Calls visit(step, slot, child) for every layer that `layer` owns, flattened ones excepted, in order. Its step in a
// path is "/layers/2" or "/layer".
template <typename LayerType, typename Visit>
void visit_children(LayerType& layer, Visit&& visit) {
  for (const ChildSlot& slot : layer.layer_class().slots) {
    if (slot.form == ChildForm::flattened) continue;
    std::size_t index = 0;
    for (auto& child : layer.children(slot)) {
      visit(slot.is_list ? '/' + slot.key + '/' + std::to_string(index++) : '/' + slot.key, slot, child);
    }
  }
}

// Calls visit(path, layer) for `root` ("") and every layer below it in order, with paths such as "/layers/2/layer".
template <typename LayerType, typename Visit>
void visit_layers(LayerType& root, Visit&& visit, const std::string& path = "") {
  visit(path, root);
  visit_children(root, [&](const std::string& step, const ChildSlot&, LayerType& child) {
    visit_layers(child, visit, path + step);
  });
}

}  // namespace revive
