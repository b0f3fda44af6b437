// saves_do_not_disturb: every step of a save made to fail, for every reason that is plausible there, and a kill before
// every step; over an old file and over none.
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <limits>

#include "revive/properties/checks/fault_injection_file_system.h"
#include "revive/properties/checks/scenario_checks.h"
#include "revive/properties/process/child_process.h"

namespace revive::properties {
namespace {

namespace fs = std::filesystem;

struct Failure {
  Step step;
  std::errc reason;
};
constexpr Failure kFailures[] = {
    {Step::resolve, std::errc::permission_denied},
    {Step::create, std::errc::no_space_on_device},
    {Step::create, std::errc::permission_denied},
    {Step::write, std::errc::no_space_on_device},
    {Step::write, std::errc::io_error},
    {Step::write, std::errc::interrupted},
    {Step::sync, std::errc::io_error},
    {Step::sync, std::errc::no_space_on_device},
    {Step::close, std::errc::io_error},
    {Step::close, std::errc::no_space_on_device},
    {Step::rename, std::errc::io_error},
    {Step::rename, std::errc::no_space_on_device},
    {Step::unlink, std::errc::io_error},
    {Step::sync_folder, std::errc::io_error},
};

constexpr std::string_view kName = "model.keras";
constexpr std::string_view kOldContent = "what stood here before";
// Neither what a new file gets nor what mkstemp gives.
constexpr fs::perms kOldMode = fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read;
// A save writes the archive in this many pieces, so that it can be interrupted between them.
constexpr std::size_t kPieces = 3;

using Content = std::optional<std::string>;

Content content_of(const fs::path& path) {
  if (!fs::exists(path)) return std::nullopt;
  const auto buffer = read_file(path.string(), {});
  if (!buffer) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(buffer->bytes().data()), buffer->size());
}

std::string describe(const Content& content) {
  return content ? fmt::format("a file of {} bytes", content->size()) : std::string("no file");
}

class DisturbedSaves {
 public:
  explicit DisturbedSaves(const Scene& scene)
      : scene_(scene), before_(scene.model), folder_(fs::path(scene.folder) / "disturbed"), target_(folder_ / kName) {}

  Verdict check() {
    for (const bool replaces : {true, false}) {
      replaces_ = replaces;
      if (Verdict bad = learn()) return bad;
      for (std::size_t number = 1; number <= steps_.size(); ++number) {
        for (const Failure& failure : kFailures) {
          if (failure.step != steps_[number - 1]) continue;
          if (Verdict bad = fail_at(number, failure)) return bad;
        }
        if (Verdict bad = kill_before(number)) return bad;
      }
    }
    return std::nullopt;
  }

 private:
  // What an undisturbed save writes, and in which steps.
  Verdict learn() {
    prepare();
    longest_write_ = std::numeric_limits<std::size_t>::max();
    if (Verdict bad = save_undisturbed("an undisturbed save")) return bad;
    new_ = content_of(target_);
    if (!new_) return Violation{"an undisturbed save leaves no file at its target"};
    if (Verdict bad = judge("an undisturbed save", {new_})) return bad;
    longest_write_ = new_->size() / kPieces + 1;
    prepare();
    if (Verdict bad = save_undisturbed("a save in short writes", &steps_)) return bad;
    if (steps_.empty()) return Violation{"save_to() does not use the file system that it is given"};
    if (Verdict bad = judge("a save in short writes", {new_})) return bad;
    return only_the_target("a save in short writes", 0);
  }

  // A save that finds what a killed one left may take other steps than those to be disturbed.
  Verdict save_undisturbed(std::string_view what, std::vector<Step>* steps = nullptr) const {
    SteppedFileSystem files(posix_file_system(), longest_write_);
    const Status status = scene_.subject.save_to(scene_.model, target_.string(), files);
    if (steps != nullptr) *steps = files.steps();
    if (!status) return violation(what, status.error());
    if (const auto lost = files.not_durable()) {
      return Violation{fmt::format("{}: a power cut afterwards may lose it, since {}", what, *lost)};
    }
    return std::nullopt;
  }

  Verdict fail_at(std::size_t number, const Failure& failure) {
    prepare();
    SteppedFileSystem files(posix_file_system(), longest_write_, [&](std::size_t step, Step) {
      return step == number ? std::make_error_code(failure.reason) : std::error_code();
    });
    const Status status = scene_.subject.save_to(scene_.model, target_.string(), files);
    const std::string what =
        fmt::format("{} fails with '{}'", step_text(number), std::make_error_code(failure.reason).message());
    if (status && failure.reason != std::errc::interrupted) return Violation{what + ", and the save reports success"};
    const Verdict bad = status ? judge(what, {new_}) : judge(what, {old_, new_});
    return bad ? bad : only_the_target(what, 0);
  }

  Verdict kill_before(std::size_t number) {
    prepare();
    const std::string what = fmt::format("killed before {}", step_text(number));
    const auto save = [&] {
      SteppedFileSystem files(posix_file_system(), longest_write_, [&](std::size_t step, Step) {
        if (step == number) ::raise(SIGKILL);
        return std::error_code();
      });
      return scene_.subject.save_to(scene_.model, target_.string(), files) ? 0 : 1;
    };
    const auto end = run_in_child(save, {});
    if (!end) return violation(what, end.error());
    if (end->how != ChildEnd::How::signalled || end->code != SIGKILL) {
      return Violation{fmt::format("{}: the same save takes other steps in a child process", what)};
    }
    if (Verdict bad = judge(what, {old_, new_})) return bad;
    // Nobody is left to remove a temporary file; the next save has to get by with it.
    if (Verdict bad = only_the_target(what, 1)) return bad;
    const std::string next = what + ", then saved again";
    if (Verdict bad = save_undisturbed(next)) return bad;
    return judge(next, {new_});
  }

  void prepare() {
    fs::remove_all(folder_);
    fs::create_directory(folder_);
    old_.reset();
    if (!replaces_) return;
    old_ = kOldContent;
    // Written by other means than what is under test.
    if (std::FILE* const file = std::fopen(target_.c_str(), "wb")) {
      std::fwrite(old_->data(), 1, old_->size(), file);
      std::fclose(file);
    }
    fs::permissions(target_, kOldMode);
  }

  // The target holds one of `allowed`, its mode is kept, and the model is what it was.
  Verdict judge(const std::string& what, const std::vector<Content>& allowed) const {
    if (const auto difference = first_difference(before_, scene_.model)) {
      return Violation{fmt::format("{}: saving changed the model: {}", what, difference->text())};
    }
    const Content found = content_of(target_);
    if (std::ranges::find(allowed, found) == allowed.end()) {
      return Violation{fmt::format("{}: expected {}at the target, found {}", what,
                                   allowed.size() > 1 ? "the old file or the new one " : "the new file ",
                                   describe(found))};
    }
    if (replaces_ && fs::status(target_).permissions() != kOldMode) {
      return Violation{fmt::format("{}: expected the permission bits {:o} of the old file, found {:o}", what,
                                   static_cast<unsigned>(kOldMode),
                                   static_cast<unsigned>(fs::status(target_).permissions()))};
    }
    return std::nullopt;
  }

  Verdict only_the_target(const std::string& what, std::size_t leftovers) const {
    std::vector<std::string> others;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      if (entry.path() != target_) others.push_back(entry.path().filename().string());
    }
    if (others.size() <= leftovers) return std::nullopt;
    std::ranges::sort(others);
    return Violation{fmt::format("{}: {} stays beside the target", what, fmt::join(others, ", "))};
  }

  std::string step_text(std::size_t number) const {
    return fmt::format("step {} of {} ({}){}", number, steps_.size(), name_of(steps_[number - 1]),
                       replaces_ ? "" : " of a new file");
  }

  const Scene& scene_;
  const Sequential before_;
  const fs::path folder_;
  const fs::path target_;
  bool replaces_ = false;
  std::size_t longest_write_ = 0;
  std::vector<Step> steps_;
  Content old_;
  Content new_;
};

}  // namespace

Verdict saves_do_not_disturb(const Scene& scene) {
  try {
    return DisturbedSaves(scene).check();
  } catch (const fs::filesystem_error& error) {
    return Violation{fmt::format("cannot work in the folder: {}", error.what())};
  }
}

}  // namespace revive::properties
