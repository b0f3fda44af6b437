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

std::int64_t nudge_integer(std::int64_t value, Random& random) {
  switch (random.below(5)) {
    case 0: return value == INT64_MAX ? value : value + 1;
    case 1: return value == INT64_MIN ? value : value - 1;
    case 2: return value == INT64_MIN ? value : -value;
    case 3: return static_cast<std::int64_t>(random.below(16));
    default: return pick(random, kIntegers);
  }
}

void mutate_object(Value::Object& object, Random& random) {
  if (object.empty()) {
    object.emplace_back("key", odd_value(random));
    return;
  }
  const std::size_t i = index_below(random, object.size());
  const auto at = object.begin() + static_cast<std::ptrdiff_t>(i);
  switch (random.below(6)) {
    case 0: object.erase(at); break;
    case 1: object[i].first = pick(random, kStrings); break;
    case 2:
      object.insert(object.begin() + static_cast<std::ptrdiff_t>(random.below(object.size() + 1)), Value::Member(*at));
      break;
    case 3: object.emplace_back(pick(random, kStrings), odd_value(random)); break;
    case 4: std::swap(object[i], pick(random, object)); break;
    default: std::swap(object[i].second, pick(random, object).second); break;
  }
}

void mutate_array(Value::Array& array, Random& random) {
  if (array.empty()) {
    array.push_back(odd_value(random));
    return;
  }
  const std::size_t i = index_below(random, array.size());
  switch (random.below(4)) {
    case 0: array.erase(array.begin() + static_cast<std::ptrdiff_t>(i)); break;
    case 1: array.push_back(Value(array[i])); break;
    case 2: std::swap(array[i], pick(random, array)); break;
    default: array.push_back(odd_value(random)); break;
  }
}

}  // namespace

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
                                   : Value(nudge_integer(value.as_int(), random));
      break;
    case Value::Kind::real:
      value = chance(random, 1, 2) ? pick(random, kReals) : value.as_real() * (1 + random.uniform());
      break;
    case Value::Kind::string: {
      std::string text = value.as_string();
      switch (random.below(3)) {
        case 0: text += pick(random, kStrings); break;
        case 1: text = pick(random, kStrings); break;
        default:
          if (!text.empty()) text.erase(index_below(random, text.size()));
      }
      value = std::move(text);
      break;
    }
    case Value::Kind::array: mutate_array(value.as_array(), random); break;
    case Value::Kind::object: mutate_object(value.as_object(), random); break;
  }
}

Value odd_value(Random& random) {
  switch (random.below(9)) {
    case 0: return nullptr;
    case 1: return chance(random, 1, 2);
    case 2: return pick(random, kIntegers);
    case 3: return pick(random, kReals);
    case 4: return pick(random, kStrings);
    case 5: return Value::Array{};
    case 6: return Value::Object{};
    case 7: return Value::Array(1 + index_below(random, 40), Value(pick(random, kIntegers)));
    default: {
      Value deep;
      for (std::uint64_t depth = random.below(80); depth > 0; --depth) {
        deep =
            chance(random, 1, 2) ? Value(Value::Array{std::move(deep)}) : Value(Value::Object{{"a", std::move(deep)}});
      }
      return deep;
    }
  }
}

void mutate_tree(Value& root, Random& random) {
  const std::vector<Value*> values = all_values(root);
  Value& target = *pick(random, values);
  switch (random.below(4)) {
    case 0: target = odd_value(random); break;
    case 1: {
      Value copy = *pick(random, values);
      target = std::move(copy);
      break;
    }
    default: nudge_value(target, random); break;
  }
}

void mutate_json_text(std::string& text, Random& random) {
  using namespace std::string_literals;
  const std::array<std::string, 16> kSpellings = {"\xEF\xBB\xBF"s,
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
  const std::string& spelling = pick(random, kSpellings);
  switch (random.below(5)) {
    case 0: text.insert(0, spelling); break;
    case 1: text += spelling; break;
    case 2: {
      // Instead of a value or a key, where most legacy_keys hurt.
      const std::size_t from = text.empty() ? 0 : index_below(random, text.size());
      const std::size_t colon = text.find(chance(random, 2, 3) ? ": " : ", ", from);
      if (colon == std::string::npos) break;
      const std::size_t end = text.find_first_of(",]}", colon + 2);
      if (end != std::string::npos) text.replace(colon + 2, end - colon - 2, spelling);
      break;
    }
    case 3: {
      // Into a string or a key.
      const std::size_t quote = text.find('"', text.empty() ? 0 : index_below(random, text.size()));
      if (quote != std::string::npos) text.insert(quote + 1, spelling);
      break;
    }
    default:
      if (!text.empty()) text.resize(index_below(random, text.size()));
  }
}

}  // namespace revive::fuzz
