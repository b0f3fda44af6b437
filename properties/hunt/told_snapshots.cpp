#include "revive/properties/hunt/told_snapshots.h"

#include <algorithm>
#include <unordered_set>

namespace revive::properties::hunt {
namespace {

std::optional<std::string> text(const Value& leaf) {
  if (!leaf.is_string()) return std::nullopt;
  return leaf.as_string();
}

// "tuple of 2" and "list of 2".
bool is_same_sequence(const std::optional<std::string>& a, const std::optional<std::string>& b) {
  const auto length = [](const std::optional<std::string>& leaf) {
    for (const std::string_view kind : {"tuple of ", "list of "}) {
      if (leaf && leaf->starts_with(kind)) return leaf->substr(kind.size());
    }
    return std::string();
  };
  return !length(a).empty() && length(a) == length(b);
}

}  // namespace

ToldSnapshots::ToldSnapshots(const Value::Array& told) {
  for (const Value& snapshot : told) {
    auto& leaves = leaves_.emplace_back();
    if (!snapshot.is_object()) continue;
    for (const auto& [path, leaf] : snapshot.as_object()) leaves.emplace(path, &leaf);
  }
}

std::optional<std::string> ToldSnapshots::at(std::size_t snapshot, const std::string& path) const {
  const auto own = leaves_[snapshot].find(path);
  if (own != leaves_[snapshot].end()) return text(*own->second);
  const auto first = leaves_[0].find(path);
  if (first == leaves_[0].end()) return std::nullopt;
  return text(*first->second);
}

std::vector<std::string> ToldSnapshots::differences(std::size_t a, std::size_t b) const {
  if (a == b) return {};
  std::vector<std::string> paths;
  const auto add = [&](const std::string& path) {
    if (at(a, path) != at(b, path)) paths.push_back(path);
  };
  for (const std::size_t side : {a, b}) {
    if (side == 0) continue;
    for (const auto& [path, leaf] : leaves_[side]) add(path);
  }
  std::ranges::sort(paths);
  paths.erase(std::ranges::unique(paths).begin(), paths.end());
  std::unordered_set<std::string> hiding;
  for (const std::string& path : paths) {
    if (!is_same_sequence(at(a, path), at(b, path))) hiding.insert(path);
  }
  std::erase_if(paths, [&](const std::string& path) {
    for (std::string above = parent(path); !above.empty(); above = parent(above)) {
      if (hiding.contains(above)) return true;
    }
    return false;
  });
  return paths;
}

std::string ToldSnapshots::parent(const std::string& path) {
  if (path.ends_with(']')) {
    // Keys are quoted as Python does it, and hold no bracket in what Keras writes.
    const std::size_t open = path.rfind('[');
    return open == std::string::npos ? "" : path.substr(0, open);
  }
  const std::size_t dot = path.rfind('.');
  if (dot == std::string::npos || path.starts_with("use(") || path.starts_with("getattr(")) return "";
  return path.substr(0, dot);
}

std::string without_places(std::string_view path) {
  std::string plain;
  for (std::size_t i = 0; i < path.size(); ++i) {
    plain += path[i];
    if (path[i] != '[') continue;
    std::size_t end = i + 1;
    while (end < path.size() && path[end] >= '0' && path[end] <= '9') ++end;
    if (end > i + 1 && end < path.size() && path[end] == ']') i = end - 1;
  }
  return plain;
}

}  // namespace revive::properties::hunt
