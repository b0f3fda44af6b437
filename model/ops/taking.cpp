// Elements by index: take and take_along_axis. Indices are ints and count from the end when negative.
//
// Constant indices are checked as soon as the axis is known. An index that depends on x can be out of range only when
// the graph runs, and then gives what JAX fills in: NaN, the least int of a signed dtype, the largest of another, true.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "revive/model/graph/op_draw.h"
#include "revive/model/ops/axes.h"
#include "revive/model/ops/groups.h"
#include "revive/model/tensor/broadcast.h"

namespace revive::ops {
namespace {

using Types = std::span<const TensorType>;
using Tensors = std::span<const Tensor>;
using Index = std::int64_t;

bool depends_on_x(const Argument& argument) {
  return argument.get<NodeRef>() != nullptr;
}

// In the carrier T of `dtype`.
template <typename T>
T out_of_range(DType dtype) {
  if constexpr (Real<T>) return std::numeric_limits<T>::quiet_NaN();
  if constexpr (std::is_same_v<T, std::uint8_t>) return 1;
  return with_dtype(dtype, []<typename Element>(Element) {
    if constexpr (std::is_integral_v<Element>) {
      using Range = std::numeric_limits<Element>;
      return static_cast<T>(std::is_signed_v<Element> ? Range::min() : Range::max());
    } else {
      return T{};
    }
  });
}

// The indices that an argument holds.
Tensor indices_of(const Argument& argument, Tensors values) {
  return cast(array_of(argument, values), DTypeOf<Index>::value);
}

// Nothing where the index is out of range.
std::optional<std::size_t> position(Index index, std::int64_t length) {
  const std::int64_t at = index < 0 ? index + length : index;
  if (at < 0 || at >= length) return std::nullopt;
  return static_cast<std::size_t>(at);
}

Status check_range(const Argument& indices, std::int64_t length, std::size_t axis) {
  const Tensor* const array = indices.get<Tensor>();
  if (array == nullptr || length == kUnknown) return {};
  const Tensor wide = cast(*array, DTypeOf<Index>::value);
  for (const Index index : std::as_const(wide).data<Index>()) {
    if (!position(index, length)) {
      return bad_argument(fmt::format("index {} is out of range for axis {} of length {}", index, axis, length));
    }
  }
  return {};
}

// An int or a list of ints becomes the array that it stands for, so that one index has one spelling.
void normalize_indices(Node& node) {
  const auto fits = [](const Argument& item) {
    const Value* const value = item.get<Value>();
    return value != nullptr && value->is_int() && std::in_range<std::int32_t>(value->as_int());
  };
  const auto as_index = [](const Argument& item) { return static_cast<std::int32_t>(item.get<Value>()->as_int()); };
  Argument& indices = node.arguments[1];
  if (fits(indices)) {
    indices = Argument(Tensor::from<std::int32_t>({}, {as_index(indices)}));
  } else if (const auto* const list = indices.get<Argument::List>();
             list != nullptr && std::ranges::all_of(*list, fits)) {
    std::vector<std::int32_t> values;
    for (const Argument& item : *list) values.push_back(as_index(item));
    indices = Argument(
        Tensor::from<std::int32_t>({static_cast<std::int64_t>(values.size())}, std::span<const std::int32_t>(values)));
  }
}

Status check_indices(const Node& node) {
  const Argument& indices = node.arguments[1];
  const Tensor* const array = indices.get<Tensor>();
  if (depends_on_x(indices) || (array != nullptr && is_integer(array->dtype()))) return {};
  return bad_argument(fmt::format("{} expects indices that are ints, found {}", node.op->class_name,
                                  array != nullptr ? name_of(array->dtype()) : indices.kind_name()));
}

Status check_take(const Node& node) {
  if (const Status status = check_tensor(node); !status) return status;
  if (depends_on_x(node.arguments[0]) && depends_on_x(node.arguments[1])) {
    return bad_argument(
        "Take of a tensor at indices that are a tensor would mix the samples of a batch; "
        "take_along_axis looks each sample up in itself");
  }
  if (const Status status = check_indices(node); !status) return status;
  if (depends_on_x(node.arguments[1]) && node.settings[0] != Value(0)) {
    return bad_argument(
        fmt::format("Take from a constant at indices that are a tensor keeps the batch in front with "
                    "axis=0 alone, found {}",
                    node.settings[0].brief()));
  }
  if (const Status status = check_axes(node, 0, AxisForm::any); !status) return status;
  return check_axes(node, 0, AxisForm::one);
}

Status check_index_dtype(const Node& node, const OperandType& indices) {
  if (is_integer(indices.dtype)) return {};
  return bad_argument(
      fmt::format("{} expects indices that are ints, found {}", node.op->class_name, name_of(indices.dtype)));
}

Result<TensorType> infer_take(const Node& node, Types values) {
  const OperandType x = operand_type(node.arguments[0], values);
  const OperandType indices = operand_type(node.arguments[1], values);
  if (const Status status = check_index_dtype(node, indices); !status) return std::unexpected(status.error());
  REVIVE_ASSIGN_OR_RETURN(const auto axis, axis_of(node.settings[0].as_int(), x.shape.rank(), x.depends_on_x));
  const Status in_range = check_range(node.arguments[1], x.shape[axis], axis);
  if (!in_range) return std::unexpected(in_range.error());
  Dims axes = x.shape.axes();
  const auto at = axes.erase(axes.begin() + static_cast<std::ptrdiff_t>(axis));
  axes.insert(at, indices.shape.axes().begin(), indices.shape.axes().end());
  return TensorType{x.dtype, Shape(std::move(axes))};
}

Tensor evaluate_take(const Node& node, const TensorType& type, Tensors values) {
  const Tensor x = widened(array_of(node.arguments[0], values));
  const Tensor wide = indices_of(node.arguments[1], values);
  const auto indices = wide.data<Index>();
  const Rows rows = rows_of(x.dims(), axis_of(node.settings[0].as_int(), x.rank(), false).value());
  Tensor out = result_array(type);
  with_element_type(x.dtype(), [&]<typename T>(T) {
    const T* in = x.data<T>().data();
    T* result = out.data<T>().data();
    const T outside = out_of_range<T>(type.dtype);
    for (std::size_t outer = 0; outer < rows.outer; ++outer, in += rows.length * rows.inner) {
      for (const Index index : indices) {
        const auto at = position(index, static_cast<std::int64_t>(rows.length));
        if (at) std::copy_n(in + *at * rows.inner, rows.inner, result);
        if (!at) std::fill_n(result, rows.inner, outside);
        result += rows.inner;
      }
    }
  });
  return out;
}

Tensor draw_indices(OpDraw& draw, Dims dims, std::int64_t length) {
  Tensor indices(DType::int32, std::move(dims));
  for (auto& index : indices.data<std::int32_t>()) index = static_cast<std::int32_t>(draw.integer(-length, length - 1));
  return indices;
}

void draw_take(OpDraw& draw, Node& node) {
  constexpr std::int64_t kMostIndices = 3;
  // A table that each int of x is looked up in, where x holds ints and there is room for another axis.
  const bool looks_up = is_integer(draw.type().dtype) && draw.rank() < kMostDrawnRank &&
                        drawn_elements(draw.probe()) * kMostIndices <= kMostDrawnElements && !draw.tame() &&
                        draw.flag();
  if (looks_up) {
    const std::int64_t length = draw.integer(1, 4);
    const std::int64_t width = draw.integer(1, kMostIndices);
    node.arguments[0] = Argument(draw.array(DType::float32, {length, width}));
    node.arguments[1] = draw.x().ref;
    node.settings[0] = Value(0);
    return;
  }
  const std::int64_t axis = draw.axis();
  const std::int64_t length = draw.probe()[axis_of(axis, draw.rank(), true).value()];
  const std::int64_t room = kMostDrawnElements / drawn_elements(draw.probe());
  const std::int64_t count = draw.integer(1, std::min(kMostIndices, std::max(room, length)));
  node.arguments[1] = Argument(draw_indices(draw, {count}, length));
  node.settings[0] = Value(axis);
}

Status check_take_along_axis(const Node& node) {
  if (const Status status = check_tensor(node); !status) return status;
  if (const Status status = check_indices(node); !status) return status;
  if (depends_on_x(node.arguments[1]) && !depends_on_x(node.arguments[0])) {
    return bad_argument(
        "TakeAlongAxis of a constant has no batch axis to go along with that of the indices; "
        "take looks indices up in a constant");
  }
  if (const Status status = check_axes(node, 0, AxisForm::any); !status) return status;
  return check_axes(node, 0, AxisForm::one);
}

Result<TensorType> infer_take_along_axis(const Node& node, Types values) {
  const OperandType x = operand_type(node.arguments[0], values);
  const OperandType indices = operand_type(node.arguments[1], values);
  if (const Status status = check_index_dtype(node, indices); !status) return std::unexpected(status.error());
  REVIVE_ASSIGN_OR_RETURN(const auto axis, axis_of(node.settings[0].as_int(), x.shape.rank(), x.depends_on_x));
  const auto does_not_fit = [&] {
    return bad_argument(
        fmt::format("indices of shape {} do not go along axis {} of {}: the other axes are those of "
                    "the tensor or 1, and 1 for the batch of a constant",
                    to_string(indices.shape), axis, to_string(x.shape)));
  };
  if (indices.shape.rank() != x.shape.rank()) return does_not_fit();
  Shape shape = x.shape;
  for (std::size_t i = 0; i < shape.rank(); ++i) {
    const bool batch = i == 0 && x.depends_on_x;
    if (i == axis) {
      shape[i] = indices.shape[i];
    } else if (batch && !indices.depends_on_x) {
      if (indices.shape[i] != 1) return does_not_fit();
    } else if (indices.shape[i] != 1 || batch) {
      const bool alike = indices.shape[i] == x.shape[i] || !indices.shape.known(i) || !x.shape.known(i);
      if (!alike) return does_not_fit();
      if (!x.shape.known(i)) shape[i] = indices.shape[i];
    }
  }
  const Status in_range = check_range(node.arguments[1], x.shape[axis], axis);
  if (!in_range) return std::unexpected(in_range.error());
  return TensorType{x.dtype, std::move(shape)};
}

Tensor evaluate_take_along_axis(const Node& node, const TensorType& type, Tensors values) {
  const Tensor x = widened(array_of(node.arguments[0], values));
  const Tensor indices = indices_of(node.arguments[1], values);
  const std::size_t axis = axis_of(node.settings[0].as_int(), x.rank(), false).value();
  const Rows rows = rows_of(x.dims(), axis);
  Tensor out = result_array(type);
  const auto length = static_cast<std::size_t>(out.dim(axis));
  with_element_type(x.dtype(), [&]<typename T>(T) {
    const auto in = x.data<T>();
    const auto result = out.data<T>();
    const auto at = indices.data<Index>();
    const T outside = out_of_range<T>(type.dtype);
    // Each element of the result beside its index, which repeats along axes of 1.
    BroadcastLoops(out.dims(), indices.dims())
        .for_each_run([&](std::size_t first, std::size_t step, std::size_t first_index, std::size_t index_step,
                          std::size_t, std::size_t count) {
          for (std::size_t i = 0; i < count; ++i) {
            const std::size_t element = first + i * step;
            const std::size_t outer = element / (length * rows.inner);
            const auto row = position(at[first_index + i * index_step], static_cast<std::int64_t>(rows.length));
            result[element] = row ? in[(outer * rows.length + *row) * rows.inner + element % rows.inner] : outside;
          }
        });
  });
  return out;
}

void draw_take_along_axis(OpDraw& draw, Node& node) {
  const std::int64_t axis = draw.axis();
  const std::size_t along = axis_of(axis, draw.rank(), true).value();
  Dims dims(draw.rank(), 1);
  for (std::size_t i = 1; i < dims.size(); ++i) {
    if (i != along && draw.type().shape.known(i) && draw.flag()) dims[i] = draw.probe()[i];
  }
  dims[along] = draw.integer(1, draw.probe()[along]);
  node.arguments[1] = Argument(draw_indices(draw, std::move(dims), draw.probe()[along]));
  node.settings[0] = Value(axis);
}

}  // namespace

std::span<const OpClass> taking() {
  static constexpr std::string_view parameters[] = {"x", "indices"};
  static const OpSetting settings[] = {{"axis", {}}};
  static const OpClass table[] = {
      {.module = kNumpy,
       .class_name = "Take",
       .function = "take",
       .symbol = {},
       .parameters = parameters,
       .settings = settings,
       .check = check_take,
       .infer = infer_take,
       .evaluate = evaluate_take,
       .draw = draw_take,
       .applies = has_sample_axes,
       .numerics = {.exact = true},
       .normalize = normalize_indices},
      {.module = kNumpy,
       .class_name = "TakeAlongAxis",
       .function = "take_along_axis",
       .symbol = {},
       .parameters = parameters,
       .settings = settings,
       .check = check_take_along_axis,
       .infer = infer_take_along_axis,
       .evaluate = evaluate_take_along_axis,
       .draw = draw_take_along_axis,
       .applies = has_sample_axes,
       .numerics = {.exact = true},
       .normalize = normalize_indices},
  };
  return table;
}

}  // namespace revive::ops
