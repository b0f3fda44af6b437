#include "revive/tools/run/fuzz_inputs.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

namespace revive::tools {
namespace {

namespace fs = std::filesystem;

// The files of a folder that hold this.
std::vector<fs::path> files_with(const std::string& content, const std::string& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; at != end; at.increment(error)) {
    std::error_code unreadable;
    const bool same_size = at->is_regular_file(unreadable) && at->file_size(unreadable) == content.size();
    if (same_size && read_whole(at->path().string()) == content) found.push_back(at->path());
  }
  return found;
}

void remove_all_of(const std::vector<fs::path>& files) {
  std::error_code gone_already;
  for (const fs::path& file : files) fs::remove(file, gone_already);
}

}  // namespace

FuzzInputs::FuzzInputs(std::string kept, std::string seeds, std::string copy)
    : kept_(std::move(kept)), seeds_(std::move(seeds)), copy_(std::move(copy)) {}

Status FuzzInputs::leave_out(const std::string& path) {
  const std::string content = read_whole(path);
  remove_all_of(files_with(content, kept_));
  if (files_with(content, seeds_).empty()) return {};
  // The seeds are the build's, so it is a copy that is without this one.
  if (seeds_ != copy_) {
    std::error_code error;
    fs::remove_all(copy_, error);
    fs::copy(seeds_, copy_, fs::copy_options::recursive, error);
    if (error) return fail(ErrorCode::file_unwritable, copy_, "cannot copy the seeds here: " + error.message());
    seeds_ = copy_;
  }
  remove_all_of(files_with(content, copy_));
  return {};
}

std::string read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace revive::tools
