#include "revive/serializer/python/python_lambda.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "revive/model/testing/recorded.h"
#include "revive/serializer/python/testing.h"

namespace revive {
namespace {

using namespace revive::testing;

Value::Array parts_of(std::string_view name) {
  const Value& config = *compiled("3.9").find(name)->find("config");
  return {*config.find("code"), *config.find("defaults"), *config.find("closure")};
}

Value object(Value::Object members) {
  return Value(std::move(members));
}

Value lambda_of(Value::Array parts) {
  return object({{"class_name", "__lambda__"},
                 {"config", object({{"code", parts[0]}, {"defaults", parts[1]}, {"closure", parts[2]}})}});
}

TEST(PythonLambda, ReadsAllShapesInWhichKerasStoresOne) {
  const Value::Array parts = parts_of("default_and_closure");
  const Value list(parts);
  const std::array shapes = {
      lambda_of(parts),
      object({{"class_name", "__lambda__"}, {"config", object({{"value", list}})}}),
      list,
      object({{"class_name", "__tuple__"}, {"items", list}}),
      object({{"value", list}}),
  };
  for (const Value& shape : shapes) {
    const auto lambda = read_lambda(shape);
    ASSERT_TRUE(lambda) << shape.brief() << ": " << lambda.error().text();
    EXPECT_EQ(lambda->text, "lambda x, i=1: x[:, i] * scale");
    ASSERT_EQ(lambda->bound.size(), 1U);
    EXPECT_EQ(lambda->bound[0].first, "scale");
    EXPECT_EQ(std::get<Value>(lambda->bound[0].second), Value(4.0));
    EXPECT_TRUE(lambda->globals.empty());
  }
}

TEST(PythonLambda, NamedFunctionsHaveNoBody) {
  const Value named = object({{"class_name", "function"}, {"config", "square"}, {"module", "builtins"}});
  const auto function = read_python_function(named, "here");
  ASSERT_TRUE(function);
  EXPECT_EQ(std::get<NamedFunction>(*function).name, "square");
  EXPECT_EQ(std::get<NamedFunction>(*function).module, "builtins");
  EXPECT_EQ(std::get<NamedFunction>(*read_python_function(Value("relu"), "here")).name, "relu");
}

TEST(PythonLambda, AsksForGlobalsByName) {
  const auto lambda = read_lambda(*compiled("3.12").find("closure_and_global"));
  ASSERT_TRUE(lambda);
  EXPECT_EQ(lambda->globals, std::vector<std::string>{"SCALE"});
  EXPECT_EQ(read_lambda(*compiled("3.12").find("readme"))->globals, std::vector<std::string>{"CONV_WIDTH"});
  EXPECT_EQ(lambda->tree.nodes[lambda->tree.body].position, lambda->text.find('*'));
}

TEST(PythonLambda, ArraysOf64BitsComputeWith32) {
  const auto lambda = read_lambda(*compiled("3.8").find("closure_array_64"));
  ASSERT_TRUE(lambda);
  const Tensor& table = std::get<Tensor>(lambda->bound[0].second);
  EXPECT_EQ(table.dtype(), DType::float32);
  EXPECT_EQ(table.data<float>()[3], 4.5F);
}

TEST(PythonLambda, CapturedFunctionsAndLayersAreAskedForByName) {
  Value::Array parts = parts_of("closure_int");
  parts[2] = Value(Value::Array{object({{"class_name", "function"}, {"config", "f"}, {"module", "m"}})});
  const auto lambda = read_lambda(lambda_of(parts));
  ASSERT_TRUE(lambda) << lambda.error().text();
  EXPECT_TRUE(lambda->bound.empty());
  EXPECT_EQ(lambda->globals, std::vector<std::string>{"width"});
  ASSERT_EQ(lambda->warnings.size(), 1U);
  EXPECT_NE(lambda->warnings[0].find("`width` was captured as"), std::string::npos);
}

TEST(PythonLambda, RefusesWhatDoesNotFitTheCode) {
  struct Case {
    Value value;
    ErrorCode code;
    std::string text;
  };
  const auto changed = [](std::size_t part, Value value) {
    Value::Array parts = parts_of("closure_int");
    parts[part] = std::move(value);
    return lambda_of(parts);
  };
  const std::array cases = {
      Case{Value(3), ErrorCode::config_type, "expected a Python function, found 3"},
      Case{changed(0, Value("?")), ErrorCode::bytecode_format, "expected the code as base64"},
      Case{changed(0, Value("Tg==")), ErrorCode::bytecode_format, "expected code, found None"},
      Case{changed(0, Value("")), ErrorCode::bytecode_format, "expected 1 more bytes"},
      Case{changed(0, Value(std::string(200'000, 'A'))), ErrorCode::limit_exceeded, "bytes of code"},
      Case{changed(2, Value()), ErrorCode::bytecode_format, "expected 1 values of the closure, found 0"},
      Case{changed(2, Value(Value::Array{1, 2})), ErrorCode::bytecode_format, "found 2"},
      Case{changed(2, Value(1)), ErrorCode::config_type, "expected the closure as a list or null"},
      Case{changed(1, Value(Value::Array{1, 2})), ErrorCode::bytecode_format, "expected at most 1 defaults, found 2"},
  };
  for (const Case& wrong : cases) {
    const auto lambda = read_python_function(wrong.value, "config.json: /config/layers/1");
    ASSERT_FALSE(lambda) << wrong.text;
    EXPECT_EQ(lambda.error().code, wrong.code) << lambda.error().text();
    EXPECT_TRUE(lambda.error().place.starts_with("config.json: /config/layers/1")) << lambda.error().text();
    EXPECT_NE(lambda.error().message.find(wrong.text), std::string::npos) << lambda.error().text();
    expect_recorded("serializer/sentences.txt", lambda.error().text());
  }
}

}  // namespace
}  // namespace revive
