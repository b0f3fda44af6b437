// Elementwise ops of one operand, made from one C++ functor each.
#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <limits>

#include "model/op_draw.h"
#include "model/ops/groups.h"
#include "model/ops/operand.h"

namespace revive::ops {
namespace {

using Int = std::int32_t;
using Bool = std::uint8_t;

// The dtype computed in, from the operand's, and the dtype of the result.
enum class Domain : std::uint8_t {
  any,         // bool, int32 and float32 stay what they are
  numeric,     // as any, but Keras' backends refuse bool
  counted,     // as any, bool as int32
  real,        // float32
  float_only,  // float32; Keras' backends refuse or disagree on ints
  logical,     // bool
};

constexpr std::string_view kParameters[] = {"x"};

DType compute_dtype(Domain domain, DType dtype) {
  switch (domain) {
    case Domain::any:
    case Domain::numeric: return dtype;
    case Domain::counted: return dtype == DType::boolean ? DType::int32 : dtype;
    case Domain::real:
    case Domain::float_only: return DType::float32;
    case Domain::logical: return DType::boolean;
  }
  return dtype;
}

bool takes(Domain domain, DType dtype) {
  if (domain == Domain::numeric) return dtype != DType::boolean;
  return domain != Domain::float_only || dtype == DType::float32;
}

Result<TensorType> infer_unary(Domain domain, const Node& node, std::span<const TensorType> values) {
  const OperandType x = operand_type(node.arguments[0], values);
  if (!takes(domain, x.dtype)) {
    return fail(ErrorCode::graph_argument, "",
                fmt::format("{} expects a tensor of {}, found {}", node.op->class_name,
                            domain == Domain::numeric ? "float32 or int32" : "float32", name_of(x.dtype)));
  }
  const DType dtype = compute_dtype(domain, x.dtype);
  if (const Status fits = check_fits(node.arguments[0], dtype); !fits) return std::unexpected(fits.error());
  return TensorType{dtype, x.shape};
}

template <typename F>
Tensor evaluate_unary(const Node& node, const TensorType& type, std::span<const Tensor> values) {
  const Tensor x = operand(node.arguments[0], values, type.dtype);
  Tensor out = Tensor::uninitialized(type.dtype, type.shape.axes());
  with_element_type(type.dtype, [&]<typename T>(T) {
    if constexpr (ComputesIn<F, T, T>) {
      constexpr F f;
      const auto in = x.data<T>();
      T* const result = out.data<T>().data();
      for (std::size_t i = 0; i < in.size(); ++i) result[i] = f(in[i]);
    }
  });
  return out;
}

// There is nothing to draw: the operand is x.
void draw_unary(OpDraw&, Node&) {}

template <typename F>
OpClass unary(std::string_view module, std::string_view class_name, std::string_view function, OpNumerics numerics,
              std::string_view symbol = {}) {
  const auto infer = [](const Node& node, std::span<const TensorType> values) {
    return infer_unary(F::kDomain, node, values);
  };
  const auto applies = [](const DrawnValue& x) { return takes(F::kDomain, x.type.dtype); };
  return {.module = module,
          .class_name = class_name,
          .function = function,
          .syntax = symbol.empty() ? OpClass::Syntax::function : OpClass::Syntax::prefix,
          .symbol = symbol,
          .parameters = kParameters,
          .settings = {},
          .check = check_operands,
          .infer = infer,
          .evaluate = evaluate_unary<F>,
          .draw = draw_unary,
          .applies = applies,
          .numerics = numerics};
}

struct Negative {
  static constexpr auto kDomain = Domain::numeric;
  float operator()(float x) const { return -x; }
  Int operator()(Int x) const { return std::bit_cast<Int>(0u - std::bit_cast<std::uint32_t>(x)); }
};

struct Absolute {
  static constexpr auto kDomain = Domain::any;
  float operator()(float x) const { return std::fabs(x); }
  Int operator()(Int x) const { return x < 0 ? Negative{}(x) : x; }
  Bool operator()(Bool x) const { return x != 0; }
};

struct LogicalNot {
  static constexpr auto kDomain = Domain::logical;
  Bool operator()(Bool x) const { return x == 0; }
};

struct Square {
  static constexpr auto kDomain = Domain::counted;
  float operator()(float x) const { return x * x; }
  Int operator()(Int x) const {
    return std::bit_cast<Int>(std::bit_cast<std::uint32_t>(x) * std::bit_cast<std::uint32_t>(x));
  }
};

struct Relu {
  static constexpr auto kDomain = Domain::numeric;
  // A NaN comes through: it is neither below nor above zero.
  float operator()(float x) const { return x <= 0.0f ? 0.0f : x; }
  Int operator()(Int x) const { return x <= 0 ? 0 : x; }
};

struct Sigmoid {
  static constexpr auto kDomain = Domain::float_only;
  float operator()(float x) const { return 1.0f / (1.0f + std::exp(-x)); }
};

template <float (*kFunction)(float)>
struct Real {
  static constexpr auto kDomain = Domain::real;
  float operator()(float x) const { return kFunction(x); }
};

}  // namespace

std::span<const OpClass> elementwise() {
  // sqrt and log are steep near 0, where a small difference becomes a large one.
  constexpr OpNumerics kPositive = {.domain = {0.125, std::numeric_limits<double>::infinity()}};
  constexpr OpNumerics kMove = {.exact = true};
  constexpr OpNumerics kStep = {.exact = true, .discontinuous = true};
  static const OpClass table[] = {
      unary<Negative>(kNumpy, "Negative", "negative", kMove, "-"),
      unary<Absolute>(kNumpy, "Absolute", "absolute", kMove),
      unary<LogicalNot>(kNumpy, "LogicalNot", "logical_not", kStep, "~"),
      unary<Square>(kNumpy, "Square", "square", kMove),
      unary<Real<std::sqrt>>(kNumpy, "Sqrt", "sqrt", kPositive),
      // Beyond, a difference in the last bits of x is not small in the result.
      unary<Real<std::exp>>(kNumpy, "Exp", "exp", {.domain = {-8, 8}}),
      unary<Real<std::log>>(kNumpy, "Log", "log", kPositive),
      unary<Real<std::sin>>(kNumpy, "Sin", "sin", {.domain = {-32, 32}}),
      unary<Real<std::cos>>(kNumpy, "Cos", "cos", {.domain = {-32, 32}}),
      unary<Real<std::tanh>>(kNumpy, "Tanh", "tanh", {}),
      unary<Real<std::floor>>(kNumpy, "Floor", "floor", kStep),
      unary<Real<std::ceil>>(kNumpy, "Ceil", "ceil", kStep),
      unary<Relu>(kNn, "Relu", "relu", kMove),
      unary<Sigmoid>(kNn, "Sigmoid", "sigmoid", {}),
  };
  return table;
}

}  // namespace revive::ops
