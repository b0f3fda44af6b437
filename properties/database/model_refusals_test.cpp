// Every sentence that a model of a stored case is refused with, whole.
#include <gtest/gtest.h>

#include "revive/model/testing/recorded.h"
#include "revive/properties/database/model_json.h"
#include "revive/serializer/json/json.h"

namespace revive::properties {
namespace {

Value model() {
  return parse_json(R"({"config": {"module": "keras", "class_name": "Sequential", "config": {
      "name": "m", "layers": [
        {"module": "keras.layers", "class_name": "InputLayer",
         "config": {"batch_shape": [null, 2], "dtype": "float32", "sparse": false, "name": "input_layer"}},
        {"module": "keras.layers", "class_name": "Dense", "config": {"name": "dense", "units": 1}},
        {"class_name": "Lambda", "config": {"name": "scaled"}}]}},
    "weights": [{"path": "/layers/1/bias", "dtype": "float32", "shape": [1], "data": "AACAPw=="},
                {"path": "/layers/1/kernel", "dtype": "float32", "shape": [2, 1], "data": "AACAPwAAgD8="}],
    "lambdas": {"/layers/2": {"text": "lambda x: x * scale", "captures": {"scale": 0.5}}}})",
                    {}, "model")
      .value();
}

Value& layers(Value& value) {
  return *value.find("config")->find("config")->find("layers");
}
Value& lambda(Value& value) {
  return value.find("lambdas")->as_object()[0].second;
}
void remove(Value& value, std::string_view key) {
  std::erase_if(value.as_object(), [&](const Value::Member& each) { return each.first == key; });
}

std::string& place(Value& value) {
  return value.find("lambdas")->as_object()[0].first;
}
// With another Dense behind the lambda, and without the variable of this path.
void first_of_two(Value& value, std::string_view without) {
  layers(value).as_array().push_back(
      parse_json(R"({"module": "keras.layers", "class_name": "Dense", "config": {"name": "second", "units": 1}})", {},
                 "")
          .value());
  const Value more = parse_json(R"([{"path": "/layers/3/bias", "dtype": "float32", "shape": [1], "data": "AACAPw=="},
                                    {"path": "/layers/3/kernel", "dtype": "float32", "shape": [1, 1], "data": "AACAPw=="}])",
                                {}, "")
                         .value();
  Value::Array& weights = value.find("weights")->as_array();
  for (const Value& each : more.as_array()) weights.push_back(each);
  std::erase_if(weights, [&](const Value& each) { return each.find("path")->as_string() == without; });
}

struct Refusal {
  const char* what;
  void (*inject)(Value& value);
};

constexpr Refusal kRefusals[] = {
    {"no config", [](Value& value) { remove(value, "config"); }},
    {"no weights", [](Value& value) { remove(value, "weights"); }},
    {"weights that are no list", [](Value& value) { *value.find("weights") = Value(3); }},
    {"lambdas that are no object", [](Value& value) { *value.find("lambdas") = Value(Value::Array{1}); }},
    {"a variable without a path", [](Value& value) { remove(value.find("weights")->as_array()[1], "path"); }},
    {"a path that is no text", [](Value& value) { *value.find("weights")->as_array()[1].find("path") = Value(1); }},
    {"a variable without data", [](Value& value) { remove(value.find("weights")->as_array()[0], "data"); }},
    {"a variable without a shape", [](Value& value) { remove(value.find("weights")->as_array()[0], "shape"); }},
    {"a variable without a dtype", [](Value& value) { remove(value.find("weights")->as_array()[0], "dtype"); }},
    {"data that are no base64", [](Value& value) { *value.find("weights")->as_array()[0].find("data") = Value("!"); }},
    {"a dtype of nobody", [](Value& value) { *value.find("weights")->as_array()[0].find("dtype") = Value("float8"); }},
    {"another dtype", [](Value& value) { *value.find("weights")->as_array()[0].find("dtype") = Value("int32"); }},
    {"no InputLayer",
     [](Value& value) {
       layers(value).as_array().erase(layers(value).as_array().begin());
       value.find("lambdas")->as_object()[0].first = "/layers/1";
       *value.find("weights") = Value(Value::Array{});
     }},
    {"a lambda without a text", [](Value& value) { remove(lambda(value), "text"); }},
    {"a lambda of another text", [](Value& value) { *lambda(value).find("text") = Value("lambda x: x *"); }},
    {"captures that are no object", [](Value& value) { *lambda(value).find("captures") = Value(3); }},
    {"no captures", [](Value& value) { remove(lambda(value), "captures"); }},
    {"a layer without a name", [](Value& value) { remove(*layers(value).as_array()[2].find("config"), "name"); }},
    {"a lambda of the Dense", [](Value& value) { value.find("lambdas")->as_object()[0].first = "/layers/1"; }},
    {"a lambda of a layer of no number", [](Value& value) { place(value) = "/layers/two"; }},
    {"a lambda of a layer of nearly a number", [](Value& value) { place(value) = "/layers/2x"; }},
    {"a lambda of a layer too many", [](Value& value) { place(value) = "/layers/3"; }},
    {"a lambda of all layers", [](Value& value) { place(value) = "/layers"; }},
    {"a lambda of the model", [](Value& value) { place(value) = ""; }},
    {"a lambda of a key that is not there", [](Value& value) { place(value) = "/rows/2"; }},
    {"a lambda of a key of a layer", [](Value& value) { place(value) = "/layers/1/units"; }},
    {"a lambda of a layer without a config",
     [](Value& value) {
       place(value) = "/layers/2/layer";
       remove(layers(value).as_array()[2], "config");
     }},
    {"two captures less",
     [](Value& value) {
       *lambda(value).find("text") = Value("lambda x: x * scale + bias");
       *lambda(value).find("captures") = Value(Value::Object{});
     }},
    {"the first variable less", [](Value& value) { first_of_two(value, "/layers/1/kernel"); }},
    {"the last variable less", [](Value& value) { first_of_two(value, "/layers/3/bias"); }},
    {"the first variable of another shape",
     [](Value& value) {
       first_of_two(value, "");
       *value.find("weights")->as_array()[1].find("shape") = Value(Value::Array{1, 2});
     }},
    {"two Dense", [](Value& value) { first_of_two(value, ""); }},
    {"nothing wrong", [](Value&) {}},
};

TEST(ModelRefusals, AreAsRecorded) {
  for (const Refusal& refusal : kRefusals) {
    Value value = model();
    refusal.inject(value);
    const auto made = model_from_value(value);
    expect_recorded("properties/database/refusals.txt", refusal.what, made ? "it is read" : made.error().text());
  }
}

}  // namespace
}  // namespace revive::properties
