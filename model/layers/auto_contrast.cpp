// AutoContrast: the colours of each channel of an image stretched to the whole range, also when predicting. Source:
// Keras' AutoContrast.
//
// A channel is the last axis whatever data_format says, as in Keras. A channel of one colour stays as it is: what is
// stretched is NaN then, and where it is, Keras takes what came in. Generators make none: two values that differ in
// their last bits, as those of two implementations do, it draws apart as far as there is room.
#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "revive/model/declare.h"
#include "revive/model/kernels/rounding.h"
#include "revive/model/layers/draw_windows.h"

namespace revive {
namespace {

constexpr double kWhite = 255;

// Arithmetic that is rounded to a dtype after each step, over numbers that T holds.
template <typename T>
struct Rounded {
  DType dtype;

  T operator()(T value) const {
    round_to(dtype, std::span<T>(&value, 1));
    return value;
  }
  T of(double number) const { return (*this)(static_cast<T>(number)); }
};

template <typename T>
struct Range {
  T least;
  T most;

  // From this range to another; as it is where they are the same.
  T to(const Range& other, T value, const Rounded<T>& round) const {
    if (least == other.least && most == other.most) return value;
    const T unit = round(round(value - least) / round(most - least));
    return round(round(unit * round(other.most - other.least)) + other.least);
  }
};

struct AutoContrast {
  Numbers value_range = Numbers({0, 255});

  Result<Built> build(const Shape& input, const BuildContext& context) const {
    return Built{input, {}, 0, context.compute};
  }
  Result<Shape> output_shape(const Shape& input) const { return input; }
  Result<Tensor> call(const Tensor& x, const CallContext& context) const {
    const DType dtype = context.dtype;
    return with_real(dtype, [&]<typename T>(T) {
      return cast(stretched<T>(cast(cast(x, dtype), carrier_of(dtype)), Rounded<T>{dtype}), dtype);
    });
  }

 private:
  template <typename T>
  Tensor stretched(Tensor x, const Rounded<T>& round) const;
};

// The values of one channel of one image stand `step` apart.
template <typename T>
void stretch(const Range<T>& given, const Rounded<T>& round, std::span<T> image, std::size_t channel,
             std::size_t step) {
  const Range<T> colours{0, round.of(kWhite)};
  T low = std::numeric_limits<T>::infinity();
  T high = -low;
  for (std::size_t i = channel; i < image.size(); i += step) {
    const T value = given.to(colours, image[i], round);
    low = std::isnan(value) || value < low ? value : low;
    high = std::isnan(value) || value > high ? value : high;
  }
  const T scale = round(colours.most / round(high - low));
  const T offset = round(-low * scale);
  for (std::size_t i = channel; i < image.size(); i += step) {
    const T wide = round(round(given.to(colours, image[i], round) * scale) + offset);
    const T clipped = wide < 0 ? T{0} : wide > colours.most ? colours.most : wide;
    const T value = colours.to(given, clipped, round);
    if (!std::isnan(value)) image[i] = value;
  }
}

template <typename T>
Tensor AutoContrast::stretched(Tensor x, const Rounded<T>& round) const {
  const auto [least, most] = std::minmax({value_range.items[0].as_double(), value_range.items[1].as_double()});
  const Range<T> given{round.of(least), round.of(most)};
  const auto channels = static_cast<std::size_t>(x.dims().back());
  const std::size_t size = static_cast<std::size_t>(x.dim(1) * x.dim(2)) * channels;
  const std::span<T> values = x.data<T>();
  for (std::size_t start = 0; start < values.size(); start += size) {
    for (std::size_t channel = 0; channel < channels; ++channel) {
      stretch(given, round, values.subspan(start, size), channel, channels);
    }
  }
  return x;
}

}  // namespace

LayerClass auto_contrast_class() {
  LayerClass layer = declare<AutoContrast>("AutoContrast", Family::preprocessing)
                         .field("value_range", &AutoContrast::value_range, {.legal = {.items = 2}})
                         .rule("expected a value_range of two numbers",
                               [](const AutoContrast& made) { return made.value_range.is_list; })
                         .training_only({"data_format", "seed", "bounding_box_format"})
                         .expects(expects_rank(2), takes_rank(2))
                         .chooses_dtype()
                         .layer();
  layer.is_drawn = false;
  return layer;
}

}  // namespace revive
