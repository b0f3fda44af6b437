#include "revive/model/tensor/dtype_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace revive {
namespace {

Value object(std::string_view class_name, Value::Object config) {
  return Value::Object{{"module", "keras"},
                       {"class_name", class_name},
                       {"config", Value(std::move(config))},
                       {"registered_name", Value()}};
}

TEST(DTypePolicy, IsReadAsANameAndAsAnObject) {
  for (const std::string_view name : dtype_policy_names()) {
    const auto by_name = policy_from_value(Value(name), "p");
    ASSERT_TRUE(by_name) << by_name.error().text();
    EXPECT_EQ(by_name->name(), name);
    const auto by_object = policy_from_value(object("DTypePolicy", {{"name", name}}), "p");
    ASSERT_TRUE(by_object) << by_object.error().text();
    EXPECT_EQ(*by_object, *by_name);
  }
}

TEST(DTypePolicy, SaysWhatIsComputedInAndWhatIsHeld) {
  const auto mixed = DTypePolicy::from_name("mixed_bfloat16");
  ASSERT_TRUE(mixed);
  EXPECT_EQ(mixed->compute_dtype(), DType::bfloat16);
  EXPECT_EQ(mixed->variable_dtype(), DType::float32);
  EXPECT_EQ(DTypePolicy::from_name("float16")->variable_dtype(), DType::float16);
  EXPECT_EQ(DTypePolicy().name(), "float32");
}

TEST(DTypePolicy, QuantizedOnesAreRefusedByName) {
  struct Row {
    Value policy;
    std::string_view message;
  };
  const std::vector<Row> rows = {
      {object("QuantizedDTypePolicy", {{"mode", "int8"}, {"source_name", "float32"}}), "the quantized policy \"int8\""},
      {object("QuantizedFloat8DTypePolicy", {{"mode", "float8"}, {"source_name", "mixed_bfloat16"}}),
       "the quantized policy \"float8\""},
      {object("DTypePolicyMap", {{"default_policy", Value()}, {"policy_map", Value()}}), "a DTypePolicyMap"},
      {Value("int8_from_float32"), "int8_from_float32"},
      {Value("int32"), "int32"},
  };
  for (const auto& [policy, message] : rows) {
    const auto read = policy_from_value(policy, "here");
    ASSERT_FALSE(read) << message;
    EXPECT_EQ(read.error().code, ErrorCode::config_unsupported);
    EXPECT_EQ(read.error().place, "here");
    EXPECT_THAT(read.error().message, ::testing::HasSubstr(message));
  }
  EXPECT_EQ(policy_from_value(Value(3), "here").error().code, ErrorCode::config_type);
}

}  // namespace
}  // namespace revive
