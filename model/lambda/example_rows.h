// How the tables of examples are read: rows of words that are separated by spaces, found by a function's path.
#pragma once

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

namespace revive {

template <typename Visit>
void for_each_piece(std::string_view text, std::string_view separator, Visit visit) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (end > 0) visit(text.substr(0, end));
    text.remove_prefix(std::min(end + separator.size(), text.size()));
  }
}

inline bool names(std::string_view words, std::string_view word) {
  bool found = false;
  for_each_piece(words, " ", [&](std::string_view each) { found = found || each == word; });
  return found;
}

inline std::string_view leaf_of(std::string_view path) {
  return path.substr(path.rfind('.') + 1);
}

// The first row for the path, else for its name, else for every function.
template <typename Row, std::size_t kCount>
const Row* find_row(const Row (&rows)[kCount], std::string_view path, auto accepts) {
  for (const std::string_view wanted : {path, leaf_of(path), std::string_view()}) {
    const auto found = std::ranges::find_if(rows, [&](const Row& row) {
      return accepts(row) && (wanted.empty() ? row.functions.empty() : names(row.functions, wanted));
    });
    if (found != std::end(rows)) return found;
  }
  return nullptr;
}

}  // namespace revive
