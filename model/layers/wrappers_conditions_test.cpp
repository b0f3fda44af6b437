// Layers that hold layers: which halves make a Bidirectional, and which masks go through a TimeDistributed.
#include <gtest/gtest.h>

#include "revive/model/layer.h"
#include "revive/model/sequential.h"

namespace revive {
namespace {

Layer layer(std::string_view class_name, const Value::Object& config) {
  return make_layer(class_name, config).value();
}

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
