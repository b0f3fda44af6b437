#include "revive/model/kernels/resizing.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <numeric>

#include "revive/model/kernels/shared.h"

namespace revive {
namespace {

double triangle(double x) {
  return std::max(0.0, 1.0 - std::fabs(x));
}

// Keys' cubic.
double cubic(double x) {
  x = std::fabs(x);
  if (x >= 2.0) return 0.0;
  if (x >= 1.0) return ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0;
  return ((1.5 * x - 2.5) * x) * x + 1.0;
}

double lanczos(double x, double radius) {
  x = std::fabs(x);
  if (x > radius) return 0.0;
  if (x <= 1e-3) return 1.0;
  const double angle = std::numbers::pi * x;
  return radius * std::sin(angle) * std::sin(angle / radius) / (angle * angle);
}

constexpr Sampling kSamplings[] = {
    {"bilinear", 1.0, triangle},
    {"bicubic", 2.0, cubic},
    {"lanczos3", 3.0, [](double x) { return lanczos(x, 3.0); }},
    {"lanczos5", 5.0, [](double x) { return lanczos(x, 5.0); }},
};

const Sampling& sampling_of(Interpolation interpolation) {
  return *find_sampling(enum_names<Interpolation>().names[static_cast<std::size_t>(interpolation)]);
}

double reach_of(const Resizing& resizing, std::int64_t from, std::int64_t to) {
  const double step = static_cast<double>(from) / static_cast<double>(to);
  return sampling_of(resizing.interpolation).radius * (resizing.antialias ? std::max(step, 1.0) : 1.0);
}

// What a new pixel is made of: `weights` for old ones from `first` on.
struct Blend {
  std::int64_t first = 0;
  std::vector<double> weights;
};

Blend blend_of(const Resizing& resizing, std::int64_t from, std::int64_t to, std::int64_t pixel) {
  const double reach = reach_of(resizing, from, to);
  const Sampling& sampling = sampling_of(resizing.interpolation);
  const double step = static_cast<double>(from) / static_cast<double>(to);
  const double centre = (static_cast<double>(pixel) + 0.5) * step - 0.5;
  Blend blend;
  blend.first = std::max<std::int64_t>(static_cast<std::int64_t>(std::ceil(centre - reach)), 0);
  const std::int64_t last = std::min(static_cast<std::int64_t>(std::floor(centre + reach)), from - 1);
  double total = 0;
  for (std::int64_t j = blend.first; j <= last; ++j) {
    blend.weights.push_back(sampling.weight((static_cast<double>(j) - centre) * sampling.radius / reach));
    total += blend.weights.back();
  }
  for (double& weight : blend.weights) weight /= total;
  return blend;
}

// Resizes the middle axis of (outer, from, inner) to (outer, to, inner).
template <typename T>
void resize_axis(const T* in, T* out, std::int64_t outer, std::int64_t from, std::int64_t to, std::int64_t inner,
                 const Resizing& resizing, DType dtype) {
  for (std::int64_t pixel = 0; pixel < to; ++pixel) {
    const Blend blend = blend_of(resizing, from, to, pixel);
    std::vector<T> weights(blend.weights.size());
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<T>(blend.weights[i]);
    round_to(dtype, std::span(weights));
    for (std::int64_t o = 0; o < outer; ++o) {
      T* const target = out + (o * to + pixel) * inner;
      std::fill_n(target, inner, T{});
      for (std::size_t i = 0; i < weights.size(); ++i) {
        // A pixel without weight does not count, whatever it holds.
        if (weights[i] == 0) continue;
        const T* const source = in + (o * from + blend.first + static_cast<std::int64_t>(i)) * inner;
        for (std::int64_t c = 0; c < inner; ++c) target[c] += weights[i] * source[c];
      }
    }
  }
}

// An axis whose length stays is left alone.
template <typename T>
Tensor blended(const Tensor& x, std::int64_t height, std::int64_t width, const Resizing& resizing, DType dtype) {
  Tensor tall = x;
  const std::int64_t row = x.dim(2) * x.dim(3);
  if (height != x.dim(1)) {
    tall = Tensor::uninitialized(x.dtype(), {x.dim(0), height, x.dim(2), x.dim(3)});
    resize_axis<T>(x.data<T>().data(), tall.data<T>().data(), x.dim(0), x.dim(1), height, row, resizing, dtype);
  }
  if (width == x.dim(2)) return tall;
  Tensor y = Tensor::uninitialized(x.dtype(), {x.dim(0), height, width, x.dim(3)});
  resize_axis<T>(std::as_const(tall).data<T>().data(), y.data<T>().data(), x.dim(0) * height, x.dim(2), width, x.dim(3),
                 resizing, dtype);
  return y;
}

// In float32, as JAX finds them: where a centre lies on an edge, the last bit decides.
std::vector<std::int64_t> nearest_cells(std::int64_t from, std::int64_t to) {
  std::vector<std::int64_t> cells;
  for (std::int64_t i = 0; i < to; ++i) {
    const float centre = (static_cast<float>(i) + 0.5F) * static_cast<float>(from) / static_cast<float>(to);
    cells.push_back(std::min(static_cast<std::int64_t>(std::floor(centre)), from - 1));
  }
  return cells;
}

Tensor nearest(const Tensor& x, std::int64_t height, std::int64_t width) {
  Tensor y = Tensor::uninitialized(x.dtype(), {x.dim(0), height, width, x.dim(3)});
  const auto rows = nearest_cells(x.dim(1), height);
  const auto columns = nearest_cells(x.dim(2), width);
  const std::size_t pixel = static_cast<std::size_t>(x.dim(3)) * size_of(x.dtype());
  const std::byte* const in = x.bytes().data();
  std::byte* out = y.bytes().data();
  for (std::int64_t sample = 0; sample < x.dim(0); ++sample) {
    for (const std::int64_t row : rows) {
      for (const std::int64_t column : columns) {
        const std::int64_t from = (sample * x.dim(1) + row) * x.dim(2) + column;
        std::memcpy(out, in + static_cast<std::size_t>(from) * pixel, pixel);
        out += pixel;
      }
    }
  }
  return y;
}

}  // namespace

const Sampling* find_sampling(std::string_view name) {
  const auto* const found = std::ranges::find(kSamplings, name, &Sampling::name);
  return found == std::end(kSamplings) ? nullptr : found;
}

bool table_is_exact(std::int64_t from, std::int64_t to) {
  // Centres lie at (i + 1/2) from/to - 1/2, so that the steps are 1 / (2 to), from/to in lowest terms.
  constexpr std::int64_t kSteps = 1024;
  const std::int64_t step = to / std::gcd(from, to);
  return step <= kSteps / 2 && kSteps / 2 % step == 0;
}

template <>
const EnumNames& enum_names<Interpolation>() {
  static const EnumNames names{"an interpolation", {"nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"}, {}, {}};
  return names;
}

std::int64_t Resizing::cost(const Dims& image, std::int64_t height, std::int64_t width) const {
  if (interpolation == Interpolation::nearest) return saturating_product({height, width, image[2], kScalarStep});
  const auto taps = [&](std::int64_t from, std::int64_t to) {
    // An axis of unknown length counts as one.
    return from <= 0 ? 1 : std::min(from, static_cast<std::int64_t>(2 * reach_of(*this, from, to)) + 1);
  };
  const std::int64_t tall = saturating_product({height, image[1], image[2], taps(image[0], height), kScalarStep});
  const std::int64_t wide = saturating_product({height, width, image[2], taps(image[1], width), kScalarStep});
  return saturating_sum(tall, wide);
}

Tensor resize_images(const Tensor& x, std::int64_t height, std::int64_t width, const Resizing& resizing, DType dtype) {
  if (x.size() == 0) return {x.dtype(), {x.dim(0), height, width, x.dim(3)}};
  if (resizing.interpolation == Interpolation::nearest) return nearest(x, height, width);
  return with_real(dtype, [&]<typename T>(T) { return blended<T>(x, height, width, resizing, dtype); });
}

}  // namespace revive
