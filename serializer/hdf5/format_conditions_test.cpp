// The encodings of the dialect byte by byte, as h5py writes them, and the words for what is not of it.
#include "revive/serializer/hdf5/format.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace revive::hdf5 {
namespace {

std::string hex(std::span<const std::byte> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::byte each : bytes) {
    text += kDigits[std::to_integer<std::size_t>(each) >> 4];
    text += kDigits[std::to_integer<std::size_t>(each) & 15];
  }
  return text;
}

TEST(FormatConditions, EveryDatatypeHasItsBytes) {
  const std::pair<DType, std::string_view> rows[] = {
      {DType::float16, "11200f0002000000000010000a05000a0f000000"},
      {DType::float32, "11201f000400000000002000170800177f000000"},
      {DType::float64, "11203f000800000000004000340b0034ff030000"},
      {DType::bfloat16, "1500000002000000"},
      {DType::int8, "100800000100000000000800"},
      {DType::int16, "100800000200000000001000"},
      {DType::int32, "100800000400000000002000"},
      {DType::int64, "100800000800000000004000"},
      {DType::uint8, "100000000100000000000800"},
      {DType::uint16, "100000000200000000001000"},
      {DType::uint32, "100000000400000000002000"},
      {DType::uint64, "100000000800000000004000"},
      {DType::boolean, "180200000100000010080000010000000000080046414c534500000054525545000000000001"},
  };
  for (const auto& [dtype, bytes] : rows) {
    const auto encoding = datatype_encoding(dtype);
    EXPECT_EQ(hex(encoding), bytes);
    EXPECT_EQ(dtype_of_encoding(encoding), dtype);
    std::vector<std::byte> padded(encoding.begin(), encoding.end());
    while (padded.size() % 8 != 0) padded.push_back({});
    EXPECT_EQ(dtype_of_encoding(padded), dtype);
    padded.resize(padded.size() + 8);
    EXPECT_EQ(dtype_of_encoding(padded), std::nullopt);
    EXPECT_EQ(dtype_of_encoding(encoding.first(encoding.size() - 1)), std::nullopt);
    for (std::size_t i = 0; i < encoding.size(); ++i) {
      std::vector<std::byte> changed(encoding.begin(), encoding.end());
      changed[i] ^= std::byte{0x40};
      EXPECT_EQ(dtype_of_encoding(changed), std::nullopt) << bytes << " at " << i;
    }
  }
  EXPECT_EQ(hex(string_encoding()), "1901010010000000100000000100000000000800");
}

TEST(FormatConditions, EveryDatatypeHasItsWords) {
  const auto said = [](int first, int second = 0, std::size_t size = 8) {
    std::vector<std::byte> message(size);
    message[0] = static_cast<std::byte>(first);
    message[1] = static_cast<std::byte>(second);
    return describe_datatype(message);
  };
  const std::string_view little[] = {"an integer of an unusual layout",
                                     "a float of an unusual layout",
                                     "a time",
                                     "a fixed-length string",
                                     "a bit field",
                                     "an opaque type that is not bfloat16",
                                     "a compound",
                                     "a reference",
                                     "an enumeration that is not FALSE and TRUE",
                                     "a variable-length type",
                                     "an array type",
                                     "a datatype of an unknown class",
                                     "a datatype of an unknown class"};
  for (int i = 0; i < 13; ++i) {
    EXPECT_EQ(said(0x10 + i), little[i]);
    EXPECT_EQ(said(0x10 + i, 2), little[i]);
    EXPECT_EQ(said(0x10 + i, 1), i == 0 ? "a big-endian integer" : i == 1 ? "a big-endian float" : little[i]);
  }
  EXPECT_EQ(said(0x10, 0, 7), "a datatype that is cut off");
  EXPECT_EQ(said(0x00), "a datatype of version 0");
  EXPECT_EQ(said(0x21), "a datatype of version 2");
  EXPECT_EQ(said(0x36), "a datatype of version 3");
}

TEST(FormatConditions, EveryMessageHasItsWords) {
  const std::pair<int, std::string_view> rows[] = {
      {0x02, "links in a new-style group"},
      {0x04, "an old-style fill value"},
      {0x06, "a link message"},
      {0x07, "data in external files"},
      {0x09, "an unknown message"},
      {0x0A, "a new-style group"},
      {0x0B, "a filter pipeline"},
      {0x0D, "an object comment"},
      {0x0E, "an old-style modification time"},
      {0x0F, "a table of shared messages"},
      {0x13, "B-tree parameters"},
      {0x14, "driver information"},
      {0x15, "attribute information"},
      {0x16, "an object reference count"},
      {0x17, "an unknown message"},
      {0xFFFF, "an unknown message"},
  };
  for (const auto& [type, words] : rows) EXPECT_EQ(describe_message(static_cast<std::uint16_t>(type)), words) << type;
}

TEST(FormatConditions, LinksHaveNamesThatAPathCanHold) {
  EXPECT_TRUE(is_link_name("a"));
  EXPECT_TRUE(is_link_name(".."));
  EXPECT_TRUE(is_link_name("\xC3\xA9"));
  for (const std::string& name : {std::string(), std::string("."), std::string("/"), std::string("a/b"),
                                  std::string("a\0", 2), std::string("\0", 1), std::string("\xC3")}) {
    EXPECT_FALSE(is_link_name(name)) << name;
  }
}

}  // namespace
}  // namespace revive::hdf5
