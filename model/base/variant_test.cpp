#include "revive/model/base/variant.h"

#include <gtest/gtest.h>

#include <new>
#include <string>
#include <vector>

#include "revive/model/base/value.h"

namespace revive {
namespace {

// Its copy finds no memory; it may be moved.
struct Scarce {
  Scarce() = default;
  Scarce(const Scarce&) { throw std::bad_alloc(); }
  Scarce(Scarce&&) noexcept = default;
  Scarce& operator=(const Scarce&) = default;
  Scarce& operator=(Scarce&&) noexcept = default;
  ~Scarce() = default;
};

// Of alternatives that the standard library takes for never valueless; a std::variant ends the process here.
using Strings = Variant<std::monostate, std::string, std::vector<Scarce>>;

TEST(Variant, ACopyThatFindsNoMemoryThrows) {
  const Strings scarce(std::vector<Scarce>(1));
  EXPECT_THROW(Strings copy(scarce), std::bad_alloc);
  Strings target(std::string(100, 'x'));
  EXPECT_THROW(target = scarce, std::bad_alloc);
  EXPECT_EQ(std::get<std::string>(target), std::string(100, 'x'));
}

TEST(Variant, IsTheStandardOneOtherwise) {
  const Strings text(std::string("text"));
  Strings copy = text;
  EXPECT_EQ(std::get<std::string>(copy), "text");
  Strings moved = std::move(copy);
  EXPECT_EQ(std::get<1>(moved), "text");
  moved = std::vector<Scarce>(2);
  EXPECT_EQ(std::get_if<std::string>(&moved), nullptr);
  EXPECT_EQ(std::visit([](const auto& held) { return sizeof held; }, moved), sizeof(std::vector<Scarce>));
}

TEST(Value, TakesSixteenBytes) {
  EXPECT_EQ(sizeof(Value), 16u);
}

TEST(Value, OwnsWhatIsBelowIt) {
  const Value original = Value::Object{{"a", Value::Array{1, "text", Value::Object{}}}, {"b", ""}};
  Value copy = original;
  copy.find("a")->as_array().emplace_back(2.0);
  EXPECT_NE(copy, original);
  EXPECT_EQ(original.find("a")->as_array().size(), 3u);
  EXPECT_EQ(original.find("b")->as_string(), "");
  EXPECT_TRUE(original.find("a")->as_array()[2].as_object().empty());
  copy = *original.find("a");
  EXPECT_EQ(copy, *original.find("a"));
}

TEST(Value, AnEmptyOneCanBeFilled) {
  Value array = Value::Array{};
  EXPECT_EQ(array, Value(Value::Array{}));
  array.as_array().emplace_back(1);
  EXPECT_EQ(array, Value(Value::Array{1}));
  Value object = Value::Object{};
  object.as_object().emplace_back("key", nullptr);
  EXPECT_NE(object.find("key"), nullptr);
  EXPECT_NE(Value(Value::Array{}), Value(Value::Object{}));
}

TEST(Value, CanBecomeACopyOfAPartOfItself) {
  Value value = Value::Array{Value(Value::Array{"inner"})};
  value = value.as_array()[0];
  EXPECT_EQ(value, Value(Value::Array{"inner"}));
}

}  // namespace
}  // namespace revive
