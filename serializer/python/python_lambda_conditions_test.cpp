// Where Python may stand in a config, with one member changed at a time: what it is read as, and what is said.
#include <gtest/gtest.h>

#include "revive/model/lambda/printer.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/python/python_lambda.h"

namespace revive {
namespace {

std::string outcome(const Value& value) {
  const auto read = read_python_function(value, "here");
  if (!read) return read.error().text();
  if (const auto* const named = std::get_if<NamedFunction>(&*read)) {
    return "the function '" + named->name + "' of '" + named->module + "'";
  }
  return tree_to_text(std::get<PythonLambda>(*read).tree).value_or("a lambda without a text");
}

TEST(PythonLambdaConditions, ANameIsReadAsOne) {
  const std::string refused = "here: expected a Python function, found ";
  const std::pair<std::string, std::string> rows[] = {
      {R"("relu")", "the function 'relu' of ''"},
      {R"({"module": "builtins", "class_name": "function", "config": "relu"})", "the function 'relu' of 'builtins'"},
      {R"({"module": 3, "class_name": "function", "config": "relu"})", "the function 'relu' of ''"},
      {R"({"class_name": "function", "config": "relu"})", "the function 'relu' of ''"},
      {R"({"class_name": "function", "config": 3})", refused},
      {R"({"class_name": "function"})", refused},
      {R"({"class_name": "other", "config": "relu"})", refused},
      {R"({"class_name": 3, "config": "relu"})", refused},
      {R"({"config": "relu"})", refused},
      {"3", refused},
      {"null", refused},
  };
  for (const auto& [text, expected] : rows) {
    const std::string found = outcome(*parse_json(text, {}, "row"));
    EXPECT_EQ(found.substr(0, expected.size()), expected) << text;
  }
}

TEST(PythonLambdaConditions, AListOfThreeIsCode) {
  const std::string refused = "here: expected a Python function, found ";
  const std::pair<std::string, bool> rows[] = {
      {R"(["!", null, null])", true},
      {R"({"class_name": "__tuple__", "items": ["!", null, null]})", true},
      {R"({"class_name": "__lambda__", "config": {"code": "!", "defaults": null, "closure": null}})", true},
      {R"({"class_name": "__lambda__", "config": {"value": ["!", null, null]}})", true},
      {R"({"value": ["!", null, null]})", true},
      {R"({"class_name": "other", "value": ["!", null, null]})", false},
      {R"({"class_name": "__lambda__", "config": {"code": 3}})", false},
      {R"({"class_name": "__lambda__", "config": {}})", false},
      {R"({"class_name": "__lambda__"})", false},
      {R"({"class_name": "other", "config": {"code": "!"}})", false},
      {R"(["!", null])", false},
      {R"(["!", null, null, null])", false},
      {R"([3, null, null])", false},
      {R"({"value": [3, null, null]})", false},
  };
  for (const auto& [text, is_code] : rows) {
    const std::string found = outcome(*parse_json(text, {}, "row"));
    EXPECT_EQ(found.starts_with(refused), !is_code) << text << ": " << found;
    EXPECT_FALSE(found.starts_with("lambda")) << text << ": " << found;
  }
}

}  // namespace
}  // namespace revive
