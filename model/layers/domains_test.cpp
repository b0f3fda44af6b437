// What the classes offer to generators is valid: whatever is drawn holds the rules, builds, runs and is read back.
#include <map>

#include "revive/model/config.h"
#include "revive/model/layers/testing.h"
#include "revive/model/registry.h"

namespace revive::testing {
namespace {

// Draws one value of a domain into a field. Layers, lambdas, shapes and dtypes are not drawn from domains.
struct Draw {
  const Domain& domain;
  // Where there is none, the first of every alternative, the simplest, is drawn.
  Random* random;

  std::size_t below(std::size_t bound) const { return random != nullptr ? random->below(bound) : 0; }
  template <typename T>
  const T& one_of(const std::vector<T>& values) const {
    return values[below(values.size())];
  }
  std::int64_t in(Domain::Range range) const {
    return range.low + static_cast<std::int64_t>(below(static_cast<std::size_t>(range.high - range.low + 1)));
  }

  void operator()(bool* target) const { *target = domain.allow_true && below(2) == 1; }
  void operator()(EnumRef target) const {
    *target.index =
        domain.indices.empty() ? static_cast<std::uint8_t>(below(target.names->names.size())) : one_of(domain.indices);
  }
  void operator()(std::int64_t* target) const {
    if (!domain.integers.empty()) {
      *target = one_of(domain.integers);
    } else if (!domain.ranges.empty()) {
      *target = in(domain.ranges[0]);
    }
  }
  void operator()(Number* target) const {
    if (!domain.numbers.empty()) *target = one_of(domain.numbers);
  }
  void operator()(IntList* target) const {
    if (!domain.lists.empty()) {
      *target = one_of(domain.lists);
    } else if (!domain.ranges.empty()) {
      target->clear();
      for (const Domain::Range range : domain.ranges) target->push_back(in(range));
    }
  }
  template <typename T>
  void operator()(std::optional<T>* target) const {
    target->reset();
    if (domain.nullable && below(2) == 0) return;
    T value{};
    (*this)(&value);
    *target = std::move(value);
  }
  void operator()(Shape*) const {}
  void operator()(DType*) const {}
  void operator()(std::vector<Layer>*) const {}
  void operator()(LambdaFunction*) const {}
};

// Classes whose config is more than what domains describe have generators, and tests, of their own.
bool is_drawn_field_by_field(const LayerClass& layer_class) {
  const Layer layer(layer_class);
  return std::ranges::none_of(layer_class.fields, [&](const Field& field) {
    const FieldRef ref = layer.ref(field);
    return std::holds_alternative<Shape*>(ref) || std::holds_alternative<std::vector<Layer>*>(ref) ||
           std::holds_alternative<LambdaFunction*>(ref);
  });
}

Layer draw_layer(const LayerClass& layer_class, const DrawContext& context, Random* random) {
  Layer layer(layer_class);
  layer.set_name("drawn");
  for (const std::size_t index : layer_class.draw_order) {
    const Field& field = layer_class.fields[index];
    const Domain domain = field.draw ? field.draw(context, layer.config()) : Domain{};
    if (!domain.keep) std::visit(Draw{domain, random}, layer.ref(field));
  }
  return layer;
}

DrawContext random_context(Random& random) {
  DrawContext context;
  const std::size_t rank = 1 + random.below(4);
  for (std::size_t axis = 0; axis < rank; ++axis) {
    context.probe.push_back(1 + static_cast<std::int64_t>(random.below(8)));
    context.shape.push_back(axis == 0 || random.below(4) == 0 ? kUnknown : context.probe.back());
  }
  return context;
}

void expect_valid(Layer layer, const DrawContext& context, Random& random) {
  const LayerClass& layer_class = layer.layer_class();
  ASSERT_TRUE(layer.check_rules()) << layer.check_rules().error().text();
  const Status built = layer.build(context.shape, DType::float32, Limits{});
  ASSERT_TRUE(built) << built.error().text();
  ASSERT_TRUE(layer.set_weights(random_weights(layer, random)));

  const auto output_dims = layer_class.output_shape(layer.config(), Shape(context.probe));
  ASSERT_TRUE(output_dims) << output_dims.error().text();
  const Field* ids = layer_class.field("input_dim");
  const auto bound = [&] {
    const FieldRef ref = layer.ref(*ids);
    return **std::get_if<std::int64_t*>(&ref);
  };
  const Tensor x = ids != nullptr ? random_ids(context.probe, bound(), random) : random_tensor(context.probe, random);
  const auto y = layer.call({x}, {}, Limits{});
  ASSERT_TRUE(y) << y.error().text();
  EXPECT_EQ(y->value.dims(), output_dims->axes());
  EXPECT_EQ(y->value.dtype(), layer.output_dtype());
  EXPECT_TRUE(layer.output_shape().admits(y->value.dims())) << to_string(layer.output_shape());

  const Value::Object config = write_config(layer);
  const auto read = make_layer(layer_class.name, config);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(Value(write_config(*read)), Value(config));
}

TEST(Domains, GiveNothingButValidLayers) {
  constexpr int kDraws = 20'000;
  constexpr int kSeenOften = 100;
  std::map<std::string, int> drawn;
  for (const LayerClass* layer_class : layer_classes()) {
    if (is_drawn_field_by_field(*layer_class)) drawn[layer_class->name] = 0;
  }
  for (int seed = 0; seed < kDraws; ++seed) {
    Random random(static_cast<std::uint64_t>(seed));
    const DrawContext context = random_context(random);
    const LayerClass& layer_class = *layer_classes()[random.below(layer_classes().size())];
    if (!drawn.contains(layer_class.name) || !layer_class.accepts(context.shape)) continue;
    const Layer layer = draw_layer(layer_class, context, &random);
    expect_valid(layer, context, random);
    ASSERT_FALSE(HasFailure()) << "seed " << seed << ", input " << to_string(context.shape) << " run as "
                               << to_string(context.probe) << ": " << layer_class.name << ' '
                               << Value(write_config(layer)).brief();
    ++drawn[layer_class.name];
  }
  for (const auto& [name, count] : drawn) EXPECT_GE(count, kSeenOften) << name;
}

TEST(Domains, GiveValidLayersOfTheSimplestChoices) {
  const DrawContext context{{kUnknown, 4, 3}, {1, 4, 3}};
  Random random(1);
  for (const LayerClass* layer_class : layer_classes()) {
    if (!is_drawn_field_by_field(*layer_class) || !layer_class->accepts(context.shape)) continue;
    const Layer simplest = draw_layer(*layer_class, context, nullptr);
    expect_valid(simplest, context, random);
    for (const Field& field : layer_class->fields) {
      const FieldRef ref = simplest.ref(field);
      if (const auto* enumerator = std::get_if<EnumRef>(&ref)) {
        EXPECT_EQ(*enumerator->index, 0) << layer_class->name << ' ' << field.name;
      }
    }
  }
}

}  // namespace
}  // namespace revive::testing
