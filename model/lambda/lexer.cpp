#include "revive/model/lambda/lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace revive {
namespace {

// Those of Python: what is none of this language is no name either.
constexpr std::array<std::string_view, 34> kKeywords = {
    "lambda",   "if",   "else",   "and",  "or",     "not",     "is",    "in",     "True",
    "False",    "None", "for",    "as",   "assert", "async",   "await", "break",  "class",
    "continue", "def",  "del",    "elif", "except", "finally", "from",  "global", "import",
    "nonlocal", "pass", "return", "try",  "while",  "with",    "yield"};
// Longer ones first where one begins another.
constexpr std::array<std::string_view, 33> kSymbols = {
    "...", "**", "//", "<<", ">>", "<=", ">=", "==", "!=", ":=", "+", "-", "*", "/", "%", "@", "<",
    ">",   "&",  "|",  "^",  "~",  "(",  ")",  "[",  "]",  "{",  "}", ",", ":", ".", "=", ";"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<std::vector<Token>> run() {
    for (;;) {
      skip_spaces();
      if (at_ == text_.size()) break;
      REVIVE_RETURN_IF_ERROR(next());
    }
    tokens_.push_back({Token::Kind::end, {}, {}, text_.size()});
    return std::move(tokens_);
  }

 private:
  void skip_spaces() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  Status next() {
    const char c = peek();
    if (at_string()) return string();
    if (is_letter(c)) {
      tokens_.push_back(word());
      return {};
    }
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
      REVIVE_ASSIGN_OR_RETURN(auto token, number());
      tokens_.push_back(std::move(token));
      return {};
    }
    for (const std::string_view symbol : kSymbols) {
      if (text_.substr(at_).starts_with(symbol)) {
        tokens_.push_back({Token::Kind::symbol, text_.substr(at_, symbol.size()), {}, at_});
        at_ += symbol.size();
        return {};
      }
    }
    return syntax_error(at_,
                        fmt::format("a character that no lambda holds, byte 0x{:02x}", static_cast<unsigned char>(c)));
  }

  Token word() {
    const std::size_t start = at_;
    while (is_letter(peek()) || is_digit(peek())) ++at_;
    const std::string_view text = text_.substr(start, at_ - start);
    const bool keyword = std::ranges::find(kKeywords, text) != kKeywords.end();
    return {keyword ? Token::Kind::keyword : Token::Kind::name, text, {}, start};
  }

  // Digits with single underscores between them, which are left out.
  void digits(std::string& out) {
    while (is_digit(peek()) || (peek() == '_' && !out.empty() && is_digit(out.back()) && is_digit(peek(1)))) {
      if (peek() != '_') out += peek();
      ++at_;
    }
  }

  // 0x1F, 0o17, 0b101.
  Result<Token> prefixed(int base) {
    const std::size_t start = at_;
    at_ += 2;
    std::string spelling;
    // One underscore may stand in front of a digit.
    for (; is_digit(peek()) || is_letter(peek()); ++at_) {
      if (peek() != '_' || peek(1) == '_' || !(is_digit(peek(1)) || is_letter(peek(1)))) spelling += peek();
    }
    std::int64_t value = 0;
    const char* const end = spelling.data() + spelling.size();
    const auto [stopped, error] = std::from_chars(spelling.data(), end, value, base);
    if (error != std::errc{} || stopped != end)
      return syntax_error(start, "an int that does not fit 64 bits or its base");
    return Token{Token::Kind::literal, text_.substr(start, at_ - start), Value(value), start};
  }

  Result<Token> number() {
    const std::size_t start = at_;
    const char prefix = peek() == '0' ? peek(1) : '\0';
    if (prefix == 'x' || prefix == 'X') return prefixed(16);
    if (prefix == 'o' || prefix == 'O') return prefixed(8);
    if (prefix == 'b' || prefix == 'B') return prefixed(2);
    std::string spelling;
    digits(spelling);
    bool real = false;
    if (peek() == '.') {
      real = true;
      spelling += '.';
      ++at_;
      digits(spelling);
    }
    const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
    if ((peek() == 'e' || peek() == 'E') && is_digit(peek(1 + sign))) {
      real = true;
      spelling += 'e';
      if (sign != 0) spelling += peek(1);
      at_ += 1 + sign;
      digits(spelling);
    }
    if (is_letter(peek())) return syntax_error(start, "a number that runs into a name");
    if (!real && spelling.front() == '0' && spelling.find_first_not_of('0') != std::string::npos) {
      return syntax_error(start, "an int must not start with 0");
    }
    Token token{Token::Kind::literal, text_.substr(start, at_ - start), {}, start};
    const char* const end = spelling.data() + spelling.size();
    if (real) {
      double value = 0.0;
      if (std::from_chars(spelling.data(), end, value).ec != std::errc{}) {
        return syntax_error(start, "a float outside the range of a double");
      }
      token.value = Value(value);
    } else {
      std::int64_t value = 0;
      if (std::from_chars(spelling.data(), end, value).ec != std::errc{}) {
        return syntax_error(start, "an int that does not fit 64 bits");
      }
      token.value = Value(value);
    }
    return token;
  }

  static bool is_quote(char c) { return c == '\'' || c == '"'; }
  bool at_format() const { return (peek() == 'f' || peek() == 'F') && is_quote(peek(1)); }
  bool at_string() const { return is_quote(peek()) || at_format(); }

  // Whether a value ends here, which the brackets of a string with fields would call.
  bool behind_value() const {
    if (tokens_.empty()) return false;
    const Token& last = tokens_.back();
    constexpr std::array<std::string_view, 7> kEnds = {")", "]", "}", "...", "None", "True", "False"};
    return last.kind == Token::Kind::name || last.kind == Token::Kind::literal ||
           std::ranges::find(kEnds, last.text) != kEnds.end();
  }

  // Adjacent literals are one string. f"a{i}" is ("a" + str(i)): the tokens of that.
  Status string() {
    const std::size_t start = at_;
    std::string value;
    bool has_fields = false;
    while (at_string()) {
      const bool is_format = at_format();
      if (is_format) ++at_;
      const std::size_t quotes = text_.substr(at_).starts_with(std::string(3, peek())) ? 3 : 1;
      const std::string_view closing = text_.substr(at_, quotes);
      const std::size_t opening = at_;
      at_ += quotes;
      while (!text_.substr(at_).starts_with(closing)) {
        const char c = peek();
        if (at_ >= text_.size() || (c == '\n' && quotes == 1)) {
          return syntax_error(opening, "a string without its closing quote");
        }
        if (is_format && (c == '{' || c == '}') && peek(1) != c) {
          if (c == '}') return syntax_error(at_, "a single } in an f-string");
          if (!has_fields && behind_value()) return syntax_error(start, "a string behind a value");
          if (!has_fields) add_symbol("(", start);
          has_fields = true;
          REVIVE_RETURN_IF_ERROR(field(value, closing));
          continue;
        }
        at_ += is_format && (c == '{' || c == '}') ? 2 : 1;
        if (c != '\\') {
          value += c;
        } else {
          REVIVE_RETURN_IF_ERROR(escape(value));
        }
      }
      at_ += quotes;
      skip_spaces();
    }
    tokens_.push_back({Token::Kind::literal, text_.substr(start, at_ - start), Value(std::move(value)), start});
    if (has_fields) add_symbol(")", start);
    return {};
  }

  void add_symbol(std::string_view symbol, std::size_t position) {
    tokens_.push_back({Token::Kind::symbol, symbol, {}, position});
  }

  // {expression} after what stands before it: before + str(expression) +
  Status field(std::string& before, std::string_view closing) {
    const std::size_t start = at_++;
    tokens_.push_back({Token::Kind::literal, {}, Value(std::exchange(before, {})), start});
    add_symbol("+", start);
    tokens_.push_back({Token::Kind::name, "str", {}, start});
    add_symbol("(", start);
    const std::size_t inside = tokens_.size();
    std::size_t open = 0;
    for (skip_spaces(); open > 0 || peek() != '}'; skip_spaces()) {
      if (at_ >= text_.size() || text_.substr(at_).starts_with(closing)) {
        return syntax_error(start, "a field of an f-string without its closing bracket");
      }
      if (open == 0 && (peek() == ':' || peek() == '=' || (peek() == '!' && peek(1) != '='))) {
        return syntax_error(at_, "an f-string that says how a value is written is not part of the language");
      }
      const std::size_t read = tokens_.size();
      const std::size_t from = at_;
      REVIVE_RETURN_IF_ERROR(next());
      const Token& token = tokens_[read];
      if (text_.substr(from, at_ - from).find_first_of("'\"") != std::string_view::npos) {
        return syntax_error(from, "a string in a field of an f-string is not part of the language");
      }
      if (token.is("(") || token.is("[") || token.is("{")) ++open;
      if (token.is(")") || token.is("]") || token.is("}")) {
        if (open == 0) return syntax_error(from, "a bracket that was not opened");
        --open;
      }
    }
    if (tokens_.size() == inside) return syntax_error(start, "an empty field of an f-string");
    ++at_;
    add_symbol(")", start);
    add_symbol("+", start);
    return {};
  }

  // After the backslash.
  Status escape(std::string& value) {
    struct Simple {
      char letter;
      char meaning;
    };
    constexpr std::array kSimple = {Simple{'\\', '\\'}, Simple{'\'', '\''}, Simple{'"', '"'},  Simple{'a', '\a'},
                                    Simple{'b', '\b'},  Simple{'f', '\f'},  Simple{'n', '\n'}, Simple{'r', '\r'},
                                    Simple{'t', '\t'},  Simple{'v', '\v'},  Simple{'0', '\0'}};
    const std::size_t start = at_ - 1;
    const char letter = peek();
    ++at_;
    const std::size_t digits = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
    if (digits > 0) return code_point(start, digits, value);
    const auto simple = std::ranges::find(kSimple, letter, &Simple::letter);
    if (simple == kSimple.end() || (letter == '0' && is_digit(peek())))
      return syntax_error(start, "an escape that strings of a lambda do not have");
    value += simple->meaning;
    return {};
  }

  // Hexadecimal digits as UTF-8.
  Status code_point(std::size_t start, std::size_t digits, std::string& value) {
    std::uint32_t code = 0;
    const std::string_view spelling = text_.substr(std::min(at_, text_.size()), digits);
    const auto [end, error] = std::from_chars(spelling.data(), spelling.data() + spelling.size(), code, 16);
    constexpr std::uint32_t kHighest = 0x10FFFF;
    const bool surrogate = code >= 0xD800 && code < 0xE000;
    if (error != std::errc{} || end != spelling.data() + digits || code > kHighest || surrogate) {
      return syntax_error(start, "an escape that is no character");
    }
    at_ += digits;
    const auto append = [&](std::uint32_t byte) { value += static_cast<char>(byte); };
    const auto continuation = [&](unsigned shift) { append(0x80u | ((code >> shift) & 0x3Fu)); };
    if (code < 0x80) {
      append(code);
    } else if (code < 0x800) {
      append(0xC0u | (code >> 6));
      continuation(0);
    } else if (code < 0x10000) {
      append(0xE0u | (code >> 12));
      continuation(6);
      continuation(0);
    } else {
      append(0xF0u | (code >> 18));
      continuation(12);
      continuation(6);
      continuation(0);
    }
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

std::unexpected<Error> syntax_error(std::size_t position, std::string message) {
  return fail(ErrorCode::expression_syntax, fmt::format("lambda: column {}", position + 1), std::move(message));
}

bool is_name(std::string_view text) {
  return !text.empty() && !is_digit(text.front()) &&
         std::ranges::all_of(text, [](char c) { return is_letter(c) || is_digit(c); }) &&
         std::ranges::find(kKeywords, text) == kKeywords.end();
}

Result<std::vector<Token>> tokenize(std::string_view text) {
  return Lexer(text).run();
}

}  // namespace revive
