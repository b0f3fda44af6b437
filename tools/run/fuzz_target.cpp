#include "revive/tools/run/fuzz_target.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <memory>

#include "revive/serializer/io/file.h"

namespace revive::tools {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBlank = " \t\r";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(trimmed(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

Result<std::string> read_text(const std::string& path) {
  REVIVE_ASSIGN_OR_RETURN(const auto file, read_file(path, {}));
  return std::string(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
}

std::uint64_t number_at(std::string_view text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), std::to_address(text.end()), number);
  return number;
}

// The number after " key: "; 0 when there is none.
std::uint64_t number_after(std::string_view line, std::string_view key) {
  const std::size_t at = line.find(fmt::format(" {}: ", key));
  return at == std::string_view::npos ? 0 : number_at(line.substr(at + key.size() + 3));
}

Result<FuzzTarget> target_named(const std::string& name, const std::string& folder) {
  std::error_code ignored;
  FuzzTarget target{.name = name, .program = (fs::path(folder) / name).string(), .flags = {}, .seeds = ""};
  if (!fs::exists(target.program, ignored))
    return fail(ErrorCode::file_unreadable, target.program, "the target is not built");
  if (const std::string options = target.program + ".options"; fs::exists(options, ignored)) {
    REVIVE_ASSIGN_OR_RETURN(const auto text, read_text(options));
    target.flags = flags_from_options(text, folder);
  }
  const std::string seeds = (fs::path(folder) / "seeds" / name).string();
  if (fs::exists(seeds, ignored)) target.seeds = seeds;
  return target;
}

}  // namespace

Result<std::vector<FuzzTarget>> find_fuzz_targets(const std::string& build, const std::vector<std::string>& names) {
  const std::string list = (fs::path(build) / "fuzz_targets.txt").string();
  const auto text = read_text(list);
  if (!text) {
    Error error = text.error();
    error.message += "; `cmake --preset fuzz && cmake --build --preset fuzz` makes the targets";
    return std::unexpected(std::move(error));
  }
  std::vector<std::string> known;
  for (const std::string_view line : lines_of(*text)) {
    if (!line.empty()) known.emplace_back(line);
  }
  std::vector<FuzzTarget> targets;
  for (const std::string& name : names.empty() ? known : names) {
    if (std::ranges::find(known, name) == known.end()) {
      return fail(ErrorCode::usage, "",
                  fmt::format("{} has no target {}; there are {}", build, name, fmt::join(known, ", ")));
    }
    REVIVE_ASSIGN_OR_RETURN(auto target, target_named(name, (fs::path(build) / "fuzz").string()));
    targets.push_back(std::move(target));
  }
  return targets;
}

std::vector<std::string> flags_from_options(std::string_view text, const std::string& folder) {
  std::vector<std::string> flags;
  bool ours = false;
  for (const std::string_view line : lines_of(text)) {
    if (line.starts_with('[')) ours = line == "[libfuzzer]";
    const std::size_t equals = line.find('=');
    if (!ours || line.starts_with('#') || equals == std::string_view::npos) continue;
    const std::string_view key = trimmed(line.substr(0, equals));
    const std::string value(trimmed(line.substr(equals + 1)));
    flags.push_back(fmt::format("-{}={}", key, key == "dict" ? (fs::path(folder) / value).string() : value));
  }
  return flags;
}

std::optional<FuzzStatus> parse_fuzz_status(std::string_view line) {
  // A frame of a stack begins with its number, too, and a blank.
  const std::size_t end = std::min(line.find_first_not_of("0123456789", 1), line.size());
  if (!line.starts_with('#') || end == 1 || !line.substr(end).starts_with('\t')) return std::nullopt;
  return FuzzStatus{number_at(line.substr(1)), number_after(line, "ft"), number_after(line, "corp")};
}

FuzzStatus last_fuzz_status(std::string_view log) {
  const auto lines = lines_of(log);
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    if (const auto status = parse_fuzz_status(*line)) return *status;
  }
  return {};
}

}  // namespace revive::tools
