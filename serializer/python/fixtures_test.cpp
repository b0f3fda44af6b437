// corpus/lambdas: every lambda, as every version of CPython compiles it, is the expression that its source is.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "revive/model/lambda/lambda_function.h"
#include "revive/model/lambda/printer.h"
#include "revive/serializer/io/base64.h"
#include "revive/serializer/python/code.h"
#include "revive/serializer/python/python_lambda.h"
#include "revive/serializer/python/testing.h"

namespace revive {
namespace {

using namespace revive::testing;

constexpr std::string_view kFileName = "model.py";

class Fixtures : public ::testing::TestWithParam<std::string_view> {};
INSTANTIATE_TEST_SUITE_P(Python, Fixtures, ::testing::ValuesIn(kPythonVersions),
                         [](const auto& instance) { return "3_" + std::string(instance.param.substr(2)); });

// CPython folds constants and, from 3.12 on, copies what follows a conditional into both of its ways: then the trees
// differ, and the graphs must not.
TEST_P(Fixtures, AreTheExpressionsOfTheirSources) {
  std::size_t same_trees = 0;
  std::size_t seen = 0;
  for (const auto& [name, config] : compiled(GetParam()).as_object()) {
    const Value& entry = *table().find(name);
    if (entry.find("refused") != nullptr) continue;
    ++seen;
    const auto lambda = read_lambda(config);
    ASSERT_TRUE(lambda) << name << ": " << lambda.error().text();
    const std::string& text = entry.find("text")->as_string();
    const auto source = parse_lambda(text, {});
    ASSERT_TRUE(source) << name << ": " << source.error().text();
    EXPECT_TRUE(std::ranges::any_of(lambda->versions, [](auto version) { return name_of(version) == GetParam(); }));
    if (lambda->text.empty()) {
      // A loop that carries values from one round to the next is no expression of Python's.
      const bool loops = std::ranges::any_of(lambda->tree.nodes,
                                             [](const TreeNode& node) { return node.kind == TreeNode::Kind::loop; });
      EXPECT_TRUE(loops || text.size() > kMostTextBytes) << name;
    } else {
      const auto printed = parse_lambda(lambda->text, {});
      ASSERT_TRUE(printed) << name << ": " << lambda->text;
      EXPECT_TRUE(same_tree(*printed, lambda->tree)) << name;
    }
    if (same_tree(*source, lambda->tree)) {
      ++same_trees;
      continue;
    }
    const Value* const input = entry.find("input");
    ASSERT_NE(input, nullptr) << name << "\n" << text << "\n" << lambda->text;
    const LoweringOptions options = options_for(*table().find("inputs")->find(input->as_string()));
    Captures captures = captures_of(*entry.find("globals"));
    captures.insert(captures.end(), lambda->bound.begin(), lambda->bound.end());
    const auto expected = make_expression(*source, captures, options);
    const auto found = make_expression(lambda->tree, captures, options);
    ASSERT_TRUE(expected) << name << ": " << expected.error().text();
    ASSERT_TRUE(found) << name << ": " << found.error().text();
    EXPECT_TRUE(expected->graph == found->graph) << name << "\n" << text << "\n" << lambda->text;
  }
  EXPECT_GE(seen, 180U);
  EXPECT_GE(same_trees * 10, seen * 9);
}

TEST_P(Fixtures, WhatIsNoExpressionIsRefusedWithItsReason) {
  std::size_t seen = 0;
  for (const auto& [name, config] : compiled(GetParam()).as_object()) {
    const Value* const reason = table().find(name)->find("refused");
    if (reason == nullptr) continue;
    ++seen;
    const auto lambda = read_lambda(config);
    ASSERT_FALSE(lambda) << name << ": " << lambda->text;
    EXPECT_NE(lambda.error().message.find(reason->as_string()), std::string::npos)
        << name << ": " << lambda.error().text();
  }
  EXPECT_GE(seen, 10U);
}

std::string code_bytes(const Value& config) {
  const auto bytes = from_base64(config.find("config")->find("code")->as_string());
  return {reinterpret_cast<const char*>(bytes->data()), bytes->size()};
}

Value with_code(const Value& config, const std::string& bytes) {
  Value changed = config;
  *changed.find("config")->find("code") = Value(to_base64(std::as_bytes(std::span(bytes))));
  return changed;
}

// As Keras on Windows stores the code: paths with slashes, and every other byte 0x5C with them.
std::string damaged(std::string bytes) {
  bytes.replace(bytes.find(kFileName), kFileName.size(), "C:\\m1.py");
  std::ranges::replace(bytes, python::kWindowsLost, python::kWindowsByte);
  return bytes;
}

TEST_P(Fixtures, DamageDoneByKerasOnWindowsIsRepaired) {
  std::size_t repaired = 0;
  for (const auto& [name, config] : compiled(GetParam()).as_object()) {
    if (table().find(name)->find("refused") != nullptr) continue;
    const std::string bytes = code_bytes(config);
    // A constant of 92 cannot be told from 47, here nor in Keras.
    if (name == "windows_constant" || name == "wide_argument") continue;
    if (bytes.find(python::kWindowsLost) != std::string::npos) ++repaired;
    const auto whole = read_lambda(config);
    const auto lambda = read_lambda(with_code(config, damaged(bytes)));
    ASSERT_TRUE(whole) << name;
    ASSERT_TRUE(lambda) << name << ": " << lambda.error().text();
    EXPECT_TRUE(same_tree(whole->tree, lambda->tree)) << name << "\n" << whole->text << "\n" << lambda->text;
  }
  EXPECT_GE(repaired, 1U);
}

TEST_P(Fixtures, ConstantsThatWindowsMayHaveDamagedAreWarnedOf) {
  const Value& config = *compiled(GetParam()).find("windows_constant");
  const auto whole = read_lambda(config);
  ASSERT_TRUE(whole);
  EXPECT_TRUE(whole->warnings.empty());
  const auto lambda = read_lambda(with_code(config, damaged(code_bytes(config))));
  ASSERT_TRUE(lambda);
  EXPECT_EQ(lambda->text, "lambda x: x * 47");
  ASSERT_EQ(lambda->warnings.size(), 1U);
  EXPECT_NE(lambda->warnings[0].find("the constant 47 may have been another one"), std::string::npos);
}

// Whatever the bytes, an error or an expression; and wherever the code is cut off, an error.
TEST_P(Fixtures, CodeThatIsCutOffIsRefused) {
  for (const std::string_view name : {"readme", "closure_array", "conditional_12"}) {
    const Value& config = *compiled(GetParam()).find(name);
    const std::string bytes = code_bytes(config);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_FALSE(read_lambda(with_code(config, bytes.substr(0, size)))) << name << " cut to " << size;
    }
  }
}

}  // namespace
}  // namespace revive
