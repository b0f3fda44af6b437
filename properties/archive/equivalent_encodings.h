// A .keras archive spelled otherwise: other bytes that say the same to every reader of JSON and zip.
//
// A pure function of its arguments. What is spelled otherwise is drawn for each object, string, number and member, so
// that a reader meets the old and the new side by side.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "revive/model/base/error.h"
#include "revive/model/base/random.h"
#include "revive/model/base/value.h"
#include "revive/properties/subject.h"

namespace revive::properties {

// X(kind, "what is spelled otherwise")
#define REVIVE_SPELLINGS(X)                                          \
  X(key_order, "the keys of JSON objects in another order")          \
  X(defaults, "config keys left out that hold their defaults")       \
  X(white_space, "white space between the tokens of JSON")           \
  X(escapes, "the characters of JSON strings escaped or not")        \
  X(numbers, "numbers of the same kind and value in other digits")   \
  X(member_order, "the members of the archive in another order")     \
  X(deflated, "members deflated that were stored, or the other way") \
  X(assets, "members added under assets/")

enum class EquivalentEncoding : std::uint8_t {
#define REVIVE_SPELLING_ENUMERATOR(kind, what) kind,
  REVIVE_SPELLINGS(REVIVE_SPELLING_ENUMERATOR)
#undef REVIVE_SPELLING_ENUMERATOR
};

inline constexpr std::array kSpellings = {
#define REVIVE_SPELLING_TEXT(kind, what) std::string_view(what),
    REVIVE_SPELLINGS(REVIVE_SPELLING_TEXT)
#undef REVIVE_SPELLING_TEXT
};

// Errors: archive_not_zip where the archive cannot be opened, json_syntax where its JSON cannot be read.
Result<Bytes> encode_otherwise(std::span<const std::byte> archive, EquivalentEncoding spelling, Random& random);

// The text of one value. Of the spellings, white_space, escapes and numbers say how a JSON text is printed.
std::string print_json_otherwise(const Value& value, EquivalentEncoding spelling, Random& random);

}  // namespace revive::properties
