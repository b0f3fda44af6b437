// Nodes, one operand changed at a time: which tree the builder makes of them.
#include "revive/serializer/python/builder.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include "revive/model/lambda/printer.h"

namespace revive::python {
namespace {

using Kind = TreeNode::Kind;

// A builder of ten instructions, with names at hand.
struct Made {
  std::vector<Object> objects;
  Builder make{objects, 10};
  TreeIndex a = make.name("a");
  TreeIndex b = make.name("b");
  TreeIndex c = make.name("c");
  TreeIndex d = make.name("d");

  std::string text(TreeIndex root) {
    const auto tree = make.finish(root, {}, {});
    if (!tree) return tree.error().message;
    return tree_to_text(*tree).value_or("no text").substr(std::string_view("lambda: ").size());
  }
};

Object integer(std::int64_t value) {
  Object made;
  made.kind = Object::Kind::integer;
  made.integer = value;
  return made;
}

Object tuple(std::vector<ObjectIndex> items) {
  Object made;
  made.kind = Object::Kind::tuple;
  made.items = std::move(items);
  return made;
}

std::string refusal(const Builder& make) {
  return make.error() ? make.error()->message : "";
}

TEST(Builder, AConstantHoldsSoMuch) {
  const std::string refused = "expected constants of at most 10000 elements nested 32 deep";
  const auto said = [](std::size_t elements, std::size_t times) {
    const std::vector<Object> objects = {integer(1), tuple(std::vector<ObjectIndex>(elements - 1, 0))};
    Builder make(objects, 1);
    for (std::size_t i = 0; i < times; ++i) make.constant(1);
    return refusal(make);
  };
  EXPECT_EQ(said(10'000, 1), "");
  EXPECT_EQ(said(10'001, 1), refused);
  // Of all constants together.
  EXPECT_EQ(said(5'000, 2), "");
  EXPECT_EQ(said(5'001, 2), refused);
  for (ObjectIndex depth = 1; depth <= 33; ++depth) {
    std::vector<Object> objects = {integer(1)};
    for (ObjectIndex i = 1; i < depth; ++i) objects.push_back(tuple({i - 1}));
    Builder make(objects, 1);
    make.constant(depth - 1);
    EXPECT_EQ(refusal(make), depth <= 32 ? "" : refused) << depth;
  }
}

TEST(Builder, AFunctionComputesSoMuch) {
  const std::vector<Object> objects;
  for (const std::size_t children : {std::size_t{99'998}, std::size_t{99'999}}) {
    Builder make(objects, 1);
    const std::vector<TreeIndex> items(children, make.name("a"));
    make.sequence(Kind::list, items);
    // What is there already takes nothing.
    make.sequence(Kind::list, items);
    EXPECT_EQ(refusal(make), children == 99'998 ? "" : "the function computes more than a lambda may");
  }
}

TEST(Builder, OnlySomeObjectsAreConstants) {
  const std::pair<Object::Kind, std::string> rows[] = {
      {Object::Kind::none, ""},
      {Object::Kind::boolean, ""},
      {Object::Kind::ellipsis, ""},
      {Object::Kind::integer, ""},
      {Object::Kind::real, ""},
      {Object::Kind::string, ""},
      {Object::Kind::tuple, ""},
      {Object::Kind::frozenset, ""},
      {Object::Kind::complex, "a constant that is a complex number"},
      {Object::Kind::bytes, "a constant that is bytes"},
      {Object::Kind::code, "a constant that is code"},
  };
  for (const auto& [kind, said] : rows) {
    std::vector<Object> objects(1);
    objects[0].kind = kind;
    Builder make(objects, 1);
    make.constant(0);
    EXPECT_EQ(refusal(make), said) << name_of(kind);
  }
}

TEST(Builder, NumbersHaveTheirSignOutside) {
  constexpr double kInf = std::numeric_limits<double>::infinity();
  const std::pair<Value, std::string> rows[] = {
      {Value(0), "0"},
      {Value(-1), "-1"},
      {Value(INT64_MAX), "9223372036854775807"},
      {Value(-INT64_MAX), "-9223372036854775807"},
      {Value(INT64_MIN), "an int that has no spelling of 64 bits, -9223372036854775808"},
      {Value(0.0), "0.0"},
      {Value(-0.0), "-0.0"},
      {Value(-2.5), "-2.5"},
      {Value(kInf), "a constant that is infinite or not a number"},
      {Value(-kInf), "a constant that is infinite or not a number"},
      {Value(std::nan("")), "a constant that is infinite or not a number"},
  };
  for (const auto& [value, said] : rows) {
    Made made;
    EXPECT_EQ(made.text(made.make.literal(value)), said);
  }
}

TEST(Builder, OneInstructionMakesANodeOnce) {
  const std::vector<Object> objects;
  Builder make(objects, 5);
  make.at(1);
  const TreeIndex first = make.name("a");
  EXPECT_EQ(make.name("a"), first);
  EXPECT_NE(make.name("b"), first);
  make.at(2);
  EXPECT_NE(make.name("a"), first);
  make.at(1);
  EXPECT_EQ(make.name("a"), first);
  // One more than instructions: what is made at the end of each function.
  EXPECT_EQ(make.more_instructions(3), 6U);
  EXPECT_EQ(make.more_instructions(2), 10U);
  EXPECT_EQ(make.more_instructions(0), 13U);
}

TEST(Builder, NamesAreThoseOfTheLanguage) {
  const auto said = [](std::string_view name, bool attribute) {
    Made made;
    if (attribute) {
      made.make.attribute(made.a, name);
    } else {
      made.make.name(name);
    }
    return refusal(made.make);
  };
  for (const bool attribute : {false, true}) {
    EXPECT_EQ(said("_x", attribute), "");
    EXPECT_EQ(said("__x", attribute), "the name `__x` is not part of the expression language");
    EXPECT_EQ(said("1x", attribute), "expected a name of ASCII letters, found \"1x\"");
  }
  EXPECT_EQ(said("a__b", false), "");
  EXPECT_EQ(said("a__b", true), "the attribute `.a__b` is not part of the expression language");
  EXPECT_EQ(said("a_b", true), "");
}

TEST(Builder, AnOwnListIsOneOnEveryWay) {
  Made made;
  Builder& make = made.make;
  const TreeIndex list = make.sequence(Kind::list, {});
  const TreeIndex loop = make.loop({"i", "y"}, {made.a, list, list});
  const auto node = [&](Kind kind, std::vector<TreeIndex> items) { return make.sequence(kind, items); };
  EXPECT_TRUE(make.is_own_list(list));
  EXPECT_FALSE(make.is_own_list(made.a));
  EXPECT_FALSE(make.is_own_list(node(Kind::tuple, {})));
  EXPECT_TRUE(make.is_own_list(make.item(loop, 0)));
  EXPECT_FALSE(make.is_own_list(make.item(made.a, 0)));
  EXPECT_FALSE(make.is_own_list(make.subscript(made.a, make.item(loop, 0))));
  EXPECT_TRUE(make.is_own_list(make.binary("+", list, made.a)));
  EXPECT_FALSE(make.is_own_list(make.binary("+", made.a, list)));
  EXPECT_FALSE(make.is_own_list(make.binary("*", list, made.a)));
  EXPECT_TRUE(make.is_own_list(make.conditional(made.a, false, list, make.binary("+", list, made.b))));
  EXPECT_FALSE(make.is_own_list(make.conditional(made.a, false, list, made.b)));
  EXPECT_FALSE(make.is_own_list(make.conditional(made.a, false, made.b, list)));
  EXPECT_FALSE(make.is_own_list(make.conditional(list, false, made.b, made.c)));
}

TEST(Builder, DisplaysHoldWhatIsInThem) {
  for (const Kind kind : {Kind::tuple, Kind::list, Kind::dict, Kind::call}) {
    Made made;
    const std::vector<TreeIndex> items = {made.a, made.b};
    kind == Kind::dict   ? made.make.dict(items)
    : kind == Kind::call ? made.make.call(made.a, items, {})
                         : made.make.sequence(kind, items);
    EXPECT_EQ(made.make.is_held(made.a), kind != Kind::call);
    EXPECT_EQ(made.make.is_held(made.b), kind != Kind::call);
    EXPECT_FALSE(made.make.is_held(made.c));
  }
}

TEST(Builder, ComparisonsOfTheSameOperandAreAChain) {
  struct Row {
    std::size_t left, right, then_left, then_right;
    std::string_view said;
  };
  const Row rows[] = {
      {0, 1, 1, 2, "a < b <= c"},       {0, 1, 2, 1, "a < b and c <= b"}, {0, 1, 0, 2, "a < b and a <= c"},
      {1, 0, 2, 1, "b < a and c <= b"}, {0, 1, 2, 3, "a < b and c <= d"}, {0, 1, 1, 0, "a < b <= a"},
  };
  for (const Row& row : rows) {
    Made made;
    const TreeIndex names[] = {made.a, made.b, made.c, made.d};
    const TreeIndex first = made.make.comparison("<", names[row.left], names[row.right]);
    const TreeIndex second = made.make.comparison("<=", names[row.then_left], names[row.then_right]);
    EXPECT_EQ(made.text(made.make.conditional(first, false, second, first)), row.said);
    // `or` makes none.
    std::string alternative(made.text(made.make.conditional(first, false, first, second)));
    EXPECT_NE(alternative.find(" or "), std::string::npos) << alternative;
  }
  Made made;
  Builder& make = made.make;
  const TreeIndex two = make.comparison("<", made.a, made.b);
  const TreeIndex chain = make.conditional(two, false, make.comparison("<=", made.b, made.c), two);
  const TreeIndex last = make.comparison(">", made.c, made.d);
  EXPECT_EQ(made.text(make.conditional(chain, false, last, chain)), "a < b <= c > d");
  // What begins with the same operand and compares nothing is no part of one.
  EXPECT_EQ(made.text(make.conditional(two, false, make.subscript(made.b, made.c), two)), "a < b and b[c]");
}

// [i for i in s if c]: the list as it was comes last, whichever way the code goes around.
TEST(Builder, TheListOfAComprehensionComesLast) {
  Made made;
  Builder& make = made.make;
  const TreeIndex list = make.accumulator();
  const auto children = [&](bool negated, TreeIndex then, TreeIndex otherwise) {
    return make[make.conditional(made.a, negated, then, otherwise)].children;
  };
  EXPECT_EQ(children(false, made.b, list), (std::vector<TreeIndex>{made.a, made.b, list}));
  EXPECT_EQ(children(true, list, made.b), (std::vector<TreeIndex>{made.a, made.b, list}));
  EXPECT_EQ(children(false, list, made.b), (std::vector<TreeIndex>{made.a, list, made.b}));
  const std::vector<TreeIndex> turned = children(true, made.b, list);
  EXPECT_EQ(make[turned[0]].text, "not");
  EXPECT_EQ(turned[1], made.b);
}

TEST(Builder, ConditionsThatLeadToTheSameBelongTogether) {
  struct Row {
    // Of the inner one: what it gives, 0 for c and 1 for d.
    std::string_view inner;
    bool negated;
    std::string_view said;
  };
  const Row rows[] = {
      {"c if b else d", false, "c if a and b else d"},
      {"c if b else d", true, "c if not a and b else d"},
      {"d if b else c", false, "d if not a or b else c"},
      {"d if b else c", true, "d if a or b else c"},
      {"b and d", false, "(not a or b) and d"},
      {"b and d", true, "(a or b) and d"},
      {"b or d", false, "a and b or d"},
      {"b or d", true, "not a and b or d"},
      {"d and b", false, "d and b if a else d"},
      {"c", false, "c if a else d"},
      {"c", true, "c if not a else d"},
  };
  for (const auto& [inner, negated, said] : rows) {
    Made made;
    Builder& make = made.make;
    const auto [a, b, c, d] = std::array{made.a, made.b, made.c, made.d};
    const TreeIndex then = inner == "c if b else d"   ? make.conditional(b, false, c, d)
                           : inner == "d if b else c" ? make.conditional(b, false, d, c)
                           : inner == "b and d"       ? make.conditional(b, false, d, b)
                           : inner == "b or d"        ? make.conditional(b, false, b, d)
                           : inner == "d and b"       ? make.conditional(d, false, b, d)
                                                      : c;
    EXPECT_EQ(made.text(make.conditional(a, negated, then, d)), said) << inner;
  }
  Made made;
  const auto text = [&](bool negated, TreeIndex then, TreeIndex otherwise) {
    return made.text(made.make.conditional(made.a, negated, then, otherwise));
  };
  EXPECT_EQ(text(false, made.b, made.a), "a and b");
  EXPECT_EQ(text(true, made.a, made.b), "a and b");
  EXPECT_EQ(text(false, made.a, made.b), "a or b");
  EXPECT_EQ(text(true, made.b, made.a), "a or b");
}

TEST(Builder, WhatIsUnpackedIsMarked) {
  Made made;
  Builder& make = made.make;
  const auto list = [&](std::vector<TreeIndex> items) { return make.sequence(Kind::list, items); };
  const auto join = [&](std::vector<TreeIndex> parts) { return make.joined(Kind::list, parts); };
  const auto unpacked = [&](TreeIndex items, TreeIndex entries) {
    const TreeIndex made_call = make.call_unpacked(made.d, items, entries);
    make.settle(made_call);
    return made.text(made_call);
  };
  const auto call = [&](TreeIndex items) { return unpacked(items, kNoTree); };
  const TreeIndex two = list({made.a, made.b});
  EXPECT_EQ(call(join({two, list({made.c})})), "d(a, b, c)");
  EXPECT_EQ(call(join({two, made.c})), "d(a, b, *c)");
  EXPECT_EQ(call(join({made.c, two})), "d(*c, a, b)");
  EXPECT_EQ(call(join({made.c, two, made.a, two})), "d(*c, a, b, *a, a, b)");
  EXPECT_EQ(call(join({two, join({made.c, two}), two})), "d(a, b, *c, a, b, a, b)");
  EXPECT_EQ(call(join({join({two, made.c}), made.d})), "d(a, b, *c, *d)");
  EXPECT_EQ(make[join({two, two})].names.size(), 0U);
  EXPECT_EQ(call(make.as_tuple(join({made.c, two}))), "d(*c, a, b)");

  const auto dict = [&](std::string_view first, std::string_view second) {
    const std::vector<TreeIndex> entries = {make.literal(Value(std::string(first))), made.a,
                                            make.literal(Value(std::string(second))), made.b};
    return make.dict(entries);
  };
  const auto join_dicts = [&](std::vector<TreeIndex> parts) { return make.joined_dict(parts); };
  const TreeIndex none = make.sequence(Kind::tuple, {});
  const auto keywords = [&](TreeIndex entries) { return unpacked(none, entries); };
  EXPECT_EQ(keywords(join_dicts({dict("k", "l")})), "d(k=a, l=b)");
  EXPECT_EQ(keywords(join_dicts({dict("k", "l"), dict("m", "n")})), "d(k=a, l=b, m=a, n=b)");
  EXPECT_EQ(keywords(join_dicts({made.c, dict("k", "l")})), "d(**c, k=a, l=b)");
  EXPECT_EQ(keywords(join_dicts({dict("k", "l"), made.c, dict("m", "n")})), "d(k=a, l=b, **c, m=a, n=b)");
  EXPECT_EQ(keywords(join_dicts({join_dicts({dict("k", "l"), made.c}), dict("m", "n")})), "d(k=a, l=b, **c, m=a, n=b)");
  EXPECT_EQ(keywords(join_dicts({dict("m", "n"), join_dicts({made.c, dict("k", "l")})})), "d(m=a, n=b, **c, k=a, l=b)");
  EXPECT_EQ(make[join_dicts({dict("k", "l"), dict("m", "n")})].names.size(), 0U);
}

// What nobody uses may be a call that does nothing but give a value.
TEST(Builder, CallsThatDoSomethingAreUsed) {
  const auto said = [](const std::function<TreeIndex(Made&)>& callee, bool settled, std::string_view parameter = "x") {
    Made made;
    const TreeIndex call = made.make.call(callee(made), {}, {});
    if (settled) made.make.settle(call);
    const auto tree = made.make.finish(made.a, {{std::string(parameter), kNoTree}}, {});
    return tree ? "" : tree.error().message;
  };
  const auto path = [](std::string_view name, std::string_view attribute) {
    return [=](Made& made) { return made.make.attribute(made.make.name(name), attribute); };
  };
  const auto name = [](std::string_view text) { return [=](Made& made) { return made.make.name(text); }; };
  const auto thrown = [](std::string_view what) {
    return "the result of " + std::string(what) + "(...) is thrown away; a lambda has nothing but its result";
  };
  EXPECT_EQ(said(name("f"), false), thrown("f"));
  EXPECT_EQ(said(name("f"), true), "");
  EXPECT_EQ(said(name("abs"), false), "");
  EXPECT_EQ(said(name("abs"), false, "abs"), thrown("abs"));
  EXPECT_EQ(said(path("keras", "relu"), false), "");
  EXPECT_EQ(said(path("f", "relu"), false), thrown("f.relu"));
  for (const std::string_view looks :
       {"get_shape", "set_shape", "as_list", "keys", "values", "items", "get", "astype"}) {
    EXPECT_EQ(said(path("f", looks), false), "");
    EXPECT_EQ(said(name(looks), false), thrown(looks));
  }
}

TEST(Builder, ATupleOfKeysIsManyKeys) {
  Made made;
  Builder& make = made.make;
  const auto tuple_of = [&](std::vector<TreeIndex> items) { return make.sequence(Kind::tuple, items); };
  const std::vector<TreeIndex> bounds = {make.literal(Value()), made.b, make.literal(Value())};
  const TreeIndex slice = make.slice(bounds);
  EXPECT_EQ(make[slice].children, (std::vector<TreeIndex>{kNoTree, made.b, kNoTree}));
  EXPECT_EQ(made.text(make.subscript(made.a, made.b)), "a[b]");
  EXPECT_EQ(made.text(make.subscript(made.a, slice)), "a[:b]");
  EXPECT_EQ(made.text(make.subscript(made.a, tuple_of({slice}))), "a[:b]");
  EXPECT_EQ(made.text(make.subscript(made.a, tuple_of({made.b}))), "a[b,]");
  EXPECT_EQ(made.text(make.subscript(made.a, tuple_of({made.b, slice}))), "a[b, :b]");
  EXPECT_EQ(made.text(make.subscript(made.a, tuple_of({}))), "a[()]");
  EXPECT_EQ(made.text(slice), "a slice stands outside of an index");
  EXPECT_EQ(made.text(tuple_of({slice})), "a slice stands outside of an index");
  EXPECT_EQ(made.text(make.subscript(slice, made.b)), "a slice stands outside of an index");
}

}  // namespace
}  // namespace revive::python
