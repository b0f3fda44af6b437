#include "revive/model/tensor/tensor.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <new>

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

float float_from_half(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000u) << 16;
  const std::uint32_t exponent = (half >> 10) & 0x1Fu;
  const std::uint32_t mantissa = half & 0x3FFu;
  if (exponent == 0x1F) return std::bit_cast<float>(sign | 0x7F800000u | (mantissa << 13));
  if (exponent != 0) return std::bit_cast<float>(sign | ((exponent + 112u) << 23) | (mantissa << 13));
  const float magnitude = std::ldexp(static_cast<float>(mantissa), -24);
  return sign != 0 ? -magnitude : magnitude;
}

// Every storable element passes through double on its way to another dtype; int64 beyond 2^53 keeps its own
// path in `cast` because double would round it.
template <typename Visit>
void visit_elements(const Tensor& tensor, Visit visit) {
  const auto each = [&]<typename T>(T) {
    for (const T value : tensor.data<T>()) visit(value);
  };
  switch (tensor.dtype()) {
    case DType::float32: each(float{}); return;
    case DType::float64: each(double{}); return;
    case DType::float16:
      for (const std::uint16_t bits : tensor.data<std::uint16_t>()) visit(float_from_half(bits));
      return;
    case DType::bfloat16:
      for (const std::uint16_t bits : tensor.data<std::uint16_t>()) {
        visit(std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16));
      }
      return;
    case DType::int8: each(std::int8_t{}); return;
    case DType::int16: each(std::int16_t{}); return;
    case DType::int32: each(std::int32_t{}); return;
    case DType::int64: each(std::int64_t{}); return;
    case DType::uint8: each(std::uint8_t{}); return;
    case DType::uint16: each(std::uint16_t{}); return;
    case DType::uint32: each(std::uint32_t{}); return;
    case DType::uint64: each(std::uint64_t{}); return;
    case DType::boolean:
      for (const std::uint8_t value : tensor.data<std::uint8_t>())
        visit(value != 0 ? std::uint8_t{1} : std::uint8_t{0});
      return;
  }
}

template <typename To, typename From>
To convert(From value) {
  if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    const double wide = static_cast<double>(value);
    constexpr double low = static_cast<double>(std::numeric_limits<To>::min());
    const double high = std::ldexp(1.0, std::numeric_limits<To>::digits);
    if (!(wide > low - 1.0 && wide < high)) return std::numeric_limits<To>::min();
    return static_cast<To>(wide);
  } else {
    return static_cast<To>(value);
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
  const auto fill = [&]<typename T>(T) {
    T* out = result.data<T>().data();
    visit_elements(tensor, [&](auto value) { *out++ = convert<T>(value); });
  };
  switch (dtype) {
    case DType::float32: fill(float{}); break;
    case DType::float64: fill(double{}); break;
    case DType::int8: fill(std::int8_t{}); break;
    case DType::int16: fill(std::int16_t{}); break;
    case DType::int32: fill(std::int32_t{}); break;
    case DType::int64: fill(std::int64_t{}); break;
    case DType::uint8: fill(std::uint8_t{}); break;
    case DType::uint16: fill(std::uint16_t{}); break;
    case DType::uint32: fill(std::uint32_t{}); break;
    case DType::uint64: fill(std::uint64_t{}); break;
    case DType::boolean: {
      auto* out = result.data<std::uint8_t>().data();
      visit_elements(tensor, [&](auto value) { *out++ = value != decltype(value){} ? 1 : 0; });
      break;
    }
    case DType::float16:
    case DType::bfloat16: std::abort();  // Stored only: nothing computes in these, so nothing casts to them.
  }
  return result;
}

}  // namespace revive
