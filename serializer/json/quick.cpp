#include "revive/serializer/json/quick.h"

#include <charconv>
#include <iterator>
#include <limits>
#include <utility>
#include <vector>

#include "revive/serializer/json/reading.h"

namespace revive {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// A code point of \u escapes, which leave no room for one that UTF-8 cannot spell.
void append_utf8(std::uint32_t point, std::string& out) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  const auto put_rest = [&](int shift) { put(0x80 | ((point >> shift) & 0x3F)); };
  if (point < 0x80) return put(point);
  if (point < 0x800) {
    put(0xC0 | (point >> 6));
    return put_rest(0);
  }
  if (point < 0x10000) {
    put(0xE0 | (point >> 12));
  } else {
    put(0xF0 | (point >> 18));
    put_rest(12);
  }
  put_rest(6);
  put_rest(0);
}

// Every function that reads returns whether it took what stands at `at_`; after false nothing may be read any more.
class QuickReader {
 public:
  QuickReader(std::string_view text, const Limits& limits)
      : at_(text.data()), end_(text.data() + text.size()), room_(limits.json_memory_bytes), depth_(limits.json_depth) {}

  std::optional<Value> document() {
    Value value;
    if (!read_value(value)) return std::nullopt;
    skip_space();
    if (at_ != end_) return std::nullopt;
    return value;
  }

 private:
  void skip_space() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }

  // Whether `c` comes next, which is then behind.
  bool take(char c) {
    skip_space();
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  bool take_word(std::string_view word) {
    if (!std::string_view(at_, end_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  // Whether so much more memory may be held.
  bool hold(std::uint64_t bytes) {
    if (bytes > room_) return false;
    room_ -= bytes;
    return true;
  }

  bool read_value(Value& value) {
    skip_space();
    if (at_ == end_) return false;
    switch (*at_) {
      case '{': return nested([&] { return read_object(value); });
      case '[': return nested([&] { return read_array(value); });
      case '"': return read_text(value);
      case 't': return assign(value, "true", Value(true));
      case 'f': return assign(value, "false", Value(false));
      case 'n': return assign(value, "null", Value());
      case 'N': return assign(value, "NaN", Value(std::numeric_limits<double>::quiet_NaN()));
      case 'I': return assign(value, "Infinity", Value(std::numeric_limits<double>::infinity()));
      default: return read_number(value);
    }
  }

  bool assign(Value& value, std::string_view word, Value meaning) {
    if (!take_word(word)) return false;
    value = std::move(meaning);
    return true;
  }

  template <typename Read>
  bool nested(Read read) {
    if (depth_ == 0) return false;
    --depth_;
    ++at_;
    const bool taken = read();
    ++depth_;
    return taken;
  }

  // The items of what is open wait in one vector, those of the innermost last, until their number is known.
  template <typename Item>
  bool await(std::vector<Item>& waiting, Item item) {
    if (waiting.size() == waiting.capacity()) {
      const std::size_t more = waiting.capacity() + 16;
      if (!hold(more * sizeof(Item))) return false;
      waiting.reserve(waiting.capacity() + more);
    }
    waiting.push_back(std::move(item));
    return true;
  }

  template <typename Item>
  std::optional<std::vector<Item>> gather(std::vector<Item>& waiting, std::size_t first) {
    const std::size_t count = waiting.size() - first;
    if (count != 0 && !hold(sizeof waiting + 2 * kBlockOverhead + count * sizeof(Item))) return std::nullopt;
    const auto begin = waiting.begin() + static_cast<std::ptrdiff_t>(first);
    std::vector<Item> items(std::make_move_iterator(begin), std::make_move_iterator(waiting.end()));
    waiting.erase(begin, waiting.end());
    return items;
  }

  bool read_object(Value& value) {
    const std::size_t first = members_.size();
    if (!take('}')) {
      do {
        std::string key;
        skip_space();
        Value member;
        if (!read_string(key) || !hold(heap_bytes(key)) || !take(':') || !read_value(member)) return false;
        if (!await(members_, Value::Member(std::move(key), std::move(member)))) return false;
      } while (take(','));
      if (!take('}')) return false;
    }
    auto object = gather(members_, first);
    if (!object || duplicate_key(*object)) return false;
    value = Value(*std::move(object));
    return true;
  }

  bool read_array(Value& value) {
    const std::size_t first = items_.size();
    if (!take(']')) {
      do {
        Value item;
        if (!read_value(item) || !await(items_, std::move(item))) return false;
      } while (take(','));
      if (!take(']')) return false;
    }
    auto array = gather(items_, first);
    if (!array) return false;
    value = Value(*std::move(array));
    return true;
  }

  bool read_text(Value& value) {
    std::string text;
    if (!read_string(text)) return false;
    if (!text.empty() && !hold(sizeof(std::string) + kBlockOverhead + heap_bytes(text))) return false;
    value = Value(std::move(text));
    return true;
  }

  bool read_string(std::string& text) {
    if (at_ == end_ || *at_ != '"') return false;
    for (++at_;;) {
      const char* const begin = at_;
      while (at_ != end_ && *at_ >= 0x20 && static_cast<unsigned char>(*at_) < 0x80 && *at_ != '"' && *at_ != '\\')
        ++at_;
      if (at_ == end_) return false;
      text.append(begin, at_);
      const char c = *at_++;
      if (c == '"') return true;
      if (c != '\\' || at_ == end_ || !read_escape(text)) return false;
    }
  }

  bool read_escape(std::string& text) {
    switch (*at_++) {
      case '"': text += '"'; return true;
      case '\\': text += '\\'; return true;
      case '/': text += '/'; return true;
      case 'b': text += '\b'; return true;
      case 'f': text += '\f'; return true;
      case 'n': text += '\n'; return true;
      case 'r': text += '\r'; return true;
      case 't': text += '\t'; return true;
      case 'u': return read_code_point(text);
      default: return false;
    }
  }

  bool read_code_point(std::string& text) {
    const auto unit = read_unit();
    if (!unit) return false;
    if (*unit < 0xD800 || *unit > 0xDFFF) {
      append_utf8(*unit, text);
      return true;
    }
    if (*unit > 0xDBFF || !take_word("\\u")) return false;
    const auto low = read_unit();
    if (!low || *low < 0xDC00 || *low > 0xDFFF) return false;
    append_utf8(0x10000 + ((*unit - 0xD800) << 10) + (*low - 0xDC00), text);
    return true;
  }

  std::optional<std::uint32_t> read_unit() {
    constexpr std::ptrdiff_t kDigits = 4;
    if (end_ - at_ < kDigits) return std::nullopt;
    std::uint32_t unit = 0;
    if (std::from_chars(at_, at_ + kDigits, unit, 16).ptr != at_ + kDigits) return std::nullopt;
    at_ += kDigits;
    return unit;
  }

  bool read_number(Value& value) {
    const char* const begin = at_;
    if (*at_ == '-') ++at_;
    if (at_ == end_) return false;
    if (*at_ == 'I') return assign(value, "Infinity", Value(-std::numeric_limits<double>::infinity()));
    const char* const digits = at_;
    if (!skip_digits() || (*digits == '0' && at_ - digits > 1)) return false;
    bool is_real = false;
    if (at_ != end_ && *at_ == '.') {
      is_real = true;
      ++at_;
      if (!skip_digits()) return false;
    }
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
      is_real = true;
      ++at_;
      if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
      if (!skip_digits()) return false;
    }
    return is_real ? convert<double>(begin, value) : convert<std::int64_t>(begin, value);
  }

  // At least one.
  bool skip_digits() {
    const char* const begin = at_;
    while (at_ != end_ && is_digit(*at_)) ++at_;
    return at_ != begin;
  }

  template <typename Number>
  bool convert(const char* begin, Value& value) const {
    Number number{};
    const auto [end, error] = std::from_chars(begin, at_, number);
    if (error != std::errc() || end != at_) return false;
    value = Value(number);
    return true;
  }

  const char* at_;
  const char* end_;
  std::uint64_t room_;
  std::uint64_t depth_;
  Value::Array items_;
  Value::Object members_;
};

}  // namespace

std::optional<Value> quick_json(std::string_view text, const Limits& limits) {
  if (text.size() > limits.json_bytes) return std::nullopt;
  return QuickReader(text, limits).document();
}

}  // namespace revive
