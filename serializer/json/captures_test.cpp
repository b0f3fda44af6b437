#include "revive/serializer/json/captures.h"

#include <gtest/gtest.h>

#include "revive/model/tensor/element.h"
#include "revive/model/tensor/element_type.h"
#include "revive/serializer/json/json.h"

namespace revive {
namespace {

Result<Capture> read(std::string_view json, WideArrays wide = WideArrays::kept) {
  const auto value = parse_json(json, {}, "test");
  EXPECT_TRUE(value) << json;
  return capture_from_value(*value, "place", {}, wide);
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

TEST(Captures, ArraysKeepTheirDtypeAndBits) {
  for (const DType dtype : kDTypes) {
    if (dtype == DType::uint64) continue;
    Tensor array(dtype, {2});
    set_element(array, 1, dtype == DType::boolean ? Value(true) : is_float(dtype) ? Value(0.1) : Value(100));
    const auto again = capture_from_value(capture_to_value(array), "place", {});
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_TRUE(same_bits(std::get<Tensor>(*again), array)) << name_of(dtype);
  }
}

TEST(Captures, ArraysOfNumPysOwnNumbersAreNarrowed) {
  const auto narrow = [](std::string_view json) { return read(json, WideArrays::narrowed); };
  const auto floats = narrow(R"({"class_name": "__numpy__", "config": {"value": [0.1, 2.0], "dtype": "float64"}})");
  ASSERT_TRUE(floats) << floats.error().text();
  Tensor expected(DType::float32, {2});
  expected.data<float>()[0] = 0.1f;
  expected.data<float>()[1] = 2.0f;
  EXPECT_EQ(capture_to_value(*floats), capture_to_value(expected));
  const auto ints = narrow(R"({"class_name": "__tensor__", "config": {"value": [[7]], "dtype": "int64"}})");
  ASSERT_TRUE(ints) << ints.error().text();
  EXPECT_EQ(std::get<Tensor>(*ints).dtype(), DType::int32);
  EXPECT_EQ(narrow(R"({"class_name": "__numpy__", "config": {"value": [4294967296], "dtype": "int64"}})").error().code,
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
  const auto named =
      captures_from_value(Value::Object{{"fine", 1}, {"a/b", Value::Array{Value::Object{}}}}, "place", {});
  ASSERT_FALSE(named);
  EXPECT_EQ(named.error().place, "place/a~1b/0");
  EXPECT_EQ(captures_from_value(Value::Array{1}, "place", {}).error().text(),
            "place: expected an object of values, found [1]");
}

}  // namespace
}  // namespace revive
