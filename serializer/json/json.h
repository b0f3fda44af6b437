// JSON text as Python's json module writes and reads it, to and from Value.
//
// What goes beyond RFC 8259 is what Keras writes: bare NaN, Infinity and -Infinity. What is refused although Python
// accepts it would not come back the same or reads differently elsewhere: duplicate keys, integers beyond int64,
// numbers beyond double, unpaired surrogates, a byte order mark, NUL bytes.
#pragma once

#include <string>
#include <string_view>

#include "revive/model/base/error.h"
#include "revive/model/base/limits.h"
#include "revive/model/base/value.h"

namespace revive {

// What a document begins with as some editors save it. Keras overlooks it: see without_byte_order_mark().
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

inline std::string_view without_byte_order_mark(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return text;
}

// `member` names the text in error places: "config.json: line 1, column 57" (columns count bytes) where the text is
// not JSON, "config.json: /config/layers/2" where its content is refused.
// Errors: json_syntax, json_encoding, json_number, json_duplicate_key, limit_exceeded.
Result<Value> parse_json(std::string_view text, const Limits& limits, std::string_view member);

// What json.dumps(value) prints with its defaults: one line, ", " and ": ", everything outside ASCII escaped, floats
// in their shortest form that reads back the same. parse_json gives back an equal Value, except that any NaN becomes
// the quiet one, as text has only one. REQUIRES: strings are UTF-8 (ill-formed bytes print as U+FFFD).
std::string print_json(const Value& value);
// The same, behind what is in `out`.
void append_json(const Value& value, std::string& out);

}  // namespace revive
