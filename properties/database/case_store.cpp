#include "revive/properties/database/case_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "revive/properties/subject.h"
#include "revive/serializer/io/digest.h"
#include "revive/serializer/io/file.h"

namespace revive::properties {
namespace {

namespace fs = std::filesystem;

// A subject may be a whole command line. What cannot stand in a file name makes a name of its own.
std::string file_name_of(const std::string& subject) {
  constexpr std::size_t kLongest = 40;
  constexpr std::size_t kDigits = 8;
  std::string name;
  for (const char c : subject) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (plain) {
      name += c;
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
  }
  if (name == subject && name.size() <= kLongest) return name;
  return fmt::format("{}-{}", name.substr(0, kLongest), sha256_hex(subject).substr(0, kDigits));
}

// Whether `fresh` says more than what is stored: it fails again and the other does not, or its choices are simpler. A
// case without choices gives way.
bool gives_way(const StoredCase& stored, const StoredCase& fresh) {
  if (!stored.repeats) return true;
  if (!fresh.repeats) return false;
  const auto old_choices = values_from_hex(stored.choices);
  const auto new_choices = values_from_hex(fresh.choices);
  if (stored.choices.empty() || !stored.choices_current || !old_choices) return true;
  return new_choices && simpler(*new_choices, *old_choices);
}

}  // namespace

CaseStore::CaseStore(const std::string& folder, std::string subject) : subject_(std::move(subject)) {
  folder_ = (subject_ == kOwnSubject ? fs::path(folder) : fs::path(folder) / file_name_of(subject_)).string();
}

std::vector<std::string> CaseStore::files_of(std::string_view property) const {
  std::vector<std::string> files;
  std::error_code error;
  const std::string prefix = fmt::format("{}-", property);
  for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.starts_with(prefix) && name.ends_with(kCaseExtension) && at->is_regular_file(error)) {
      files.push_back(at->path().string());
    }
  }
  std::ranges::sort(files);
  return files;
}

Result<std::string> CaseStore::put(const StoredCase& the_case, const Violation& violation,
                                   const std::function<bool(const StoredCase&)>& still_fails) const {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) return fail(ErrorCode::file_unwritable, folder_, "cannot make the folder: " + error.message());
  const std::string name = fmt::format("{}-{}{}", the_case.property, failure_site(violation), kCaseExtension);
  std::string path = (fs::path(folder_) / name).string();
  if (const auto stored = read_case(path); stored && !gives_way(*stored, the_case) && still_fails(*stored)) return path;
  REVIVE_RETURN_IF_ERROR(write_case(path, the_case));
  return path;
}

Result<StoredCase> read_case(const std::string& path) {
  REVIVE_ASSIGN_OR_RETURN(const auto file, read_file(path, {}));
  auto stored = parse_case({reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()});
  if (!stored) return std::unexpected(stored.error().within(path + ": "));
  return stored;
}

Status write_case(const std::string& path, const StoredCase& the_case) {
  const std::string text = print_case(the_case);
  return write_file_atomically(posix_file_system(), path, std::as_bytes(std::span(text)));
}

}  // namespace revive::properties
