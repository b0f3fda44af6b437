// Layers that hold layers: which halves make a Bidirectional, and which masks go through a TimeDistributed.
#include <gtest/gtest.h>

#include <limits>

#include "revive/model/base/random.h"
#include "revive/model/layer.h"
#include "revive/model/registry.h"
#include "revive/model/sequential.h"
#include "revive/model/testing/made_layer.h"

namespace revive {

using testing::layer;

namespace {

TEST(WrapperConditions, TheHalvesOfABidirectionalAgreeAndAreOpposite) {
  const auto half = [](bool sequences, bool backwards, std::int64_t units = 2, bool stateful = false) {
    return layer(
        "LSTM",
        {{"units", units}, {"return_sequences", sequences}, {"go_backwards", backwards}, {"stateful", stateful}});
  };
  const std::string recurrent = "Bidirectional: expected recurrent layers";
  const std::string opposite = "Bidirectional: expected one layer that goes forwards and one that goes backwards";
  const std::string kind = "Bidirectional: expected two layers with the same return_sequences and stateful";
  struct Row {
    std::string_view what;
    std::vector<Children> children;
    std::string expected;
  };
  const Row rows[] = {
      {"a half alone", {{"layer", {half(false, false)}}}, "(None, 4)"},
      {"a half alone, of sequences", {{"layer", {half(true, false)}}}, "(None, 3, 4)"},
      {"two", {{"layer", {half(false, false)}}, {"backward_layer", {half(false, true)}}}, "(None, 4)"},
      {"two, the other way round",
       {{"layer", {half(false, true)}}, {"backward_layer", {half(false, false)}}},
       "(None, 4)"},
      {"two forwards", {{"layer", {half(false, false)}}, {"backward_layer", {half(false, false)}}}, opposite},
      {"two backwards", {{"layer", {half(false, true)}}, {"backward_layer", {half(false, true)}}}, opposite},
      {"one of sequences", {{"layer", {half(false, false)}}, {"backward_layer", {half(true, true)}}}, kind},
      {"one with a state", {{"layer", {half(false, false)}}, {"backward_layer", {half(false, true, 2, true)}}}, kind},
      {"no recurrent layer", {{"layer", {layer("Dense", {{"units", 2}})}}}, recurrent},
      {"a half that is not recurrent",
       {{"layer", {half(false, false)}}, {"backward_layer", {layer("Dense", {{"units", 2}})}}},
       recurrent},
  };
  for (const auto& [what, children, expected] : rows) {
    auto both = make_layer("Bidirectional", {}, children);
    std::string found = both ? "" : both.error().text();
    if (both) {
      const Status built = both->build({kUnknown, 3, 2}, DType::float32, {});
      found = built ? to_string(both->output_shape()) : built.error().text();
    }
    EXPECT_EQ(found, expected) << what;
  }
}

Layer built(std::string_view class_name, const Value::Object& config, std::vector<Children> children,
            const Shape& input) {
  auto made = make_layer(class_name, config, std::move(children));
  EXPECT_TRUE(made) << (made ? "" : made.error().text());
  const Status status = made->build(input, DType::float32, {});
  EXPECT_TRUE(status) << status.error().text();
  std::uint64_t seed = 1;
  visit_layers(*made, [&](const std::string&, Layer& each) {
    std::vector<Tensor> weights;
    Random random(seed++);
    for (const VariableSpec& spec : each.variables()) {
      Tensor weight(DType::float32, spec.dims);
      for (float& value : weight.data<float>()) value = static_cast<float>(random.uniform() - 0.5);
      weights.push_back(cast(weight, spec.dtype));
    }
    EXPECT_TRUE(each.set_weights(std::move(weights)));
  });
  return *std::move(made);
}

Tensor numbers(const Dims& dims) {
  Tensor made(DType::float32, dims);
  for (std::size_t i = 0; i < made.size(); ++i) made.data<float>()[i] = static_cast<float>(i * 7 % 11) / 4 - 1.2F;
  return made;
}

// Each way to merge, of halves that are called by themselves, in each dtype; what a half says of masked steps.
TEST(WrapperConditions, ABidirectionalIsItsHalvesMerged) {
  for (const std::string_view policy : {"float32", "float16", "bfloat16", "mixed_float16"}) {
    for (const std::string_view half_policy : {std::string_view("float32"), policy}) {
      for (const std::string_view mode : {"concat", "sum", "mul", "ave"}) {
        const Layer both =
            built("Bidirectional", {{"merge_mode", mode}, {"dtype", policy}},
                  {{"layer", {layer("LSTM", {{"units", 2}, {"dtype", half_policy}})}}}, {kUnknown, 3, 2});
        EXPECT_EQ(both.multiply_adds(),
                  both.children("layer")[0].multiply_adds() + both.children("backward_layer")[0].multiply_adds());
        const Tensor mask = Tensor::from<bool>({2, 3}, {true, true, false, false, true, false});
        for (const bool masked : {false, true}) {
          MaskedTensor input{numbers({2, 3, 2})};
          if (masked) input.mask = mask;
          const DType compute = both.policy().compute_dtype();
          const auto half = [&](std::string_view key) {
            const auto output = both.children(key)[0].call({cast(input.value, compute), input.mask}, {}, {});
            EXPECT_TRUE(output) << output.error().text();
            return cast(cast(output->value, compute), DType::float32);
          };
          const Tensor forward = half("layer");
          const Tensor backward = half("backward_layer");
          const auto output = both.call(input, {}, {});
          ASSERT_TRUE(output) << output.error().text();
          EXPECT_FALSE(output->mask);
          const auto round = [&](float value) {
            return cast(cast(Tensor::from<float>({1}, {value}), compute), DType::float32).data<float>()[0];
          };
          const Tensor found = cast(output->value, DType::float32);
          for (std::size_t sample = 0; sample < 2; ++sample) {
            for (std::size_t unit = 0; unit < 2; ++unit) {
              const float a = forward.data<float>()[2 * sample + unit];
              const float b = backward.data<float>()[2 * sample + unit];
              if (mode == "concat") {
                EXPECT_EQ(found.data<float>()[4 * sample + unit], a) << policy << half_policy;
                EXPECT_EQ(found.data<float>()[4 * sample + 2 + unit], b) << policy << half_policy;
                continue;
              }
              const float expected = mode == "sum"   ? round(a + b)
                                     : mode == "mul" ? round(a * b)
                                                     : round(round(a + b) / 2);
              EXPECT_EQ(found.data<float>()[2 * sample + unit], expected) << mode << " " << policy << half_policy;
            }
          }
        }
      }
    }
  }
}

// Keras adds before it halves, and what both give is more than a float16 holds.
TEST(WrapperConditions, AMeanOfHalvesIsOfTheirSum) {
  Layer both = built(
      "Bidirectional", {{"merge_mode", "ave"}, {"dtype", "float16"}},
      {{"layer",
        {layer("SimpleRNN", {{"units", 1}, {"activation", "linear"}, {"use_bias", false}, {"dtype", "float16"}})}}},
      {kUnknown, 1, 1});
  for (const std::string_view half : {"layer", "backward_layer"}) {
    const auto number = [](float value) { return cast(Tensor::from<float>({1, 1}, {value}), DType::float16); };
    ASSERT_TRUE(both.children(half)[0].set_weights({number(1), number(0)}));
  }
  const auto mean = [&](float value) {
    const auto output = both.call({cast(Tensor::from<float>({1, 1, 1}, {value}), DType::float16)}, {}, {});
    return cast(output->value, DType::float32).data<float>()[0];
  };
  EXPECT_EQ(mean(30000), 30000);
  EXPECT_EQ(mean(60000), std::numeric_limits<float>::infinity());
}

TEST(WrapperConditions, CellsCostWhatAllOfThemCost) {
  const Layer stack =
      built("StackedRNNCells", {}, {{"cells", {layer("LSTMCell", {{"units", 3}}), layer("GRUCell", {{"units", 2}})}}},
            {kUnknown, 4});
  const auto cells = stack.children("cells");
  EXPECT_EQ(stack.multiply_adds(), cells[0].multiply_adds() + cells[1].multiply_adds());
}

// A half that gives its last output keeps that of the last step that was not masked.
TEST(WrapperConditions, ABidirectionalZeroesMaskedStepsOfSequencesAlone) {
  for (const bool sequences : {false, true}) {
    const Layer both =
        built("Bidirectional", {}, {{"layer", {layer("LSTM", {{"units", 2}, {"return_sequences", sequences}})}}},
              {kUnknown, 3, 2});
    MaskedTensor input{numbers({1, 3, 2}), Tensor::from<bool>({1, 3}, {true, true, false})};
    const auto output = both.call(input, {}, {});
    ASSERT_TRUE(output);
    const auto values = output->value.data<float>().last(4);
    EXPECT_EQ(values[0] == 0, sequences);
    EXPECT_EQ(output->mask.has_value(), sequences);
    const auto without = both.call(input, {.recurrent_passes_mask = false}, {});
    ASSERT_TRUE(without);
    EXPECT_FALSE(without->mask);
  }
}

TEST(WrapperConditions, HalvesThatWereChangedAreLookedAtAgain) {
  auto both = make_layer("Bidirectional", {},
                         {{"layer", {layer("LSTM", {{"units", 2}, {"go_backwards", false}})}},
                          {"backward_layer", {layer("LSTM", {{"units", 2}, {"go_backwards", true}})}}});
  ASSERT_TRUE(both);
  both->children("backward_layer")[0] =
      layer("LSTM", {{"units", 2}, {"go_backwards", true}, {"return_sequences", true}});
  EXPECT_EQ(both->build({kUnknown, 3, 2}, DType::float32, {}).error().text(),
            "expected two layers that walk in opposite directions and give outputs of one kind");
  auto unnamed = make_layer("Bidirectional", {}, {{"layer", {layer("LSTM", {{"units", 2}})}}});
  ASSERT_TRUE(unnamed->build({kUnknown, 3, 2}, DType::float32, {}));
  EXPECT_EQ(unnamed->children("backward_layer")[0].name(), "");
  EXPECT_TRUE(make_layer("Bidirectional", {{"backward_layer", nullptr}}, {{"layer", {layer("LSTM", {{"units", 2}})}}}));
}

TEST(WrapperConditions, AMaskIsHandedToStepsThatLookAtIt) {
  const auto inner = [](std::vector<Layer> layers) { return Sequential::make("s", std::move(layers))->root(); };
  struct Row {
    std::string_view what;
    Layer layer;
    bool looks;
  };
  const Row rows[] = {
      {"Dense", layer("Dense", {{"units", 2}}), false},
      {"a stack of one that does not look", inner({layer("Dense", {{"units", 2}})}), false},
      {"a recurrent layer", layer("LSTM", {{"units", 2}}), true},
      {"a stack of one", inner({layer("LSTM", {{"units", 2}})}), true},
      {"a layer around a cell", *make_layer("RNN", {}, {{"cell", {layer("LSTMCell", {{"units", 2}})}}}), true},
      {"one that refuses it", layer("Softmax", {}), true},
  };
  for (const Row& row : rows) {
    const Layer steps = built("TimeDistributed", {}, {{"layer", {row.layer}}}, {kUnknown, 3, 4, 2});
    EXPECT_EQ(steps.activation_elements() % 3, 0) << row.what;
    EXPECT_GE(steps.activation_elements(), 3 * steps.children("layer")[0].activation_elements()) << row.what;
    EXPECT_EQ(steps.multiply_adds(), 3 * steps.children("layer")[0].multiply_adds()) << row.what;
    // Of steps alone: what looks needs more.
    MaskedTensor input{numbers({2, 3, 4, 2}), Tensor::from<bool>({2, 3}, {true, true, false, true, false, true})};
    const auto output = steps.call(input, {}, {});
    EXPECT_EQ(output.has_value(), !row.looks) << row.what;
    if (output) {
      EXPECT_TRUE(output->mask) << row.what;
      EXPECT_FALSE(steps.call(input, {.recurrent_passes_mask = false}, {})->mask) << row.what;
    }
  }
}

TEST(WrapperConditions, StepByStepIsAllAtOnce) {
  const auto of_batch = [](std::int64_t batch) {
    return built("TimeDistributed", {}, {{"layer", {layer("LSTM", {{"units", 2}})}}}, {batch, 3, 4, 2});
  };
  MaskedTensor input{numbers({2, 3, 4, 2}), Tensor(DType::boolean, {2, 3, 4})};
  for (std::size_t i = 0; i < 24; ++i) input.mask->data<bool>()[i] = i % 3 != 1;
  const auto all = of_batch(kUnknown).call(input, {}, {});
  const auto each = of_batch(2).call(input, {}, {});
  ASSERT_TRUE(all && each);
  EXPECT_TRUE(same_bits(all->value, each->value));
  const auto unmasked = of_batch(2).call({input.value}, {}, {});
  EXPECT_FALSE(same_bits(unmasked->value, each->value));
}

TEST(WrapperConditions, AMaskGoesOnWhereTheOutputHasSteps) {
  for (const bool sequences : {false, true}) {
    const auto both =
        make_layer("Bidirectional", {}, {{"layer", {layer("LSTM", {{"units", 2}, {"return_sequences", sequences}})}}});
    ASSERT_TRUE(both);
    EXPECT_FALSE(both->gives_mask(false));
    EXPECT_EQ(both->gives_mask(true), sequences);
  }
  const auto each = make_layer("TimeDistributed", {}, {{"layer", {layer("Dense", {{"units", 2}})}}});
  ASSERT_TRUE(each);
  EXPECT_TRUE(each->gives_mask(true));
  EXPECT_FALSE(each->gives_mask(false));
}

TEST(WrapperConditions, WhatLooksAtMasksIsGivenOnesThatItCanTake) {
  const auto called = [](Layer inside, const Shape& shape, const Dims& dims, const std::optional<Dims>& mask) {
    auto each = make_layer("TimeDistributed", {}, {{"layer", {std::move(inside)}}});
    if (!each) return each.error().text();
    if (const Status built = each->build(shape, DType::float32, {}); !built) return built.error().text();
    std::vector<Tensor> weights;
    Layer& child = each->children("layer")[0];
    for (const VariableSpec& spec : child.variables()) weights.emplace_back(spec.dtype, spec.dims);
    if (const Status set = child.set_weights(std::move(weights)); !set) return set.error().text();
    MaskedTensor input{Tensor(DType::float32, dims)};
    if (mask) input.mask = Tensor(DType::boolean, *mask);
    const auto output = each->call(input, {}, {});
    if (!output) return output.error().text();
    return to_string(output->value.dims()) + (output->mask ? " masked" : "");
  };
  const auto dense = [] { return layer("Dense", {{"units", 3}}); };
  EXPECT_EQ(called(dense(), {kUnknown, 4, 2}, {5, 4, 2}, {}), "(5, 4, 3)");
  EXPECT_EQ(called(dense(), {kUnknown, 4, 2}, {5, 4, 2}, Dims{5, 4}), "(5, 4, 3) masked");
  EXPECT_EQ(called(layer("GlobalAveragePooling1D", {}), {kUnknown, 4, 3, 2}, {5, 4, 3, 2}, {}), "(5, 4, 2)");
  EXPECT_EQ(called(layer("GlobalAveragePooling1D", {}), {kUnknown, 4, 3, 2}, {5, 4, 3, 2}, Dims{5, 4}),
            "/layer: GlobalAveragePooling1D takes a mask, and of a mask of (5, 4) a step has none");
  EXPECT_EQ(called(dense(), {kUnknown, 0, 2}, {5, 0, 2}, {}),
            "TimeDistributed expects an input of rank 3 or more with at least one step, found the shape (None, 0, 2)");
  EXPECT_EQ(called(dense(), {kUnknown, 2}, {5, 2}, {}),
            "TimeDistributed expects an input of rank 3 or more with at least one step, found the shape (None, 2)");
}

}  // namespace
}  // namespace revive
