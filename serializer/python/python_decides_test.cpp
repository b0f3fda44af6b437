// The bytecode of static expressions means what CPython makes of them; their text is compared in model/lambda/.
#include <gtest/gtest.h>

#include <iostream>

#include "revive/model/lambda/printer.h"
#include "revive/model/lambda/python_verdicts.h"
#include "revive/serializer/python/python_lambda.h"

namespace revive::testing {
namespace {

constexpr std::size_t kLeastDecided = 1000;
// In percent. Beyond what the text refuses: constants that have no spelling, such as an infinity.
constexpr std::size_t kMostRefused = 8;

Result<Tree> tree_of_code(const std::string& code) {
  const Value config(
      Value::Object{{"class_name", "__lambda__"},
                    {"config", Value(Value::Object{{"code", code}, {"defaults", Value()}, {"closure", Value()}})}});
  auto function = read_python_function(config, "here");
  if (!function) return std::unexpected(function.error());
  return std::get<PythonLambda>(*std::move(function)).tree;
}

TEST(PythonDecidesBytecode, WhatStaticExpressionsMean) {
  const auto found = compare_with_python("2", "20000", [](const PythonVerdict& verdict) {
    // What a loop computes and never reads is left out of the tree, and with it an error that it raises: the length of
    // what `i, j` unpack, or a call. Values are compared all the same.
    const bool may_leave_out = verdict.is_refused() && verdict.text.find(" for ") != std::string::npos;
    return verdict.code.empty() || may_leave_out ? std::nullopt : std::optional(tree_of_code(verdict.code));
  });
  std::cout << found.text();
  for (const std::string& difference : found.differences) ADD_FAILURE() << difference;
  EXPECT_GE(found.decided, kLeastDecided) << "is there a python3?";
  EXPECT_LE(found.refused_by_us * 100, (found.decided - found.refused_by_python) * kMostRefused);
}

// Found by the comparison, as what follows.
TEST(PythonDecidesBytecode, ADictMayHaveKeysThatAreNoStrings) {
  // {1: x, None: 2}[1] in CPython 3.11.
  constexpr const char* kCode =
      "YwEAAAAAAAAAAAAAAAMAAAADAAAA8xgAAACXAHwAZAFkApwCZAMZAAAAAAAAAAAAUwApBE7pAgAAACkC6QEAAABOcgIAAACpACkB2gF4cwEAAAAg"
      "2gF0+gg8bGFtYmRhPnIGAAAAAQAAAHMRAAAAgACIYZBxiC+IL5gh1AocgADzAAAAAA==";
  const auto tree = tree_of_code(kCode);
  ASSERT_TRUE(tree) << tree.error().text();
  EXPECT_EQ(tree_to_text(*tree), "lambda x: {1: x, None: 2}[1]");
}

TEST(PythonDecidesBytecode, AGeneratorIsNoList) {
  // (lambda i: len(i))(j for j in (1, 2)), and sum(j for j in (1, 2)), which needs no list.
  const auto tree = tree_of_code(
      "YwEAAAAAAAAAAAAAAAQAAAADAAAA8y4AAACXAAIAZAGEAGQChABkA0QApgAAAKsAAAAAAAAAAACmAQAAqwEAAAAAAAAAAFMAKQROYwEAAAAAAAAA"
      "AAAAAAMAAAATAAAA8yAAAACXAHQBAAAAAAAAAAAAAHwApgEAAKsBAAAAAAAAAABTAKkBTikB2gNsZW4pAdoBaXMBAAAAINoBdPoIPGxhbWJkYT56"
      "GjxsYW1iZGE+Ljxsb2NhbHM+LjxsYW1iZGE+"
      "AQAAAHMMAAAAgACVU5gRkVaUVoAA8wAAAABjAQAAAAAAAAAAAAAAAgAAADMAAADzGgAAAEsAAQCXAHwAXQZ9AXwBVgCXAQEAjAdkAFMAcgIAAACp"
      "ACkC2gIuMNoBanMCAAAAICByBQAAAPoJPGdlbmV4cHI+ehs8bGFtYmRhPi48bG9jYWxzPi48Z2VuZXhwcj4BAAAAcyIAAADoAOgAgADQHC/"
      "QHC+"
      "gMZhR0Bwv0Bwv0Bwv0Bwv0Bwv0BwvcgcAAAApAukBAAAA6QIAAAByCQAAACkB2gF4cwEAAAAgcgUAAAByBgAAAHIGAAAAAQAAAHMkAAAAgADQCxv"
      "QCxvQCxvQHC/QHC+oBtAcL9EcL9QcL9EKL9QKL4AAcgcAAAA=");
  ASSERT_TRUE(tree) << tree.error().text();
  EXPECT_EQ(tree_to_text(*tree), "lambda x: (lambda i: len(i))(iter([j for j in (1, 2)]))");
  EXPECT_FALSE(static_value_of(*tree));
  const auto sum = tree_of_code(
      "YwEAAAAAAAAAAAAAAAQAAAADAAAA8zQAAACXAHQBAAAAAAAAAAAAAGQBhABkAkQApgAAAKsAAAAAAAAAAACmAQAAqwEAAAAAAAAAAFMAKQNOYwEA"
      "AAAAAAAAAAAAAAIAAAAzAAAA8xoAAABLAAEAlwB8AF0GfQF8AVYAlwEBAIwHZABTACkBTqkAKQLaAi4w2gFqcwIAAAAgINoBdPoJPGdlbmV4cHI+"
      "ehs8bGFtYmRhPi48bG9jYWxzPi48Z2VuZXhwcj4BAAAAcyIAAADoAOgAgADQDSDQDSCQQYhh0A0g0A0g0A0g0A0g0A0g0A0g8wAAAAApAukBAAAA"
      "6QIAAAApAdoDc3VtKQHaAXhzAQAAACByBQAAAPoIPGxhbWJkYT5yDAAAAAEAAABzHQAAAIAAjSPQDSDQDSCYFtANINENINQNINEKINQKIIAAcgcA"
      "AAA=");
  ASSERT_TRUE(sum) << sum.error().text();
  EXPECT_EQ(tree_to_text(*sum), "lambda x: sum([j for j in (1, 2)])");
}

}  // namespace
}  // namespace revive::testing
