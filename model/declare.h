// declare<T>("Name"): turns a plain struct into a LayerClass.
//
//   struct Dense {
//     std::int64_t units = 1;
//     bool use_bias = true;
//     Result<Built> build(const Shape& input) const;
//     Result<Tensor> call(const Tensor& x, const CallContext& context) const;
//   };
//   LayerClass dense_class() {
//     return declare<Dense>("Dense")
//         .field("units", &Dense::units, {.legal = {.minimum = 1}, .required = true})
//         .field("use_bias", &Dense::use_bias)
//         .expects("an input of rank 2 or more whose last axis is known", ...)
//         .layer();
//   }
//
// T must be default constructible, copyable and have `build`; its default values are the fields' defaults. It
// has either call(const Tensor&, const CallContext&) or, where masks matter, call_masked(const MaskedTensor&,
// const CallContext&). A T whose building needs the dtype, or changes what it holds, has build(const Shape&, const
// BuildContext&), says the output's dtype, and has output_shape(const Shape&) beside it.
#pragma once

#include <algorithm>
#include <memory>
#include <type_traits>
#include <utility>

#include "revive/model/layer_class.h"

namespace revive {

template <typename T>
struct FieldOptions {
  Legal legal = {};
  bool required = false;
  std::string_view since = {};
  std::vector<LegacyKey> legacy_keys = {};
  std::function<Domain(const DrawContext&, const T&)> draw = {};
};

template <typename T>
class Declaration {
 public:
  explicit Declaration(std::string name) {
    class_.name = std::move(name);
    class_.accepts = [](const Shape&) { return true; };
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
      } else {
        REVIVE_ASSIGN_OR_RETURN(auto output, self(config).call(input.value, context));
        return MaskedTensor{std::move(output), std::nullopt};
      }
    };
  }

  template <typename Member>
  Declaration& field(std::string name, Member T::* member, FieldOptions<T> options = {}) {
    Field field;
    field.name = std::move(name);
    field.ref = [member](void* config) { return reference(static_cast<T*>(config)->*member); };
    field.legal = options.legal;
    field.required = options.required;
    field.since = options.since;
    field.legacy_keys = std::move(options.legacy_keys);
    if (options.draw) {
      field.draw = [draw = std::move(options.draw)](const DrawContext& context, const void* config) {
        return draw(context, self(config));
      };
    }
    class_.fields.push_back(std::move(field));
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
  Declaration& keeps_dtype() {
    class_.keeps_dtype = true;
    return *this;
  }
  Declaration& chooses_dtype() {
    class_.chooses_dtype = true;
    return *this;
  }
  Declaration& reads_ids(std::string_view count_field) {
    class_.ids_field = count_field;
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
  Declaration& variables_group(std::string name) {
    class_.variables_group = std::move(name);
    return *this;
  }
  // These are drawn first, in this order; the others follow in config order.
  Declaration& draw_first(std::vector<std::string_view> names) {
    draw_first_ = std::move(names);
    return *this;
  }

  LayerClass layer() {
    for (const std::string_view name : draw_first_) {
      const auto found = std::ranges::find(class_.fields, name, &Field::name);
      class_.draw_order.push_back(static_cast<std::size_t>(found - class_.fields.begin()));
    }
    for (std::size_t i = 0; i < class_.fields.size(); ++i) {
      if (std::ranges::find(class_.draw_order, i) == class_.draw_order.end()) class_.draw_order.push_back(i);
    }
    return std::move(class_);
  }

 private:
  static const T& self(const void* config) { return *static_cast<const T*>(config); }

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
  std::vector<std::string_view> draw_first_;
};

template <typename T>
Declaration<T> declare(std::string name) {
  return Declaration<T>(std::move(name));
}

}  // namespace revive
