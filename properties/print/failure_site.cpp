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

// How many characters a number takes at the start of a text that begins with a digit: 12, 0.5, 1e-05, 0x7f3a.
std::size_t number_length(std::string_view text) {
  constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";
  constexpr std::string_view kDigits = "0123456789";
  if (text.starts_with("0x")) return std::min(text.find_first_not_of(kHexDigits, 2), text.size());
  std::size_t length = std::min(text.find_first_not_of("0123456789.", 0), text.size());
  if (length < text.size() && text[length] == 'e') {
    const std::size_t sign =
        text.substr(length + 1).starts_with('-') || text.substr(length + 1).starts_with('+') ? 1 : 0;
    const std::size_t end = std::min(text.find_first_not_of(kDigits, length + 1 + sign), text.size());
    if (end > length + 1 + sign) length = end;
  }
  return length;
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
      at += number_length(text.substr(at)) - 1;
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
