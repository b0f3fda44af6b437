// What a finding is known by, once it is shrunk.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "revive/properties/hunt/finding.h"

namespace revive::properties::hunt {
namespace {

std::string kind_of_value(const std::string& told) {
  if (told.empty()) return "a value";
  if (told.front() == '\'' || told.front() == '"') return "a string";
  if (std::isdigit(static_cast<unsigned char>(told.front())) != 0 || told.front() == '-') return "a number";
  // keras.DTypePolicy('float64') and keras.DTypePolicy('float16'); what an object is given by name is no small matter.
  const std::size_t arguments = told.starts_with("keras.") ? told.find('(') : std::string::npos;
  return arguments != std::string::npos && !told.contains('=') ? told.substr(0, arguments) : told;
}

// What kind of value a leaf of a snapshot is; empty for what is no plain value.
std::string_view kind_of_leaf(std::string_view leaf) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kBeginnings = {{
      {"np.", "a NumPy number"},
      {"tuple of", "a tuple"},
      {"list of", "a list"},
      {"dict of", "a dict"},
      {"float", "an array"},
      {"int", "an array"},
      {"uint", "an array"},
      {"bool", "an array"},
      {"O(", "an array"},
      {"U(", "an array"},
  }};
  for (const auto& [beginning, kind] : kBeginnings) {
    if (leaf.starts_with(beginning)) return kind;
  }
  if (leaf == "True" || leaf == "False") return "a bool";
  if (leaf.starts_with('\'') || leaf.starts_with('"')) return "a string";
  if (leaf.empty() || (std::isdigit(static_cast<unsigned char>(leaf.front())) == 0 && leaf.front() != '-')) return "";
  return leaf.find_first_of(".einf") == std::string_view::npos ? "an int" : "a float";
}

// What a model gives, which may differ though what it is does not.
bool is_of_call(const Site& site) {
  return site.oracle == "output" || site.oracle == "training output" || site.oracle == "mask" || site.oracle == "loss";
}

// Whether the site says where, and not what was different: what differs has one cause, seen in several ways.
bool is_difference(const Site& site) {
  return !site.before.empty() && site.stage != "saved" && site.stage != "second";
}

// Whether what was loaded came from a config in memory: what JSON cannot hold survives there. (Keras copies and pickles
// by way of an archive.)
bool is_in_memory(const Site& site) {
  return site.format == "config" || site.format.starts_with("clone");
}

// 'dense' of 'dense_12'; empty for what is no text.
std::string_view unnumbered(std::string_view leaf) {
  if (leaf.size() < 2 || leaf.front() != '\'' || leaf.back() != '\'') return "";
  leaf = leaf.substr(1, leaf.size() - 2);
  const std::size_t digits = leaf.find_last_not_of("0123456789") + 1;
  const bool numbered = digits < leaf.size() && digits > 1 && leaf[digits - 1] == '_';
  return numbered ? leaf.substr(0, digits - 1) : leaf;
}

// Whether it is the name of what no config holds: thing.auto_contrast.name, and not thing.layers[0].name.
bool is_within_a_layer(std::string_view path) {
  constexpr std::string_view kName = ".name";
  if (!path.ends_with(kName)) return false;
  path.remove_suffix(kName.size());
  const std::size_t last = path.rfind('.');
  return last != std::string_view::npos && !path.substr(last).starts_with(".layers[");
}

// Where a function keeps what it reads.
std::string_view slot_of(std::string_view path) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kSlots = {
      {{".__closure__", "a cell"},
       {".__kwdefaults__", "a keyword-only default"},
       {".__defaults__", "a default"},
       {".__globals__", "a name"},
       // In a config.
       {"['closure']", "a cell"},
       {"['value'][2]", "a cell"},
       {"['defaults']", "a default"},
       {"['value'][1]", "a default"}}};
  std::string_view slot = "the code";
  std::size_t furthest = 0;
  for (const auto& [attribute, told] : kSlots) {
    const std::size_t at = path.rfind(attribute);
    if (at == std::string_view::npos || at < furthest) continue;
    furthest = at;
    slot = told;
  }
  return slot;
}

std::string kind_in_slot(std::string_view leaf) {
  if (const std::string_view kind = kind_of_leaf(leaf); !kind.empty()) return std::string(kind);
  if (leaf.starts_with('<')) return "an object";
  return std::string(leaf.substr(0, leaf.find(' ')));
}

// What is one defect whatever it is that has it, told from what a value was and is.
std::string key_of_change(const Site& site) {
  if (!is_difference(site)) return "";
  const std::string_view name = unnumbered(site.before);
  const std::string_view other = unnumbered(site.after);
  // A clone makes inputs of its own.
  if (!name.empty() && site.format.starts_with("clone") && (name == other || other == "keras_tensor")) {
    return "changed: a clone is named anew";
  }
  if (!name.empty() && !other.empty() && is_within_a_layer(site.path)) {
    return "changed: a layer within a layer is named anew";
  }
  const bool had_none = site.before == "missing" || site.before == "list of 0";
  const bool has_some = site.after.starts_with("variable") || site.after.starts_with("list of");
  if (site.what.starts_with("keras.optimizers.") && had_none && has_some) {
    return "changed: loading makes the variables of an optimizer that had none";
  }
  if (site.oracle == "capture" || site.what.starts_with("'__lambda__'[")) {
    return fmt::format("changed: {} of a function was {} and is {}", slot_of(site.path), kind_in_slot(site.before),
                       kind_in_slot(site.after));
  }
  return "";
}

std::string_view oracle_of(const Site& site) {
  if (!is_difference(site)) return site.oracle;
  return is_of_call(site) ? "gives something else" : "changed";
}

std::string key_without_feature(const Site& site) {
  return fmt::format("{}: {}", oracle_of(site), site.what);
}

// What is done to a model, or under which settings: a constructor's argument is none of them.
bool is_of_model(const Feature& feature) {
  return feature.owner == "Model" || feature.owner == "keras";
}

std::string key_with(const Site& site, const Feature& feature) {
  std::string key =
      fmt::format("{}: {}.{} = {}", oracle_of(site), feature.owner, feature.parameter, kind_of_value(feature.value));
  // What is done to a model may change many things of it, each of which is a defect of its own, and so may an argument
  // that is no attribute itself.
  if (!site.before.empty() && !is_of_call(site) &&
      (is_of_model(feature) || !is_of_argument(site.what, feature.parameter))) {
    const bool of_weights = site.oracle == "weights" || site.before.starts_with("variable ");
    key += fmt::format(", {}", of_weights ? "variables" : attribute_of(site.what));
  }
  return key;
}

// The keys of weights that do not fit, which says little, each with one thing that was done to the model, or with a
// function that does not come back, behind which nothing is built.
std::vector<std::string> keys_of_weights(const Site& site, const Program& program) {
  std::vector<std::string> keys;
  if (!site.what.contains(":_raise_loading_failure: ")) return keys;
  for (const Feature& feature : program.features()) {
    if (!is_of_model(feature) && feature.owner != "Lambda") continue;
    keys.push_back(
        fmt::format("{}, {}.{} = {}", site.key(), feature.owner, feature.parameter, kind_of_value(feature.value)));
  }
  return keys;
}

// A spelling that is stored as a dict, and stays one, makes whatever uses it fail; empty: there is none.
std::string key_of_spelling(const Site& site, const Program& program) {
  const bool of_use = site.oracle == "call raises" || site.oracle == "load raises" || site.oracle == "config raises";
  if (!of_use || !site.before.empty()) return "";
  for (const Feature& feature : program.features()) {
    if (feature.value.starts_with("a NumPy")) return "changed: a NumPy number comes back as a dict";
    // So is the function of a mask, whoever is given it.
    if (feature.owner == "Lambda" && feature.parameter == "mask") {
      return fmt::format("changed: Lambda.mask = {}", kind_of_value(feature.value));
    }
    if (feature.value == "an array") return "changed: an array comes back as a dict";
  }
  return "";
}

// The feature that the site is most likely about: the last that names the attribute, or the class where the attribute
// is; else the last of all, as the innermost object comes last.
const Feature& cause_of(const Site& site, const std::vector<Feature>& features) {
  const std::string attribute(attribute_of(site.what));
  const auto names = [&](const Feature& feature) {
    // "steps_per_execution=2" of compile(), and whatever else is done to a model.
    const bool does = feature.owner == "Model" && has_word(feature.value, attribute);
    return feature.parameter != "layer" && (does || has_word(site.what, feature.parameter));
  };
  const auto is_its_class = [&](const Feature& feature) {
    const std::string own = feature.value.substr(0, feature.value.find('('));
    return !own.empty() && (site.what.starts_with(own + ".") || site.what.starts_with("'" + own + "'") ||
                            site.before == "<" + own + ">");
  };
  // Without a setting that it can do without, a program is smaller.
  const auto setting = std::ranges::find(features, std::string_view("keras"), &Feature::owner);
  if (setting != features.end()) return *setting;
  // initial_weights is what was given as weights.
  if (std::ranges::none_of(features, names)) {
    for (auto feature = features.rbegin(); feature != features.rend(); ++feature) {
      if (feature->parameter != "layer" && is_of_argument(site.what, feature->parameter)) return *feature;
    }
  }
  for (auto feature = features.rbegin(); feature != features.rend(); ++feature) {
    if (names(*feature) || is_its_class(*feature)) return *feature;
  }
  return features.back();
}

}  // namespace

std::string_view attribute_of(std::string_view what) {
  const auto is_of_name = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  while (!what.empty() && !is_of_name(what.back())) what.remove_suffix(1);
  std::size_t begin = what.size();
  while (begin > 0 && is_of_name(what[begin - 1])) --begin;
  return what.substr(begin);
}

std::string key_of_kinds(const Site& site) {
  if (std::string change = key_of_change(site); !change.empty()) return change;
  const bool of_value = site.oracle == "state" || site.oracle == "config" || is_of_call(site);
  const std::string_view before = kind_of_leaf(site.before);
  const std::string_view after = kind_of_leaf(site.after);
  const bool is_remarkable =
      before == "a tuple" || (!is_of_call(site) && (before == "a NumPy number" || before == "an array"));
  if (!of_value || !is_remarkable || after.empty() || before == after) return "";
  // Without JSON nothing has to change, so each place where it does is a defect of its own.
  const std::string_view where = is_of_call(site) ? std::string_view(site.what) : attribute_of(site.what);
  return fmt::format("changed: {} comes back as {}{}", before, after,
                     is_in_memory(site) ? fmt::format(", and without JSON: {}", where) : "");
}

std::string key_of(const Site& site, const Program& program) {
  const std::vector<Feature> features = program.features();
  if (std::string spelling = key_of_spelling(site, program); !spelling.empty()) return spelling;
  if (site.before.empty()) {
    const auto keys = keys_of_weights(site, program);
    return keys.empty() ? site.key() : keys.back();
  }
  if (std::string kinds = key_of_kinds(site); !kinds.empty()) return kinds;
  // What a graph says of its tensors is no argument of a layer.
  if (features.empty() || site.what.starts_with("'__keras_tensor__'")) return key_without_feature(site);
  return key_with(site, cause_of(site, features));
}

std::vector<std::string> possible_keys(const Site& site, const Program& program,
                                       bool (*may_explain)(const Feature& feature, const Site& site)) {
  if (site.before.empty()) {
    std::vector<std::string> keys = keys_of_weights(site, program);
    keys.push_back(site.key());
    if (std::string spelling = key_of_spelling(site, program); !spelling.empty()) keys.push_back(std::move(spelling));
    return keys;
  }
  if (std::string kinds = key_of_kinds(site); !kinds.empty()) return {kinds};
  std::vector<std::string> keys = {key_without_feature(site)};
  for (const Feature& feature : program.features()) {
    if (may_explain(feature, site)) keys.push_back(key_with(site, feature));
  }
  return keys;
}

}  // namespace revive::properties::hunt
