// What machines read of errors and of texts with control characters.
#include "revive/tools/console/json_text.h"

#include <gtest/gtest.h>

#include <sstream>

namespace revive::tools {
namespace {

std::string printed(const Value& value) {
  std::ostringstream out;
  std::ostringstream err;
  Console console{.out = out, .err = err};
  print_value(console, value);
  EXPECT_EQ(err.str(), "");
  return out.str();
}

TEST(JsonText, HasNoControlCharacter) {
  EXPECT_EQ(printed("\x7f"
                    "a\x7f\x7f"
                    "b\x1b\n\x7f"),
            "\"\\u007fa\\u007f\\u007fb\\u001b\\n\\u007f\"\n");
  EXPECT_EQ(printed(Value::Array{1, nullptr}), "[1, null]\n");
}

TEST(JsonText, OfAnErrorIsItsCodePlaceAndMessage) {
  EXPECT_EQ(printed(error_to_value(Error(ErrorCode::archive_crc, "a place", "a message"))),
            R"({"code": "archive_crc", "place": "a place", "message": "a message"})"
            "\n");
}

}  // namespace
}  // namespace revive::tools
