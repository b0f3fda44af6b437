// AdaptiveAveragePooling and AdaptiveMaxPooling of one to three axes: `output_size` windows an axis, which cover it and
// may overlap: window i of o over n cells holds those from floor(i * n / o) up to ceil((i + 1) * n / o). Source: Keras'
// layers of these names.
//
// Axis by axis, as Keras does it, so that a mean is rounded where Keras rounds it. A NaN in a window is the result.
#include <fmt/format.h>

#include <algorithm>

#include "revive/model/declare.h"
#include "revive/model/kernels/larger.h"
#include "revive/model/layers/draw_windows.h"
#include "revive/model/tensor/element_type.h"

namespace revive {
namespace {

struct Largest {
  template <typename T>
  static T join(T a, T b) {
    return larger(a, b);
  }
  template <typename T>
  static T finish(T value, std::int64_t) {
    return value;
  }
};

struct Mean {
  template <typename T>
  static T join(T a, T b) {
    return a + b;
  }
  template <typename T>
  static T finish(T value, std::int64_t count) {
    return value / static_cast<T>(count);
  }
};

// From (outer, cells, inner) to (outer, windows, inner).
template <typename Rule, typename T>
void pool_axis(const Tensor& x, std::size_t axis, Tensor& y) {
  const std::int64_t cells = x.dim(axis);
  const std::int64_t windows = y.dim(axis);
  std::int64_t outer = 1;
  for (std::size_t i = 0; i < axis; ++i) outer *= x.dim(i);
  std::int64_t inner = 1;
  for (std::size_t i = axis + 1; i < x.rank(); ++i) inner *= x.dim(i);
  const T* in = x.data<T>().data();
  T* out = y.data<T>().data();
  for (std::int64_t o = 0; o < outer; ++o, in += cells * inner) {
    for (std::int64_t window = 0; window < windows; ++window, out += inner) {
      const std::int64_t begin = window * cells / windows;
      const std::int64_t end = ((window + 1) * cells + windows - 1) / windows;
      for (std::int64_t i = 0; i < inner; ++i) {
        T value = in[begin * inner + i];
        for (std::int64_t cell = begin + 1; cell < end; ++cell) value = Rule::join(value, in[cell * inner + i]);
        out[i] = Rule::finish(value, end - begin);
      }
    }
  }
}

template <typename Rule>
Tensor pooled_along(const Tensor& x, std::size_t axis, std::int64_t windows) {
  const Tensor wide = cast(x, carrier_of(x.dtype()));
  Dims dims = x.dims();
  dims[axis] = windows;
  Tensor y = Tensor::uninitialized(wide.dtype(), dims);
  switch (wide.dtype()) {
    case DType::float32: pool_axis<Rule, float>(wide, axis, y); break;
    case DType::float64: pool_axis<Rule, double>(wide, axis, y); break;
    default:
      if constexpr (std::is_same_v<Rule, Largest>) {
        switch (wide.dtype()) {
          case DType::int32: pool_axis<Rule, std::int32_t>(wide, axis, y); break;
          case DType::int64: pool_axis<Rule, std::int64_t>(wide, axis, y); break;
          case DType::uint64: pool_axis<Rule, std::uint64_t>(wide, axis, y); break;
          default: pool_axis<Rule, bool>(wide, axis, y); break;
        }
      }
  }
  return cast(y, x.dtype());
}

// Far from where a window's number times its cells would overflow.
constexpr std::int64_t kMostWindows = std::int64_t{1} << 28;
constexpr std::int64_t kMostDrawn = 5;

// Of a sample, unknown axes counted as one.
std::int64_t elements_of(const Shape& shape) {
  return shape.elements_per_sample().value_or(kHuge);
}

template <typename Rule, std::size_t kRank>
struct AdaptivePooling {
  IntList output_size = IntList(kRank, 1);
  DataFormat data_format = DataFormat::channels_last;

  Result<Built> build(const Shape& input) const {
    const SpatialAxes axes = spatial_axes(data_format, kRank);
    Built built{input};
    for (std::size_t i = 0; i < kRank; ++i) {
      const std::size_t axis = axes.first + i;
      if (input.known(axis) && input[axis] == 0) {
        return fail(ErrorCode::layer_input, "",
                    fmt::format("expected cells on axis {} for {} windows, found none", axis, output_size[i]));
      }
      // Each window has at most two cells more than its share of the axis.
      const std::int64_t read = elements_of(built.output);
      built.output[axis] = output_size[i];
      const std::int64_t made = elements_of(built.output);
      const std::int64_t steps = saturating_sum(read, saturating_product({2, made}));
      built.multiply_adds = saturating_sum(built.multiply_adds, saturating_product({steps, kScalarStep}));
      built.activation_elements = std::max(built.activation_elements, made);
    }
    return built;
  }

  Result<Tensor> call(const Tensor& x, const CallContext&) const {
    const SpatialAxes axes = spatial_axes(data_format, kRank);
    Tensor y = x;
    for (std::size_t i = 0; i < kRank; ++i) {
      y = pooled_along<Rule>(y, axes.first + i, output_size[i]);
    }
    return y;
  }
};

template <typename Rule, std::size_t kRank>
Declaration<AdaptivePooling<Rule, kRank>> declare_adaptive(std::string_view name) {
  using Self = AdaptivePooling<Rule, kRank>;
  const Legal sizes{.minimum = 1, .maximum = kMostWindows, .items = kRank};
  auto pooling = declare<Self>(fmt::format("{}{}D", name, kRank), Family::pooling);
  pooling.field("output_size", &Self::output_size, {.legal = sizes, .required = true})
      .field("data_format", &Self::data_format)
      .expects(expects_rank(kRank), takes_rank(kRank))
      .draw([](LayerDraw& draw, Self& layer) {
        layer.data_format = draw.any<DataFormat>();
        const SpatialAxes axes = spatial_axes(layer.data_format, kRank);
        std::int64_t room = room_to_grow(draw);
        layer.output_size = draw.each(kRank, [&](std::size_t i) {
          const std::int64_t cells = draw.probe()[axes.first + i];
          const std::int64_t windows = draw.integer(1, std::min(kMostDrawn, std::max<std::int64_t>(1, cells * room)));
          room = std::max<std::int64_t>(1, room / ((windows + cells - 1) / cells));
          return windows;
        });
      });
  return pooling;
}

template <std::size_t kRank>
LayerClass adaptive_average_pooling_class() {
  return declare_adaptive<Mean, kRank>("AdaptiveAveragePooling").layer();
}
template <std::size_t kRank>
LayerClass adaptive_max_pooling_class() {
  return declare_adaptive<Largest, kRank>("AdaptiveMaxPooling").keeps_dtype().layer();
}

}  // namespace

LayerClass adaptive_avg_pool1d_class() {
  return adaptive_average_pooling_class<1>();
}
LayerClass adaptive_avg_pool2d_class() {
  return adaptive_average_pooling_class<2>();
}
LayerClass adaptive_avg_pool3d_class() {
  return adaptive_average_pooling_class<3>();
}
LayerClass adaptive_max_pool1d_class() {
  return adaptive_max_pooling_class<1>();
}
LayerClass adaptive_max_pool2d_class() {
  return adaptive_max_pooling_class<2>();
}
LayerClass adaptive_max_pool3d_class() {
  return adaptive_max_pooling_class<3>();
}

}  // namespace revive
