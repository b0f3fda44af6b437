// Whatever the draw procedures of the classes draw is valid: it holds the rules, builds, runs and is read back.
#include <fmt/format.h>

#include <map>
#include <set>

#include "revive/model/config.h"
#include "revive/model/layers/testing.h"
#include "revive/model/registry.h"
#include "revive/model/testing/random_layer_draw.h"
#include "revive/model/testing/said.h"
#include "revive/model/testing/seen_values.h"

namespace revive::testing {
namespace {

Layer draw_layer(const LayerClass& layer_class, const DrawContext& context, Random* random) {
  Layer layer(layer_class);
  layer.set_name("drawn");
  RandomLayerDraw draw(context, random);
  layer_class.draw(draw, layer.config());
  return layer;
}

DrawContext random_context(Random& random) {
  DrawContext context;
  const std::size_t rank = 1 + random.below(6);
  const bool open = random.below(2) == 0;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    context.probe.push_back(1 + static_cast<std::int64_t>(random.below(8)));
    // A batch is rarely known.
    const bool other = random.below(4) == 0;
    const bool known = axis == 0 ? other : !(open && other);
    context.shape.push_back(known ? context.probe.back() : kUnknown);
  }
  return context;
}

void give_weights(Layer& layer, Random& random) {
  visit_layers(layer,
               [&](const std::string&, Layer& each) { ASSERT_TRUE(each.set_weights(random_weights(each, random))); });
}

// The ids that a layer, or one inside of it, reads; nothing where none does.
std::optional<std::int64_t> known_ids(const Layer& layer) {
  std::optional<std::int64_t> count;
  visit_layers(layer, [&](const std::string&, const Layer& each) {
    const auto ref = each.field(each.layer_class().ids_field);
    if (ref && !count) count = **std::get_if<std::int64_t*>(&*ref);
  });
  return count;
}

void expect_valid(Layer layer, const DrawContext& context, Random& random) {
  const LayerClass& layer_class = layer.layer_class();
  ASSERT_TRUE(layer.check_rules()) << layer.check_rules().error().text();
  const Status built = layer.build(context.shape, DType::float32, Limits{});
  ASSERT_TRUE(built) << built.error().text();
  give_weights(layer, random);
  if (layer_class.is_cell()) return;

  const auto output_dims = layer_class.output_shape(layer.config(), Shape(context.probe));
  ASSERT_TRUE(output_dims) << output_dims.error().text();
  const auto ids = known_ids(layer);
  const Tensor x = ids ? random_ids(context.probe, *ids, random) : random_tensor(context.probe, random);
  const auto y = layer.call({x}, {}, Limits{});
  ASSERT_TRUE(y) << y.error().text();
  EXPECT_EQ(y->value.dims(), output_dims->axes());
  EXPECT_EQ(y->value.dtype(), layer.output_dtype());
  EXPECT_TRUE(layer.output_shape().admits(y->value.dims())) << to_string(layer.output_shape());

  // What holds lambdas or layers is read back by the serializer.
  if (layer_class.holds_lambda || layer_class.is_container()) return;
  const Value::Object config = write_config(layer);
  const auto read = make_layer(layer_class.name, config);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(Value(write_config(*read)), Value(config));
}

TEST(Draws, GiveNothingButValidLayers) {
  constexpr std::size_t kDrawsOfAClass = 1'500;
  constexpr int kSeenOften = 100;
  std::map<std::string, int> drawn;
  for (const LayerClass* layer_class : layer_classes()) {
    if (layer_class->draw) drawn[layer_class->name] = 0;
  }
  for (std::size_t seed = 0; seed < kDrawsOfAClass * layer_classes().size(); ++seed) {
    Random random(seed);
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

TEST(Draws, GiveValidLayersOfTheSimplestChoices) {
  const DrawContext context{{kUnknown, 4, 3}, {1, 4, 3}};
  Random random(1);
  for (const LayerClass* layer_class : layer_classes()) {
    if (!layer_class->draw || !layer_class->accepts(context.shape)) continue;
    const Layer simplest = draw_layer(*layer_class, context, nullptr);
    expect_valid(simplest, context, random);
    visit_fields(simplest, [&](const Layer& holder, const Field& field) {
      const FieldRef ref = holder.ref(field);
      if (const auto* enumerator = std::get_if<EnumRef>(&ref)) {
        EXPECT_EQ(*enumerator->index, 0) << layer_class->name << ' ' << field.name;
      }
    });
  }
}

// Stock Keras does not get through a stack of one cell.
TEST(Draws, GiveStacksOfTwoOrThreeCells) {
  const LayerClass& stack = *find_layer_class("StackedRNNCells");
  std::set<std::size_t> counts;
  for (std::size_t seed = 0; seed < 40; ++seed) {
    Random random(seed);
    counts.insert(draw_layer(stack, {{kUnknown, 3}, {2, 3}}, &random).children("cells").size());
  }
  EXPECT_EQ(counts, (std::set<std::size_t>{2, 3}));
}

// A procedure that forgets a field would leave it at its default in every model that is ever generated.
TEST(Draws, ReachEveryField) {
  constexpr std::size_t kDrawsOfAClass = 1'000;
  std::map<std::string, std::set<std::string>> values;
  for (std::size_t seed = 0; seed < kDrawsOfAClass * layer_classes().size(); ++seed) {
    Random random(seed);
    const DrawContext context = random_context(random);
    const LayerClass& layer_class = *layer_classes()[random.below(layer_classes().size())];
    if (!layer_class.draw || !layer_class.accepts(context.shape)) continue;
    const Layer layer = draw_layer(layer_class, context, &random);
    visit_fields(layer, [&](const Layer& holder, const Field& field) {
      if (holder.lambda() != nullptr) return;
      values[layer_class.name + '.' + field.name].insert(write_field(holder.ref(field)).brief());
    });
  }
  for (const auto& [field, seen] : values) EXPECT_GE(seen.size(), 2U) << field << " is always " << *seen.begin();
}

// The range of every field, so that a draw that gives less or more is seen to.
TEST(Draws, AreAsRecorded) {
  constexpr std::uint64_t kDraws = 600;
  Recorded recorded;
  for (const LayerClass* layer_class : layer_classes()) {
    if (!layer_class->draw || layer_class->holds_lambda) continue;
    std::map<std::string, SeenValues> fields;
    std::uint64_t sum = 0;
    for (std::uint64_t seed = 0; seed < kDraws; ++seed) {
      Random random(seed);
      const DrawContext context = random_context(random);
      if (!layer_class->accepts(context.shape)) continue;
      const Layer layer = draw_layer(*layer_class, context, &random);
      visit_fields(layer, [&](const Layer& holder, const Field& field) {
        const Value value = write_field(holder.ref(field));
        fields[field.name].add(value);
        if (!layer_class->is_container()) sum += hash_of(field.name + value.brief());
      });
      // What is inside of another layer is any class there is.
      for (const ChildSlot& slot : layer_class->slots) {
        if (slot.form == ChildForm::entry) {
          fields[slot.key].add(Value(static_cast<std::int64_t>(layer.children(slot).size())));
        }
      }
    }
    std::string& said = recorded[layer_class->name];
    for (const auto& [name, seen] : fields) said += fmt::format("{}: {}; ", name, seen.text());
    said += fmt::format("{:016x}", sum);
  }
  expect_recorded_if_there("model/layers/draws.txt", std::move(recorded));
}

// For stock Keras, beside a mask and of ints, where some procedures draw less.
TEST(Draws, InOtherPlacesAreAsRecorded) {
  constexpr std::uint64_t kDraws = 100;
  const auto sum_of = [](const LayerClass& layer_class, const auto& change) {
    std::uint64_t sum = 0;
    for (std::uint64_t seed = 0; seed < kDraws; ++seed) {
      Random random(seed);
      DrawContext context = random_context(random);
      change(context);
      if (!layer_class.accepts(context.shape)) continue;
      const Layer layer = draw_layer(layer_class, context, &random);
      visit_fields(layer, [&](const Layer& holder, const Field& field) {
        sum += hash_of(field.name + write_field(holder.ref(field)).brief());
      });
    }
    return sum;
  };
  Recorded recorded;
  for (const LayerClass* layer_class : layer_classes()) {
    if (!layer_class->draw || layer_class->holds_lambda || layer_class->is_container()) continue;
    recorded[layer_class->name] =
        fmt::format("{:016x} for Keras, {:016x} masked, {:016x} of ints",
                    sum_of(*layer_class, [](DrawContext& context) { context.for_keras = true; }),
                    sum_of(*layer_class, [](DrawContext& context) { context.masked = true; }),
                    sum_of(*layer_class, [](DrawContext& context) { context.dtype = DType::int32; }));
  }
  expect_recorded_if_there("model/layers/draws_elsewhere.txt", std::move(recorded));
}

// A draw that gives no child, and tells which it was asked for.
class AskedDraw final : public LayerDraw {
 public:
  explicit AskedDraw(const DrawContext& context) : LayerDraw(context) {}
  std::int64_t integer(std::int64_t low, std::int64_t) override { return low; }
  std::size_t alternative(std::size_t) override { return 0; }
  bool flag() override { return false; }
  LambdaFunction lambda() override { return {}; }
  std::vector<Layer> stack() override { return {}; }
  std::optional<Layer> child(const DrawContext& context, const Fits& fits) override {
    asked = context;
    for (const LayerClass* each : layer_classes()) {
      if (fits(*each)) fitting.insert(each->name);
    }
    return std::nullopt;
  }

  DrawContext asked;
  std::set<std::string> fitting;
};

TEST(Draws, AskForChildrenThatFit) {
  for (const bool masked : {false, true}) {
    AskedDraw draw({{kUnknown, 4, kUnknown, 3}, {2, 4, 5, 3}, false, masked});
    Layer layer(*find_layer_class("TimeDistributed"));
    layer.layer_class().draw(draw, layer.config());
    EXPECT_EQ(draw.asked.shape, (Shape{kUnknown, kUnknown, 3}));
    EXPECT_EQ(draw.asked.probe, (Dims{2, 5, 3}));
    EXPECT_FALSE(draw.asked.masked);
    for (const LayerClass* each : layer_classes()) {
      // The mask of the steps goes on beside what comes out, and nothing inside may ask for it.
      const bool blind = !each->reads_mask && !each->is_container() && each->mask_rule == MaskRule::passes;
      EXPECT_EQ(draw.fitting.contains(each->name), each->stands_in_stacks() && (blind || !masked))
          << each->name << " masked " << masked;
    }
  }
}

// The shape, and others that differ from it in one axis or in how many there are.
std::vector<Shape> shapes_near(const Shape& shape) {
  std::vector<Shape> shapes = {shape};
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
    for (const std::int64_t length :
         {kUnknown, std::int64_t{0}, std::int64_t{1}, std::int64_t{5}, std::int64_t{1} << 40}) {
      Shape other = shape;
      other[axis] = length;
      shapes.push_back(other);
    }
  }
  Shape longer = shape;
  longer.push_back(2);
  shapes.push_back(longer);
  shapes.emplace_back(std::vector<std::int64_t>(shape.axes().begin(), shape.axes().end() - 1));
  return shapes;
}

std::string built_text(Layer& layer, const Shape& shape, DType dtype) {
  const Status built = layer.build(shape, dtype, Limits{});
  if (!built) return "";
  std::string text = fmt::format("{} {} {} {}", to_string(layer.output_shape()), name_of(layer.output_dtype()),
                                 layer.multiply_adds(), layer.activation_elements());
  for (const VariableSpec& variable : layer.variables()) text += ' ' + variable.name + to_string(variable.dims);
  return text;
}

// What drawn layers give for a shape, what that costs, and what is said where they take it for none of theirs.
TEST(Draws, BuildAsRecorded) {
  constexpr const char* kFile = "model/layers/builds.txt";
  constexpr std::uint64_t kDraws = 80;
  for (const LayerClass* layer_class : layer_classes()) {
    if (!layer_class->draw || layer_class->is_container() || layer_class->holds_lambda) continue;
    if (!is_recorded(kFile, layer_class->name)) continue;
    Said said;
    for (std::uint64_t seed = 0; seed < kDraws; ++seed) {
      Random random(seed);
      const DrawContext context = random_context(random);
      if (!layer_class->accepts(context.shape)) continue;
      Layer layer = draw_layer(*layer_class, context, &random);
      for (const Shape& shape : shapes_near(context.shape)) {
        for (const DType dtype : {DType::float32, DType::int32}) {
          if (const Status built = layer.build(shape, dtype, Limits{}); !built) {
            said.add(built.error());
          } else {
            said.add_to_sum(built_text(layer, shape, dtype));
          }
        }
      }
    }
    said.expect(kFile, layer_class->name);
  }
}

// A mask of the steps of `x` that leaves out every third.
Tensor mask_of(const Tensor& x) {
  Tensor mask(DType::boolean, {x.dim(0), x.dim(1)});
  std::size_t step = 0;
  for (bool& value : mask.data<bool>()) value = step++ % 3 != 1;
  return mask;
}

// What comes of a mask for each draw: none, the same, another, or no result at all.
TEST(Draws, GiveMasksAsRecorded) {
  constexpr std::uint64_t kDraws = 24;
  Recorded recorded;
  for (const LayerClass* layer_class : layer_classes()) {
    if (!layer_class->draw || layer_class->is_container() || layer_class->holds_lambda) continue;
    std::string said;
    std::uint64_t sum = 0;
    for (std::uint64_t seed = 0; seed < kDraws; ++seed) {
      Random random(seed);
      const DrawContext context = random_context(random);
      if (!layer_class->accepts(context.shape) || context.probe.size() < 2) continue;
      Layer layer = draw_layer(*layer_class, context, &random);
      if (!layer.build(context.shape, DType::float32, Limits{})) continue;
      if (!layer.set_weights(random_weights(layer, random))) continue;
      const Tensor x = random_ids(context.probe, 2, random);
      const Tensor mask = mask_of(x);
      const auto output = layer.call({x, mask}, {}, Limits{});
      if (!output) {
        said += 'x';
        sum += hash_of(output.error().text());
      } else if (!output->mask) {
        said += '-';
      } else {
        said += same_bits(*output->mask, mask) ? '=' : 'o';
        std::string bits = to_string(output->mask->dims());
        for (const bool value : output->mask->data<bool>()) bits += value ? '1' : '0';
        sum += hash_of(bits);
      }
    }
    recorded[layer_class->name] = fmt::format("{} {:016x}", said, sum);
  }
  expect_recorded_if_there("model/layers/masks.txt", std::move(recorded));
}

}  // namespace
}  // namespace revive::testing
