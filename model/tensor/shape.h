// A static shape: the axes of a tensor with the batch axis first, any axis possibly unknown (Keras' null).
//
// A Shape is what a model is built with; a Tensor has Dims, where every axis is known. Axis order is Keras'
// channels_last: (batch, steps, channels). Axes are non-negative or kUnknown.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "revive/model/tensor/tensor.h"

namespace revive {

inline constexpr std::int64_t kUnknown = -1;

class Shape {
 public:
  Shape() = default;
  Shape(std::initializer_list<std::int64_t> axes) : axes_(axes) {}
  explicit Shape(std::vector<std::int64_t> axes) : axes_(std::move(axes)) {}

  std::size_t rank() const { return axes_.size(); }
  std::int64_t operator[](std::size_t axis) const { return axes_[axis]; }
  std::int64_t& operator[](std::size_t axis) { return axes_[axis]; }
  std::int64_t back() const { return axes_.back(); }
  std::int64_t& back() { return axes_.back(); }
  const std::vector<std::int64_t>& axes() const { return axes_; }
  void push_back(std::int64_t axis) { axes_.push_back(axis); }

  bool known(std::size_t axis) const { return axes_[axis] != kUnknown; }
  // Every axis but the batch is known.
  bool known_but_batch() const;
  // The product of the axes after the batch with unknown ones counted as one; nothing on overflow.
  std::optional<std::int64_t> elements_per_sample() const;
  // Whether a tensor of these dims may stand where this shape is declared.
  bool admits(const Dims& dims) const;
  // Unknown axes replaced: the batch by `batch`, the others by `other`.
  Dims concrete(std::int64_t batch, std::int64_t other) const;

  friend bool operator==(const Shape&, const Shape&) = default;

 private:
  std::vector<std::int64_t> axes_;
};

// The axis that `axis`, which counts from the end where it is negative, names in a tensor of `rank` axes; nothing when
// there is no such axis.
std::optional<std::size_t> axis_from_front(std::int64_t axis, std::size_t rank);

// "(None, 10, 4)", as Keras prints it.
std::string to_string(const Shape& shape);

// What a tensor of a model is while the model is built.
struct TensorType {
  DType dtype = DType::float32;
  Shape shape;
  friend bool operator==(const TensorType&, const TensorType&) = default;
};

}  // namespace revive
