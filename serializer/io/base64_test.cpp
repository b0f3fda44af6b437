#include "revive/serializer/io/base64.h"

#include <gtest/gtest.h>

namespace revive {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

// The examples of RFC 4648, section 10.
TEST(Base64, EncodesAndDecodesTheExamplesOfItsRfc) {
  const std::pair<std::string_view, std::string_view> rows[] = {{"", ""},
                                                                {"f", "Zg=="},
                                                                {"fo", "Zm8="},
                                                                {"foo", "Zm9v"},
                                                                {"foob", "Zm9vYg=="},
                                                                {"fooba", "Zm9vYmE="},
                                                                {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : rows) {
    EXPECT_EQ(to_base64(bytes_of(plain)), encoded);
    const auto decoded = from_base64(encoded);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(decoded->data()), decoded->size()), plain);
  }
}

TEST(Base64, SkipsWhiteSpaceAndRefusesTheRest) {
  EXPECT_TRUE(from_base64("Zm9v\nYmFy\n"));
  EXPECT_FALSE(from_base64("Zm9"));
  EXPECT_FALSE(from_base64("Zm9v!"));
  EXPECT_FALSE(from_base64("Zg==Zg=="));
}

}  // namespace
}  // namespace revive
