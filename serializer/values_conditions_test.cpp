// Differences of values, headers of arrays, versions and training state, each condition from both sides.
#include <gtest/gtest.h>

#include <cmath>

#include "revive/serializer/compare.h"
#include "revive/serializer/io/npy.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/keras/training_code.h"
#include "revive/serializer/keras/version_rules.h"

namespace revive {
namespace {

TEST(ValueConditions, TheFirstDifferenceIsNamed) {
  const std::tuple<std::string_view, std::string_view, std::string_view> rows[] = {
      {"[1, 2]", "[1, 2]", ""},
      {"[1, 2]", "[1, 3]", "p/1: 2 here, 3 there"},
      {"[1, 2]", "{}", "p: [1, 2] here, {} there"},
      {"{}", "[1, 2]", "p: {} here, [1, 2] there"},
      {R"({"a": 1})", R"({"a": 2})", "p/a: 1 here, 2 there"},
      {R"({"a": 1})", "3", R"(p: {"a": 1} here, 3 there)"},
      {"3", R"({"a": 1})", R"(p: 3 here, {"a": 1} there)"},
      {"[3]", "3", "p: [3] here, 3 there"},
      {"1.5", "2.5", "p: 1.5 (bits 3ff8000000000000) here, 2.5 (bits 4004000000000000) there"},
      {"1.5", "2", "p: 1.5 here, 2 there"},
      {"2", "1.5", "p: 2 here, 1.5 there"},
      {"null", "false", "p: null here, false there"},
  };
  for (const auto& [left, right, expected] : rows) {
    const auto found = first_difference(*parse_json(left, {}, ""), *parse_json(right, {}, ""), "p");
    EXPECT_EQ(found ? found->text() : "", expected) << left << " " << right;
  }
}

TEST(ValueConditions, AHeaderOfAnArrayIsReadToTheLetter) {
  struct Row {
    std::string header;
    // How the sentence begins behind "expected"; empty where it is read.
    std::string said;
  };
  const std::string all_once = " descr, fortran_order and shape once each in the header, found ";
  const std::string all = " a header with descr, fortran_order and shape, found ";
  const Row rows[] = {
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", ""},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }\n", ""},
      {"{\"descr\": \"<f4\", 'fortran_order': False, 'shape': (1)}", ""},
      {"{'shape': (1,), 'fortran_order': False, 'descr': '<f4'}", ""},
      {"['descr': '<f4']", " a dict at character 0 "},
      {"{descr: '<f4'}", " a quoted key and a colon at character 1 "},
      {"{'descr': '<f4}", " a quoted dtype at character 10 "},
      {"{'descr '<f4'}", " a quoted key and a colon at character 9 "},
      {"{'descr': '<f4' 'fortran_order': False}", " ',' or '}' at character 16 "},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x", " the end of the header at character 56 "},
      {"{'fortran_order': False, 'shape': (1,)}", all},
      {"{'descr': '<f4', 'shape': (1,)}", all},
      {"{'descr': '<f4', 'fortran_order': False}", all},
      {"{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", all_once},
      {"{'descr': '<f4', 'fortran_order': False, 'fortran_order': False, 'shape': (1,)}", all_once},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'shape': (1,)}", all_once},
      {"{'other': '<f4'}", all_once},
      {"{'descr': '<f4', 'fortran_order': True, 'shape': (1,)}", " an array in C order, found one in Fortran order"},
      {"{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}", " True or False at character 34 "},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': 1}", " a tuple at character 50 "},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", " a size at character 51 "},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (a,)}", " a size at character 51 "},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1 1)}", " ',' or ')' at character 53 "},
      {"{'descr': '>f4', 'fortran_order': False, 'shape': (1,)}", " a little-endian dtype such as <f4, <i8 or |b1"},
  };
  const auto read = [](const std::string& header, char major, char minor) {
    std::string file = "\x93NUMPY";
    file += major;
    file += minor;
    file += static_cast<char>(header.size());
    file += '\0';
    if (major != 1) file += std::string(2, '\0');
    file += header + std::string(4, '\0');
    const auto tensor = read_npy(std::as_bytes(std::span(file)), {});
    return tensor ? "" : tensor.error().message;
  };
  for (const auto& [header, said] : rows) {
    const std::string found = read(header, 1, 0);
    const std::string expected = said.empty() ? "" : "expected" + said;
    EXPECT_EQ(found.substr(0, expected.size()), expected) << header;
    EXPECT_EQ(found.empty(), said.empty()) << header << ": " << found;
  }
  const std::string wrong = "expected .npy version 1.0 or 2.0, found ";
  EXPECT_EQ(read(rows[0].header, 2, 0), "");
  EXPECT_EQ(read(rows[0].header, 3, 0), wrong + "3.0");
  EXPECT_EQ(read(rows[0].header, 0, 0), wrong + "0.0");
  EXPECT_EQ(read(rows[0].header, 1, 1), wrong + "1.1");
  EXPECT_EQ(read(rows[0].header, 2, 1), wrong + "2.1");
}

TEST(ValueConditions, AVersionIsItsFirstNumber) {
  const std::string now = "keras.activations.hard_sigmoid";
  const std::pair<std::string_view, bool> rows[] = {
      {"2.15.0", true}, {"0.1", true},      {"3.0.0", false}, {"10.2", false}, {"2", false},
      {"", false},      {"v2.1", false},    {"2x.1", false},  {".2", false},   {"2-1", false},
      {"0002.1", true}, {"00002.1", false}, {":.1", false},   {"/.1", false},
  };
  for (const auto& [version, is_old] : rows) {
    EXPECT_EQ(function_of_version(now, version) != now, is_old) << version;
  }
  EXPECT_EQ(function_of_version("keras.activations.tanh", "2.1"), "keras.activations.tanh");
}

TEST(ValueConditions, TrainingStateIsSafeIfAllOfItIsKeras) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"3", ""},
      {R"({"class_name": "__lambda__"})", "a Python lambda"},
      {R"({"module": "keras.optimizers", "class_name": "Adam", "config": {"learning_rate": 0.1}})", ""},
      {R"({"module": "keras.optimizers", "class_name": "Adam", "config": {"nope": 0.1}})",
       "`nope`, which no class of 'keras.optimizers' takes"},
      {R"({"module": "keras.optimizers", "class_name": "Adam", "config": 3})", ""},
      {R"({"module": "keras.optimizers", "class_name": "Adam"})", ""},
      {R"({"module": "keras.losses", "class_name": "MeanSquaredError", "config": {}})", ""},
      {R"({"module": "builtins", "class_name": "function", "config": "mean_squared_error"})", ""},
      {R"({"module": "keras.losses", "class_name": "function", "config": "mean_squared_error"})", ""},
      {R"({"module": "os", "class_name": "function", "config": "mean_squared_error"})",
       "the function 'mean_squared_error', which is not Keras' own"},
      {R"({"module": "builtins", "class_name": "function", "config": "eval"})",
       "the function 'eval', which is not Keras' own"},
      {R"({"module": "builtins", "class_name": "function", "config": 3})", "the function '', which is not Keras' own"},
      {R"({"class_name": "function", "config": "mse"})", "the function 'mse', which is not Keras' own"},
  };
  for (const auto& [text, expected] : rows) EXPECT_EQ(unsafe_part(*parse_json(text, {}, "")), expected) << text;
  EXPECT_NE(unsafe_part(*parse_json(R"({"module": "keras.losses", "class_name": "Adam"})", {}, "")), "");
  EXPECT_NE(unsafe_part(*parse_json(R"({"module": "os", "class_name": "Adam"})", {}, "")), "");
}

}  // namespace
}  // namespace revive
