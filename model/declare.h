// declare<T>("Name"): turns a plain struct into a LayerClass.
//
//   struct Dense {
//     std::int64_t units = 1;
//     bool use_bias = true;
//     Result<Built> build(const Shape& input) const;
//     Result<Tensor> call(const Tensor& x, const CallContext& context) const;
//   };
//   LayerClass dense_class() {
//     return declare<Dense>("Dense", Family::dense)
//         .field("units", &Dense::units, {.legal = {.minimum = 1}, .required = true})
//         .field("use_bias", &Dense::use_bias)
//         .expects("an input of rank 2 or more whose last axis is known", ...)
//         .draw([](LayerDraw& draw, Dense& dense) {
//           dense.units = draw.integer(1, 8);
//           dense.use_bias = !draw.flag();
//         })
//         .layer();
//   }
//
// T must be default constructible, copyable and have `build`; its default values are the fields' defaults. It
// has either call(const Tensor&, const CallContext&) or, where masks matter, call_masked(const MaskedTensor&,
// const CallContext&). A T whose building needs the dtype, or changes what it holds, has build(const Shape&, const
// BuildContext&), says the output's dtype, and has output_shape(const Shape&) beside it.
//
// What a layer owns is a child slot: `.child("layer", &TimeDistributed::layer)` for a std::optional<Layer>, or for a
// std::vector<Layer>. Its build() builds the child and its call() calls it; everything else follows from the slot. A
// flattened child is there in a new config, is the only slot, and the owner has no variables of its own.
//
// A T that is a cell is declared with `.cell()` and has states() and step(), and may have project(); see CellRule.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include "revive/model/layer_class.h"
#include "revive/model/layer_draw.h"

namespace revive {

struct FieldOptions {
  Legal legal = {};
  bool required = false;
  std::string_view since = {};
  std::vector<LegacyKey> legacy_keys = {};
};

struct ChildOptions {
  ChildForm form = ChildForm::entry;
  // For a std::optional<Layer> that may be missing.
  bool may_be_null = false;
  bool takes_cells = false;
  std::string_view weights_key = {};
};

template <typename T>
class Declaration {
 public:
  Declaration(std::string name, Family family) {
    class_.name = std::move(name);
    class_.family = family;
    class_.accepts = [](const Shape&) { return true; };
    if constexpr (requires { T::kChoosesDtype; }) class_.chooses_dtype = T::kChoosesDtype;
    class_.create = [] { return std::make_shared<T>(); };
    class_.clone = [](const void* config) { return std::make_shared<T>(self(config)); };
    class_.build = [](void* config, const Shape& input, const BuildContext& context) -> Result<Built> {
      if constexpr (requires(T& t) { t.build(input, context); }) {
        return static_cast<T*>(config)->build(input, context);
      } else {
        return self(config).build(input);
      }
    };
    class_.output_shape = [](const void* config, const Shape& input) -> Result<Shape> {
      if constexpr (requires(const T& t) { t.output_shape(input); }) {
        return self(config).output_shape(input);
      } else {
        REVIVE_ASSIGN_OR_RETURN(auto built, self(config).build(input));
        return std::move(built.output);
      }
    };
    class_.call = [](const void* config, const MaskedTensor& input,
                     const CallContext& context) -> Result<MaskedTensor> {
      if constexpr (requires(const T& t) { t.call_masked(input, context); }) {
        return self(config).call_masked(input, context);
      } else if constexpr (requires(const T& t) { t.states(); }) {
        return fail(ErrorCode::layer_input, "", "a cell takes its steps inside of a recurrent layer");
      } else {
        REVIVE_ASSIGN_OR_RETURN(auto output, self(config).call(input.value, context));
        return MaskedTensor{std::move(output), std::nullopt};
      }
    };
  }

  template <typename Member>
  Declaration& field(std::string name, Member T::* member, FieldOptions options = {}) {
    Field field;
    field.name = std::move(name);
    field.ref = [member](void* config) { return reference(static_cast<T*>(config)->*member); };
    if constexpr (std::is_same_v<Member, LambdaFunction>) class_.holds_lambda = true;
    field.legal = options.legal;
    field.required = options.required;
    field.since = options.since;
    field.legacy_keys = std::move(options.legacy_keys);
    class_.fields.push_back(std::move(field));
    return *this;
  }

  Declaration& child(std::string key, std::optional<Layer> T::* member, ChildOptions options = {}) {
    return slot(std::move(key), options, false, [member](void* config) -> ChildRef { return &(own(config)->*member); });
  }
  Declaration& child(std::string key, std::vector<Layer> T::* member, ChildOptions options = {}) {
    return slot(std::move(key), options, true, [member](void* config) -> ChildRef { return &(own(config)->*member); });
  }
  // The same, for layers that feed each other behind an InputLayer.
  Declaration& stack(std::string key, std::vector<Layer> T::* member) {
    class_.is_stack = true;
    return child(std::move(key), member);
  }

  Declaration& draw(std::function<void(LayerDraw&, T&)> draw) {
    class_.draw = [draw = std::move(draw)](LayerDraw& choices, void* config) { draw(choices, *own(config)); };
    return *this;
  }

  Declaration& cell() {
    CellRule rule;
    rule.states = [](const void* config) { return self(config).states(); };
    rule.step = [](const void* config, Tensor x, std::vector<Tensor>& states, const CallContext& context) {
      return self(config).step(std::move(x), states, context);
    };
    if constexpr (requires(const T& t, const Tensor& x, const CallContext& context) { t.project(x, context); }) {
      rule.project = [](const void* config, const Tensor& x, const CallContext& context) {
        return self(config).project(x, context);
      };
      rule.projected = [](const void* config) { return self(config).projected(); };
    }
    class_.cell = std::move(rule);
    return *this;
  }

  Declaration& repeats_kernel() {
    class_.repeats_kernel = true;
    return *this;
  }
  Declaration& training_only(std::vector<std::string_view> keys) {
    class_.training_only.insert(class_.training_only.end(), keys.begin(), keys.end());
    return *this;
  }
  Declaration& fixed(std::string_view key, Value value, bool written = false) {
    class_.fixed.push_back({key, std::move(value), written});
    return *this;
  }
  Declaration& without_policy() {
    class_.has_policy = false;
    class_.autocasts = false;
    return *this;
  }
  // Keras' constructor takes no `trainable`.
  Declaration& without_trainable() {
    class_.has_trainable = false;
    return *this;
  }
  Declaration& rule(std::string sentence, std::function<bool(const T&)> holds) {
    class_.rules.push_back(
        {std::move(sentence), [holds = std::move(holds)](const void* config) { return holds(self(config)); }});
    return *this;
  }
  Declaration& expects(std::string sentence, std::function<bool(const Shape&)> accepts) {
    class_.expects = std::move(sentence);
    class_.accepts = std::move(accepts);
    return *this;
  }
  Declaration& passes_mask() {
    class_.mask_rule = MaskRule::passes;
    return *this;
  }
  Declaration& refuses_mask() {
    class_.mask_rule = MaskRule::refuses;
    return *this;
  }
  Declaration& reads_mask() {
    class_.reads_mask = true;
    return *this;
  }
  // For a layer whose own call decides: whether a mask may come out, given one or none.
  Declaration& gives_mask(std::function<bool(const T&, bool masked)> gives) {
    class_.gives_mask = [gives = std::move(gives)](const void* config, bool masked) {
      return gives(self(config), masked);
    };
    return *this;
  }
  Declaration& input() {
    class_.is_input = true;
    return *this;
  }
  Declaration& keeps_dtype() {
    class_.keeps_dtype = true;
    return *this;
  }
  Declaration& chooses_dtype() {
    class_.chooses_dtype = true;
    return *this;
  }
  // Neither input nor variables are cast before the layer gets them.
  Declaration& without_autocast() {
    class_.autocasts = false;
    class_.autocasts_variables = false;
    return *this;
  }
  Declaration& without_autocast_of_variables() {
    class_.autocasts_variables = false;
    return *this;
  }
  Declaration& reads_ids(std::string_view count_field) {
    class_.ids_field = count_field;
    return *this;
  }
  Declaration& alias(std::string_view name) {
    class_.aliases.push_back(name);
    return *this;
  }
  Declaration& module(std::string module) {
    class_.module = std::move(module);
    return *this;
  }
  Declaration& weights_class(std::string name) {
    class_.weights_class = std::move(name);
    return *this;
  }

  LayerClass layer() { return std::move(class_); }

 private:
  static const T& self(const void* config) { return *static_cast<const T*>(config); }
  static T* own(void* config) { return static_cast<T*>(config); }

  Declaration& slot(std::string key, const ChildOptions& options, bool is_list, std::function<ChildRef(void*)> ref) {
    ChildSlot slot;
    slot.key = std::move(key);
    slot.weights_key = options.weights_key;
    slot.form = options.form;
    slot.is_list = is_list;
    slot.may_be_null = options.may_be_null;
    slot.takes_cells = options.takes_cells;
    slot.ref = std::move(ref);
    class_.slots.push_back(std::move(slot));
    return *this;
  }

  template <typename Member>
  static FieldRef reference(Member& member) {
    if constexpr (std::is_enum_v<Member> && !std::is_same_v<Member, DType>) {
      static_assert(sizeof(Member) == 1);
      return EnumRef{reinterpret_cast<std::uint8_t*>(&member), &enum_names<Member>()};
    } else {
      return &member;
    }
  }

  LayerClass class_;
};

template <typename T>
Declaration<T> declare(std::string name, Family family) {
  return Declaration<T>(std::move(name), family);
}

}  // namespace revive
