// What the tests over corpus/lambdas share: its tables, and lambdas read from them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <string>

#include "revive/model/lambda/lambda_function.h"
#include "revive/serializer/json/constants.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/keras/functional.h"
#include "revive/serializer/python/python_lambda.h"
#include "revive_build/source_dir.h"

namespace revive::testing {

inline constexpr std::array<std::string_view, 8> kPythonVersions = {"3.6",  "3.7",  "3.8",  "3.9",
                                                                    "3.10", "3.11", "3.12", "3.13"};

inline Value read_json(const std::string& name) {
  std::ifstream file(REVIVE_SOURCE_DIR "/corpus/lambdas/" + name, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  auto value = parse_json(text, {}, name);
  EXPECT_TRUE(value) << name;
  return value ? *std::move(value) : Value();
}

inline const Value& table() {
  static const Value kTable = read_json("lambdas.json");
  return kTable;
}

inline const Value& compiled(std::string_view version) {
  static const auto kAll = [] {
    std::array<Value, kPythonVersions.size()> all;
    std::ranges::transform(kPythonVersions, all.begin(),
                           [](std::string_view name) { return read_json("python" + std::string(name) + ".json"); });
    return all;
  }();
  return kAll[static_cast<std::size_t>(std::ranges::find(kPythonVersions, version) - kPythonVersions.begin())];
}

inline Result<PythonLambda> read_lambda(const Value& config) {
  REVIVE_ASSIGN_OR_RETURN(auto function, read_python_function(config, "here"));
  return std::get<PythonLambda>(std::move(function));
}

inline Captures captures_of(const Value& globals) {
  Captures captures;
  for (const auto& [name, value] : globals.as_object()) {
    if (const Value* const function = value.find("function")) {
      captures.emplace_back(name, Function{function->as_string()});
    } else if (const Value* const array = value.find("array")) {
      const Value numpy(Value::Object{{"class_name", "__numpy__"},
                                      {"config", Value(Value::Object{{"value", *array}, {"dtype", "float32"}})}});
      captures.emplace_back(name, *constant_from_value(numpy, "", {})->get<Tensor>());
    } else {
      captures.emplace_back(name, value);
    }
  }
  return captures;
}

inline Tensor tensor_of(const Value& recorded) {
  Dims dims;
  for (const Value& dim : recorded.find("shape")->as_array()) dims.push_back(dim.as_int());
  Tensor tensor(DType::float32, dims);
  std::size_t next = 0;
  for (const Value& item : recorded.find("data")->as_array()) {
    tensor.data<float>()[next++] = static_cast<float>(item.is_int()    ? static_cast<double>(item.as_int())
                                                      : item.is_bool() ? static_cast<double>(item.as_bool())
                                                                       : item.as_real());
  }
  return *recorded.find("dtype") == Value("int32") ? cast(tensor, DType::int32) : tensor;
}

inline LoweringOptions options_for(const Value& input) {
  const Tensor tensor = tensor_of(input);
  Shape shape(tensor.dims());
  shape[0] = kUnknown;
  return {TensorType{tensor.dtype(), std::move(shape)}, {}};
}

}  // namespace revive::testing
