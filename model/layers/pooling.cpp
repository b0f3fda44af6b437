// MaxPooling and AveragePooling of one to three axes: the largest value, or the mean, of every window. Source: Keras'
// layers of these names.
//
// A NaN in a window is the result; of 0.0 and -0.0 the larger is 0.0. Padding is never the largest, and is not counted
// by a mean.
#include <fmt/format.h>

#include <algorithm>

#include "revive/model/declare.h"
#include "revive/model/kernels/larger.h"
#include "revive/model/layers/draw_windows.h"
#include "revive/model/tensor/element_type.h"

namespace revive {
namespace {

// Calls visit(cell) for the number of every real cell of the window at `position`.
template <typename Visit>
void visit_window(const WindowList& windows, const IntList& position, const IntList& cells, Visit&& visit) {
  IntList begin(windows.size());
  IntList extents(windows.size());
  std::int64_t count = 1;
  for (std::size_t axis = 0; axis < windows.size(); ++axis) {
    const std::int64_t start = position[axis] * windows[axis].stride - windows[axis].before(cells[axis]);
    begin[axis] = std::max<std::int64_t>(start, 0);
    const std::int64_t end = windows[axis].size >= cells[axis] - start ? cells[axis] : start + windows[axis].size;
    extents[axis] = end - begin[axis];
    count *= extents[axis];
  }
  IntList index(windows.size());
  for (; count > 0; --count, count_up(index, extents)) {
    std::int64_t cell = 0;
    for (std::size_t axis = 0; axis < windows.size(); ++axis) cell = cell * cells[axis] + begin[axis] + index[axis];
    visit(cell);
  }
}

struct Largest {
  template <typename T>
  static void reduce(const T* in, const WindowList& windows, const IntList& position, const IntList& cells,
                     std::int64_t channels, T* out) {
    bool first = true;
    visit_window(windows, position, cells, [&](std::int64_t cell) {
      const T* const from = in + cell * channels;
      if (std::exchange(first, false)) {
        std::copy_n(from, channels, out);
      } else {
        for (std::int64_t c = 0; c < channels; ++c) out[c] = larger(out[c], from[c]);
      }
    });
  }
};

struct Mean {
  template <typename T>
  static void reduce(const T* in, const WindowList& windows, const IntList& position, const IntList& cells,
                     std::int64_t channels, T* out) {
    std::fill_n(out, channels, T{});
    std::int64_t count = 0;
    visit_window(windows, position, cells, [&](std::int64_t cell) {
      for (std::int64_t c = 0; c < channels; ++c) out[c] += in[cell * channels + c];
      ++count;
    });
    for (std::int64_t c = 0; c < channels; ++c) out[c] /= static_cast<T>(count);
  }
};

template <typename Rule, typename T>
void pool_into(const WindowList& windows, const Tensor& x, Tensor& y) {
  if (y.size() == 0) return;
  const std::int64_t channels = x.dim(x.rank() - 1);
  const IntList cells(x.dims().begin() + 1, x.dims().end() - 1);
  const IntList limits(y.dims().begin() + 1, y.dims().end() - 1);
  const auto sample = static_cast<std::int64_t>(x.size()) / x.dim(0);
  const auto positions = static_cast<std::int64_t>(y.size()) / y.dim(0) / channels;
  const T* in = x.data<T>().data();
  T* out = y.data<T>().data();
  for (std::int64_t n = 0; n < x.dim(0); ++n, in += sample) {
    IntList position(limits.size());
    for (std::int64_t p = 0; p < positions; ++p, out += channels, count_up(position, limits)) {
      Rule::reduce(in, windows, position, cells, channels, out);
    }
  }
}

// x has its channels behind.
template <typename Rule>
Tensor pool(const WindowList& windows, const Tensor& x) {
  const Tensor wide = cast(x, carrier_of(x.dtype()));
  Tensor y = Tensor::uninitialized(
      wide.dtype(), windowed_shape(Shape(x.dims()), windows, DataFormat::channels_last, x.dims().back())->axes());
  switch (wide.dtype()) {
    case DType::float32: pool_into<Rule, float>(windows, wide, y); break;
    case DType::float64: pool_into<Rule, double>(windows, wide, y); break;
    default:
      if constexpr (std::is_same_v<Rule, Largest>) {
        switch (wide.dtype()) {
          case DType::int32: pool_into<Rule, std::int32_t>(windows, wide, y); break;
          case DType::int64: pool_into<Rule, std::int64_t>(windows, wide, y); break;
          case DType::uint64: pool_into<Rule, std::uint64_t>(windows, wide, y); break;
          default: pool_into<Rule, bool>(windows, wide, y); break;
        }
      }
  }
  return cast(y, x.dtype());
}

template <typename Rule, std::size_t kRank>
struct Pooling {
  IntList pool_size = IntList(kRank, 2);
  Padding padding = Padding::valid;
  std::optional<IntList> strides;
  DataFormat data_format = DataFormat::channels_last;

  WindowList windows() const { return window_list(pool_size, strides.value_or(pool_size), IntList(kRank, 1), padding); }

  Result<Built> build(const Shape& input) const {
    const SpatialAxes axes = spatial_axes(data_format, kRank);
    const WindowList slid = windows();
    REVIVE_ASSIGN_OR_RETURN(auto output, windowed_shape(input, slid, data_format, input[axes.channels]));
    std::int64_t steps = saturating_product({positions_of(output, data_format), input[axes.channels], kScalarStep});
    for (std::size_t i = 0; i < kRank; ++i) {
      const std::size_t axis = axes.first + i;
      if (input.known(axis)) steps = saturating_product({steps, std::min(pool_size[i], input[axis])});
    }
    return Built{std::move(output), {}, steps};
  }

  Result<Tensor> call(const Tensor& x, const CallContext&) const {
    return with_channels_last(data_format, x, [&](const Tensor& cells) { return pool<Rule>(windows(), cells); });
  }
};

template <typename Rule, std::size_t kRank>
void draw_pooling(LayerDraw& draw, Pooling<Rule, kRank>& pooling) {
  constexpr std::int64_t kLargest = 4;
  pooling.padding = draw.one_of({Padding::valid, Padding::same});
  pooling.data_format = draw.any<DataFormat>();
  const SpatialAxes axes = spatial_axes(pooling.data_format, kRank);
  pooling.pool_size = draw.each(kRank, [&](std::size_t i) {
    const std::int64_t cells = draw.probe()[axes.first + i];
    return draw.integer(1, pooling.padding == Padding::valid ? std::min(cells, kLargest) : kLargest);
  });
  pooling.strides.reset();
  if (draw.flag()) pooling.strides = draw.each(kRank, [&](std::size_t) { return draw.integer(1, 3); });
}

template <typename Rule, std::size_t kRank>
Declaration<Pooling<Rule, kRank>> declare_pooling(std::string_view name, std::string_view alias) {
  using Self = Pooling<Rule, kRank>;
  constexpr bool kMean = std::is_same_v<Rule, Mean>;
  const Legal sizes{.minimum = 1, .items = kRank};
  auto pooling = declare<Self>(fmt::format("{}{}D", name, kRank), Family::pooling);
  pooling.field("pool_size", &Self::pool_size, {.legal = sizes, .required = kMean})
      .field("padding", &Self::padding)
      .field("strides", &Self::strides, {.legal = sizes})
      .field("data_format", &Self::data_format)
      .rule("expected the padding valid or same", [](const Self& layer) { return layer.padding != Padding::causal; })
      .expects(expects_rank(kRank), takes_rank(kRank))
      .alias(alias)
      .draw(draw_pooling<Rule, kRank>);
  return pooling;
}

template <std::size_t kRank>
LayerClass max_pooling_class(std::string_view alias) {
  return declare_pooling<Largest, kRank>("MaxPooling", alias).keeps_dtype().layer();
}

template <std::size_t kRank>
LayerClass average_pooling_class(std::string_view alias) {
  return declare_pooling<Mean, kRank>("AveragePooling", alias).layer();
}

}  // namespace

LayerClass max_pooling1d_class() {
  return max_pooling_class<1>("MaxPool1D");
}
LayerClass max_pooling2d_class() {
  return max_pooling_class<2>("MaxPool2D");
}
LayerClass max_pooling3d_class() {
  return max_pooling_class<3>("MaxPool3D");
}
LayerClass average_pooling1d_class() {
  return average_pooling_class<1>("AvgPool1D");
}
LayerClass average_pooling2d_class() {
  return average_pooling_class<2>("AvgPool2D");
}
LayerClass average_pooling3d_class() {
  return average_pooling_class<3>("AvgPool3D");
}

}  // namespace revive
