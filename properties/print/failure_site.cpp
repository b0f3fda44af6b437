#include <algorithm>

#include "revive/properties/property.h"

namespace revive::properties {
namespace {

constexpr std::size_t kLongestSite = 64;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

}  // namespace

std::string failure_site(const Violation& violation) {
  // A message goes on with what was found, which is not the same in two cases.
  std::string_view text = violation.kind;
  if (violation.difference) text = violation.difference->path;
  if (text.empty()) text = std::string_view(violation.message).substr(0, violation.message.find(':'));
  std::string site;
  for (std::size_t at = 0; at < text.size() && site.size() < kLongestSite; ++at) {
    const char c = text[at];
    if (c == '\'' || c == '"') {
      // A name in quotes is any name.
      at = std::min(text.find(c, at + 1), text.size());
    } else if (is_digit(c) && (site.empty() || !is_word(site.back()))) {
      // A number of its own is any number; the one in Conv1D is not.
      while (at + 1 < text.size() && (is_digit(text[at + 1]) || text[at + 1] == '.')) ++at;
      site += 'N';
    } else if (is_word(c)) {
      site += c;
    } else if (!site.empty() && site.back() != '-') {
      site += '-';
    }
  }
  while (site.ends_with('-')) site.pop_back();
  return site.empty() ? "failure" : site;
}

}  // namespace revive::properties
