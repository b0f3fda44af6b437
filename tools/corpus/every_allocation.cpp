#include "revive/tools/corpus/every_allocation.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace revive::tools {
namespace {

constexpr std::string_view kOld = "as it was";

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

WatchedTarget::WatchedTarget(std::string folder) : folder_(std::move(folder)), path_(folder_ + "/target.keras") {}

void WatchedTarget::put() const {
  std::ofstream(path_, std::ios::binary) << kOld;
}

std::optional<std::string> WatchedTarget::wrong_after(JobEnd end) const {
  const auto files = std::distance(std::filesystem::directory_iterator(folder_), {});
  if (files != 1) return fmt::format("{} files where the target was alone", files);
  if (end == JobEnd::error && content_of(path_) != kOld) return "the target is not as it was";
  return std::nullopt;
}

}  // namespace revive::tools
