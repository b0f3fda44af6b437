#include "revive/properties/hunt/finding.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "revive/properties/choices/recording.h"
#include "revive/serializer/io/digest.h"

namespace revive::properties::hunt {
namespace {

std::string kind_of_value(const std::string& told) {
  if (told.empty()) return "a value";
  if (told.front() == '\'' || told.front() == '"') return "a string";
  if (std::isdigit(static_cast<unsigned char>(told.front())) != 0 || told.front() == '-') return "a number";
  return told;
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

// Whether what was loaded came from a config in memory: what JSON cannot hold survives there. (Keras copies and pickles
// by way of an archive.)
bool is_in_memory(const Site& site) {
  return site.format == "config" || site.format.starts_with("clone");
}

// A value that comes back as one of another kind is one defect, however many arguments take such values.
std::string key_of_kinds(const Site& site) {
  const bool of_value = site.oracle == "state" || site.oracle == "config" || is_of_call(site);
  const std::string_view before = kind_of_leaf(site.before);
  const std::string_view after = kind_of_leaf(site.after);
  const bool is_remarkable =
      before == "a tuple" || (!is_of_call(site) && (before == "a NumPy number" || before == "an array"));
  if (!of_value || !is_remarkable || after.empty() || before == after) return "";
  // Without JSON nothing has to change, so each place where it does is a defect of its own.
  return fmt::format("changed: {} comes back as {}{}", before, after,
                     is_in_memory(site) ? fmt::format(", and without JSON: {}", site.what) : "");
}

// Whether the site says where, and not what was different: what differs has one cause, seen in several ways.
bool is_difference(const Site& site) {
  return !site.before.empty() && site.stage != "saved" && site.stage != "second";
}

std::string_view oracle_of(const Site& site) {
  if (!is_difference(site)) return site.oracle;
  return is_of_call(site) ? "gives something else" : "changed";
}

std::string key_without_feature(const Site& site) {
  return fmt::format("{}: {}", oracle_of(site), site.what);
}

std::string key_with(const Site& site, const Feature& feature) {
  return fmt::format("{}: {}.{} = {}", oracle_of(site), feature.owner, feature.parameter, kind_of_value(feature.value));
}

// The feature that the site is most likely about: the last that names the attribute, or the class where the attribute
// is; else the last of all, as the innermost object comes last.
const Feature& cause_of(const Site& site, const std::vector<Feature>& features) {
  const auto names = [&](const Feature& feature) {
    return feature.parameter != "layer" && has_word(site.what, feature.parameter);
  };
  const auto is_its_class = [&](const Feature& feature) {
    const std::string own = feature.value.substr(0, feature.value.find('('));
    return !own.empty() && (site.what.starts_with(own + ".") || site.before == "<" + own + ">");
  };
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

bool has_word(std::string_view text, std::string_view word) {
  const auto is_of_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  if (word.empty()) return false;
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    // An attribute may have the name of its argument behind an underscore.
    const bool begins =
        at == 0 || !is_of_word(text[at - 1]) || (text[at - 1] == '_' && (at == 1 || !is_of_word(text[at - 2])));
    const std::size_t end = at + word.size();
    if (begins && (end == text.size() || !is_of_word(text[end]))) return true;
  }
  return false;
}

bool is_of_argument(std::string_view attribute, std::string_view parameter) {
  if (has_word(attribute, parameter)) return true;
  return attribute.ends_with(parameter) && attribute.size() > parameter.size() &&
         attribute[attribute.size() - parameter.size() - 1] == '_';
}

std::string file_name_of(const std::string& key) {
  constexpr std::size_t kLongest = 60;
  constexpr std::size_t kDigits = 6;
  std::string name;
  for (const char c : key) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
    if (plain) {
      name += c;
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
    if (name.size() == kLongest) break;
  }
  return fmt::format("{}-{}", name, sha256_hex(key).substr(0, kDigits));
}

std::string key_of(const Site& site, const Program& program) {
  const std::vector<Feature> features = program.features();
  if (site.before.empty()) return site.key();
  if (std::string kinds = key_of_kinds(site); !kinds.empty()) return kinds;
  if (features.empty()) return key_without_feature(site);
  return key_with(site, cause_of(site, features));
}

std::vector<std::string> possible_keys(const Site& site, const Program& program,
                                       bool (*may_explain)(const Feature& feature, const Site& site)) {
  if (site.before.empty()) {
    std::vector<std::string> keys = {site.key()};
    // What is stored as a dict and stays one is in the way wherever it is used.
    const bool of_use = site.oracle == "call raises" || site.oracle == "load raises" || site.oracle == "config raises";
    for (const Feature& feature : program.features()) {
      if (of_use && feature.value.starts_with("a NumPy"))
        keys.emplace_back("changed: a NumPy number comes back as a dict");
      if (of_use && feature.value == "an array") keys.emplace_back("changed: an array comes back as a dict");
    }
    return keys;
  }
  if (std::string kinds = key_of_kinds(site); !kinds.empty()) return {kinds};
  std::vector<std::string> keys = {key_without_feature(site)};
  for (const Feature& feature : program.features()) {
    if (may_explain(feature, site)) keys.push_back(key_with(site, feature));
  }
  return keys;
}

Value finding_to_value(const Finding& finding) {
  Value::Array features;
  for (const Feature& feature : finding.program.features()) features.emplace_back(feature.text());
  return Value::Object{
      {"site", finding.key},
      {"oracle", finding.site.oracle},
      {"format", finding.site.format},
      {"stage", finding.site.stage},
      {"path", finding.site.path},
      {"before", finding.site.before},
      {"after", finding.site.after},
      {"said", finding.said},
      {"layers", static_cast<std::int64_t>(finding.program.layers())},
      {"arguments", std::move(features)},
      {"also", Value::Array(finding.sites.begin(), finding.sites.end())},
      {"formats", Value::Array(finding.formats.begin(), finding.formats.end())},
      {"cases", static_cast<std::int64_t>(finding.cases)},
      {"case", static_cast<std::int64_t>(finding.case_number)},
      {"tries", static_cast<std::int64_t>(finding.tries)},
      {"choices", to_hex(finding.choices)},
  };
}

}  // namespace revive::properties::hunt
