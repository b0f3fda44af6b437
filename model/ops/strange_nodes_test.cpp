// Nodes of every op that differ in one thing from what is drawn for it: a setting, an argument, an axis or the dtype of
// x. What is said of those that are refused, and what the others give. builds.txt has the lines; after a change that is
// meant:
//
//     REVIVE_WRITE_SENTENCES=1 build/release/model/model_test --gtest_filter='StrangeNodes.*'
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>

#include "revive/model/lambda/graph_testing.h"
#include "revive/model/ops/random_draw.h"
#include "revive/model/ops/testing.h"
#include "revive/model/testing/said.h"

namespace revive::testing {
namespace {

constexpr const char* kFile = "model/ops/builds.txt";

std::vector<Value> strange_settings() {
  using List = Value::Array;
  std::vector<Value> values = {
      nullptr, true, 0, 1, 2, 3, 7, -1, -2, -3, -5, 0.5, "a", "int32", "bool", "uint64", std::int64_t{1} << 62};
  for (const char* text : {"float16", "reflect", "symmetric", "constant", "ab,bc->ac", "ab->ba", "...a->...", "abc->ab",
                           "abc,abc->ab", "aab->ab", "ab,cb->ac"}) {
    values.emplace_back(text);
  }
  for (const List& list : std::vector<List>{{},
                                            {0},
                                            {1},
                                            {2},
                                            {-1},
                                            {1, 2},
                                            {2, 1},
                                            {1, 1},
                                            {1, -1},
                                            {0, 1},
                                            {0, 2, 1},
                                            {1, 0, 2},
                                            {-1, 1},
                                            {-1, 2, 3},
                                            {2, 1, 1, 3},
                                            {1, "a"},
                                            {0.5},
                                            {std::int64_t{1} << 62, 4}}) {
    values.emplace_back(list);
  }
  for (const List& pairs : std::vector<List>{{List{0, 0}, List{1, 2}},
                                             {List{1}, List{0}},
                                             {List{0, 0}, List{2, 0}, List{0, 1}},
                                             {List{0, 1}, List{0, 0}},
                                             {List{1, 2}, List{0, 1}},
                                             {List{1}, List{0, 1}}}) {
    values.emplace_back(pairs);
  }
  return values;
}

std::vector<Argument> strange_arguments() {
  const NodeRef x{0};
  const auto list = [](std::initializer_list<Argument> items) { return Argument(Argument::List(items)); };
  return {x,
          Value(),
          Value(true),
          Value(2),
          Value(-1),
          Value(0.5),
          Value("a"),
          Slice{},
          Slice{1, std::nullopt, -1},
          Ellipsis{},
          floats_of("1 2"),
          floats_of("1 0.5 3", {3, 1}),
          ints_of("1", {1, 1, 1}),
          ints_of("0 1 -1"),
          array_of(DType::boolean, "1 0"),
          Tensor(DType::float64, {}),
          Tensor(DType::float32, {0}),
          list({}),
          list({x}),
          list({x, x}),
          list({x, Value(1)}),
          list({Value(1), Value(0)}),
          list({Value(1), Value("a")}),
          list({x, floats_of("1 2")}),
          list({Slice{}, Value(0)}),
          list({Ellipsis{}, Value(-1)}),
          list({Slice{}, Value()})};
}

// x, others that differ in one axis or in how many there are, and those of each dtype.
std::vector<TensorType> types_near(const TensorType& x) {
  std::vector<TensorType> types;
  for (const DType dtype : kDTypes) types.push_back({dtype, x.shape});
  for (std::size_t axis = 0; axis < x.shape.rank(); ++axis) {
    for (const std::int64_t length : {kUnknown, std::int64_t{0}, std::int64_t{1}, std::int64_t{5}}) {
      types.push_back(x);
      types.back().shape[axis] = length;
    }
  }
  types.push_back(x);
  types.back().shape.push_back(2);
  types.push_back({x.dtype, {}});
  types.push_back({x.dtype, Shape(Dims(x.shape.axes().begin(), x.shape.axes().end() - 1))});
  return types;
}

// Small whole numbers, which no order of sums and no width of a vector changes.
Tensor small_numbers(const TensorType& type) {
  Tensor ids(DType::int32, type.shape.concrete(2, 3));
  std::int32_t next = 0;
  for (auto& id : ids.data<std::int32_t>()) id = next++ * 5 % 7;
  return cast(ids, type.dtype);
}

std::string given(const OpClass& op, const Graph& graph, const TensorType& x) {
  const auto types = graph.infer(x);
  if (!types) return types.error().text();
  const Graph::Cost cost = graph.cost(*types);
  std::string text = fmt::format("{}{} {} {}", name_of(types->back().dtype), to_string(types->back().shape),
                                 cost.multiply_adds, cost.activation_elements);
  const auto run = graph.evaluate(small_numbers(x), Limits{.activation_elements = 10'000});
  if (!run) return text + run.error().text();
  text += to_string(run->dims());
  // What is no exact op may differ in the last place from machine to machine.
  if (!op.numerics.exact && is_float(run->dtype())) return text;
  for (const std::byte byte : run->bytes()) text += static_cast<char>(byte);
  return text;
}

void add(Tally& said, const Node& node, const TensorType& x) {
  const auto graph = Graph::make({node}, {1});
  if (!graph) return said.add(graph.error());
  const auto types = graph->infer(x);
  if (!types) return said.add(types.error());
  said.add("taken", given(*node.op, *graph, x));
}

void add_all(Tally& said, const Node& node, const TensorType& x) {
  static const std::vector<Value> settings = strange_settings();
  static const std::vector<Argument> arguments = strange_arguments();
  for (const TensorType& near : types_near(x)) add(said, node, near);
  for (std::size_t i = 0; i < node.settings.size(); ++i) {
    for (const Value& setting : settings) {
      Node strange = node;
      strange.settings[i] = setting;
      add(said, strange, x);
    }
  }
  for (std::size_t i = 0; i < node.arguments.size(); ++i) {
    for (const Argument& argument : arguments) {
      Node strange = node;
      strange.arguments[i] = argument;
      add(said, strange, x);
    }
  }
}

TEST(StrangeNodes, AreTakenOrRefusedAsRecorded) {
  constexpr unsigned kDraws = 12;
  for (const OpClass* const op : all_ops()) {
    if (!is_recorded(kFile, std::string(op->function))) continue;
    Tally said;
    for (unsigned seed = 0; seed < kDraws; ++seed) {
      std::mt19937 random(seed);
      const DrawnValue x = random_input(random);
      if (op->draw == nullptr || (op->applies != nullptr && !op->applies(x))) continue;
      RandomDraw draw(random, x, std::span(&x, 1), true);
      add_all(said, drawn_node(*op, draw), x.type);
    }
    expect_recorded(kFile, std::string(op->function), said.text());
  }
}

}  // namespace
}  // namespace revive::testing
