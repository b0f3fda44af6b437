// Weights with a changed byte or block that we accept: libhdf5 reads the same names, shapes and bytes from them.
//
// Every so many bytes and blocks are changed; REVIVE_STRIDE=1 in the environment changes all of them, which takes
// hours. Built where libhdf5 is installed. Where it crashes, that is a mistake of libhdf5 and only counted.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "revive/properties/archive/repacked_members.h"
#include "revive/properties/checks/corruption.h"
#include "revive/properties/testing/libhdf5.h"
#include "revive/serializer/io/file.h"
#include "revive/serializer/zip/archive.h"
#include "revive_build/source_dir.h"

namespace revive::properties {
namespace {

using hdf5::testing::Listing;

struct Candidate {
  std::string change;
  std::vector<std::byte> file;
  Listing expected;
};

Listing read_with_libhdf5(std::span<const std::byte> file) {
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  constexpr std::size_t kIncrement = 64 << 10;
  H5Pset_fapl_core(access, kIncrement, false);
  // The driver takes a copy.
  H5Pset_file_image(access, const_cast<std::byte*>(file.data()), file.size());
  const hid_t opened = H5Fopen("in_memory", H5F_ACC_RDONLY, access);
  Listing found;
  if (opened >= 0) {
    hdf5::testing::list_with_libhdf5(opened, "", found);
    H5Fclose(opened);
  }
  H5Pclose(access);
  return found;
}

// Puts candidates to libhdf5, many to a child; a child that dies is followed by one for what is left.
class Oracle {
 public:
  void ask(Candidate candidate) {
    batch_.push_back(std::move(candidate));
    constexpr std::size_t kBatch = 512;
    if (batch_.size() == kBatch) finish();
  }

  void finish() {
    std::size_t done = 0;
    while (done < batch_.size()) {
      const auto says = hdf5::testing::child_says([&] {
        H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
        for (std::size_t i = done; i < batch_.size(); ++i) {
          std::string line = hdf5::testing::difference(batch_[i].expected, read_with_libhdf5(batch_[i].file));
          std::ranges::replace(line, '\n', ';');
          hdf5::testing::say(line + '\n');
        }
      });
      const std::size_t before = done;
      for (std::size_t at = 0, next = 0; (next = says.out.find('\n', at)) != std::string::npos; at = next + 1) {
        if (next > at) differences_.push_back(batch_[done].change + ": " + says.out.substr(at, next - at));
        ++done;
      }
      asked_ += done - before;
      if (says.exited_with(0)) break;
      if (says.how != ChildEnd::How::signalled) {
        differences_.push_back(fmt::format("the child that reads {}", to_string(says)));
        break;
      }
      crashes_.push_back(batch_[done++].change);
    }
    batch_.clear();
  }

  std::size_t asked() const { return asked_; }
  const std::vector<std::string>& differences() const { return differences_; }
  const std::vector<std::string>& crashes() const { return crashes_; }

 private:
  std::vector<Candidate> batch_;
  std::size_t asked_ = 0;
  std::vector<std::string> differences_;
  std::vector<std::string> crashes_;
};

struct Row {
  const char* archive;
  // Every so many bytes and blocks, so that a second or two suffices.
  std::size_t stride;
};

class CorruptionOracle : public ::testing::TestWithParam<Row> {};

TEST_P(CorruptionOracle, ReadsWhatWeAcceptAsWeDo) {
  const auto archive = read_file(REVIVE_SOURCE_DIR "/corpus/small/" + std::string(GetParam().archive), {});
  ASSERT_TRUE(archive) << archive.error().text();
  const auto members = RepackedMembers::open(archive->bytes());
  ASSERT_TRUE(members);
  const auto weights = members->bytes(kWeightsMember);
  Oracle oracle;
  const char* const wanted = std::getenv("REVIVE_STRIDE");
  const std::size_t stride = wanted == nullptr ? GetParam().stride : std::strtoul(wanted, nullptr, 10);
  ASSERT_GT(stride, 0U);
  for_each_corruption(weights, stride, [&](const Corruption& change, std::span<const std::byte> changed) {
    const auto tree = hdf5::read(changed);
    if (!tree) return;
    Listing expected;
    hdf5::testing::list(*tree, "", expected);
    oracle.ask({to_string(change, weights), {changed.begin(), changed.end()}, std::move(expected)});
  });
  oracle.finish();
  EXPECT_GT(oracle.asked(), 1000U);
  EXPECT_TRUE(oracle.differences().empty())
      << oracle.differences().size() << " of " << oracle.asked() << ", such as " << oracle.differences().front();
  std::cout << "libhdf5 read " << oracle.asked() << " files\n";
  if (!oracle.crashes().empty()) {
    std::cout << "libhdf5 crashed " << oracle.crashes().size() << " times, such as with " << oracle.crashes().front()
              << '\n';
  }
}

INSTANTIATE_TEST_SUITE_P(Small, CorruptionOracle,
                         ::testing::Values(Row{"capturing_lambda.keras", 16}, Row{"deflated.keras", 64},
                                           Row{"eleven_layers.keras", 512}),
                         [](const auto& row) {
                           const std::string name = row.param.archive;
                           return name.substr(0, name.find('.'));
                         });

}  // namespace
}  // namespace revive::properties
