#include "revive/model/base/error.h"

#include <fmt/format.h>

#include <array>

#include "revive/model/base/printable.h"

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

constexpr std::string_view kSeparator = ": ";

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
  std::string_view shown = place;
  if (shown.ends_with(kSeparator)) shown.remove_suffix(kSeparator.size());
  return printable(shown.empty() ? message : fmt::format("{}{}{}", shown, kSeparator, message));
}

Error Error::within(std::string_view prefix) const {
  // A path goes on where its first part ends; anything else is another place.
  const bool joined = prefix.empty() || place.empty() || prefix.ends_with(kSeparator) || place.starts_with('/');
  return Error{code, fmt::format("{}{}{}", prefix, joined ? "" : kSeparator, place), message};
}

}  // namespace revive
