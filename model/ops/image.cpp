// resize(images, size): images of (batch, height, width, channels) sampled at pixel centres, as tf.image.resize does.
//
// "nearest" takes the pixel that the centre falls into; "bilinear" weighs the two neighbours on each axis by distance
// and repeats the edge, without antialiasing. A NaN reaches only the pixels that it has a weight in.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "revive/model/graph/op_draw.h"
#include "revive/model/ops/groups.h"
#include "revive/model/ops/settings.h"
#include "revive/model/ops/unary.h"

namespace revive::ops {
namespace {

constexpr std::string_view kParameters[] = {"images"};

enum Setting : std::size_t { kSize, kInterpolation, kAntialias, kCrop, kPad, kFillMode, kFillValue, kDataFormat };

constexpr std::string_view kNearest = "nearest";
constexpr std::string_view kBilinear = "bilinear";

Status check(const Node& node) {
  if (const Status operands = check_operands(node); !operands) return operands;
  const auto is_length = [](const Value& length) { return length.is_int() && length.as_int() > 0; };
  const Value& size = node.settings[kSize];
  if (!size.is_array() || size.as_array().size() != 2 || !std::ranges::all_of(size.as_array(), is_length)) {
    return bad_setting(node, kSize, "a height and a width");
  }
  const Value& interpolation = node.settings[kInterpolation];
  if (interpolation != Value(kNearest) && interpolation != Value(kBilinear)) {
    return bad_setting(node, kInterpolation, "nearest or bilinear");
  }
  for (const std::size_t flag : {kAntialias, kCrop, kPad}) {
    if (node.settings[flag] != Value(false)) return bad_setting(node, flag, "false");
  }
  if (node.settings[kFillMode] != Value("constant")) return bad_setting(node, kFillMode, "constant");
  if (const Status fill = check_number(node, kFillValue); !fill) return fill;
  const Value& format = node.settings[kDataFormat];
  if (format.is_null() || format == Value("channels_last")) return {};
  return bad_setting(node, kDataFormat, "channels_last");
}

bool interpolates(const Node& node) {
  return node.settings[kInterpolation] == Value(kBilinear);
}

Result<TensorType> infer(const Node& node, std::span<const TensorType> values) {
  // For bilinear ints Keras' backends disagree on the dtype and the rounding.
  auto type = infer_unary(interpolates(node) ? Domain::float_only : Domain::any, node, values);
  if (!type) return type;
  if (type->shape.rank() != 4) {
    return fail(ErrorCode::graph_argument, "",
                fmt::format("Resize expects (batch, height, width, channels), found {}", to_string(type->shape)));
  }
  for (const std::size_t i : {0u, 1u}) {
    if (type->shape[i + 1] == 0)
      return fail(ErrorCode::graph_argument, "", "an image without pixels has no other size");
    type->shape[i + 1] = node.settings[kSize].as_array()[i].as_int();
  }
  return type;
}

// The two pixels that a new one lies between, and how far it is from the first to the second.
struct Tap {
  std::int64_t first = 0;
  std::int64_t second = 0;
  double weight = 0;
};

std::vector<Tap> taps(std::int64_t from, std::int64_t to, bool bilinear) {
  std::vector<Tap> all;
  const std::int64_t last = from - 1;
  for (std::int64_t i = 0; i < to; ++i) {
    // The product first: rounded once, at the end, a centre on the edge of a pixel is exactly there.
    const double centre = (static_cast<double>(i) + 0.5) * static_cast<double>(from) / static_cast<double>(to);
    const double place = std::clamp(bilinear ? centre - 0.5 : std::floor(centre), 0.0, static_cast<double>(last));
    const auto first = static_cast<std::int64_t>(place);
    all.push_back({first, std::min(first + 1, last), place - static_cast<double>(first)});
  }
  return all;
}

// A pixel without weight does not count, whatever it holds.
template <Real T>
T between(T a, T b, T weight) {
  return weight == 0 ? a : (1 - weight) * a + weight * b;
}

template <typename T>
void resize(const Tensor& images, std::span<const Tap> rows, std::span<const Tap> columns, Tensor& out) {
  const std::int64_t width = images.dim(2);
  const std::int64_t channels = images.dim(3);
  const T* image = images.data<T>().data();
  T* next = out.data<T>().data();
  for (std::int64_t sample = 0; sample < images.dim(0); ++sample, image += images.dim(1) * width * channels) {
    for (const Tap& row : rows) {
      const T* const top = image + row.first * width * channels;
      for (const Tap& column : columns) {
        const std::int64_t left = column.first * channels;
        if constexpr (Real<T>) {
          const auto across = static_cast<T>(column.weight);
          const auto down = static_cast<T>(row.weight);
          const T* const bottom = image + row.second * width * channels;
          const std::int64_t right = column.second * channels;
          for (std::int64_t c = 0; c < channels; ++c) {
            const T above = between(top[left + c], top[right + c], across);
            const T below = between(bottom[left + c], bottom[right + c], across);
            *next++ = between(above, below, down);
          }
        } else {
          next = std::copy_n(top + left, channels, next);
        }
      }
    }
  }
}

Tensor evaluate(const Node& node, const TensorType& type, std::span<const Tensor> values) {
  const Tensor images = operand(node.arguments[0], values, type.dtype);
  Tensor out = result_array(type);
  // Without samples or channels the size may be beyond what a loop could count to.
  if (out.size() == 0) return out;
  const std::vector<Tap> rows = taps(images.dim(1), out.dim(1), interpolates(node));
  const std::vector<Tap> columns = taps(images.dim(2), out.dim(2), interpolates(node));
  with_element_type(type.dtype, [&]<typename T>(T) { resize<T>(images, rows, columns, out); });
  return out;
}

void draw_resize(OpDraw& draw, Node& node) {
  constexpr std::int64_t kMostPixels = 6;
  const std::int64_t channels = draw.probe()[3];
  const std::int64_t height = draw.integer(1, std::min(kMostPixels, kMostDrawnElements / channels));
  const std::int64_t width = draw.integer(1, std::min(kMostPixels, kMostDrawnElements / (channels * height)));
  node.settings[kSize] = Value(Value::Array{Value(height), Value(width)});
  const bool bilinear = is_float(draw.type().dtype) && draw.flag();
  node.settings[kInterpolation] = Value(bilinear ? kBilinear : kNearest);
  if (draw.flag()) node.settings[kDataFormat] = Value();
}

}  // namespace

std::span<const OpClass> image() {
  static const OpSetting settings[] = {
      {"size", {}},
      {"interpolation", Value(kBilinear)},
      {"antialias", Value(false)},
      {"crop_to_aspect_ratio", Value(false)},
      {"pad_to_aspect_ratio", Value(false)},
      {"fill_mode", Value("constant")},
      {"fill_value", Value(0.0)},
      // None is what the reading process is configured with; said outright, it is the same in every process.
      {"data_format", Value("channels_last")},
  };
  static const OpClass table[] = {{.module = kImage,
                                   .class_name = "Resize",
                                   .function = "resize",
                                   .symbol = {},
                                   .parameters = kParameters,
                                   .settings = settings,
                                   .check = check,
                                   .infer = infer,
                                   .evaluate = evaluate,
                                   .draw = draw_resize,
                                   .applies = [](const DrawnValue& x) { return x.probe.size() == 4; }}};
  return table;
}

}  // namespace revive::ops
