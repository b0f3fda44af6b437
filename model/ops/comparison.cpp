// Comparisons, which compare in the operands' common dtype, and logic, which asks of every element whether it is zero.
// NaN is unequal to everything and neither less nor greater, as IEEE 754 has it.
#include <functional>

#include "model/ops/binary.h"
#include "model/ops/groups.h"

namespace revive::ops {
namespace {

template <typename Relation>
struct Compare {
  static constexpr auto kPromotion = Promotion::compare;
  static constexpr OpNumerics kNumerics = {.exact = true, .discontinuous = true};
  std::uint8_t operator()(float a, float b) const { return Relation{}(a, b); }
  std::uint8_t operator()(std::int32_t a, std::int32_t b) const { return Relation{}(a, b); }
  std::uint8_t operator()(std::uint8_t a, std::uint8_t b) const { return Relation{}(a != 0, b != 0); }
};

template <typename Connective>
struct Logical {
  static constexpr auto kPromotion = Promotion::logical;
  static constexpr OpNumerics kNumerics = {.exact = true, .discontinuous = true};
  std::uint8_t operator()(std::uint8_t a, std::uint8_t b) const { return Connective{}(a != 0, b != 0); }
};

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
  };
  return table;
}

}  // namespace revive::ops
