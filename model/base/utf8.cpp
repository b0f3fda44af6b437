#include "revive/model/base/utf8.h"

namespace revive {
namespace {

// What a lead byte announces. `least` is the smallest code point that needs so many bytes.
struct Lead {
  std::size_t length;
  char32_t bits;
  char32_t least;
};

std::optional<Lead> lead_of(unsigned char byte) {
  if (byte < 0x80) return Lead{1, byte, 0};
  if (byte >= 0xC0 && byte < 0xE0) return Lead{2, byte & 0x1Fu, 0x80};
  if (byte >= 0xE0 && byte < 0xF0) return Lead{3, byte & 0x0Fu, 0x800};
  if (byte >= 0xF0 && byte < 0xF8) return Lead{4, byte & 0x07u, 0x10000};
  return std::nullopt;
}

}  // namespace

std::optional<char32_t> next_code_point(std::string_view text, std::size_t& at) {
  const std::size_t start = at++;
  const auto lead = lead_of(static_cast<unsigned char>(text[start]));
  if (!lead || text.size() - start < lead->length) return std::nullopt;
  char32_t point = lead->bits;
  for (std::size_t i = 1; i < lead->length; ++i) {
    const auto byte = static_cast<unsigned char>(text[start + i]);
    if ((byte & 0xC0) != 0x80) return std::nullopt;
    point = (point << 6) | (byte & 0x3Fu);
  }
  const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
  if (point < lead->least || point > 0x10FFFF || surrogate) return std::nullopt;
  at = start + lead->length;
  return point;
}

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (!next_code_point(text, at)) return false;
  }
  return true;
}

}  // namespace revive
