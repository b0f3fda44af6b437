#include "revive/properties/generate/lambda.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "revive/model/graph/op_draw.h"
#include "revive/model/lambda/graph_to_tree.h"
#include "revive/model/lambda/printer.h"
#include "revive/model/tensor/element_type.h"
#include "revive/properties/generate/graph.h"

namespace revive::properties {
namespace {

// What the ops' draws are made for; a larger input gets the simplest of lambdas, which takes as many draws as one that
// is drawn at least does: with fewer, a larger input would count as simpler.
constexpr std::size_t kDrawsOfTheSimplest = 16;
bool is_drawn_for(const DrawContext& context) {
  return context.probe.size() <= kMostDrawnRank && drawn_elements(context.probe) <= kMostDrawnElements;
}

// AXIS for a number that stands for `axis`, bias for an array beside x; with _2, _3, ... where that is taken.
std::string name_for(const Capture& constant, std::string_view role, const std::vector<std::string>& taken) {
  std::string name(role);
  if (std::holds_alternative<Tensor>(constant)) {
    if (role.starts_with('x')) name = "bias";
  } else {
    // K and N are names that people give to modules.
    if (name.size() == 1) name += "_value";
    std::ranges::transform(name, name.begin(), [](char c) { return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c; });
  }
  const std::string base = name;
  for (int i = 2; std::ranges::find(taken, name) != taken.end(); ++i) name = fmt::format("{}_{}", base, i);
  return name;
}

// Whether the lambda can stand where its text was drawn for.
bool fits(const LambdaFunction& expression, const LambdaText& text) {
  const auto built = expression.graph.infer({text.dtype, text.shape});
  const auto run = expression.graph.infer({text.dtype, Shape(text.probe)});
  if (!built || !run || run->back().dtype != DType::float32) return false;
  const Dims& dims = run->back().shape.axes();
  return std::ranges::find(dims, 0) == dims.end() && drawn_elements(dims) <= kMostDrawnElements;
}

}  // namespace

Result<LambdaText> LambdaGenerator::draw_text(DType dtype, const DrawContext& context, bool exact) {
  if (!is_drawn_for(context)) {
    exact_ = exact;
    for (std::size_t i = 0; i < kDrawsOfTheSimplest; ++i) choices_.pass();
    // The result is a float32.
    const bool is_real = dtype == DType::float32;
    REVIVE_ASSIGN_OR_RETURN(auto tree, parse_lambda(is_real ? "lambda x: -x" : "lambda x: ops.cast(x, 'float32')", {}));
    return LambdaText{std::move(tree), {}, dtype, context.shape, context.probe};
  }
  REVIVE_ASSIGN_OR_RETURN(auto drawn, draw_graph(choices_, profile_, dtype, context, exact));
  exact_ = drawn.exact;
  std::vector<std::string> taken;
  const auto name = [&](const Capture& constant, std::string_view role) {
    if (has_spelling(constant) && !choices_.flag(4, 5)) return std::string();
    taken.push_back(name_for(constant, role, taken));
    return taken.back();
  };
  TreeOfGraph raised = graph_to_tree(drawn.graph, name);
  return LambdaText{std::move(raised.tree), std::move(raised.captures), dtype, context.shape, context.probe};
}

Capture LambdaGenerator::redrawn(const Capture& capture) {
  if (const Tensor* const array = std::get_if<Tensor>(&capture)) {
    // Ints in an array may be indices, which are in range as they are.
    if (!is_float(array->dtype())) return capture;
    return draw_array(choices_, profile_, array->dtype(), array->dims());
  }
  const Value& value = std::get<Value>(capture);
  if (value.is_real()) return Value(draw_real(choices_, profile_));
  if (!value.is_int()) return capture;
  constexpr std::array<std::int64_t, 5> kSteps = {1, -1, 0, 2, -2};
  std::int64_t moved = 0;
  const std::int64_t step = kSteps[choices_.draw(kSteps.size() - 1)];
  return __builtin_add_overflow(value.as_int(), step, &moved) ? capture : Capture(Value(moved));
}

// Other values for the same names. Floats can be any; ints that make another shape, or none, stay as they were.
Result<LambdaFunction> LambdaGenerator::redraw(LambdaText& text) {
  const Captures before = text.captures;
  for (auto& [name, capture] : text.captures) capture = redrawn(capture);
  const Captures drawn = text.captures;
  auto made = make_expression(text.tree, text.captures);
  if (made && fits(*made, text)) return made;
  text.captures = before;
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    text.captures[i].second = drawn[i].second;
    made = make_expression(text.tree, text.captures);
    if (!made || !fits(*made, text)) text.captures[i].second = before[i].second;
  }
  return make_expression(text.tree, text.captures);
}

Status LambdaGenerator::draw(LambdaFunction& expression, DType dtype, const DrawContext& context, bool exact) {
  const auto is_like = [&](const LambdaText& text) {
    return !text.captures.empty() && text.dtype == dtype && text.shape == context.shape && text.probe == context.probe;
  };
  const auto earlier = std::ranges::find_if(texts_, is_like);
  // Other captures may leave the domain that a tame lambda was confined to.
  const bool again = profile_ == Profile::wild && earlier != texts_.end() && choices_.flag(1, 2);
  LambdaText text;
  if (again) {
    text = *earlier;
  } else {
    REVIVE_ASSIGN_OR_RETURN(text, draw_text(dtype, context, exact));
  }
  auto made = again ? redraw(text) : make_expression(text.tree, text.captures);
  if (!made)
    return std::unexpected(made.error().within("generated " + tree_to_text(text.tree).value_or("lambda") + ": "));
  expression = *std::move(made);
  for (const auto& [name, value] : text.captures) environment_.insert_or_assign(name, value);
  texts_.push_back(std::move(text));
  return {};
}

}  // namespace revive::properties
