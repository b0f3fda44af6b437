#include "revive/properties/hunt/builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdint>

namespace revive::properties::hunt {
namespace {

// Objects within objects within objects are rarely taken by Keras and never small.
constexpr int kDeepest = 3;
constexpr std::size_t kMostArguments = 4;

bool is_integer(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

bool is_real(std::string_view text) {
  const auto plain = [](unsigned char c) { return std::isdigit(c) != 0 || c == '.' || c == '-' || c == 'e'; };
  return !is_integer(text) && !text.empty() && text.contains('.') && std::ranges::all_of(text, plain);
}

// A tuple of numbers, which a list or an array may stand for.
bool is_tuple(std::string_view text) {
  return text.starts_with('(') && text.ends_with(')') && !text.contains('\'') && !text.contains('$') &&
         text.contains(',');
}

// Where parameters.json has the lines of a class of the program's own: "$Block" is "class Block".
std::string own_class(const std::string& name) {
  return "class " + name;
}

}  // namespace

void Builder::define(const std::string& class_name) {
  if (!defined_.insert(class_name).second) return;
  std::string lines = "\n";
  for (const std::string& line : rules_.catalogue.named_domain(own_class(class_name))) lines += line + '\n';
  program_.preamble.push_back(std::move(lines));
}

std::string Builder::own(const std::string& text, const std::string& parameter, std::vector<Feature>& features) {
  const std::string name = text.substr(0, text.find('('));
  define(name);
  features.push_back({name, name, parameter, text});
  return own_text(text);
}

void Builder::settings() {
  const auto& settings = rules_.catalogue.named_domain("settings");
  if (settings.empty()) return;
  constexpr std::uint64_t kOneIn = 16;
  const std::uint64_t which = choices_.draw(settings.size(), [&](Random& chance) -> std::uint64_t {
    if (const auto wanted = rules_.wanted("settings")) return 1 + *wanted;
    return rules_.entry || chance.below(kOneIn) != 0 ? 0 : 1 + chance.below(settings.size());
  });
  if (which == 0) return;
  has_settings_ = true;
  program_.make.push_back({.text = settings[which - 1],
                           .droppable = true,
                           .features = {{"keras", "keras", "setting", settings[which - 1]}}});
}

std::string Builder::own_text(const std::string& text) {
  std::vector<Feature> features;
  return text.contains('$') ? value_of(text, features).tree.print() : text;
}

std::uint64_t Builder::place(std::size_t count, std::optional<std::size_t> wanted) {
  return choices_.draw(count - 1,
                       [&](Random& chance) -> std::uint64_t { return wanted ? *wanted : chance.below(count); });
}

bool Builder::is_focus(const ClassInfo& info, const Parameter* parameter) const {
  if (!rules_.focus || (rules_.focus->all && parameter != nullptr)) return false;
  const Catalogue::Aim& aim = rules_.focus->aim;
  const ClassInfo& aimed = rules_.catalogue.classes()[aim.class_place];
  return &aimed == &info && (parameter == nullptr || &aimed.parameters[aim.parameter_place] == parameter);
}

std::string Builder::fresh(std::string_view stem) {
  return names_++ == 0 ? std::string(stem) : fmt::format("{}_{}", stem, names_);
}

Builder::Value Builder::spelled(std::string text) {
  std::vector<Value> spellings = {{Python::text(text), text}};
  if (is_integer(text)) spellings.push_back({Python::call("np.int64", {Python::text(text)}, {}), "a NumPy integer"});
  if (is_integer(text) || is_real(text)) {
    spellings.push_back({Python::call("keras.ops.convert_to_tensor", {Python::text(text)}, {}), "a tensor"});
  }
  if (is_real(text)) {
    spellings.push_back({Python::call("np.float32", {Python::text(text)}, {}), "a NumPy float"});
    spellings.push_back({Python::call("np.array", {Python::text(text)}, {}), "an array"});
  }
  if (is_tuple(text)) {
    const std::string inside = text.substr(1, text.size() - 2);
    spellings.push_back({Python::text(fmt::format("[{}]", inside)), "a list"});
    spellings.push_back({Python::call("np.array", {Python::text(fmt::format("[{}]", inside))}, {}), "an array"});
  }
  if (text == "True" || text == "False") {
    spellings.push_back({Python::call("np.bool_", {Python::text(text)}, {}), "a NumPy bool"});
  }
  if (spellings.size() == 1) return spellings.front();
  // As it stands seven times out of eight.
  const std::uint64_t most = spellings.size() - 1;
  const std::uint64_t which = choices_.draw(
      most, [&](Random& chance) -> std::uint64_t { return chance.below(8) != 0 ? 0 : 1 + chance.below(most); });
  return spellings[which];
}

Builder::Value Builder::value_of(const std::string& text, std::vector<Feature>& features) {
  if (!text.contains('$')) return spelled(text);
  std::string printed;
  std::string told;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '$') {
      printed += text[at++];
      continue;
    }
    std::size_t end = at + 1;
    // "$keras.layers.LSTM" is one of that class.
    const bool of_keras = std::string_view(text).substr(end).starts_with("keras.");
    const auto is_of_name = [&](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (of_keras && c == '.');
    };
    while (end < text.size() && is_of_name(text[end])) ++end;
    const std::string name = text.substr(at + 1, end - at - 1);
    std::string what;
    if (name == "lambda") {
      printed += function(what).print();
    } else if (const auto& lines = rules_.catalogue.named_domain(own_class(name)); !lines.empty()) {
      define(name);
      printed += name;
      what = name;
    } else if (const auto& domain = rules_.catalogue.named_domain(name); !domain.empty()) {
      const std::uint64_t which = choices_.draw(domain.size() - 1);
      auto [tree, said] = value_of(domain[which], features);
      printed += tree.print();
      what = said;
    } else {
      const auto& classes = rules_.catalogue.classes();
      const auto found = of_keras ? std::ranges::find(classes, name, &ClassInfo::name) : classes.end();
      const std::string object =
          found != classes.end() ? this->object(*found, features).print() : object_of(name, features).print();
      what = object.substr(0, object.find('('));
      printed += object;
    }
    told = told.empty() ? what : fmt::format("{}, {}", told, what);
    at = end;
  }
  return {Python::text(printed), told};
}

Python Builder::object_of(std::string_view kind, std::vector<Feature>& features) {
  const auto& places = rules_.catalogue.of_kind(kind);
  if (places.empty()) return Python::text("None");
  const std::uint64_t which = choices_.draw(places.size() - 1);
  return object(rules_.catalogue.classes()[places[which]], features);
}

void Builder::give(const ClassInfo& info, const Parameter& parameter, Named& named, std::vector<Feature>& features) {
  const auto wanted = is_focus(info, &parameter) ? std::optional(rules_.focus->value % parameter.domain.size())
                                                 : std::optional<std::size_t>();
  give_value(info, parameter, place(parameter.domain.size(), wanted), named, features);
}

void Builder::give_value(const ClassInfo& info, const Parameter& parameter, std::uint64_t which, Named& named,
                         std::vector<Feature>& features) {
  std::vector<Feature> inner;
  auto [tree, told] = value_of(parameter.domain[which], inner);
  // What a table's name stands for first is as simple as it gets.
  std::string simplest = parameter.domain.front();
  if (simplest.starts_with('$')) {
    const auto& domain = rules_.catalogue.named_domain(std::string_view(simplest).substr(1));
    if (!domain.empty()) simplest = domain.front();
  }
  const bool plain = parameter.required && which == 0 && told == simplest;
  const Feature feature{info.name, parameter.owner, parameter.name, told, plain};
  const bool given = std::ranges::any_of(named, [&](const auto& other) { return other.first == parameter.name; });
  for (const auto& pair : info.only_with) {
    const auto holds = [&](const auto& other) { return other.second.print().contains(pair.back()); };
    if (pair.front() == parameter.name && std::ranges::none_of(named, holds)) return;
  }
  if (given || (!plain && rules_.avoid && rules_.avoid(feature))) return;
  named.emplace_back(parameter.name, std::move(tree));
  features.push_back(feature);
  features.insert(features.end(), inner.begin(), inner.end());
  for (const auto& group : info.together) {
    if (group.front() != parameter.name) continue;
    for (const Parameter& other : info.parameters) {
      const bool goes_with = &other != &parameter && std::ranges::find(group, other.name) != group.end();
      if (goes_with && !other.domain.empty()) give(info, other, named, features);
    }
  }
}

void Builder::give_required(const ClassInfo& info, Named& named, std::vector<Feature>& features) {
  for (const Parameter& parameter : info.parameters) {
    if (!parameter.required) continue;
    give(info, parameter, named, features);
    // What is avoided has to be given all the same.
    const bool given = std::ranges::any_of(named, [&](const auto& other) { return other.first == parameter.name; });
    if (given) continue;
    const std::string& simplest = parameter.domain.front();
    // As it stands: another spelling may be what is avoided.
    named.emplace_back(parameter.name,
                       simplest.contains('$') ? value_of(simplest, features).tree : Python::text(simplest));
  }
  for (const auto& alternatives : info.always) {
    const auto named_by_focus = [&](const std::string& name) {
      return std::ranges::any_of(info.parameters,
                                 [&](const Parameter& p) { return p.name == name && is_focus(info, &p); });
    };
    const auto wanted = std::ranges::find_if(alternatives, named_by_focus);
    const std::uint64_t which =
        place(alternatives.size(), wanted != alternatives.end()
                                       ? std::optional(static_cast<std::size_t>(wanted - alternatives.begin()))
                                       : std::nullopt);
    const auto found = std::ranges::find(info.parameters, alternatives[which], &Parameter::name);
    if (found != info.parameters.end() && !found->domain.empty()) give(info, *found, named, features);
  }
}

Python Builder::object(const ClassInfo& info, std::vector<Feature>& features) {
  const Choices::Scope scope(choices_, "object");
  ++depth_;
  if (!info.name.starts_with("keras.")) program_.modules.insert(info.name.substr(0, info.name.rfind('.')));
  Named named;
  give_required(info, named, features);
  std::vector<const Parameter*> optional;
  std::optional<std::size_t> focus;
  for (const Parameter& parameter : info.parameters) {
    if (parameter.required || parameter.domain.empty()) continue;
    // An alternative to what is given: Keras takes one of them.
    const auto is_alternative = [&](const auto& group) {
      return std::ranges::find(group, parameter.name) != group.end();
    };
    if (std::ranges::any_of(info.always, is_alternative)) continue;
    if (is_focus(info, &parameter)) focus = optional.size();
    optional.push_back(&parameter);
  }
  if (!optional.empty() && depth_ <= kDeepest) {
    const bool all = choices_.draw(1, [&](Random&) -> std::uint64_t {
      return rules_.focus && rules_.focus->all && depth_ == 1 && is_focus(info, nullptr) ? 1 : 0;
    }) != 0;
    if (all) {
      // Each has a draw of its own, 0 for not given, so that each can go without the others.
      for (const Parameter* const parameter : optional) {
        const std::size_t values = parameter->domain.size();
        const std::uint64_t which = choices_.draw(values, [&](Random& chance) -> std::uint64_t {
          return chance.below(4) == 0 ? 0 : 1 + chance.below(values);
        });
        if (which != 0) give_value(info, *parameter, which - 1, named, features);
      }
    } else {
      // Of the focus there is one argument more; its place counts from 1, and 0 is none.
      const std::uint64_t first =
          choices_.draw(optional.size(), [&](Random&) -> std::uint64_t { return focus ? *focus + 1 : 0; });
      if (first != 0) give(info, *optional[first - 1], named, features);
      choices_.list("argument", 0, kMostArguments, [&](std::size_t) {
        const std::uint64_t place = choices_.draw(optional.size() - 1);
        give(info, *optional[place], named, features);
      });
    }
  }
  --depth_;
  return Python::call(info.name, {}, std::move(named));
}

}  // namespace revive::properties::hunt
