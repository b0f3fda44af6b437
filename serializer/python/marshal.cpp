#include "revive/serializer/python/marshal.h"

#include <fmt/format.h>

#include <bit>

namespace revive::python {
namespace {

using Kind = Object::Kind;

constexpr std::uint8_t kFlagRef = 0x80;
constexpr ObjectIndex kUnfinished = UINT32_MAX;
constexpr int kDigitBits = 15;
// More 15-bit digits do not fit 64 bits.
constexpr std::int64_t kMostDigits = 5;

// The first failure is kept in `result_`. No byte is left behind it: what is read then is zero, and nothing is made of
// it.
class Reader {
 public:
  Reader(std::string_view bytes, Layout layout) : bytes_(bytes), layout_(layout) {}

  MarshalRead run() {
    // Most objects of a function take more than this; memory stays in proportion to the bytes.
    constexpr std::size_t kUsualBytes = 8;
    if (bytes_.size() > kMostMarshalBytes) {
      wrong(ErrorCode::limit_exceeded,
            fmt::format("expected at most {} bytes of code, found {}", kMostMarshalBytes, bytes_.size()));
    } else {
      result_.value.objects.reserve(bytes_.size() / kUsualBytes);
      result_.value.root = object();
      if (left() > 0) wrong(fmt::format("expected the end, found {} more bytes", left()));
    }
    result_.reached = at_;
    return std::move(result_);
  }

 private:
  void wrong(ErrorCode code, std::string message) {
    if (!result_.error) result_.error = Error{code, fmt::format("byte {}", at_), std::move(message)};
    bytes_ = bytes_.substr(0, at_);
  }
  void wrong(std::string message) { wrong(ErrorCode::bytecode_format, std::move(message)); }

  std::size_t left() const { return bytes_.size() - at_; }

  template <typename T>
  T number() {
    std::make_unsigned_t<T> value = 0;
    if (left() < sizeof(T)) {
      wrong(fmt::format("expected {} more bytes, found {}", sizeof(T), left()));
    } else {
      for (std::size_t i = 0; i < sizeof(T); ++i) {
        const auto byte = static_cast<std::make_unsigned_t<T>>(static_cast<std::uint8_t>(bytes_[at_ + i]));
        value = static_cast<std::make_unsigned_t<T>>(value | static_cast<std::make_unsigned_t<T>>(byte << (8 * i)));
      }
      at_ += sizeof(T);
    }
    return static_cast<T>(value);
  }
  double real() { return std::bit_cast<double>(number<std::uint64_t>()); }

  // A length or count of one or four bytes; each thing that it counts takes at least a byte.
  std::size_t count(bool small, std::size_t most) {
    const std::size_t start = at_;
    const std::size_t value = small ? number<std::uint8_t>() : number<std::uint32_t>();
    if (!result_.error) result_.counts.push_back(start);
    if (value > left()) {
      wrong(fmt::format("expected {} more bytes, found {}", value, left()));
    } else if (value > most) {
      wrong(ErrorCode::limit_exceeded, fmt::format("expected at most {} items, found {}", most, value));
    }
    return result_.error ? 0 : value;
  }

  void text(Object& out, Kind kind, bool small) {
    const std::size_t size = count(small, kMostMarshalBytes);
    out.kind = kind;
    out.text = bytes_.substr(at_, size);
    at_ += size;
  }

  void items(Object& out, Kind kind, std::size_t size) {
    out.kind = kind;
    for (std::size_t i = 0; i < size; ++i) out.items.push_back(object());
  }

  // Digits of 15 bits, the lowest first; the sign of the count is that of the number.
  void digits(Object& out) {
    const auto size = number<std::int32_t>();
    const std::int64_t length = size < 0 ? -std::int64_t{size} : std::int64_t{size};
    if (length > kMostDigits) return wrong(ErrorCode::limit_exceeded, "expected an int of 64 bits, found a longer one");
    unsigned __int128 magnitude = 0;
    for (int i = 0; i < length; ++i) {
      const auto digit = number<std::uint16_t>();
      if (digit >> kDigitBits != 0) return wrong("expected a digit of 15 bits, found a larger one");
      magnitude |= static_cast<unsigned __int128>(digit) << (kDigitBits * i);
    }
    constexpr unsigned __int128 kMost = INT64_MAX;
    if (magnitude > kMost + (size < 0 ? 1 : 0)) {
      return wrong(ErrorCode::limit_exceeded, "expected an int of 64 bits, found a longer one");
    }
    const auto low = static_cast<std::uint64_t>(magnitude);
    out.kind = Kind::integer;
    out.integer = static_cast<std::int64_t>(size < 0 ? 0 - low : low);
  }

  void code(Object& out) {
    out.kind = Kind::code;
    const std::size_t numbers = kCodeNumbers[static_cast<std::size_t>(layout_)].count;
    out.numbers.resize(numbers);
    for (std::size_t i = 0; i + 1 < numbers; ++i) out.numbers[i] = number<std::int32_t>();
    const CodeItems& parts = code_items(layout_);
    out.items.resize(parts.count);
    for (std::size_t i = 0; i < parts.count; ++i) {
      if (i == parts.before_line) out.numbers.back() = number<std::int32_t>();
      out.items[i] = object();
    }
  }

  ObjectIndex object() {
    if (depth_ == kMostNesting) {
      wrong(ErrorCode::limit_exceeded, fmt::format("expected at most {} nested objects", kMostNesting));
    }
    const auto type = number<std::uint8_t>();
    if (result_.error) return kUnfinished;
    if (type == 'r') return reference();
    const bool flagged = (type & kFlagRef) != 0;
    const std::size_t slot = references_.size();
    // Numbered before its parts are; until it is whole, nothing may refer to it.
    if (flagged) references_.push_back(kUnfinished);
    Object made;
    ++depth_;
    body(static_cast<char>(type & ~kFlagRef), made);
    --depth_;
    const auto index = static_cast<ObjectIndex>(result_.value.objects.size());
    result_.value.objects.push_back(std::move(made));
    if (flagged) references_[slot] = index;
    return index;
  }

  ObjectIndex reference() {
    const auto slot = number<std::uint32_t>();
    if (slot < references_.size() && references_[slot] != kUnfinished) return references_[slot];
    wrong(fmt::format("a reference to object {}, which is not there yet", slot));
    return kUnfinished;
  }

  void body(char type, Object& out) {
    switch (type) {
      case 'N': return;
      case 'T':
      case 'F':
        out.kind = Kind::boolean;
        out.integer = type == 'T' ? 1 : 0;
        return;
      case '.': out.kind = Kind::ellipsis; return;
      case 'i':
        out.kind = Kind::integer;
        out.integer = number<std::int32_t>();
        return;
      case 'l': return digits(out);
      case 'g':
        out.kind = Kind::real;
        out.reals[0] = real();
        return;
      case 'y':
        out.kind = Kind::complex;
        out.reals[0] = real();
        out.reals[1] = real();
        return;
      case 's': return text(out, Kind::bytes, false);
      case 'z':
      case 'Z': return text(out, Kind::string, true);
      case 'a':
      case 'A':
      case 'u':
      case 't': return text(out, Kind::string, false);
      case ')': return items(out, Kind::tuple, count(true, kMostItems));
      case '(': return items(out, Kind::tuple, count(false, kMostItems));
      case '>': return items(out, Kind::frozenset, count(false, kMostItems));
      case ':': return items(out, Kind::slice, 3);
      case 'c': return code(out);
      default:
        --at_;
        wrong(fmt::format("a type code that no code object holds, byte 0x{:02x}", static_cast<std::uint8_t>(type)));
    }
  }

  std::string_view bytes_;
  Layout layout_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::vector<ObjectIndex> references_;
  MarshalRead result_;
};

}  // namespace

MarshalRead read_marshal(std::string_view bytes, Layout layout) {
  return Reader(bytes, layout).run();
}

std::string_view name_of(Object::Kind kind) {
  constexpr std::array<std::string_view, 12> kNames = {"None",    "a bool",           "...",     "an int",
                                                       "a float", "a complex number", "bytes",   "a string",
                                                       "a tuple", "a frozenset",      "a slice", "code"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace revive::python
