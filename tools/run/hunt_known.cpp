#include "revive/tools/run/hunt_known.h"

#include <algorithm>

namespace revive::tools {

bool is_like(std::string_view text, std::string_view pattern) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return text == pattern;
  if (!text.starts_with(pattern.substr(0, star))) return false;
  text.remove_prefix(star);
  pattern.remove_prefix(star + 1);
  // What stands between two stars is best taken where it comes first.
  for (std::size_t next = pattern.find('*'); next != std::string_view::npos; next = pattern.find('*')) {
    const std::size_t at = text.find(pattern.substr(0, next));
    if (at == std::string_view::npos) return false;
    text.remove_prefix(at + next);
    pattern.remove_prefix(next + 1);
  }
  return text.ends_with(pattern);
}

HuntKnown::HuntKnown(const properties::KnownFailures& list, std::string_view keras_version) {
  for (const properties::KnownFailure& entry : list.entries()) {
    if (!entry.is_about(kHuntSubject, kHuntProperty) || !entry.is_of_version(keras_version)) continue;
    sites_.push_back(entry.site);
    if (!entry.avoid.is_array()) continue;
    for (const Value& pattern : entry.avoid.as_array()) {
      if (pattern.is_string()) avoided_.push_back(pattern.as_string());
    }
  }
}

bool HuntKnown::has(std::string_view site) const {
  return std::ranges::any_of(sites_, [&](const std::string& pattern) { return is_like(site, pattern); });
}

bool HuntKnown::avoids(const properties::hunt::Feature& feature) const {
  const std::string text = feature.text();
  return std::ranges::any_of(avoided_, [&](const std::string& pattern) { return is_like(text, pattern); });
}

}  // namespace revive::tools
