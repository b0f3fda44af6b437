#include "revive/tools/report/hunt_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "revive/tools/console/text.h"
#include "revive/tools/report/junit.h"

namespace revive::tools {
namespace {

using properties::hunt::Finding;
using properties::hunt::Oracle;

std::string text_of(const Value& hello, std::string_view key) {
  const Value* const found = hello.find(key);
  return found != nullptr && found->is_string() ? found->as_string() : "";
}

std::string who(const Value& hello) {
  return fmt::format("Keras {}, backend {}, NumPy {}, Python {}", text_of(hello, "keras"), text_of(hello, "backend"),
                     text_of(hello, "numpy"), text_of(hello, "python"));
}

std::size_t parameters(const HuntReport& report) {
  return report.exercised.size() + report.not_exercised.size();
}

// Small is what a reader takes in at once.
bool is_small(const Finding& finding) {
  return finding.program.layers() <= 2 && finding.program.features().size() <= 2;
}

std::int64_t small_findings(const HuntReport& report) {
  return std::ranges::count_if(report.findings, is_small);
}

std::string end_of(const HuntReport& report) {
  if (report.interrupted_by == 0) return "";
  return fmt::format("; ended early by signal {} ({})", report.interrupted_by, strsignal(report.interrupted_by));
}

// Where the text ends that is put on one line of a report.
std::string brief(const std::string& text) {
  constexpr std::size_t kMost = 300;
  std::string line = text.substr(0, std::min(text.find('\n'), kMost));
  return line.size() < text.size() ? line + " ..." : line;
}

std::string what_happened(const Finding& finding) {
  if (finding.site.before.empty()) return brief(finding.site.after);
  return fmt::format("{} was {} and is {}", finding.site.path, brief(finding.site.before), brief(finding.site.after));
}

std::string finding_markdown(const Finding& finding) {
  return fmt::format(
      "## {}\n\n{} ({}/{}): {}\n\n{}, {}; seen in {} as {}; also in {}.\n\n```python\n{}```\n\nIt says: `{}`\n\n",
      finding.key, finding.site.oracle, finding.site.format, finding.site.stage, what_happened(finding),
      counted(static_cast<std::int64_t>(finding.program.layers()), "layer"),
      counted(static_cast<std::int64_t>(finding.program.features().size()), "argument"),
      counted(static_cast<std::int64_t>(finding.cases), "case"), fmt::join(finding.formats, ", "),
      counted(static_cast<std::int64_t>(finding.sites.size()), "site"), finding.text, brief(finding.said));
}

}  // namespace

std::string finding_text(const Finding& finding, const std::string& folder) {
  return fmt::format("FOUND {}\n  {}\n  {}/{}/program.py\n", finding.key, what_happened(finding), folder,
                     properties::hunt::file_name_of(finding.key));
}

std::string hunt_summary(const HuntReport& report) {
  return fmt::format(
      "{} with seed {}, {} refused by Keras; {}, {} small; {} known; {} not confirmed; {} of {} "
      "parameters exercised{}\n",
      counted(static_cast<std::int64_t>(report.cases), "case"), report.seed, report.refused,
      counted(static_cast<std::int64_t>(report.findings.size()), "finding"), small_findings(report),
      report.known.size(), report.unconfirmed, report.exercised.size(), parameters(report), end_of(report));
}

std::string hunt_markdown(const HuntReport& report) {
  std::string text = fmt::format("# What the hunt found\n\n{}", who(report.hello));
  if (!report.other.is_null()) text += fmt::format("; loaded by {}", who(report.other));
  text += fmt::format(".\n\n{}\n", hunt_summary(report));
  // Of all jobs together.
  const double seconds = std::max(report.seconds * report.jobs, 1e-9);
  text += fmt::format(
      "{:.1f} s, {}, {:.0f} % of it shrinking, {:.0f} % running programs alone; {:.1f} cases a second in the rest. {} "
      "wait.\n\n",
      report.seconds, counted(report.jobs, "job"), 100 * report.shrink_seconds / seconds,
      100 * report.confirm_seconds / seconds,
      static_cast<double>(report.cases) / std::max(seconds - report.shrink_seconds - report.confirm_seconds, 1e-9),
      counted(static_cast<std::int64_t>(report.waiting.size()), "site"));
  for (const Finding& finding : report.findings) text += finding_markdown(finding);
  if (!report.known.empty()) {
    text += "## Known, and met again\n\n";
    for (const auto& [site, count] : report.known)
      text += fmt::format("- {} ({})\n", site, counted(static_cast<std::int64_t>(count), "case"));
    text += '\n';
  }
  if (!report.gone.empty()) {
    text += "## Known, and no longer so\n\n";
    for (const std::string& site : report.gone) text += fmt::format("- {}\n", site);
    text += '\n';
  }
  if (!report.unconfirmed_sites.empty()) {
    text += "## Seen, and not when the program ran alone\n\n";
    for (const std::string& site : report.unconfirmed_sites) text += fmt::format("- {}\n", site);
    text += '\n';
  }
  if (!report.not_judged.empty()) {
    text += "## Not judged, as the worker had no answer\n\n";
    for (const auto& [said, count] : report.not_judged) text += fmt::format("- {} times: {}\n", count, said);
    text += '\n';
  }
  if (!report.waiting.empty()) {
    text += "## Met, and not shrunk when time was up\n\n";
    for (const std::string& site : report.waiting) text += fmt::format("- {}\n", site);
    text += '\n';
  }
  text += "## Not exercised\n\n";
  for (const auto& [name, reason] : report.skipped) text += fmt::format("- {}: {}\n", name, reason);
  for (const std::string& name : report.not_exercised) {
    const auto refused = report.refused_parameters.find(name);
    text += fmt::format("- {}: {}\n", name,
                        refused != report.refused_parameters.end() ? "Keras refuses it: " + refused->second
                                                                   : "nothing is known to give, or no case came to it");
  }
  text += "\n## What Keras refused most\n\n";
  std::vector<std::pair<std::uint64_t, std::string>> refusals;
  for (const auto& [reason, count] : report.refusals) refusals.emplace_back(count, reason);
  std::ranges::sort(refusals, std::greater());
  constexpr std::size_t kShown = 20;
  for (std::size_t i = 0; i < std::min(kShown, refusals.size()); ++i) {
    text += fmt::format("- {} times: {}\n", refusals[i].first, refusals[i].second);
  }
  return text;
}

std::string hunt_junit(const HuntReport& report) {
  const std::string subject = who(report.hello);
  std::string cases;
  std::int64_t failed = 0;
  for (const Oracle& oracle : properties::hunt::all_oracles()) {
    std::string inside;
    for (const Finding& finding : report.findings) {
      if (finding.site.oracle != oracle.name) continue;
      inside +=
          fmt::format("    <failure message=\"{}\">{}</failure>\n", xml_text(finding.key), xml_text(finding.text));
    }
    failed += inside.empty() ? 0 : 1;
    cases += fmt::format("  <testcase classname=\"{}\" name=\"{}\">\n{}  </testcase>\n", xml_text(subject),
                         xml_text(oracle.sentence), inside);
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuite name=\"revive hunt\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\">\n{}</testsuite>\n",
      properties::hunt::all_oracles().size(), failed, cases);
}

Value hunt_to_value(const HuntReport& report) {
  Value::Array findings;
  for (const Finding& finding : report.findings) findings.push_back(finding_to_value(finding));
  Value::Object known;
  for (const auto& [site, count] : report.known) known.emplace_back(site, static_cast<std::int64_t>(count));
  Value::Object not_judged;
  for (const auto& [said, count] : report.not_judged) not_judged.emplace_back(said, static_cast<std::int64_t>(count));
  return Value::Object{{"subject", report.hello},
                       {"other", report.other},
                       {"seed", static_cast<std::int64_t>(report.seed)},
                       {"until", report.until},
                       {"cases", static_cast<std::int64_t>(report.cases)},
                       {"refused", static_cast<std::int64_t>(report.refused)},
                       {"unconfirmed", static_cast<std::int64_t>(report.unconfirmed)},
                       {"not_judged", std::move(not_judged)},
                       {"findings", std::move(findings)},
                       {"known", std::move(known)},
                       {"interrupted_by", std::int64_t{report.interrupted_by}},
                       {"gone", Value::Array(report.gone.begin(), report.gone.end())},
                       {"exercised", static_cast<std::int64_t>(report.exercised.size())},
                       {"not_exercised", Value::Array(report.not_exercised.begin(), report.not_exercised.end())}};
}

}  // namespace revive::tools
