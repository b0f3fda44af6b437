#include "revive/model/base/error.h"

#include <gtest/gtest.h>

namespace revive {
namespace {

TEST(Error, TextIsPlaceAndSentence) {
  EXPECT_EQ((Error{ErrorCode::usage, "", "expected a name"}.text()), "expected a name");
  EXPECT_EQ((Error{ErrorCode::usage, "config.json", "expected a name"}.text()), "config.json: expected a name");
  EXPECT_EQ((Error{ErrorCode::usage, "config.json", "expected a name"}.within("a.keras: ").text()),
            "a.keras: config.json: expected a name");
}

TEST(Error, TextIsOneLineThatATerminalCanPrint) {
  const struct {
    const char* name;
    const char* printed;
  } rows[] = {
      {"größe 層", "größe 層"},     {"a\nb\t", "a\\x0ab\\x09"}, {"\x1b[31mred\x7f", "\\x1b[31mred\\x7f"},
      {"\xC2\x9B", "\\xc2\\x9b"},  // U+009B starts a control sequence, too
      {"\xFFz\xC3", "\\xffz\\xc3"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ((Error{ErrorCode::usage, row.name, "x"}.text()), row.printed + std::string(": x"));
    EXPECT_EQ((Error{ErrorCode::usage, "", row.name}.text()), row.printed);
  }
}

TEST(Error, PlaceAndSentenceNeverRunTogether) {
  const auto text = [](const char* place, const char* prefix) {
    return Error{ErrorCode::usage, place, "sentence"}.within(prefix).text();
  };
  EXPECT_EQ(text("", "file: "), "file: sentence");
  EXPECT_EQ(text("/config", "file: "), "file: /config: sentence");
  EXPECT_EQ(text("/config", "member"), "member/config: sentence");
  EXPECT_EQ(text("Dense 'd'", "/config"), "/config: Dense 'd': sentence");
  EXPECT_EQ(text("member: ", "file: "), "file: member: sentence");
  EXPECT_EQ(text("member: ", ""), "member: sentence");
}

}  // namespace
}  // namespace revive
