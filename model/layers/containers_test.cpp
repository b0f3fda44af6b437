// Layers that hold layers: what they give for shapes around the one they are made for, what that costs, and what is
// said of those that they do not take. builds.txt has the lines, rewritten with REVIVE_WRITE_SENTENCES=1.
#include <fmt/format.h>

#include <functional>
#include <limits>

#include "revive/model/config.h"
#include "revive/model/layers/testing.h"
#include "revive/model/registry.h"
#include "revive/model/testing/made_layer.h"
#include "revive/model/testing/said.h"

namespace revive::testing {
namespace {

constexpr const char* kFile = "model/layers/builds.txt";

Layer around(std::string_view class_name, const char* key, std::vector<Layer> inside,
             const Value::Object& config = {}) {
  std::vector<Children> children;
  children.push_back({key, std::move(inside)});
  return layer(class_name, config, std::move(children));
}

Layer input(const Shape& shape, std::string_view dtype = "float32") {
  return layer("InputLayer", {{"batch_shape", shape_to_value(shape)}, {"dtype", dtype}, {"name", "in"}});
}

struct Row {
  const char* name;
  std::function<Layer()> make;
  Shape shape;
};

std::vector<Row> rows() {
  const auto dense = [] { return layer("Dense", {{"units", 3}}); };
  const auto lstm = [](const Value::Object& config = {}) {
    Value::Object all{{"units", 2}};
    all.insert(all.end(), config.begin(), config.end());
    return layer("LSTM", all);
  };
  return {
      {"an InputLayer", [] { return input({kUnknown, 4}); }, {kUnknown, 4}},
      {"an InputLayer of ints", [] { return input({kUnknown, 4}, "int32"); }, {kUnknown, 4}},
      {"TimeDistributed of Dense", [=] { return around("TimeDistributed", "layer", {dense()}); }, {kUnknown, 4, 2}},
      {"TimeDistributed of Conv1D",
       [] { return around("TimeDistributed", "layer", {layer("Conv1D", {{"filters", 3}, {"kernel_size", 2}})}); },
       {kUnknown, 4, 5, 2}},
      {"TimeDistributed of float16",
       [] { return around("TimeDistributed", "layer", {layer("Dense", {{"units", 3}, {"dtype", "float16"}})}); },
       {kUnknown, 4, 2}},
      {"Sequential of layers",
       [=] { return around("Sequential", "layers", {dense(), layer("ReLU", {}), dense()}); },
       {kUnknown, 4, 2}},
      {"Sequential of nothing", [] { return Layer(*find_layer_class("Sequential")); }, {kUnknown, 4}},
      {"Sequential with an InputLayer",
       [=] { return around("Sequential", "layers", {input({kUnknown, 4, kUnknown, 2}), dense()}); },
       {kUnknown, 4, 3, 2}},
      {"Sequential in a Sequential",
       [=] {
         return around("Sequential", "layers",
                       {dense(), around("Sequential", "layers", {lstm({{"return_sequences", true}}), dense()})});
       },
       {kUnknown, 4, 2}},
      {"Functional of layers",
       [=] { return around("Functional", "layers", {input({kUnknown, 4}), dense()}); },
       {kUnknown, 4}},
      {"Bidirectional of LSTM", [=] { return around("Bidirectional", "layer", {lstm()}); }, {kUnknown, 4, 2}},
      {"Bidirectional of sequences",
       [=] { return around("Bidirectional", "layer", {lstm({{"return_sequences", true}})}, {{"merge_mode", "sum"}}); },
       {2, 4, 2}},
      {"Bidirectional of ConvLSTM1D",
       [] { return around("Bidirectional", "layer", {layer("ConvLSTM1D", {{"filters", 2}, {"kernel_size", 2}})}); },
       {kUnknown, 4, 5, 2}},
      {"Bidirectional of two widths",
       [=] {
         return layer(
             "Bidirectional", {},
             {{"layer", {lstm()}}, {"backward_layer", {layer("GRU", {{"units", 3}, {"go_backwards", true}})}}});
       },
       {kUnknown, 4, 2}},
      {"RNN of GRUCell",
       [] { return around("RNN", "cell", {layer("GRUCell", {{"units", 2}})}, {{"return_sequences", true}}); },
       {kUnknown, 4, 2}},
      {"RNN of a stack",
       [] {
         return around("RNN", "cell",
                       {around("StackedRNNCells", "cells",
                               {layer("LSTMCell", {{"units", 2}}), layer("SimpleRNNCell", {{"units", 3}})})});
       },
       {kUnknown, 4, 2}},
      {"RNN of float16",
       [] { return around("RNN", "cell", {layer("LSTMCell", {{"units", 2}, {"dtype", "float16"}})}); },
       {kUnknown, 4, 2}},
      {"RNN unrolled with a state",
       [] {
         return around("RNN", "cell", {layer("LSTMCell", {{"units", 2}})}, {{"unroll", true}, {"stateful", true}});
       },
       {2, 4, 2}},
      {"StackedRNNCells",
       [] {
         return around("StackedRNNCells", "cells",
                       {layer("GRUCell", {{"units", 2}}), layer("LSTMCell", {{"units", 3}})});
       },
       {kUnknown, 2}},
      {"SpectralNormalization of Conv1D",
       [] { return around("SpectralNormalization", "layer", {layer("Conv1D", {{"filters", 3}, {"kernel_size", 2}})}); },
       {kUnknown, 5, 2}},
      {"SpectralNormalization of Dense",
       [=] { return around("SpectralNormalization", "layer", {dense()}); },
       {kUnknown, 5, 2}},
      {"SpectralNormalization of ReLU",
       [] { return around("SpectralNormalization", "layer", {layer("ReLU", {})}); },
       {kUnknown, 5, 2}},
  };
}

// The shape, others that differ from it in one axis, in two, or in how many there are.
std::vector<Shape> shapes_near(const Shape& shape) {
  constexpr std::int64_t kLengths[] = {kUnknown, 0, 1, 2, 5, std::int64_t{1} << 40};
  std::vector<Shape> shapes = {shape, {}};
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
    for (const std::int64_t length : kLengths) {
      Shape other = shape;
      other[axis] = length;
      shapes.push_back(other);
      // Two long axes are more than 64 bits count.
      for (std::size_t next = axis + 1; next < shape.rank(); ++next) {
        Shape both = other;
        both[next] = length;
        shapes.push_back(both);
      }
    }
  }
  Shape longer = shape;
  longer.push_back(2);
  shapes.push_back(longer);
  shapes.emplace_back(std::vector<std::int64_t>(shape.axes().begin(), shape.axes().end() - 1));
  return shapes;
}

std::string told(const Layer& root) {
  std::string text;
  visit_layers(root, [&](const std::string& path, const Layer& each) {
    text += fmt::format("{} {} {} {} {} {} {} {}", path, each.name(), to_string(each.input_shape()),
                        to_string(each.output_shape()), name_of(each.output_dtype()), each.multiply_adds(),
                        each.activation_elements(), each.weight_elements());
    for (const VariableSpec& variable : each.variables()) {
      text += fmt::format(" {}{}{}", variable.name, to_string(variable.dims), name_of(variable.dtype));
    }
    text += each.gives_mask(true) ? " masks;" : ";";
  });
  return text;
}

TEST(Containers, BuildAsRecorded) {
  for (const Row& row : rows()) {
    Tally said;
    for (const Shape& shape : shapes_near(row.shape)) {
      for (const DType dtype : {DType::float32, DType::float16, DType::int32}) {
        for (const Limits& limits : {Limits{}, Limits{.weight_elements = 20}, Limits{.activation_elements = 10}}) {
          Layer made = row.make();
          if (const Status built = made.build(shape, dtype, limits); !built) {
            said.add(built.error());
          } else {
            said.add("built", told(made));
          }
        }
      }
    }
    expect_recorded(kFile, row.name, said.text());
  }
}

}  // namespace
}  // namespace revive::testing
