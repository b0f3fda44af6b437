#include "revive/serializer/io/npy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>

#include "revive/model/base/value.h"
#include "revive/model/tensor/element_type.h"

namespace revive {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kVersionEnd = 8;
constexpr std::size_t kAlignment = 64;

// NumPy's spelling: byte order, kind, size. NumPy has no bfloat16, and ml_dtypes, which brings one, stores it as two
// bytes of nothing in particular.
std::string descr_of(DType dtype) {
  const std::size_t size = size_of(dtype);
  const char kind = dtype == DType::bfloat16  ? 'V'
                    : dtype == DType::boolean ? 'b'
                    : is_float(dtype)         ? 'f'
                    : is_signed(dtype)        ? 'i'
                                              : 'u';
  return fmt::format("{}{}{}", size == 1 ? '|' : '<', kind, size);
}

std::unexpected<Error> bad(std::string message) {
  return fail(ErrorCode::npy_format, "", std::move(message));
}

struct Header {
  DType dtype = DType::float32;
  Dims dims;
};

// A reader of the one Python literal that NumPy writes: a dict of a string, a bool and a tuple of ints.
class HeaderReader {
 public:
  HeaderReader(std::string_view text, const Limits& limits) : text_(text), limits_(limits) {}

  Result<Header> read() {
    if (!take('{')) return unexpected("a dict");
    while (!take('}')) {
      const auto key = quoted();
      if (!key || !take(':')) return unexpected("a quoted key and a colon");
      if (auto status = value_of(*key); !status) return std::unexpected(std::move(status.error()));
      if (!take(',') && !next_is('}')) return unexpected("',' or '}'");
    }
    skip_space();
    if (at_ != text_.size()) return unexpected("the end of the header");
    if (!has_descr_ || !has_order_ || !has_shape_) {
      return bad("expected a header with descr, fortran_order and shape, found " + Value(text_).brief());
    }
    return std::move(header_);
  }

 private:
  std::unexpected<Error> unexpected(std::string_view expected) const {
    return bad(fmt::format("expected {} at character {} of the header, found {}", expected, at_,
                           Value(text_.substr(std::min(at_, text_.size()))).brief()));
  }
  void skip_space() { at_ = std::min(text_.find_first_not_of(" \n", at_), text_.size()); }
  bool next_is(char c) {
    skip_space();
    return at_ < text_.size() && text_[at_] == c;
  }
  bool take(char c) {
    if (!next_is(c)) return false;
    ++at_;
    return true;
  }
  bool take_word(std::string_view word) {
    skip_space();
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  std::optional<std::string_view> quoted() {
    if (!next_is('\'') && !next_is('"')) return std::nullopt;
    const std::size_t end = text_.find(text_[at_], at_ + 1);
    if (end == text_.npos) return std::nullopt;
    const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return inside;
  }

  Status value_of(std::string_view key) {
    if (key == "descr" && !std::exchange(has_descr_, true)) return read_descr();
    if (key == "fortran_order" && !std::exchange(has_order_, true)) return read_order();
    if (key == "shape" && !std::exchange(has_shape_, true)) return read_shape();
    return bad("expected descr, fortran_order and shape once each in the header, found " + Value(key).brief());
  }

  Status read_descr() {
    const auto descr = quoted();
    if (!descr) return unexpected("a quoted dtype");
    const auto dtype = std::ranges::find(kDTypes, *descr, descr_of);
    if (dtype == kDTypes.end()) {
      return bad("expected a little-endian dtype such as <f4, <i8 or |b1, found " + Value(*descr).brief());
    }
    header_.dtype = *dtype;
    return {};
  }

  Status read_order() {
    if (take_word("False")) return {};
    if (take_word("True")) return bad("expected an array in C order, found one in Fortran order");
    return unexpected("True or False");
  }

  Status read_shape() {
    if (!take('(')) return unexpected("a tuple");
    while (!take(')')) {
      std::int64_t dim = 0;
      const char* begin = text_.data() + at_;
      const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), dim);
      if (error != std::errc() || dim < 0) return unexpected("a size");
      at_ += static_cast<std::size_t>(end - begin);
      header_.dims.push_back(dim);
      if (header_.dims.size() > limits_.tensor_rank) {
        return bad(fmt::format("expected at most {} axes (Limits::tensor_rank)", limits_.tensor_rank));
      }
      if (!take(',') && !next_is(')')) return unexpected("',' or ')'");
    }
    return {};
  }

  std::string_view text_;
  const Limits& limits_;
  std::size_t at_ = 0;
  Header header_;
  bool has_descr_ = false;
  bool has_order_ = false;
  bool has_shape_ = false;
};

}  // namespace

Result<Tensor> read_npy(std::span<const std::byte> file, const Limits& limits) {
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  if (!text.starts_with(kMagic) || text.size() < kVersionEnd) return bad("expected an .npy file, found other bytes");
  const auto byte_at = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  if ((byte_at(6) != 1 && byte_at(6) != 2) || byte_at(7) != 0) {
    return bad(fmt::format("expected .npy version 1.0 or 2.0, found {}.{}", byte_at(6), byte_at(7)));
  }
  const std::size_t length_width = byte_at(6) == 1 ? 2 : 4;
  const std::size_t header_start = kVersionEnd + length_width;
  if (text.size() < header_start) return bad("expected a header, found the end of the file");
  std::size_t header_size = 0;
  for (std::size_t i = length_width; i-- > 0;) header_size = header_size << 8 | byte_at(kVersionEnd + i);
  if (header_size > text.size() - header_start) {
    return bad(fmt::format("expected a header of {} bytes, found {}", header_size, text.size() - header_start));
  }
  REVIVE_ASSIGN_OR_RETURN(auto header, HeaderReader(text.substr(header_start, header_size), limits).read());

  const auto data = file.subspan(header_start + header_size);
  const auto count = element_count(header.dims);
  const auto element = size_of(header.dtype);
  if (!count || static_cast<std::uint64_t>(*count) != data.size() / element || data.size() % element != 0) {
    return bad(fmt::format("expected data for an array of shape {} and dtype {}, found {} bytes",
                           to_string(header.dims), name_of(header.dtype), data.size()));
  }
  const auto is_bool = [](std::byte b) { return b <= std::byte{1}; };
  if (header.dtype == DType::boolean && !std::ranges::all_of(data, is_bool)) {
    return bad("expected bools of 0 and 1, found another byte");
  }
  Tensor tensor = Tensor::uninitialized(header.dtype, std::move(header.dims));
  if (!data.empty()) std::memcpy(tensor.bytes().data(), data.data(), data.size());
  return tensor;
}

Result<std::vector<std::byte>> write_npy(const Tensor& tensor) {
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}", descr_of(tensor.dtype()),
                                   to_string(tensor.dims()));
  const std::size_t header_start = kVersionEnd + 2;
  const std::size_t unpadded = header_start + header.size() + 1;
  header.append((kAlignment - unpadded % kAlignment) % kAlignment, ' ') += '\n';
  if (header.size() > std::numeric_limits<std::uint16_t>::max()) return bad("expected a rank that fits an .npy header");

  std::string prefix(kMagic);
  prefix += '\1';
  prefix += '\0';
  prefix += static_cast<char>(header.size() & 0xFF);
  prefix += static_cast<char>(header.size() >> 8);
  prefix += header;
  const auto head = std::as_bytes(std::span(prefix));
  std::vector<std::byte> file;
  file.reserve(head.size() + tensor.byte_size());
  file.insert(file.end(), head.begin(), head.end());
  const auto data = tensor.bytes();
  file.insert(file.end(), data.begin(), data.end());
  return file;
}

}  // namespace revive
