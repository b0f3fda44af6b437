// Places inside JSON text, as RFC 6901 pointers: "/config/layers/2", with "~" and "/" in keys escaped.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace revive {

inline void append_json_pointer(std::string& pointer, std::string_view key) {
  pointer += '/';
  for (const char c : key) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
}

inline void append_json_pointer(std::string& pointer, std::size_t index) {
  pointer += '/';
  pointer += std::to_string(index);
}

}  // namespace revive
