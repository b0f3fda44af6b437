#include "revive/tools/corpus/replay_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace revive::tools {
namespace {

namespace fs = std::filesystem;

// In the order of their names, so that two runs say the same.
std::vector<std::string> files_below(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; at != end; at.increment(error)) {
    if (at->is_regular_file(error) && can_be_judged(at->path().string())) files.push_back(at->path().string());
  }
  std::ranges::sort(files);
  return files;
}

ReplayItem item_for(const std::string& path, const Manifest* manifest) {
  const auto file = manifest == nullptr ? std::nullopt : manifest->file_of(path);
  if (!file || is_working_file(*file)) return {path, ReplayItem::Expect::sound, {}};
  const ManifestEntry* entry = manifest->find(*file);
  if (entry == nullptr) return {path, ReplayItem::Expect::listed, {}};
  return {path, ReplayItem::Expect::recorded, entry->verdict};
}

}  // namespace

bool is_working_file(std::string_view file) {
  return std::ranges::any_of(kWorkingFolders, [&](std::string_view folder) {
    return file.starts_with(folder) && file.substr(folder.size()).starts_with('/');
  });
}

std::vector<ReplayItem> plan_manifest(const Manifest& manifest) {
  std::vector<ReplayItem> items;
  for (const ManifestEntry& entry : manifest.entries()) {
    items.push_back({manifest.path_of(entry.file), ReplayItem::Expect::recorded, entry.verdict});
  }
  const std::string folder = fs::path(manifest.path()).parent_path().string();
  for (const std::string& path : files_below(folder.empty() ? "." : folder)) {
    ReplayItem item = item_for(path, &manifest);
    if (item.expect == ReplayItem::Expect::listed) items.push_back(std::move(item));
  }
  return items;
}

Result<std::vector<ReplayItem>> plan_paths(const std::vector<std::string>& paths, const Manifest* manifest) {
  std::vector<ReplayItem> items;
  for (const std::string& path : paths) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) return fail(ErrorCode::file_unreadable, path, "no such file or folder");
    if (fs::is_directory(status)) {
      for (const std::string& file : files_below(path)) items.push_back(item_for(file, manifest));
    } else if (can_be_judged(path)) {
      items.push_back(item_for(path, manifest));
    } else {
      return fail(ErrorCode::usage, path,
                  "expected an archive (.keras), a .case file or a folder; what a fuzzer found "
                  "is replayed by its target: build/fuzz/fuzz/TARGET FILE");
    }
  }
  return items;
}

std::optional<std::string> objection(const ReplayItem& item, const Judgement& judgement) {
  if (!judgement.verdict) return judgement.sentence;
  switch (item.expect) {
    case ReplayItem::Expect::listed:
      return fmt::format("{}: not in the manifest; `revive promote {} --reason TEXT` records that it now {}", item.path,
                         item.path, to_string(*judgement.verdict));
    case ReplayItem::Expect::sound:
      if (judgement.verdict->kind != Verdict::Kind::violated) return std::nullopt;
      return judgement.sentence;
    case ReplayItem::Expect::recorded: break;
  }
  if (*judgement.verdict == item.verdict) return std::nullopt;
  return fmt::format("{}: expected {}, found {}: {}", item.path, to_string(item.verdict), to_string(*judgement.verdict),
                     judgement.sentence);
}

}  // namespace revive::tools
