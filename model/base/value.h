// A configuration value: what a Keras config.json can hold, with nothing lost.
//
// int64 and double are different kinds (2 is not 2.0), objects keep the order of their keys, doubles are
// compared by bits (-0.0 is not 0.0, a NaN equals itself). A Value owns everything below it and takes 16 bytes,
// strings, arrays and objects that are not empty a block of their own besides. Plain data: no limits are checked here;
// the reader in serializer/json/json.h checks them before it builds one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "revive/model/base/box.h"
#include "revive/model/base/variant.h"

namespace revive {

class Value {
 public:
  enum class Kind : std::uint8_t { null, boolean, integer, real, string, array, object };
  using Array = std::vector<Value>;
  using Member = std::pair<std::string, Value>;
  using Object = std::vector<Member>;

  Value() = default;
  Value(std::nullptr_t) {}
  Value(bool value) : data_(value) {}
  Value(int value) : data_(static_cast<std::int64_t>(value)) {}
  Value(std::int64_t value) : data_(value) {}
  Value(double value) : data_(value) {}
  Value(const char* value) : data_(Text(std::string(value))) {}
  Value(std::string_view value) : data_(Text(std::string(value))) {}
  Value(std::string value) : data_(Text(std::move(value))) {}
  Value(Array value) : data_(Box<Array>(std::move(value))) {}
  Value(Object value) : data_(Box<Object>(std::move(value))) {}
  // Out of line, because each would repeat the code of all kinds where it is inlined.
  Value(const Value& other);
  Value(Value&& other) noexcept;
  Value& operator=(const Value& other);
  Value& operator=(Value&& other) noexcept;
  ~Value();

  Kind kind() const { return static_cast<Kind>(data_.index()); }
  bool is_null() const { return kind() == Kind::null; }
  bool is_bool() const { return kind() == Kind::boolean; }
  bool is_int() const { return kind() == Kind::integer; }
  bool is_real() const { return kind() == Kind::real; }
  bool is_string() const { return kind() == Kind::string; }
  bool is_array() const { return kind() == Kind::array; }
  bool is_object() const { return kind() == Kind::object; }

  // REQUIRES: the value has that kind.
  bool as_bool() const { return std::get<bool>(data_); }
  std::int64_t as_int() const { return std::get<std::int64_t>(data_); }
  double as_real() const { return std::get<double>(data_); }
  const std::string& as_string() const { return *std::get<Text>(data_); }
  const Array& as_array() const { return *std::get<Box<Array>>(data_); }
  Array& as_array() { return *std::get<Box<Array>>(data_); }
  const Object& as_object() const { return *std::get<Box<Object>>(data_); }
  Object& as_object() { return *std::get<Box<Object>>(data_); }

  // The member named `key`, or nullptr when there is none or this is not an object.
  const Value* find(std::string_view key) const;
  Value* find(std::string_view key);

  // "null", "a bool", "an int", ... for messages.
  std::string_view kind_name() const;
  // A short spelling for messages, cut after about 60 characters.
  std::string brief() const;

  // Same kind and same value, all the way down; doubles by bits; key order matters.
  friend bool operator==(const Value& a, const Value& b);

 private:
  using Text = Box<std::string>;

  Variant<std::monostate, bool, std::int64_t, double, Text, Box<Array>, Box<Object>> data_;
};

}  // namespace revive
