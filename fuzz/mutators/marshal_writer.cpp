#include "revive/fuzz/mutators/marshal_writer.h"

#include <bit>

namespace revive::fuzz {
namespace {

using python::Object;
using Kind = python::Object::Kind;

class Writer {
 public:
  Writer(const python::Marshalled& value, python::Layout layout, std::size_t most)
      : objects_(value.objects), parts_(python::code_items(layout)), most_(most) {}

  std::optional<std::string> run(python::ObjectIndex root) {
    object(root);
    if (bytes_.size() > most_) return std::nullopt;
    return std::move(bytes_);
  }

 private:
  template <typename T>
  void number(T value) {
    using Unsigned = std::make_unsigned_t<T>;
    for (std::size_t i = 0; i < sizeof(T); ++i)
      bytes_ += static_cast<char>(static_cast<Unsigned>(value) >> (8 * i) & 255);
  }
  void count(std::size_t size) { number(static_cast<std::uint32_t>(size)); }
  void text(char type, std::string_view text) {
    bytes_ += type;
    count(text.size());
    bytes_ += text;
  }
  void items(const Object& object) {
    for (const python::ObjectIndex item : object.items) this->object(item);
  }

  void integer(std::int64_t value) {
    if (value >= INT32_MIN && value <= INT32_MAX) {
      bytes_ += 'i';
      number(static_cast<std::int32_t>(value));
      return;
    }
    constexpr int kDigitBits = 15;
    std::uint64_t magnitude = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    std::string digits;
    std::int32_t size = 0;
    for (; magnitude != 0; magnitude >>= kDigitBits, ++size) {
      const auto digit = static_cast<std::uint16_t>(magnitude & ((1U << kDigitBits) - 1));
      digits += static_cast<char>(digit & 255);
      digits += static_cast<char>(digit >> 8);
    }
    bytes_ += 'l';
    number(value < 0 ? -size : size);
    bytes_ += digits;
  }

  void code(const Object& object) {
    bytes_ += 'c';
    for (std::size_t i = 0; i + 1 < object.numbers.size(); ++i) number(object.numbers[i]);
    for (std::size_t i = 0; i < object.items.size(); ++i) {
      if (i == parts_.before_line) number(object.numbers.back());
      this->object(object.items[i]);
    }
  }

  void object(python::ObjectIndex index) {
    // What is shared within what is shared grows without bound.
    if (bytes_.size() > most_) return;
    const Object& object = objects_[index];
    switch (object.kind) {
      case Kind::none: bytes_ += 'N'; return;
      case Kind::boolean: bytes_ += object.integer != 0 ? 'T' : 'F'; return;
      case Kind::ellipsis: bytes_ += '.'; return;
      case Kind::integer: integer(object.integer); return;
      case Kind::real:
        bytes_ += 'g';
        number(std::bit_cast<std::uint64_t>(object.reals[0]));
        return;
      case Kind::complex:
        bytes_ += 'y';
        for (const double part : object.reals) number(std::bit_cast<std::uint64_t>(part));
        return;
      case Kind::bytes: text('s', object.text); return;
      case Kind::string: text('u', object.text); return;
      case Kind::tuple:
      case Kind::frozenset:
        bytes_ += object.kind == Kind::tuple ? '(' : '>';
        count(object.items.size());
        items(object);
        return;
      case Kind::slice:
        bytes_ += ':';
        items(object);
        return;
      case Kind::code: code(object);
    }
  }

  const std::vector<Object>& objects_;
  const python::CodeItems& parts_;
  std::size_t most_;
  std::string bytes_;
};

}  // namespace

std::optional<std::string> write_marshal(const python::Marshalled& value, python::Layout layout, std::size_t most) {
  return Writer(value, layout, most).run(value.root);
}

}  // namespace revive::fuzz
