#include "revive/tools/run/fuzz_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "revive/serializer/io/digest.h"
#include "revive/serializer/io/file.h"

namespace revive::tools {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kKinds[] = {"crash", "timeout", "oom", "leak"};
constexpr std::size_t kNameDigits = 12;

std::unexpected<Error> unwritable(const std::string& path, const std::error_code& error) {
  return fail(ErrorCode::file_unwritable, path, "cannot move or remove: " + error.message());
}

// Findings below a folder, in the order of their paths.
std::vector<std::string> findings_below(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; at != end; at.increment(error)) {
    if (at->is_regular_file(error) && kind_of_artifact(at->path().string())) files.push_back(at->path().string());
  }
  std::ranges::sort(files);
  return files;
}

Result<std::string> name_of_content(const std::string& path, std::string_view kind) {
  REVIVE_ASSIGN_OR_RETURN(const auto file, read_file(path, {}));
  const std::string_view text(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
  return fmt::format("{}-{}", kind, sha256_hex(text).substr(0, kNameDigits));
}

// Replaces what is there. A rename, and where the folders are on two disks a copy that is complete under another name
// first.
Status move_file(const std::string& from, const std::string& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (!error) return {};
  const std::string unfinished = to + ".unfinished";
  fs::copy_file(from, unfinished, fs::copy_options::overwrite_existing, error);
  if (!error) fs::rename(unfinished, to, error);
  if (error) return unwritable(to, error);
  fs::remove(from, error);
  return {};
}

}  // namespace

FuzzFindings::FuzzFindings(const std::string& corpus, const std::string& target)
    : inputs_((fs::path(corpus) / "run" / target).string()), found_((fs::path(corpus) / "found" / target).string()) {}

Status FuzzFindings::make_folders() const {
  std::error_code error;
  for (const std::string& folder : {inputs_, beside_inputs(".artifacts"), beside_inputs(".logs"), found_}) {
    fs::create_directories(folder, error);
    if (error) return fail(ErrorCode::file_unwritable, folder, "cannot make the folder: " + error.message());
  }
  return {};
}

std::vector<std::string> FuzzFindings::stored() const {
  return findings_below(found_);
}

std::vector<std::string> FuzzFindings::artifacts() const {
  return findings_below(beside_inputs(".artifacts"));
}

Result<std::string> FuzzFindings::store(const std::string& artifact, std::string_view kind) const {
  REVIVE_ASSIGN_OR_RETURN(const auto name, name_of_content(artifact, kind));
  std::string path = (fs::path(found_) / name).string();
  REVIVE_RETURN_IF_ERROR(move_file(artifact, path));
  return path;
}

Result<std::string> FuzzFindings::name_after(const std::string& path, const std::string& bug) const {
  std::string named = (fs::path(found_) / bug).string();
  if (path == named) return named;
  std::error_code error;
  // A file that is not there has the largest size there is.
  if (fs::file_size(path, error) < fs::file_size(named, error)) {
    REVIVE_RETURN_IF_ERROR(move_file(path, named));
  } else {
    fs::remove(path, error);
    if (error) return unwritable(path, error);
  }
  return named;
}

Result<std::string> FuzzFindings::retire(const std::string& path) const {
  REVIVE_ASSIGN_OR_RETURN(const auto name, name_of_content(path, "mended"));
  std::string to = (fs::path(inputs_) / name).string();
  REVIVE_RETURN_IF_ERROR(move_file(path, to));
  return to;
}

bool FuzzFindings::is_raw(const std::string& path) {
  const auto kind = kind_of_artifact(path);
  if (!kind) return false;
  const std::string digits = fs::path(path).filename().string().substr(kind->size() + 1);
  return digits.size() == kNameDigits && digits.find_first_not_of("0123456789abcdef") == std::string::npos;
}

bool FuzzFindings::was_minimized(const std::string& path) const {
  std::ifstream list(beside_inputs(".minimized"));
  const std::string name = fs::path(path).filename().string();
  for (std::string line; std::getline(list, line);) {
    if (line == name) return true;
  }
  return false;
}

Status FuzzFindings::note_minimized(const std::string& path) const {
  if (was_minimized(path)) return {};
  const std::string list = beside_inputs(".minimized");
  std::ofstream file(list, std::ios::app);
  file << fs::path(path).filename().string() << '\n';
  if (!file.flush()) return fail(ErrorCode::file_unwritable, list, "cannot write");
  return {};
}

std::string FuzzFindings::log_of(const std::string& path) const {
  return (fs::path(beside_inputs(".logs")) / (fs::path(path).filename().string() + ".log")).string();
}

std::optional<std::string> kind_of_artifact(const std::string& path) {
  const std::string name = fs::path(path).filename().string();
  for (const std::string_view kind : kKinds) {
    if (name.starts_with(kind) && name.substr(kind.size()).starts_with('-')) return std::string(kind);
  }
  return std::nullopt;
}

}  // namespace revive::tools
