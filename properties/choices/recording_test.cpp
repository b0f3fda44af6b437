#include "revive/properties/choices/recording.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace revive::properties {
namespace {

using ::testing::ElementsAre;
using Values = std::vector<std::uint64_t>;
using Bytes = std::vector<std::uint8_t>;

TEST(Recording, ValuesLeaveOutTheSpans) {
  const Recording recording{{{.kind = Token::Kind::open, .label = "layer"},
                             {.kind = Token::Kind::forced, .value = 1, .max = 1},
                             {.kind = Token::Kind::value, .value = 7, .max = 9},
                             {.kind = Token::Kind::close}}};
  EXPECT_THAT(recording.values(), ElementsAre(1, 7));
  EXPECT_THAT(closes_of(recording.tokens), ElementsAre(3, 0, 0, 0));
}

TEST(Recording, FewerValuesAreSimplerThanSmallerOnes) {
  EXPECT_TRUE(simpler(Values{9}, Values{0, 0}));
  EXPECT_TRUE(simpler(Values{1, 9}, Values{2, 0}));
  EXPECT_FALSE(simpler(Values{1, 9}, Values{1, 9}));
  EXPECT_FALSE(simpler(Values{2, 0}, Values{1, 9}));
}

TEST(Recording, FuzzBytesAreASeedOfZeroAndLeb128) {
  EXPECT_EQ(to_fuzz_bytes(Values{0, 127, 128, 300}), (Bytes{0, 0, 0, 0x7f, 0x80, 0x01, 0xac, 0x02}));
  EXPECT_EQ(to_hex(Values{0, 127, 128, 300}), "0000007f8001ac02");
}

TEST(Recording, HexRoundTripsEveryWidth) {
  Values values = {0, UINT64_MAX};
  for (int bit = 0; bit < 64; ++bit) values.push_back(std::uint64_t{1} << bit);
  EXPECT_EQ(values_from_hex(to_hex(values)).value(), values);
  EXPECT_EQ(values_from_hex(to_hex({})).value(), Values{});
}

TEST(Recording, HexThatWasNotWrittenIsRefused) {
  for (const char* text : {"000", "00 0", "0000FF", "", "00", "0100", "000080", "00008000", "0000ffffffffffffffffff7f",
                           "00000`", "00000_", "00000W", "00000g", "00000/", "00000:"}) {
    const auto values = values_from_hex(text);
    ASSERT_FALSE(values.has_value()) << text;
    EXPECT_EQ(values.error().code, ErrorCode::case_format) << text;
  }
  EXPECT_EQ(values_from_hex("000").error().message, "expected two hex digits a byte, found 3 digits");
  EXPECT_EQ(values_from_hex("00000`").error().message, "expected hex digits 0-9a-f, found another character at 5");
}

TEST(Recording, AnyBytesAreAFuzzInput) {
  EXPECT_EQ(split_fuzz_bytes({}).seed, 0);
  EXPECT_EQ(split_fuzz_bytes(Bytes{7}).seed, 7);
  const FuzzInput cut = split_fuzz_bytes(Bytes{1, 2, 5, 0x83});
  EXPECT_EQ(cut.seed, 0x0201);
  EXPECT_THAT(cut.values, ElementsAre(5, 3));
  // Eleven bytes that all ask for more: ten make a value, the eleventh begins the next.
  Bytes endless(13, 0xff);
  EXPECT_THAT(split_fuzz_bytes(endless).values, ElementsAre(UINT64_MAX, 0x7f));
}

}  // namespace
}  // namespace revive::properties
