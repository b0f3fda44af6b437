// only_the_target_is_touched: the target's folder and its neighbours before and after a save, over nothing, over a file
// and through a symbolic link.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "revive/properties/checks/fault_injection_file_system.h"
#include "revive/properties/checks/scenario_checks.h"

namespace revive::properties {
namespace {

namespace fs = std::filesystem;

struct Entry {
  fs::file_type type = fs::file_type::none;
  fs::perms mode = fs::perms::none;
  // Of files and folders.
  fs::file_time_type modified;
  // The bytes of a file, where a link leads.
  std::string content;
};
// By the path below the working folder.
using Snapshot = std::map<std::string, Entry>;

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Snapshot snapshot(const fs::path& root) {
  Snapshot entries;
  for (const auto& found : fs::recursive_directory_iterator(root)) {
    Entry entry;
    entry.type = found.symlink_status().type();
    entry.mode = found.symlink_status().permissions();
    if (entry.type == fs::file_type::symlink) {
      entry.content = fs::read_symlink(found.path()).string();
    } else {
      entry.modified = fs::last_write_time(found.path());
      if (entry.type == fs::file_type::regular) entry.content = bytes_of(found.path());
    }
    entries.emplace(found.path().lexically_relative(root).string(), std::move(entry));
  }
  return entries;
}

// The target, and its folder, whose time changes with every file that comes and goes.
struct Allowed {
  std::string target;
  std::string folder;
};

std::optional<std::string> change_of(const Entry& before, const Entry& after) {
  if (before.type != after.type) return "is another kind of file";
  if (before.mode != after.mode) return "has other permission bits";
  if (before.content != after.content) return "has other bytes";
  return std::nullopt;
}

std::optional<std::string> first_change(const Snapshot& before, const Snapshot& after, const Allowed& allowed) {
  for (const auto& [path, entry] : before) {
    if (path == allowed.target) continue;
    const auto found = after.find(path);
    if (found == after.end()) return path + " is gone";
    if (const auto change = change_of(entry, found->second)) return path + " " + *change;
  }
  for (const auto& [path, entry] : after) {
    if (path != allowed.target && !before.contains(path)) return path + " is new";
  }
  // Times come last: a file that comes or goes changes its folder's, and says more.
  for (const auto& [path, entry] : before) {
    if (path == allowed.target || path == allowed.folder) continue;
    if (entry.modified != after.at(path).modified) return path + " was written, though it holds the same";
  }
  return std::nullopt;
}

// Names that a careless writer might take for its own. (".revive-0.tmp" is revive's own: what stands there and is not
// locked is a leftover of a killed save, which the next one removes.)
constexpr std::string_view kNeighbours[] = {"other.keras",
                                            "model.keras.tmp",
                                            "model.keras~",
                                            "model.keras.bak",
                                            "model.keras.new",
                                            ".model.keras.swp",
                                            "model.keras.lock",
                                            "model.tmp",
                                            "model",
                                            "model.weights.h5",
                                            "config.json",
                                            "metadata.json",
                                            "assets/words.txt",
                                            "../beside/other.keras",
                                            "../beside/tmp/memory",
                                            "../model.keras",
                                            "../store/old.keras"};

void write_text(const fs::path& path, std::string_view text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

void lay_out(const fs::path& root) {
  fs::remove_all(root);
  const fs::path models = root / "models";
  fs::create_directories(models);
  for (const std::string_view name : kNeighbours) write_text((models / name).lexically_normal(), name);
  write_text(models / "existing.keras", "what stood here before");
  fs::create_symlink("../store/old.keras", models / "link.keras");
  // So that writing shows even where the clock of files is coarse.
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.is_symlink()) continue;
    fs::last_write_time(entry.path(), fs::last_write_time(entry.path()) - std::chrono::hours(1));
  }
}

struct Target {
  std::string_view what;
  std::string_view path;
  Allowed allowed;
};

Verdict check_targets(const Scene& scene) {
  const Target targets[] = {
      {"saved to a new file", "models/model.keras", {"models/model.keras", "models"}},
      {"saved over a file", "models/existing.keras", {"models/existing.keras", "models"}},
      {"saved through a symbolic link", "models/link.keras", {"store/old.keras", "store"}},
  };
  const fs::path root = fs::path(scene.folder) / "touched";
  for (const Target& target : targets) {
    lay_out(root);
    const Snapshot before = snapshot(root);
    SteppedFileSystem files(posix_file_system(), std::numeric_limits<std::size_t>::max());
    const Status status = scene.subject.save_to(scene.model, (root / target.path).string(), files);
    if (!status) return violation(target.what, status.error());
    const Snapshot after = snapshot(root);
    if (const auto change = first_change(before, after, target.allowed)) {
      return Violation{fmt::format("{}: {}", target.what, *change)};
    }
    const auto written = after.find(target.allowed.target);
    const auto stood = before.find(target.allowed.target);
    if (written == after.end() || (stood != before.end() && stood->second.content == written->second.content)) {
      return Violation{fmt::format("{}: {} does not hold the model", target.what, target.allowed.target)};
    }
  }
  return std::nullopt;
}

}  // namespace

Verdict only_the_target_is_touched(const Scene& scene) {
  try {
    return check_targets(scene);
  } catch (const fs::filesystem_error& error) {
    return Violation{fmt::format("cannot work in the folder: {}", error.what())};
  }
}

}  // namespace revive::properties
