#include "revive/model/base/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "revive/model/base/utf8.h"

namespace revive {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

constexpr std::array kObeyed = {
    Range{0x00, 0x1F},        // C0 controls
    Range{0x7F, 0x9F},        // DEL and C1 controls
    Range{0x061C, 0x061C},    // Arabic letter mark
    Range{0x200B, 0x200B},    // zero width space
    Range{0x200E, 0x200F},    // left-to-right and right-to-left marks
    Range{0x2028, 0x202E},    // line and paragraph separators, embeddings and overrides
    Range{0x2060, 0x206F},    // isolates and other invisible ones
    Range{0xFEFF, 0xFEFF},    // byte order mark
    Range{0xFFF9, 0xFFFB},    // interlinear annotation
    Range{0xE0000, 0xE007F},  // tags
};

bool is_shown(std::optional<char32_t> point) {
  return point && std::ranges::none_of(kObeyed, [&](const Range& r) { return r.first <= *point && *point <= r.last; });
}

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    if (is_shown(next_code_point(text, at))) {
      shown.append(text, start, at - start);
      continue;
    }
    for (std::size_t i = start; i < at; ++i) shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[i]));
  }
  return shown;
}

}  // namespace revive
