#include "model/expression_lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace revive {
namespace {

constexpr std::array<std::string_view, 12> kKeywords = {"lambda", "if", "else", "and",   "or",   "not",
                                                        "is",     "in", "True", "False", "None", "for"};
// Longer ones first where one begins another.
constexpr std::array<std::string_view, 31> kSymbols = {"...", "**", "//", "<<", ">>", "<=", ">=", "==", "!=", ":=", "+",
                                                       "-",   "*",  "/",  "%",  "@",  "<",  ">",  "&",  "|",  "^",  "~",
                                                       "(",   ")",  "[",  "]",  ",",  ":",  ".",  "=",  ";"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<std::vector<Token>> run() {
    std::vector<Token> tokens;
    for (;;) {
      while (at_ < text_.size() &&
             (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
        ++at_;
      }
      if (at_ == text_.size()) break;
      auto token = next();
      if (!token) return std::unexpected(std::move(token.error()));
      tokens.push_back(*std::move(token));
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
    if (c == '\'' || c == '"') return string(c);
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

  Result<Token> number() {
    const std::size_t start = at_;
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

  Result<Token> string(char quote) {
    const std::size_t start = at_++;
    std::string value;
    for (;;) {
      const char c = peek();
      if (at_ >= text_.size() || c == '\n') return syntax_error(start, "a string without its closing quote");
      ++at_;
      if (c == quote) break;
      if (c == '\\') return syntax_error(at_ - 1, "a backslash: strings of a lambda are plain");
      value += c;
    }
    return Token{Token::Kind::literal, text_.substr(start, at_ - start), Value(std::move(value)), start};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::unexpected<Error> syntax_error(std::size_t position, std::string message) {
  return fail(ErrorCode::expression_syntax, fmt::format("lambda: column {}", position + 1), std::move(message));
}

Result<std::vector<Token>> tokenize(std::string_view text) {
  return Lexer(text).run();
}

}  // namespace revive
