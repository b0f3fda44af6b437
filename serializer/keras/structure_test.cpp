#include "revive/serializer/keras/structure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "revive/serializer/hdf5/hdf5.h"
#include "revive/serializer/hdf5/structure.h"
#include "revive/serializer/io/file.h"
#include "revive/serializer/zip/archive.h"
#include "revive/serializer/zip/zip_layout.h"
#include "revive_build/source_dir.h"

namespace revive {
namespace {

using testing::Contains;
using testing::Not;

std::vector<std::byte> weights() {
  static constexpr std::array<std::byte, 8> kBytes{};
  hdf5::Group root;
  root.put("vars/0", {DType::float32, {2}, kBytes});
  return hdf5::write(root);
}

// Those of the weights are where the weights are, and those of another member that is HDF5 are not looked for.
TEST(StructureBoundaries, AreThoseOfTheContainerAndOfTheWeights) {
  const std::vector<std::byte> inner = weights();
  const std::array members = {ArchiveMember{"assets/other.h5", inner}, ArchiveMember{"model.weights.h5", inner}};
  const auto archive = write_archive(members);
  ASSERT_TRUE(archive) << archive.error().text();
  const auto layout = check_zip_layout(archive->bytes(), {});
  ASSERT_TRUE(layout) << layout.error().text();
  std::vector<std::size_t> expected = layout->boundaries();
  for (const std::size_t at : hdf5::structure_boundaries(inner)) {
    expected.push_back(layout->members[1].data_offset + at);
  }
  std::ranges::sort(expected);
  const auto repeated = std::ranges::unique(expected);
  expected.erase(repeated.begin(), repeated.end());
  const std::vector<std::size_t> found = structure_boundaries(archive->bytes());
  EXPECT_EQ(found, expected);
  // The superblock of HDF5 has 96 bytes.
  EXPECT_THAT(found, Contains(layout->members[1].data_offset + 96));
  EXPECT_THAT(found, Not(Contains(layout->members[0].data_offset + 96)));
}

TEST(StructureBoundaries, OfDeflatedWeightsAreThoseOfTheContainer) {
  const auto file = read_file(REVIVE_SOURCE_DIR "/corpus/small/deflated.keras", {});
  ASSERT_TRUE(file) << file.error().text();
  const auto layout = check_zip_layout(file->bytes(), {});
  ASSERT_TRUE(layout) << layout.error().text();
  std::vector<std::size_t> expected = layout->boundaries();
  std::ranges::sort(expected);
  const auto repeated = std::ranges::unique(expected);
  expected.erase(repeated.begin(), repeated.end());
  EXPECT_EQ(structure_boundaries(file->bytes()), expected);
  EXPECT_THAT(structure_boundaries(file->bytes().first(100)), testing::IsEmpty());
}

}  // namespace
}  // namespace revive
