// JSON text in spellings that our own writer never uses.
#include <fmt/format.h>

#include <cmath>

#include "revive/model/base/utf8.h"
#include "revive/properties/archive/equivalent_encodings.h"
#include "revive/serializer/json/json.h"

namespace revive::properties {
namespace {

class Printer {
 public:
  Printer(EquivalentEncoding spelling, Random& random) : spelling_(spelling), random_(random) {}

  std::string print(const Value& value) {
    space();
    add(value);
    space();
    return std::move(out_);
  }

 private:
  bool chosen(EquivalentEncoding spelling) const { return spelling_ == spelling; }
  bool coin() { return random_.below(2) == 0; }

  void space() {
    if (!chosen(EquivalentEncoding::white_space)) return;
    constexpr std::string_view kSpaces = " \t\r\n";
    for (std::uint64_t count = random_.below(4); count > 0; --count) out_ += kSpaces[random_.below(kSpaces.size())];
  }
  // A token that JSON has between values, with or without white space around it.
  void separator(std::string_view token) {
    space();
    out_ += chosen(EquivalentEncoding::white_space) ? token.substr(0, 1) : token;
    space();
  }

  void add(const Value& value) {
    switch (value.kind()) {
      case Value::Kind::array: return add_array(value.as_array());
      case Value::Kind::object: return add_object(value.as_object());
      case Value::Kind::string: return add_string(value.as_string());
      case Value::Kind::integer: return add_int(value.as_int());
      case Value::Kind::real: return add_real(value.as_real());
      case Value::Kind::null:
      case Value::Kind::boolean: out_ += print_json(value);
    }
  }

  void add_array(const Value::Array& items) {
    separator("[");
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i > 0) separator(", ");
      add(items[i]);
    }
    separator("]");
  }

  void add_object(const Value::Object& members) {
    separator("{");
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (i > 0) separator(", ");
      add_string(members[i].first);
      separator(": ");
      add(members[i].second);
    }
    separator("}");
  }

  void add_string(const std::string& text) {
    if (!chosen(EquivalentEncoding::escapes)) {
      out_ += print_json(Value(text));
      return;
    }
    out_ += '"';
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t start = at;
      const auto point = next_code_point(text, at).value_or(U'\uFFFD');
      const std::string_view plain = std::string_view(text).substr(start, at - start);
      const bool must = point < 0x20 || point == U'"' || point == U'\\';
      if (point == U'/' && coin()) {
        out_ += "\\/";
      } else if (must && coin()) {
        // Its short escape, where it has one.
        const std::string usual = print_json(Value(plain));
        out_ += usual.substr(1, usual.size() - 2);
      } else if (must || coin()) {
        add_escape(point);
      } else {
        out_ += plain;
      }
    }
    out_ += '"';
  }

  // By its UTF-16 code units, in digits of either case.
  void add_escape(char32_t point) {
    const auto unit = [&](std::uint32_t code) {
      out_ += coin() ? fmt::format("\\u{:04x}", code) : fmt::format("\\u{:04X}", code);
    };
    const auto code = static_cast<std::uint32_t>(point);
    if (code < 0x10000) return unit(code);
    unit(0xD800 + ((code - 0x10000) >> 10));
    unit(0xDC00 + ((code - 0x10000) & 0x3FF));
  }

  // JSON has one spelling for each int, but for the sign of zero.
  void add_int(std::int64_t value) {
    out_ += chosen(EquivalentEncoding::numbers) && value == 0 && coin() ? "-0" : std::to_string(value);
  }

  // Always with a point or an exponent, which is what makes a number a float.
  void add_real(double value) {
    if (!chosen(EquivalentEncoding::numbers) || !std::isfinite(value)) {
      out_ += print_json(Value(value));
      return;
    }
    switch (random_.below(4)) {
      // 17 digits tell any double from its neighbours; more are its exact decimal expansion.
      case 0: out_ += fmt::format("{:.16e}", value); break;
      case 1: out_ += fmt::format("{:.40E}", value); break;
      case 2:
        out_ += print_json(Value(value)) + (print_json(Value(value)).find('e') == std::string::npos ? "000" : "");
        break;
      default: out_ += fmt::format("{:#.17g}", value); break;
    }
  }

  EquivalentEncoding spelling_;
  Random& random_;
  std::string out_;
};

}  // namespace

std::string print_json_otherwise(const Value& value, EquivalentEncoding spelling, Random& random) {
  return Printer(spelling, random).print(value);
}

}  // namespace revive::properties
