#include "revive/properties/hunt/builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

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

}  // namespace

std::string Builder::fresh(std::string_view stem) {
  return names_++ == 0 ? std::string(stem) : fmt::format("{}_{}", stem, names_);
}

Builder::Value Builder::spelled(std::string text) {
  std::vector<Value> spellings = {{Python::text(text), text}};
  if (is_integer(text)) spellings.push_back({Python::call("np.int64", {Python::text(text)}, {}), "a NumPy integer"});
  if (is_real(text)) {
    spellings.push_back({Python::call("np.float32", {Python::text(text)}, {}), "a NumPy float"});
    spellings.push_back({Python::call("np.array", {Python::text(text)}, {}), "an array"});
  }
  if (is_tuple(text)) {
    const std::string inside = text.substr(1, text.size() - 2);
    spellings.push_back({Python::text(fmt::format("[{}]", inside)), "a list"});
    spellings.push_back({Python::call("np.array", {Python::text(fmt::format("[{}]", inside))}, {}), "an array"});
  }
  if (spellings.size() == 1) return spellings.front();
  // As it stands three times out of four.
  const std::uint64_t most = spellings.size() - 1;
  const std::uint64_t which = choices_.draw(
      most, [&](Random& chance) -> std::uint64_t { return chance.below(4) != 0 ? 0 : 1 + chance.below(most); });
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
    while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_')) ++end;
    const std::string name = text.substr(at + 1, end - at - 1);
    std::string what;
    if (name == "lambda") {
      printed += function(what).print();
    } else if (const auto& domain = rules_.catalogue.named_domain(name); !domain.empty()) {
      const std::uint64_t which = choices_.draw(domain.size() - 1);
      auto [tree, said] = value_of(domain[which], features);
      printed += tree.print();
      what = said;
    } else {
      const std::string object = object_of(name, features).print();
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

Python Builder::object(const ClassInfo& info, std::vector<Feature>& features) {
  const Choices::Scope scope(choices_, "object");
  ++depth_;
  if (!info.name.starts_with("keras.")) program_.modules.insert(info.name.substr(0, info.name.rfind('.')));
  std::vector<std::pair<std::string, Python>> named;
  std::vector<const Parameter*> optional;
  for (const Parameter& parameter : info.parameters) {
    if (!parameter.required) {
      if (!parameter.domain.empty()) optional.push_back(&parameter);
      continue;
    }
    const std::uint64_t which = choices_.draw(parameter.domain.size() - 1);
    auto [tree, told] = value_of(parameter.domain[which], features);
    const bool plain = which == 0 && told == parameter.domain.front();
    features.push_back({info.name, parameter.owner, parameter.name, told, plain});
    named.emplace_back(parameter.name, std::move(tree));
  }
  const std::size_t most = depth_ > kDeepest || optional.empty() ? 0 : kMostArguments;
  choices_.list("argument", 0, most, [&](std::size_t) {
    const std::uint64_t place = choices_.draw(optional.size() - 1);
    const Parameter& parameter = *optional[place];
    const std::uint64_t which = choices_.draw(parameter.domain.size() - 1);
    std::vector<Feature> inner;
    auto [tree, told] = value_of(parameter.domain[which], inner);
    const Feature feature{info.name, parameter.owner, parameter.name, told};
    const bool given = std::ranges::any_of(named, [&](const auto& other) { return other.first == parameter.name; });
    if (given || (rules_.avoid && rules_.avoid(feature))) return;
    named.emplace_back(parameter.name, std::move(tree));
    features.push_back(feature);
    features.insert(features.end(), inner.begin(), inner.end());
  });
  --depth_;
  return Python::call(info.name, {}, std::move(named));
}

Builder::Capture Builder::capture(const std::string& name) {
  const std::array<Capture, 9> kinds = {{
      {"2", "v * " + name, "an int"},
      {"0.5", "v * " + name, "a float"},
      {"True", fmt::format("v * 2 if {} else v", name), "a bool"},
      {"(2, 3)", fmt::format("v * {}[0]", name), "a tuple"},
      {"[2, 3]", fmt::format("v * {}[0]", name), "a list"},
      {"{'a': 2}", fmt::format("v * {}['a']", name), "a dict"},
      {"np.array(2.0, dtype='float32')", "v * " + name, "an array"},
      {"keras.ops.relu", fmt::format("{}(v)", name), "a function of Keras"},
      {"lambda v: v * 2", fmt::format("{}(v)", name), "a lambda"},
  }};
  return kinds.at(choices_.draw(kinds.size() - 1));
}

Python Builder::function(std::string& value) {
  const Choices::Scope scope(choices_, "function");
  constexpr std::uint64_t kForms = 9;
  const std::uint64_t form = choices_.draw(kForms);
  if (form == 0) {
    value = "a lambda";
    return Python::lambda("v", Python::text("v * 2"));
  }
  const std::string name = fresh("K");
  const Capture captured = capture(name);
  const auto said = [&](std::string_view how) { value = fmt::format("a lambda with {} {}", captured.told, how); };
  switch (form) {
    case 1:
      said("of the module");
      program_.preamble.push_back(fmt::format("{} = {}", name, captured.value));
      return Python::lambda("v", Python::text(captured.body));
    case 2:
      said("of a closure");
      program_.make.push_back({.text = fmt::format("{} = {}", name, captured.value)});
      return Python::lambda("v", Python::text(captured.body));
    case 3:
      said("as default");
      return Python::lambda(fmt::format("v, {}={}", name, captured.value), Python::text(captured.body));
    case 4:
      said("as keyword-only default");
      return Python::lambda(fmt::format("v, *, {}={}", name, captured.value), Python::text(captured.body));
    case 5:
      value = fmt::format("a partial of a lambda with {}", captured.told);
      return Python::call("functools.partial",
                          {Python::lambda(fmt::format("v, {}", name), Python::text(captured.body))},
                          {{name, Python::text(captured.value)}});
    case 6:
      value = "a lambda of a loop";
      return Python::text(fmt::format("[lambda v: v * {0} for {0} in range(3)][0]", name));
    case 7: {
      value = "a function of the module";
      const std::string function = fresh("f");
      program_.preamble.push_back(fmt::format("\ndef {}(v):\n    return v * 2\n", function));
      return Python::text(function);
    }
    case 8: {
      value = "a slice with a name of the module";
      program_.preamble.push_back(fmt::format("{} = 2", name));
      return Python::lambda("v", Python::text(fmt::format("v[:, -{}:]", name)));
    }
    default: break;
  }
  value = fmt::format("a partial of a function of the module with {}", captured.told);
  const std::string function = fresh("f");
  program_.preamble.push_back(fmt::format("\ndef {}(v, {}):\n    return {}\n", function, name, captured.body));
  return Python::call("functools.partial", {Python::text(function)}, {{name, Python::text(captured.value)}});
}

}  // namespace revive::properties::hunt
