#include "revive/tools/corpus/limit_options.h"

#include <gtest/gtest.h>

#include "revive/tools/testing.h"

#include <string>
#include <utility>

namespace revive::tools {
namespace {

std::string said(ErrorCode code, const std::string& message) {
  return with_option(Error(code, "a", message)).message;
}

TEST(LimitOptions, EveryLimitNamesTheOptionThatRaisesIt) {
  const std::pair<const char*, const char*> limits[] = {{"archive_bytes", "--max-archive-bytes"},
                                                        {"inflated_bytes", "--max-inflated-bytes"},
                                                        {"json_bytes", "--max-json-bytes"},
                                                        {"json_memory_bytes", "--max-json-memory-bytes"},
                                                        {"activation_elements", "--max-activation-elements"},
                                                        {"multiply_adds", "--max-multiply-adds"}};
  for (const auto& [limit, option] : limits) {
    const std::string message = std::string("expected 3 (Limits::") + limit + "), found 4";
    EXPECT_EQ(said(ErrorCode::limit_exceeded, message),
              std::string("expected 3 (Limits::") + limit + ", raised by " + option + "), found 4");
    EXPECT_EQ(said(ErrorCode::archive_crc, message), message);
  }
  EXPECT_EQ(said(ErrorCode::limit_exceeded, "found 4 (Limits::weights)"), "found 4 (Limits::weights)");
}

// What a large archive may cost is more, and what is asked for stays.
TEST(LimitOptions, AreThoseThatAreAskedForWhateverTheFile) {
  Limits asked;
  asked.json_bytes = 7;
  asked.multiply_adds = std::uint64_t{1} << 60;
  for (const std::string& path : {corpus("keras/dense.keras"), corpus("nowhere.keras")}) {
    const Limits limits = limits_for(path, asked);
    EXPECT_EQ(limits.json_bytes, 7U) << path;
    EXPECT_EQ(limits.multiply_adds, std::uint64_t{1} << 60) << path;
  }
}

class LimitsOfFiles : public FolderTest {};

TEST_F(LimitsOfFiles, AreThoseOfTheirSize) {
  const std::string path = in_folder("large.keras");
  write_text(path, "");
  constexpr std::uint64_t kBytes = 10'000'000;
  std::filesystem::resize_file(path, kBytes);
  EXPECT_EQ(limits_for(path, {}).inflated_bytes, 3 * kBytes);
  EXPECT_EQ(limits_for(in_folder("nowhere.keras"), {}).inflated_bytes, Limits().inflated_bytes);
}

}  // namespace
}  // namespace revive::tools
