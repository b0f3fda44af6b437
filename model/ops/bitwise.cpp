// The bits of ints; of bools, which have one, the same as logic.
//
// Keras takes the shape of the result from the first operand and the dtype from both, so the first has to have the
// whole shape, and a number beside a tensor has to be an array.
#include <fmt/format.h>

#include <bit>

#include "revive/model/ops/binary.h"
#include "revive/model/ops/groups.h"
#include "revive/model/ops/unary.h"
#include "revive/model/tensor/element.h"

namespace revive::ops {
namespace {

using Bool = std::uint8_t;

constexpr std::string_view kParameters[] = {"x", "y"};
constexpr std::string_view kSince = "3.6.0";
constexpr OpNumerics kBits = {.exact = true, .discontinuous = true};

struct BitwiseAnd {
  static constexpr auto kPromotion = Promotion::common;
  static constexpr OpNumerics kNumerics = kBits;
  template <Whole Int>
  Int operator()(Int a, Int b) const {
    return a & b;
  }
  Bool operator()(Bool a, Bool b) const { return a != 0 && b != 0; }
};

struct BitwiseOr {
  static constexpr auto kPromotion = Promotion::common;
  static constexpr OpNumerics kNumerics = kBits;
  template <Whole Int>
  Int operator()(Int a, Int b) const {
    return a | b;
  }
  Bool operator()(Bool a, Bool b) const { return (a | b) != 0; }
};

struct BitwiseXor {
  static constexpr auto kPromotion = Promotion::common;
  static constexpr OpNumerics kNumerics = kBits;
  template <Whole Int>
  Int operator()(Int a, Int b) const {
    return a ^ b;
  }
  Bool operator()(Bool a, Bool b) const { return (a != 0) != (b != 0); }
};

// Beyond the width of an int there is nothing left of it but its sign. The carrier of a narrow int has more bits, of
// which those to the left are dropped when it is rounded, and those to the right are its sign.
template <Whole Int>
constexpr Int kMostShift = static_cast<Int>(8 * sizeof(Int) - 1);

template <Whole Int>
constexpr bool is_beyond(Int by) {
  return by < 0 || by > kMostShift<Int>;
}

struct LeftShift {
  static constexpr auto kPromotion = Promotion::common;
  static constexpr OpNumerics kNumerics = kBits;
  template <Whole Int>
  Int operator()(Int a, Int by) const {
    using Bits = std::make_unsigned_t<Int>;
    return is_beyond(by) ? 0 : std::bit_cast<Int>(std::bit_cast<Bits>(a) << static_cast<Bits>(by));
  }
};

struct RightShift {
  static constexpr auto kPromotion = Promotion::common;
  static constexpr OpNumerics kNumerics = kBits;
  template <Whole Int>
  Int operator()(Int a, Int by) const {
    return a >> (is_beyond(by) ? kMostShift<Int> : by);
  }
};

std::unexpected<Error> refused(const Node& node, std::string_view message) {
  return fail(ErrorCode::graph_argument, "", fmt::format("{} {}", node.op->class_name, message));
}

// Keras makes its ops of arrays, but saves an array of rank 0 as an int.
Status check(const Node& node) {
  for (const Argument& argument : node.arguments) {
    if (argument.get<NodeRef>() != nullptr || argument.get<Tensor>() != nullptr) continue;
    if (const Value* const value = argument.get<Value>(); value != nullptr && value->is_int()) continue;
    return refused(node, fmt::format("expects tensors, arrays or ints, found {}", argument.kind_name()));
  }
  return {};
}

template <typename F>
Result<TensorType> infer(const Node& node, std::span<const TensorType> values) {
  auto type = infer_binary<F>(node, values);
  if (!type) return type;
  const bool has_bits = is_integer(type->dtype) || (type->dtype == DType::boolean && ComputesIn<F, Bool, Bool, Bool>);
  if (!has_bits) return refused(node, fmt::format("expects ints, found {}", name_of(type->dtype)));
  const OperandType first = operand_type(node.arguments[0], values);
  if (first.shape == type->shape) return type;
  return refused(node, fmt::format("expects its first operand to have the shape {} of the result, found {}",
                                   to_string(type->shape), to_string(first.shape)));
}

bool has_bits(const DrawnValue& x) {
  return is_integer(x.type.dtype);
}

template <typename F>
OpClass bitwise(std::string_view class_name, std::string_view function) {
  OpClass op = newer(kSince, binary<F>(class_name, function));
  op.parameters = kParameters;
  op.check = check;
  op.infer = infer<F>;
  op.draw = [](OpDraw& draw, Node& node) {
    node.arguments[1] = draw.array(draw.type().dtype, draw.flag() ? Dims{} : draw.broadcastable_dims());
  };
  op.applies = has_bits;
  return op;
}

template <typename F>
OpClass shift(std::string_view class_name, std::string_view function) {
  OpClass op = bitwise<F>(class_name, function);
  // Backends differ where an int is shifted by its width or more.
  op.draw = [](OpDraw& draw, Node& node) {
    const DType dtype = draw.type().dtype;
    const auto bits = static_cast<std::int64_t>(8 * size_of(dtype));
    Tensor by(dtype, {});
    set_element(by, 0, Value(draw.integer(0, bits - 1)));
    node.arguments[1] = Argument(std::move(by));
  };
  return op;
}

struct BitwiseNot {
  static constexpr Domain kDomain = Domain::any;
  template <Whole Int>
  Int operator()(Int x) const {
    return ~x;
  }
  Bool operator()(Bool x) const { return x == 0; }
};

OpClass bitwise_not() {
  OpClass op = newer(kSince, unary<BitwiseNot>(kNumpy, "BitwiseNot", "bitwise_not", kBits));
  op.infer = [](const Node& node, std::span<const TensorType> values) -> Result<TensorType> {
    auto type = infer_unary(BitwiseNot::kDomain, node, values);
    if (type && is_float(type->dtype)) {
      return refused(node, fmt::format("expects ints, found {}", name_of(type->dtype)));
    }
    return type;
  };
  op.applies = [](const DrawnValue& x) { return !is_float(x.type.dtype); };
  return op;
}

}  // namespace

std::span<const OpClass> bitwise() {
  static const OpClass table[] = {
      bitwise<BitwiseAnd>("BitwiseAnd", "bitwise_and"), bitwise<BitwiseOr>("BitwiseOr", "bitwise_or"),
      bitwise<BitwiseXor>("BitwiseXor", "bitwise_xor"), shift<LeftShift>("LeftShift", "left_shift"),
      shift<RightShift>("RightShift", "right_shift"),   bitwise_not(),
  };
  return table;
}

}  // namespace revive::ops
