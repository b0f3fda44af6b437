#include "revive/model/base/error.h"

#include <fmt/format.h>

#include <array>

#include "revive/model/base/utf8.h"

namespace revive {
namespace {

struct Entry {
  std::string_view name;
  std::string_view meaning;
};

constexpr std::array kEntries = {
#define REVIVE_ERROR_ENTRY(name, meaning) Entry{#name, meaning},
    REVIVE_ERROR_CODES(REVIVE_ERROR_ENTRY)
#undef REVIVE_ERROR_ENTRY
};

// Names out of archives stand in errors, and a terminal must not obey them.
bool is_printable(std::optional<char32_t> point) {
  return point && *point >= U' ' && (*point < U'\x7F' || *point > U'\x9F');
}

}  // namespace

std::string_view name_of(ErrorCode code) {
  return kEntries[static_cast<std::size_t>(code)].name;
}
std::string_view meaning_of(ErrorCode code) {
  return kEntries[static_cast<std::size_t>(code)].meaning;
}

std::optional<ErrorCode> error_code_from_name(std::string_view name) {
  for (std::size_t i = 0; i < kEntries.size(); ++i) {
    if (kEntries[i].name == name) return static_cast<ErrorCode>(i);
  }
  return std::nullopt;
}

std::size_t error_code_count() {
  return kEntries.size();
}

Error::Error() = default;
Error::Error(ErrorCode what, std::string where, std::string sentence)
    : code(what), place(std::move(where)), message(std::move(sentence)) {}
Error::Error(const Error& other) = default;
Error::Error(Error&& other) noexcept = default;
Error& Error::operator=(const Error& other) = default;
Error& Error::operator=(Error&& other) noexcept = default;
Error::~Error() = default;

std::string Error::text() const {
  const std::string raw = place.empty() ? message : place + ": " + message;
  std::string text;
  text.reserve(raw.size());
  for (std::size_t at = 0; at < raw.size();) {
    const std::size_t start = at;
    if (is_printable(next_code_point(raw, at))) {
      text.append(raw, start, at - start);
      continue;
    }
    for (std::size_t i = start; i < at; ++i) text += fmt::format("\\x{:02x}", static_cast<unsigned char>(raw[i]));
  }
  return text;
}

Error Error::within(std::string_view prefix) const {
  return Error{code, place.empty() ? std::string(prefix) : std::string(prefix) + place, message};
}

}  // namespace revive
