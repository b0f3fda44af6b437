// Values that no Capture holds, one member changed at a time: what the lambda says of them, and under which names.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <span>
#include <string>

#include "revive/serializer/io/base64.h"
#include "revive/serializer/python/assembler_testing.h"
#include "revive/serializer/python/marshal.h"
#include "revive/serializer/python/testing.h"

namespace revive {
namespace {

using namespace revive::testing;

// "lambda x: ..; NAME: SHAPE of DTYPE; NAME = VALUE; global NAME; warning ..", or the sentence.
std::string said_of(const Value& function) {
  const auto lambda = read_lambda(function);
  if (!lambda) return lambda.error().text();
  std::string said = lambda->text;
  for (const auto& [name, capture] : lambda->bound) {
    if (const auto* const array = std::get_if<Tensor>(&capture)) {
      said += fmt::format("; {}: {} of {}", name, to_string(array->dims()), name_of(array->dtype()));
    } else {
      said += fmt::format("; {} = {}", name, std::get<Value>(capture).brief());
    }
  }
  for (const std::string& name : lambda->globals) said += "; global " + name;
  for (const std::string& warning : lambda->warnings) said += "; warning: " + warning;
  return said;
}

// A lambda of 3.9 with other values of its closure or its defaults.
Value changed(std::string_view lambda, std::string_view part, const std::string& values) {
  Value made = *compiled("3.9").find(lambda);
  auto parsed = parse_json(values, {}, "values");
  EXPECT_TRUE(parsed) << values;
  *made.find("config")->find(part) = parsed ? *std::move(parsed) : Value();
  return made;
}

std::string array(std::string_view dtype = "float32") {
  return fmt::format(R"({{"class_name": "__numpy__", "config": {{"value": [1, 2], "dtype": "{}"}}}})", dtype);
}

TEST(CapturedValues, AreSpelledAsExpressions) {
  struct Row {
    std::string value;
    // Behind "lambda x, width=".
    std::string said;
  };
  const std::string a = array();
  const Row rows[] = {
      {R"({"class_name": "__slice__", "config": {"start": 1, "stop": 2, "step": 3}})", "slice(1, 2, 3)"},
      {R"({"class_name": "__slice__", "config": {"step": 3, "start": -1}})", "slice(-1, None, 3)"},
      {R"({"class_name": "__slice__"})", "slice(None, None, None)"},
      {R"({"a": 1, "b": [true, null, "c"]})", "{'a': 1, 'b': [True, None, 'c']}"},
      {R"({"class_name": 3, "b": -2.5})", "{'class_name': 3, 'b': -2.5}"},
      {R"({"a": -0.0, "b": 0, "c": -9223372036854775807})", "{'a': -0.0, 'b': 0, 'c': -9223372036854775807}"},
      {R"({"class_name": "function", "config": "relu", "module": "builtins"})", "keras.activations.relu"},
      {R"({"class_name": "function", "config": "gelu", "module": "keras.activations"})", "keras.activations.gelu"},
      {"[" + a + ", 4]", "[width_0, 4]; width_0: (2,) of float32"},
      {"[[" + a + "], " + array("int32") + "]",
       "[[width_0], width_1]; width_0: (2,) of float32; width_1: (2,) of int32"},
      {R"({"class_name": "__tuple__", "items": [)" + a + "]}", "(width_0,); width_0: (2,) of float32"},
      {R"([{"class_name": "__tensor__", "config": {"value": [1, 2], "dtype": "int8"}}])",
       "[width_0]; width_0: (2,) of int8"},
      {R"({"k": )" + a + "}", "{'k': width_0}; width_0: (2,) of float32"},
      // Arrays within lists compute with 32 bits as well.
      {"[" + array("float64") + "]", "[width_0]; width_0: (2,) of float32"},
      {R"({"k": )" + array("int64") + "}", "{'k': width_0}; width_0: (2,) of int32"},
  };
  for (const auto& [value, said] : rows) {
    const std::string found = said_of(changed("closure_int", "closure", "[" + value + "]"));
    const std::string text = said.substr(0, said.find(';'));
    const std::string global = text.starts_with("keras")   ? "; global keras"
                               : text.starts_with("slice") ? "; global slice"
                                                           : "";
    EXPECT_EQ(found, "lambda x, width=" + text + ": x[:, -width:]" + said.substr(text.size()) + global) << value;
  }
}

// What cannot be held leaves nothing behind: no name, no array, and one sentence.
TEST(CapturedValues, WhatTheArchiveDoesNotHoldIsAskedFor) {
  const std::string layer = R"({"class_name": "Dense", "config": {}})";
  const std::string rows[] = {
      layer,
      R"({"class_name": "function", "config": "relu", "module": "elsewhere"})",
      R"({"class_name": "function", "config": "no_such", "module": "builtins"})",
      R"({"class_name": "function", "config": "relu"})",
      R"({"class_name": "__slice__", "config": {"start": )" + layer + "}}",
      "[" + array() + ", " + layer + "]",
      R"({"a": )" + array() + R"(, "b": )" + layer + "}",
      "[{}, -9223372036854775808]",
      "[{}, 1e999]",
      "[{}, -1e999]",
  };
  for (const std::string& value : rows) {
    const auto parsed = parse_json(value, {}, "value");
    if (!parsed) continue;
    EXPECT_EQ(
        said_of(changed("closure_int", "closure", "[" + value + "]")),
        fmt::format("lambda x: x[:, -width:]; global width; warning: `width` was captured as {}, which the archive "
                    "does not hold as a value; bind it",
                    parsed->brief()))
        << value;
  }
}

TEST(CapturedValues, NestSoDeep) {
  std::string slice = R"({"class_name": "__slice__", "config": {}})";
  for (int depth = 1; depth <= 8; ++depth) {
    const std::string found = said_of(changed("closure_int", "closure", "[" + slice + "]"));
    EXPECT_EQ(found.starts_with("lambda x, width="), depth <= 7) << depth << ": " << found;
    slice = R"({"k": )" + slice + "}";
  }
  std::string value = "{}";
  for (int depth = 1; depth <= 9; ++depth) {
    const std::string found = said_of(changed("closure_int", "closure", "[" + value + "]"));
    if (depth <= 8) {
      EXPECT_TRUE(found.starts_with("lambda x, width={")) << depth << ": " << found;
    } else {
      EXPECT_EQ(found, "here: closure 0: a captured value nests too deep");
    }
    value = R"({"k": )" + value + "}";
  }
}

// A parameter, a bound name, a name and a keyword in the expression: each takes a name away.
TEST(CapturedValues, ArraysGetNamesThatNobodyHas) {
  const auto value = parse_json("[" + array() + "]", {}, "value");
  ASSERT_TRUE(value);
  const auto named = [&](const std::function<void(PythonLambda&)>& take) {
    PythonLambda lambda;
    take(lambda);
    const std::size_t before = lambda.bound.size();
    EXPECT_TRUE(bind_expression(lambda, "w", *value, "here"));
    return lambda.bound.size() == before + 1 ? lambda.bound.back().first : "nothing";
  };
  EXPECT_EQ(named([](PythonLambda&) {}), "w_0");
  EXPECT_EQ(named([](PythonLambda& made) { made.bound.emplace_back("w_0", Value(1)); }), "w_1");
  EXPECT_EQ(named([](PythonLambda& made) { made.tree.parameters.push_back({"w_0", kNoTree}); }), "w_1");
  EXPECT_EQ(named([](PythonLambda& made) {
              made.tree.nodes.push_back({TreeNode::Kind::name, 0, "w_0", {}, {}, {}});
              made.bound.emplace_back("w_1", Value(1));
            }),
            "w_2");
  EXPECT_EQ(
      named([](PythonLambda& made) { made.tree.nodes.push_back({TreeNode::Kind::call, 0, {}, {}, {}, {"", "w_0"}}); }),
      "w_1");
}

TEST(CapturedValues, GiveAParameterItsDefault) {
  const auto value = parse_json("[{}]", {}, "value");
  PythonLambda lambda;
  lambda.tree.parameters = {{"x", kNoTree}, {"w", kNoTree}, {"z", kNoTree}};
  ASSERT_TRUE(bind_expression(lambda, "w", *value, "here"));
  ASSERT_EQ(lambda.tree.parameters.size(), 3U);
  EXPECT_EQ(lambda.tree.parameters[0].fallback, kNoTree);
  ASSERT_NE(lambda.tree.parameters[1].fallback, kNoTree);
  EXPECT_EQ(lambda.tree.nodes[lambda.tree.parameters[1].fallback].kind, TreeNode::Kind::list);
  EXPECT_EQ(lambda.tree.parameters[2].fallback, kNoTree);
  ASSERT_TRUE(bind_expression(lambda, "v", *value, "here"));
  ASSERT_EQ(lambda.tree.parameters.size(), 4U);
  EXPECT_EQ(lambda.tree.parameters[3].name, "v");
}

TEST(CapturedValues, EveryNameKnowsWhereItStands) {
  const auto lambda = read_lambda(changed("closure_int", "closure", "[[" + array() + "]]"));
  ASSERT_TRUE(lambda);
  std::size_t names = 0;
  for (const TreeNode& node : lambda->tree.nodes) {
    if (node.kind != TreeNode::Kind::name) continue;
    EXPECT_EQ(lambda->text.substr(node.position, node.text.size()), node.text);
    ++names;
  }
  EXPECT_EQ(names, 3U);
}

TEST(CapturedValues, CodeIsHeldToALength) {
  const auto said = [](std::size_t size) {
    return said_of(Value(Value::Array{std::string(size, '!'), Value(), Value()}));
  };
  EXPECT_EQ(said(2 * python::kMostMarshalBytes), "here: expected the code as base64");
  EXPECT_EQ(said(2 * python::kMostMarshalBytes + 1), "here: expected at most 65536 bytes of code");
}

TEST(CapturedValues, DefaultsBelongToTheLastParameters) {
  const std::pair<std::string, std::string> rows[] = {
      {"[5]", "lambda x, k=5: x * k"},
      {"[-5]", "lambda x, k=-5: x * k"},
      {"[null]", "lambda x, k=None: x * k"},
      {"null", "lambda x, k: x * k"},
      {"[]", "lambda x, k: x * k"},
      {R"({"class_name": "__tuple__", "items": [7]})", "lambda x, k=7: x * k"},
      {"[3, 4]", "lambda x, k=4: x * k"},
      {"[[3, 4]]", "lambda x, k: x * k; k = [3, 4]"},
      {"[{}]", "lambda x, k={}: x * k"},
      {"[" + array() + "]", "lambda x, k: x * k; k: (2,) of float32"},
      {"[1, 2, 3]", "here: expected at most 2 defaults, found 3"},
      {"3", "here: expected the defaults as a list or null, found 3"},
      {R"([{"class_name": "__numpy__", "config": {"value": 3}}])", "here: default 0"},
      {R"([1, {"class_name": "__numpy__", "config": {"value": 3}}])", "here: default 1"},
  };
  for (const auto& [defaults, said] : rows) {
    const std::string found = said_of(changed("default_int", "defaults", defaults));
    EXPECT_EQ(said.starts_with("here: default") ? found.substr(0, said.size()) : found, said) << defaults;
  }
}

// Keras on Windows changes bytes of 0x5C to 0x2F, which is 47.
TEST(CapturedValues, ConstantsThatWindowsMayHaveChangedAreNamed) {
  const auto said = [](const std::string& file, const std::string& constant) {
    python::testing::Function function;
    function.file = file;
    function.constants = {"N", constant};
    const std::string code =
        function.marshalled({{"LOAD_FAST", 0}, {"LOAD_CONST", 1}, {"BINARY_ADD"}, {"RETURN_VALUE"}});
    return said_of(Value(Value::Array{to_base64(std::as_bytes(std::span(code))), Value(), Value()}));
  };
  const auto real = [](std::string bytes) { return "g" + std::move(bytes); };
  using namespace std::string_literals;
  const std::string forty_seven = "i" + python::testing::number(47);
  const std::string forty_eight = "i" + python::testing::number(48);
  const std::string first = real("\x2f\0\0\0\0\0\xf8\x3f"s);
  const std::string middle = real("\0\0\x2f\0\0\0\xf8\x3f"s);
  const std::string none = real("\0\0\0\0\0\0\xf8\x3f"s);
  const auto warned = [](const std::string& found) { return found.find("warning: the constant ") != found.npos; };
  EXPECT_EQ(said("C:\\m.py", forty_seven),
            "lambda x: x + 47; warning: the constant 47 may have been another one: Keras "
            "on Windows changes bytes of 0x5C to 0x2F");
  EXPECT_EQ(said("m.py", forty_seven), "lambda x: x + 47");
  EXPECT_EQ(said("C:\\m.py", forty_eight), "lambda x: x + 48");
  EXPECT_EQ(said("C:\\m.py", first), fmt::format("lambda x: x + {0}; warning: the constant {0} may have been another "
                                                 "one: Keras on Windows changes bytes of 0x5C to 0x2F",
                                                 "1.5000000000000104"));
  EXPECT_TRUE(warned(said("C:\\m.py", middle))) << said("C:\\m.py", middle);
  EXPECT_EQ(said("C:\\m.py", none), "lambda x: x + 1.5");
  EXPECT_FALSE(warned(said("m.py", first)));
}

}  // namespace
}  // namespace revive
