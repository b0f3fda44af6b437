// ZeroPadding and Cropping of one to three axes: cells put in front of an axis and behind it, or taken away there.
// Source: Keras' layers of these names.
#include <fmt/format.h>

#include "revive/model/declare.h"
#include "revive/model/kernels/windows.h"
#include "revive/model/layers/draw_windows.h"
#include "revive/model/layers/graph_layer.h"

namespace revive {
namespace {

// One axis has its two amounts alone; several have a list of pairs.
template <std::size_t kRank>
using Margins = std::conditional_t<kRank == 1, IntList, IntPairs>;

IntPairs pairs_of(const IntList& margins) {
  return {{margins[0], margins[1]}};
}
IntPairs pairs_of(const IntPairs& margins) {
  return margins;
}

template <std::size_t kRank>
Margins<kRank> margins_of(std::int64_t amount) {
  if constexpr (kRank == 1) {
    return {amount, amount};
  } else {
    return IntPairs(kRank, {amount, amount});
  }
}

template <std::size_t kRank>
Legal legal_margins() {
  return {.minimum = 0, .items = kRank == 1 ? 2 : kRank};
}

template <std::size_t kRank>
struct ZeroPadding : GraphLayer<ZeroPadding<kRank>> {
  Margins<kRank> padding = margins_of<kRank>(1);
  DataFormat data_format = DataFormat::channels_last;

  LambdaSource source() const {
    Value::Array widths(kRank + 2, Value(Value::Array{0, 0}));
    const std::size_t first = spatial_axes(data_format, kRank).first;
    const IntPairs pairs = pairs_of(padding);
    for (std::size_t i = 0; i < kRank; ++i) widths[first + i] = Value(Value::Array{pairs[i][0], pairs[i][1]});
    return {"lambda x: ops.pad(x, widths)", {{"widths", Value(std::move(widths))}}};
  }
};

template <std::size_t kRank>
struct Cropping : GraphLayer<Cropping<kRank>> {
  // Keras crops nothing from images unless it is told to, and one cell from all else.
  Margins<kRank> cropping = margins_of<kRank>(kRank == 2 ? 0 : 1);
  // Cropping1D has no such key: its steps are the second axis.
  DataFormat data_format = DataFormat::channels_last;

  LambdaSource source() const {
    std::string slices = ":";
    if (data_format == DataFormat::channels_first) slices += ", :";
    for (const IntPair& pair : pairs_of(cropping)) {
      slices += fmt::format(", {}:{}", pair[0], pair[1] == 0 ? "" : fmt::format("{}", -pair[1]));
    }
    return {fmt::format("lambda x: x[{}]", slices)};
  }

  Result<Built> build(const Shape& input, const BuildContext& context) {
    REVIVE_RETURN_IF_ERROR(leaves_cells(input));
    return GraphLayer<Cropping<kRank>>::build(input, context);
  }
  Result<Shape> output_shape(const Shape& input) const {
    REVIVE_RETURN_IF_ERROR(leaves_cells(input));
    return GraphLayer<Cropping<kRank>>::output_shape(input);
  }

 private:
  Status leaves_cells(const Shape& input) const {
    const std::size_t first = spatial_axes(data_format, kRank).first;
    const IntPairs pairs = pairs_of(cropping);
    for (std::size_t i = 0; i < kRank; ++i) {
      if (input.known(first + i) && input[first + i] <= saturating_sum(pairs[i][0], pairs[i][1])) {
        return fail(ErrorCode::layer_input, "",
                    fmt::format("Cropping{}D expects more than the {} + {} cells that it crops from axis {}, found the "
                                "shape {}",
                                kRank, pairs[i][0], pairs[i][1], first + i, to_string(input)));
      }
    }
    return {};
  }
};

IntPair draw_pair(LayerDraw& draw, std::int64_t most) {
  const std::int64_t before = draw.integer(0, most);
  return {before, draw.integer(0, most - before)};
}

void assign(IntList& margins, const IntPairs& pairs) {
  margins.assign(pairs[0].begin(), pairs[0].end());
}
void assign(IntPairs& margins, const IntPairs& pairs) {
  margins = pairs;
}

template <std::size_t kRank>
LayerClass zero_padding_class() {
  using Self = ZeroPadding<kRank>;
  return declare<Self>(fmt::format("ZeroPadding{}D", kRank), Family::shaping)
      .field("padding", &Self::padding, {.legal = legal_margins<kRank>()})
      .field("data_format", &Self::data_format)
      .expects(expects_rank(kRank), takes_rank(kRank))
      .draw([](LayerDraw& draw, Self& layer) {
        const std::int64_t most = room_to_grow(draw) == 1 ? 0 : kRank == 1 ? 4 : 2;
        layer.data_format = draw.any<DataFormat>();
        IntPairs pairs;
        for (std::size_t i = 0; i < kRank; ++i) pairs.push_back(draw_pair(draw, most));
        assign(layer.padding, pairs);
      })
      .layer();
}

template <std::size_t kRank>
LayerClass cropping_class() {
  using Self = Cropping<kRank>;
  auto cropping = declare<Self>(fmt::format("Cropping{}D", kRank), Family::shaping);
  cropping.field("cropping", &Self::cropping, {.legal = legal_margins<kRank>()});
  if (kRank > 1) cropping.field("data_format", &Self::data_format);
  return cropping.expects(expects_rank(kRank), takes_rank(kRank))
      .draw([](LayerDraw& draw, Self& layer) {
        if (kRank > 1) layer.data_format = draw.any<DataFormat>();
        const std::size_t first = spatial_axes(layer.data_format, kRank).first;
        IntPairs pairs;
        for (std::size_t i = 0; i < kRank; ++i) pairs.push_back(draw_pair(draw, draw.probe()[first + i] - 1));
        assign(layer.cropping, pairs);
      })
      .layer();
}

}  // namespace

LayerClass zero_padding1d_class() {
  return zero_padding_class<1>();
}
LayerClass zero_padding2d_class() {
  return zero_padding_class<2>();
}
LayerClass zero_padding3d_class() {
  return zero_padding_class<3>();
}
LayerClass cropping1d_class() {
  return cropping_class<1>();
}
LayerClass cropping2d_class() {
  return cropping_class<2>();
}
LayerClass cropping3d_class() {
  return cropping_class<3>();
}

}  // namespace revive
