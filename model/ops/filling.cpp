// Tensors of the same shape whose elements are replaced: cast, zeros_like, ones_like, full_like, tril, triu.
#include <fmt/format.h>

#include <algorithm>

#include "revive/model/graph/op_draw.h"
#include "revive/model/ops/axes.h"
#include "revive/model/ops/groups.h"
#include "revive/model/ops/settings.h"

namespace revive::ops {
namespace {

using Types = std::span<const TensorType>;
using Tensors = std::span<const Tensor>;

constexpr std::string_view kCore = "keras.src.ops.core";

template <bool kOrNone>
Status check_with_dtype(const Node& node) {
  const Status status = check_tensor(node);
  return status ? check_dtype(node, 0, kOrNone) : status;
}

Result<TensorType> infer_with_dtype(const Node& node, Types values) {
  const OperandType x = operand_type(node.arguments[0], values);
  return TensorType{dtype_of(node.settings[0], x.dtype), x.shape};
}

Tensor evaluate_cast(const Node& node, const TensorType& type, Tensors values) {
  return cast(array_of(node.arguments[0], values), type.dtype);
}

void draw_cast(OpDraw& draw, Node& node) {
  node.settings[0] = Value(draw.one_of<std::string_view>({"float32", "int32", "bool"}));
}

Tensor filled(const TensorType& type, const Argument& number) {
  const Tensor fill = operand(number, {}, type.dtype);
  Tensor out = result_array(type);
  with_element_type(type.dtype, [&]<typename T>(T) { std::ranges::fill(out.data<T>(), fill.data<T>()[0]); });
  return out;
}

template <int kNumber>
Tensor evaluate_like(const Node&, const TensorType& type, Tensors) {
  return filled(type, Argument(Value(kNumber)));
}

void draw_like(OpDraw& draw, Node& node) {
  if (draw.flag()) draw_cast(draw, node);
}

Status check_full_like(const Node& node) {
  if (const Status status = check_with_dtype<true>(node); !status) return status;
  const Value* const fill = node.arguments[1].get<Value>();
  if (fill != nullptr && (fill->is_bool() || fill->is_int() || fill->is_real())) return {};
  return bad_argument(
      fmt::format("FullLike expects fill_value to be a number, found {}; an array can be added to "
                  "zeros_like(x)",
                  node.arguments[1].kind_name()));
}

Result<TensorType> infer_full_like(const Node& node, Types values) {
  auto type = infer_with_dtype(node, values);
  if (const Status fits = check_constant(node.arguments[1], type->dtype); !fits) return std::unexpected(fits.error());
  return type;
}

Tensor evaluate_full_like(const Node& node, const TensorType& type, Tensors) {
  return filled(type, node.arguments[1]);
}

void draw_full_like(OpDraw& draw, Node& node) {
  draw_like(draw, node);
  const DType dtype = dtype_of(node.settings[0], draw.type().dtype);
  if (dtype == DType::boolean) {
    node.arguments[1] = Argument(Value(draw.flag()));
  } else if (is_integer(dtype)) {
    node.arguments[1] = Argument(Value(draw.integer(is_signed(dtype) ? -9 : 0, 9)));
  } else {
    node.arguments[1] = Argument(Value(draw.number()));
  }
}

Status check_triangle(const Node& node) {
  const Status status = check_tensor(node);
  return status ? check_int(node, 0) : status;
}

Result<TensorType> infer_triangle(const Node& node, Types values) {
  const OperandType x = operand_type(node.arguments[0], values);
  const std::size_t axes = x.shape.rank() - (x.depends_on_x ? 1 : 0);
  if (axes < 2) {
    return bad_argument(fmt::format("{} expects samples that are matrices, found a tensor of shape {}",
                                    node.op->class_name, to_string(x.shape)));
  }
  return TensorType{x.dtype, x.shape};
}

// Keeps what lies on and below diagonal k, or on and above it.
template <bool kLower>
Tensor evaluate_triangle(const Node& node, const TensorType& type, Tensors values) {
  Tensor out = widened(array_of(node.arguments[0], values));
  const std::int64_t height = type.shape[type.shape.rank() - 2];
  const std::int64_t width = type.shape.back();
  // Beyond the corners every diagonal is alike.
  const std::int64_t k = std::clamp(node.settings[0].as_int(), -height - 1, width + 1);
  with_element_type(out.dtype(), [&]<typename T>(T) {
    std::int64_t row = 0;
    for (auto elements = out.data<T>(); !elements.empty();
         elements = elements.subspan(static_cast<std::size_t>(width))) {
      // The first element after the diagonal, or on it.
      const std::int64_t from = std::clamp(row + k + (kLower ? 1 : 0), std::int64_t{0}, width);
      const auto at = elements.begin() + from;
      std::fill(kLower ? at : elements.begin(), kLower ? elements.begin() + width : at, T{});
      row = row + 1 == height ? 0 : row + 1;
    }
  });
  return out;
}

void draw_triangle(OpDraw& draw, Node& node) {
  node.settings[0] = Value(draw.integer(-2, 2));
}

bool has_matrices(const DrawnValue& x) {
  return x.probe.size() >= 3;
}

OpClass like(std::string_view class_name, std::string_view function, std::span<const OpSetting> settings) {
  OpClass op;
  op.module = kNumpy;
  op.class_name = class_name;
  op.function = function;
  op.parameters = kTensorParameter;
  op.settings = settings;
  op.check = check_with_dtype<true>;
  op.infer = infer_with_dtype;
  op.draw = draw_like;
  op.numerics = {.exact = true};
  return op;
}

OpClass cast_op() {
  static const OpSetting settings[] = {{"dtype", {}}};
  OpClass op = like("Cast", "cast", settings);
  op.module = kCore;
  op.check = check_with_dtype<false>;
  op.evaluate = evaluate_cast;
  op.draw = draw_cast;
  // Truncation and the truth value of a float.
  op.numerics.discontinuous = true;
  return op;
}

template <int kNumber>
OpClass filled_like(std::string_view class_name, std::string_view function, std::span<const OpSetting> settings) {
  OpClass op = like(class_name, function, settings);
  op.evaluate = evaluate_like<kNumber>;
  return op;
}

OpClass full_like(std::span<const OpSetting> settings) {
  static constexpr std::string_view parameters[] = {"x", "fill_value"};
  OpClass op = like("FullLike", "full_like", settings);
  op.parameters = parameters;
  op.check = check_full_like;
  op.infer = infer_full_like;
  op.evaluate = evaluate_full_like;
  op.draw = draw_full_like;
  return op;
}

template <bool kLower>
OpClass triangle(std::string_view class_name, std::string_view function) {
  static const OpSetting settings[] = {{"k", Value(0)}};
  OpClass op = like(class_name, function, settings);
  op.check = check_triangle;
  op.infer = infer_triangle;
  op.evaluate = evaluate_triangle<kLower>;
  op.draw = draw_triangle;
  op.applies = has_matrices;
  return op;
}

}  // namespace

std::span<const OpClass> filling() {
  static const OpSetting dtype[] = {{"dtype", {}, "3.11.0"}};
  static const OpClass table[] = {
      cast_op(),
      filled_like<0>("ZerosLike", "zeros_like", dtype),
      filled_like<1>("OnesLike", "ones_like", dtype),
      full_like(dtype),
      triangle<true>("Tril", "tril"),
      triangle<false>("Triu", "triu"),
  };
  return table;
}

}  // namespace revive::ops
