#include "revive/properties/hunt/finding.h"

#include <fmt/format.h>

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

// Whether the site says where, and not what was different: what differs has one cause, seen in several ways.
bool is_difference(const Site& site) {
  return !site.before.empty() && site.stage != "saved" && site.stage != "second";
}

std::string_view oracle_of(const Site& site) {
  return is_difference(site) ? "changed" : site.oracle;
}

std::string key_without_feature(const Site& site) {
  return fmt::format("{}: {}", oracle_of(site), site.what);
}

std::string key_with(const Site& site, const Feature& feature) {
  return fmt::format("{}: {}.{} = {}", oracle_of(site), feature.owner, feature.parameter, kind_of_value(feature.value));
}

}  // namespace

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
  if (features.empty()) return key_without_feature(site);
  // The innermost object comes last.
  return key_with(site, features.back());
}

std::vector<std::string> possible_keys(const Site& site, const Program& program) {
  if (site.before.empty()) return {site.key()};
  std::vector<std::string> keys = {key_without_feature(site)};
  for (const Feature& feature : program.features()) keys.push_back(key_with(site, feature));
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
