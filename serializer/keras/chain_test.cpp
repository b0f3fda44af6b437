// Functionals that are one chain, what makes others none, and what comes back of those that are.
#include "revive/serializer/keras/chain.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "revive/model/lambda.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/layers/functional.h"
#include "revive/serializer/compare.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/keras/config_codec.h"
#include "revive/serializer/keras/weights_codec.h"

namespace revive {
namespace {

std::string tensor(std::string_view giver, int call = 0) {
  return fmt::format(R"({{"class_name": "__keras_tensor__", "config": {{"shape": [null, 3], "dtype": "float32",)"
                     R"( "keras_history": ["{}", {}, 0]}}}})",
                     giver, call);
}

std::string node(std::string_view module, std::string_view class_name, std::string_view name, std::string_view config,
                 std::string_view args, std::string_view kwargs = "") {
  return fmt::format(R"({{"module": "{}", "class_name": "{}", "config": {{"name": "{}"{}}}, "name": "{}",)"
                     R"( "inbound_nodes": [{{"args": [{}], "kwargs": {{{}}}}}]}})",
                     module, class_name, name, config, name, args, kwargs);
}

std::string dense(std::string_view name, std::string_view from, std::string_view kwargs = "") {
  return node("keras.layers", "Dense", name, R"(, "units": 3)", tensor(from), kwargs);
}

std::string op(std::string_view class_name, std::string_view name, std::string_view args) {
  return node("keras.src.ops.numpy", class_name, name, "", args);
}

constexpr std::string_view kInput =
    R"({"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 3], "dtype": "float32",
        "name": "i"}, "name": "i", "inbound_nodes": []})";

std::string functional(std::string_view layers, std::string_view output, std::string_view input = R"(["i", 0, 0])") {
  return fmt::format(
      R"({{"module": "keras.src.models.functional", "class_name": "Functional", "config": {{"name": "f",)"
      R"( "trainable": true, "layers": [{}, {}], "input_layers": {}, "output_layers": {}}},)"
      R"( "registered_name": "Functional"}})",
      kInput, layers, input, output);
}

Result<Sequential> read(std::string_view text) {
  const auto value = parse_json(text, {}, "test");
  if (!value) return std::unexpected(value.error());
  return model_from_config(*value);
}

std::string names_of(const Sequential& model) {
  std::string names;
  for (const Layer& layer : model.layers()) names += (names.empty() ? "" : " ") + layer.name();
  return names;
}

TEST(Chain, IsReadInTheOrderOfItsCalls) {
  const std::string layers = fmt::format("{}, {}, {}", dense("c", "b"), dense("a", "i"), dense("b", "a"));
  for (const std::string& input :
       {std::string(R"(["i", 0, 0])"), std::string(R"([["i", 0, 0]])"), std::string(R"({"x": ["i", 0, 0]})")}) {
    const auto model = read(functional(layers, R"([["c", 0, 0]])", input));
    ASSERT_TRUE(model) << model.error().text();
    EXPECT_TRUE(is_functional(model->root().layer_class()));
    EXPECT_EQ(names_of(*model), "i a b c");
  }
}

TEST(Chain, TakesOpsBetweenLayersForOneLambda) {
  const std::string ops = op("Square", "s", tensor("a")) + ", " + op("Add", "p", tensor("s") + ", " + tensor("a"));
  const auto model = read(functional(dense("a", "i") + ", " + ops + ", " + dense("b", "p"), R"(["b", 0, 0])"));
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(names_of(*model), "i a p b");
  ASSERT_NE(model->layers()[2].lambda(), nullptr);
  EXPECT_EQ(model->layers()[2].lambda()->graph, make_expression("ops.square(x) + x", {}).value().graph);
}

TEST(Chain, ComesBackAsItWas) {
  const std::string ops = op("Square", "s", tensor("a")) + ", " + op("Add", "p", tensor("s") + ", " + tensor("a"));
  auto model = read(functional(dense("a", "i") + ", " + ops + ", " + dense("b", "p"), R"(["b", 0, 0])"));
  ASSERT_TRUE(model) << model.error().text();
  model->initialize(1);
  const auto config = model_to_config(*model);
  const auto weights = model_to_weights(*model);
  ASSERT_TRUE(config && weights);
  EXPECT_EQ(*config->find("class_name"), Value("Functional"));
  EXPECT_EQ(config->find("config")->find("layers")->as_array().size(), 5u);
  auto again = model_from_config(*config);
  ASSERT_TRUE(again) << again.error().text();
  ASSERT_TRUE(weights_to_model(*weights, *again));
  const auto difference = first_difference(*model, *again);
  EXPECT_FALSE(difference) << difference->text();
  EXPECT_EQ(model_to_config(*again).value(), *config);
}

// Keras gives an InputLayer of a Functional a group, and ops none.
TEST(Chain, HasTheGroupsOfKeras) {
  auto model = read(
      functional(dense("a", "i") + ", " + op("Square", "s", tensor("a")) + ", " + dense("b", "s"), R"(["b", 0, 0])"));
  ASSERT_TRUE(model) << model.error().text();
  model->initialize(1);
  const auto weights = model_to_weights(*model);
  ASSERT_TRUE(weights) << weights.error().text();
  ASSERT_NE(weights->group("layers"), nullptr);
  std::vector<std::string> groups;
  for (const auto& [name, object] : weights->group("layers")->links) groups.push_back(name);
  EXPECT_EQ(fmt::format("{}", fmt::join(groups, " ")), "dense dense_1 input_layer");
}

Layer layer_of(std::string_view class_name, const Value::Object& config, std::vector<Children> children = {}) {
  auto made = make_layer(class_name, config, std::move(children));
  EXPECT_TRUE(made) << (made ? "" : made.error().text());
  return *std::move(made);
}

// Where Keras wrote a Lambda as Python, its group has a name of its own, and the Functional behind it comes first among
// its kind; where we wrote it, the Lambda does.
TEST(Chain, FindsItsGroupBehindALambda) {
  const Layer input = layer_of("InputLayer", {{"batch_shape", Value::Array{nullptr, 3}}});
  const Layer inner = layer_of("Functional", {}, {{"layers", {input, layer_of("Dense", {{"units", 2}})}}});
  auto model = Sequential::make("m", {input, make_lambda("x * 2", {}).value(), inner});
  ASSERT_TRUE(model) << model.error().text();
  model->initialize(1);
  const auto ours = model_to_weights(*model);
  ASSERT_TRUE(ours) << ours.error().text();
  ASSERT_NE(ours->dataset("layers/functional_1/layers/dense/vars/0"), nullptr);

  hdf5::Group theirs;
  for (const char* const name : {"0", "1"}) {
    theirs.put(std::string("layers/functional/layers/dense/vars/") + name,
               *ours->dataset(std::string("layers/functional_1/layers/dense/vars/") + name));
  }
  theirs.make_group("layers/lambda/vars");
  for (const hdf5::Group* const file :
       {static_cast<const hdf5::Group*>(&*ours), static_cast<const hdf5::Group*>(&theirs)}) {
    Sequential again = *model;
    again.initialize(2);
    ASSERT_TRUE(weights_to_model(*file, again));
    EXPECT_FALSE(first_difference(*model, again));
    EXPECT_TRUE(again.training_tensors().empty());
  }
}

// Keras counts what makes a model as a call of it, where it saves a model that it loaded.
TEST(Chain, MayCountTheMakingOfAModelAsACall) {
  std::string inner = functional(dense("a", "i"), R"(["a", 0, 0])");
  inner.insert(inner.size() - 1,
               fmt::format(R"(, "name": "f", "inbound_nodes": [{{"args": [{}], "kwargs": {{}}}}])", tensor("i")));
  const auto model = read(functional(inner, R"(["f", 1, 0])"));
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(names_of(*model), "i f");
}

struct Row {
  std::string layers;
  std::string output;
  std::string message;
};

TEST(Chain, RefusesWhatIsNone) {
  const std::string only = "; of Functional models a chain of layers is supported alone";
  const Row rows[] = {
      {dense("a", "i") + ", " + dense("b", "i") + ", " + op("Add", "s", tensor("a") + ", " + tensor("b")), "s",
       R"(/config/layers/3: "s" joins what "a" and "b" give)" + only},
      {dense("a", "i") + ", " + op("Add", "s", tensor("a") + ", " + tensor("i")), "s",
       R"(/config/layers/2: "s" joins what "a" and "i" give)" + only},
      {dense("a", "i") + ", " + dense("b", "i"), "a",
       R"(/config/layers/2: "b" is another use of what "i" gives)" + only},
      {node("keras.layers", "Add", "s", "", fmt::format("[{}, {}]", tensor("i"), tensor("i"))), "s",
       R"(/config/layers/1: "s" is called on 2 tensors)" + only},
      {node("keras.layers", "Dense", "s", R"(, "units": 3)", fmt::format("[{}]", tensor("i"))), "s",
       R"(/config/layers/1: "s" is called on a list of tensors)" + only},
      {node("keras.layers", "Dense", "s", R"(, "units": 3)", tensor("i", 1)), "s",
       R"(/config/layers/1/inbound_nodes/0/args/0/config/keras_history: expected the one output of the one call of a )"
       R"(layer, found ["i", 1, 0])" +
           only},
      {dense("a", "i", R"("training": true)"), "a",
       "/config/layers/1/inbound_nodes/0/kwargs/training: expected a call as in a stack, with null, found true"},
      {dense("a", "i", R"("mask": )" + tensor("i")), "a",
       "/config/layers/1/inbound_nodes/0/kwargs/mask: expected the mask that a layer before makes, found another "
       "tensor" +
           only},
      {op("NotEqual", "n", tensor("i") + ", 0") + ", " + dense("a", "i", R"("mask": )" + tensor("n")), "a",
       "/config/layers/2/inbound_nodes/0/kwargs/mask: expected the mask that a layer before makes, found one of "
       "another tensor" +
           only},
      {dense("a", "b") + ", " + dense("b", "a"), "b", "/config/layers/2: expected no layer before itself"},
      {dense("a", "i"), "x", R"(/config/output_layers: nothing is named "x")"},
      {dense("a", "x"), "a", R"(/config/output_layers: nothing is named "x")"},
      {dense("a", "i") + ", " + dense("a", "i"), "a", R"(/config/layers/2: the name "a" is taken already)"},
  };
  for (const Row& row : rows) {
    const auto model = read(functional(row.layers, fmt::format(R"(["{}", 0, 0])", row.output)));
    ASSERT_FALSE(model) << row.message;
    EXPECT_EQ(model.error().text(), "config.json: " + row.message);
  }
}

// An op is told what it is called on, or there is no graph of it.
TEST(Chain, RefusesOpsOnTensorsOfNoType) {
  const std::string of_keras2 = R"({"module": "keras.src.ops.numpy", "class_name": "Square", "config": {"name": "s"},
      "name": "s", "inbound_nodes": [[["i", 0, 0, {}]]]})";
  const auto without = [](std::string_view key) {
    std::string text = op("Square", "s", tensor("i"));
    const std::size_t at = text.find(std::string("\"") + std::string(key) + "\"");
    return text.replace(at + 1, key.size(), "other");
  };
  const std::pair<std::string, std::string> rows[] = {
      {of_keras2, "shape"}, {without("shape"), "shape"}, {without("dtype"), "dtype"}};
  for (const auto& [layers, missing] : rows) {
    const auto model = read(functional(layers, R"(["s", 0, 0])"));
    ASSERT_FALSE(model) << layers;
    EXPECT_EQ(
        model.error().text(),
        fmt::format(R"(config.json: /config/layers/1/inbound_nodes/0: expected the {} of what "i" gives)", missing));
  }
}

// Three layers on three ids: an Embedding that makes a mask, what hands it on, and an LSTM that is given it.
std::string masked(std::string_view padding, std::string_view between) {
  const std::string embedding =
      node("keras.layers", "Embedding", "e", R"(, "input_dim": 4, "output_dim": 3, "mask_zero": true)", tensor("i"));
  const std::string mask = op("NotEqual", "n", fmt::format("{}, {}", tensor("i"), padding));
  const std::string lstm =
      node("keras.layers", "LSTM", "l", R"(, "units": 2)", tensor("d"), R"("mask": )" + tensor("n"));
  return functional(fmt::format("{}, {}, {}, {}", embedding, between, mask, lstm), R"(["l", 0, 0])");
}

TEST(Chain, TakesTheMaskThatComesWithTheInput) {
  const std::string dropout = node("keras.layers", "Dropout", "d", R"(, "rate": 0.5)", tensor("e"));
  const auto model = read(masked("0", dropout));
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(names_of(*model), "i e d l");
  const std::string_view place = "config.json: /config/layers/4/inbound_nodes/0/kwargs/mask: ";
  const std::string other = fmt::format(
      "{}expected the mask that comes with the input, found another; of Functional models a chain of layers is "
      "supported alone",
      place);
  const auto other_padding = read(masked("1", dropout));
  ASSERT_FALSE(other_padding);
  EXPECT_EQ(other_padding.error().text(), other);
  // Conv1D hands no mask on.
  const auto lost =
      read(masked("0", node("keras.layers", "Conv1D", "d", R"(, "filters": 3, "kernel_size": 1)", tensor("e"))));
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().text(), other);
}

TEST(Chain, IsReadAsKeras2SpeltIt) {
  const auto called = [](std::string_view name, std::string_view calls) {
    return fmt::format(R"({{"module": "keras.layers", "class_name": "Dense", "config": {{"name": "{}", "units": 3}},)"
                       R"( "name": "{}", "inbound_nodes": {}}})",
                       name, name, calls);
  };
  const auto model = read(
      functional(called("b", R"([["a", 0, 0, {"training": null}]])") + ", " + called("a", R"([[["i", 0, 0, {}]]])"),
                 R"([["b", 0, 0]])"));
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(names_of(*model), "i a b");
  const auto training = read(functional(called("a", R"([[["i", 0, 0, {"training": true}]]])"), R"(["a", 0, 0])"));
  ASSERT_FALSE(training);
  EXPECT_EQ(training.error().text(),
            "config.json: /config/layers/1/inbound_nodes/0/training: expected a call as in a stack, with null, found "
            "true");
  const auto two = read(functional(called("a", R"([[["i", 0, 0, {}], ["i", 0, 0, {}]]])"), R"(["a", 0, 0])"));
  ASSERT_FALSE(two);
  EXPECT_EQ(two.error().text(), R"(config.json: /config/layers/1: "a" is called on 2 tensors; of Functional models a )"
                                "chain of layers is supported alone");
}

}  // namespace
}  // namespace revive
