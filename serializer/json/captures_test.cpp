#include "revive/serializer/json/captures.h"

#include <gtest/gtest.h>

#include "revive/serializer/json/json.h"

namespace revive {
namespace {

Result<Capture> read(std::string_view json) {
  const auto value = parse_json(json, {}, "test");
  EXPECT_TRUE(value) << json;
  return capture_from_value(*value, "place", {});
}

TEST(Captures, EveryKindComesBack) {
  Tensor array(DType::float32, {2});
  array.data<float>()[1] = -0.0f;
  const Captures captures = {{"number", Value(3)},
                             {"text", Value("same")},
                             {"tuple", Value(Value::Array{Value(), Value(0.5)})},
                             {"array", array},
                             {"function", Function{"lambda t: t * 2"}}};
  const auto again = captures_from_value(captures_to_value(captures), "place", {});
  ASSERT_TRUE(again) << again.error().text();
  // Spelled out, arrays can be compared by their bits.
  EXPECT_EQ(captures_to_value(*again), captures_to_value(captures));
  EXPECT_EQ(std::get<Function>((*again)[4].second).text, "lambda t: t * 2");
}

TEST(Captures, ArraysOfNumPysOwnNumbersAreNarrowed) {
  const auto floats = read(R"({"class_name": "__numpy__", "config": {"value": [0.1, 2.0], "dtype": "float64"}})");
  ASSERT_TRUE(floats) << floats.error().text();
  Tensor expected(DType::float32, {2});
  expected.data<float>()[0] = 0.1f;
  expected.data<float>()[1] = 2.0f;
  EXPECT_EQ(capture_to_value(*floats), capture_to_value(expected));
  const auto ints = read(R"({"class_name": "__tensor__", "config": {"value": [[7]], "dtype": "int64"}})");
  ASSERT_TRUE(ints) << ints.error().text();
  EXPECT_EQ(std::get<Tensor>(*ints).dtype(), DType::int32);
  EXPECT_EQ(read(R"({"class_name": "__numpy__", "config": {"value": [4294967296], "dtype": "int64"}})").error().code,
            ErrorCode::config_value);
}

TEST(Captures, TuplesOfKerasAreTuples) {
  EXPECT_EQ(std::get<Value>(*read(R"({"class_name": "__tuple__", "items": [1, [2, null]]})")),
            Value(Value::Array{Value(1), Value(Value::Array{Value(2), Value()})}));
}

TEST(Captures, ObjectsThatAreNoValuesAreRefusedWithTheirPlace) {
  const auto refused = read(R"([1, {"class_name": "Dense", "config": {}}])");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::config_unsupported);
  EXPECT_EQ(refused.error().place, "place/1");
}

}  // namespace
}  // namespace revive
