// What is done to a model that has been built: compiled, trained a step, changed.
#include <fmt/format.h>

#include "revive/properties/hunt/model_maker.h"

namespace revive::properties::hunt {
namespace {

Feature feature(const std::string& parameter, const std::string& value) {
  return {"keras.Model", "Model", parameter, value};
}

}  // namespace

void ModelMaker::make_own() {
  const auto& own = rules_.catalogue.named_domain("own models");
  std::vector<Feature> features;
  std::string text = "keras.Sequential([keras.layers.Dense(2)])";
  if (!own.empty())
    text = builder_.own(own[builder_.place(own.size(), rules_.wanted("own models"))], "model", features);
  program_.make.push_back({.text = fmt::format("model = {}", text), .layer = true, .features = std::move(features)});
  program_.result = "model";
  program_.use = "thing(x, **how)";
  program_.preamble.emplace_back("x = np.linspace(-1, 1, 48, dtype='float32').reshape(2, 6, 4)");
}

void ModelMaker::compile() {
  std::vector<Feature> features;
  const std::string optimizer = any_of("optimizer", "optimizers", features);
  std::string text = "optimizer=" + optimizer;
  const auto has = [&](std::string_view table, std::uint64_t one_in) {
    return choices_.draw(1, [&](Random& chance) -> std::uint64_t {
      return rules_.wanted(table) || chance.below(one_in) == 0 ? 1 : 0;
    }) != 0;
  };
  if (has("loss", 2)) text += ", loss=" + any_of("loss", "losses", features);
  if (has("metric", 3)) {
    // As it stands, in a list, or by name of an output.
    const auto& ways = rules_.catalogue.named_domain("metric lists");
    std::string way = ways.empty() ? "[{}]" : ways[choices_.draw(ways.size() - 1)];
    const std::string metric = any_of("metric", "metrics", features);
    for (std::size_t at = way.find("{}"); at != std::string::npos; at = way.find("{}", at + metric.size())) {
      way.replace(at, 2, metric);
    }
    text += ", metrics=" + way;
  }
  if (choices_.flag(1, 6)) text += fmt::format(", weighted_metrics=[{}]", any_of("metric", "metrics", features));
  if (const std::string more = now_and_then("compile", 3, features); !more.empty()) text += ", " + more;
  compiled_ = true;
  features.push_back(feature("compile", optimizer.substr(0, optimizer.find('('))));
  program_.make.push_back(
      {.text = fmt::format("model.compile({})", text), .droppable = true, .features = std::move(features)});
  if (choices_.flag(1, 2)) {
    program_.step.push_back({.text = "thing.optimizer.build(thing.trainable_variables)", .droppable = true});
    program_.step.push_back(
        {.text = "thing.optimizer.apply([keras.ops.ones_like(v) for v in thing.trainable_variables])",
         .droppable = true,
         .features = {feature("step", "an update of the optimizer")}});
  }
}

std::string ModelMaker::any_of(std::string_view names, std::string_view kind, std::vector<Feature>& features) {
  const auto& texts = rules_.catalogue.named_domain(names);
  const std::uint64_t which = builder_.place(texts.size() + 1, rules_.wanted(names));
  if (which == texts.size()) return builder_.object_of(kind, features).print();
  if (which != 0) features.push_back(feature(std::string(names), texts[which]));
  return builder_.own_text(texts[which]);
}

bool ModelMaker::has_what_it_needs(const std::string& step) const {
  if (step.contains("thing.optimizer") || step.contains("thing.evaluate")) return compiled_;
  const bool of_first = step.contains("layers[0].");
  if (!of_first && !step.contains("layers[-1].")) return true;
  // Of a class of the program's own nobody knows the layers.
  if (first_ == nullptr) return true;
  // The first layer of a graph is its input.
  if (of_first && form_ == Form::functional) return false;
  // "quantize: Dense Embedding"
  for (const std::string& need : rules_.catalogue.named_domain("step needs")) {
    const std::size_t colon = need.find(": ");
    if (colon == std::string::npos || !step.contains("]." + need.substr(0, colon))) continue;
    const std::string_view classes = std::string_view(need).substr(colon + 1);
    const std::string name = of_first ? first_->short_name() : last_.substr(last_.rfind('.') + 1);
    return (std::string(classes) + ' ').contains(fmt::format(" {} ", name));
  }
  return true;
}

bool ModelMaker::wants_optimizer() const {
  const auto wanted = rules_.wanted("steps");
  return wanted && rules_.catalogue.named_domain("steps")[*wanted].contains("thing.optimizer");
}

void ModelMaker::add_steps() {
  const auto& steps = rules_.catalogue.named_domain("steps");
  if (steps.empty()) return;
  const auto add = [&](const std::string& step) {
    const Feature made = feature("step", step);
    if (rules_.avoid && rules_.avoid(made)) return;
    program_.step.push_back({.text = step, .droppable = true, .features = {made}});
  };
  const auto wanted = rules_.wanted("steps");
  const std::uint64_t first =
      choices_.draw(steps.size(), [&](Random&) -> std::uint64_t { return wanted ? 1 + *wanted : 0; });
  if (first != 0) add(steps[first - 1]);
  choices_.list("step", 0, 2, [&](std::size_t) {
    const std::string& step = steps[choices_.draw(steps.size() - 1)];
    if (has_what_it_needs(step)) add(step);
  });
}

}  // namespace revive::properties::hunt
