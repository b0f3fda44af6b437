#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "revive/serializer/json/json.h"
#include "revive/serializer/json/pointer.h"
#include "revive/serializer/json/quick.h"
#include "revive/serializer/json/reading.h"

namespace revive {
namespace {

// A text that holds bare NaN, Infinity or -Infinity, as nlohmann/json reads it, which refuses them: each is a zero of
// the same length ("0  "), remembered by its number among the numbers of the text. So positions in error messages stay
// right, and no legal document can be mistaken for one that held a NaN. Nothing is copied: the zeros are made up on the
// way.
class NonFinite {
 public:
  explicit NonFinite(std::string_view text) : text_(text) { arrive(); }

  static bool may_be_in(std::string_view text) { return text.contains("NaN") || text.contains("Infinity"); }

  // An input iterator over the text; the end is one without a text.
  class Iterator {
   public:
    // NOLINTBEGIN(readability-identifier-naming): names of the standard library
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = char;
    // NOLINTEND(readability-identifier-naming)

    explicit Iterator(NonFinite* source) : source_(source) {}

    char operator*() const { return source_->character(); }
    Iterator& operator++() {
      source_->step();
      return *this;
    }
    void operator++(int) { source_->step(); }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.done() == b.done(); }

   private:
    bool done() const { return source_ == nullptr || source_->at_ >= source_->text_.size(); }

    NonFinite* source_;
  };

  Iterator begin() { return Iterator(this); }
  static Iterator end() { return Iterator(nullptr); }

  // To be asked once for every number of the text, in order, when it has been read and the next has not.
  std::optional<double> next_number() {
    const std::size_t number = asked_++;
    if (!found_ || found_->number != number) return std::nullopt;
    return std::exchange(found_, std::nullopt)->value;
  }

 private:
  struct Found {
    std::size_t number;
    double value;
  };
  static constexpr std::string_view kSeparators = " \t\r\n,:[]{}\"";

  char character() const {
    if (at_ >= zero_end_) return text_[at_];
    return at_ == zero_begin_ ? '0' : ' ';
  }

  void step() {
    const char left = text_[at_++];
    if (in_string_) {
      in_string_ = escaped_ || left != '"';
      escaped_ = !escaped_ && left == '\\';
    } else if (left == '"') {
      in_string_ = true;
    }
    arrive();
  }

  // Where a token begins, looks at the whole of it.
  void arrive() {
    if (in_string_ || at_ < token_end_ || at_ >= text_.size() || kSeparators.contains(text_[at_])) return;
    token_end_ = std::min(text_.find_first_of(kSeparators, at_), text_.size());
    const std::string_view token = text_.substr(at_, token_end_ - at_);
    if (const auto value = value_of(token)) {
      found_ = Found{numbers_++, *value};
      zero_begin_ = at_;
      zero_end_ = token_end_;
    } else if (token.front() == '-' || (token.front() >= '0' && token.front() <= '9')) {
      ++numbers_;
    }
  }

  static std::optional<double> value_of(std::string_view token) {
    if (token == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (token == "Infinity") return std::numeric_limits<double>::infinity();
    if (token == "-Infinity") return -std::numeric_limits<double>::infinity();
    return std::nullopt;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
  std::size_t token_end_ = 0;
  std::size_t zero_begin_ = 0;
  std::size_t zero_end_ = 0;
  std::size_t numbers_ = 0;
  std::size_t asked_ = 0;
  std::optional<Found> found_;
};

// The receiver of nlohmann's SAX events. It refuses by returning false with `error` set. An open container stays
// where it is in its parent, which cannot grow meanwhile, so the stack holds plain pointers. Every block of memory is
// counted before it is taken.
class Builder {
 public:
  using json = nlohmann::json;

  Builder(std::string_view text, const Limits& limits, std::string_view member, NonFinite* non_finite)
      : text_(text), limits_(limits), member_(member), non_finite_(non_finite) {}

  Value take() { return std::move(root_); }
  Error take_error() { return std::move(*error_); }

  bool null() { return add(Value()) != nullptr; }
  bool boolean(bool value) { return add(Value(value)) != nullptr; }
  // What the lexer hands over may be kept.
  bool string(std::string& value) {
    if (!value.empty() && !take(sizeof(std::string) + kBlockOverhead + heap_bytes(value))) return false;
    return add(Value(std::move(value))) != nullptr;
  }
  bool binary(json::binary_t&) { return false; }  // Never sent for text.

  bool number_integer(std::int64_t value) {
    const auto special = next_non_finite();
    return add(special ? Value(*special) : Value(value)) != nullptr;
  }
  bool number_unsigned(std::uint64_t value) {
    if (value <= std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
      return number_integer(static_cast<std::int64_t>(value));
    }
    return refuse_integer(std::to_string(value));
  }
  bool number_float(double value, const std::string& spelling) {
    next_non_finite();
    // nlohmann falls back to a double for integers that fit no integer type.
    if (spelling.find_first_of(".eE") == std::string::npos) return refuse_integer(spelling);
    return add(Value(value)) != nullptr;
  }

  bool start_object(std::size_t) { return open(Value(Value::Object())); }
  bool start_array(std::size_t) { return open(Value(Value::Array())); }
  bool key(std::string& name) {
    Value::Object& object = open_.back()->as_object();
    const bool room = make_room(object) && take(heap_bytes(name));
    if (room) {
      object.emplace_back(std::move(name), Value());
    } else {
      error_->place = place_of(name);
    }
    return room;
  }
  bool end_array() { return close(); }
  bool end_object() {
    const auto twice = duplicate_key(open_.back()->as_object());
    if (!twice) return close();
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

  std::optional<double> next_non_finite() { return non_finite_ == nullptr ? std::nullopt : non_finite_->next_number(); }

  // Whether so much more memory may be taken.
  bool take(std::uint64_t bytes) {
    if (!fits(bytes)) return false;
    taken_ += bytes;
    return true;
  }
  bool fits(std::uint64_t bytes) {
    if (bytes <= limits_.json_memory_bytes - taken_) return true;
    return refuse(ErrorCode::limit_exceeded,
                  fmt::format("expected values that take at most {} bytes of memory (Limits::json_memory_bytes)",
                              limits_.json_memory_bytes));
  }

  // Whether there is room for one more item; the old items are held while they move.
  template <typename Item>
  bool make_room(std::vector<Item>& items) {
    if (items.size() < items.capacity()) return true;
    const std::size_t before = items.capacity();
    if (before == 0 && !take(sizeof items + 2 * kBlockOverhead)) return false;
    const std::size_t capacity = before + before / 2 + 2;
    if (!fits(capacity * sizeof(Item))) return false;
    items.reserve(capacity);
    taken_ += (capacity - before) * sizeof(Item);
    return true;
  }

  // Puts a value where the next one belongs; nullptr when there is no room.
  Value* add(Value value) {
    if (open_.empty()) return &(root_ = std::move(value));
    Value& parent = *open_.back();
    if (!parent.is_array()) return &(parent.as_object().back().second = std::move(value));
    if (!make_room(parent.as_array())) return nullptr;
    return &parent.as_array().emplace_back(std::move(value));
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
    } else if (!container.as_object().empty()) {
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
  NonFinite* non_finite_;
  Value root_;
  std::vector<Value*> open_;
  std::uint64_t taken_ = 0;
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

Result<Value> full_json(std::string_view text, const Limits& limits, std::string_view member) {
  if (auto status = check_text(text, limits, std::string(member)); !status) {
    return std::unexpected(std::move(status.error()));
  }
  std::optional<NonFinite> non_finite;
  if (NonFinite::may_be_in(text)) non_finite.emplace(text);
  Builder builder(text, limits, member, non_finite ? &*non_finite : nullptr);
  const bool read = non_finite ? nlohmann::json::sax_parse(non_finite->begin(), NonFinite::end(), &builder)
                               : nlohmann::json::sax_parse(text.data(), text.data() + text.size(), &builder);
  if (!read) return std::unexpected(builder.take_error());
  return builder.take();
}

Result<Value> parse_json(std::string_view text, const Limits& limits, std::string_view member) {
  if (auto value = quick_json(text, limits)) return *std::move(value);
  return full_json(text, limits, member);
}

}  // namespace revive
