// Strict UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace revive {

// The code point that starts at `at`, which moves behind it. Nothing when the bytes there are ill-formed; `at` then
// moves one byte on. REQUIRES: at < text.size().
std::optional<char32_t> next_code_point(std::string_view text, std::size_t& at);

bool is_utf8(std::string_view text);

}  // namespace revive
