#include "revive/properties/generate/fields.h"

namespace revive::properties {
namespace {

struct FieldDrawer {
  const Domain& domain;
  const DrawContext& context;
  Choices& choices;
  const FieldHooks& hooks;

  std::int64_t in_range(std::size_t item) const {
    const Domain::Range& range = domain.ranges[item];
    // Not Choices::integer: the simplest value is the low end, which is what a declaration puts first.
    return range.low + static_cast<std::int64_t>(choices.draw(static_cast<std::uint64_t>(range.high - range.low)));
  }
  std::size_t index_of(std::size_t count) const { return static_cast<std::size_t>(choices.draw(count - 1)); }

  Status operator()(bool* value) const {
    // The simplest value of a bool is its default, so that shrinking leads to the layer as it comes.
    if (domain.allow_true) {
      *value = choices.flag(1, 2) != *value;
    } else {
      *value = false;
      choices.pass();
    }
    return {};
  }
  Status operator()(std::int64_t* value) const {
    if (!domain.integers.empty()) {
      *value = domain.integers[index_of(domain.integers.size())];
    } else if (!domain.ranges.empty()) {
      *value = in_range(0);
    }
    return {};
  }
  Status operator()(Number* value) const {
    if (!domain.numbers.empty()) *value = domain.numbers[index_of(domain.numbers.size())];
    return {};
  }
  Status operator()(IntList* value) const {
    if (!domain.lists.empty()) {
      *value = domain.lists[index_of(domain.lists.size())];
      return {};
    }
    if (domain.ranges.empty()) return {};
    value->clear();
    for (std::size_t i = 0; i < domain.ranges.size(); ++i) value->push_back(in_range(i));
    return {};
  }
  Status operator()(EnumRef value) const {
    if (domain.indices.empty()) {
      *value.index = static_cast<std::uint8_t>(index_of(value.names->names.size()));
    } else {
      *value.index = domain.indices[index_of(domain.indices.size())];
    }
    return {};
  }
  template <typename T>
  Status operator()(std::optional<T>* value) const {
    if (domain.nullable && !choices.flag(1, 2)) {
      value->reset();
      return {};
    }
    T inner = value->value_or(T{});
    REVIVE_RETURN_IF_ERROR((*this)(&inner));
    *value = std::move(inner);
    return {};
  }
  // A shape and a dtype belong to InputLayer, which is not drawn field by field.
  Status operator()(Shape*) const { return {}; }
  Status operator()(DType*) const { return {}; }
  Status operator()(std::vector<Layer>* value) const { return hooks.layers(*value, context); }
  Status operator()(LambdaFunction* value) const { return hooks.expression(*value, context); }
};

}  // namespace

Status draw_fields(Layer& layer, const DrawContext& context, Choices& choices, const FieldHooks& hooks) {
  const LayerClass& layer_class = layer.layer_class();
  for (const std::size_t index : layer_class.draw_order) {
    const Field& field = layer_class.fields[index];
    const Domain domain = field.draw ? field.draw(context, layer.config()) : Domain{};
    if (domain.keep) continue;
    const FieldDrawer drawer{domain, context, choices, hooks};
    if (Status status = std::visit(drawer, layer.ref(field)); !status) return status;
  }
  return layer.check_rules();
}

}  // namespace revive::properties
