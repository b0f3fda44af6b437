#include "revive/model/base/value.h"

#include <bit>
#include <charconv>

namespace revive {
namespace {

constexpr std::size_t kBriefLength = 60;

void append_brief(const Value& value, std::string& out) {
  if (out.size() > kBriefLength) return;
  switch (value.kind()) {
    case Value::Kind::null: out += "null"; return;
    case Value::Kind::boolean: out += value.as_bool() ? "true" : "false"; return;
    case Value::Kind::integer: out += std::to_string(value.as_int()); return;
    case Value::Kind::real: {
      char buffer[40];
      const auto end = std::to_chars(buffer, buffer + sizeof buffer, value.as_real()).ptr;
      const std::string_view digits(buffer, static_cast<std::size_t>(end - buffer));
      out += digits;
      // A real must not look like an int in a message that is about just that difference.
      if (digits.find_first_of(".eni") == std::string_view::npos) out += ".0";
      return;
    }
    case Value::Kind::string: {
      out += '"';
      for (const char c : value.as_string()) {
        if (out.size() > kBriefLength) break;
        const bool printable = static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
        out += printable ? c : '?';
      }
      out += '"';
      return;
    }
    case Value::Kind::array: {
      out += '[';
      bool first = true;
      for (const Value& item : value.as_array()) {
        if (!first) out += ", ";
        first = false;
        append_brief(item, out);
        if (out.size() > kBriefLength) break;
      }
      out += ']';
      return;
    }
    case Value::Kind::object: {
      out += '{';
      bool first = true;
      for (const auto& [key, member] : value.as_object()) {
        if (!first) out += ", ";
        first = false;
        append_brief(Value(key), out);
        out += ": ";
        append_brief(member, out);
        if (out.size() > kBriefLength) break;
      }
      out += '}';
      return;
    }
  }
}

}  // namespace

Value::Value(const Value& other) = default;
Value::Value(Value&& other) noexcept = default;
Value& Value::operator=(const Value& other) = default;
Value& Value::operator=(Value&& other) noexcept = default;
Value::~Value() = default;

const Value* Value::find(std::string_view key) const {
  if (!is_object()) return nullptr;
  for (const auto& [name, member] : as_object()) {
    if (name == key) return &member;
  }
  return nullptr;
}

Value* Value::find(std::string_view key) {
  return const_cast<Value*>(std::as_const(*this).find(key));
}

std::string_view Value::kind_name() const {
  switch (kind()) {
    case Kind::null: return "null";
    case Kind::boolean: return "a bool";
    case Kind::integer: return "an int";
    case Kind::real: return "a float";
    case Kind::string: return "a string";
    case Kind::array: return "a list";
    case Kind::object: return "an object";
  }
  return "?";
}

std::string Value::brief() const {
  std::string out;
  append_brief(*this, out);
  if (out.size() > kBriefLength) {
    out.resize(kBriefLength);
    while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xC0) == 0x80) out.pop_back();
    if (!out.empty() && static_cast<unsigned char>(out.back()) >= 0x80) out.pop_back();
    out += "...";
  }
  return out;
}

bool operator==(const Value& a, const Value& b) {
  if (a.is_real() && b.is_real()) {
    return std::bit_cast<std::uint64_t>(a.as_real()) == std::bit_cast<std::uint64_t>(b.as_real());
  }
  return a.data_ == b.data_;
}

}  // namespace revive
