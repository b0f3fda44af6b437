// What a check runs a model on, and what it compares the answer with.
#include "revive/tools/corpus/check.h"

#include <gmock/gmock.h>

#include "revive/serializer/keras_archive.h"
#include "revive/tools/testing.h"

namespace revive::tools {
namespace {

using testing::StartsWith;

class Check : public FolderTest {
 protected:
  void SetUp() override {
    FolderTest::SetUp();
    copy("dense.keras", "a.keras");
  }
  static void copy_file(const std::string& from, const std::string& to) {
    std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing);
  }
  void copy(const std::string& from, const std::string& to) const { copy_file(corpus("keras/" + from), in_folder(to)); }
  std::string archive() const { return in_folder("a.keras"); }
  Result<CheckReport> check(const std::optional<std::string>& input = {}, const Limits& limits = {}) const {
    auto model = load(archive());
    if (!model) return std::unexpected(model.error());
    return check_model(*model, archive(), input, limits);
  }
  std::string refusal(const std::optional<std::string>& input = {}) const {
    const auto report = check(input);
    return report ? to_string(*report) : report.error().text();
  }
};

TEST_F(Check, IsOnWhatIsRecordedOrGivenOrMadeUp) {
  const std::string input = corpus("keras/dense.input.npy");
  const auto is_compared = [&](const std::optional<std::string>& given) {
    const auto report = check(given);
    EXPECT_TRUE(report) << report.error().text();
    return report && report->max_difference.has_value();
  };
  EXPECT_FALSE(is_compared({})) << "nothing is recorded";
  EXPECT_FALSE(is_compared(input));
  copy("dense.output.npy", "a.output.npy");
  EXPECT_FALSE(is_compared({})) << "an output of no input";
  EXPECT_FALSE(is_compared(input));
  copy("dense.input.npy", "a.input.npy");
  EXPECT_TRUE(is_compared({}));
  EXPECT_FALSE(is_compared(input)) << "what is recorded is of another input";
  std::filesystem::remove(in_folder("a.output.npy"));
  EXPECT_FALSE(is_compared({})) << "an input alone";
}

TEST_F(Check, IsOnTheInputThatIsGiven) {
  const std::string other = corpus("keras/reshape.input.npy");
  // Whatever lies beside the archive.
  EXPECT_THAT(refusal(other), StartsWith(archive() + ": "));
  EXPECT_THAT(refusal(in_folder("none.npy")), StartsWith(in_folder("none.npy") + ": "));
  write_text(in_folder("a.input.npy"), "no array");
  EXPECT_THAT(refusal(), StartsWith(in_folder("a.input.npy") + ": "));
  EXPECT_THAT(refusal(corpus("keras/dense.input.npy")), StartsWith("revives (1 layer, "));
  copy("reshape.input.npy", "a.input.npy");
  EXPECT_THAT(refusal(), StartsWith(archive() + ": "));
}

TEST_F(Check, IsOnTheOutputThatIsRecorded) {
  copy("dense.input.npy", "a.input.npy");
  write_text(in_folder("a.output.npy"), "no array");
  EXPECT_THAT(refusal(), StartsWith(in_folder("a.output.npy") + ": "));
  copy("reshape.output.npy", "a.output.npy");
  EXPECT_EQ(refusal(), archive() + ": output: expected float32 (2, 2, 2, 3), found float32 (2, 3)");
}

// What asks for more than is allowed is saved and loaded all the same.
TEST_F(Check, OfWhatMayNotBeRunSaysSo) {
  Limits limits;
  limits.activation_elements = 1;
  copy("dense.output.npy", "a.output.npy");
  for (const bool recorded : {false, true}) {
    if (recorded) copy("dense.input.npy", "a.input.npy");
    const auto report = check({}, limits);
    ASSERT_TRUE(report) << report.error().text();
    EXPECT_TRUE(report->not_run);
    EXPECT_FALSE(report->max_difference);
    EXPECT_THAT(to_string(*report), StartsWith("not run (1 layer, "));
  }
}

}  // namespace
}  // namespace revive::tools
