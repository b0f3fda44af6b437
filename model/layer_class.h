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
#include <variant>
#include <vector>

#include "revive/model/base/error.h"
#include "revive/model/base/limits.h"
#include "revive/model/field.h"
#include "revive/model/tensor/shape.h"
#include "revive/model/tensor/tensor.h"

namespace revive {

class Layer;
class LayerDraw;

// What kind of thing a class is, by Keras' own chapters. A generator picks a family, then a class within it, so that
// one more class takes its odds from its own family alone.
enum class Family : std::uint8_t {
  core,
  lambda,
  nested,
  dense,
  convolution,
  pooling,
  recurrent,
  normalization,
  embedding,
  elementwise,
  shaping,
  identity,
  wrapper,
  preprocessing,
};
inline constexpr std::size_t kFamilies = static_cast<std::size_t>(Family::preprocessing) + 1;
std::string_view name_of(Family family);

// One variable of a layer, in stored order. Source of the orders: what stock Keras writes under `vars`.
struct VariableSpec {
  std::string name;
  Dims dims;
  // Values below zero make no sense (a variance).
  bool non_negative = false;
  // What it holds where nothing is known: numbers from a seed, zeros, or ones.
  enum class Initial : std::uint8_t { drawn, zeros, ones } initial = Initial::drawn;
  // Training changes it by gradients; a moving average, say, is not.
  bool trainable = true;
  // That of the layer's policy, once the layer is built, where it is a float.
  DType dtype = DType::float32;
};

// What building a layer for an input shape tells: where it leads, what it holds, what one sample costs.
struct Built {
  Shape output;
  std::vector<VariableSpec> variables = {};
  // Or steps of like cost, per sample, unknown axes counted as one: kScalarStep (model/kernels/shared.h) for each
  // element that plain code walks over. Layer counts one such step an element of the output at least.
  std::int64_t multiply_adds = 0;
  DType dtype = DType::float32;
  // Of the largest value that a call holds, per sample. Layer counts the output, and what its children hold.
  std::int64_t activation_elements = 0;
};

// What a layer that needs more than the shape is built with.
struct BuildContext {
  // Of the input, as the layer gets it.
  DType dtype = DType::float32;
  const Limits& limits;
  // What the layer computes in.
  DType compute = DType::float32;
  // What it holds its variables in.
  DType variables = DType::float32;
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
  // In float32 or float64, whichever carries what the layer computes in (carrier_of() in model/tensor/element_type.h).
  std::span<const Tensor> weights;
  // The dims that build() gives for the dims of this input.
  const Dims& output;
  const CallOptions& options;
  const Limits& limits;
  // What the layer computes in. An input comes in its carrier, unless the class keeps or chooses dtypes; a layer rounds
  // to it where Keras' layer does so on the way, and the result is rounded to it in any case.
  DType dtype = DType::float32;
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

enum class MaskRule : std::uint8_t {
  // None comes out but those that the layer's own call makes.
  drops,
  // The mask of the input goes on beside the output.
  passes,
  // An input with a mask is an error (layer_input), as in Keras.
  refuses,
};

// How a child stands in its owner's config.
enum class ChildForm : std::uint8_t {
  // As an object of its own, with module, class name and config.
  entry,
  // Its keys are the owner's keys and its variables the owner's variables: a user sees one layer.
  flattened,
  // Not at all: the owner makes it when it is built.
  derived,
};

// What stands behind a slot: one layer, which a new config may be without, or a list.
using ChildRef = std::variant<std::optional<Layer>*, std::vector<Layer>*>;

// A place where a layer owns other layers, declared once. Config, weights paths, comparison, printers, mutators and
// whatever else walks a model find children by the slots of a class and in no other way.
struct ChildSlot {
  // The config key; also the step in a path ("/layers/2", "/layer").
  std::string key;
  // The group of the weights file, where it is not `key`.
  std::string weights_key;
  ChildForm form = ChildForm::entry;
  bool is_list = false;
  // One layer that may be missing: its key is null.
  bool may_be_null = false;
  // Takes cells alone; the other slots take no cells.
  bool takes_cells = false;
  // REQUIRES: the pointer is to a config struct of the class the slot belongs to.
  std::function<ChildRef(void*)> ref;

  std::string_view group() const { return weights_key.empty() ? key : weights_key; }
};

// What makes a class a cell: the rule of one step, which a recurrent layer walks along the steps of its input. A cell
// is built for (batch, features), is never drawn for a stack, and is refused in one.
struct CellRule {
  // The dims of each state behind the batch axis. States start as zeros.
  std::function<std::vector<Dims>(const void* config)> states;
  // What of the work depends on the input alone, for all steps at once: from (batch, steps, features) to
  // (batch, steps, ...) of `projected` elements a step, which step() is given. Empty: it is given those of the input.
  std::function<Result<Tensor>(const void* config, const Tensor& x, const CallContext& context)> project;
  std::function<std::int64_t(const void* config)> projected;
  // The output (batch, ...) of one step; `states` are those before it and become those after it.
  std::function<Result<Tensor>(const void* config, Tensor x, std::vector<Tensor>& states, const CallContext& context)>
      step;
};

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
  // What else Keras calls it. An archive that says so is read; what is written has the name.
  std::vector<std::string_view> aliases;
  std::string module = "keras.layers";
  Family family = Family::core;
  // The class under which Keras counts the layer's weights group, where it is not `name`.
  std::string weights_class;

  // In the order Keras writes the keys.
  std::vector<Field> fields;
  // What a layer of the class owns, in the order Keras writes them, behind the fields.
  std::vector<ChildSlot> slots;
  std::vector<Rule> rules;
  // Keys that matter for training alone: carried verbatim, dropped by a save without training state.
  std::vector<std::string_view> training_only;
  std::vector<FixedKey> fixed;
  // For a layer whose input is ids: the int field that says how many there are.
  std::string_view ids_field;
  // Whether the config has `trainable` and a dtype policy besides `name` (an InputLayer has neither).
  bool has_policy = true;
  // Of those, whether it has `trainable`.
  bool has_trainable = true;

  // The sentence that completes "expects ..." when `accepts` says no.
  std::string expects = "any input";
  std::function<bool(const Shape&)> accepts;
  MaskRule mask_rule = MaskRule::drops;
  // Looks at the mask of its input.
  bool reads_mask = false;
  // Its one list of children is a stack: each feeds the next, and an InputLayer comes first.
  bool is_stack = false;
  // By generators. Not a class that another one stands for: a Functional within a stack is its Sequential again.
  bool is_drawn = true;
  // Its group in the weights file begins with the first variable of the layer in its only slot, which stands in that
  // layer's group as well. What Keras reads is the other one.
  bool repeats_kernel = false;
  // One of its fields is a lambda.
  bool holds_lambda = false;
  // Says what a model is fed, in front of all other layers.
  bool is_input = false;
  // Gives the dtype it is fed; the others are fed what they compute in, to which an int or bool input is cast.
  bool keeps_dtype = false;
  // Takes any dtype and says itself which one it gives.
  bool chooses_dtype = false;
  // A float input is cast to what the layer computes in, whether or not it keeps or chooses dtypes. Source: Keras'
  // autocast.
  bool autocasts = true;
  // So are its variables.
  bool autocasts_variables = true;

  std::function<std::shared_ptr<void>()> create;
  std::function<std::shared_ptr<void>(const void*)> clone;
  // May change the config: a nested Sequential builds the layers in it.
  std::function<Result<Built>(void*, const Shape&, const BuildContext&)> build;
  // The same rule on a layer that was built before, for a concrete input.
  std::function<Result<Shape>(const void*, const Shape&)> output_shape;
  std::function<Result<MaskedTensor>(const void*, const MaskedTensor&, const CallContext&)> call;
  // Whether a mask may come out of a layer that is given one, or none. Empty: by the mask rule.
  std::function<bool(const void*, bool masked)> gives_mask;
  // Draws a legal config for an input shape. Empty: the defaults are all there is.
  std::function<void(LayerDraw&, void*)> draw;
  // Of a cell alone.
  std::optional<CellRule> cell;

  bool is_cell() const { return cell.has_value(); }
  // One of its children is a cell, which it walks along the steps.
  bool runs_a_cell() const;
  // Owns other layers that stand in its config as such.
  bool is_container() const;
  // Whether it can stand in a stack behind the InputLayer.
  bool stands_in_stacks() const { return !is_input && !is_cell(); }

  // The name without the package: the class as Keras calls it in Python, in default names and in the weights file.
  std::string_view simple_name() const { return std::string_view(name).substr(name.find('>') + 1); }
  std::string_view group_class() const { return weights_class.empty() ? simple_name() : weights_class; }
  // Of the class itself; those of a flattened child are found by Layer::field().
  const Field* field(std::string_view key) const;
};

}  // namespace revive
