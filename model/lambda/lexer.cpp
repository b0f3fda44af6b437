#include "revive/model/lambda/lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace revive {
namespace {

constexpr std::array<std::string_view, 12> kKeywords = {"lambda", "if", "else", "and",   "or",   "not",
                                                        "is",     "in", "True", "False", "None", "for"};
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
    std::vector<Token> tokens;
    for (;;) {
      while (at_ < text_.size() && is_space(text_[at_])) ++at_;
      if (at_ == text_.size()) break;
      REVIVE_ASSIGN_OR_RETURN(auto token, next());
      tokens.push_back(std::move(token));
    }
    tokens.push_back({Token::Kind::end, {}, {}, text_.size()});
    return tokens;
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  Result<Token> next() {
    const char c = peek();
    if (is_letter(c)) return word();
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number();
    if (c == '\'' || c == '"') return string();
    for (const std::string_view symbol : kSymbols) {
      if (text_.substr(at_).starts_with(symbol)) {
        Token token{Token::Kind::symbol, text_.substr(at_, symbol.size()), {}, at_};
        at_ += symbol.size();
        return token;
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
    for (; is_digit(peek()) || is_letter(peek()); ++at_) {
      if (peek() != '_') spelling += peek();
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
    if (!real && spelling.size() > 1 && spelling.front() == '0' &&
        spelling.find_first_not_of('0') != std::string::npos) {
      return syntax_error(start, "an int must not start with 0");
    }
    // from_chars wants a digit before the point and knows no sign of the exponent but '-'.
    if (spelling.front() == '.') spelling.insert(0, 1, '0');
    std::erase(spelling, '+');
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

  // Adjacent literals are one string.
  Result<Token> string() {
    const std::size_t start = at_;
    std::string value;
    while (peek() == '\'' || peek() == '"') {
      if (const Status status = quoted(value); !status) return std::unexpected(status.error());
      while (at_ < text_.size() && is_space(peek())) ++at_;
    }
    return Token{Token::Kind::literal, text_.substr(start, at_ - start), Value(std::move(value)), start};
  }

  Status quoted(std::string& value) {
    const std::size_t start = at_;
    const char quote = peek();
    ++at_;
    for (;;) {
      const char c = peek();
      if (at_ >= text_.size() || c == '\n') return syntax_error(start, "a string without its closing quote");
      ++at_;
      if (c == quote) return {};
      if (c != '\\') {
        value += c;
      } else if (const Status status = escape(value); !status) {
        return status;
      }
    }
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
