#include "revive/fuzz/mutators/field_value.h"

#include <cmath>

#include "revive/fuzz/mutators/mutate_json.h"
#include "revive/fuzz/mutators/pick.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/layer_draw.h"

namespace revive::fuzz {
namespace {

// Draws at the ends of every range more often than between them. What is no plain value stays as it was.
class EdgeDraw final : public LayerDraw {
 public:
  EdgeDraw(const DrawContext& context, Random& random) : LayerDraw(context), random_(random) {}

  std::int64_t integer(std::int64_t low, std::int64_t high) override {
    switch (random_.below(3)) {
      case 0: return low;
      case 1: return high;
      default: return low + static_cast<std::int64_t>(random_.up_to(static_cast<std::uint64_t>(high - low)));
    }
  }
  std::size_t alternative(std::size_t count) override { return index_below(random_, count); }
  bool flag() override { return chance(random_, 1, 2); }
  LambdaFunction lambda() override { return {}; }
  std::vector<Layer> stack() override { return {}; }
  std::optional<Layer> child(const DrawContext&, const Fits&) override { return std::nullopt; }

 private:
  Random& random_;
};

}  // namespace

Layer drawn_for_any_input(const LayerClass& layer_class, Random& random) {
  constexpr int kTries = 16;
  // Of volumes that follow each other.
  constexpr std::uint64_t kMostAxes = 6;
  Layer layer(layer_class);
  for (int i = 0; i < kTries && layer_class.draw; ++i) {
    DrawContext context;
    for (std::uint64_t rank = 1 + random.below(kMostAxes); rank > 0; --rank) {
      context.probe.push_back(static_cast<std::int64_t>(1 + random.below(8)));
      context.shape.push_back(chance(random, 1, 4) ? kUnknown : context.probe.back());
    }
    if (!layer_class.accepts(context.shape)) continue;
    EdgeDraw draw(context, random);
    layer_class.draw(draw, layer.config());
    break;
  }
  return layer;
}

void step_aside(Value& value, Random& random) {
  if (value.is_array() && !value.as_array().empty()) {
    step_aside(value.as_array()[index_below(random, value.as_array().size())], random);
  } else if (value.is_int()) {
    std::int64_t moved = 0;
    const std::int64_t step = chance(random, 1, 2) ? 1 : -1;
    if (!__builtin_add_overflow(value.as_int(), step, &moved)) value = moved;
  }
}

namespace {

Value near_bound(double bound, Random& random) {
  if (!std::isfinite(bound)) return odd_value(random);
  return static_cast<std::int64_t>(bound) + static_cast<std::int64_t>(random.below(3)) - 1;
}

// A value for a field of this type, legal or next to it.
struct FieldValue {
  const Field& field;
  Random& random;

  Value number() const {
    if (chance(random, 1, 4)) return near_bound(field.legal.minimum, random);
    if (chance(random, 1, 8)) return near_bound(field.legal.maximum, random);
    return static_cast<std::int64_t>(1 + random.below(8));
  }
  Value operator()(const bool* value) const { return !*value; }
  Value operator()(const std::int64_t*) const { return number(); }
  Value operator()(const Number*) const { return chance(random, 1, 2) ? Value(2 * random.uniform() - 0.5) : number(); }
  Value operator()(const EnumRef& value) const {
    if (chance(random, 1, 8)) return odd_value(random);
    return pick(random, value.names->names);
  }
  Value operator()(const IntList*) const {
    Value::Array items(field.legal.items.value_or(1 + index_below(random, 3)));
    for (Value& item : items) item = number();
    if (chance(random, 1, 8)) items.push_back(number());
    return items;
  }
  Value operator()(const IntPairs*) const {
    if (chance(random, 1, 8)) return number();
    Value::Array pairs(field.legal.items.value_or(1));
    for (Value& pair : pairs) pair = chance(random, 1, 8) ? number() : Value(Value::Array{number(), number()});
    return pairs;
  }
  Value operator()(const Numbers*) const {
    const Number one;
    if (chance(random, 1, 2)) return (*this)(&one);
    Value::Array items(field.legal.items.value_or(1 + index_below(random, 3)));
    for (Value& item : items) item = (*this)(&one);
    return items;
  }
  template <typename T>
  Value operator()(const std::optional<T>* value) const {
    if (chance(random, 1, 3)) return nullptr;
    const T inner = value->value_or(T{});
    return (*this)(&inner);
  }
  Value operator()(const Shape*) const {
    Value::Array axes{Value()};
    for (std::uint64_t rank = 1 + random.below(3); rank > 0; --rank) {
      axes.push_back(chance(random, 1, 4) ? Value() : number());
    }
    return axes;
  }
  Value operator()(const DType*) const {
    return name_of(static_cast<DType>(random.up_to(static_cast<std::uint64_t>(DType::boolean))));
  }
  // One character of the text is another one of it, or is gone.
  Value operator()(const std::string* value) const {
    if (value->empty() || chance(random, 1, 8)) return odd_value(random);
    std::string text = *value;
    const std::size_t at = index_below(random, text.size());
    if (chance(random, 1, 4)) {
      text.erase(at, 1);
    } else {
      text[at] = text[index_below(random, text.size())];
    }
    return text;
  }
  // Lambdas have mutations of their own.
  Value operator()(const LambdaFunction*) const { return odd_value(random); }
};

}  // namespace

Value field_value(const Field& field, const FieldRef& ref, Random& random) {
  return std::visit(FieldValue{field, random}, ref);
}

}  // namespace revive::fuzz
