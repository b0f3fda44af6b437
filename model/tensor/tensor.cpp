#include "revive/model/tensor/tensor.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <new>
#include <type_traits>

#include "revive/model/tensor/element_type.h"

namespace revive {
namespace {

constexpr std::size_t kAlignment = 64;

std::shared_ptr<std::byte[]> allocate(std::size_t bytes) {
  // Rounded up so that a vector load of the last element stays inside the block.
  const std::size_t rounded = std::max<std::size_t>(kAlignment, (bytes + kAlignment - 1) / kAlignment * kAlignment);
  // operator new rather than aligned_alloc, so that programs can count what tensors take.
  void* const block = ::operator new(rounded, std::align_val_t{kAlignment});
  return {static_cast<std::byte*>(block), [](std::byte* p) { ::operator delete(p, std::align_val_t{kAlignment}); }};
}

template <typename T>
inline constexpr bool kIsNarrow = std::is_same_v<T, Float16> || std::is_same_v<T, BFloat16>;

template <typename To, typename From>
To convert(From value) {
  if constexpr (kIsNarrow<From>) {
    return convert<To>(static_cast<float>(value));
  } else if constexpr (std::is_same_v<To, bool>) {
    return value != From{};
  } else if constexpr (kIsNarrow<To>) {
    return To(static_cast<std::conditional_t<std::is_same_v<From, float>, float, double>>(value));
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    const double wide = static_cast<double>(value);
    constexpr double low = static_cast<double>(std::numeric_limits<To>::min());
    const double high = std::ldexp(1.0, std::numeric_limits<To>::digits);
    if (!(wide > low - 1.0 && wide < high)) return std::numeric_limits<To>::min();
    return static_cast<To>(wide);
  } else {
    return static_cast<To>(value);
  }
}

// The elements of a tensor to read. A byte of a bool that is neither 0 nor 1 is true, which a bool must not hold.
template <typename T>
auto elements_of(const Tensor& tensor) {
  if constexpr (std::is_same_v<T, bool>) {
    return tensor.data<std::uint8_t>();
  } else {
    return tensor.data<T>();
  }
}

}  // namespace

std::optional<std::int64_t> element_count(std::span<const std::int64_t> dims) {
  std::int64_t count = 1;
  bool empty = false;
  for (const std::int64_t dim : dims) {
    if (dim < 0) return std::nullopt;
    if (dim == 0) {
      empty = true;
      continue;
    }
    if (count > std::numeric_limits<std::int64_t>::max() / dim) return std::nullopt;
    count *= dim;
  }
  return empty ? 0 : count;
}

std::string to_string(std::span<const std::int64_t> dims) {
  std::string out = "(";
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (i != 0) out += ", ";
    out += std::to_string(dims[i]);
  }
  if (dims.size() == 1) out += ',';
  return out + ')';
}

Tensor::Tensor(const Tensor& other) = default;
Tensor::Tensor(Tensor&& other) noexcept = default;
Tensor& Tensor::operator=(const Tensor& other) = default;
Tensor& Tensor::operator=(Tensor&& other) noexcept = default;
Tensor::~Tensor() = default;

Tensor::Tensor() : Tensor(DType::float32, {}) {}

Tensor::Tensor(Uninitialized, DType dtype, Dims dims)
    : dims_(std::move(dims)), size_(static_cast<std::size_t>(element_count(dims_).value())), dtype_(dtype) {
  data_ = allocate(byte_size());
}

Tensor::Tensor(DType dtype, Dims dims) : Tensor(Uninitialized{}, dtype, std::move(dims)) {
  std::memset(data_.get(), 0, byte_size());
}

Tensor Tensor::uninitialized(DType dtype, Dims dims) {
  return Tensor(Uninitialized{}, dtype, std::move(dims));
}

std::span<std::byte> Tensor::bytes() {
  if (data_.use_count() > 1) {
    auto own = allocate(byte_size());
    std::memcpy(own.get(), data_.get(), byte_size());
    data_ = std::move(own);
  }
  return {data_.get(), byte_size()};
}

Tensor Tensor::reshaped(Dims dims) const {
  Tensor result = *this;
  result.dims_ = std::move(dims);
  return result;
}

bool same_bits(const Tensor& a, const Tensor& b) {
  return a.dtype_ == b.dtype_ && a.dims_ == b.dims_ &&
         (a.data_ == b.data_ || std::memcmp(a.data_.get(), b.data_.get(), a.byte_size()) == 0);
}

Tensor cast(const Tensor& tensor, DType dtype) {
  if (tensor.dtype() == dtype) return tensor;
  Tensor result = Tensor::uninitialized(dtype, tensor.dims());
  with_dtype(tensor.dtype(), [&]<typename From>(From) {
    const auto in = elements_of<From>(tensor);
    with_dtype(dtype, [&]<typename To>(To) {
      To* out = result.data<To>().data();
      for (const auto value : in) {
        if constexpr (std::is_same_v<From, bool>) {
          *out++ = convert<To>(value != 0);
        } else {
          *out++ = convert<To>(value);
        }
      }
    });
  });
  return result;
}

}  // namespace revive
