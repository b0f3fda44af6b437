// Single ops as stock Keras wrote and computed them (functional_ops.json, made by tools/keras/record_ops.py): what it
// wrote is read, what is read computes what Keras did, what is written has Keras' config, and the call as text gives
// the same graph.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>
#include <sstream>

#include "revive/model/graph/op.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/keras/config_codec.h"
#include "revive/serializer/keras/functional.h"
#include "revive_build/source_dir.h"

namespace revive {
namespace {

Value records() {
  std::ifstream file(REVIVE_SOURCE_DIR "/serializer/keras/functional_ops.json");
  std::ostringstream text;
  text << file.rdbuf();
  auto value = parse_json(text.str(), {}, "functional_ops.json");
  if (!value) ADD_FAILURE() << value.error().text();
  return value ? *std::move(value) : Value(Value::Array{});
}

TensorType type_from(const Value& record) {
  TensorType type{*dtype_from_name(record.find("dtype")->as_string()), {}};
  for (const Value& axis : record.find("shape")->as_array()) {
    type.shape.push_back(axis.is_null() ? kUnknown : axis.as_int());
  }
  return type;
}

// numbers() of record_ops.py.
Tensor input_of(const TensorType& type) {
  Tensor ints(DType::int32, type.shape.concrete(2, 1));
  std::int32_t next = 3;
  for (auto& element : ints.data<std::int32_t>()) {
    element = next % 11 - 5;
    next += 7;
  }
  if (type.dtype == DType::int32) return ints;
  Tensor floats = cast(ints, DType::float32);
  for (auto& element : floats.data<float>()) element = type.dtype == DType::float32 ? element / 2 : element > 0;
  return cast(floats, type.dtype);
}

Value input_layer(const std::string& name, const TensorType& type) {
  Value::Array shape = {Value()};
  for (std::size_t axis = 1; axis < type.shape.rank(); ++axis) shape.emplace_back(type.shape[axis]);
  Value::Object config = {{"batch_shape", Value(shape)}, {"dtype", Value(name_of(type.dtype))}, {"name", Value(name)}};
  return Value(Value::Object{{"module", "keras.layers"},
                             {"class_name", "InputLayer"},
                             {"config", Value(std::move(config))},
                             {"name", Value(name)},
                             {"inbound_nodes", Value(Value::Array{})}});
}

// The entry of the Functional around the recorded ops.
Value entry_of(const Value& record) {
  const std::string& input = record.find("input")->as_string();
  Value::Array layers = {input_layer(input, type_from(record))};
  for (const Value& layer : record.find("layers")->as_array()) layers.push_back(layer);
  Value::Object config = {{"name", "f"},
                          {"layers", Value(std::move(layers))},
                          {"input_layers", Value(Value::Array{Value(input), Value(0), Value(0)})},
                          {"output_layers", *record.find("output")}};
  return Value(Value::Object{
      {"module", "keras.src.models.functional"}, {"class_name", "Functional"}, {"config", Value(std::move(config))}});
}

double element(const Tensor& tensor, std::size_t index) {
  switch (tensor.dtype()) {
    case DType::int32: return tensor.data<std::int32_t>()[index];
    case DType::boolean: return tensor.data<std::uint8_t>()[index] != 0 ? 1 : 0;
    default: return static_cast<double>(tensor.data<float>()[index]);
  }
}

double number(const Value& value) {
  if (value.is_bool()) return value.as_bool() ? 1 : 0;
  return value.is_int() ? static_cast<double>(value.as_int()) : value.as_real();
}

// The config of the last op, without what releases of Keras differ in: the name, and settings that came later, at their
// fallbacks.
std::string last_config(const Value& layers, const OpClass& op) {
  Value config = *layers.as_array().back().find("config");
  std::erase_if(config.as_object(), [&](const Value::Member& member) {
    const auto setting = std::ranges::find(op.settings, member.first, &OpSetting::name);
    const bool came_later = setting != op.settings.end() && !setting->since.empty();
    return member.first == "name" || (came_later && member.second == setting->fallback);
  });
  return layers.as_array().back().find("class_name")->as_string() + print_json(config);
}

TEST(FunctionalOps, AreReadRunAndWrittenAsKerasDoes) {
  std::set<std::string> classes;
  const Value all = records();
  for (const Value& record : all.as_array()) {
    const std::string& call = record.find("call")->as_string();
    SCOPED_TRACE(call + " of " + record.find("dtype")->as_string());
    const TensorType input = type_from(record);
    const auto read = read_functional(entry_of(record), "record");
    if (!read) {
      ADD_FAILURE() << read.error().text();
      continue;
    }
    const Value& gives = *record.find("gives");
    const auto types = read->graph.infer(input);
    if (!types) {
      ADD_FAILURE() << types.error().text();
      continue;
    }
    EXPECT_EQ(types->back(), type_from(gives)) << to_string(types->back().shape);
    const auto output = read->graph.evaluate(input_of(input));
    const auto& values = gives.find("values")->as_array();
    if (!output || output->size() != values.size()) {
      ADD_FAILURE() << (output ? to_string(output->dims()) : output.error().text());
      continue;
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double expected = number(values[i]);
      EXPECT_NEAR(element(*output, i), expected, 1e-6 + 1e-5 * std::abs(expected)) << "element " << i;
    }

    const auto written = functional_config(read->graph, "f", input);
    ASSERT_TRUE(written) << written.error().text();
    const OpClass& op = *read->graph.nodes().back().op;
    EXPECT_EQ(last_config(*written->find("config")->find("layers"), op), last_config(*record.find("layers"), op));
    EXPECT_EQ(read_functional(*written, "written")->graph, read->graph);

    const auto lowered = make_expression(call, {}, {.input = input, .limits = {}});
    if (!lowered) {
      ADD_FAILURE() << lowered.error().text();
    } else {
      EXPECT_EQ(lowered->graph, read->graph) << lowered->graph.to_text() << " and " << read->graph.to_text();
    }
    classes.insert(record.find("layers")->as_array().back().find("class_name")->as_string());
  }
  EXPECT_GE(classes.size(), 40u);
}

}  // namespace
}  // namespace revive
