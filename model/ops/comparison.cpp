// Comparisons, which compare in the operands' common dtype, and logic, which asks of every element whether it is zero.
// NaN is unequal to everything and neither less nor greater, as IEEE 754 has it.
#include <fmt/format.h>

#include <cmath>
#include <functional>

#include "revive/model/ops/binary.h"
#include "revive/model/ops/groups.h"
#include "revive/model/ops/settings.h"

namespace revive::ops {
namespace {

template <typename Relation>
struct Compare {
  static constexpr auto kPromotion = Promotion::compare;
  static constexpr OpNumerics kNumerics = {.exact = true, .discontinuous = true};
  template <Real T>
  std::uint8_t operator()(T a, T b) const {
    return Relation{}(a, b);
  }
  template <Whole Int>
  std::uint8_t operator()(Int a, Int b) const {
    return Relation{}(a, b);
  }
  std::uint8_t operator()(std::uint8_t a, std::uint8_t b) const { return Relation{}(a != 0, b != 0); }
};

template <typename Connective>
struct Logical {
  static constexpr auto kPromotion = Promotion::logical;
  static constexpr OpNumerics kNumerics = {.exact = true, .discontinuous = true};
  std::uint8_t operator()(std::uint8_t a, std::uint8_t b) const { return Connective{}(a != 0, b != 0); }
};

// Within atol + rtol * |b| of b, as numpy.isclose has it: the second operand is the one that is relied on.
struct IsClose {
  double rtol;
  double atol;
  bool equal_nan;

  template <Real T>
  std::uint8_t operator()(T a, T b) const {
    if (std::isnan(a) || std::isnan(b)) return equal_nan && std::isnan(a) && std::isnan(b);
    if (std::isinf(a) || std::isinf(b)) return a == b;
    return std::fabs(a - b) <= static_cast<T>(atol) + static_cast<T>(rtol) * std::fabs(b);
  }
};

constexpr std::string_view kIsCloseParameters[] = {"x1", "x2", "rtol", "atol"};

Status check_isclose(const Node& node) {
  for (std::size_t i = 0; i < 2; ++i) {
    if (is_operand(node.arguments[i])) continue;
    return fail(ErrorCode::graph_argument, "",
                fmt::format("Isclose expects tensors, arrays or numbers, found {}", node.arguments[i].kind_name()));
  }
  for (std::size_t i = 2; i < node.arguments.size(); ++i) {
    const Value* const tolerance = node.arguments[i].get<Value>();
    if (tolerance != nullptr && (tolerance->is_null() || is_number(*tolerance))) continue;
    return fail(ErrorCode::graph_argument, "",
                fmt::format("Isclose expects {} to be a number, found {}", kIsCloseParameters[i],
                            node.arguments[i].kind_name()));
  }
  return check_bool(node, 0);
}

Result<TensorType> infer_isclose(const Node& node, std::span<const TensorType> values) {
  REVIVE_ASSIGN_OR_RETURN(
      auto shape, broadcast_result(operand_type(node.arguments[0], values), operand_type(node.arguments[1], values)));
  return TensorType{DType::boolean, std::move(shape)};
}

Tensor evaluate_isclose(const Node& node, const TensorType& type, std::span<const Tensor> values) {
  constexpr double kRelative = 1e-5;
  constexpr double kAbsolute = 1e-8;
  const auto tolerance = [&](std::size_t argument, double fallback) {
    const Value& value = *node.arguments[argument].get<Value>();
    return value.is_null() ? fallback : double_of(value);
  };
  const IsClose close{tolerance(2, kRelative), tolerance(3, kAbsolute), node.settings[0].as_bool()};
  const DType compute = accepted_dtype(Promotion::real, node, values);
  const Tensor a = operand(node.arguments[0], values, compute);
  const Tensor b = operand(node.arguments[1], values, compute);
  Tensor out = result_array(type);
  with_element_type(compute, [&]<typename T>(T) {
    if constexpr (Real<T>) apply_binary<IsClose, T, std::uint8_t>(close, a, b, out);
  });
  return out;
}

OpClass isclose() {
  static const OpSetting settings[] = {{"equal_nan", Value(false), "3.11.0"}};
  return {.module = kNumpy,
          .class_name = "Isclose",
          .function = "isclose",
          .symbol = {},
          .parameters = kIsCloseParameters,
          .settings = settings,
          .check = check_isclose,
          .infer = infer_isclose,
          .evaluate = evaluate_isclose,
          .draw =
              [](OpDraw& draw, Node& node) {
                node.arguments[1] = draw.operand(real_dtype(draw.type().dtype));
                for (const std::size_t tolerance : {2u, 3u}) {
                  node.arguments[tolerance] = draw.flag() ? Value() : Value(0.25);
                }
                node.settings[0] = Value(draw.flag());
              },
          .numerics = {.discontinuous = true},
          .optional_parameters = 2,
          .joins_behind = 0};
}

}  // namespace

std::span<const OpClass> comparison() {
  static const OpClass table[] = {
      binary<Compare<std::equal_to<>>>("Equal", "equal", "=="),
      binary<Compare<std::not_equal_to<>>>("NotEqual", "not_equal", "!="),
      binary<Compare<std::less<>>>("Less", "less", "<"),
      binary<Compare<std::less_equal<>>>("LessEqual", "less_equal", "<="),
      binary<Compare<std::greater<>>>("Greater", "greater", ">"),
      binary<Compare<std::greater_equal<>>>("GreaterEqual", "greater_equal", ">="),
      binary<Logical<std::logical_and<>>>("LogicalAnd", "logical_and", "&"),
      binary<Logical<std::logical_or<>>>("LogicalOr", "logical_or", "|"),
      binary<Logical<std::not_equal_to<>>>("LogicalXor", "logical_xor", "^"),
      isclose(),
  };
  return table;
}

}  // namespace revive::ops
