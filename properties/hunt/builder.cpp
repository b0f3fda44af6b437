#include "revive/properties/hunt/builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
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
    while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_')) ++end;
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

void Builder::give(const ClassInfo& info, const Parameter& parameter, Named& named, std::vector<Feature>& features) {
  const auto wanted = is_focus(info, &parameter) ? std::optional(rules_.focus->value % parameter.domain.size())
                                                 : std::optional<std::size_t>();
  give_value(info, parameter, place(parameter.domain.size(), wanted), named, features);
}

void Builder::give_value(const ClassInfo& info, const Parameter& parameter, std::uint64_t which, Named& named,
                         std::vector<Feature>& features) {
  std::vector<Feature> inner;
  auto [tree, told] = value_of(parameter.domain[which], inner);
  const bool plain = parameter.required && which == 0 && told == parameter.domain.front();
  const Feature feature{info.name, parameter.owner, parameter.name, told, plain};
  const bool given = std::ranges::any_of(named, [&](const auto& other) { return other.first == parameter.name; });
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
    if (!given) named.emplace_back(parameter.name, value_of(parameter.domain.front(), features).tree);
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

Builder::Capture Builder::capture(const std::string& name) {
  const std::array<Capture, 17> kinds = {{
      {"2", "v * " + name, "an int"},
      {"0.5", "v * " + name, "a float"},
      {"True", fmt::format("v * 2 if {} else v", name), "a bool"},
      {"(2, 3)", fmt::format("v * {}[0]", name), "a tuple"},
      {"[2, 3]", fmt::format("v * {}[0]", name), "a list"},
      {"{'a': 2}", fmt::format("v * {}['a']", name), "a dict"},
      {"np.array(2.0, dtype='float32')", "v * " + name, "an array"},
      {"keras.ops.relu", fmt::format("{}(v)", name), "a function of Keras"},
      {"lambda v: v * 2", fmt::format("{}(v)", name), "a lambda"},
      {"'relu'", fmt::format("getattr(keras.ops, {})(v)", name), "a string"},
      {"None", fmt::format("v * 2 if {} is None else v", name), "None"},
      {"np.float32(0.5)", "v * " + name, "a NumPy number"},
      {"keras.layers.ReLU()", fmt::format("{}(v)", name), "a layer"},
      {"{'a': (1, [2, {'b': 3}])}", fmt::format("v * {}['a'][1][0]", name), "a nested dict"},
      {"keras.Variable(2.0)", fmt::format("v * {}.value", name), "a variable"},
      {"slice(0, 2)", fmt::format("v[:, {}]", name), "a slice"},
      {"keras.ops.array([2.0])", "v * " + name, "a tensor"},
  }};
  return kinds.at(choices_.draw(kinds.size() - 1));
}

Python Builder::function(std::string& value) {
  const Choices::Scope scope(choices_, "function");
  // The simplest form comes first, those that capture something next, those that are remarkable as they are last.
  constexpr std::uint64_t kWithCapture = 9;
  constexpr std::uint64_t kForms = 18;
  const std::uint64_t form = choices_.draw(kForms);
  if (form == 0 || form > kWithCapture) return without_capture(form, value);
  const std::string name = fresh("K");
  return with_capture(form, capture(name), name, value);
}

Python Builder::with_capture(std::uint64_t form, const Capture& captured, const std::string& name, std::string& value) {
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
    case 6: {
      value = fmt::format("a function that a function made with {}", captured.told);
      const std::string maker = fresh("maker");
      program_.preamble.push_back(fmt::format("\ndef {}({}):\n    def made(v):\n        return {}\n    return made\n",
                                              maker, name, captured.body));
      return Python::call(maker, {Python::text(captured.value)}, {});
    }
    case 7: {
      value = fmt::format("a lambda with {} of two closures", captured.told);
      const std::string inner = fresh("inner");
      program_.make.push_back({.text = fmt::format("{} = {}", name, captured.value)});
      program_.make.push_back({.text = fmt::format("{} = lambda v: {}", inner, captured.body)});
      return Python::lambda("v", Python::text(fmt::format("{}(v) + {}(v)", inner, inner)));
    }
    case 8: {
      value = fmt::format("a function of the module with {} as default", captured.told);
      const std::string function = fresh("f");
      program_.preamble.push_back(
          fmt::format("\ndef {}(v, {}={}):\n    return {}\n", function, name, captured.value, captured.body));
      return Python::text(function);
    }
    default: break;
  }
  value = fmt::format("a partial of a function of the module with {}", captured.told);
  const std::string function = fresh("f");
  program_.preamble.push_back(fmt::format("\ndef {}(v, {}):\n    return {}\n", function, name, captured.body));
  return Python::call("functools.partial", {Python::text(function)}, {{name, Python::text(captured.value)}});
}

Python Builder::without_capture(std::uint64_t form, std::string& value) {
  const std::string name = form == 0 ? "" : fresh("K");
  switch (form) {
    case 10: {
      value = "a function of the module";
      program_.preamble.push_back(fmt::format("\ndef {}(v):\n    return v * 2\n", name));
      return Python::text(name);
    }
    case 11:
      value = "a slice with a name of the module";
      program_.preamble.push_back(fmt::format("{} = 2", name));
      return Python::lambda("v", Python::text(fmt::format("v[:, -{}:]", name)));
    case 12:
      value = "a lambda of a loop";
      return Python::text(fmt::format("[lambda v: v * {0} for {0} in range(3)][0]", name));
    case 13:
      value = "a lambda of a loop with its default";
      return Python::text(fmt::format("[lambda v, {0}={0}: v * {0} for {0} in range(3)][1]", name));
    case 14: value = "a lambda that uses NumPy"; return Python::lambda("v", Python::text("v * np.float32(2) + np.pi"));
    case 15: value = "a lambda in a lambda"; return Python::lambda("v", Python::text("(lambda w: w * 2)(v)"));
    case 16:
      value = "a lambda with any arguments";
      return Python::lambda("v, *args, **how", Python::text("v * (2 + len(args) + len(how))"));
    case 17:
      value = "a lambda that is told of training";
      return Python::lambda("v, training=False", Python::text("v * 3 if training else v * 2"));
    case 18: {
      value = "an object that can be called";
      program_.preamble.push_back(fmt::format(
          "\nclass C{0}:\n    def __init__(self, k):\n        self.k = k\n\n    def __call__(self, v):\n     "
          "   return v * self.k\n\n    def get_config(self):\n        return {{'k': self.k}}\n\n    "
          "@classmethod\n    def from_config(cls, config):\n        return cls(**config)\n",
          name));
      return Python::call("C" + name, {Python::text("2")}, {});
    }
    default: break;
  }
  value = "a lambda";
  return Python::lambda("v", Python::text("v * 2"));
}

}  // namespace revive::properties::hunt
