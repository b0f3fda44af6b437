// What nn works out along an axis: softmax and its relatives by the formulas of model/kernels/activation.h, normalize,
// one_hot.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "revive/model/kernels/activation.h"
#include "revive/model/ops/axes.h"
#include "revive/model/ops/groups.h"
#include "revive/model/ops/settings.h"
#include "revive/model/ops/unary.h"
#include "revive/model/tensor/broadcast.h"

namespace revive::ops {
namespace {

// A functor for what infer_unary() asks of the operand; evaluation is by the tensor.
template <Domain kOn>
struct By {
  static constexpr auto kDomain = kOn;
};

// (outer, rows, columns) to (outer, columns, rows), each block transposed.
Tensor transposed(const Tensor& x, std::size_t outer, std::size_t rows, std::size_t columns, Dims dims) {
  if (rows == 1 || columns == 1) return x.reshaped(std::move(dims));
  Tensor out = Tensor::uninitialized(x.dtype(), std::move(dims));
  with_element_type(x.dtype(), [&]<typename T>(T) {
    const T* in = x.data<T>().data();
    T* result = out.data<T>().data();
    for (std::size_t block = 0; block < outer; ++block) {
      for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t column = 0; column < columns; ++column) {
          result[column * rows + row] = in[row * columns + column];
        }
      }
      in += rows * columns;
      result += rows * columns;
    }
  });
  return out;
}

// The activation, which works along the last axis, along another.
Tensor apply_along(Activation activation, const Tensor& x, std::size_t axis, Dims dims) {
  if (x.size() == 0) return Tensor(x.dtype(), std::move(dims));
  const auto [outer, length, inner] = rows_of(x.dims(), axis);
  Tensor rows =
      apply(activation, transposed(x, outer, length, inner, {static_cast<std::int64_t>(outer * inner), x.dim(axis)}));
  return transposed(rows, outer, inner, static_cast<std::size_t>(rows.dim(1)), std::move(dims));
}

Result<std::size_t> axis_of_node(const Node& node, std::span<const TensorType> values) {
  return axis_of(node.settings[0].as_int(), operand_type(node.arguments[0], values).shape.rank(), true);
}

template <Domain kOn>
Result<TensorType> infer_along(const Node& node, std::span<const TensorType> values) {
  auto type = infer_unary(kOn, node, values);
  if (!type) return type;
  if (const auto axis = axis_of_node(node, values); !axis) return std::unexpected(axis.error());
  return type;
}

Result<TensorType> infer_glu(const Node& node, std::span<const TensorType> values) {
  auto type = infer_along<Domain::float_only>(node, values);
  if (!type) return type;
  std::int64_t& length = type->shape[axis_of_node(node, values).value()];
  if (length == kUnknown) return type;
  if (length % 2 != 0) {
    return fail(ErrorCode::graph_argument, "",
                fmt::format("Glu halves an axis of even length, found one of {}", length));
  }
  length /= 2;
  return type;
}

Status check_axis(const Node& node) {
  if (const Status operands = check_operands(node); !operands) return operands;
  return check_axes(node, 0, AxisForm::one);
}

std::span<const OpSetting> axis_setting() {
  static const OpSetting settings[] = {{"axis", Value(-1)}};
  return settings;
}

template <Activation kActivation, Domain kOn>
OpClass along(std::string_view class_name, OpNumerics numerics = {}) {
  const std::string_view function = enum_names<Activation>().names[static_cast<std::size_t>(kActivation)];
  OpClass op = unary<By<kOn>>(kNn, class_name, function, numerics);
  op.settings = axis_setting();
  op.check = check_axis;
  op.infer = infer_along<kOn>;
  op.evaluate = [](const Node& node, const TensorType& type, std::span<const Tensor> values) {
    const Tensor x = operand(node.arguments[0], values, type.dtype);
    const std::size_t axis = axis_of(node.settings[0].as_int(), x.rank(), true).value();
    return apply_along(kActivation, x, axis, type.shape.axes());
  };
  op.applies = [](const DrawnValue& x) { return x.probe.size() >= 2 && takes(kOn, x.type.dtype); };
  op.draw = [](OpDraw& draw, Node& node) { node.settings[0] = Value(draw.axis()); };
  return op;
}

bool halves(const DrawnValue& x, std::size_t axis) {
  return x.type.shape.known(axis) && x.probe[axis] % 2 == 0;
}

OpClass glu() {
  OpClass op = along<Activation::glu, Domain::float_only>("Glu");
  op.infer = infer_glu;
  op.applies = [](const DrawnValue& x) {
    if (!is_float(x.type.dtype)) return false;
    for (std::size_t axis = 1; axis < x.probe.size(); ++axis) {
      if (halves(x, axis)) return true;
    }
    return false;
  };
  op.draw = [](OpDraw& draw, Node& node) {
    std::size_t axis = draw.rank() - 1;
    while (!halves(draw.x(), axis)) --axis;
    node.settings[0] = Value(draw.axis(axis, axis));
  };
  return op;
}

enum NormalizeSetting : std::size_t { kAxis, kOrder, kEpsilon };

Status check_normalize(const Node& node) {
  if (const Status operands = check_operands(node); !operands) return operands;
  const Value& order = node.settings[kOrder];
  if (!order.is_int() || order.as_int() < 1) return bad_setting(node, kOrder, "an int of at least 1");
  const Value& epsilon = node.settings[kEpsilon];
  const bool positive = is_number(epsilon) && double_of(epsilon) > 0;
  if (!epsilon.is_null() && !positive) return bad_setting(node, kEpsilon, "a number above 0");
  // Keras' other norms do not take the list that a saved tuple has become.
  return check_axes(node, kAxis, order.as_int() == 2 ? AxisForm::several : AxisForm::one);
}

Result<TensorType> infer_normalize(const Node& node, std::span<const TensorType> values) {
  auto type = infer_unary(Domain::float_only, node, values);
  if (!type) return type;
  REVIVE_ASSIGN_OR_RETURN(const auto axes, axes_of(node.settings[kAxis], operand_type(node.arguments[0], values)));
  return type;
}

// What x is multiplied with, from the sum of the powers of its elements. A NaN stays one.
template <Real T>
T scale_of(T sum, std::int64_t order, double epsilon) {
  if (order == 2) {
    const T inverse = 1 / std::sqrt(sum);
    const auto most = static_cast<T>(1 / epsilon);
    return inverse > most ? most : inverse;
  }
  const T norm = order == 1 ? sum : std::pow(sum, 1 / static_cast<T>(order));
  const auto least = static_cast<T>(epsilon);
  return norm < least ? least : norm;
}

template <Real T>
void normalize_by(std::int64_t order, double epsilon, const Dims& reduced, Tensor& x) {
  Tensor scales(x.dtype(), reduced);
  T* const scale = scales.data<T>().data();
  const BroadcastLoops loops(x.dims(), reduced);
  const T* const in = std::as_const(x).data<T>().data();
  const auto power = [order](T value) {
    if (order <= 2) return order == 1 ? std::fabs(value) : value * value;
    return std::pow(std::fabs(value), static_cast<T>(order));
  };
  loops.for_each_run(
      [&](std::size_t, std::size_t, std::size_t to, std::size_t step, std::size_t from, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) scale[to + i * step] += power(in[from + i]);
      });
  for (T& each : scales.data<T>()) each = scale_of(each, order, epsilon);
  T* const out = x.data<T>().data();
  loops.for_each_run(
      [&](std::size_t, std::size_t, std::size_t at, std::size_t step, std::size_t from, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
          T& element = out[from + i];
          element = order == 2 ? element * scale[at + i * step] : element / scale[at + i * step];
        }
      });
}

Tensor evaluate_normalize(const Node& node, const TensorType& type, std::span<const Tensor> values) {
  constexpr double kKerasEpsilon = 1e-7;
  const std::int64_t order = node.settings[kOrder].as_int();
  const Value& setting = node.settings[kEpsilon];
  const double epsilon = setting.is_null() ? kKerasEpsilon : double_of(setting);
  Tensor x = operand(node.arguments[0], values, type.dtype);
  Dims reduced = x.dims();
  for (const std::int64_t axis : ints_of(node.settings[kAxis])) reduced[axis_of(axis, x.rank(), true).value()] = 1;
  if (x.size() == 0) return x;
  with_element_type(type.dtype, [&]<typename T>(T) {
    if constexpr (Real<T>) normalize_by<T>(order, epsilon, reduced, x);
  });
  return x;
}

OpClass normalize() {
  static const OpSetting settings[] = {{"axis", Value(-1)}, {"order", Value(2)}, {"epsilon", {}, "3.6.0"}};
  // Near zero a small difference decides between the norm and epsilon.
  OpClass op = unary<By<Domain::float_only>>(kNn, "Normalize", "normalize", {.domain = {0.125, 1024}});
  op.settings = settings;
  op.check = check_normalize;
  op.infer = infer_normalize;
  op.evaluate = evaluate_normalize;
  op.applies = [](const DrawnValue& x) { return x.probe.size() >= 2 && is_float(x.type.dtype); };
  op.draw = [](OpDraw& draw, Node& node) {
    const std::int64_t axis = draw.axis();
    node.settings[kOrder] = Value(draw.one_of<std::int64_t>({2, 1, 3}));
    const bool list = node.settings[kOrder] == Value(2) && draw.flag();
    node.settings[kAxis] = list ? Value(Value::Array{Value(axis)}) : Value(axis);
    if (draw.flag()) node.settings[kEpsilon] = Value(0.5);
  };
  return op;
}

enum OneHotSetting : std::size_t { kClasses, kClassAxis, kDType, kSparse };

Status check_one_hot(const Node& node) {
  if (const Status operands = check_operands(node); !operands) return operands;
  const Value& classes = node.settings[kClasses];
  if (!classes.is_int() || classes.as_int() < 0) return bad_setting(node, kClasses, "an int that is not negative");
  if (const Status axis = check_int(node, kClassAxis); !axis) return axis;
  if (const Status dtype = check_dtype(node, kDType); !dtype) return dtype;
  if (node.settings[kSparse] != Value(false)) return bad_setting(node, kSparse, "false");
  return {};
}

// Where the classes go: -1 is behind all axes, and Keras infers no shape for other negative ones.
Result<std::size_t> class_axis(const Node& node, std::size_t rank) {
  const std::int64_t axis = node.settings[kClassAxis].as_int();
  if (axis == -1) return rank;
  if (axis >= 1 && std::cmp_less(axis, rank)) return static_cast<std::size_t>(axis);
  return fail(ErrorCode::graph_argument, "",
              fmt::format("OneHot expects axis to be -1 or from 1 to {}, found {}", rank - 1, axis));
}

Result<TensorType> infer_one_hot(const Node& node, std::span<const TensorType> values) {
  const auto type = infer_unary(Domain::real_only, node, values);
  if (!type) return type;
  REVIVE_ASSIGN_OR_RETURN(const auto axis, class_axis(node, type->shape.rank()));
  std::vector<std::int64_t> axes = type->shape.axes();
  axes.insert(axes.begin() + static_cast<std::ptrdiff_t>(axis), node.settings[kClasses].as_int());
  return TensorType{dtype_of(node.settings[kDType], DType::float32), Shape(std::move(axes))};
}

// A value that is no class, such as -1 or 0.5, gives zeros.
Tensor evaluate_one_hot(const Node& node, const TensorType& type, std::span<const Tensor> values) {
  const Tensor x = operand(node.arguments[0], values, given_dtype(node.arguments[0], values));
  const std::size_t inner = rows_of(type.shape.axes(), class_axis(node, x.rank()).value()).inner;
  const std::int64_t classes = node.settings[kClasses].as_int();
  Tensor out(carrier_of(type.dtype), type.shape.axes());
  if (out.size() == 0) return out;
  with_element_type(type.dtype, [&]<typename Out>(Out) {
    Out* const result = out.data<Out>().data();
    with_element_type(x.dtype(), [&]<typename In>(In) {
      const auto in = x.data<In>();
      for (std::size_t i = 0; i < in.size(); ++i) {
        const auto id = static_cast<double>(in[i]);
        if (!(id >= 0 && id < static_cast<double>(classes)) || id != std::trunc(id)) continue;
        const std::size_t row = i / inner * static_cast<std::size_t>(classes) + static_cast<std::size_t>(id);
        result[row * inner + i % inner] = Out{1};
      }
    });
  });
  return out;
}

OpClass one_hot() {
  static const OpSetting settings[] = {
      {"num_classes", {}}, {"axis", Value(-1)}, {"dtype", {}}, {"sparse", Value(false)}};
  OpClass op = unary<By<Domain::real_only>>(kNn, "OneHot", "one_hot", {.exact = true, .discontinuous = true});
  op.settings = settings;
  op.check = check_one_hot;
  op.infer = infer_one_hot;
  op.evaluate = evaluate_one_hot;
  op.applies = [](const DrawnValue& x) { return x.probe.size() < kMostDrawnRank && x.type.dtype != DType::boolean; };
  op.draw = [](OpDraw& draw, Node& node) {
    constexpr std::int64_t kMostClasses = 4;
    const std::int64_t most = std::min(kMostClasses, kMostDrawnElements / drawn_elements(draw.probe()));
    node.settings[kClasses] = Value(draw.integer(1, most));
    if (draw.rank() >= 2 && draw.flag()) node.settings[kClassAxis] = Value(draw.axis(1, draw.rank() - 1));
    if (node.settings[kClassAxis].as_int() < 0) node.settings[kClassAxis] = Value(-1);
    node.settings[kDType] = draw.one_of<Value>({{}, "float32", "int32", "bool"});
  };
  return op;
}

}  // namespace

std::span<const OpClass> along_axis() {
  static const OpClass table[] = {
      along<Activation::softmax, Domain::real_only>("Softmax"),
      along<Activation::log_softmax, Domain::real_only>("LogSoftmax"),
      // Keras adds up whole cumulative sums, so that the result jumps where the support changes.
      newer("3.8.0", along<Activation::sparsemax, Domain::real>("Sparsemax", {.discontinuous = true})),
      newer("3.7.0", glu()),
      normalize(),
      one_hot(),
  };
  return table;
}

}  // namespace revive::ops
