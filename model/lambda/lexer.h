// Tokens of a lambda's text. One pass, no look-ahead; positions are byte offsets for messages.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "revive/model/base/error.h"
#include "revive/model/base/value.h"

namespace revive {

struct Token {
  enum class Kind : std::uint8_t { name, keyword, literal, symbol, end };

  Kind kind = Kind::end;
  // The spelling of a name, keyword or symbol; a view into the text.
  std::string_view text;
  // The int, float or string of a literal.
  Value value;
  std::size_t position = 0;

  bool is(std::string_view spelling) const {
    return (kind == Kind::symbol || kind == Kind::keyword) && text == spelling;
  }
};

// The tokens with an end token last. Errors: expression_syntax.
Result<std::vector<Token>> tokenize(std::string_view text);

// Whether the text is the spelling of one name token.
bool is_name(std::string_view text);

// An expression_syntax error at a byte of the text.
std::unexpected<Error> syntax_error(std::size_t position, std::string message);

}  // namespace revive
