#include <array>
#include <string>

#include "revive/properties/faults/fault_injectors.h"
#include "revive/properties/faults/fault_lists.h"
#include "revive/serializer/keras_archive.h"

namespace revive::properties::faults {
namespace {

// How a writer goes about it; revive's way is none of these.
struct Habits {
  bool writes_in_place = false;
  bool leaves_temporary = false;
  bool keeps_stale_temporary = false;
  bool forgets_mode = false;
  bool replaces_link = false;
  bool forgets_sync = false;
  bool forgets_folder = false;
  // Below the target's name.
  const char* temporary = ".revive-part";
  const char* also_writes = nullptr;
};

Status refused(const std::string& path, std::error_code reason) {
  return fail(ErrorCode::file_unwritable, path, reason.message());
}

struct Writing {
  std::optional<FileSystem::Access> access = {};
  bool replaces = true;
  bool syncs = true;
};

Status write_whole(FileSystem& files, const std::string& path, std::span<const std::byte> bytes,
                   const Writing& writing) {
  auto file = files.create(path, writing.access);
  if (!file && writing.replaces && file.error() == std::errc::file_exists) {
    if (const auto reason = files.unlink(path)) return refused(path, reason);
    file = files.create(path, writing.access);
  }
  if (!file) return refused(path, file.error());
  std::error_code reason;
  while (!bytes.empty() && !reason) {
    const auto count = files.write(*file, bytes);
    count ? static_cast<void>(bytes = bytes.subspan(*count)) : static_cast<void>(reason = count.error());
  }
  if (!reason && writing.syncs) reason = files.sync(*file);
  const std::error_code closed = files.close(*file);
  if (!reason) reason = closed;
  return reason ? refused(path, reason) : Status();
}

Status save_with_habits(const Habits& habits, const Sequential& model, const std::string& path, FileSystem& files) {
  REVIVE_ASSIGN_OR_RETURN(const auto archive, save_bytes(model));
  const auto target = files.resolve(path);
  if (!target) return refused(path, target.error());
  const std::string end = habits.replaces_link ? path : target->path;
  const std::string temporary = habits.writes_in_place ? end : end + habits.temporary;
  Status status = write_whole(files, temporary, archive.bytes(),
                              {.access = habits.forgets_mode ? std::nullopt : target->access,
                               .replaces = !habits.keeps_stale_temporary,
                               .syncs = !habits.forgets_sync});
  if (status && !habits.writes_in_place) {
    if (const auto reason = files.rename(temporary, end)) status = refused(path, reason);
  }
  if (!status && !habits.leaves_temporary) static_cast<void>(files.unlink(temporary));
  const std::string folder = end.substr(0, end.rfind('/') + 1);
  if (status && habits.also_writes != nullptr) {
    status = write_whole(files, folder + habits.also_writes, archive.bytes(), {});
  }
  if (status && !habits.forgets_folder) {
    if (const auto reason = files.sync_folder(folder.empty() ? "." : folder)) status = refused(folder, reason);
  }
  return status;
}

// A subject that is for saving to files alone.
Subject saves_to_files(const Habits& habits) {
  Subject subject;
  subject.save_to = [habits](const Sequential& model, const std::string& path, FileSystem& files) {
    return save_with_habits(habits, model, path, files);
  };
  return subject;
}

constexpr std::array kFaults = {
    Fault{"target_written_in_place",
          "The old file is removed and the new one written where it stood.",
          [] { return saves_to_files({.writes_in_place = true}); },
          {"saves_do_not_disturb", 1, 1}},
    Fault{"temporary_file_left",
          "When a save fails, its temporary file stays.",
          [] { return saves_to_files({.leaves_temporary = true}); },
          {"saves_do_not_disturb", 1, 1}},
    Fault{"stale_temporary_file",
          "A temporary file that a crash left behind is in the way of every later save.",
          [] { return saves_to_files({.keeps_stale_temporary = true}); },
          {"saves_do_not_disturb", 1, 1}},
    Fault{"mode_forgotten",
          "The new file gets the permission bits of any new file.",
          [] { return saves_to_files({.forgets_mode = true}); },
          {"saves_do_not_disturb", 1, 1}},
    Fault{"link_replaced",
          "A symbolic link is replaced by the file that should have been written through it.",
          [] { return saves_to_files({.replaces_link = true}); },
          {"only_the_target_is_touched", 1, 1}},
    Fault{"file_not_synced",
          "The new file gets its name while its bytes are still on their way to the disk.",
          [] { return saves_to_files({.forgets_sync = true}); },
          {"saves_do_not_disturb", 1, 1}},
    Fault{"folder_not_synced",
          "The rename is left to the disk's own time.",
          [] { return saves_to_files({.forgets_folder = true}); },
          {"saves_do_not_disturb", 1, 1}},
    Fault{"temporary_file_of_others",
          "The temporary file has a name that others use, and theirs is overwritten.",
          [] { return saves_to_files({.temporary = ".tmp"}); },
          {"only_the_target_is_touched", 1, 1}},
    Fault{"file_beside_target",
          "The weights are written to a file of their own beside the target.",
          [] { return saves_to_files({.also_writes = "model.weights.h5"}); },
          {"saves_do_not_disturb", 1, 1}},
};

}  // namespace

std::span<const Fault> file_faults() {
  return kFaults;
}

}  // namespace revive::properties::faults
