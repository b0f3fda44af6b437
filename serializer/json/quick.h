// The quick way through JSON as Python prints it, beside the way that reads all JSON and has a sentence for each
// trouble.
//
// Every load reads its config and its metadata, nearly always text that print_json or json.dumps wrote. quick_json
// reads that in one pass over characters, and builds each list and object once, in its last size. What it does not take
// goes to full_json, which alone decides what is refused and why. parse_json asks one and then the other.
#pragma once

#include <optional>
#include <string_view>

#include "revive/serializer/json/json.h"

namespace revive {

// What full_json reads of `text`; nothing where there is any doubt: what is no JSON, bytes outside ASCII, numbers
// beyond int64 and double, surrogates without a partner, keys that occur twice, more than the limits allow.
std::optional<Value> quick_json(std::string_view text, const Limits& limits);

// Any JSON, with the errors of parse_json.
Result<Value> full_json(std::string_view text, const Limits& limits, std::string_view member);

}  // namespace revive
