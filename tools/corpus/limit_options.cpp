#include "revive/tools/corpus/limit_options.h"

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <string_view>

namespace revive::tools {
namespace {

struct LimitOption {
  std::string_view option;
  // As messages of the library name it.
  std::string_view limit;
  std::uint64_t Limits::* member;
  std::string_view help;
};

constexpr std::array kLimitOptions = {
    LimitOption{"--max-archive-bytes", "Limits::archive_bytes", &Limits::archive_bytes, "Read a file as large as this"},
    LimitOption{"--max-inflated-bytes", "Limits::inflated_bytes", &Limits::inflated_bytes,
                "Let deflated members inflate to this together"},
    LimitOption{"--max-json-bytes", "Limits::json_bytes", &Limits::json_bytes, "Read a config.json as large as this"},
    LimitOption{"--max-json-memory-bytes", "Limits::json_memory_bytes", &Limits::json_memory_bytes,
                "Let a parsed config.json take this much memory"},
    LimitOption{"--max-activation-elements", "Limits::activation_elements", &Limits::activation_elements,
                "Run a model whose largest value has this many elements a sample"},
    LimitOption{"--max-multiply-adds", "Limits::multiply_adds", &Limits::multiply_adds,
                "Run a model that takes this many multiply-adds a sample"},
};

}  // namespace

void add_limit_options(Arguments& app, Limits& limits) {
  for (const LimitOption& each : kLimitOptions) {
    app.add_option(std::string(each.option), limits.*each.member, std::string(each.help) + " (5000, 64M, 8G, ...)")
        .size()
        .capture_default_str();
  }
}

Error with_option(Error error) {
  if (error.code != ErrorCode::limit_exceeded) return error;
  for (const LimitOption& each : kLimitOptions) {
    const std::string named = fmt::format("({})", each.limit);
    const std::size_t at = error.message.find(named);
    if (at == std::string::npos) continue;
    error.message.insert(at + named.size() - 1, fmt::format(", raised by {}", each.option));
    break;
  }
  return error;
}

Limits limits_for(const std::string& path, const Limits& limits) {
  std::error_code none;
  const auto bytes = std::filesystem::file_size(path, none);
  return none ? limits : limits.for_file(bytes);
}

}  // namespace revive::tools
