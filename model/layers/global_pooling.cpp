// GlobalAveragePooling and GlobalMaxPooling of one to three axes: the mean, or the largest value, of all cells of a
// channel. Source: Keras' layers of these names.
//
// Of steps with a mask, GlobalAveragePooling1D takes the mean of those that it keeps; where it keeps none, that is NaN.
#include <fmt/format.h>

#include <limits>

#include "revive/model/declare.h"
#include "revive/model/kernels/windows.h"
#include "revive/model/layers/draw_windows.h"
#include "revive/model/layers/graph_layer.h"
#include "revive/model/tensor/element_type.h"

namespace revive {
namespace {

Captures captures_of(std::size_t spatial, DataFormat format, bool keepdims) {
  const auto first = static_cast<std::int64_t>(spatial_axes(format, spatial).first);
  Value::Array axes;
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(spatial); ++i) axes.emplace_back(first + i);
  return {{"axes", Value(std::move(axes))}, {"keepdims", Value(keepdims)}};
}

template <std::size_t kRank>
struct GlobalMaxPooling : GraphLayer<GlobalMaxPooling<kRank>> {
  DataFormat data_format = DataFormat::channels_last;
  bool keepdims = false;

  LambdaSource source() const {
    return {"lambda x: ops.max(x, axis=axes, keepdims=keepdims)", captures_of(kRank, data_format, keepdims)};
  }
};

template <std::size_t kRank>
struct GlobalAveragePooling : GraphLayer<GlobalAveragePooling<kRank>> {
  DataFormat data_format = DataFormat::channels_last;
  bool keepdims = false;

  LambdaSource source() const {
    return {"lambda x: ops.mean(x, axis=axes, keepdims=keepdims)", captures_of(kRank, data_format, keepdims)};
  }
};

// The mean over the steps that are kept; x is (batch, steps, channels). Keras rounds the sum, then what it is divided
// by.
template <typename T>
void mean_of_kept(const Tensor& x, const Tensor& mask, DType dtype, std::span<T> out) {
  const std::int64_t channels = x.dim(2);
  const T* in = x.data<T>().data();
  const bool* kept = mask.data<bool>().data();
  std::vector<double> sums(static_cast<std::size_t>(channels));
  for (std::int64_t sample = 0; sample < x.dim(0); ++sample) {
    std::ranges::fill(sums, 0.0);
    T count{};
    for (std::int64_t step = 0; step < x.dim(1); ++step, in += channels) {
      if (!*kept++) continue;
      for (std::size_t c = 0; c < sums.size(); ++c) sums[c] += static_cast<double>(in[c]);
      ++count;
    }
    round_to(dtype, std::span(&count, 1));
    const auto row = out.subspan(static_cast<std::size_t>(sample) * sums.size(), sums.size());
    for (std::size_t c = 0; c < sums.size(); ++c) row[c] = static_cast<T>(sums[c]);
    round_to(dtype, row);
    for (T& value : row) value /= count;
  }
}

struct GlobalAveragePooling1D : GraphLayer<GlobalAveragePooling1D> {
  DataFormat data_format = DataFormat::channels_last;
  bool keepdims = false;

  LambdaSource source() const {
    return {"lambda x: ops.mean(x, axis=axes, keepdims=keepdims)", captures_of(1, data_format, keepdims)};
  }

  Result<MaskedTensor> call_masked(const MaskedTensor& input, const CallContext& context) const {
    if (!input.mask) {
      REVIVE_ASSIGN_OR_RETURN(auto mean, call(input.value, context));
      return MaskedTensor{std::move(mean)};
    }
    const bool first = data_format == DataFormat::channels_first;
    const Tensor x = first ? channels_to_back(input.value) : input.value;
    const Tensor& mask = *input.mask;
    if (mask.dtype() != DType::boolean || mask.dims() != Dims{x.dim(0), x.dim(1)}) {
      return fail(ErrorCode::layer_input, "",
                  fmt::format("expected a mask (batch, steps) for steps {}, found one of {}", to_string(x.dims()),
                              to_string(mask.dims())));
    }
    const DType dtype = is_float(x.dtype()) ? x.dtype() : DType::float32;
    return with_real(dtype, [&]<typename T>(T) {
      const Tensor wide = cast(x, carrier_of(dtype));
      Tensor mean(wide.dtype(), context.output);
      if (x.dim(2) > 0) mean_of_kept<T>(wide, mask, dtype, mean.data<T>());
      return MaskedTensor{cast(mean, dtype)};
    });
  }
};

template <typename Self, std::size_t kRank>
Declaration<Self> declare_global(std::string_view name, std::string_view alias) {
  auto pooling = declare<Self>(fmt::format("{}{}D", name, kRank), Family::pooling);
  pooling.field("data_format", &Self::data_format)
      .field("keepdims", &Self::keepdims)
      .alias(alias)
      .expects(expects_rank(kRank), takes_rank(kRank))
      .draw([](LayerDraw& draw, Self& layer) {
        layer.data_format = draw.any<DataFormat>();
        layer.keepdims = draw.flag();
      });
  return pooling;
}

}  // namespace

LayerClass global_average_pooling1d_class() {
  return declare_global<GlobalAveragePooling1D, 1>("GlobalAveragePooling", "GlobalAvgPool1D")
      .reads_mask()
      .draw([](LayerDraw& draw, GlobalAveragePooling1D& layer) {
        // A mask is one of the second axis, which has no steps then.
        layer.data_format =
            draw.flag_if(!draw.context().masked) ? DataFormat::channels_first : DataFormat::channels_last;
        layer.keepdims = draw.flag();
      })
      .layer();
}
LayerClass global_average_pooling2d_class() {
  return declare_global<GlobalAveragePooling<2>, 2>("GlobalAveragePooling", "GlobalAvgPool2D").layer();
}
LayerClass global_average_pooling3d_class() {
  return declare_global<GlobalAveragePooling<3>, 3>("GlobalAveragePooling", "GlobalAvgPool3D").layer();
}
LayerClass global_max_pooling1d_class() {
  return declare_global<GlobalMaxPooling<1>, 1>("GlobalMaxPooling", "GlobalMaxPool1D").layer();
}
LayerClass global_max_pooling2d_class() {
  return declare_global<GlobalMaxPooling<2>, 2>("GlobalMaxPooling", "GlobalMaxPool2D").layer();
}
LayerClass global_max_pooling3d_class() {
  return declare_global<GlobalMaxPooling<3>, 3>("GlobalMaxPooling", "GlobalMaxPool3D").layer();
}

}  // namespace revive
