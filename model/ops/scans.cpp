// What runs along an axis: cumsum, cumprod, diff. Each lane along the axis is worked through from its start, so the
// order of rounding depends on nothing else.
#include <fmt/format.h>

#include "revive/model/graph/op_draw.h"
#include "revive/model/ops/axes.h"
#include "revive/model/ops/groups.h"
#include "revive/model/ops/settings.h"
#include "revive/model/ops/sum_and_product.h"

namespace revive::ops {
namespace {

using Bool = std::uint8_t;

struct Minus {
  template <Real T>
  T operator()(T a, T b) const {
    return a - b;
  }
  template <Whole Int>
  Int operator()(Int a, Int b) const {
    return wrapping_subtract(a, b);
  }
  // As NumPy has it: whether neighbours differ.
  Bool operator()(Bool a, Bool b) const { return (a != 0) != (b != 0); }
};

constexpr std::size_t kAxis = 0;
constexpr std::size_t kDtype = 1;

std::size_t known_axis(const Value& setting, const Tensor& x) {
  return axis_of(setting.as_int(), x.rank(), false).value();
}

Status check_scan(const Node& node) {
  if (const Status status = check_tensor(node); !status) return status;
  if (const Status status = check_axes(node, kAxis, AxisForm::any); !status) return status;
  // Without an axis NumPy flattens, which says nothing about a tensor with a batch.
  if (const Status status = check_axes(node, kAxis, AxisForm::one); !status) return status;
  return check_dtype(node, kDtype);
}

Result<TensorType> infer_scan(const Node& node, std::span<const TensorType> values) {
  const OperandType x = operand_type(node.arguments[0], values);
  REVIVE_RETURN_IF_ERROR(axis_of(node.settings[kAxis].as_int(), x.shape.rank(), x.depends_on_x));
  const DType counted = x.dtype == DType::boolean ? DType::int32 : x.dtype;
  return TensorType{dtype_of(node.settings[kDtype], counted), x.shape};
}

template <typename F>
Tensor evaluate_scan(const Node& node, const TensorType& type, std::span<const Tensor> values) {
  const Tensor x = operand(node.arguments[0], values, type.dtype);
  Tensor out = result_array(type);
  const Rows rows = rows_of(x.dims(), known_axis(node.settings[kAxis], x));
  with_element_type(type.dtype, [&]<typename T>(T) {
    constexpr F f;
    const T* in = x.data<T>().data();
    T* result = out.data<T>().data();
    for (std::size_t outer = 0; outer < rows.outer; ++outer) {
      for (std::size_t i = 0; i < rows.length; ++i, in += rows.inner, result += rows.inner) {
        for (std::size_t inner = 0; inner < rows.inner; ++inner) {
          result[inner] = i == 0 ? in[inner] : f(*(result + inner - rows.inner), in[inner]);
        }
      }
    }
  });
  return out;
}

void draw_scan(OpDraw& draw, Node& node) {
  node.settings[kAxis] = Value(draw.axis());
  if (draw.flag()) node.settings[kDtype] = Value("float32");
}

template <typename F>
OpClass scan(std::string_view class_name, std::string_view function, std::span<const OpSetting> settings,
             OpNumerics numerics) {
  return {.module = kNumpy,
          .class_name = class_name,
          .function = function,
          .symbol = {},
          .parameters = kTensorParameter,
          .settings = settings,
          .check = check_scan,
          .infer = infer_scan,
          .evaluate = evaluate_scan<F>,
          .draw = draw_scan,
          .applies = has_sample_axes,
          .numerics = numerics};
}

constexpr std::size_t kTimes = 0;
constexpr std::size_t kDiffAxis = 1;

Status check_diff(const Node& node) {
  if (const Status status = check_tensor(node); !status) return status;
  if (const Status status = check_int(node, kTimes); !status) return status;
  if (node.settings[kTimes].as_int() < 0) {
    return bad_argument(fmt::format("Diff expects n to be 0 or more, found {}", node.settings[kTimes].as_int()));
  }
  return check_axes(node, kDiffAxis, AxisForm::one);
}

Result<TensorType> infer_diff(const Node& node, std::span<const TensorType> values) {
  const OperandType x = operand_type(node.arguments[0], values);
  REVIVE_ASSIGN_OR_RETURN(const auto axis, axis_of(node.settings[kDiffAxis].as_int(), x.shape.rank(), x.depends_on_x));
  Shape shape = x.shape;
  if (shape.known(axis)) {
    shape[axis] = std::max<std::int64_t>(shape[axis] - std::min(node.settings[kTimes].as_int(), shape[axis]), 0);
  }
  return TensorType{x.dtype, std::move(shape)};
}

// One array with room for the first difference takes all the others in place.
Tensor evaluate_diff(const Node& node, const TensorType& type, std::span<const Tensor> values) {
  const Tensor x = widened(array_of(node.arguments[0], values));
  Tensor out = result_array(type);
  const Rows rows = rows_of(x.dims(), known_axis(node.settings[kDiffAxis], x));
  const auto length = static_cast<std::size_t>(out.dim(known_axis(node.settings[kDiffAxis], x)));
  const std::size_t kept = length * rows.inner;
  if (out.size() == 0) return out;
  with_element_type(type.dtype, [&]<typename T>(T) {
    std::vector<T> lanes(rows.length * rows.inner);
    const T* in = x.data<T>().data();
    T* result = out.data<T>().data();
    for (std::size_t outer = 0; outer < rows.outer; ++outer, in += lanes.size(), result += kept) {
      std::copy_n(in, lanes.size(), lanes.begin());
      for (std::size_t left = rows.length - 1; left >= length; --left) {
        for (std::size_t i = 0; i < left * rows.inner; ++i) lanes[i] = Minus{}(lanes[i + rows.inner], lanes[i]);
      }
      std::copy_n(lanes.begin(), kept, result);
    }
  });
  return out;
}

void draw_diff(OpDraw& draw, Node& node) {
  const std::int64_t axis = draw.axis();
  const std::int64_t length = draw.probe()[axis_of(axis, draw.rank(), true).value()];
  node.settings[kTimes] = Value(draw.integer(0, std::min<std::int64_t>(length - 1, 2)));
  node.settings[kDiffAxis] = Value(axis);
}

}  // namespace

std::span<const OpClass> scans() {
  static constexpr std::string_view array_parameter[] = {"a"};
  static const OpSetting scan_settings[] = {{"axis", {}}, {"dtype", {}}};
  static const OpSetting diff_settings[] = {{"n", Value(1)}, {"axis", Value(-1)}};
  static const OpClass table[] = {
      scan<Add>("Cumsum", "cumsum", scan_settings, {}),
      scan<Multiply>("Cumprod", "cumprod", scan_settings, {.domain = {-4, 4}}),
      {.module = kNumpy,
       .class_name = "Diff",
       .function = "diff",
       .symbol = {},
       .parameters = array_parameter,
       .settings = diff_settings,
       .check = check_diff,
       .infer = infer_diff,
       .evaluate = evaluate_diff,
       .draw = draw_diff,
       .applies = has_sample_axes,
       .numerics = {.exact = true}},
  };
  return table;
}

}  // namespace revive::ops
