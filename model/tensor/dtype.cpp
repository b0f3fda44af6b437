#include "revive/model/tensor/dtype.h"

#include <array>

namespace revive {
namespace {

struct Entry {
  std::string_view name;
  std::size_t size;
};

constexpr std::array kEntries = {
#define REVIVE_DTYPE_ENTRY(id, name, size) Entry{name, size},
    REVIVE_DTYPES(REVIVE_DTYPE_ENTRY)
#undef REVIVE_DTYPE_ENTRY
};

}  // namespace

std::string_view name_of(DType dtype) {
  return kEntries[static_cast<std::size_t>(dtype)].name;
}
std::size_t size_of(DType dtype) {
  return kEntries[static_cast<std::size_t>(dtype)].size;
}

std::optional<DType> dtype_from_name(std::string_view name) {
  for (std::size_t i = 0; i < kEntries.size(); ++i) {
    if (kEntries[i].name == name) return static_cast<DType>(i);
  }
  return std::nullopt;
}

}  // namespace revive
