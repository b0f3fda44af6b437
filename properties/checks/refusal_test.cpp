// Refusals take memory in proportion to the archive: those of the corpus, and a subject that takes it first is found.
#include <gtest/gtest.h>

#include <filesystem>

#include "revive/properties/allocation/allocation_meter.h"
#include "revive/properties/checks/checks.h"
#include "revive/properties/testing/broken.h"
#include "revive/serializer/io/buffer.h"
#include "revive/serializer/io/file.h"
#include "revive_build/source_dir.h"

namespace revive::properties {
namespace {

// Takes 8 MiB for a moment. Memory that nobody touches need not be allocated, and clang leaves it out.
bool takes_memory() {
  auto room = Buffer::allocate(std::size_t{8} << 20);
  if (room) *static_cast<volatile std::byte*>(room->bytes().data()) = std::byte{1};
  return room.has_value();
}

class Refusals : public ::testing::Test {
 protected:
  void SetUp() override {
    if (allocation_meter() == nullptr) GTEST_SKIP() << "this build does not measure allocations";
  }
};

TEST_F(Refusals, OfTheCorpusAreEarly) {
  const Subject subject = revive_subject();
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(REVIVE_SOURCE_DIR "/corpus/refusals")) {
    if (entry.path().extension() != ".keras") continue;
    const auto file = read_file(entry.path().string(), {});
    ASSERT_TRUE(file) << file.error().text();
    EXPECT_FALSE(subject.load(file->bytes(), {})) << entry.path().filename();
    const auto late = refused_late(subject, file->bytes(), {});
    EXPECT_FALSE(late) << entry.path().filename() << ": " << *late;
    ++files;
  }
  EXPECT_GE(files, 60);
}

TEST_F(Refusals, ThatTakeMemoryFirstAreFound) {
  Subject subject = revive_subject();
  subject.load = [](std::span<const std::byte> archive, const Environment& environment) -> Result<Loaded> {
    if (!takes_memory()) return fail(ErrorCode::limit_exceeded, "archive", "expected memory for it, found none");
    return revive_subject().load(archive, environment);
  };
  testing::expect_found("refusals_are_early", subject, " is refused after 8");
}

// However much memory it takes: what loads is no refusal.
TEST_F(Refusals, AreNotWhatLoads) {
  Subject subject = revive_subject();
  subject.load = [](std::span<const std::byte>, const Environment&) -> Result<Loaded> {
    EXPECT_TRUE(takes_memory());
    return Loaded{};
  };
  const std::byte nothing{};
  EXPECT_EQ(refused_late(subject, std::span(&nothing, 1), {}), std::nullopt);
}

TEST(RefusalsWithoutAMeter, AreNotJudged) {
  EXPECT_EQ(applies(*find_property("refusals_are_early"), revive_subject()), allocation_meter() != nullptr);
}

}  // namespace
}  // namespace revive::properties
