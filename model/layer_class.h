// What a layer class is: its names, its fields, its rules, and what it does to shapes and tensors.
//
// A LayerClass is made by declare<T>() (model/declare.h) from a plain struct T and lives as long as the
// program. Config structs are handled through void pointers here so that the code that walks layers is not a
// template; declare<T>() is the only place that knows the type.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revive/model/base/error.h"
#include "revive/model/base/limits.h"
#include "revive/model/field.h"
#include "revive/model/tensor/shape.h"
#include "revive/model/tensor/tensor.h"

namespace revive {

// One variable of a layer, in stored order. Source of the orders: what stock Keras writes under `vars`.
struct VariableSpec {
  std::string name;
  Dims dims;
  // Values below zero make no sense (a variance).
  bool non_negative = false;
};

// What building a layer for an input shape tells: where it leads, what it holds, what one sample costs.
struct Built {
  Shape output;
  std::vector<VariableSpec> variables = {};
  // Or steps of like cost, per sample, unknown axes counted as one. Layer counts one an element of the output at least.
  std::int64_t multiply_adds = 0;
  DType dtype = DType::float32;
};

// What a layer that needs more than the shape is built with.
struct BuildContext {
  DType dtype;
  const Limits& limits;
};

// A tensor on its way through a stack. The mask, where there is one, is bool (batch, steps); false steps are
// padding.
struct MaskedTensor {
  Tensor value;
  std::optional<Tensor> mask = {};
};

// What a model brings to every call of its layers.
struct CallOptions {
  // Up to Keras 3.15 a recurrent layer handed its mask on to the next layer; from 3.16 it does not.
  bool recurrent_passes_mask = true;
};

struct CallContext {
  std::span<const Tensor> weights;
  // The dims that build() gives for the dims of this input.
  const Dims& output;
  const CallOptions& options;
  const Limits& limits;
};

// Config keys that revive accepts in one value only, because another value would change what the layer
// computes in a way that is not supported.
struct FixedKey {
  std::string_view key;
  Value value;
  // Written because some reader wants the key; the others are left out, for readers that do not know them.
  bool written = false;
};

// Fields that are each legal but not together.
struct Rule {
  std::string sentence;
  std::function<bool(const void*)> holds;
};

enum class MaskRule : std::uint8_t { drops, passes };

struct LayerClass {
  // Out of line, as with Field, so that each layer's source is compiled without them.
  LayerClass();
  LayerClass(const LayerClass&) = delete;
  LayerClass& operator=(const LayerClass&) = delete;
  LayerClass(LayerClass&&) noexcept;
  LayerClass& operator=(LayerClass&&) noexcept;
  ~LayerClass();

  // Keras' class name; "package>Name" for a class registered by a user.
  std::string name;
  std::string module = "keras.layers";
  // The class under which Keras counts the layer's weights group, where it is not `name`.
  std::string weights_class;
  // Where below the layer its variables live: "" or "cell".
  std::string variables_group;

  // In the order Keras writes the keys.
  std::vector<Field> fields;
  // Indices into `fields`: the order in which a generator draws them.
  std::vector<std::size_t> draw_order;
  std::vector<Rule> rules;
  // Keys that matter for training alone: carried verbatim, dropped by a save without training state.
  std::vector<std::string_view> training_only;
  std::vector<FixedKey> fixed;
  // For a layer whose input is ids: the int field that says how many there are.
  std::string_view ids_field;
  // Whether the config has `trainable` and a dtype policy besides `name` (an InputLayer has neither).
  bool has_policy = true;

  // The sentence that completes "expects ..." when `accepts` says no.
  std::string expects = "any input";
  std::function<bool(const Shape&)> accepts;
  MaskRule mask_rule = MaskRule::drops;
  // Takes any dtype as it comes; the others get float32, to which an int or bool input is cast.
  bool keeps_dtype = false;
  // Takes any dtype and says itself which one it gives.
  bool chooses_dtype = false;

  std::function<std::shared_ptr<void>()> create;
  std::function<std::shared_ptr<void>(const void*)> clone;
  // May change the config: a nested Sequential builds the layers in it.
  std::function<Result<Built>(void*, const Shape&, const BuildContext&)> build;
  // The same rule on a layer that was built before, for a concrete input.
  std::function<Result<Shape>(const void*, const Shape&)> output_shape;
  std::function<Result<MaskedTensor>(const void*, const MaskedTensor&, const CallContext&)> call;

  std::string_view group_class() const { return weights_class.empty() ? name : weights_class; }
  const Field* field(std::string_view key) const;
};

}  // namespace revive
