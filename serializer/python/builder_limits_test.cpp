// How deep the nodes of a tree may nest: the first operand of a chain, which a text spells without parentheses, is as
// deep as the chain itself.
#include <gtest/gtest.h>

#include <array>
#include <functional>

#include "revive/serializer/python/builder.h"

namespace revive::python {
namespace {

using Kind = TreeNode::Kind;

// What is said of the tree where three levels are allowed.
std::string said_of(const std::function<TreeIndex(Builder&, TreeIndex)>& make_from) {
  const std::vector<Object> objects;
  Builder make(objects, 1);
  Limits limits;
  limits.expression_depth = 3;
  const TreeIndex body = make_from(make, make.name("a"));
  const auto tree = make.finish(body, {}, limits);
  return tree ? "" : tree.error().message;
}

// `level` around `a` so many times.
std::string nested(int times, const std::function<TreeIndex(Builder&, TreeIndex)>& level) {
  return said_of([&](Builder& make, TreeIndex made) {
    for (int i = 0; i < times; ++i) made = level(make, made);
    return made;
  });
}

TEST(BuilderLimits, ChainsAreAsDeepAsTheirOperands) {
  const std::string refused = "expected at most 3 nested expressions";
  const auto left = [](Builder& make, TreeIndex made) { return make.binary("-", made, make.name("b")); };
  const auto right = [](Builder& make, TreeIndex made) { return make.binary("-", make.name("b"), made); };
  const auto both = [](Builder& make, TreeIndex made) { return make.binary("-", made, made); };
  const auto list = [](Builder& make, TreeIndex made) { return make.sequence(Kind::list, std::array{made}); };
  const auto second = [](Builder& make, TreeIndex made) {
    return make.sequence(Kind::list, std::array{make.name("b"), made});
  };
  EXPECT_EQ(nested(20, left), "");
  for (const auto& level :
       std::initializer_list<std::function<TreeIndex(Builder&, TreeIndex)>>{right, both, list, second}) {
    EXPECT_EQ(nested(2, level), "");
    EXPECT_EQ(nested(3, level), refused);
  }
  // A chain of what is two deep.
  EXPECT_EQ(said_of([&](Builder& make, TreeIndex a) { return left(make, left(make, list(make, list(make, a)))); }), "");
  EXPECT_EQ(said_of([&](Builder& make, TreeIndex a) { return left(make, right(make, list(make, list(make, a)))); }),
            refused);
}

TEST(BuilderLimits, WhatHasNoTextIsAFunction) {
  const auto thrown_away = [](int levels) {
    return said_of([&](Builder& make, TreeIndex a) {
      TreeIndex callee = make.name("f");
      for (int i = 0; i < levels; ++i) callee = make.subscript(make.name("f"), callee);
      make.call(callee, {}, {});
      return a;
    });
  };
  const std::string behind = "(...) is thrown away; a lambda has nothing but its result";
  EXPECT_EQ(thrown_away(1), "the result of f[f]" + behind);
  EXPECT_EQ(thrown_away(9), "the result of a function" + behind);
}

}  // namespace
}  // namespace revive::python
