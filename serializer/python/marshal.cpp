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

// Every read_ function returns whether it succeeded; the first failure is kept in `result_`.
class Reader {
 public:
  Reader(std::string_view bytes, Layout layout) : bytes_(bytes), layout_(layout) {}

  MarshalRead run() {
    // Most objects of a function take more than this; memory stays in proportion to the bytes.
    constexpr std::size_t kUsualBytes = 8;
    if (bytes_.size() <= kMostMarshalBytes) result_.value.objects.reserve(bytes_.size() / kUsualBytes);
    if (bytes_.size() > kMostMarshalBytes) {
      wrong(ErrorCode::limit_exceeded,
            fmt::format("expected at most {} bytes of code, found {}", kMostMarshalBytes, bytes_.size()));
    } else if (object(result_.value.root) && at_ != bytes_.size()) {
      wrong(ErrorCode::bytecode_format, fmt::format("expected the end, found {} more bytes", bytes_.size() - at_));
    }
    result_.reached = at_;
    return std::move(result_);
  }

 private:
  bool wrong(ErrorCode code, std::string message) {
    if (!result_.error) result_.error = Error{code, fmt::format("byte {}", at_), std::move(message)};
    return false;
  }
  bool wrong(std::string message) { return wrong(ErrorCode::bytecode_format, std::move(message)); }

  std::size_t left() const { return bytes_.size() - at_; }

  template <typename T>
  bool number(T& out) {
    if (left() < sizeof(T)) return wrong(fmt::format("expected {} more bytes, found {}", sizeof(T), left()));
    std::make_unsigned_t<T> value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      const auto byte = static_cast<std::make_unsigned_t<T>>(static_cast<std::uint8_t>(bytes_[at_ + i]));
      value = static_cast<std::make_unsigned_t<T>>(value | static_cast<std::make_unsigned_t<T>>(byte << (8 * i)));
    }
    out = static_cast<T>(value);
    at_ += sizeof(T);
    return true;
  }
  bool real(double& out) {
    std::uint64_t bits = 0;
    if (!number(bits)) return false;
    out = std::bit_cast<double>(bits);
    return true;
  }

  // A length or count of one or four bytes; each thing that it counts takes at least a byte.
  bool count(bool small, std::size_t most, std::size_t& out) {
    const std::size_t start = at_;
    std::uint32_t value = 0;
    if (small) {
      std::uint8_t byte = 0;
      if (!number(byte)) return false;
      value = byte;
    } else if (!number(value)) {
      return false;
    }
    result_.counts.push_back(start);
    if (value > left()) return wrong(fmt::format("expected {} more bytes, found {}", value, left()));
    if (value > most)
      return wrong(ErrorCode::limit_exceeded, fmt::format("expected at most {} items, found {}", most, value));
    out = value;
    return true;
  }

  bool text(Object& out, Kind kind, bool small) {
    std::size_t size = 0;
    if (!count(small, kMostMarshalBytes, size)) return false;
    out.kind = kind;
    out.text = bytes_.substr(at_, size);
    at_ += size;
    return true;
  }

  bool items(Object& out, Kind kind, std::size_t size) {
    out.kind = kind;
    out.items.resize(size);
    for (ObjectIndex& item : out.items) {
      if (!object(item)) return false;
    }
    return true;
  }

  // Digits of 15 bits, the lowest first; the sign of the count is that of the number.
  bool digits(Object& out) {
    std::int32_t size = 0;
    if (!number(size)) return false;
    const std::int64_t length = size < 0 ? -std::int64_t{size} : std::int64_t{size};
    if (length > kMostDigits) return wrong(ErrorCode::limit_exceeded, "expected an int of 64 bits, found a longer one");
    unsigned __int128 magnitude = 0;
    for (int i = 0; i < length; ++i) {
      std::uint16_t digit = 0;
      if (!number(digit)) return false;
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
    return true;
  }

  bool code(Object& out) {
    out.kind = Kind::code;
    const std::size_t numbers = kCodeNumbers[static_cast<std::size_t>(layout_)].count;
    out.numbers.resize(numbers);
    for (std::size_t i = 0; i + 1 < numbers; ++i) {
      if (!number(out.numbers[i])) return false;
    }
    const CodeItems& parts = code_items(layout_);
    out.items.resize(parts.count);
    for (std::size_t i = 0; i < parts.count; ++i) {
      if (i == parts.before_line && !number(out.numbers.back())) return false;
      if (!object(out.items[i])) return false;
    }
    return true;
  }

  bool object(ObjectIndex& out) {
    if (depth_ == kMostNesting) {
      return wrong(ErrorCode::limit_exceeded, fmt::format("expected at most {} nested objects", kMostNesting));
    }
    std::uint8_t type = 0;
    if (!number(type)) return false;
    if (type == 'r') return reference(out);
    const bool flagged = (type & kFlagRef) != 0;
    const std::size_t slot = references_.size();
    // Numbered before its parts are; until it is whole, nothing may refer to it.
    if (flagged) references_.push_back(kUnfinished);
    Object made;
    ++depth_;
    const bool done = body(static_cast<char>(type & ~kFlagRef), made);
    --depth_;
    if (!done) return false;
    out = static_cast<ObjectIndex>(result_.value.objects.size());
    result_.value.objects.push_back(std::move(made));
    if (flagged) references_[slot] = out;
    return true;
  }

  bool reference(ObjectIndex& out) {
    std::uint32_t slot = 0;
    if (!number(slot)) return false;
    if (slot >= references_.size() || references_[slot] == kUnfinished) {
      return wrong(fmt::format("a reference to object {}, which is not there yet", slot));
    }
    out = references_[slot];
    return true;
  }

  bool body(char type, Object& out) {
    std::size_t size = 0;
    switch (type) {
      case 'N': return true;
      case 'T':
      case 'F':
        out.kind = Kind::boolean;
        out.integer = type == 'T' ? 1 : 0;
        return true;
      case '.': out.kind = Kind::ellipsis; return true;
      case 'i': {
        std::int32_t value = 0;
        out.kind = Kind::integer;
        if (!number(value)) return false;
        out.integer = value;
        return true;
      }
      case 'l': return digits(out);
      case 'g': out.kind = Kind::real; return real(out.reals[0]);
      case 'y': out.kind = Kind::complex; return real(out.reals[0]) && real(out.reals[1]);
      case 's': return text(out, Kind::bytes, false);
      case 'z':
      case 'Z': return text(out, Kind::string, true);
      case 'a':
      case 'A':
      case 'u':
      case 't': return text(out, Kind::string, false);
      case ')': return count(true, kMostItems, size) && items(out, Kind::tuple, size);
      case '(': return count(false, kMostItems, size) && items(out, Kind::tuple, size);
      case '>': return count(false, kMostItems, size) && items(out, Kind::frozenset, size);
      case ':': return items(out, Kind::slice, 3);
      case 'c': return code(out);
      default:
        --at_;
        return wrong(
            fmt::format("a type code that no code object holds, byte 0x{:02x}", static_cast<std::uint8_t>(type)));
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
