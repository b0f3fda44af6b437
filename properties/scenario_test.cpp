// Scenarios hold for revive and find subjects that save carelessly; what they say is in scenarios.txt, word by word.
#include "revive/properties/scenario.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "revive/model/testing/recorded.h"
#include "revive/serializer/keras_archive.h"

namespace revive::properties {
namespace {

using ::testing::HasSubstr;

// Written anew as each_leg_test.cpp says.
const std::string kFile = "properties/scenarios.txt";

Sequential small_model() {
  auto model = Sequential::make("small", {*make_layer("InputLayer", {{"batch_shape", Value::Array{Value(), 2}}}),
                                          *make_layer("Dense", {{"units", 3}})});
  model->initialize(1);
  return *std::move(model);
}

using SaveTo = std::function<Status(const Sequential&, const std::string& path, FileSystem&)>;

const SaveTo kRevive = revive_subject().save_to;

Status refusal(const std::string& path, std::error_code reason) {
  return fail(ErrorCode::file_unwritable, path, reason.message());
}

// What a write that took a part of its bytes is taken for.
enum class ShortWrite { a_part, the_whole, a_failure, a_part_to_note };
enum class Sync { checked, ignored, forgotten };

// One file written from front to end, without a thought for what stands there.
Status write_plainly(FileSystem& files, const std::string& path, const Sequential& model,
                     std::optional<FileSystem::Access> access, Sync sync = Sync::checked,
                     ShortWrite short_write = ShortWrite::a_part) {
  const auto archive = save_bytes(model);
  const auto file = files.create(path, access);
  if (!file) return refusal(path, file.error());
  std::span<const std::byte> rest = archive->bytes();
  std::error_code reason;
  while (!rest.empty() && !reason) {
    const auto count = files.write(*file, rest);
    if (!count) {
      reason = count.error();
    } else {
      const bool is_short = *count < rest.size();
      if (is_short && short_write == ShortWrite::a_failure) reason = std::make_error_code(std::errc::io_error);
      if (is_short && short_write == ShortWrite::a_part_to_note) std::ofstream(path + ".note") << "a part";
      rest = rest.subspan(short_write == ShortWrite::the_whole ? rest.size() : *count);
    }
  }
  if (!reason && sync != Sync::forgotten) {
    const auto synced = files.sync(*file);
    if (sync == Sync::checked) reason = synced;
  }
  const auto closed = files.close(*file);
  if (!reason) reason = closed;
  if (reason) return refusal(path, reason);
  return {};
}

Status sync_folder_of(FileSystem& files, const std::string& path) {
  const auto reason = files.sync_folder(std::filesystem::path(path).parent_path().string());
  return reason ? refusal(path, reason) : Status();
}

Status in_place(const Sequential& model, const std::string& path, FileSystem& files) {
  const auto target = files.resolve(path);
  if (!target) return refusal(path, target.error());
  if (target->access) {
    if (const auto reason = files.unlink(target->path)) return refusal(path, reason);
  }
  if (Status status = write_plainly(files, target->path, model, target->access); !status) return status;
  return sync_folder_of(files, target->path);
}

// In place, but what stood there is put back when something fails: only a kill shows it.
Status in_place_with_regret(const Sequential& model, const std::string& path, FileSystem& files) {
  const auto target = files.resolve(path);
  if (!target) return refusal(path, target.error());
  if (!target->access) return kRevive(model, path, files);
  const auto old = read_file(target->path, {});
  Status status = in_place(model, path, files);
  if (!status) {
    std::filesystem::remove(target->path);
    (void)write_file_atomically(posix_file_system(), target->path, old->bytes());
    std::filesystem::permissions(target->path, std::filesystem::perms{target->access->mode});
  }
  return status;
}

// As revive does it, with what is given left out.
struct Carelessness {
  bool keeps_temporary = false;
  bool loses_mode = false;
  Sync sync = Sync::checked;
  ShortWrite short_write = ShortWrite::a_part;
  bool forgets_folder = false;
  bool replaces_link = false;
  bool trips_over_leftovers = false;
};

Status beside(const Sequential& model, const std::string& path, FileSystem& files, const Carelessness& careless) {
  auto target = files.resolve(path);
  if (!target) return refusal(path, target.error());
  if (careless.replaces_link) target->path = path;
  const std::string temporary = target->path + ".part";
  if (!careless.trips_over_leftovers) std::filesystem::remove(temporary);
  Status status = write_plainly(files, temporary, model, careless.loses_mode ? std::nullopt : target->access,
                                careless.sync, careless.short_write);
  if (status) {
    if (const auto reason = files.rename(temporary, target->path)) status = refusal(path, reason);
  }
  if (!status && !careless.keeps_temporary) (void)files.unlink(temporary);
  return status && !careless.forgets_folder ? sync_folder_of(files, target->path) : status;
}

// Takes one step more where a killed save left something.
Status removing_leftovers(const Sequential& model, const std::string& path, FileSystem& files) {
  const std::string temporary = path + ".part";
  if (std::filesystem::exists(temporary)) {
    if (const auto reason = files.unlink(temporary)) return refusal(path, reason);
  }
  return beside(model, path, files, {.trips_over_leftovers = true});
}

SaveTo careless(Carelessness carelessness) {
  return [=](const Sequential& model, const std::string& path, FileSystem& files) {
    return beside(model, path, files, carelessness);
  };
}

// revive's save, and something else after it.
template <typename Also>
SaveTo save_and(Also also) {
  return [=](const Sequential& model, const std::string& path, FileSystem& files) -> Status {
    Status status = revive_subject().save_to(model, path, files);
    if (status) also(model, path);
    return status;
  };
}

void overwrite(const std::string& path) {
  std::ofstream(path, std::ios::binary) << "mine";
}

struct Expected {
  std::string_view what;
  std::string_view scenario;
  SaveTo save_to;
  // What the violation says; empty: none.
  std::string_view violation;
};

void PrintTo(const Expected& expected, std::ostream* out) {
  *out << expected.what;
}

const Expected kExpected[] = {
    {"revive", "saves_do_not_disturb", kRevive, ""},
    {"revive", "only_the_target_is_touched", kRevive, ""},
    {"a careful writer", "saves_do_not_disturb", careless({}), ""},
    {"a careful writer", "only_the_target_is_touched", careless({}), ""},
    {"one that removes leftovers", "saves_do_not_disturb", removing_leftovers, ""},
    {"written in place", "saves_do_not_disturb", in_place,
     "expected the old file or the new one at the target, found no file"},
    {"the temporary file stays after a failure", "saves_do_not_disturb", careless({.keeps_temporary = true}),
     "model.keras.part stays beside the target"},
    {"permission bits are lost", "saves_do_not_disturb", careless({.loses_mode = true}),
     "expected the permission bits 640 of the old file, found 6"},
    {"written in place, and put back after a failure", "saves_do_not_disturb", in_place_with_regret,
     "killed before step 4 of 10 (create): expected the old file or the new one at the target, found no file"},
    {"the leftover of a killed save is in the way", "saves_do_not_disturb", careless({.trips_over_leftovers = true}),
     "then saved again: "},
    {"a short write is taken for the whole", "saves_do_not_disturb", careless({.short_write = ShortWrite::the_whole}),
     "a save in short writes: expected the new file at the target, found"},
    {"a short write is a failure", "saves_do_not_disturb", careless({.short_write = ShortWrite::a_failure}),
     "a save in short writes: "},
    {"a short write is noted beside the target", "saves_do_not_disturb",
     careless({.short_write = ShortWrite::a_part_to_note}),
     "a save in short writes: model.keras.part.note stays beside the target"},
    {"a failed sync is ignored", "saves_do_not_disturb", careless({.sync = Sync::ignored}),
     "(sync) fails with 'Input/output error', and the save reports success"},
    {"a rename that is faster than the disk", "saves_do_not_disturb", careless({.sync = Sync::forgotten}),
     "a power cut afterwards may lose it, since model.keras gets its name before its bytes are synced"},
    {"a folder that is not synced", "saves_do_not_disturb", careless({.forgets_folder = true}),
     "a power cut afterwards may lose it, since the folder is not synced, where the name stands"},
    {"a save that never touches the files it is given", "saves_do_not_disturb",
     [](const Sequential& model, const std::string& path, FileSystem&) {
       return kRevive(model, path, posix_file_system());
     },
     "does not use the file system"},
    {"saving changes the model", "saves_do_not_disturb", save_and([](const Sequential& model, const std::string&) {
       // The test's own model is not const.
       const_cast<Sequential&>(model).layers()[1].weights()[0].data<float>()[0] = 7;
     }),
     "saving changed the model: "},
    {"a backup", "only_the_target_is_touched",
     save_and([](const Sequential&, const std::string& path) { overwrite(path + ".old"); }), "is new"},
    {"a neighbour overwritten", "only_the_target_is_touched",
     save_and([](const Sequential&, const std::string& path) { overwrite(path + ".bak"); }),
     "models/model.keras.bak has other bytes"},
    {"a file in a neighbouring folder removed", "only_the_target_is_touched",
     save_and([](const Sequential&, const std::string& path) {
       const auto models = std::filesystem::path(path).parent_path();
       std::filesystem::remove(models.parent_path() / "beside" / "other.keras");
     }),
     "beside/other.keras is gone"},
    {"a neighbour written with its own bytes", "only_the_target_is_touched",
     save_and([](const Sequential&, const std::string& path) {
       const std::string neighbour = std::filesystem::path(path).replace_filename("model").string();
       std::ofstream(neighbour, std::ios::binary) << "model";
     }),
     "models/model was written, though it holds the same"},
    {"a neighbour's permission bits changed", "only_the_target_is_touched",
     save_and([](const Sequential&, const std::string& path) {
       const auto neighbour = std::filesystem::path(path).replace_filename("config.json");
       std::filesystem::permissions(neighbour, std::filesystem::perms{0600});
     }),
     "models/config.json has other permission bits"},
    {"a symbolic link beside the target leads elsewhere", "only_the_target_is_touched",
     save_and([](const Sequential&, const std::string& path) {
       const auto link = std::filesystem::path(path).replace_filename("link.keras");
       std::filesystem::remove(link);
       std::filesystem::create_symlink("../store/none.keras", link);
     }),
     "models/link.keras has other bytes"},
    {"a symbolic link replaced", "only_the_target_is_touched", careless({.replaces_link = true}),
     "models/link.keras is another kind of file"},
    {"nothing saved", "only_the_target_is_touched",
     [](const Sequential&, const std::string&, FileSystem&) { return Status(); }, "does not hold the model"},
};

TEST(Scenario, SentencesAreAsRecorded) {
  for (const Scenario& scenario : all_scenarios()) {
    const std::string name(scenario.name);
    EXPECT_EQ(find_scenario(name), &scenario);
    expect_recorded(kFile, "sentence of " + name, scenario.sentence);
  }
  EXPECT_EQ(find_scenario("nobody's"), nullptr);
}

class Scenarios : public ::testing::TestWithParam<Expected> {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "revive-scenario-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string folder_;
};

TEST_P(Scenarios, FindCarelessSaves) {
  const Expected& expected = GetParam();
  Sequential model = small_model();
  Subject subject = revive_subject();
  subject.save_to = expected.save_to;
  const Scenario* const scenario = find_scenario(expected.scenario);
  ASSERT_NE(scenario, nullptr);
  const auto violation = scenario->check({model, subject, folder_});
  if (expected.violation.empty()) {
    EXPECT_FALSE(violation) << violation->message;
  } else {
    ASSERT_TRUE(violation);
    EXPECT_THAT(violation->message, HasSubstr(std::string(expected.violation)));
    // What a new file's bits are, the machine says.
    if (expected.what == "permission bits are lost") return;
    std::string said = violation->message;
    for (std::size_t at = said.find(folder_); at != std::string::npos; at = said.find(folder_)) {
      said.replace(at, folder_.size(), "FOLDER");
    }
    expect_recorded(kFile, std::string(expected.what), said);
  }
}

// What stood there when a save began, and what it said in the end, save by save; of one that was killed it is nothing.
TEST_P(Scenarios, AskForSavesAsRecorded) {
  const Expected& expected = GetParam();
  if (expected.what != "revive") return;
  const std::string log = folder_ + ".log";
  const auto note = [&](const std::string& text) { std::ofstream(log, std::ios::app) << text; };
  Subject subject = revive_subject();
  subject.save_to = [&](const Sequential& model, const std::string& path, FileSystem& files) {
    namespace fs = std::filesystem;
    // What stands around the target, by name.
    std::vector<std::string> names;
    for (const auto& each : fs::recursive_directory_iterator(folder_)) {
      if (!each.is_directory()) names.push_back(each.path().lexically_relative(folder_).string());
    }
    std::ranges::sort(names);
    const std::string around = fmt::format("{} files {}", names.size(), fmt::join(names, " "));
    note(expected.scenario == "only_the_target_is_touched" ? around : "");
    const auto there = fs::directory_iterator(fs::path(path).parent_path());
    const auto count = std::ranges::count_if(there, [](const auto&) { return true; });
    // The bits of a file that the scenario did not set are the machine's.
    const auto bits = fs::status(path).permissions();
    note(fs::exists(path) ? fmt::format("; {} files, over {} bytes{}: ", count, fs::file_size(path),
                                        bits == fs::perms{0640} ? " of mode 640" : "")
                          : fmt::format("; {} files, over none: ", count));
    Status status = kRevive(model, path, files);
    note(status ? "saved" : status.error().message);
    return status;
  };
  const Sequential model = small_model();
  const auto violation = find_scenario(expected.scenario)->check({model, subject, folder_});
  EXPECT_FALSE(violation) << violation->message;
  std::ifstream written(log);
  const std::string saves{std::istreambuf_iterator<char>(written), std::istreambuf_iterator<char>()};
  std::filesystem::remove(log);
  expect_recorded(kFile, "saves of " + std::string(expected.scenario), saves);
}

INSTANTIATE_TEST_SUITE_P(Subjects, Scenarios, ::testing::ValuesIn(kExpected));

}  // namespace
}  // namespace revive::properties
