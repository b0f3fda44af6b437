#include "revive/fuzz/mutators/mutate_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "revive/fuzz/mutators/each_row.h"
#include "revive/fuzz/mutators/mutate_model_testing.h"
#include "revive/model/config.h"
#include "revive/model/layers/input_layer.h"
#include "revive/serializer/compare.h"
#include "revive/serializer/json/json.h"

namespace revive::fuzz {
namespace {

using testing::ElementsAre;
using testing::IsSupersetOf;

std::vector<std::string> classes_of(const Layers& layers) {
  std::vector<std::string> classes;
  for (const Layer& layer : layers) classes.push_back(layer.layer_class().name);
  return classes;
}
// The one index at which they differ.
template <typename T>
std::optional<std::size_t> one_differs(const std::vector<T>& a, const std::vector<T>& b) {
  std::optional<std::size_t> found;
  if (a.size() != b.size()) return std::nullopt;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] == b[i]) continue;
    if (found) return std::nullopt;
    found = i;
  }
  return found;
}
Value config_of(const Layer& layer) {
  return write_config(layer);
}

std::vector<float> numbers_of(const Layer& layer) {
  std::vector<float> all;
  visit_layers(layer, [&](const std::string&, const Layer& each) {
    for (const Tensor& tensor : each.weights()) {
      for (const float number : tensor.data<float>()) all.push_back(number);
    }
  });
  return all;
}

std::string text_of(const Layers& layers) {
  std::string text;
  for (const Layer& layer : layers) {
    text += layer.layer_class().name + print_json(config_of(layer)) + print_json(layer.training_only());
    for (const float number : numbers_of(layer)) text += std::to_string(number) + ' ';
  }
  return text;
}

struct Seen {
  std::set<std::string> inserted, redrawn, names;
  std::set<std::size_t> places, copied;
  std::set<std::string> axes, trained;
};

std::vector<RowPromise<Layers>> promises(Seen& seen) {
  return {
      {"insert", 60,
       [&](const Layers& a, const Layers& b) {
         for (std::size_t i = 0; i < b.size(); ++i) {
           if (classes_of(without(b, i)) != classes_of(a) || !b[i].name().empty()) continue;
           seen.inserted.insert(b[i].layer_class().name);
           seen.places.insert(i);
           // Built for what comes before it.
           return b[i].built() && b[i].input_shape() == b[i - 1].output_shape() &&
                  b[i].input_dtype() == b[i - 1].output_dtype();
         }
         return false;
       },
       Mutants::follow_the_classes},
      {"redraw", 55,
       [&](const Layers& a, const Layers& b) {
         seen.redrawn.insert("any");
         return classes_of(a) == classes_of(b) && names_of(a) == names_of(b) && is_input_layer(b[0]);
       },
       Mutants::follow_the_classes},
      {"replace", 60,
       [&](const Layers& a, const Layers& b) {
         const auto at = one_differs(names_of(a), names_of(b));
         return at && b[*at].name().empty() && *at > 0 && b[*at].built() &&
                b[*at].input_shape() == a[*at].input_shape();
       },
       Mutants::follow_the_classes},
      {"remove", 100,
       [](const Layers& a, const Layers& b) { return one_put_in(names_of(b), names_of(a)) && is_input_layer(b[0]); }},
      {"duplicate", 100,
       [&](const Layers& a, const Layers& b) {
         for (std::size_t i = 1; i < b.size(); ++i) {
           if (names_of(without(b, i)) != names_of(a) || !b[i].name().empty()) continue;
           for (std::size_t k = 1; k < a.size(); ++k) {
             Layer named = b[i];
             named.set_name(a[k].name());
             if (config_of(named) != config_of(a[k]) || numbers_of(named) != numbers_of(a[k])) continue;
             seen.copied.insert(k);
             return true;
           }
         }
         return false;
       }},
      {"swap", 100,
       [](const Layers& a, const Layers& b) {
         return std::ranges::is_permutation(names_of(a), names_of(b)) && is_input_layer(b[0]);
       }},
      {"wrap", 100,
       [](const Layers& a, const Layers& b) {
         const auto at = one_differs(names_of(a), names_of(b));
         return at && b[*at].name().starts_with("wrapped_") && b[*at].stack() != nullptr &&
                b[*at].stack()->size() == 1 && config_of((*b[*at].stack())[0]) == config_of(a[*at]);
       }},
      {"unwrap", 100,
       [](const Layers& a, const Layers& b) {
         // The last is a stack of two.
         auto expected = classes_of(a);
         expected.back() = "ReLU";
         expected.push_back("ReLU");
         return classes_of(b) == expected && b.back().name().empty();
       }},
      {"rename", 95,
       [&](const Layers& a, const Layers& b) {
         const auto at = one_differs(names_of(a), names_of(b));
         if (!at || *at == 0) return false;
         std::string name = b[*at].name();
         while (!name.empty() && std::isdigit(static_cast<unsigned char>(name.back())) != 0) name.pop_back();
         // A number stands behind each.
         if (name == b[*at].name()) return false;
         seen.names.insert(name);
         return classes_of(a) == classes_of(b);
       }},
      {"weights", 40,
       [](const Layers& a, const Layers& b) {
         std::vector<std::vector<float>> before;
         std::vector<std::vector<float>> after;
         for (const Layer& layer : a) before.push_back(numbers_of(layer));
         for (const Layer& layer : b) after.push_back(numbers_of(layer));
         const auto at = one_differs(before, after);
         return at && std::ranges::all_of(after[*at], [](float number) { return number >= 0 && number < 1; }) &&
                after[*at].size() == before[*at].size();
       }},
      {"input", 80,
       [&](const Layers& a, const Layers& b) {
         const Shape& before = declared_shape(a[0]);
         const Shape& after = declared_shape(b[0]);
         std::size_t changed = 0;
         for (std::size_t i = 0; i < before.rank(); ++i) {
           if (before[i] == after[i]) continue;
           ++changed;
           seen.axes.insert(std::to_string(i) + (after[i] == kUnknown ? " unknown" : " known"));
           if (after[i] != kUnknown && (after[i] < 1 || after[i] > 10)) return false;
         }
         return changed == 1 && before.rank() == after.rank();
       }},
      {"train", 90,
       [&](const Layers& a, const Layers& b) {
         std::size_t changed = 0;
         for (std::size_t i = 0; i < a.size(); ++i) {
           if (a[i].trainable() != b[i].trainable()) {
             ++changed;
             seen.trained.insert("flag");
           }
           if (a[i].training_only().size() != b[i].training_only().size()) {
             ++changed;
             seen.trained.insert("carried");
           }
         }
         return changed == 1;
       }},
  };
}

TEST(ModelMutations, EachEditChangesTheStackAsItSays) {
  Seen seen;
  const Layers before = layers_of(stacked());
  expect_each_row_changes<Layers>(
      "model", edit_rows(), [](Layers&, Random&) {}, promises(seen),
      [&](const EditRow& row, Random& random) {
        Layers made = before;
        row.change(made, random);
        bool changed = names_of(made) != names_of(before);
        for (std::size_t i = 0; !changed && i < before.size(); ++i) {
          changed = config_of(made[i]) != config_of(before[i]) || numbers_of(made[i]) != numbers_of(before[i]) ||
                    made[i].training_only().size() != before[i].training_only().size();
        }
        return Step<Layers>{before, made, changed, text_of(made)};
      });
  EXPECT_GT(seen.inserted.size(), 30U);
  EXPECT_THAT(seen.places, ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(seen.copied, IsSupersetOf({1U, 2U, 3U}));
  EXPECT_THAT(seen.names, ElementsAre("a/b", "dense_", "layer", "na\xC3\xAFve", "\xF0\x9F\xA6\x8A"));
  EXPECT_THAT(seen.axes, ElementsAre("1 known", "1 unknown", "2 known", "2 unknown"));
  EXPECT_THAT(seen.trained, ElementsAre("carried", "flag"));
  expect_rows_come_up(edit_rows());
}

// Without an InputLayer in front, without layers behind it, without a stack in it.
TEST(ModelMutations, WhatIsNotThereIsNotChanged) {
  const Layers only_input = {input_layer()};
  for (const EditRow& row : edit_rows()) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      Random random(seed);
      Layers none;
      row.change(none, random);
      EXPECT_TRUE(none.empty()) << row.name;
      Layers input = only_input;
      row.change(input, random);
      const bool grows = row.name == "insert";
      EXPECT_EQ(input.size() > 1, grows && input.size() > 1) << row.name;
      EXPECT_TRUE(is_input_layer(input[0])) << row.name;
      Layers one = {*make_layer("ReLU", {})};
      row.change(one, random);
      EXPECT_LE(one.size(), 2U);
    }
  }
  Random random(1);
  Layers flat = {input_layer(), *make_layer("ReLU", {{"name", "r"}})};
  std::ranges::find(edit_rows(), std::string_view("unwrap"), &EditRow::name)->change(flat, random);
  EXPECT_NE(flat[1].stack(), nullptr) << "it is wrapped instead";
}

// Where a stack has no InputLayer, the first is as the others.
TEST(ModelMutations, WithoutAnInputLayerAnyLayerIsChanged) {
  const Layers two = {*make_layer("ReLU", {{"name", "a"}}), *make_layer("ReLU", {{"name", "b"}})};
  std::map<std::string_view, std::set<std::vector<std::string>>> made;
  for (const EditRow& row : edit_rows()) {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
      Random random(seed);
      Layers layers = two;
      row.change(layers, random);
      made[row.name].insert(names_of(layers));
    }
  }
  using Names = std::vector<std::string>;
  EXPECT_THAT(made["remove"], ElementsAre(Names{"a"}, Names{"b"}));
  EXPECT_THAT(made["swap"], ElementsAre(Names{"b", "a"}));
  EXPECT_THAT(made["duplicate"], ElementsAre(Names{"", "a", "b"}, Names{"a", "", "b"}, Names{"a", "b", ""}));
  for (const std::string_view name : {"wrap", "rename"}) {
    EXPECT_TRUE(std::ranges::any_of(made[name], [](const Names& names) { return names[0] != "a"; })) << name;
    EXPECT_TRUE(std::ranges::any_of(made[name], [](const Names& names) { return names[1] != "b"; })) << name;
  }
  EXPECT_THAT(made["input"], ElementsAre(Names{"a", "b"}));
}

// Through the public function, with one row at a time: what comes out is built and carries what the model carried.
TEST(ModelMutations, EachEditMakesAnotherModelThatIsBuilt) {
  const Sequential model = stacked();
  constexpr CarriedRow kMark{"mark", 1, [](Sequential& changed, Random&) { changed.set_keras_version("1.2.3"); }};
  for (const EditRow& row : edit_rows()) {
    std::size_t other = 0;
    std::size_t inside = 0;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      Random random(seed);
      const auto made = mutate_model(model, random, {.edits = std::span(&row, 1), .carried = std::span(&kMark, 1)});
      if (!made || made->keras_version() == "1.2.3") continue;
      EXPECT_TRUE(made->built());
      EXPECT_EQ(made->name(), "m");
      if (first_difference(model, *made)) ++other;
      EXPECT_EQ(made->keras_version(), "3.9.2");
      EXPECT_EQ(made->compile_config(), model.compile_config());
      EXPECT_EQ(made->assets(), model.assets());
      EXPECT_EQ(made->training_tensors().size(), 1U);
      const auto before = names_of(layers_of(model));
      inside += names_of(layers_of(*made)) == before ? 1 : 0;
      visit_layers(made->root(), [&](const std::string&, const Layer& layer) {
        EXPECT_EQ(layer.weights().size(), layer.variables().size()) << "weights are drawn for what is new";
      });
    }
    EXPECT_GE(other, 30U) << row.name;
    if (row.name == "remove" || row.name == "duplicate") {
      // A quarter in the stack that is inside.
      EXPECT_NEAR(static_cast<double>(inside), 24, 14) << row.name;
    }
  }
}

TEST(ModelMutations, WeightsThatAreDrawnAnewKeepTheirDType) {
  const Sequential model = model_of({input_layer(), *make_layer("Dense", {{"units", 2}, {"dtype", "float16"}})});
  const auto row = std::ranges::find(edit_rows(), std::string_view("weights"), &EditRow::name);
  Layers layers = layers_of(model);
  Random random(1);
  row->change(layers, random);
  const Tensor& before = model.layers()[1].weights()[0];
  const Tensor& after = layers[1].weights()[0];
  EXPECT_EQ(after.dtype(), before.dtype());
  EXPECT_FALSE(std::ranges::equal(after.bytes(), before.bytes()));
}

// Not even the input is left.
TEST(ModelMutations, NoLayersAreNoModel) {
  const Sequential model = stacked();
  constexpr EditRow kNothing{"nothing", 1, [](Layers& layers, Random&) { layers.clear(); }};
  constexpr EditRow kNoInput{"no input", 1, [](Layers& layers, Random&) { layers.erase(layers.begin()); }};
  constexpr CarriedRow kOff{"off", 1, [](Sequential&, Random&) {}};
  std::size_t none = 0;
  for (const EditRow& row : {kNothing, kNoInput}) {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
      Random random(seed);
      none += mutate_model(model, random, {.edits = std::span(&row, 1), .carried = std::span(&kOff, 1)}) ? 0 : 1;
    }
  }
  EXPECT_GT(none, 40U);
}

TEST(ModelMutations, OneInSixteenChangesWhatIsCarried) {
  const Sequential model = stacked();
  constexpr EditRow kEditOff{"off", 1, [](Layers&, Random&) {}};
  constexpr CarriedRow kCarriedOff{"off", 1, [](Sequential& changed, Random&) { changed.set_keras_version("1.2.3"); }};
  int carried = 0;
  constexpr int kSeeds = 800;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Random random(seed);
    const auto made =
        mutate_model(model, random, {.edits = std::span(&kEditOff, 1), .carried = std::span(&kCarriedOff, 1)});
    ASSERT_TRUE(made);
    if (made->keras_version() == "1.2.3") ++carried;
    EXPECT_EQ(first_difference(model, *made).has_value(), made->keras_version() == "1.2.3");
  }
  EXPECT_NEAR(carried, kSeeds / 16.0, 22);
}

TEST(ModelMutations, EachPartOfWhatIsCarriedChanges) {
  std::set<std::string> versions;
  std::set<std::size_t> sizes;
  std::set<std::size_t> assets;
  std::set<std::string> compiled;
  using Model = Sequential;
  const Model before = stacked();
  const auto same_layers = [](const Model& a, const Model& b) { return !first_weights_difference(a, b); };
  expect_each_row_changes<Model>(
      "model.carried", carried_rows(), [](Model&, Random&) {},
      {{"version", 75,
        [&](const Model& a, const Model& b) {
          versions.insert(b.keras_version());
          return same_layers(a, b) && a.compile_config() == b.compile_config() && a.assets() == b.assets();
        }},
       {"compile", 100,
        [&](const Model& a, const Model& b) {
          compiled.insert(print_json(b.compile_config()));
          return same_layers(a, b) && a.keras_version() == b.keras_version() && a.assets() == b.assets();
        }},
       {"optimizer", 100,
        [&](const Model& a, const Model& b) {
          sizes.insert(b.training_tensors().at(0).tensor.size());
          return same_layers(a, b) && a.compile_config() == b.compile_config() && a.assets() == b.assets() &&
                 b.training_tensors()[0].tensor.dtype() == DType::int64;
        }},
       {"assets", 100,
        [&](const Model& a, const Model& b) {
          assets.insert(b.assets().at(0).bytes.size());
          return same_layers(a, b) && a.compile_config() == b.compile_config() &&
                 b.assets()[0].name == "assets/note.txt";
        }}},
      [&](const CarriedRow& row, Random& random) {
        Model made = before;
        row.change(made, random);
        return Step<Model>{before, made, first_difference(before, made).has_value(),
                           made.keras_version() + print_json(made.compile_config()) + made.training_tensors()[0].path +
                               std::to_string(made.training_tensors()[0].tensor.size()) +
                               std::to_string(made.assets()[0].bytes.size())};
      });
  EXPECT_THAT(versions, ElementsAre("3.0.5", "3.15.1", "3.16.0", "3.4.1"));
  EXPECT_THAT(sizes, ElementsAre(0, 1, 2));
  EXPECT_EQ(assets.size(), 20U);
  EXPECT_EQ(compiled.size(), 2U);
  expect_rows_come_up(carried_rows());
}

}  // namespace
}  // namespace revive::fuzz
