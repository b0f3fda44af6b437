// UpSampling of one to three axes: every cell repeated along the spatial axes, or, of images, blended with its
// neighbours. Source: Keras' layers of these names.
//
// What blends takes floats alone: Keras' backends disagree on what it makes of ints.
#include <fmt/format.h>

#include <algorithm>

#include "revive/model/declare.h"
#include "revive/model/kernels/resizing.h"
#include "revive/model/kernels/windows.h"
#include "revive/model/layers/draw_windows.h"
#include "revive/model/layers/graph_layer.h"
#include "revive/model/tensor/element_type.h"

namespace revive {
namespace {

LambdaSource repeating(const IntList& sizes, DataFormat format) {
  std::string text = "x";
  const std::size_t first = spatial_axes(format, sizes.size()).first;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    text = fmt::format("ops.repeat({}, {}, axis={})", text, sizes[i], first + i);
  }
  return {"lambda x: " + text};
}

struct UpSampling1D : GraphLayer<UpSampling1D> {
  std::int64_t size = 2;

  LambdaSource source() const { return repeating({size}, DataFormat::channels_last); }
};

struct UpSampling3D : GraphLayer<UpSampling3D> {
  IntList size = IntList(3, 2);
  DataFormat data_format = DataFormat::channels_last;

  LambdaSource source() const { return repeating(size, data_format); }
};

struct UpSampling2D : GraphLayer<UpSampling2D> {
  IntList size = IntList(2, 2);
  DataFormat data_format = DataFormat::channels_last;
  Interpolation interpolation = Interpolation::nearest;

  LambdaSource source() const { return repeating(size, data_format); }

  Result<Built> build(const Shape& input, const BuildContext& context) {
    REVIVE_ASSIGN_OR_RETURN(auto built, GraphLayer::build(input, context));
    if (interpolation == Interpolation::nearest) return built;
    if (!is_float(context.dtype)) {
      return fail(ErrorCode::layer_input, "",
                  fmt::format("UpSampling2D blends floats alone, found an input of {}", name_of(context.dtype)));
    }
    if (interpolation == Interpolation::bicubic && !(table_is_exact(1, size[0]) && table_is_exact(1, size[1]))) {
      return fail(
          ErrorCode::layer_input, "",
          fmt::format("UpSampling2D expects powers of two for bicubic, since Keras' backends disagree on a size of {}",
                      to_string(size)));
    }
    const SpatialAxes axes = spatial_axes(data_format, 2);
    built.multiply_adds = resizing().cost({input[axes.first], input[axes.first + 1], input[axes.channels]},
                                          built.output[axes.first], built.output[axes.first + 1]);
    return built;
  }

  Result<Tensor> call(const Tensor& x, const CallContext& context) const {
    if (interpolation == Interpolation::nearest) return GraphLayer::call(x, context);
    const Tensor wide = cast(x, carrier_of(x.dtype()));
    return cast(with_channels_last(data_format, wide,
                                   [&](const Tensor& images) {
                                     return resize_images(images, images.dim(1) * size[0], images.dim(2) * size[1],
                                                          resizing(), x.dtype());
                                   }),
                x.dtype());
  }

 private:
  Resizing resizing() const { return {interpolation, false}; }
};

IntList draw_sizes(LayerDraw& draw, std::size_t axes, std::int64_t most) {
  std::int64_t room = room_to_grow(draw);
  return draw.each(axes, [&](std::size_t) {
    const std::int64_t size = draw.integer(1, std::min(room, most));
    room /= size;
    return size;
  });
}

}  // namespace

LayerClass up_sampling1d_class() {
  return declare<UpSampling1D>("UpSampling1D", Family::shaping)
      .field("size", &UpSampling1D::size, {.legal = {.minimum = 1}})
      .expects(expects_rank(1), takes_rank(1))
      .draw([](LayerDraw& draw, UpSampling1D& layer) {
        layer.size = draw.integer(1, std::min<std::int64_t>(room_to_grow(draw), 4));
      })
      .layer();
}

LayerClass up_sampling2d_class() {
  return declare<UpSampling2D>("UpSampling2D", Family::shaping)
      .field("size", &UpSampling2D::size, {.legal = {.minimum = 1, .items = 2}})
      .field("data_format", &UpSampling2D::data_format)
      .field("interpolation", &UpSampling2D::interpolation)
      .expects(expects_rank(2), takes_rank(2))
      .draw([](LayerDraw& draw, UpSampling2D& layer) {
        layer.size = draw_sizes(draw, 2, 3);
        layer.data_format = draw.any<DataFormat>();
        const bool floats = is_float(draw.context().dtype);
        layer.interpolation = floats ? draw.any<Interpolation>() : Interpolation::nearest;
        if (layer.interpolation == Interpolation::bicubic) {
          for (std::int64_t& size : layer.size) size = std::min<std::int64_t>(size, 2);
        }
      })
      .layer();
}

LayerClass up_sampling3d_class() {
  return declare<UpSampling3D>("UpSampling3D", Family::shaping)
      .field("size", &UpSampling3D::size, {.legal = {.minimum = 1, .items = 3}})
      .field("data_format", &UpSampling3D::data_format)
      .expects(expects_rank(3), takes_rank(3))
      .draw([](LayerDraw& draw, UpSampling3D& layer) {
        layer.size = draw_sizes(draw, 3, 2);
        layer.data_format = draw.any<DataFormat>();
      })
      .layer();
}

}  // namespace revive
