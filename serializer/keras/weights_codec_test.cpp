// Where variables live in the weights file, and what is said when they are not there.
#include "revive/serializer/keras/weights_codec.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <utility>

#include "revive/model/lambda.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/layers/functional.h"

namespace revive {
namespace {

Layer layer(std::string_view class_name, const Value::Object& config) {
  auto made = make_layer(class_name, config);
  EXPECT_TRUE(made) << (made ? "" : made.error().text());
  return std::move(*made);
}

Sequential model() {
  auto inner = Sequential::make("inner", {layer("Dense", {{"units", 2}})});
  EXPECT_TRUE(inner);
  auto made =
      Sequential::make("m", {layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 5, 3}}}),
                             layer("Dense", {{"units", 3}}), layer("LSTM", {{"units", 2}, {"return_sequences", true}}),
                             inner->root(), layer("Dense", {{"units", 1}, {"name", "zzz"}}), layer("ReLU", {})});
  EXPECT_TRUE(made) << (made ? "" : made.error().text());
  made->initialize(1);
  return std::move(*made);
}

TEST(WeightsCodec, UsesTheGroupsOfKeras) {
  const Sequential m = model();
  const auto file = model_to_weights(m);
  ASSERT_TRUE(file) << file.error().text();
  for (const char* path :
       {"layers/dense/vars/0", "layers/dense/vars/1", "layers/dense_1/vars/0", "layers/lstm/cell/vars/0",
        "layers/lstm/cell/vars/2", "layers/sequential/layers/dense/vars/1"}) {
    EXPECT_NE(file->dataset(path), nullptr) << path;
  }
  for (const char* path : {"vars", "layers/lstm/vars", "layers/sequential/vars", "layers/re_lu/vars"}) {
    ASSERT_NE(file->group(path), nullptr) << path;
    EXPECT_TRUE(file->group(path)->links.empty()) << path;
  }
}

TEST(WeightsCodec, ReadsAKernelThatIsThereTwiceFromTheLayerInside) {
  auto wrapper = make_layer("SpectralNormalization", {}, {{"layer", {layer("Dense", {{"units", 2}})}}});
  ASSERT_TRUE(wrapper);
  auto made = Sequential::make("m", {layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 3}}}), *wrapper});
  ASSERT_TRUE(made) << made.error().text();
  made->initialize(1);
  auto file = model_to_weights(*made);
  ASSERT_TRUE(file) << file.error().text();
  const std::string own = "layers/spectral_normalization/";
  const auto bytes = [&](const std::string& path) { return file->dataset(own + path)->bytes; };
  EXPECT_TRUE(std::ranges::equal(bytes("vars/0"), bytes("layer/vars/0")));
  EXPECT_EQ(file->dataset(own + "vars/1")->dims, (Dims{1, 2}));

  Sequential other = *made;
  for (Tensor& weight : other.layers()[1].children("layer")[0].weights())
    weight = Tensor(DType::float32, weight.dims());
  const Status status = weights_to_model(*file, other);
  ASSERT_TRUE(status) << status.error().text();
  EXPECT_TRUE(same_bits(other.layers()[1].children("layer")[0].weights()[0],
                        made->layers()[1].children("layer")[0].weights()[0]));
  EXPECT_TRUE(same_bits(other.layers()[1].weights()[0], made->layers()[1].weights()[0]));
  file->make_group(own + "vars").links.erase("0");
  EXPECT_EQ(weights_to_model(*file, other).error().code, ErrorCode::weights_count);
}

// Puts every dataset of `from` at the path that `rename` makes of its own.
template <typename Rename>
void put_renamed(const hdf5::Group& from, const std::string& path, const Rename& rename, hdf5::Group& to) {
  for (const auto& [name, object] : from.links) {
    const std::string here = path.empty() ? name : path + "/" + name;
    if (const auto* const group = std::get_if<hdf5::Group>(&object)) {
      put_renamed(*group, here, rename, to);
    } else {
      to.put(rename(here), std::get<hdf5::Dataset>(object));
    }
  }
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

TEST(WeightsCodec, ReadsNumbersWithGapsInOrder) {
  const Sequential m = model();
  const auto file = model_to_weights(m);
  ASSERT_TRUE(file);
  hdf5::Group old;
  put_renamed(
      *file, "",
      [](const std::string& path) {
        return replaced(replaced(path, "layers/", "_layer_checkpoint_dependencies/"), "dense_1/", "dense_10/");
      },
      old);
  Sequential other = model();
  for (Layer& one : other.layers()) {
    for (Tensor& weight : one.weights()) weight = Tensor(DType::float32, weight.dims());
  }
  const Status status = weights_to_model(old, other);
  ASSERT_TRUE(status) << status.error().text();
  EXPECT_TRUE(same_bits(other.layers()[4].weights()[0], m.layers()[4].weights()[0]));
  EXPECT_TRUE(same_bits(other.layers()[1].weights()[0], m.layers()[1].weights()[0]));
}

// What Keras 2.12 wrote of the three layers, with these names for their groups; how much of it is read.
std::string read_under(const std::array<std::string_view, 3>& groups) {
  const auto three = [](std::uint64_t seed) {
    auto made = Sequential::make(
        "m", {layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 2}}}),
              layer("Dense", {{"units", 2}, {"name", "a"}}), layer("Dense", {{"units", 2}, {"name", "b"}}),
              layer("Dense", {{"units", 2}, {"name", "c"}})});
    made->initialize(seed);
    return std::move(*made);
  };
  const Sequential saved = three(1);
  hdf5::Group old;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const std::span<const Tensor> weights = saved.layers()[1 + i].weights();
    for (std::size_t w = 0; w < weights.size(); ++w) {
      old.put(fmt::format("_layer_checkpoint_dependencies/{}/vars/{}", groups[i], w),
              {weights[w].dtype(), weights[w].dims(), weights[w].bytes()});
    }
  }
  Sequential other = three(2);
  if (const Status status = weights_to_model(old, other); !status) return status.error().text();
  std::string read;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    read += same_bits(other.layers()[1 + i].weights()[0], saved.layers()[1 + i].weights()[0]) ? "+" : "-";
  }
  return read;
}

TEST(WeightsCodec, OnlyNumbersBehindTheNameOfAClassCount) {
  EXPECT_EQ(read_under({"dense", "dense_1", "dense_2"}), "+++");
  EXPECT_EQ(read_under({"dense", "dense_2", "dense_10"}), "+++");
  EXPECT_EQ(read_under({"dense_3", "dense_4", "dense_21"}), "+++");
  // Neither is a number that Keras gives: what is left are two groups for three layers, and no two share one.
  EXPECT_EQ(read_under({"dense", "dense_2", "dense_1x"}),
            "model.weights.h5: /_layer_checkpoint_dependencies/dense_3/vars: expected the 2 variables of Dense 'c', "
            "found no such group");
  EXPECT_EQ(read_under({"dense_0", "dense_2", "dense_3"}),
            "model.weights.h5: /_layer_checkpoint_dependencies/dense_4/vars: expected the 2 variables of Dense 'c', "
            "found no such group");
}

Layer functional(std::string name, std::vector<Layer> layers) {
  Layer made(functional_layer_class());
  made.set_name(std::move(name));
  layers.insert(layers.begin(), layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 3}}}));
  *made.stack() = std::move(layers);
  return made;
}

TEST(WeightsCodec, GraphsWithoutVariablesTakeNoPlaceOfThoseThatHaveSome) {
  const auto two = [](std::uint64_t seed) {
    auto made = Sequential::make(
        "m", {layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 3}}}), functional("none", {layer("ReLU", {})}),
              functional("some", {layer("Dense", {{"units", 3}})})});
    EXPECT_TRUE(made) << (made ? "" : made.error().text());
    made->initialize(seed);
    return std::move(*made);
  };
  const Sequential saved = two(1);
  const auto file = model_to_weights(saved);
  ASSERT_TRUE(file);
  EXPECT_NE(file->dataset("layers/functional_1/layers/dense/vars/0"), nullptr);
  Sequential other = two(2);
  const Status status = weights_to_model(*file, other);
  ASSERT_TRUE(status) << status.error().text();
  EXPECT_TRUE(same_bits(other.layers()[2].stack()->at(1).weights()[0], saved.layers()[2].stack()->at(1).weights()[0]));
}

TEST(WeightsCodec, OfAGraphALambdaHasAGroupUnlessItIsOpsOfTheGraph) {
  for (const bool of_graph : {false, true}) {
    auto lambda = make_lambda("lambda x: x + 1", {}, "l");
    ASSERT_TRUE(lambda);
    lambda->lambda()->stored_inline = of_graph;
    const auto model = Sequential::from_layer(functional("f", {*lambda}));
    ASSERT_TRUE(model) << model.error().text();
    const auto file = model_to_weights(*model);
    ASSERT_TRUE(file);
    std::vector<std::string> names;
    for (const auto& [name, object] : file->group("layers")->links) names.push_back(name);
    EXPECT_EQ(names, of_graph ? std::vector<std::string>({"input_layer"})
                              : std::vector<std::string>({"functional", "input_layer"}));
  }
}

TEST(WeightsCodec, GroupsOfVariablesBearTheNameOfTheirLayer) {
  const auto file = model_to_weights(model());
  ASSERT_TRUE(file);
  const std::pair<const char*, std::string_view> rows[] = {{"vars", "m"},
                                                           {"layers/dense/vars", "dense"},
                                                           {"layers/dense_1/vars", "zzz"},
                                                           {"layers/lstm/vars", "lstm"},
                                                           {"layers/lstm/cell/vars", "lstm"},
                                                           {"layers/sequential/vars", "inner"}};
  for (const auto& [path, name] : rows) EXPECT_EQ(file->group(path)->name_attribute, name) << path;
}

TEST(WeightsCodec, ReadsNamesThatWindowsWrote) {
  const Sequential m = model();
  const auto file = model_to_weights(m);
  ASSERT_TRUE(file);
  hdf5::Group flat;
  put_renamed(
      *file, "",
      [](const std::string& path) {
        const std::size_t vars = path.rfind("/vars/");
        return replaced(path.substr(0, vars), "/", "\\") + path.substr(vars);
      },
      flat);
  ASSERT_TRUE(flat.links.contains("layers\\dense_1"));
  Sequential other = model();
  const Status status = weights_to_model(flat, other);
  ASSERT_TRUE(status) << status.error().text();
  EXPECT_TRUE(other.training_tensors().empty());
  EXPECT_TRUE(same_bits(other.layers()[4].weights()[0], m.layers()[4].weights()[0]));

  // The same path, spelled in both ways.
  flat.put("layers/dense/vars/0", *flat.dataset("layers\\dense/vars/0"));
  EXPECT_EQ(weights_to_model(flat, other).error().code, ErrorCode::hdf5_structure);
}

TEST(WeightsCodec, ReadsTheOlderCollectionName) {
  Sequential m = model();
  const auto file = model_to_weights(m);
  ASSERT_TRUE(file);
  hdf5::Group old;
  const auto rename = [](auto& self, const hdf5::Group& from, hdf5::Group& to) -> void {
    for (const auto& [name, object] : from.links) {
      const std::string as = name == "layers" ? "_layer_checkpoint_dependencies" : name;
      if (const auto* group = std::get_if<hdf5::Group>(&object)) {
        self(self, *group, to.make_group(as));
      } else {
        to.put(as, std::get<hdf5::Dataset>(object));
      }
    }
  };
  rename(rename, *file, old);
  ASSERT_EQ(old.group("layers"), nullptr);
  Sequential other = model();
  const Status status = weights_to_model(old, other);
  ASSERT_TRUE(status) << status.error().text();
  EXPECT_TRUE(same_bits(other.layers()[1].weights()[0], m.layers()[1].weights()[0]));
  EXPECT_TRUE(other.training_tensors().empty());
}

TEST(WeightsCodec, CastsOtherDtypesAndRefusesOtherShapes) {
  // `written` refers to the weights of the one, so it is read into another.
  const Sequential saved = model();
  const auto written = model_to_weights(saved);
  ASSERT_TRUE(written);
  hdf5::Group file = *written;
  const Tensor wide = Tensor::from<double>({3}, {1.5, -2.0, 0.25});
  file.put("layers/dense/vars/1", {wide.dtype(), wide.dims(), wide.bytes()});
  Sequential m = model();
  const Status cast_status = weights_to_model(file, m);
  ASSERT_TRUE(cast_status) << cast_status.error().text();
  EXPECT_TRUE(same_bits(m.layers()[1].weights()[1], Tensor::from<float>({3}, {1.5F, -2.0F, 0.25F})));

  struct Row {
    std::function<void(hdf5::Group&)> spoil;
    ErrorCode code;
    std::string message;
  };
  const Row rows[] = {
      {[&](hdf5::Group& f) { f.put("layers/dense/vars/1", {wide.dtype(), {3, 1}, wide.bytes()}); },
       ErrorCode::weights_shape, "model.weights.h5: /layers/dense/vars/1: expected bias of shape (3,), found (3, 1)"},
      {[&](hdf5::Group& f) { f.put("layers/dense/vars/2", {wide.dtype(), {3}, wide.bytes()}); },
       ErrorCode::weights_count,
       "model.weights.h5: /layers/dense/vars: expected the 2 variables of Dense 'dense', found 3"},
      {[&](hdf5::Group& f) {
         f.make_group("layers/relu/vars"), f.put("layers/re_lu/vars/0", {wide.dtype(), {3}, wide.bytes()});
       },
       ErrorCode::weights_count,
       "model.weights.h5: /layers/re_lu/vars: expected the 0 variables of ReLU 're_lu', found 1"},
      {[&](hdf5::Group& f) { f.put("layers/re_lu/vars", {wide.dtype(), {3}, wide.bytes()}); },
       ErrorCode::weights_missing,
       "model.weights.h5: /layers/re_lu/vars: expected a group of ReLU 're_lu', found a dataset"},
      {[&](hdf5::Group& f) { f.put("layers/re_lu", {wide.dtype(), {3}, wide.bytes()}); }, ErrorCode::weights_missing,
       "model.weights.h5: /layers/re_lu: expected a group of ReLU 're_lu', found a dataset"},
      {[&](hdf5::Group& f) { f.put("layers/lstm/vars", {wide.dtype(), {3}, wide.bytes()}); },
       ErrorCode::weights_missing,
       "model.weights.h5: /layers/lstm/vars: expected a group of LSTM 'lstm', found a dataset"},
      {[&](hdf5::Group& f) {
         f = {};
         f.put("layers", {wide.dtype(), {3}, wide.bytes()});
         f.make_group("_layer_checkpoint_dependencies");
       },
       ErrorCode::weights_missing, "model.weights.h5: /layers: expected a group of Dense 'dense', found a dataset"},
      {[&](hdf5::Group& f) { f.make_group("layers/lstm").links.erase("cell"); }, ErrorCode::weights_missing,
       "model.weights.h5: /layers/lstm/cell/vars: expected the 3 variables of LSTM 'lstm', found no such group"},
  };
  for (const Row& row : rows) {
    hdf5::Group spoiled = *written;
    row.spoil(spoiled);
    const Status status = weights_to_model(spoiled, m);
    ASSERT_FALSE(status) << row.message;
    EXPECT_EQ(status.error().text(), row.message);
    EXPECT_EQ(name_of(status.error().code), name_of(row.code));
  }
}

TEST(WeightsCodec, RefusesToWriteCarriedTensorsThatWouldBeLost) {
  const Tensor one = Tensor::from<float>({1}, {1.0F});
  const Tensor two = Tensor::from<float>({1}, {2.0F});
  const std::vector<TrainingTensor> in_the_way[] = {
      {{"vars", one}},
      {{"layers", one}},
      {{"layers/re_lu/vars", one}},
      {{"layers/dense/vars/1", one}},
      {{"layers/dense/vars/2", one}},
      {{"layers/lstm/cell/vars/extra", one}},
      {{"optimizer/vars/0", one}, {"optimizer/vars/0", two}},
      {{"optimizer", one}, {"optimizer/vars/0", two}},
  };
  for (const auto& carried : in_the_way) {
    Sequential m = model();
    m.set_training_tensors(carried);
    const auto file = model_to_weights(m);
    ASSERT_FALSE(file) << carried.front().path;
    EXPECT_EQ(file.error().code, ErrorCode::usage) << file.error().text();
    EXPECT_TRUE(model_to_weights(m, {.without_training_state = true})) << carried.front().path;
  }
}

TEST(WeightsCodec, CarriesWhatNoLayerOwns) {
  Sequential m = model();
  const Tensor step = Tensor::from<std::int32_t>({}, {41});
  m.set_training_tensors({{"optimizer/vars/0", step}});
  const auto file = model_to_weights(m);
  ASSERT_TRUE(file);
  ASSERT_NE(file->dataset("optimizer/vars/0"), nullptr);
  Sequential other = model();
  ASSERT_TRUE(weights_to_model(*file, other));
  ASSERT_EQ(other.training_tensors().size(), 1U);
  EXPECT_EQ(other.training_tensors()[0].path, "optimizer/vars/0");
  EXPECT_TRUE(same_bits(other.training_tensors()[0].tensor, step));
  const auto without_training_state = model_to_weights(m, {.without_training_state = true});
  ASSERT_TRUE(without_training_state);
  EXPECT_EQ(without_training_state->group("optimizer"), nullptr);
}

}  // namespace
}  // namespace revive
