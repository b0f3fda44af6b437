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

using Int = std::int32_t;
using Bool = std::uint8_t;
using IntRange = std::numeric_limits<Int>;

template <float (*kFunction)(float)>
struct Real {
  static constexpr auto kDomain = Domain::real;
  float operator()(float x) const { return kFunction(x); }
};

struct Trunc {
  static constexpr auto kDomain = Domain::any;
  float operator()(float x) const { return std::trunc(x); }
  Int operator()(Int x) const { return x; }
  Bool operator()(Bool x) const { return x != 0; }
};

// Round halves to even at the digit; an int that is rounded to tens goes by way of float32, as in Keras.
class Round {
 public:
  static constexpr auto kDomain = Domain::numeric;
  // Digits beyond these scale a float32 to 0 or infinity.
  static constexpr std::int64_t kMostDecimals = 38;

  explicit Round(const Node& node)
      : decimals_(node.settings[0].as_int()),
        scale_(static_cast<float>(std::pow(10.0, static_cast<double>(decimals_)))) {}

  float operator()(float x) const { return decimals_ == 0 ? std::nearbyint(x) : std::nearbyint(x * scale_) / scale_; }
  Int operator()(Int x) const {
    if (decimals_ >= 0) return x;
    const double rounded = (*this)(static_cast<float>(x));
    return static_cast<Int>(std::clamp(rounded, double{IntRange::min()}, double{IntRange::max()}));
  }

 private:
  std::int64_t decimals_;
  float scale_;
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

  explicit Clip(const Node& node) : real_min_(real_of(node.settings[0])), real_max_(real_of(node.settings[1])) {
    // Only looked at where infer_clip() found that they fit.
    if (node.settings[0].is_int()) int_min_ = static_cast<Int>(node.settings[0].as_int());
    if (node.settings[1].is_int()) int_max_ = static_cast<Int>(node.settings[1].as_int());
  }
  float operator()(float x) const {
    constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
    if (std::isnan(x) || std::isnan(real_min_) || std::isnan(real_max_)) return kNaN;
    return std::min(std::max(x, real_min_), real_max_);
  }
  Int operator()(Int x) const { return std::min(std::max(x, int_min_), int_max_); }

 private:
  float real_min_;
  float real_max_;
  Int int_min_ = 0;
  Int int_max_ = 0;
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
  if (node.settings[0].is_real() || node.settings[1].is_real()) type->dtype = DType::float32;
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
    const std::int64_t low = draw.integer(-3, 3);
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

  explicit NanToNum(const Node& node)
      : nan_(real_of(node.settings[0])), above_(bound(node.settings[1], 1)), below_(bound(node.settings[2], -1)) {}
  float operator()(float x) const {
    if (std::isnan(x)) return nan_;
    return !std::isinf(x) ? x : x > 0 ? above_ : below_;
  }
  Int operator()(Int x) const { return x; }
  Bool operator()(Bool x) const { return x != 0; }

 private:
  static float bound(const Value& value, float sign) {
    return value.is_null() ? sign * std::numeric_limits<float>::max() : real_of(value);
  }

  float nan_;
  float above_;
  float below_;
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

template <bool (*kTest)(float)>
struct Test {
  static constexpr auto kDomain = Domain::test;
  // What any int and bool is, too: a number and finite.
  static constexpr Bool kFinite = kTest(0.0f) ? 1 : 0;
  Bool operator()(float x) const { return kTest(x); }
  Bool operator()(Int) const { return kFinite; }
  Bool operator()(Bool) const { return kFinite; }
};

constexpr bool is_nan(float x) {
  return x != x;
}
constexpr bool is_inf(float x) {
  return x == std::numeric_limits<float>::infinity() || x == -std::numeric_limits<float>::infinity();
}
constexpr bool is_finite(float x) {
  return !is_nan(x) && !is_inf(x);
}

}  // namespace

std::span<const OpClass> rounding() {
  constexpr OpNumerics kStep = {.exact = true, .discontinuous = true};
  static const OpClass table[] = {
      unary<Real<std::floor>>(kNumpy, "Floor", "floor", kStep),
      unary<Real<std::ceil>>(kNumpy, "Ceil", "ceil", kStep),
      unary<Trunc>(kNumpy, "Trunc", "trunc", kStep),
      round_op(),
      clip(),
      nan_to_num(),
      unary<Test<is_nan>>(kNumpy, "Isnan", "isnan", kStep),
      unary<Test<is_inf>>(kNumpy, "Isinf", "isinf", kStep),
      unary<Test<is_finite>>(kNumpy, "Isfinite", "isfinite", kStep),
  };
  return table;
}

}  // namespace revive::ops
