#include "model/error.h"

#include <array>

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

std::string Error::text() const {
  return place.empty() ? message : place + ": " + message;
}

Error Error::within(std::string_view prefix) const {
  return Error{code, place.empty() ? std::string(prefix) : std::string(prefix) + place, message};
}

}  // namespace revive
