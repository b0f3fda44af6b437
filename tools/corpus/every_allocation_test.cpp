// What a job is blamed for while its memory runs out, over failures that are made up, and the program that runs the
// real ones.
#include "revive/tools/corpus/every_allocation.h"

#include <gmock/gmock.h>

#include <functional>
#include <regex>

#include "revive/tools/testing.h"

namespace revive::tools {
namespace {

using properties::Failing;

// Jobs here have so many allocations.
constexpr std::uint64_t kAllocations = 3;

// What a job sees of memory: which allocation fails, and how.
struct Memory {
  std::uint64_t number = 0;
  Failing how = Failing::one_allocation;
  bool counts = false;
  std::int64_t held = 0;
};
Memory& memory() {
  static Memory instance;
  return instance;
}

struct MadeUp {
  MadeUp(std::uint64_t number, Failing how) { memory() = {.number = number, .how = how, .counts = true, .held = 0}; }
  void end() { memory().counts = false; }
  bool reached() const { return memory().number <= kAllocations; }
  std::int64_t held() const { return memory().counts ? 99 : memory().held; }
};

class EveryAllocation : public FolderTest {
 protected:
  auto run(const std::function<JobEnd()>& job) const {
    memory() = {};
    return fail_every_allocation<MadeUp>(target(), job);
  }
  // What a job is blamed for that does this and otherwise as it should, at the second allocation, alone or with all
  // that follow.
  std::string blame(const std::function<JobEnd()>& fault, Failing how = Failing::one_allocation,
                    std::uint64_t number = 2) const {
    const auto counts = run([&] {
      if (memory().number == number && memory().how == how) return fault();
      return memory().number == 0 || memory().number > kAllocations ? JobEnd::success : JobEnd::error;
    });
    return counts ? "" : counts.error();
  }
  WatchedTarget target() const { return WatchedTarget(in_folder("")); }
};

TEST_F(EveryAllocation, IsFailedAloneAndWithAllThatFollow) {
  std::vector<std::pair<std::uint64_t, Failing>> seen;
  const auto counts = run([&] {
    seen.emplace_back(memory().number, memory().how);
    if (memory().number == 2 && memory().how == Failing::one_allocation) {
      write_text(target().path(), "what was saved all the same");
      return JobEnd::success;
    }
    return memory().number == 0 || memory().number > kAllocations ? JobEnd::success : JobEnd::error;
  });
  ASSERT_TRUE(counts) << counts.error();
  EXPECT_EQ(counts->allocations, kAllocations);
  EXPECT_EQ(counts->runs, 8U);
  EXPECT_EQ(counts->errors, 5U);
  std::vector<std::pair<std::uint64_t, Failing>> expected = {{0, Failing::one_allocation}};
  for (const Failing how : {Failing::one_allocation, Failing::all_from_then_on}) {
    for (std::uint64_t number = 1; number <= kAllocations + 1; ++number) expected.emplace_back(number, how);
  }
  EXPECT_EQ(seen, expected);
}

TEST_F(EveryAllocation, BlamesTheJobForWhatItDoes) {
  const std::string other = in_folder("target.keras.new");
  const std::pair<std::function<JobEnd()>, const char*> faults[] = {
      {[] { return JobEnd::wrong; }, "an error without a sentence"},
      {[] {
         memory().held = 1;
         return JobEnd::error;
       },
       "1 blocks of memory are not given back"},
      {[] {
         memory().held = -1;
         return JobEnd::success;
       },
       "-1 blocks of memory are not given back"},
      {[&] {
         write_text(other, "");
         return JobEnd::error;
       },
       "2 files where the target was alone"},
      {[&] {
         std::filesystem::remove(other);
         std::filesystem::remove(target().path());
         return JobEnd::success;
       },
       "0 files where the target was alone"},
      {[&] {
         write_text(target().path(), "half");
         return JobEnd::error;
       },
       "the target is not as it was"}};
  for (const auto& [fault, says] : faults) {
    for (const Failing how : {Failing::one_allocation, Failing::all_from_then_on}) {
      std::filesystem::remove(other);
      EXPECT_EQ(blame(fault, how), std::string("allocation 2: ") + says);
    }
  }
  std::filesystem::remove(other);
  EXPECT_EQ(blame([] { return JobEnd::error; }), "");
  EXPECT_EQ(blame([] { return JobEnd::success; }), "");
  EXPECT_EQ(blame([] { return JobEnd::error; }, Failing::one_allocation, 4),
            "allocation 4: an error though nothing failed");
  EXPECT_EQ(blame([] { return JobEnd::error; }, Failing::one_allocation, 0), "fails with all the memory there is");
}

TEST_F(EveryAllocation, AnErrorHasASentence) {
  EXPECT_EQ(end_of(Result<int>(1)), JobEnd::success);
  EXPECT_EQ(end_of(Result<int>(fail(ErrorCode::usage, "", "no"))), JobEnd::error);
  EXPECT_EQ(end_of(Result<int>(fail(ErrorCode::usage, "a place", ""))), JobEnd::wrong);
}

// On an archive that is quick.
TEST_F(EveryAllocation, IsFailedByAProgramForEveryJob) {
  const auto run = [](std::vector<std::string> files) {
    files.insert(files.begin(), REVIVE_OUT_OF_MEMORY);
    // Thousands of files are replaced: where a disk holds them, the test waits for it most of the time.
    std::vector<std::string> environment;
    if (std::filesystem::exists("/dev/shm")) environment.emplace_back("TMPDIR=/dev/shm");
    return properties::run_child({.command = files, .environment = environment}, {.wall_seconds = 120}).value();
  };
  const auto end = run({corpus("keras/reshape.keras")});
  EXPECT_TRUE(end.exited_with(0)) << end.err;
  EXPECT_EQ(end.err, "");
  std::istringstream lines(end.out);
  std::vector<std::string> jobs;
  for (std::string line; std::getline(lines, line);) {
    std::smatch part;
    ASSERT_TRUE(std::regex_match(line, part,
                                 std::regex("reshape.keras {38}([a-z]+) +([0-9]+) allocations, +([0-9]+) runs, "
                                            "+([0-9]+) errors, +([0-9]+) successes")))
        << line;
    jobs.push_back(part[1]);
    EXPECT_GT(std::stoi(part[2]), 10) << line;
    EXPECT_EQ(std::stoi(part[3]), 2 * std::stoi(part[2]) + 2) << line;
    EXPECT_EQ(std::stoi(part[4]), 2 * std::stoi(part[2])) << line;
    EXPECT_EQ(std::stoi(part[5]), 2) << line;
  }
  EXPECT_THAT(jobs, testing::ElementsAre("load", "save", "predict", "check", "diff"));
  EXPECT_TRUE(run({}).exited_with(1));
  const std::string crc = corpus("refusals/crc_wrong.keras");
  const auto refused = run({crc});
  EXPECT_TRUE(refused.exited_with(1));
  EXPECT_TRUE(refused.err.starts_with(crc + ": ")) << refused.err;
  EXPECT_EQ(refused.out, "");
}

}  // namespace
}  // namespace revive::tools
