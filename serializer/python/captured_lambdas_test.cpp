// Lambdas that lambdas captured: their defaults, what they captured themselves, and how deep they may nest.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "revive/model/testing/recorded.h"
#include "revive/serializer/python/testing.h"

namespace revive {
namespace {

using namespace revive::testing;

constexpr const char* kFile = "serializer/sentences.txt";

Value with_closure(Value closure) {
  Value lambda = *compiled("3.9").find("closure_int");
  *lambda.find("config")->find("closure") = Value(Value::Array{std::move(closure)});
  return lambda;
}

std::string outcome(const Value& value) {
  const auto lambda = read_lambda(value);
  if (!lambda) return lambda.error().text();
  std::string said = lambda->text;
  for (const auto& [name, capture] : lambda->bound) said += "; " + name;
  for (const std::string& warning : lambda->warnings) said += "; " + warning;
  return said;
}

TEST(CapturedLambdas, KeepTheirDefaultsAndCaptures) {
  for (const std::string_view name : {"identity", "default_and_closure", "default_int", "default_many", "closure_array",
                                      "closure_and_global", "nested_lambda", "nested_lambda_default", "def_default"}) {
    const Value* const captured = compiled("3.9").find(name);
    ASSERT_NE(captured, nullptr) << name;
    expect_recorded(kFile, "CapturedLambdas " + std::string(name), outcome(with_closure(*captured)));
  }
}

// A function that the archive does not hold, captured by the lambda or by one or two that it captures.
TEST(CapturedLambdas, AreWarnedOfLikeTheLambdaItself) {
  Value value = *parse_json(R"({"class_name": "function", "config": "f", "module": "m"})", {}, "captured");
  for (int levels = 0; levels < 3; ++levels) {
    value = with_closure(std::move(value));
    expect_recorded(kFile, fmt::format("CapturedLambdas around a function, {} levels", levels), outcome(value));
  }
  // Where the lambda goes with the list that holds it, so does what is said of it.
  Value list = Value(Value::Array{*value.find("config")->find("closure")->as_array().data(),
                                  Value(Value::Object{{"class_name", "Dense"}})});
  expect_recorded(kFile, "CapturedLambdas beside a layer", outcome(with_closure(std::move(list))));
}

TEST(CapturedLambdas, StandInListsOfSoManyLevels) {
  const std::pair<std::string_view, Value (*)(Value)> kinds[] = {
      {"lists", [](Value value) { return Value(Value::Array{std::move(value)}); }},
      {"dicts", [](Value value) { return Value(Value::Object{{"key", std::move(value)}}); }},
      {"tuples",
       [](Value value) {
         return Value(Value::Object{{"class_name", "__tuple__"}, {"items", Value(Value::Array{std::move(value)})}});
       }},
      {"slices",
       [](Value value) {
         return Value(
             Value::Object{{"class_name", "__slice__"}, {"config", Value(Value::Object{{"start", std::move(value)}})}});
       }},
  };
  for (const auto& [name, around] : kinds) {
    Value value = *compiled("3.9").find("default_int");
    for (int levels = 0; levels < 10; ++levels) {
      expect_recorded(kFile, fmt::format("CapturedLambdas in {} {}", levels, name), outcome(with_closure(value)));
      value = around(std::move(value));
    }
  }
}

}  // namespace
}  // namespace revive
