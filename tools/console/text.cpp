#include "revive/tools/console/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "revive/model/base/printable.h"
#include "revive/serializer/json/json.h"

namespace revive::tools {

std::string thousands(std::int64_t number) {
  std::string digits = fmt::format("{}", number);
  const std::size_t sign = digits.starts_with('-') ? 1 : 0;
  for (std::size_t at = digits.size(); at > sign + 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string counted(std::int64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", thousands(count), noun, count == 1 ? "" : "s");
}

std::string last_line(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  return std::string(text.substr(text.find_last_of('\n') + 1));
}

std::string shell_word(std::string_view word) {
  const auto is_plain = [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("_./-+,:=@%").find(static_cast<char>(c)) != std::string_view::npos;
  };
  if (!word.empty() && std::ranges::all_of(word, is_plain)) return std::string(word);
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

std::string shortened(std::string_view text) {
  constexpr std::size_t kLongest = 16 << 10;
  constexpr std::size_t kKept = kLongest / 2;
  if (text.size() <= kLongest) return std::string(text);
  const auto is_inside = [&](std::size_t at) { return (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80; };
  std::size_t end = kKept;
  std::size_t start = text.size() - kKept;
  while (end > 0 && is_inside(end)) --end;
  while (start < text.size() && is_inside(start)) ++start;
  return fmt::format("{} ... ({} bytes left out) ... {}", text.substr(0, end), start - end, text.substr(start));
}

std::string table(std::vector<std::vector<std::string>> rows) {
  // Else one long name would be paid for in every row.
  constexpr std::size_t kWidest = 160;
  std::vector<std::size_t> widths;
  for (auto& row : rows) {
    for (std::string& cell : row) cell = printable(cell);
  }
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (row[i].size() <= kWidest) widths[i] = std::max(widths[i], row[i].size());
    }
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += fmt::format("{:<{}}  ", row[i], widths[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

std::string markdown_table(const std::vector<std::vector<std::string>>& rows) {
  std::string text;
  for (const auto& row : rows) {
    text += fmt::format("| {} |\n", fmt::join(row, " | "));
    if (&row != rows.data()) continue;
    for (std::size_t i = 0; i < row.size(); ++i) text += "|---";
    text += "|\n";
  }
  return text;
}

std::string capture_text(const Capture& capture) {
  if (const auto* tensor = std::get_if<Tensor>(&capture)) {
    return fmt::format("{} array {}", name_of(tensor->dtype()), to_string(tensor->dims()));
  }
  if (const auto* function = std::get_if<Function>(&capture)) return function->text;
  return print_json(std::get<Value>(capture));
}

std::string lambda_text(const LambdaFunction& expression) {
  if (!expression.annotation) return "lambda x: " + expression.graph.to_text();
  std::vector<std::string> captures;
  for (const auto& [name, value] : expression.annotation->captures) {
    captures.push_back(fmt::format("{} = {}", name, capture_text(value)));
  }
  if (captures.empty()) return expression.annotation->text;
  return fmt::format("{}   with {}", expression.annotation->text, fmt::join(captures, ", "));
}

}  // namespace revive::tools
