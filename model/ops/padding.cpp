// Pad: elements before and after those of each axis, constant or mirrored at the edge.
//
// `reflect` leaves the edge out of the mirror and `symmetric` repeats it; neither reaches further than the axis is
// long, which is what all of Keras' backends can do.
#include <fmt/format.h>

#include <algorithm>

#include "revive/model/graph/op_draw.h"
#include "revive/model/ops/axes.h"
#include "revive/model/ops/groups.h"

namespace revive::ops {
namespace {

constexpr std::size_t kWidths = 0;
constexpr std::size_t kMode = 1;
constexpr std::int64_t kLongestPad = std::int64_t{1} << 31;

struct Width {
  std::int64_t before = 0;
  std::int64_t after = 0;
};

bool is_width(const Value& value) {
  return value.is_int() && value.as_int() >= 0 && value.as_int() <= kLongestPad;
}

bool is_pair(const Value& value) {
  return value.is_array() && value.as_array().size() == 2 && std::ranges::all_of(value.as_array(), is_width);
}

// An int, a pair, or a pair for each axis. REQUIRES: check() passed.
Width width_of(const Value& widths, std::size_t axis) {
  if (widths.is_int()) return {widths.as_int(), widths.as_int()};
  const auto& items = widths.as_array();
  const auto& pair = is_pair(widths) ? items : items[items.size() == 1 ? 0 : axis].as_array();
  return {pair[0].as_int(), pair[1].as_int()};
}

Status check(const Node& node) {
  if (const Status status = check_tensor(node); !status) return status;
  const Value& widths = node.settings[kWidths];
  const bool pairs = widths.is_array() && !widths.as_array().empty() && std::ranges::all_of(widths.as_array(), is_pair);
  if (!is_width(widths) && !is_pair(widths) && !pairs) {
    return bad_argument(
        fmt::format("Pad expects pad_width to be a pair of widths for each axis, found {}", widths.brief()));
  }
  const Width batch = width_of(widths, 0);
  if (node.arguments[0].get<NodeRef>() != nullptr && (batch.before != 0 || batch.after != 0)) {
    return bad_argument("Pad would add samples to a batch; pad_width starts with (0, 0)");
  }
  const Value& mode = node.settings[kMode];
  if (mode != Value("constant") && mode != Value("reflect") && mode != Value("symmetric")) {
    return bad_argument(
        fmt::format("Pad expects mode to be \"constant\", \"reflect\" or \"symmetric\", found {}", mode.brief()));
  }
  const Value* const fill = node.arguments[1].get<Value>();
  if (fill == nullptr || fill->is_string()) {
    return bad_argument(
        fmt::format("Pad expects constant_values to be a number or None, found {}", node.arguments[1].kind_name()));
  }
  if (!fill->is_null() && mode != Value("constant")) {
    return bad_argument(fmt::format("Pad takes constant_values in mode \"constant\" alone, found {}", mode.brief()));
  }
  return {};
}

Result<TensorType> infer(const Node& node, std::span<const TensorType> values) {
  const OperandType x = operand_type(node.arguments[0], values);
  const Value& widths = node.settings[kWidths];
  if (widths.is_array() && !is_pair(widths) && widths.as_array().size() != x.shape.rank() &&
      widths.as_array().size() != 1) {
    return bad_argument(fmt::format("Pad has {} pairs of widths for a tensor of shape {}", widths.as_array().size(),
                                    to_string(x.shape)));
  }
  if (const Status fits = check_constant(node.arguments[1], x.dtype); !fits) return std::unexpected(fits.error());
  const std::string& mode = node.settings[kMode].as_string();
  const std::int64_t edge = mode == "reflect" ? 1 : 0;
  Shape shape = x.shape;
  for (std::size_t axis = 0; axis < x.shape.rank(); ++axis) {
    const Width width = width_of(widths, axis);
    if (!x.shape.known(axis)) continue;
    const std::int64_t furthest = std::max(width.before, width.after);
    if (mode != "constant" && furthest > 0 && furthest > x.shape[axis] - edge) {
      return bad_argument(fmt::format("Pad in mode \"{}\" reaches {} elements into axis {} of {}", mode, furthest, axis,
                                      to_string(x.shape)));
    }
    shape[axis] += width.before + width.after;
  }
  return TensorType{x.dtype, std::move(shape)};
}

// Where element `at` of a padded axis comes from, as an index of the axis before; nothing for the constant.
std::optional<std::size_t> source_of(std::int64_t at, std::int64_t length, std::string_view mode) {
  if (at >= 0 && at < length) return static_cast<std::size_t>(at);
  if (mode == "constant") return std::nullopt;
  const std::int64_t edge = mode == "reflect" ? 0 : 1;
  return static_cast<std::size_t>(at < 0 ? -at - edge : 2 * length - 2 - at + edge);
}

Tensor padded(const Tensor& x, std::size_t axis, Width width, std::string_view mode, const Tensor& fill) {
  Dims dims = x.dims();
  const std::int64_t length = dims[axis];
  dims[axis] += width.before + width.after;
  const Rows rows = rows_of(dims, axis);
  Tensor out = Tensor::uninitialized(x.dtype(), std::move(dims));
  with_element_type(x.dtype(), [&]<typename T>(T) {
    const T constant = fill.data<T>()[0];
    const T* in = x.data<T>().data();
    T* result = out.data<T>().data();
    for (std::size_t outer = 0; outer < rows.outer; ++outer, in += static_cast<std::size_t>(length) * rows.inner) {
      for (std::size_t i = 0; i < rows.length; ++i, result += rows.inner) {
        const auto source = source_of(static_cast<std::int64_t>(i) - width.before, length, mode);
        if (source) {
          std::copy_n(in + *source * rows.inner, rows.inner, result);
        } else {
          std::fill_n(result, rows.inner, constant);
        }
      }
    }
  });
  return out;
}

// One axis after the other: what an axis mirrors includes the padding of those before it.
Tensor evaluate(const Node& node, const TensorType& type, std::span<const Tensor> values) {
  Tensor x = widened(array_of(node.arguments[0], values));
  const bool default_fill = node.arguments[1].get<Value>()->is_null();
  const Tensor fill = operand(default_fill ? Argument(Value(0)) : node.arguments[1], values, type.dtype);
  const std::string& mode = node.settings[kMode].as_string();
  for (std::size_t axis = 0; axis < x.rank(); ++axis) {
    const Width width = width_of(node.settings[kWidths], axis);
    if (width.before != 0 || width.after != 0) x = padded(x, axis, width, mode, fill);
  }
  return x;
}

void draw(OpDraw& draw, Node& node) {
  constexpr std::int64_t kMostDrawn = 2;
  const bool fits_twice = drawn_elements(draw.probe()) * 2 <= kMostDrawnElements;
  const std::string_view mode = draw.one_of<std::string_view>({"constant", "reflect", "symmetric"});
  const std::size_t padded_axis = 1 + draw.alternative(draw.rank() - 1);
  Value::Array widths(draw.rank(), Value(Value::Array{Value(0), Value(0)}));
  // Short axes grow to twice their length at most, which is where mirrors end as well.
  const std::int64_t length = draw.probe()[padded_axis];
  const std::int64_t reach = mode == "reflect" ? length - 1 : length;
  const std::int64_t most = fits_twice ? std::min(kMostDrawn, reach / 2) : 0;
  const std::int64_t before = draw.integer(0, most);
  const std::int64_t after = draw.integer(0, most);
  widths[padded_axis] = Value(Value::Array{Value(before), Value(after)});
  node.settings[kWidths] = Value(std::move(widths));
  node.settings[kMode] = Value(mode);
  node.arguments[1] = Argument(Value());
  if (mode != "constant" || draw.type().dtype == DType::boolean || !draw.flag()) return;
  const DType dtype = draw.type().dtype;
  if (is_integer(dtype)) node.arguments[1] = Argument(Value(draw.integer(is_signed(dtype) ? -3 : 0, 3)));
  if (is_float(dtype)) node.arguments[1] = Argument(Value(draw.number()));
}

}  // namespace

std::span<const OpClass> padding() {
  static constexpr std::string_view parameters[] = {"x", "constant_values"};
  static const OpSetting settings[] = {{"pad_width", {}}, {"mode", Value("constant")}};
  static const OpClass table[] = {{.module = kNumpy,
                                   .class_name = "Pad",
                                   .function = "pad",
                                   .symbol = {},
                                   .parameters = parameters,
                                   .settings = settings,
                                   .check = check,
                                   .infer = infer,
                                   .evaluate = evaluate,
                                   .draw = draw,
                                   .applies = has_sample_axes,
                                   .numerics = {.exact = true},
                                   .optional_parameters = 1}};
  return table;
}

}  // namespace revive::ops
