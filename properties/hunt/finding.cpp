#include "revive/properties/hunt/finding.h"

#include <fmt/format.h>

#include <cctype>

#include "revive/properties/choices/recording.h"
#include "revive/serializer/io/digest.h"

namespace revive::properties::hunt {

bool has_word(std::string_view text, std::string_view word) {
  const auto is_of_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  if (word.empty()) return false;
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    // An attribute may have the name of its argument behind an underscore.
    const bool begins =
        at == 0 || !is_of_word(text[at - 1]) || (text[at - 1] == '_' && (at == 1 || !is_of_word(text[at - 2])));
    const std::size_t end = at + word.size();
    if (begins && (end == text.size() || !is_of_word(text[end]))) return true;
  }
  return false;
}

bool is_of_argument(std::string_view attribute, std::string_view parameter) {
  if (has_word(attribute, parameter)) return true;
  return attribute.ends_with(parameter) && attribute.size() > parameter.size() &&
         attribute[attribute.size() - parameter.size() - 1] == '_';
}

std::string file_name_of(const std::string& key) {
  constexpr std::size_t kLongest = 60;
  constexpr std::size_t kDigits = 6;
  std::string name;
  for (const char c : key) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
    if (plain) {
      name += c;
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
    if (name.size() == kLongest) break;
  }
  return fmt::format("{}-{}", name, sha256_hex(key).substr(0, kDigits));
}

Value finding_to_value(const Finding& finding) {
  Value::Array features;
  for (const Feature& feature : finding.program.features()) features.emplace_back(feature.text());
  return Value::Object{
      {"site", finding.key},
      {"oracle", finding.site.oracle},
      {"format", finding.site.format},
      {"stage", finding.site.stage},
      {"path", finding.site.path},
      {"before", finding.site.before},
      {"after", finding.site.after},
      {"said", finding.said},
      {"layers", static_cast<std::int64_t>(finding.program.layers())},
      {"arguments", std::move(features)},
      {"also", Value::Array(finding.sites.begin(), finding.sites.end())},
      {"formats", Value::Array(finding.formats.begin(), finding.formats.end())},
      {"cases", static_cast<std::int64_t>(finding.cases)},
      {"case", static_cast<std::int64_t>(finding.case_number)},
      {"tries", static_cast<std::int64_t>(finding.tries)},
      {"choices", to_hex(finding.choices)},
  };
}

}  // namespace revive::properties::hunt
