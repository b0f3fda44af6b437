// Images of another size: each new pixel is a weighted sum of old ones around the place where its centre lies.
//
// Pixels lie at the centres of their cells. Sources: JAX's resize() and TensorFlow's ScaleAndTranslate, which agree:
// the weights of the pixels that are there add up to one, and a NaN reaches only the pixels that it has a weight in.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "revive/model/field.h"
#include "revive/model/tensor/tensor.h"

namespace revive {

// How much a pixel counts at a distance, up to a radius.
struct Sampling {
  std::string_view name;
  double radius;
  double (*weight)(double);
};

// bilinear, bicubic, lanczos3 or lanczos5, or nullptr.
const Sampling* find_sampling(std::string_view name);

enum class Interpolation : std::uint8_t { nearest, bilinear, bicubic, lanczos3, lanczos5 };
template <>
const EnumNames& enum_names<Interpolation>();

// Whether TensorFlow's table of bicubic weights, in steps of 1/1024 of a pixel, has every weight that this takes.
// Without antialias it looks them up there. REQUIRES: both are positive.
bool table_is_exact(std::int64_t from, std::int64_t to);

struct Resizing {
  Interpolation interpolation = Interpolation::nearest;
  // Where an image shrinks, as many more pixels count.
  bool antialias = false;

  // Per sample, what resizing (height, width, channels) to `height` and `width` costs.
  std::int64_t cost(const Dims& image, std::int64_t height, std::int64_t width) const;
};

// x is (batch, height, width, channels): float32 or float64, or of any dtype for the nearest pixel. Weights and sums
// are rounded to `dtype`, in which the layer computes. REQUIRES: height and width are positive, those of x too.
Tensor resize_images(const Tensor& x, std::int64_t height, std::int64_t width, const Resizing& resizing, DType dtype);

}  // namespace revive
