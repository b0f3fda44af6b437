#include "revive/tools/console/closest.h"

#include <algorithm>
#include <vector>

namespace revive::tools {
namespace {

// The distance of Damerau and Levenshtein, with neighbours swapped once.
std::size_t distance(std::string_view a, std::string_view b) {
  const std::size_t width = b.size() + 1;
  std::vector<std::size_t> cells((a.size() + 1) * width);
  const auto at = [&](std::size_t i, std::size_t j) -> std::size_t& { return cells[i * width + j]; };
  for (std::size_t i = 0; i <= a.size(); ++i) at(i, 0) = i;
  for (std::size_t j = 0; j <= b.size(); ++j) at(0, j) = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = at(i - 1, j - 1) + (a[i - 1] == b[j - 1] ? 0 : 1);
      at(i, j) = std::min({at(i - 1, j) + 1, at(i, j - 1) + 1, replaced});
      if (i < 2 || j < 2) continue;
      const std::string_view here = a.substr(i - 2, 2);
      const std::string_view there = b.substr(j - 2, 2);
      const bool swapped = here.front() == there.back() && here.back() == there.front();
      if (swapped) at(i, j) = std::min(at(i, j), at(i - 2, j - 2) + 1);
    }
  }
  return at(a.size(), b.size());
}

}  // namespace

std::optional<std::string_view> closest(std::string_view word, std::span<const std::string_view> words) {
  std::optional<std::string_view> best;
  std::size_t least = std::string_view::npos;
  for (const std::string_view candidate : words) {
    const std::size_t changes = distance(word, candidate);
    if (3 * changes > std::max(word.size(), candidate.size()) || changes >= least) continue;
    best = candidate;
    least = changes;
  }
  return best;
}

}  // namespace revive::tools
