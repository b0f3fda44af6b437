#include "revive/tools/report/junit.h"

#include <fmt/format.h>

#include <algorithm>

#include "revive/model/base/utf8.h"
#include "revive/tools/report/failure_report.h"

namespace revive::tools {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

// Of a code point that needs more than copying; nothing for one that does not.
std::optional<std::string> entity(char32_t code) {
  switch (code) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    // As characters, these would be one blank in an attribute.
    case '\t':
    case '\n':
    case '\r': return fmt::format("&#{};", static_cast<unsigned>(code));
  }
  if (code < 0x20 || code == 0xfffe || code == 0xffff) return std::string(kReplacement);
  return std::nullopt;
}

std::string test_case(const PropertyOutcome& outcome, std::string_view subject) {
  std::string inside;
  if (outcome.skipped) inside = fmt::format("    <skipped message=\"{}\"/>\n", xml_text(*outcome.skipped));
  if (outcome.failed()) {
    const std::string message = outcome.failure ? outcome.failure->found.violation.message : *outcome.trouble;
    const std::string text = outcome.failure ? failure_text(outcome) : "";
    inside = fmt::format("    <failure message=\"{}\">{}</failure>\n", xml_text(message), xml_text(text));
  }
  return fmt::format("  <testcase classname=\"{}\" name=\"{}\">\n{}  </testcase>\n", xml_text(subject),
                     xml_text(outcome.property->name), inside);
}

}  // namespace

std::string xml_text(std::string_view text) {
  std::string escaped;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    const auto code = next_code_point(text, at);
    if (!code) {
      escaped += kReplacement;
    } else if (const auto replaced = entity(*code)) {
      escaped += *replaced;
    } else {
      escaped += text.substr(start, at - start);
    }
  }
  return escaped;
}

std::string junit_xml(const SessionReport& report, std::string_view subject) {
  const auto& outcomes = report.outcomes;
  std::string text = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuite name=\"revive properties\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\">\n",
      outcomes.size(), std::ranges::count_if(outcomes, &PropertyOutcome::failed),
      std::ranges::count_if(outcomes, [](const auto& outcome) { return outcome.skipped.has_value(); }));
  for (const PropertyOutcome& outcome : outcomes) text += test_case(outcome, subject);
  return text + "</testsuite>\n";
}

}  // namespace revive::tools
