#include "properties/property.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "model/expression_raise.h"
#include "model/input_layer.h"
#include "model/lambda.h"
#include "model/random.h"
#include "serializer/compare.h"
#include "serializer/config_codec.h"
#include "serializer/structure.h"

namespace revive::properties {
namespace {

using Verdict = std::optional<Violation>;

Verdict violation(std::string_view what, const Error& error) {
  return Violation{fmt::format("{}: {}", what, error.text())};
}
Verdict violation(const Difference& difference) {
  return Violation{fmt::format("{}: {} before, {} after", difference.path, difference.left, difference.right)};
}

// The names are gone, or mean something else, by the time a model is loaded.
Environment altered(const Environment& environment) {
  Environment other;
  for (const auto& [name, value] : environment) {
    if (const auto* tensor = std::get_if<Tensor>(&value)) {
      other.emplace(name, Tensor(tensor->dtype(), tensor->dims()));
      continue;
    }
    const Value& scalar = std::get<Value>(value);
    if (scalar.is_int()) {
      other.emplace(name, Value(scalar.as_int() == 1 ? std::int64_t{2} : std::int64_t{1}));
    } else if (scalar.is_real()) {
      other.emplace(name, Value(scalar.as_real() == 0.125 ? 0.5 : 0.125));
    }
  }
  return other;
}

struct Revived {
  Bytes archive;
  Sequential model;
};

std::expected<Revived, Violation> revive_case(const Case& the_case, const Subject& subject) {
  auto archive = subject.save(the_case.model, the_case.environment);
  if (!archive) return std::unexpected(*violation("save failed", archive.error()));
  auto model = subject.load(*archive, altered(the_case.environment));
  if (!model) return std::unexpected(*violation("load failed", model.error()));
  return Revived{std::move(*archive), std::move(*model)};
}

Verdict compare_outputs(const Sequential& before, const Sequential& after, const Case& the_case,
                        const Subject& subject) {
  const auto expected = before.predict(the_case.input);
  if (!expected) return violation("the model could not run before it was saved", expected.error());
  const auto found = subject.predict(after, the_case.input);
  if (!found) return violation("the model could not run after it was loaded", found.error());
  if (const auto difference = first_difference(*expected, *found, "output")) return violation(*difference);
  return std::nullopt;
}

Verdict outputs_survive(const Case& the_case, const Subject& subject) {
  const auto revived = revive_case(the_case, subject);
  if (!revived) return revived.error();
  return compare_outputs(the_case.model, revived->model, the_case, subject);
}

Verdict weights_survive(const Case& the_case, const Subject& subject) {
  const auto revived = revive_case(the_case, subject);
  if (!revived) return revived.error();
  if (const auto difference = first_weights_difference(the_case.model, revived->model)) return violation(*difference);
  return std::nullopt;
}

Verdict config_survives(const Case& the_case, const Subject& subject) {
  const auto revived = revive_case(the_case, subject);
  if (!revived) return revived.error();
  const auto difference = first_difference(model_to_config(the_case.model), model_to_config(revived->model), "");
  if (difference) return violation(*difference);
  return std::nullopt;
}

Verdict bytes_are_stable(const Case& the_case, const Subject& subject) {
  const auto revived = revive_case(the_case, subject);
  if (!revived) return revived.error();
  const auto again = subject.save(revived->model, altered(the_case.environment));
  if (!again) return violation("saving the loaded model failed", again.error());
  if (*again == revived->archive) return std::nullopt;
  const auto [first, second] = std::ranges::mismatch(revived->archive, *again);
  return Violation{fmt::format("saved again, the archive differs from byte {} on ({} bytes before, {} after)",
                               first - revived->archive.begin(), revived->archive.size(), again->size())};
}

Verdict captures_are_values(const Case& the_case, const Subject& subject) {
  // The environment changes between making the model and saving it, not only before loading.
  const Environment changed = altered(the_case.environment);
  const auto archive = subject.save(the_case.model, changed);
  if (!archive) return violation("save failed", archive.error());
  const auto model = subject.load(*archive, {});
  if (!model) return violation("load failed", model.error());
  const auto lambdas_of = [](const Sequential& each) {
    std::vector<const Expression*> lambdas;
    visit_layers(each.root(), [&](const std::string&, const Layer& layer) {
      if (const Expression* expression = layer.expression()) lambdas.push_back(expression);
    });
    return lambdas;
  };
  const auto before = lambdas_of(the_case.model);
  const auto after = lambdas_of(*model);
  if (before.size() != after.size()) {
    return Violation{fmt::format("{} lambdas before, {} after", before.size(), after.size())};
  }
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (*before[i] == *after[i]) continue;
    return Violation{
        fmt::format("lambda {} was {} and became {}", i, before[i]->graph.to_text(), after[i]->graph.to_text())};
  }
  return compare_outputs(the_case.model, *model, the_case, subject);
}

// [Lambda(TEXT) for i in range(count, 0, -1)] on the input of the case, each with its own i, which is 1 in the end.
struct Loop {
  std::string_view text;
  std::string literal;  // TEXT with {} for i
  std::int64_t count;
};

Verdict check_loop(const Loop& loop, const Case& the_case, const Subject& subject) {
  std::vector<Layer> layers = {make_input_layer(the_case.model.input_shape(), the_case.model.input_dtype())};
  for (std::int64_t i = loop.count; i > 0; --i) {
    auto layer = make_lambda(loop.text, {{"i", Value(i)}});
    if (!layer) return violation("the lambda cannot be made", layer.error());
    layers.push_back(std::move(*layer));
  }
  const auto model = Sequential::make("loop", std::move(layers));
  if (!model) return violation("the stack cannot be made", model.error());
  const Environment afterwards = {{"i", Value(1)}};
  const auto archive = subject.save(*model, afterwards);
  if (!archive) return violation("save failed", archive.error());
  const auto loaded = subject.load(*archive, afterwards);
  if (!loaded) return violation("load failed", loaded.error());
  for (std::size_t at = 1; at < model->layers().size() && at < loaded->layers().size(); ++at) {
    const std::int64_t i = loop.count + 1 - static_cast<std::int64_t>(at);
    const auto expected = make_expression(fmt::format(fmt::runtime(loop.literal), i), {});
    const Expression* const found = loaded->layers()[at].expression();
    if (expected && found != nullptr && *found == *expected) continue;
    return Violation{fmt::format("the lambda made with i = {} became {}", i,
                                 found == nullptr ? "another layer" : found->graph.to_text())};
  }
  return compare_outputs(*model, *loaded, the_case, subject);
}

Verdict loop_variables_are_values(const Case& the_case, const Subject& subject) {
  constexpr std::int64_t kMost = 5;
  const auto count = std::min(kMost, 1 + static_cast<std::int64_t>(count_layers(the_case.model)));
  if (the_case.model.input_shape().rank() < 2) {
    return check_loop({"lambda x: x + i", "lambda x: x + {}", count}, the_case, subject);
  }
  return check_loop({"lambda x: x[:, -i:] + i", "lambda x: x[:, -{0}:] + {0}", count}, the_case, subject);
}

// The lambdas of the case's own model.
template <typename Check>
Verdict each_lambda(const Case& the_case, Check check) {
  Verdict verdict;
  visit_layers(the_case.model.root(), [&](const std::string& path, const Layer& layer) {
    if (verdict || layer.expression() == nullptr) return;
    verdict = check(*layer.expression());
    if (verdict) verdict->message = fmt::format("{}: {}", path, verdict->message);
  });
  return verdict;
}

Verdict same_graph(std::string_view what, const Graph& graph, const Result<Expression>& made) {
  if (!made) return violation(what, made.error());
  if (made->graph == graph) return std::nullopt;
  return Violation{fmt::format("{}: {} became {}", what, graph.to_text(), made->graph.to_text())};
}

Verdict lowering_is_exact(const Case& the_case, const Subject&) {
  return each_lambda(the_case, [](const Expression& lambda) -> Verdict {
    const Raised raised = raise(lambda.graph);
    const auto lowered = make_expression(raised.tree, raised.captures);
    if (auto verdict = same_graph("raised and lowered", lambda.graph, lowered)) return verdict;
    if (!lambda.annotation) return std::nullopt;
    const Annotation& own = *lambda.annotation;
    const auto again = make_expression(own.text, own.captures, LoweringOptions{.input = own.input, .limits = {}});
    return same_graph("lowered from its text again", lambda.graph, again);
  });
}

Verdict literal_equals_capture(const Case& the_case, const Subject&) {
  return each_lambda(the_case, [](const Expression& lambda) -> Verdict {
    int count = 0;
    const Raised captured =
        raise(lambda.graph, [&](const Capture&, std::string_view) { return "c" + std::to_string(count++); });
    return same_graph("with every constant captured", lambda.graph, make_expression(captured.tree, captured.captures));
  });
}

Verdict truncation_is_refused(const Case& the_case, const Subject& subject) {
  constexpr int kCuts = 32;
  const auto archive = subject.save(the_case.model, the_case.environment);
  if (!archive) return violation("save failed", archive.error());
  std::vector<std::size_t> cuts = structure_boundaries(*archive);
  // Drawn from the archive itself: the same case always gets the same cuts.
  Random random(archive->size());
  for (int i = 0; i < kCuts; ++i) cuts.push_back(static_cast<std::size_t>(random.below(archive->size())));
  for (const std::size_t cut : cuts) {
    if (cut >= archive->size()) continue;
    if (subject.load(std::span(*archive).first(cut), the_case.environment)) {
      return Violation{fmt::format("the archive of {} bytes loads although it ends after {}", archive->size(), cut)};
    }
  }
  return std::nullopt;
}

constexpr std::array kProperties = {
    Property{"outputs_survive", "After save and load, every output has the same bits.", outputs_survive},
    Property{"weights_survive", "After save and load, every weight has the same bits.", weights_survive},
    Property{"config_survives", "After save and load, every config value is the same, by kind and by bits.",
             config_survives},
    Property{"bytes_are_stable", "Saving what was loaded gives the same bytes.", bytes_are_stable},
    Property{"captures_are_values", "What a lambda captured is in the archive; names outside can change or vanish.",
             captures_are_values},
    Property{"loop_variables_are_values", "Lambdas made in a loop keep the value that the variable had for each.",
             loop_variables_are_values},
    Property{"lowering_is_exact", "A lambda's graph, raised to a tree or read from its text, lowers to itself.",
             lowering_is_exact},
    Property{"literal_equals_capture", "A literal and a captured value of the same number give the same graph.",
             literal_equals_capture},
    Property{"truncation_is_refused", "An archive cut short anywhere does not load.", truncation_is_refused},
};

}  // namespace

std::span<const Property> all_properties() {
  return kProperties;
}

const Property* find_property(std::string_view name) {
  const auto found = std::ranges::find(kProperties, name, &Property::name);
  return found == kProperties.end() ? nullptr : &*found;
}

}  // namespace revive::properties
