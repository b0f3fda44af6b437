// MaxPooling1D: the largest value in every window of steps. Source: Keras' MaxPooling1D.
//
// A NaN in a window is the result; of 0.0 and -0.0 the result is 0.0. Padding is never the largest.
#include <algorithm>
#include <cmath>
#include <concepts>

#include "revive/model/declare.h"
#include "revive/model/kernels/windows.h"
#include "revive/model/tensor/element_type.h"

namespace revive {
namespace {

template <typename T>
T larger(T a, T b) {
  return std::max(a, b);
}
template <std::floating_point T>
T larger(T a, T b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) ? a : b;
  if (a == b) return std::signbit(a) ? b : a;
  return a > b ? a : b;
}

struct MaxPooling1D {
  IntList pool_size = {2};
  Padding padding = Padding::valid;
  std::optional<IntList> strides;
  DataFormat data_format = DataFormat::channels_last;

  Windows windows() const { return {pool_size[0], strides ? (*strides)[0] : pool_size[0], 1, padding}; }

  Result<Built> build(const Shape& input) const {
    const StepAxes axes = step_axes(data_format);
    REVIVE_ASSIGN_OR_RETURN(auto output, windowed_shape(input, windows(), data_format, input[axes.channels]));
    const std::int64_t taps = input.known(axes.steps) ? std::min(pool_size[0], input[axes.steps]) : 1;
    const std::int64_t comparisons = saturating_product({output[axes.steps], taps, input[axes.channels], kScalarStep});
    return Built{std::move(output), {}, comparisons};
  }

  Result<Tensor> call(const Tensor& x, const CallContext&) const {
    const bool first = data_format == DataFormat::channels_first;
    Tensor y = pool(first ? swap_steps_and_channels(x) : x);
    return first ? swap_steps_and_channels(y) : y;
  }

 private:
  Tensor pool(const Tensor& x) const {
    const Tensor wide = cast(x, carrier_of(x.dtype()));
    Tensor y = Tensor::uninitialized(wide.dtype(), {x.dim(0), *windows().count(x.dim(1)), x.dim(2)});
    switch (wide.dtype()) {
      case DType::float32: pool_into<float>(wide, y); break;
      case DType::float64: pool_into<double>(wide, y); break;
      case DType::int32: pool_into<std::int32_t>(wide, y); break;
      case DType::int64: pool_into<std::int64_t>(wide, y); break;
      case DType::uint64: pool_into<std::uint64_t>(wide, y); break;
      default: pool_into<bool>(wide, y); break;
    }
    return cast(y, x.dtype());
  }

  template <typename T>
  void pool_into(const Tensor& x, Tensor& y) const {
    const std::int64_t steps = x.dim(1);
    const std::int64_t channels = x.dim(2);
    if (y.size() == 0) return;
    const std::int64_t before = windows().before(steps);
    const T* in = x.data<T>().data();
    T* out = y.data<T>().data();
    for (std::int64_t sample = 0; sample < x.dim(0); ++sample, in += steps * channels) {
      for (std::int64_t window = 0; window < y.dim(1); ++window, out += channels) {
        const std::int64_t start = window * windows().stride - before;
        const std::int64_t begin = std::max<std::int64_t>(start, 0);
        const std::int64_t end = pool_size[0] >= steps - start ? steps : start + pool_size[0];
        std::copy_n(in + begin * channels, channels, out);
        for (std::int64_t step = begin + 1; step < end; ++step) {
          for (std::int64_t c = 0; c < channels; ++c) out[c] = larger(out[c], in[step * channels + c]);
        }
      }
    }
  }
};

void draw_pooling(LayerDraw& draw, MaxPooling1D& pooling) {
  constexpr std::int64_t kLargest = 4;
  pooling.padding = draw.one_of({Padding::valid, Padding::same});
  pooling.data_format = draw.any<DataFormat>();
  const std::int64_t steps = draw.probe()[step_axes(pooling.data_format).steps];
  pooling.pool_size = {draw.integer(1, pooling.padding == Padding::valid ? std::min(steps, kLargest) : kLargest)};
  pooling.strides.reset();
  if (draw.flag()) pooling.strides = IntList{draw.integer(1, 3)};
}

}  // namespace

LayerClass max_pooling1d_class() {
  const Legal size{.minimum = 1, .items = 1};
  return declare<MaxPooling1D>("MaxPooling1D", Family::pooling)
      .field("pool_size", &MaxPooling1D::pool_size, {.legal = size})
      .field("padding", &MaxPooling1D::padding)
      .field("strides", &MaxPooling1D::strides, {.legal = size})
      .field("data_format", &MaxPooling1D::data_format)
      .rule("expected the padding valid or same",
            [](const MaxPooling1D& layer) { return layer.padding != Padding::causal; })
      .expects("an input of rank 3", [](const Shape& input) { return input.rank() == 3; })
      .keeps_dtype()
      .draw(draw_pooling)
      .layer();
}

}  // namespace revive
