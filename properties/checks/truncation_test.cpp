// truncation_is_refused, exhaustively: archives of stock Keras cut after every one of their bytes.
#include <gtest/gtest.h>

#include "revive/serializer/io/file.h"
#include "revive/serializer/keras_archive.h"
#include "revive_build/source_dir.h"

namespace revive::properties {
namespace {

class Truncation : public testing::TestWithParam<const char*> {};

TEST_P(Truncation, IsRefusedAfterEveryByte) {
  const std::string path = std::string(REVIVE_SOURCE_DIR "/corpus/keras/") + GetParam() + ".keras";
  const auto file = read_file(path, {});
  ASSERT_TRUE(file) << file.error().text();
  ASSERT_TRUE(load_bytes(file->bytes()));
  for (std::size_t cut = 0; cut < file->size(); ++cut) {
    const auto model = load_bytes(file->bytes().first(cut));
    ASSERT_FALSE(model) << path << " loads although it ends after " << cut << " of " << file->size() << " bytes";
    ASSERT_FALSE(model.error().message.empty()) << cut;
  }
}

INSTANTIATE_TEST_SUITE_P(Corpus, Truncation, testing::Values("lambda_slices", "nested_two_deep", "stack_twelve_dense"),
                         [](const auto& each) { return std::string(each.param); });

}  // namespace
}  // namespace revive::properties
