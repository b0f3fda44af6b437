// The fields of a layer's config, declared once.
//
// A Field names one config key of a layer class and gives access to the struct member behind it. Everything
// that handles configs (reading, writing, validation, equality, generation, mutation, printing) walks a
// class's fields and switches over FieldRef, a closed set of member types. A field also says which values are
// legal on their own (Legal); what only fails in combination is a Rule of the class. Which values are worth drawing is
// said by the class's draw procedure (model/layer_draw.h), and what a layer owns by its child slots.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "revive/model/base/value.h"
#include "revive/model/tensor/shape.h"

namespace revive {

struct LambdaFunction;

// A number that keeps how it was written: Keras configs tell 1 from 1.0 and so do we.
class Number {
 public:
  Number() = default;
  Number(int value) : value_(static_cast<std::int64_t>(value)) {}
  Number(std::int64_t value) : value_(value) {}
  Number(double value) : value_(value) {}

  bool is_int() const { return value_.index() == 0; }
  double as_double() const { return is_int() ? static_cast<double>(std::get<0>(value_)) : std::get<1>(value_); }
  float as_float() const { return static_cast<float>(as_double()); }
  Value to_value() const { return is_int() ? Value(std::get<0>(value_)) : Value(std::get<1>(value_)); }
  // By bits: NaN equals itself, -0.0 is not 0.0, 1 is not 1.0.
  friend bool operator==(const Number& a, const Number& b) { return a.to_value() == b.to_value(); }

 private:
  std::variant<std::int64_t, double> value_ = std::int64_t{0};
};

// The legacy_keys of an enumeration whose enumerators are numbered from 0 and stored in one byte.
struct EnumNames {
  struct Alias {
    std::string_view spelling;
    std::uint8_t index;
  };
  std::string_view what;  // "an activation", for messages
  std::vector<std::string_view> names;
  std::vector<Alias> aliases;
  // The enumerator that a JSON null stands for, where Keras accepts one.
  std::optional<std::uint8_t> null_index;

  std::optional<std::uint8_t> index_of(std::string_view spelling) const;
};

// Specialised for every enumeration that is a field.
template <typename Enum>
const EnumNames& enum_names();

struct EnumRef {
  std::uint8_t* index;
  const EnumNames* names;
};

using IntList = std::vector<std::int64_t>;

// What lies in front of an axis and behind it, an item for each axis (ZeroPadding2D's padding).
using IntPair = std::array<std::int64_t, 2>;
using IntPairs = std::vector<IntPair>;

// One number, or a list of them: Keras' configs tell 1 from [1] and so do we (Rescaling's scale).
struct Numbers {
  Numbers() : items(1) {}
  Numbers(Number number) : items{number} {}
  explicit Numbers(std::vector<Number> list) : items(std::move(list)), is_list(true) {}

  std::vector<Number> items;
  // REQUIRES: one item where it is not.
  bool is_list = false;
};

using FieldRef = std::variant<bool*, std::int64_t*, std::optional<std::int64_t>*, Number*, std::optional<Number>*,
                              EnumRef, IntList*, std::optional<IntList>*, IntPairs*, Numbers*, std::optional<Numbers>*,
                              Shape*, DType*, std::string*, std::optional<std::string>*, LambdaFunction*>;

// What a field may hold whatever the other fields are. `minimum` and `maximum` apply to numbers and to every
// item of a list; `items` is the length of a list.
struct Legal {
  double minimum = -std::numeric_limits<double>::infinity();
  double maximum = std::numeric_limits<double>::infinity();
  std::optional<std::size_t> items = {};
  // A value outside the bounds that is legal all the same (Reshape's -1).
  std::optional<std::int64_t> also = {};
  // An int and a list of one mean the same (BatchNormalization's axis, which Keras 2 wrote as a list).
  bool one_item_list = false;
};

// An older spelling of a key. `until` is the last Keras version that wrote it.
struct LegacyKey {
  std::string_view key;
  std::string_view until;
};

struct Field {
  // Out of line, because each would repeat the code of all members where it is inlined.
  Field();
  Field(const Field&) = delete;
  Field& operator=(const Field&) = delete;
  Field(Field&&) noexcept;
  Field& operator=(Field&&) noexcept;
  ~Field();

  std::string name;
  // REQUIRES: the pointer is to a config struct of the class the field belongs to.
  std::function<FieldRef(void*)> ref;
  Legal legal;
  // A config without the key is refused; otherwise the default of the struct stands.
  bool required = false;
  // Not written while it holds its default, because readers older than `since` refuse the key.
  std::string_view since;
  std::vector<LegacyKey> legacy_keys;
};

}  // namespace revive
