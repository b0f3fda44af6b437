#include "revive/fuzz/mutators/mutate_json.h"

#include <array>
#include <limits>

#include "revive/fuzz/mutators/pick.h"

namespace revive::fuzz {
namespace {

constexpr std::array<std::int64_t, 14> kIntegers = {
    0, 1, -1, 2, 3, 7, 64, 255, 65536, INT32_MAX, INT32_MIN, std::int64_t{1} << 53, INT64_MAX, INT64_MIN};
constexpr std::array<double, 12> kReals = {0.0,
                                           -0.0,
                                           1.0,
                                           -1.0,
                                           0.5,
                                           1e-45,
                                           1e-320,
                                           3.5e38,
                                           1e308,
                                           std::numeric_limits<double>::infinity(),
                                           -std::numeric_limits<double>::infinity(),
                                           std::numeric_limits<double>::quiet_NaN()};
constexpr std::array<const char*, 9> kStrings = {
    "", "a", "..", "/", "dense_1", "na\xC3\xAFve", "\xF0\x9F\xA6\x8A", "e\xCC\x81", "\x01\x7F"};

void collect(Value& value, std::vector<Value*>& out) {
  out.push_back(&value);
  if (value.is_array()) {
    for (Value& item : value.as_array()) collect(item, out);
  } else if (value.is_object()) {
    for (auto& [key, member] : value.as_object()) collect(member, out);
  }
}

// Another item than number `i`, where there is one.
std::size_t other_index(std::size_t i, std::size_t count, Random& random) {
  return count < 2 ? i : (i + 1 + index_below(random, count - 1)) % count;
}

constexpr std::array kIntegerRows = {
    IntegerRow{"next", 1, [](std::int64_t value, Random&) { return value == INT64_MAX ? INT64_MIN : value + 1; }},
    IntegerRow{"previous", 1, [](std::int64_t value, Random&) { return value == INT64_MIN ? INT64_MAX : value - 1; }},
    // As -0 and -INT64_MIN are themselves.
    IntegerRow{"negative", 1,
               [](std::int64_t value, Random&) { return value == 0 || value == INT64_MIN ? INT64_MAX : -value; }},
    IntegerRow{"small", 1, [](std::int64_t, Random& random) { return static_cast<std::int64_t>(random.below(16)); }},
    IntegerRow{"special", 1, [](std::int64_t, Random& random) { return pick(random, kIntegers); }},
};

constexpr std::array kStringRows = {
    StringRow{"longer", 1,
              [](std::string& text, Random& random) {
                // The first adds nothing.
                text += pick(random, std::span(kStrings).subspan(1));
              }},
    StringRow{"special", 1, [](std::string& text, Random& random) { text = pick(random, kStrings); }},
    StringRow{"cut", 1,
              [](std::string& text, Random& random) {
                if (text.empty()) {
                  text = "a";
                } else {
                  text.erase(index_below(random, text.size()));
                }
              }},
};

// REQUIRES for all but the last: the object is not empty.
constexpr std::array kObjectRows = {
    ObjectRow{"drop", 1,
              [](Value::Object& object, Random& random) {
                object.erase(object.begin() + static_cast<std::ptrdiff_t>(random.below(object.size())));
              }},
    ObjectRow{"rename", 1,
              [](Value::Object& object, Random& random) {
                const std::size_t i = index_below(random, object.size());
                object[i].first = pick(random, kStrings);
              }},
    ObjectRow{"double", 1,
              [](Value::Object& object, Random& random) {
                Value::Member copy = pick(random, object);
                object.insert(object.begin() + static_cast<std::ptrdiff_t>(random.below(object.size() + 1)),
                              std::move(copy));
              }},
    ObjectRow{"move", 1,
              [](Value::Object& object, Random& random) {
                const std::size_t i = index_below(random, object.size());
                std::swap(object[i], object[other_index(i, object.size(), random)]);
              }},
    ObjectRow{"exchange", 1,
              [](Value::Object& object, Random& random) {
                const std::size_t i = index_below(random, object.size());
                std::swap(object[i].second, object[other_index(i, object.size(), random)].second);
              }},
    ObjectRow{"add", 1,
              [](Value::Object& object, Random& random) {
                std::string key = pick(random, kStrings);
                object.emplace_back(std::move(key), odd_value(random));
              }},
};

constexpr std::array kArrayRows = {
    ArrayRow{"drop", 1,
             [](Value::Array& array, Random& random) {
               array.erase(array.begin() + static_cast<std::ptrdiff_t>(random.below(array.size())));
             }},
    ArrayRow{"double", 1,
             [](Value::Array& array, Random& random) {
               Value copy = pick(random, array);
               array.push_back(std::move(copy));
             }},
    ArrayRow{"move", 1,
             [](Value::Array& array, Random& random) {
               const std::size_t i = index_below(random, array.size());
               std::swap(array[i], array[other_index(i, array.size(), random)]);
             }},
    ArrayRow{"add", 1, [](Value::Array& array, Random& random) { array.push_back(odd_value(random)); }},
};

template <typename Items, typename Rows>
void mutate_items(Items& items, const Rows& rows, Random& random) {
  if (items.empty()) {
    rows.back().change(items, random);
  } else {
    draw_row(rows, random).change(items, random);
  }
}

Value deep_value(Random& random) {
  Value deep;
  for (std::uint64_t depth = random.below(80); depth > 0; --depth) {
    deep = chance(random, 1, 2) ? Value(Value::Array{std::move(deep)}) : Value(Value::Object{{"a", std::move(deep)}});
  }
  return deep;
}

constexpr std::array kOddRows = {
    OddRow{"null", 1, [](Random&) { return Value(); }},
    OddRow{"boolean", 1, [](Random& random) { return Value(chance(random, 1, 2)); }},
    OddRow{"integer", 1, [](Random& random) { return Value(pick(random, kIntegers)); }},
    OddRow{"real", 1, [](Random& random) { return Value(pick(random, kReals)); }},
    OddRow{"string", 1, [](Random& random) { return Value(pick(random, kStrings)); }},
    OddRow{"empty_array", 1, [](Random&) { return Value(Value::Array{}); }},
    OddRow{"empty_object", 1, [](Random&) { return Value(Value::Object{}); }},
    OddRow{"long_array", 1,
           [](Random& random) {
             const std::size_t size = 1 + index_below(random, 40);
             return Value(Value::Array(size, Value(pick(random, kIntegers))));
           }},
    OddRow{"deep", 1, deep_value},
};

constexpr std::array kTreeRows = {
    TreeRow{"odd", 1, [](Value& target, const std::vector<Value*>&, Random& random) { target = odd_value(random); }},
    TreeRow{"copy", 1,
            [](Value& target, const std::vector<Value*>& values, Random& random) {
              Value copy = *pick(random, values);
              target = std::move(copy);
            }},
    TreeRow{"nudge", 2, [](Value& target, const std::vector<Value*>&, Random& random) { nudge_value(target, random); }},
};

// Instead of a value or a key, where most of them hurt.
void replace_value(std::string& text, const std::string& spelling, Random& random) {
  const std::size_t from = index_below(random, text.size() + 1);
  const std::size_t colon = text.find(chance(random, 2, 3) ? ": " : ", ", from);
  if (colon == std::string::npos) return;
  const std::size_t end = text.find_first_of(",]}", colon + 2);
  if (end != std::string::npos) text.replace(colon + 2, end - colon - 2, spelling);
}

// Into a string or a key.
void put_into_string(std::string& text, const std::string& spelling, Random& random) {
  const std::size_t quote = text.find('"', index_below(random, text.size() + 1));
  if (quote != std::string::npos) text.insert(quote + 1, spelling);
}

constexpr std::array kTextRows = {
    TextRow{"front", 1, [](std::string& text, const std::string& spelling, Random&) { text.insert(0, spelling); }},
    TextRow{"back", 1, [](std::string& text, const std::string& spelling, Random&) { text += spelling; }},
    TextRow{"value", 1, replace_value},
    TextRow{"string", 1, put_into_string},
    TextRow{"cut", 1,
            [](std::string& text, const std::string&, Random& random) {
              if (!text.empty()) text.resize(index_below(random, text.size()));
            }},
};

}  // namespace

std::span<const IntegerRow> integer_rows() {
  return kIntegerRows;
}
std::span<const StringRow> string_rows() {
  return kStringRows;
}
std::span<const ObjectRow> object_rows() {
  return kObjectRows;
}
std::span<const ArrayRow> array_rows() {
  return kArrayRows;
}
std::span<const OddRow> odd_value_rows() {
  return kOddRows;
}
std::span<const TreeRow> tree_rows() {
  return kTreeRows;
}
std::span<const TextRow> text_rows() {
  return kTextRows;
}

std::span<const std::string> odd_spellings() {
  using namespace std::string_literals;
  static const std::array<std::string, 16> kSpellings = {"\xEF\xBB\xBF"s,
                                                         "\xFF"s,
                                                         "\xC3"s,
                                                         "\\ud800"s,
                                                         "\\u0000"s,
                                                         "\0"s,
                                                         "1e999"s,
                                                         std::string(5000, '9'),
                                                         "-9223372036854775809"s,
                                                         std::string(3000, '['),
                                                         "{\"class_name\": "s,
                                                         "\"class_name\": \"Dense\", \"class_name\": \"Dense\", "s,
                                                         "]"s,
                                                         ", "s,
                                                         "-Infinity"s,
                                                         "0x10"s};
  return kSpellings;
}

std::vector<Value*> all_values(Value& root) {
  std::vector<Value*> values;
  collect(root, values);
  return values;
}

void nudge_value(Value& value, Random& random) {
  switch (value.kind()) {
    case Value::Kind::null: value = odd_value(random); break;
    case Value::Kind::boolean: value = !value.as_bool(); break;
    case Value::Kind::integer:
      value = chance(random, 1, 8) ? Value(static_cast<double>(value.as_int()))
                                   : Value(draw_row(integer_rows(), random).change(value.as_int(), random));
      break;
    case Value::Kind::real:
      value = chance(random, 1, 2) ? pick(random, kReals) : value.as_real() * (1 + random.uniform());
      break;
    case Value::Kind::string: {
      std::string text = value.as_string();
      draw_row(string_rows(), random).change(text, random);
      value = std::move(text);
      break;
    }
    case Value::Kind::array: mutate_items(value.as_array(), kArrayRows, random); break;
    case Value::Kind::object: mutate_items(value.as_object(), kObjectRows, random);
  }
}

Value odd_value(Random& random, std::span<const OddRow> rows) {
  return draw_row(rows, random).change(random);
}

void mutate_tree(Value& root, Random& random, std::span<const TreeRow> rows) {
  const std::vector<Value*> values = all_values(root);
  Value& target = *pick(random, values);
  draw_row(rows, random).change(target, values, random);
}

void mutate_json_text(std::string& text, Random& random, std::span<const TextRow> rows) {
  const std::string& spelling = pick(random, odd_spellings());
  draw_row(rows, random).change(text, spelling, random);
}

}  // namespace revive::fuzz
