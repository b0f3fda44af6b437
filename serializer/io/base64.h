// Base64 (RFC 4648 with padding), for bytes inside JSON.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace revive {

std::string to_base64(std::span<const std::byte> bytes);

// Nothing when `text` is not base64. White space is skipped.
std::optional<std::vector<std::byte>> from_base64(std::string_view text);

}  // namespace revive
