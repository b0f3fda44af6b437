// A dense tensor: dtype, dims (row-major, last axis fastest) and 64-byte aligned bytes.
//
// Copying is cheap: copies share their bytes until one of them is written through data<T>() or bytes(),
// which then takes a copy of its own. A Tensor of rank 0 has one element. Tensors are compared with
// same_bits(): dtype, dims and every byte, so NaN payloads and -0.0 count. Not thread-safe for writers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "revive/model/base/error.h"
#include "revive/model/tensor/dtype.h"

namespace revive {

using Dims = std::vector<std::int64_t>;

// The product of `dims`, or nothing when one is negative or the product overflows int64.
std::optional<std::int64_t> element_count(std::span<const std::int64_t> dims);
// "(2, 3, 4)"; "()" for rank 0; "(3,)" for rank 1, as NumPy spells it.
std::string to_string(std::span<const std::int64_t> dims);

class Tensor {
 public:
  // A scalar float32 zero.
  Tensor();
  // Out of line, because each would repeat the code of all members where it is inlined.
  Tensor(const Tensor& other);
  Tensor(Tensor&& other) noexcept;
  Tensor& operator=(const Tensor& other);
  Tensor& operator=(Tensor&& other) noexcept;
  ~Tensor();
  // Zero-filled. REQUIRES: element_count(dims) has a value; callers check Limits first. Throws std::bad_alloc.
  Tensor(DType dtype, Dims dims);
  // The same, without filling: for kernels that write every element.
  static Tensor uninitialized(DType dtype, Dims dims);
  template <typename T>
  static Tensor from(Dims dims, std::span<const T> values);
  template <typename T>
  static Tensor from(Dims dims, std::initializer_list<T> values) {
    return from<T>(std::move(dims), std::span<const T>(values.begin(), values.size()));
  }

  DType dtype() const { return dtype_; }
  const Dims& dims() const { return dims_; }
  std::size_t rank() const { return dims_.size(); }
  std::int64_t dim(std::size_t axis) const { return dims_[axis]; }
  std::size_t size() const { return size_; }
  std::size_t byte_size() const { return size_ * size_of(dtype_); }

  std::span<const std::byte> bytes() const { return {data_.get(), byte_size()}; }
  std::span<std::byte> bytes();
  // REQUIRES: T is the C++ type of dtype().
  template <typename T>
  std::span<const T> data() const {
    return {reinterpret_cast<const T*>(data_.get()), size_};
  }
  template <typename T>
  std::span<T> data() {
    return {reinterpret_cast<T*>(bytes().data()), size_};
  }

  // The same elements under other dims. REQUIRES: the element counts agree.
  Tensor reshaped(Dims dims) const;

  friend bool same_bits(const Tensor& a, const Tensor& b);

 private:
  struct Uninitialized {};
  Tensor(Uninitialized, DType dtype, Dims dims);

  std::shared_ptr<std::byte[]> data_;
  Dims dims_;
  std::size_t size_ = 1;
  DType dtype_ = DType::float32;
};

bool same_bits(const Tensor& a, const Tensor& b);

// The elements converted to `dtype` as Keras casts them: float to int truncates, anything to bool is != 0.
// REQUIRES: `dtype` is not float16 or bfloat16 unless the tensor has it already; float to an int that cannot hold
// it gives the dtype's minimum, so that a cast is defined for every bit pattern.
Tensor cast(const Tensor& tensor, DType dtype);

template <typename T>
Tensor Tensor::from(Dims dims, std::span<const T> values) {
  Tensor tensor = uninitialized(DTypeOf<T>::value, std::move(dims));
  auto out = tensor.data<T>();
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = values[i];
  return tensor;
}

}  // namespace revive
