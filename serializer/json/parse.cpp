#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_set>
#include <vector>

#include "revive/serializer/json/json.h"
#include "revive/serializer/json/pointer.h"

namespace revive {
namespace {

// Bare NaN, Infinity and -Infinity, found before nlohmann/json sees the text, which refuses them.
//
// Each is overwritten by a zero of the same length ("0  ") and remembered by its number among the numbers of the
// text, so positions in error messages stay right and no legal document can be mistaken for one that held a NaN.
class NonFinite {
 public:
  // The text to parse: `text` itself unless it holds such a token.
  std::string_view replace(std::string_view text) {
    if (!text.contains("NaN") && !text.contains("Infinity")) return text;
    copy_ = text;
    std::size_t numbers = 0;
    for (std::size_t at = 0; at < text.size();) {
      if (text[at] == '"') {
        at = skip_string(text, at);
      } else if (is_separator(text[at])) {
        ++at;
      } else {
        const std::size_t end = std::min(text.find_first_of(kSeparators, at), text.size());
        const std::string_view token = text.substr(at, end - at);
        if (const auto value = value_of(token)) {
          found_.push_back({numbers++, *value});
          copy_.replace(at, token.size(), token.size(), ' ');
          copy_[at] = '0';
        } else if (token.front() == '-' || (token.front() >= '0' && token.front() <= '9')) {
          ++numbers;
        }
        at = end;
      }
    }
    return copy_;
  }

  // To be asked once for every number of the text, in order.
  std::optional<double> next_number() {
    const std::size_t number = asked_++;
    if (next_ == found_.size() || found_[next_].number != number) return std::nullopt;
    return found_[next_++].value;
  }

 private:
  struct Found {
    std::size_t number;
    double value;
  };
  static constexpr std::string_view kSeparators = " \t\r\n,:[]{}\"";

  static bool is_separator(char c) { return kSeparators.contains(c); }

  static std::size_t skip_string(std::string_view text, std::size_t at) {
    for (++at; at < text.size() && text[at] != '"'; ++at) {
      if (text[at] == '\\') ++at;
    }
    return at + 1;
  }

  static std::optional<double> value_of(std::string_view token) {
    if (token == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (token == "Infinity") return std::numeric_limits<double>::infinity();
    if (token == "-Infinity") return -std::numeric_limits<double>::infinity();
    return std::nullopt;
  }

  std::string copy_;
  std::vector<Found> found_;
  std::size_t asked_ = 0;
  std::size_t next_ = 0;
};

// The key that occurs twice, or nullptr.
const std::string* duplicate_key(const Value::Object& object) {
  // Most objects of a config are small, and comparing their keys is cheaper than hashing them.
  constexpr std::size_t kSmall = 12;
  if (object.size() <= kSmall) {
    for (std::size_t i = 1; i < object.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (object[i].first == object[j].first) return &object[i].first;
      }
    }
    return nullptr;
  }
  std::unordered_set<std::string_view> seen;
  seen.reserve(object.size());
  for (const auto& [name, value] : object) {
    if (!seen.insert(name).second) return &name;
  }
  return nullptr;
}

// The receiver of nlohmann's SAX events. It refuses by returning false with `error` set. An open container stays
// where it is in its parent, which cannot grow meanwhile, so the stack holds plain pointers.
class Builder {
 public:
  using json = nlohmann::json;

  Builder(std::string_view text, const Limits& limits, std::string_view member, NonFinite& non_finite)
      : text_(text), limits_(limits), member_(member), non_finite_(non_finite) {}

  Value take() { return std::move(root_); }
  Error take_error() { return std::move(*error_); }

  bool null() { return add(Value()) != nullptr; }
  bool boolean(bool value) { return add(Value(value)) != nullptr; }
  bool string(std::string& value) { return add(Value(value)) != nullptr; }
  bool binary(json::binary_t&) { return false; }  // Never sent for text.

  bool number_integer(std::int64_t value) {
    const auto special = non_finite_.next_number();
    return add(special ? Value(*special) : Value(value)) != nullptr;
  }
  bool number_unsigned(std::uint64_t value) {
    if (value <= std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
      return number_integer(static_cast<std::int64_t>(value));
    }
    return refuse_integer(std::to_string(value));
  }
  bool number_float(double value, const std::string& spelling) {
    non_finite_.next_number();
    // nlohmann falls back to a double for integers that fit no integer type.
    if (spelling.find_first_of(".eE") == std::string::npos) return refuse_integer(spelling);
    return add(Value(value)) != nullptr;
  }

  bool start_object(std::size_t) { return open(Value(Value::Object())); }
  bool start_array(std::size_t) { return open(Value(Value::Array())); }
  bool key(std::string& name) {
    open_.back()->as_object().emplace_back(name, Value());
    return true;
  }
  bool end_array() { return close(); }
  bool end_object() {
    const std::string* twice = duplicate_key(open_.back()->as_object());
    if (twice == nullptr) return close();
    error_ = Error{ErrorCode::json_duplicate_key, place_of(*twice), "expected each key once, found it twice"};
    return false;
  }

  bool parse_error(std::size_t position, const std::string& token, const nlohmann::detail::exception& error) {
    constexpr int kNumberOverflow = 406;
    if (error.id == kNumberOverflow) {
      return refuse(ErrorCode::json_number, "expected a number that a double can hold, found " + Value(token).brief());
    }
    const std::string_view what = error.what();
    const bool encoding = what.contains("UTF-8") || what.contains("surrogate");
    error_ = Error{encoding ? ErrorCode::json_encoding : ErrorCode::json_syntax, text_place(position),
                   "expected JSON as Python writes it, found what is not: " + sentence(what)};
    return false;
  }

 private:
  bool refuse(ErrorCode code, std::string message) {
    error_ = Error{code, value_place(), std::move(message)};
    return false;
  }
  bool refuse_integer(const std::string& spelling) {
    return refuse(ErrorCode::json_number, "expected an integer of 64 bits, found " + Value(spelling).brief());
  }

  // Puts a value where the next one belongs; nullptr when there are too many.
  Value* add(Value value) {
    if (++values_ > limits_.json_values) {
      refuse(ErrorCode::limit_exceeded,
             fmt::format("expected at most {} values (Limits::json_values)", limits_.json_values));
      return nullptr;
    }
    if (open_.empty()) return &(root_ = std::move(value));
    Value& parent = *open_.back();
    if (parent.is_array()) return &parent.as_array().emplace_back(std::move(value));
    return &(parent.as_object().back().second = std::move(value));
  }

  bool open(Value container) {
    if (open_.size() >= limits_.json_depth) {
      return refuse(ErrorCode::limit_exceeded,
                    fmt::format("expected at most {} nested containers (Limits::json_depth)", limits_.json_depth));
    }
    Value* place = add(std::move(container));
    if (place != nullptr) open_.push_back(place);
    return place != nullptr;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  // The pointer to the container that is being filled.
  std::string open_pointer() const {
    std::string pointer;
    for (std::size_t i = 0; i + 1 < open_.size(); ++i) append_child(pointer, *open_[i], 0);
    return pointer;
  }
  // The place of the value that comes next.
  std::string value_place() const {
    std::string pointer = open_pointer();
    if (!open_.empty()) append_child(pointer, *open_.back(), 1);
    return pointer.empty() ? member_ : member_ + ": " + pointer;
  }
  // The place of a member of the object that is being filled.
  std::string place_of(const std::string& key) const {
    std::string pointer = open_pointer();
    append_json_pointer(pointer, key);
    return member_ + ": " + pointer;
  }
  // The last child of `container`, or with `ahead` 1 the one that comes next; an object has its key already.
  static void append_child(std::string& pointer, const Value& container, std::size_t ahead) {
    if (container.is_array()) {
      append_json_pointer(pointer, container.as_array().size() - 1 + ahead);
    } else {
      append_json_pointer(pointer, container.as_object().back().first);
    }
  }

  // `position` is the number of bytes read when the lexer stopped.
  std::string text_place(std::size_t position) const {
    const std::string_view read = text_.substr(0, position == 0 ? 0 : position - 1);
    const auto line = std::ranges::count(read, '\n') + 1;
    const std::size_t line_start = read.rfind('\n') + 1;  // npos + 1 is 0.
    return fmt::format("{}: line {}, column {}", member_, line, read.size() - line_start + 1);
  }

  // nlohmann's reason without its own prefix and without the raw bytes it quotes.
  static std::string sentence(std::string_view what) {
    constexpr std::string_view kBefore = " - ";
    constexpr std::string_view kQuote = "; last read: ";
    if (const std::size_t at = what.find(kBefore); at != what.npos) what.remove_prefix(at + kBefore.size());
    if (const std::size_t at = what.find(kQuote); at != what.npos) {
      const std::size_t rest = what.find("'; expected ", at);
      const std::string_view expected = rest == what.npos ? "" : what.substr(rest + 1);
      return fmt::format("{}{}", what.substr(0, at), expected);
    }
    return std::string(what);
  }

  std::string_view text_;
  const Limits& limits_;
  std::string member_;
  NonFinite& non_finite_;
  Value root_;
  std::vector<Value*> open_;
  std::uint64_t values_ = 0;
  std::optional<Error> error_;
};

// What nlohmann/json lets pass: it skips a byte order mark and takes a NUL for the end of the text.
Status check_text(std::string_view text, const Limits& limits, const std::string& member) {
  if (text.size() > limits.json_bytes) {
    return fail(
        ErrorCode::limit_exceeded, member,
        fmt::format("expected at most {} bytes (Limits::json_bytes), found {}", limits.json_bytes, text.size()));
  }
  if (text.starts_with("\xEF\xBB\xBF") || text.starts_with("\xFE\xFF") || text.starts_with("\xFF\xFE")) {
    return fail(ErrorCode::json_encoding, member, "expected UTF-8 without a byte order mark, found one");
  }
  if (const std::size_t nul = text.find('\0'); nul != text.npos) {
    return fail(ErrorCode::json_encoding, member, fmt::format("expected UTF-8 text, found a NUL at byte {}", nul));
  }
  return {};
}

}  // namespace

Result<Value> parse_json(std::string_view text, const Limits& limits, std::string_view member) {
  if (auto status = check_text(text, limits, std::string(member)); !status) {
    return std::unexpected(std::move(status.error()));
  }
  NonFinite non_finite;
  const std::string_view plain = non_finite.replace(text);
  Builder builder(text, limits, member, non_finite);
  if (!nlohmann::json::sax_parse(plain.data(), plain.data() + plain.size(), &builder)) {
    return std::unexpected(builder.take_error());
  }
  return builder.take();
}

}  // namespace revive
