#include "revive/serializer/json/reading.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace revive {

std::optional<std::string> duplicate_key(const Value::Object& object) {
  // Most objects of a config are small, and comparing their keys is cheaper than sorting them.
  constexpr std::size_t kSmall = 12;
  if (object.size() <= kSmall) {
    for (std::size_t i = 1; i < object.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (object[i].first == object[j].first) return object[i].first;
      }
    }
    return std::nullopt;
  }
  std::vector<std::string_view> keys;
  keys.reserve(object.size());
  for (const auto& [name, value] : object) keys.push_back(name);
  std::ranges::sort(keys);
  const auto twice = std::ranges::adjacent_find(keys);
  if (twice == keys.end()) return std::nullopt;
  return std::string(*twice);
}

}  // namespace revive
