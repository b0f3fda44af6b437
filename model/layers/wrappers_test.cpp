// Layers around layers, against what they are written out: the layer inside run by hand, and plain loops in double.
#include <algorithm>

#include "revive/model/layers/testing.h"

namespace revive::testing {
namespace {

using Merge = double (*)(double, double);

Tensor random_mask(const Dims& dims, Random& random) {
  Tensor mask(DType::boolean, dims);
  for (bool& kept : mask.data<bool>()) kept = random.below(3) != 0;
  return mask;
}

void give_weights(Layer& layer, Random& random) {
  visit_layers(layer,
               [&](const std::string&, Layer& each) { ASSERT_TRUE(each.set_weights(random_weights(each, random))); });
}

Layer ready(Layer layer, const Shape& shape, Random& random) {
  const Status built = layer.build(shape, DType::float32, Limits{});
  EXPECT_TRUE(built) << built.error().text();
  give_weights(layer, random);
  return layer;
}

// A recurrent layer by hand: h = tanh(x W + b + h U), in double. Outputs of all steps in the order of the steps, as far
// as `mask` keeps them; of a step that it does not keep, zeros.
std::vector<double> simple_walk(const Tensor& x, const Tensor* mask, std::span<const Tensor> weights, bool backwards) {
  const auto steps = x.dim(1);
  const auto features = x.dim(2);
  const auto units = weights[1].dim(0);
  const auto at = [](const Tensor& tensor, std::int64_t index) {
    return static_cast<double>(tensor.data<float>()[static_cast<std::size_t>(index)]);
  };
  std::vector<double> outputs(static_cast<std::size_t>(x.dim(0) * steps * units), 0.0);
  for (std::int64_t n = 0; n < x.dim(0); ++n) {
    std::vector<double> h(static_cast<std::size_t>(units), 0.0);
    for (std::int64_t i = 0; i < steps; ++i) {
      const std::int64_t t = backwards ? steps - 1 - i : i;
      if (mask != nullptr && !mask->data<bool>()[static_cast<std::size_t>(n * steps + t)]) continue;
      std::vector<double> next;
      for (std::int64_t u = 0; u < units; ++u) {
        double z = at(weights[2], u);
        for (std::int64_t f = 0; f < features; ++f)
          z += at(x, (n * steps + t) * features + f) * at(weights[0], f * units + u);
        for (std::int64_t v = 0; v < units; ++v) z += h[static_cast<std::size_t>(v)] * at(weights[1], v * units + u);
        next.push_back(std::tanh(z));
      }
      h = next;
      std::ranges::copy(h, outputs.begin() + (n * steps + t) * units);
    }
  }
  return outputs;
}

bool flag_of(const Layer& layer, std::string_view key) {
  const FieldRef ref = *layer.field(key);
  return **std::get_if<bool*>(&ref);
}

Layer bidirectional(const Value::Object& config, const Value::Object& inner) {
  return *make_layer("Bidirectional", config, {{"layer", {*make_layer("SimpleRNN", inner)}}});
}

TEST(Bidirectional, MergesTwoWalksInOppositeDirections) {
  const std::vector<std::pair<std::string, Merge>> modes = {{"sum", [](double a, double b) { return a + b; }},
                                                            {"mul", [](double a, double b) { return a * b; }},
                                                            {"ave", [](double a, double b) { return (a + b) / 2; }}};
  Random random(3);
  for (int i = 0; i < 40; ++i) {
    const auto& [mode, merge] = modes[random.below(modes.size())];
    const std::int64_t units = 1 + static_cast<std::int64_t>(random.below(3));
    const Layer layer = ready(bidirectional({{"merge_mode", mode}}, {{"units", units}, {"return_sequences", true}}),
                              {kUnknown, 4, 2}, random);
    MaskedTensor input{random_tensor({3, 4, 2}, random)};
    if (random.below(2) == 0) input.mask = random_mask({3, 4}, random);
    const MaskedTensor output = run(layer, input);
    EXPECT_EQ(output.mask.has_value(), input.mask.has_value());
    const Tensor* const mask = input.mask ? &*input.mask : nullptr;
    const auto forward = simple_walk(input.value, mask, layer.children("layer")[0].weights(), false);
    const auto backward = simple_walk(input.value, mask, layer.children("backward_layer")[0].weights(), true);
    Tensor expected(DType::float32, {3, 4, units});
    for (std::size_t j = 0; j < expected.size(); ++j) {
      expected.data<float>()[j] = static_cast<float>(merge(forward[j], backward[j]));
    }
    expect_near(output.value, expected);
    expect_batch_independent(layer, input);
  }
}

TEST(Bidirectional, PutsOneOutputBehindTheOther) {
  Random random(4);
  const Layer layer = ready(bidirectional({}, {{"units", 2}}), {kUnknown, 3, 2}, random);
  EXPECT_EQ(layer.output_shape(), (Shape{kUnknown, 4}));
  const Tensor x = random_tensor({2, 3, 2}, random);
  const auto forward = simple_walk(x, nullptr, layer.children("layer")[0].weights(), false);
  const auto backward = simple_walk(x, nullptr, layer.children("backward_layer")[0].weights(), true);
  Tensor expected(DType::float32, {2, 4});
  for (std::size_t n = 0; n < 2; ++n) {
    for (std::size_t u = 0; u < 2; ++u) {
      // The last step of the walk forwards, and the last of the one backwards, which is the first.
      expected.data<float>()[n * 4 + u] = static_cast<float>(forward[(n * 3 + 2) * 2 + u]);
      expected.data<float>()[n * 4 + 2 + u] = static_cast<float>(backward[n * 3 * 2 + u]);
    }
  }
  expect_near(run(layer, x), expected);
}

TEST(Bidirectional, MakesTheHalfThatIsNotGiven) {
  Random random(5);
  auto layer =
      bidirectional({}, {{"units", 2}, {"activation", "relu"}, {"name", "forward_rnn"}, {"return_sequences", true}});
  EXPECT_TRUE(layer.children("backward_layer").empty());
  layer = ready(std::move(layer), {kUnknown, 3, 2}, random);
  ASSERT_EQ(layer.children("backward_layer").size(), 1U);
  const Layer& backward = layer.children("backward_layer")[0];
  EXPECT_EQ(backward.name(), "backward_rnn");
  EXPECT_TRUE(flag_of(backward, "go_backwards"));
  EXPECT_TRUE(flag_of(backward, "zero_output_for_mask")) << "as Keras has it with sequences";
  EXPECT_FALSE(same_bits(backward.weights()[0], layer.children("layer")[0].weights()[0]));
}

TEST(Bidirectional, SaysWhichHalvesDoNotGoTogether) {
  const auto made = [](const Value::Object& forward, const Value::Object& backward,
                       std::string_view name = "SimpleRNN") {
    auto layer =
        make_layer("Bidirectional", {},
                   {{"layer", {*make_layer("SimpleRNN", forward)}}, {"backward_layer", {*make_layer(name, backward)}}});
    if (!layer) return layer.error().text();
    const Status built = layer->build({kUnknown, 3, 2}, DType::float32, Limits{});
    return built ? "" : built.error().text();
  };
  EXPECT_EQ(made({{"units", 1}}, {{"units", 1}, {"go_backwards", true}}), "");
  EXPECT_EQ(made({{"units", 1}}, {{"units", 1}, {"go_backwards", true}}, "GRU"), "");
  EXPECT_EQ(made({{"units", 1}}, {{"units", 1}}),
            "Bidirectional: expected one layer that goes forwards and one that goes backwards");
  EXPECT_EQ(made({{"units", 1}}, {{"units", 1}, {"go_backwards", true}, {"return_sequences", true}}),
            "Bidirectional: expected two layers with the same return_sequences and stateful");
  EXPECT_EQ(made({{"units", 1}}, {{"units", 2}, {"go_backwards", true}}),
            "/backward_layer: expected a layer that gives (None, 1) as the other does, found one that gives (None, 2)");
  EXPECT_EQ(made({{"units", 1}}, {{"rate", 0}}, "Dropout"), "Bidirectional: expected recurrent layers");
  EXPECT_EQ(config_error("Bidirectional", {{"merge_mode", nullptr}}),
            "Bidirectional/merge_mode: expected the name of a way to merge two outputs into one, found null");
}

TEST(TimeDistributed, GivesEachStepToTheLayerInside) {
  Random random(6);
  for (const std::int64_t batch : {kUnknown, std::int64_t{3}}) {
    const Layer layer = ready(*make_layer("TimeDistributed", {}, {{"layer", {*make_layer("Dense", {{"units", 2}})}}}),
                              {batch, kUnknown, 3}, random);
    EXPECT_EQ(layer.output_shape(), (Shape{batch, kUnknown, 2}));
    const Layer& dense = layer.children("layer")[0];
    const Tensor x = random_tensor({3, 4, 3}, random);
    const Tensor y = run(layer, x);
    ASSERT_EQ(y.dims(), (Dims{3, 4, 2}));
    for (std::size_t n = 0; n < 3; ++n) {
      for (std::size_t t = 0; t < 4; ++t) {
        for (std::size_t u = 0; u < 2; ++u) {
          double sum = static_cast<double>(dense.weights()[1].data<float>()[u]);
          for (std::size_t f = 0; f < 3; ++f) {
            sum += static_cast<double>(x.data<float>()[(n * 4 + t) * 3 + f]) *
                   static_cast<double>(dense.weights()[0].data<float>()[f * 2 + u]);
          }
          EXPECT_NEAR(y.data<float>()[(n * 4 + t) * 2 + u], sum, 1e-5);
        }
      }
    }
  }
}

TEST(TimeDistributed, WalksTheStepsOfAStep) {
  Random random(7);
  const auto made = [] { return *make_layer("SimpleRNN", {{"units", 2}}); };
  const Layer layer = ready(*make_layer("TimeDistributed", {}, {{"layer", {made()}}}), {kUnknown, 3, 4, 2}, random);
  const Layer& inner = layer.children("layer")[0];
  const Tensor x = random_tensor({2, 3, 4, 2}, random);
  const Tensor mask = random_mask({2, 3, 4}, random);
  const MaskedTensor y = run(layer, {x, mask});
  ASSERT_EQ(y.value.dims(), (Dims{2, 3, 2}));
  ASSERT_TRUE(y.mask);
  EXPECT_TRUE(same_bits(*y.mask, mask));
  for (std::int64_t n = 0; n < 2; ++n) {
    for (std::int64_t t = 0; t < 3; ++t) {
      const auto at = static_cast<std::size_t>(n * 3 + t);
      Tensor step(DType::float32, {1, 4, 2});
      std::ranges::copy(x.data<float>().subspan(at * 8, 8), step.data<float>().begin());
      Tensor kept(DType::boolean, {1, 4});
      std::ranges::copy(mask.data<bool>().subspan(at * 4, 4), kept.data<bool>().begin());
      const Tensor expected = run(inner, {step, kept}).value;
      EXPECT_TRUE(std::ranges::equal(expected.data<float>(), y.value.data<float>().subspan(at * 2, 2)));
    }
  }
  EXPECT_FALSE(run(layer, {x, mask}, {.recurrent_passes_mask = false}).mask);
  const auto refused = layer.call({x, random_mask({2, 3}, random)}, {}, Limits{});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().text(), "/layer: SimpleRNN takes a mask, and of a mask of (2, 3) a step has none");
}

TEST(TimeDistributed, ComputesInOneDtype) {
  auto layer =
      *make_layer("TimeDistributed", {}, {{"layer", {*make_layer("Dense", {{"units", 2}, {"dtype", "float16"}})}}});
  const Status built = layer.build({kUnknown, 4, 3}, DType::float32, Limits{});
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().text(),
            "/layer: expected a layer that computes in float32 as the layer around it does, found one that computes in "
            "float16");
}

TEST(SpectralNormalization, IsTheLayerInside) {
  Random random(10);
  const Layer layer =
      ready(*make_layer("SpectralNormalization", {}, {{"layer", {*make_layer("Dense", {{"units", 2}})}}}),
            {kUnknown, 3}, random);
  ASSERT_EQ(layer.variables().size(), 1U);
  EXPECT_EQ(layer.variables()[0].dims, (Dims{1, 2}));
  const Tensor x = random_tensor({2, 3}, random);
  EXPECT_TRUE(same_bits(run(layer, x), run(layer.children("layer")[0], x)));
  auto dropout = *make_layer("SpectralNormalization", {}, {{"layer", {*make_layer("Dropout", {{"rate", 0}})}}});
  const Status built = dropout.build({kUnknown, 3}, DType::float32, Limits{});
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().text(), "/layer: expected a layer with a kernel, found Dropout");
}

TEST(SpectralNormalization, KeepsTheMaskUnlessItCasts) {
  Random random(11);
  const auto wrapped = [&](const Value::Object& config) {
    return ready(*make_layer("SpectralNormalization", {}, {{"layer", {*make_layer("Dense", config)}}}),
                 {kUnknown, 3, 4}, random);
  };
  const MaskedTensor x{random_tensor({2, 3, 4}, random), random_mask({2, 3}, random)};
  const MaskedTensor kept = run(wrapped({{"units", 2}}), x);
  ASSERT_TRUE(kept.mask);
  EXPECT_TRUE(same_bits(*kept.mask, *x.mask));
  const Layer half = wrapped({{"units", 2}, {"dtype", "mixed_float16"}});
  const MaskedTensor cast_back = run(half, x);
  EXPECT_EQ(cast_back.value.dtype(), DType::float32);
  EXPECT_TRUE(same_bits(cast_back.value, cast(run(half.children("layer")[0], x).value, DType::float32)));
  EXPECT_FALSE(cast_back.mask);
}

TEST(RNN, WalksAnyCellAsTheLayerOfItsNameDoes) {
  Random random(8);
  for (const std::string name : {"LSTM", "GRU", "SimpleRNN"}) {
    const Layer plain = ready_layer(name, {{"units", 3}, {"return_sequences", true}}, {kUnknown, 4, 2}, random);
    auto layer =
        *make_layer("RNN", {{"return_sequences", true}}, {{"cell", {*make_layer(name + "Cell", {{"units", 3}})}}});
    ASSERT_TRUE(layer.build({kUnknown, 4, 2}, DType::float32, Limits{}));
    ASSERT_TRUE(layer.children("cell")[0].set_weights({plain.weights().begin(), plain.weights().end()}));
    const MaskedTensor x{random_tensor({3, 4, 2}, random), random_mask({3, 4}, random)};
    EXPECT_TRUE(same_bits(run(layer, x).value, run(plain, x).value)) << name;
    EXPECT_TRUE(run(layer, x).mask);
  }
  const auto dense = make_layer("RNN", {}, {{"cell", {*make_layer("Dense", {{"units", 1}})}}});
  ASSERT_FALSE(dense);
  EXPECT_EQ(dense.error().text(), "RNN/cell: expected a cell, found Dense");
}

// Cells above each other give in each step what layers above each other give of all steps.
TEST(StackedRNNCells, AreLayersAboveEachOther) {
  Random random(9);
  const std::vector<std::string> names = {"GRU", "LSTM", "SimpleRNN"};
  std::vector<Layer> cells;
  std::vector<Layer> layers;
  Shape shape{kUnknown, 5, 2};
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto units = static_cast<std::int64_t>(i + 2);
    layers.push_back(ready_layer(names[i], {{"units", units}, {"return_sequences", true}}, shape, random));
    shape = layers.back().output_shape();
    cells.push_back(*make_layer(names[i] + "Cell", {{"units", units}}));
  }
  auto stack = *make_layer("StackedRNNCells", {}, {{"cells", cells}});
  auto layer = *make_layer("RNN", {{"return_sequences", true}}, {{"cell", {stack}}});
  ASSERT_TRUE(layer.build({kUnknown, 5, 2}, DType::float32, Limits{}));
  const auto inside = layer.children("cell")[0].children("cells");
  for (std::size_t i = 0; i < layers.size(); ++i) {
    ASSERT_TRUE(inside[i].set_weights({layers[i].weights().begin(), layers[i].weights().end()}));
  }
  const Tensor x = random_tensor({2, 5, 2}, random);
  Tensor expected = x;
  for (const Layer& each : layers) expected = run(each, expected);
  EXPECT_TRUE(same_bits(run(layer, x), expected));
  EXPECT_EQ(config_error("StackedRNNCells", {}),
            "StackedRNNCells: expected the key \"cells\", which StackedRNNCells requires");
}

}  // namespace
}  // namespace revive::testing
