// Elements brought to a grid or into a range, and what tells unusual elements from usual ones.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "revive/model/ops/groups.h"
#include "revive/model/ops/settings.h"
#include "revive/model/ops/unary.h"

namespace revive::ops {
namespace {

using Bool = std::uint8_t;

struct Floor {
  static constexpr auto kDomain = Domain::real;
  template <Real T>
  T operator()(T x) const {
    return std::floor(x);
  }
};

struct Ceil {
  static constexpr auto kDomain = Domain::real;
  template <Real T>
  T operator()(T x) const {
    return std::ceil(x);
  }
};

struct Trunc {
  static constexpr auto kDomain = Domain::any;
  template <Real T>
  T operator()(T x) const {
    return std::trunc(x);
  }
  template <Whole Int>
  Int operator()(Int x) const {
    return x;
  }
  Bool operator()(Bool x) const { return x != 0; }
};

// Round halves to even at the digit; an int that is rounded to tens goes by way of float32, as in Keras.
class Round {
 public:
  static constexpr auto kDomain = Domain::numeric;
  // Digits beyond these scale a float32 to 0 or infinity.
  static constexpr std::int64_t kMostDecimals = 38;

  explicit Round(const Node& node)
      : decimals_(node.settings[0].as_int()), scale_(std::pow(10.0, static_cast<double>(decimals_))) {}

  template <Real T>
  T operator()(T x) const {
    const auto scale = static_cast<T>(scale_);
    return decimals_ == 0 ? std::nearbyint(x) : std::nearbyint(x * scale) / scale;
  }
  template <Whole Int>
  Int operator()(Int x) const {
    if (decimals_ >= 0) return x;
    const double rounded = static_cast<double>((*this)(static_cast<float>(x)));
    if (rounded >= std::ldexp(1.0, std::numeric_limits<Int>::digits)) return std::numeric_limits<Int>::max();
    if (rounded < static_cast<double>(std::numeric_limits<Int>::min())) return std::numeric_limits<Int>::min();
    return static_cast<Int>(rounded);
  }

 private:
  std::int64_t decimals_;
  double scale_;
};

Status check_round(const Node& node) {
  if (const Status operands = check_operands(node); !operands) return operands;
  const Value& decimals = node.settings[0];
  const bool fits =
      decimals.is_int() && decimals.as_int() >= -Round::kMostDecimals && decimals.as_int() <= Round::kMostDecimals;
  if (fits) return {};
  return bad_setting(node, 0, fmt::format("an int from -{0} to {0}", Round::kMostDecimals));
}

OpClass round_op() {
  static const OpSetting settings[] = {{"decimals", Value(0)}};
  OpClass op = unary<Round>(kNumpy, "Round", "round", {.exact = true, .discontinuous = true});
  op.settings = settings;
  op.check = check_round;
  op.draw = [](OpDraw& draw, Node& node) {
    // A decimal fraction is no float, so that digits differ in the last bits; tens are.
    node.settings[0] = Value(draw.tame() ? std::int64_t{0} : draw.integer(-2, 3));
  };
  return op;
}

// NaN wins over either bound, and the upper bound over the lower one.
class Clip {
 public:
  static constexpr auto kDomain = Domain::counted;

  explicit Clip(const Node& node) : real_min_(double_of(node.settings[0])), real_max_(double_of(node.settings[1])) {
    // Only looked at where infer_clip() found that they fit.
    if (node.settings[0].is_int()) int_min_ = node.settings[0].as_int();
    if (node.settings[1].is_int()) int_max_ = node.settings[1].as_int();
  }
  template <Real T>
  T operator()(T x) const {
    if (std::isnan(x) || std::isnan(real_min_) || std::isnan(real_max_)) return std::numeric_limits<T>::quiet_NaN();
    return std::min(std::max(x, static_cast<T>(real_min_)), static_cast<T>(real_max_));
  }
  template <Whole Int>
  Int operator()(Int x) const {
    return std::min(std::max(x, static_cast<Int>(int_min_)), static_cast<Int>(int_max_));
  }

 private:
  double real_min_;
  double real_max_;
  std::int64_t int_min_ = 0;
  std::int64_t int_max_ = 0;
};

Status check_numbers(const Node& node) {
  if (const Status operands = check_operands(node); !operands) return operands;
  for (std::size_t i = 0; i < node.settings.size(); ++i) {
    if (const Status number = check_number(node, i); !number) return number;
  }
  return {};
}

// The bounds take part as Python numbers beside x: one float makes the result a float.
Result<TensorType> infer_clip(const Node& node, std::span<const TensorType> values) {
  auto type = infer_unary(Clip::kDomain, node, values);
  if (!type) return type;
  if (node.settings[0].is_real() || node.settings[1].is_real()) type->dtype = real_dtype(type->dtype);
  for (const Value& bound : node.settings) {
    if (const Status fits = check_fits(bound, type->dtype); !fits) return std::unexpected(fits.error());
  }
  return type;
}

OpClass clip() {
  static const OpSetting settings[] = {{"x_min", {}}, {"x_max", {}}};
  OpClass op = unary<Clip>(kNumpy, "Clip", "clip", {.exact = true});
  op.settings = settings;
  op.check = check_numbers;
  op.infer = infer_clip;
  op.draw = [](OpDraw& draw, Node& node) {
    const std::int64_t low = draw.integer(is_signed(draw.type().dtype) ? -3 : 0, 3);
    const std::int64_t width = draw.integer(0, 4);
    // Halves are floats.
    const bool halves = draw.flag();
    node.settings[0] = halves ? Value(static_cast<double>(low) / 2) : Value(low);
    node.settings[1] = halves ? Value(static_cast<double>(low + width) / 2) : Value(low + width);
  };
  return op;
}

// NaN and infinities replaced; without a value, infinities become the largest floats.
class NanToNum {
 public:
  static constexpr auto kDomain = Domain::any;

  NanToNum(const Node& node, DType dtype)
      : nan_(double_of(node.settings[0])),
        above_(bound(node.settings[1], largest(dtype))),
        below_(bound(node.settings[2], -largest(dtype))) {}
  template <Real T>
  T operator()(T x) const {
    if (std::isnan(x)) return static_cast<T>(nan_);
    return !std::isinf(x) ? x : static_cast<T>(x > 0 ? above_ : below_);
  }
  template <Whole Int>
  Int operator()(Int x) const {
    return x;
  }
  Bool operator()(Bool x) const { return x != 0; }

 private:
  static double bound(const Value& value, double fallback) { return value.is_null() ? fallback : double_of(value); }
  static double largest(DType dtype) {
    switch (dtype) {
      case DType::float16: return 65504;
      case DType::bfloat16: return 0x1.FEp127;
      case DType::float64: return std::numeric_limits<double>::max();
      default: return static_cast<double>(std::numeric_limits<float>::max());
    }
  }

  double nan_;
  double above_;
  double below_;
};

OpClass nan_to_num() {
  static const OpSetting settings[] = {{"nan", Value(0.0)}, {"posinf", {}}, {"neginf", {}}};
  OpClass op = unary<NanToNum>(kNumpy, "NanToNum", "nan_to_num", {.exact = true, .discontinuous = true});
  op.settings = settings;
  op.check = [](const Node& node) -> Status {
    if (const Status operands = check_operands(node); !operands) return operands;
    if (const Status number = check_number(node, 0); !number) return number;
    for (const std::size_t infinity : {1u, 2u}) {
      if (node.settings[infinity].is_null()) continue;
      if (const Status number = check_number(node, infinity); !number) return number;
    }
    return {};
  };
  op.draw = [](OpDraw& draw, Node& node) {
    if (draw.flag()) node.settings[0] = Value(draw.number());
    for (const std::size_t infinity : {1u, 2u}) {
      if (draw.flag()) node.settings[infinity] = Value(draw.number());
    }
  };
  return op;
}

template <typename Question>
struct Test {
  static constexpr auto kDomain = Domain::test;
  // What any int and bool is, too: a number and finite.
  static constexpr Bool kFinite = Question::of(0.0f) ? 1 : 0;
  template <Real T>
  Bool operator()(T x) const {
    return Question::of(x);
  }
  template <Whole Int>
  Bool operator()(Int) const {
    return kFinite;
  }
  Bool operator()(Bool) const { return kFinite; }
};

struct IsNan {
  template <Real T>
  static constexpr bool of(T x) {
    return std::isnan(x);
  }
};
struct IsInf {
  template <Real T>
  static constexpr bool of(T x) {
    return x == std::numeric_limits<T>::infinity() || x == -std::numeric_limits<T>::infinity();
  }
};
struct IsFinite {
  template <Real T>
  static constexpr bool of(T x) {
    return !IsNan::of(x) && !IsInf::of(x);
  }
};

}  // namespace

std::span<const OpClass> rounding() {
  constexpr OpNumerics kStep = {.exact = true, .discontinuous = true};
  static const OpClass table[] = {
      unary<Floor>(kNumpy, "Floor", "floor", kStep),
      unary<Ceil>(kNumpy, "Ceil", "ceil", kStep),
      newer("3.6.0", unary<Trunc>(kNumpy, "Trunc", "trunc", kStep)),
      round_op(),
      clip(),
      nan_to_num(),
      unary<Test<IsNan>>(kNumpy, "Isnan", "isnan", kStep),
      unary<Test<IsInf>>(kNumpy, "Isinf", "isinf", kStep),
      unary<Test<IsFinite>>(kNumpy, "Isfinite", "isfinite", kStep),
  };
  return table;
}

}  // namespace revive::ops
