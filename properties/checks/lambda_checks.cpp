#include <fmt/format.h>

#include <algorithm>

#include "revive/model/lambda.h"
#include "revive/model/lambda/graph_to_tree.h"
#include "revive/model/layers/input_layer.h"
#include "revive/properties/checks/checks.h"

namespace revive::properties {
namespace {

// [Lambda(TEXT) for i in range(count, 0, -1)], each with its own i, which is 1 in the end.
struct Loop {
  std::string_view text;
  std::string literal;  // TEXT with {} for i
  std::int64_t count;
};

// The loop on the input of the case.
Result<Sequential> make_loop(const Loop& loop, const Case& the_case) {
  std::vector<Layer> layers = {make_input_layer(the_case.model.input_shape(), the_case.model.input_dtype())};
  for (std::int64_t i = loop.count; i > 0; --i) {
    auto layer = make_lambda(loop.text, {{"i", Value(i)}});
    if (!layer) return std::unexpected(layer.error());
    layers.push_back(std::move(*layer));
  }
  return Sequential::make("loop", std::move(layers));
}

Verdict check_loop(const Sequential& model, const Loop& loop, const Case& the_case, const Subject& subject,
                   const Legs& legs) {
  const Environment afterwards = {{"i", Value(1)}};
  const auto archive = save_with(subject, model, afterwards);
  if (!archive) return legs.of("saves", violation("save failed", archive.error()));
  const auto loaded = subject.load(*archive, afterwards);
  if (!loaded) return legs.of("loads", violation("load failed", loaded.error()));
  const std::span<const Layer> after = loaded->model ? loaded->model->layers() : std::span<const Layer>();
  for (std::size_t at = 1; at < model.layers().size() && at < after.size(); ++at) {
    const std::int64_t i = loop.count + 1 - static_cast<std::int64_t>(at);
    const auto expected = make_expression(fmt::format(fmt::runtime(loop.literal), i), {});
    const LambdaFunction* const found = after[at].lambda();
    if (expected && found != nullptr && *found == *expected) continue;
    const Verdict other = Violation{fmt::format("the lambda made with i = {} became {}", i,
                                                found == nullptr ? "another layer" : found->graph.to_text())};
    if (auto verdict = legs.of("same_lambdas", other)) return verdict;
  }
  return compare_outputs(model, *loaded, the_case.input, subject, legs);
}

constexpr Lower kOwnLower = [](const Tree& tree, const Captures& captures) { return make_expression(tree, captures); };

// The lambdas of the case's own model.
template <typename Check>
Verdict each_lambda(const Case& the_case, Check check) {
  Verdict verdict;
  visit_layers(the_case.model.root(), [&](const std::string& path, const Layer& layer) {
    if (verdict || layer.lambda() == nullptr) return;
    verdict = check(*layer.lambda());
    if (verdict) verdict->message = fmt::format("{}: {}", path, verdict->message);
  });
  return verdict;
}

Verdict same_graph(std::string_view what, const Graph& graph, const Result<LambdaFunction>& made) {
  if (!made) return violation(what, made.error());
  if (made->graph == graph) return std::nullopt;
  return Violation{fmt::format("{}: {} became {}", what, graph.to_text(), made->graph.to_text())};
}

}  // namespace

Verdict loop_variables_are_values(const Case& the_case, const Subject& subject, const Legs& legs) {
  constexpr std::int64_t kMost = 5;
  const auto count = std::min(kMost, 1 + static_cast<std::int64_t>(count_layers(the_case.model)));
  const Loop loop = the_case.model.input_shape().rank() < 2
                        ? Loop{"lambda x: x + i", "lambda x: x + {}", count}
                        : Loop{"lambda x: x[:, -i:] + i", "lambda x: x[:, -{0}:] + {0}", count};
  const auto model = make_loop(loop, the_case);
  if (!model) return violation("the stack of lambdas cannot be made", model.error());
  return about(*model, "lambdas made in a loop", check_loop(*model, loop, the_case, subject, legs));
}

Verdict lowering_is_exact(const Case& the_case, const Subject&, const Legs& legs) {
  return lowering_is_exact_by(kOwnLower, the_case, legs);
}

Verdict lowering_is_exact_by(Lower lower, const Case& the_case, const Legs& legs) {
  return each_lambda(the_case, [&](const LambdaFunction& lambda) -> Verdict {
    const TreeOfGraph raised = graph_to_tree(lambda.graph);
    const auto lowered = lower(raised.tree, raised.captures);
    if (auto verdict = legs.of("raised", same_graph("raised and lowered", lambda.graph, lowered))) return verdict;
    if (!lambda.annotation) return std::nullopt;
    const Annotation& own = *lambda.annotation;
    const auto again = make_expression(own.text, own.captures, LoweringOptions{.input = own.input, .limits = {}});
    return legs.of("from_text", same_graph("lowered from its text again", lambda.graph, again));
  });
}

Verdict literal_equals_capture(const Case& the_case, const Subject&, const Legs& legs) {
  return literal_equals_capture_by(kOwnLower, the_case, legs);
}

Verdict literal_equals_capture_by(Lower lower, const Case& the_case, const Legs& legs) {
  return each_lambda(the_case, [&](const LambdaFunction& lambda) -> Verdict {
    int count = 0;
    const TreeOfGraph captured =
        graph_to_tree(lambda.graph, [&](const Capture&, std::string_view) { return "c" + std::to_string(count++); });
    return legs.of("captured",
                   same_graph("with every constant captured", lambda.graph, lower(captured.tree, captured.captures)));
  });
}

}  // namespace revive::properties
