#include "revive/serializer/json/constants.h"

#include <gtest/gtest.h>

#include "revive/serializer/json/json.h"

namespace revive {
namespace {

// What a constant is written as once it was read, or why it is not read.
std::string read(std::string_view json, const Limits& limits = {}) {
  const auto value = parse_json(json, {}, "test");
  EXPECT_TRUE(value) << json;
  const auto constant = constant_from_value(*value, "place", limits);
  return constant ? print_json(constant_to_value(*constant)) : constant.error().text();
}

std::string array(std::string_view elements, std::string_view dtype) {
  return R"({"class_name": "__numpy__", "config": {"value": )" + std::string(elements) + R"(, "dtype": ")" +
         std::string(dtype) + "\"}}";
}

TEST(Constants, ComeBackAsTheyWere) {
  for (const std::string& text :
       {std::string("1"), std::string("[1, [2.5, \"a\"], [], null]"), "[" + array("[1, 2]", "int32") + ", true]",
        array("[[1.5], [-0.0]]", "float32"), array("3.0", "float32"), array("[]", "float32"),
        array("[[], []]", "int32"), std::string(R"({"class_name": "__ellipsis__", "config": {}})"),
        std::string(R"([{"class_name": "__slice__", "config": {"start": 1, "stop": null, )"
                    R"("step": -2}}])")}) {
    EXPECT_EQ(read(text), text);
  }
}

TEST(Constants, AreRefusedInWords) {
  EXPECT_EQ(
      read(R"([0, [1, {"class_name": "Dense", "config": {}}]])"),
      "place/1/1: expected a number, a slice, ... or an array, found {\"class_name\": \"Dense\", \"config\": {}}");
  EXPECT_EQ(read(array("[[1, 2], [3]]", "float32")),
            "place/config/value: expected a rectangular array with 2 items here, found [3]");
  EXPECT_EQ(read(array("[[1, 2], 3]", "float32")),
            "place/config/value: expected a rectangular array with 2 items here, found 3");
  EXPECT_EQ(read(array("[[[1]]]", "int32"), {.tensor_rank = 2}), "place/config/value: expected at most 2 axes");
  EXPECT_EQ(read(array("[[1]]", "int32"), {.tensor_rank = 2}), array("[[1]]", "int32"));
  EXPECT_EQ(read(array("[[1], [2], [3]]", "int32"), {.constant_elements = 2}),
            "place/config/value: expected at most 2 constant elements, found an array of (3, 1)");
  EXPECT_EQ(read(array("[[1], [2]]", "int32"), {.constant_elements = 2}), array("[[1], [2]]", "int32"));
  EXPECT_EQ(read(array("[1.5]", "int32")), "place/config/value: expected an element of int32, found 1.5");
}

}  // namespace
}  // namespace revive
