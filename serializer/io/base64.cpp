#include "revive/serializer/io/base64.h"

#include <nettle/base64.h>

namespace revive {

std::string to_base64(std::span<const std::byte> bytes) {
  std::string text(BASE64_ENCODE_RAW_LENGTH(bytes.size()), '\0');
  base64_encode_raw(text.data(), bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()));
  return text;
}

std::optional<std::vector<std::byte>> from_base64(std::string_view text) {
  std::vector<std::byte> bytes(BASE64_DECODE_LENGTH(text.size()));
  base64_decode_ctx context{};
  base64_decode_init(&context);
  std::size_t length = bytes.size();
  auto* out = reinterpret_cast<std::uint8_t*>(bytes.data());
  if (base64_decode_update(&context, &length, out, text.size(), text.data()) == 0) return std::nullopt;
  if (base64_decode_final(&context) == 0) return std::nullopt;
  bytes.resize(length);
  return bytes;
}

}  // namespace revive
