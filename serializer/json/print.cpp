#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "revive/model/base/utf8.h"
#include "revive/serializer/json/json.h"

namespace revive {
namespace {

void append_hex_escape(std::uint32_t unit, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kHex[(unit >> shift) & 0xF];
}

void append_escaped(char32_t point, std::string& out) {
  switch (point) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  if (point < 0x10000) {
    append_hex_escape(point, out);
    return;
  }
  const std::uint32_t astral = point - 0x10000;
  append_hex_escape(0xD800 + (astral >> 10), out);
  append_hex_escape(0xDC00 + (astral & 0x3FF), out);
}

bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

void append_string(std::string_view text, std::string& out) {
  constexpr char32_t kReplacement = 0xFFFD;
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    while (at < text.size() && is_plain(text[at])) ++at;
    out.append(text, start, at - start);
    if (at < text.size()) append_escaped(next_code_point(text, at).value_or(kReplacement), out);
  }
  out += '"';
}

void append_integer(std::int64_t value, std::string& out) {
  std::array<char, 24> buffer{};
  out.append(buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr);
}

// Python's repr of a float: the shortest digits that read back the same, positional for exponents -4 to 15.
void append_real(double value, std::string& out) {
  if (std::isnan(value)) {
    out += "NaN";
    return;
  }
  if (std::signbit(value)) out += '-';
  if (std::isinf(value)) {
    out += "Infinity";
    return;
  }
  std::array<char, 40> buffer{};
  const char* end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(value), std::chars_format::scientific).ptr;
  const std::string_view spelled(buffer.data(), end);
  const std::size_t e = spelled.find('e');
  std::string digits(spelled.substr(0, 1));
  if (e > 2) digits += spelled.substr(2, e - 2);
  int exponent = 0;
  std::from_chars(spelled.data() + e + (spelled[e + 1] == '+' ? 2 : 1), end, exponent);

  constexpr int kLeastPositional = -4;
  constexpr int kFirstScientific = 16;
  if (exponent < kLeastPositional || exponent >= kFirstScientific) {
    out += digits[0];
    if (digits.size() > 1) (out += '.').append(digits, 1);
    out += spelled.substr(e);  // to_chars and repr agree on sign and two digits.
  } else if (exponent < 0) {
    out += "0.";
    out.append(static_cast<std::size_t>(-exponent - 1), '0') += digits;
  } else {
    const auto whole = static_cast<std::size_t>(exponent) + 1;
    if (digits.size() < whole) digits.append(whole - digits.size(), '0');
    out.append(digits, 0, whole) += '.';
    out += digits.size() > whole ? std::string_view(digits).substr(whole) : "0";
  }
}

void append_value(const Value& value, std::string& out) {
  switch (value.kind()) {
    case Value::Kind::null: out += "null"; return;
    case Value::Kind::boolean: out += value.as_bool() ? "true" : "false"; return;
    case Value::Kind::integer: append_integer(value.as_int(), out); return;
    case Value::Kind::real: append_real(value.as_real(), out); return;
    case Value::Kind::string: append_string(value.as_string(), out); return;
    case Value::Kind::array: {
      std::string_view separator = "[";
      for (const Value& item : value.as_array()) {
        out += separator;
        append_value(item, out);
        separator = ", ";
      }
      out += value.as_array().empty() ? "[]" : "]";
      return;
    }
    case Value::Kind::object: {
      std::string_view separator = "{";
      for (const auto& [key, member] : value.as_object()) {
        out += separator;
        append_string(key, out);
        out += ": ";
        append_value(member, out);
        separator = ", ";
      }
      out += value.as_object().empty() ? "{}" : "}";
      return;
    }
  }
}

}  // namespace

void append_json(const Value& value, std::string& out) {
  append_value(value, out);
}

std::string print_json(const Value& value) {
  std::string out;
  append_value(value, out);
  return out;
}

}  // namespace revive
