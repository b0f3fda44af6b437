// Object headers in more than one block, with one field of a message changed at a time.
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <string>

#include "revive/serializer/hdf5/hdf5.h"
#include "revive/serializer/hdf5/structure.h"

namespace revive::hdf5 {
namespace {

constexpr std::array<std::byte, 24> kBytes{};

std::vector<std::byte> whole() {
  Group root;
  root.put("d", {DType::float32, {2, 3}, kBytes});
  root.put("h", {DType::bfloat16, {3}, std::span(kBytes).first(6)});
  return write(root);
}

template <typename T>
void set(std::vector<std::byte>& file, std::uint64_t offset, T value) {
  std::memcpy(file.data() + offset, &value, sizeof value);
}

Extent found(std::span<const std::byte> file, Structure structure, std::string_view path) {
  for (const Extent& extent : structure_map(file)) {
    if (extent.structure == structure && extent.path == path) return extent;
  }
  ADD_FAILURE() << "no " << name_of(structure) << " of " << path;
  return {};
}

// "d" with its NIL message as a link of `link` bytes to a block of `size` bytes, which holds `block`.
std::vector<std::byte> continued(std::span<const std::byte> block, std::uint64_t size, std::uint16_t messages,
                                 std::uint16_t link = 16) {
  std::vector<std::byte> file = whole();
  const Extent nil = found(file, Structure::nil_message, "/d");
  const std::uint64_t at = nil.offset;
  set<std::uint16_t>(file, found(file, Structure::object_header, "/d").offset + 2, messages);
  file.resize((file.size() + 7) / 8 * 8);
  const std::uint64_t start = file.size();
  file.insert(file.end(), block.begin(), block.end());
  set<std::uint64_t>(file, 40, file.size());
  set<std::uint16_t>(file, at, 0x10);
  set<std::uint16_t>(file, at + 2, link);
  set<std::uint64_t>(file, at + 8, start);
  if (link >= 16) set<std::uint64_t>(file, at + 16, size);
  for (std::uint64_t i = 8 + link; i < nil.length; ++i) set<std::uint8_t>(file, at + i, 0);
  set<std::uint16_t>(file, at + 8 + link + 2, static_cast<std::uint16_t>(nil.length - 16 - link));
  return file;
}

std::string said_of(std::span<const std::byte> file, const Limits& limits = {}) {
  const auto root = read(file, limits);
  return root ? "" : root.error().message;
}

// A NIL message of 8 bytes, and what may follow it.
std::vector<std::byte> nil_block(std::size_t more = 0) {
  std::vector<std::byte> block(16 + more);
  block[2] = std::byte{8};
  return block;
}

TEST(Hdf5HeaderConditions, BlocksAreFilledByMessages) {
  const auto of_size = [](std::size_t more, std::uint64_t size) {
    return said_of(continued(nil_block(more), size, 7));
  };
  EXPECT_EQ(of_size(0, 16), "");
  EXPECT_EQ(of_size(0, 0), "expected a continuation block that is not empty");
  for (std::uint64_t more = 1; more < 8; ++more) {
    EXPECT_TRUE(of_size(more, 16 + more).starts_with("expected header messages that fill their block, found one of "))
        << more << ": " << of_size(more, 16 + more);
  }
  EXPECT_EQ(of_size(8, 24), "expected 7 header messages, found more");
  EXPECT_NE(of_size(0, 17).find("object header continuation inside the file's"), std::string::npos) << of_size(0, 17);
}

TEST(Hdf5HeaderConditions, MessagesAreAsManyAsItSays) {
  EXPECT_EQ(said_of(continued(nil_block(), 16, 7)), "");
  EXPECT_EQ(said_of(continued(nil_block(), 16, 6)), "expected 6 header messages, found more");
  EXPECT_EQ(said_of(continued(nil_block(), 16, 8)), "expected 8 header messages, found 7");
}

TEST(Hdf5HeaderConditions, ALinkToABlockHasItsSize) {
  EXPECT_EQ(said_of(continued(nil_block(), 16, 7, 8)), "expected a continuation message of 16 bytes");
  EXPECT_EQ(said_of(continued(nil_block(), 16, 7, 24)), "expected a continuation message of 16 bytes");
}

TEST(Hdf5HeaderConditions, BlocksAndLinksAreInTheMap) {
  const auto file = continued(nil_block(), 16, 7);
  const Extent link = found(file, Structure::continuation_message, "/d");
  EXPECT_EQ(link.length, 24U);
  const Extent block = found(file, Structure::continuation_block, "/d");
  EXPECT_EQ(block.length, 16U);
  EXPECT_EQ(block.offset + 16, file.size());
}

// The attribute of "h" in a block of "d", once and twice.
TEST(Hdf5HeaderConditions, OneAttributeIsTheMost) {
  const std::vector<std::byte> file = whole();
  const Extent attribute = found(file, Structure::attribute_message, "/h");
  const auto message = std::span(file).subspan(attribute.offset, attribute.length);
  std::vector<std::byte> block(message.begin(), message.end());
  EXPECT_EQ(said_of(continued(block, block.size(), 7)),
            "expected bfloat16 to be stored as an opaque type of two bytes");
  block.insert(block.end(), message.begin(), message.end());
  EXPECT_EQ(said_of(continued(block, block.size(), 8)), "expected what Keras writes, found a second attribute 'dtype'");
}

TEST(Hdf5HeaderConditions, RanksHaveTheirLimit) {
  Limits limits;
  limits.tensor_rank = 2;
  EXPECT_EQ(said_of(whole(), limits), "");
  limits.tensor_rank = 1;
  EXPECT_EQ(said_of(whole(), limits), "expected at most 1 dims, found 2");
}

}  // namespace
}  // namespace revive::hdf5
