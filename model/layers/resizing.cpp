// Resizing and CenterCrop: images of a given size. Source: Keras' layers of these names.
//
// What blends takes floats alone: Keras' backends disagree on what it makes of ints. So they do on bicubic without
// antialias, for which TensorFlow looks its weights up in a table, wherever the table is not exact.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "revive/model/declare.h"
#include "revive/model/kernels/resizing.h"
#include "revive/model/kernels/windows.h"
#include "revive/model/layers/draw_windows.h"
#include "revive/model/tensor/element_type.h"

namespace revive {
namespace {

struct Size {
  std::int64_t height = 1;
  std::int64_t width = 1;
};

Size size_of_images(const Shape& images, DataFormat format) {
  const std::size_t first = spatial_axes(format, 2).first;
  return {images[first], images[first + 1]};
}
Size size_of_images(const Tensor& images) {
  return {images.dim(1), images.dim(2)};
}

Shape with_size(Shape images, DataFormat format, Size size) {
  const std::size_t first = spatial_axes(format, 2).first;
  images[first] = size.height;
  images[first + 1] = size.width;
  return images;
}

// The largest part of `from` that has the aspect ratio of `to`, and the smallest frame around it; as Keras rounds them.
Size scaled(Size from, Size to) {
  const auto height = static_cast<double>(from.width) * static_cast<double>(to.height) / static_cast<double>(to.width);
  const auto width = static_cast<double>(from.height) * static_cast<double>(to.width) / static_cast<double>(to.height);
  // Longer than any image can be.
  constexpr double kLongest = 0x1p60;
  return {static_cast<std::int64_t>(std::min(height, kLongest)), static_cast<std::int64_t>(std::min(width, kLongest))};
}
Size part_of(Size from, Size to) {
  const Size fit = scaled(from, to);
  return {std::max<std::int64_t>(std::min(from.height, fit.height), 1),
          std::max<std::int64_t>(std::min(from.width, fit.width), 1)};
}

// The rows and columns of x from `top` and `left` on; what lies outside of x is filled with the element `fill`.
Tensor window_of(const Tensor& x, std::int64_t top, std::int64_t left, Size size,
                 std::span<const std::byte> fill = {}) {
  Tensor y(x.dtype(), {x.dim(0), size.height, size.width, x.dim(3)});
  if (x.size() == 0) return y;
  const std::span<std::byte> bytes = y.bytes();
  for (std::size_t i = 0; i < bytes.size() && !fill.empty(); ++i) bytes[i] = fill[i % fill.size()];

  const std::int64_t pixel = x.dim(3) * static_cast<std::int64_t>(size_of(x.dtype()));
  const std::int64_t first_row = std::max<std::int64_t>(-top, 0);
  const std::int64_t last_row = std::min(size.height, x.dim(1) - top);
  const std::int64_t first = std::max<std::int64_t>(-left, 0);
  const std::int64_t last = std::min(size.width, x.dim(2) - left);
  const std::byte* const in = x.bytes().data();
  for (std::int64_t sample = 0; sample < x.dim(0); ++sample) {
    for (std::int64_t row = first_row; row < last_row; ++row) {
      const std::byte* const from = in + ((sample * x.dim(1) + top + row) * x.dim(2) + left + first) * pixel;
      std::copy_n(from, (last - first) * pixel,
                  bytes.data() + ((sample * size.height + row) * size.width + first) * pixel);
    }
  }
  return y;
}

// What an interpolation gives does not depend on the backend of Keras, where the lengths are known.
Status backends_agree(std::string_view layer, const Resizing& resizing, DType dtype, Size from, Size to) {
  if (resizing.interpolation == Interpolation::nearest) return {};
  if (!is_float(dtype)) {
    return fail(ErrorCode::layer_input, "",
                fmt::format("{} blends floats alone, found an input of {}", layer, name_of(dtype)));
  }
  if (resizing.interpolation != Interpolation::bicubic || resizing.antialias) return {};
  const auto exact = [](std::int64_t length, std::int64_t wanted) {
    return length == kUnknown || length == wanted || table_is_exact(length, wanted);
  };
  if (exact(from.height, to.height) && exact(from.width, to.width)) return {};
  return fail(
      ErrorCode::layer_input, "",
      fmt::format("{} expects antialias for bicubic, without which Keras' backends disagree on images of {} x {} "
                  "made of {} x {}",
                  layer, to.height, to.width, from.height, from.width));
}

struct ResizingLayer {
  std::int64_t height = 1;
  std::int64_t width = 1;
  Interpolation interpolation = Interpolation::bilinear;
  bool crop_to_aspect_ratio = false;
  bool pad_to_aspect_ratio = false;
  Number fill_value = 0.0;
  bool antialias = false;
  DataFormat data_format = DataFormat::channels_last;

  Result<Built> build(const Shape& input, const BuildContext& context) {
    dtype_ = context.dtype;
    REVIVE_ASSIGN_OR_RETURN(auto output, output_shape(input));
    const SpatialAxes axes = spatial_axes(data_format, 2);
    const Size from = source_size(size_of_images(input, data_format));
    const std::int64_t copied = saturating_product({from.height, from.width, input[axes.channels], kScalarStep});
    const std::int64_t cost = resizing().cost({from.height, from.width, input[axes.channels]}, height, width);
    Built built{std::move(output), {}, saturating_sum(copied, cost), context.dtype};
    built.activation_elements = saturating_sum(
        saturating_product({from.height, from.width, input[axes.channels]}),
        saturating_product({std::max(from.height, height), std::max(from.width, width), input[axes.channels]}));
    return built;
  }
  Result<Shape> output_shape(const Shape& input) const {
    const Size from = source_size(size_of_images(input, data_format));
    if (from.height == 0 || from.width == 0) {
      return fail(ErrorCode::layer_input, "",
                  fmt::format("Resizing expects images with pixels, found the shape {}", to_string(input)));
    }
    if (pad_to_aspect_ratio && !is_float(dtype_)) {
      return fail(ErrorCode::layer_input, "",
                  fmt::format("Resizing pads floats alone, found an input of {}", name_of(dtype_)));
    }
    REVIVE_RETURN_IF_ERROR(backends_agree("Resizing", resizing(), dtype_, from, wanted()));
    return with_size(input, data_format, wanted());
  }

  Result<Tensor> call(const Tensor& x, const CallContext&) const {
    const bool blends = interpolation != Interpolation::nearest || pad_to_aspect_ratio;
    const Tensor wide = blends ? cast(x, carrier_of(x.dtype())) : x;
    const Tensor y = with_channels_last(data_format, wide, [&](const Tensor& images) {
      return resize_images(framed(images), height, width, resizing(), x.dtype());
    });
    return blends ? cast(y, x.dtype()) : y;
  }

 private:
  Size wanted() const { return {height, width}; }
  Resizing resizing() const { return {interpolation, antialias}; }

  // Of what is resized: a part of the image, or a frame around it.
  Size source_size(Size image) const {
    if (image.height == kUnknown || image.width == kUnknown) return image;
    if (crop_to_aspect_ratio) return part_of(image, wanted());
    if (pad_to_aspect_ratio) return frame_of(image);
    return image;
  }
  // Keras pads one axis alone, by the same at both ends.
  Size frame_of(Size image) const {
    const Size fit = scaled(image, wanted());
    const std::int64_t top = std::max<std::int64_t>(fit.height - image.height, 0) / 2;
    const std::int64_t left = std::max<std::int64_t>(fit.width - image.width, 0) / 2;
    return top > 0 ? Size{image.height + 2 * top, image.width} : Size{image.height, image.width + 2 * left};
  }

  Tensor framed(const Tensor& images) const {
    const Size image = size_of_images(images);
    const Size source = source_size(image);
    if (source.height == image.height && source.width == image.width) return images;
    const Tensor fill = cast(Tensor::from<double>({1}, {fill_value.as_double()}), images.dtype());
    return window_of(images, (image.height - source.height) / 2, (image.width - source.width) / 2, source,
                     fill.bytes());
  }

  DType dtype_ = DType::float32;
};

struct CenterCrop {
  std::int64_t height = 1;
  std::int64_t width = 1;
  DataFormat data_format = DataFormat::channels_last;

  Result<Built> build(const Shape& input) const {
    const SpatialAxes axes = spatial_axes(data_format, 2);
    REVIVE_ASSIGN_OR_RETURN(auto output, output_shape(input));
    const Size from = size_of_images(input, data_format);
    const Resizing resizing{Interpolation::bilinear, false};
    Built built{std::move(output), {}, resizing.cost({from.height, from.width, input[axes.channels]}, height, width)};
    built.activation_elements =
        saturating_product({std::max(from.height, height), std::max(from.width, width), input[axes.channels]});
    return built;
  }
  Result<Shape> output_shape(const Shape& input) const {
    const Size from = size_of_images(input, data_format);
    if (from.height == 0 || from.width == 0) {
      return fail(ErrorCode::layer_input, "",
                  fmt::format("CenterCrop expects images with pixels, found the shape {}", to_string(input)));
    }
    return with_size(input, data_format, {height, width});
  }

  // An image that is too small in one direction is cropped to the aspect ratio, then resized.
  Result<Tensor> call(const Tensor& x, const CallContext& context) const {
    return with_channels_last(data_format, x, [&](const Tensor& images) {
      const Size image = size_of_images(images);
      const bool crops = image.height >= height && image.width >= width;
      const Size part = crops ? Size{height, width} : part_of(image, {height, width});
      Tensor cropped = window_of(images, (image.height - part.height) / 2, (image.width - part.width) / 2, part);
      return crops ? cropped : resize_images(cropped, height, width, {Interpolation::bilinear, false}, context.dtype);
    });
  }
};

}  // namespace

LayerClass resizing_class() {
  using Self = ResizingLayer;
  return declare<Self>("Resizing", Family::preprocessing)
      .field("height", &Self::height, {.legal = {.minimum = 1}, .required = true})
      .field("width", &Self::width, {.legal = {.minimum = 1}, .required = true})
      .field("interpolation", &Self::interpolation)
      .field("crop_to_aspect_ratio", &Self::crop_to_aspect_ratio)
      .field("pad_to_aspect_ratio", &Self::pad_to_aspect_ratio, {.since = "3.6"})
      .fixed("fill_mode", "constant")
      .field("fill_value", &Self::fill_value, {.since = "3.6"})
      .field("antialias", &Self::antialias, {.since = "3.10"})
      .field("data_format", &Self::data_format)
      .rule("expected crop_to_aspect_ratio or pad_to_aspect_ratio, not both",
            [](const Self& layer) { return !(layer.crop_to_aspect_ratio && layer.pad_to_aspect_ratio); })
      .training_only({"bounding_box_format"})
      .expects(expects_rank(2), takes_rank(2))
      .chooses_dtype()
      .draw([](LayerDraw& draw, Self& layer) {
        constexpr std::int64_t kLargest = 7;
        const bool floats = is_float(draw.context().dtype);
        layer.interpolation = floats ? draw.any<Interpolation>() : Interpolation::nearest;
        layer.height = draw.integer(1, kLargest);
        layer.width = draw.integer(1, kLargest);
        const auto shaping = draw.integer(0, floats ? 2 : 1);
        layer.crop_to_aspect_ratio = shaping == 1;
        layer.pad_to_aspect_ratio = shaping == 2;
        layer.fill_value = draw.one_of<Number>({0.0, 0, 0.5, -1});
        // Without it, bicubic is refused for most sizes.
        layer.antialias = draw.flag() || layer.interpolation == Interpolation::bicubic;
        layer.data_format = draw.any<DataFormat>();
      })
      .layer();
}

LayerClass center_crop_class() {
  return declare<CenterCrop>("CenterCrop", Family::preprocessing)
      .field("height", &CenterCrop::height, {.legal = {.minimum = 1}, .required = true})
      .field("width", &CenterCrop::width, {.legal = {.minimum = 1}, .required = true})
      .field("data_format", &CenterCrop::data_format)
      .training_only({"bounding_box_format"})
      .expects(expects_rank(2), takes_rank(2))
      .draw([](LayerDraw& draw, CenterCrop& layer) {
        constexpr std::int64_t kLargest = 6;
        layer.height = draw.integer(1, kLargest);
        layer.width = draw.integer(1, kLargest);
        layer.data_format = draw.any<DataFormat>();
      })
      .layer();
}

}  // namespace revive
