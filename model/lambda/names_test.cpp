// Which names a text reads from outside: chains of attributes, what is bound inside, and what is never a name.
#include "revive/model/lambda/names.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "revive/model/lambda/lambda_function.h"

namespace revive {
namespace {

std::string free_in(std::string_view text, const Captures& bound = {}) {
  const auto names = free_names(text, bound);
  return names ? fmt::format("{}", fmt::join(*names, " ")) : names.error().text();
}

TEST(Names, AChainEndsBeforeWhatEveryValueHas) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"x * b.shape[0]", "b"},
      {"x * b.shape.rest", "b"},
      {"x * m.b.shape.rest.of", "m.b"},
      {"x * m.b.dtype", "m.b"},
      {"x * m.b.ndim", "m.b"},
      {"x * m.b.get_shape()", "m.b"},
      {"x * m.b.T", "m.b"},
      {"x * m.b.shaped", "m.b.shaped"},
      {"x * m.b.Tail", "m.b.Tail"},
      {"x * m.shape.T", "m"},
      {"x * shape", "shape"},
      {"x * shape.T", "shape"},
      {"x * T.shape.b", "T"},
      {"x.b.c + x[0].d", ""},
      {"m.b(x).c", "m.b"},
      {"f(m.b).c.shape", "f m.b"},
      {"(m.b + k.l).c * x", "m.b k.l"},
      {"x * m.b * m.b * m.c", "m.b m.c"},
      {"x * a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q", "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q"},
      {"x * a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r", "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q"},
      {"x * a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t", "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q"},
      {"x * x.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s", ""},
  };
  for (const auto& [text, expected] : rows) EXPECT_EQ(free_in(text), expected) << text;
}

TEST(Names, WhatIsBoundInsideIsNotRead) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"lambda x, k=m: x * k", "m"},
      {"lambda x, *k: x * k[0]", ""},
      {"lambda x, k: x * k", "k"},
      {"x * (lambda t: t * k)(x)", "k"},
      {"x * (lambda t, k=k: t * k)(x)", "k"},
      {"x * (lambda t, k=t: t * k)(x)", "t"},
      {"x * (lambda t, *k: t * k[0])(x, 1)", ""},
      {"x * (lambda t: (lambda u: t * u * v)(t))(x) + u", "v u"},
      {"x * (lambda t: t)(x) + t", "t"},
      {"x * sum([i * k for i in s])", "k s"},
      {"x * sum([i * j for i in s for j in i])", "s"},
      {"x * sum([i * j for i, j in zip(s, t)]) + i", "s t i"},
      {"x * sum([i for i in i])", "i"},
      {"x * sum([i for i in s if i < k])", "s k"},
      {"x * sum([i.a for i in s]) + i.a", "s i.a"},
      {"x * tf.exp(a) + np.pi * K.epsilon() + ops.exp(b) + len(c)", "a b c"},
      {"x * tff.exp(a)", "tff.exp a"},
      {"x * {k: v, **m}['a'] + f(*o, k=w, **n)", "k v m f o w n"},
  };
  for (const auto& [text, expected] : rows) EXPECT_EQ(free_in(text), expected) << text;
}

TEST(Names, ACaptureGivesItsAttributes) {
  const Captures bound = {{"m", 1}, {"a.b", 2}, {"f", Function{"lambda t: t * inner * a.b.c"}}};
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"x * m.b.c", ""},       {"x * a.b", ""},      {"x * a.b.c", ""},    {"x * a.c", "a.c"},
      {"x * a", "a"},          {"x * a.bc", "a.bc"}, {"x * mm", "mm"},     {"x * mm.b", "mm.b"},
      {"f(x) * q", "q inner"}, {"x * m.shape", ""},  {"x * a.shape", "a"}, {"x * a.b.shape[0]", ""},
  };
  for (const auto& [text, expected] : rows) EXPECT_EQ(free_in(text, bound), expected) << text;
}

TEST(Names, OfTheLanguageOrOfNothing) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"x * eval", "lambda: `eval` is not part of the expression language"},
      {"x * exec.a", "lambda: `exec` is not part of the expression language"},
      {"x * compile", "lambda: `compile` is not part of the expression language"},
      {"x * open(k)", "lambda: `open` is not part of the expression language"},
      {"x * type(x)", "lambda: `type` is not part of the expression language"},
      {"x * dir(x)", "lambda: `dir` is not part of the expression language"},
      {"x * evaluate", "evaluate"},
  };
  for (const auto& [text, expected] : rows) EXPECT_EQ(free_in(text), expected) << text;
  EXPECT_EQ(free_in("x * eval", {{"eval", 1}}), "");
  const auto dunder = [](std::string_view text) {
    const auto tree = parse_lambda(text, {});
    const Status status = check_names(*tree);
    return status ? "" : status.error().text();
  };
  EXPECT_EQ(dunder("x * __a"), "lambda: column 5: `__a` is not part of the expression language");
  EXPECT_EQ(dunder("x * a.__b"), "lambda: column 6: `__b` is not part of the expression language");
  EXPECT_EQ(dunder("x * _a._b"), "");
  EXPECT_EQ(dunder("x * '__a'"), "");
  EXPECT_EQ(dunder("x[:, '__a':]"), "");
}

TEST(Names, OfTargetsAndParameters) {
  EXPECT_EQ(split_targets("i"), std::vector<std::string>{"i"});
  EXPECT_EQ(split_targets("i, jk, l"), (std::vector<std::string>{"i", "jk", "l"}));
  EXPECT_EQ(bound_name("*rest"), "rest");
  EXPECT_EQ(bound_name("rest"), "rest");
}

}  // namespace
}  // namespace revive
