#include "revive/tools/run/crash_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "revive/properties/property.h"
#include "revive/serializer/io/digest.h"
#include "revive/tools/console/text.h"

namespace revive::tools {
namespace {

constexpr std::size_t kFunctionsThatCount = 3;
constexpr std::string_view kEntry = "LLVMFuzzerTestOneInput";
constexpr std::string_view kTimeout = "timeout";
constexpr std::string_view kLeak = "leak";
constexpr std::string_view kOutOfMemory = "out-of-memory";
constexpr std::string_view kStackOverflow = "stack-overflow";

// Functions that report, allocate or end, and say nothing about where the bug is.
constexpr std::string_view kRuntimePrefixes[] = {
    "__sanitizer", "__asan",   "__lsan",  "__ubsan",        "__msan",       "__tsan",         "__interceptor",
    "___interc",   "fuzzer::", "__libc_", "__GI_",          "__pthread",    "pthread_",       "__assert",
    "__cxxabiv1",  "__cxa_",   "__gnu_",  "std::terminate", "operator new", "operator delete"};
constexpr std::string_view kRuntimeNames[] = {"abort",  "raise",   "gsignal", "malloc", "calloc", "realloc", "free",
                                              "memcpy", "memmove", "memset",  "memcmp", "strlen", "_start",  "main"};
constexpr std::string_view kRuntimeModules[] = {"libc.so", "libstdc++.so", "libpthread.so", "libclang_rt", "ld-linux"};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

// "(anonymous namespace)::read<int>(char const*) /src/a.cpp:3:5" is "anonymous::read", and "read /src/a.c:3" is "read".
std::string function_name(std::string_view text) {
  constexpr std::string_view kAnonymous = "(anonymous namespace)";
  std::string name;
  int templates = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.substr(at).starts_with(kAnonymous)) {
      name += "anonymous";
      at += kAnonymous.size() - 1;
      continue;
    }
    const char c = text[at];
    if (c == '<') ++templates;
    if (templates == 0 && c == '(') {
      // Of C, where no line is known: "read (/bin/target+0x1234)".
      if (name.ends_with(' ')) break;
      // Of a C++ function; templates have their result type in front.
      const std::size_t blank = name.contains("operator") ? std::string::npos : name.find_last_of(' ');
      return blank == std::string::npos ? name : name.substr(blank + 1);
    }
    if (templates == 0) name += c;
    if (c == '>' && templates > 0) --templates;
  }
  // Of C: the file comes after a blank.
  return name.substr(0, name.find(' '));
}

struct Frame {
  bool innermost;
  // Empty for one of the runtime.
  std::string function;
};

bool is_runtime(std::string_view function) {
  return std::ranges::any_of(kRuntimePrefixes, [&](std::string_view prefix) { return function.starts_with(prefix); }) ||
         std::ranges::find(kRuntimeNames, function) != std::end(kRuntimeNames);
}

// "#3 0x55d0 in read /src/a.cpp:3:5", or "#3 0x55d0 (/bin/target+0x1234)". Nothing for any other line.
std::optional<Frame> parse_frame(std::string_view line) {
  const std::size_t end = line.find_first_not_of("0123456789", 1);
  if (!line.starts_with('#') || end == 1 || end == std::string_view::npos) return {};
  Frame frame{.innermost = line.substr(1, end - 1) == "0", .function = ""};
  const std::string_view rest = trimmed(line.substr(end));
  // libFuzzer's lines of progress begin with a number, too.
  if (!rest.starts_with("0x")) return {};
  const bool of_runtime =
      std::ranges::any_of(kRuntimeModules, [&](std::string_view module) { return rest.contains(module); });
  if (of_runtime) return frame;
  constexpr std::string_view kIn = " in ";
  if (const std::size_t in = rest.find(kIn); in != std::string_view::npos) {
    frame.function = function_name(rest.substr(in + kIn.size()));
    if (is_runtime(frame.function)) frame.function.clear();
    return frame;
  }
  const std::size_t open = rest.find('(');
  const std::size_t close = rest.find(')', open);
  if (close == std::string_view::npos) return frame;
  const std::string_view module = rest.substr(open + 1, close - open - 1);
  frame.function = module.substr(module.find_last_of('/') + 1);
  return frame;
}

// "AddressSanitizer: heap-buffer-overflow /src/a.cpp:3:5 in f" is "heap-buffer-overflow".
std::string kind_of_summary(std::string_view text) {
  text = trimmed(text.substr(std::min(text.find(':'), text.size() - 1) + 1));
  if (text.contains("leaked")) return std::string(kLeak);
  std::string kind;
  for (const char c : text) {
    if (std::isalpha(static_cast<unsigned char>(c)) == 0 && c != '-' && c != ' ') break;
    kind += c;
  }
  kind = trimmed(kind.substr(0, kind.find(" in ")));
  std::ranges::replace(kind, ' ', '-');
  return kind;
}

// Not what an engine says while it works.
bool is_sentence(std::string_view line) {
  constexpr std::string_view kEngine[] = {"#",   "==",     "INFO:",       "NOTE:",   "Running:",       "Executed",
                                          "MS:", "stat::", "Dictionary:", "Reading", "artifact_prefix"};
  return !line.empty() &&
         std::ranges::none_of(kEngine, [&](std::string_view prefix) { return line.starts_with(prefix); });
}

// What a check says is its target's name and what it holds against the input, or two lines, the second with the place.
std::string sentence_of(std::span<const std::string_view> lines) {
  constexpr std::size_t kLinesThatCount = 2;
  std::string sentence;
  for (const std::string_view line : lines.first(std::min(lines.size(), kLinesThatCount))) {
    const std::size_t blank = line.find(' ');
    const bool named = sentence.empty() && line.find(": ") < blank;
    const std::string_view text = named ? line.substr(blank) : line;
    const std::string site = properties::failure_site({.message = std::string(text)});
    sentence += (sentence.empty() ? "" : " ") + site;
  }
  return sentence;
}

// Which functions of a stack tell its bug.
std::vector<std::string> telling(const CrashReport& report) {
  std::vector<std::string> all = report.functions;
  if (report.kind == kStackOverflow) {
    // Where in its circle a recursion runs out of stack is chance; who takes part in it is not.
    std::map<std::string, int> counts;
    for (const std::string& function : all) ++counts[function];
    std::erase_if(counts, [](const auto& entry) { return entry.second < 2; });
    if (!counts.empty()) {
      all.clear();
      for (const auto& [function, count] : counts) all.push_back(function);
      return all;
    }
  }
  // Without names the engine's own functions cannot be left out, so all of them count.
  const bool nameless = std::ranges::any_of(all, [](const std::string& function) { return function.contains("+0x"); });
  if (nameless) return all;
  const std::size_t count = std::min(all.size(), kFunctionsThatCount);
  // A timeout ends wherever it is; the outermost functions say what takes so long.
  if (report.kind == kTimeout) return {all.end() - static_cast<std::ptrdiff_t>(count), all.end()};
  all.resize(count);
  return all;
}

}  // namespace

std::string_view CrashReport::artifact_kind() const {
  if (kind == kTimeout || kind == kLeak) return kind;
  return kind == kOutOfMemory ? "oom" : "crash";
}

std::string CrashReport::bug() const {
  const std::string& site = sentence;
  const std::vector<std::string> functions_that_tell = telling(*this);
  const std::string all = fmt::format("{}\n{}\n{}", kind, site, fmt::join(functions_that_tell, "\n"));
  // Offsets are for machines.
  std::string where = site;
  if (where.empty() && !functions_that_tell.empty() && !functions_that_tell.front().contains("+0x")) {
    where = functions_that_tell.front();
  }
  if (kind != artifact_kind() && kind != "deadly-signal") where = kind + (where.empty() ? "" : " ") + where;
  constexpr std::size_t kDigits = 8;
  return fmt::format("{}-{}-{}", artifact_kind(),
                     where.empty() ? "bug" : properties::failure_site({.message = where, .kind = where}),
                     sha256_hex(all).substr(0, kDigits));
}

CrashReport parse_crash_report(std::string_view text) {
  CrashReport report;
  bool said = false;
  bool in_stack = false;
  bool stack_done = false;
  std::vector<std::string_view> before;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    constexpr std::string_view kSummary = "SUMMARY: ";
    if (line.starts_with(kSummary)) {
      report.summary = line;
      report.kind = kind_of_summary(line.substr(kSummary.size()));
      continue;
    }
    if (!said) {
      said = line.contains("ERROR: ") || line.contains("runtime error: ");
      if (said) {
        report.sentence = sentence_of(before);
      } else if (is_sentence(line)) {
        before.push_back(line);
      } else {
        before.clear();
      }
      continue;
    }
    if (stack_done) continue;
    const auto frame = parse_frame(line);
    if (!frame || (in_stack && frame->innermost)) {
      stack_done = in_stack;
      continue;
    }
    in_stack = true;
    if (frame->function.empty()) continue;
    report.functions.push_back(frame->function);
    // Below it is the engine.
    stack_done = frame->function == kEntry;
  }
  return report;
}

}  // namespace revive::tools
