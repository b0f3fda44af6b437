// The word that somebody most likely meant.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace revive::tools {

// The first of `words` with the fewest letters to insert, drop, replace or swap to make it of `word`; nothing where
// more than a third of its letters would have to change.
std::optional<std::string_view> closest(std::string_view word, std::span<const std::string_view> words);

}  // namespace revive::tools
