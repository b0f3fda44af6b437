// Activation functions as ops of their own, by the formulas of model/kernels/activation.h.
#include "revive/model/kernels/activation.h"

#include <algorithm>
#include <limits>

#include "revive/model/ops/groups.h"
#include "revive/model/ops/settings.h"
#include "revive/model/ops/unary.h"

namespace revive::ops {
namespace {

// Functors that only say which operands infer_unary() takes; evaluation is by the tensor.
template <Domain kOn>
struct By {
  static constexpr auto kDomain = kOn;
};

template <Activation kActivation>
Tensor evaluate_activation(const Node& node, const TensorType& type, std::span<const Tensor> values) {
  return apply(kActivation, operand(node.arguments[0], values, type.dtype));
}

template <Activation kActivation, Domain kOn = Domain::real>
OpClass plain(std::string_view class_name, OpNumerics numerics = {}) {
  const std::string_view function = enum_names<Activation>().names[static_cast<std::size_t>(kActivation)];
  OpClass op = unary<By<kOn>>(kNn, class_name, function, numerics);
  op.evaluate = evaluate_activation<kActivation>;
  return op;
}

// One with a number as its only setting, which draw() takes from 1/4, 1/2, ... 2.
template <Activation kActivation, typename Function>
OpClass with_number(std::string_view class_name, std::span<const OpSetting> setting, OpNumerics numerics = {}) {
  OpClass op = plain<kActivation>(class_name, numerics);
  op.settings = setting;
  op.check = [](const Node& node) -> Status {
    if (const Status operands = check_operands(node); !operands) return operands;
    return check_number(node, 0);
  };
  op.evaluate = [](const Node& node, const TensorType& type, std::span<const Tensor> values) {
    Tensor x = operand(node.arguments[0], values, type.dtype);
    with_element_type(type.dtype, [&]<typename T>(T) {
      if constexpr (Real<T>) Function::of(x.data<T>(), real_of<T>(node.settings[0]));
    });
    return x;
  };
  op.draw = [](OpDraw& draw, Node& node) {
    constexpr std::int64_t kQuarters = 8;
    if (draw.flag()) node.settings[0] = Value(static_cast<double>(draw.integer(1, kQuarters)) / 4);
  };
  return op;
}

// The activations with a number, as types with a static of(values, number).
#define REVIVE_WITH_NUMBER(Name, function)          \
  struct Name {                                     \
    template <Real T>                               \
    static void of(std::span<T> values, T number) { \
      function(values, number);                     \
    }                                               \
  }
REVIVE_WITH_NUMBER(LeakyRelu, leaky_relu);
REVIVE_WITH_NUMBER(Elu, elu);
REVIVE_WITH_NUMBER(Celu, celu);
REVIVE_WITH_NUMBER(SoftShrink, soft_shrink);
REVIVE_WITH_NUMBER(HardShrink, hard_shrink);
REVIVE_WITH_NUMBER(Squareplus, squareplus);
#undef REVIVE_WITH_NUMBER

// With an int as its slope it would give ints for ints, which no other use of it does.
OpClass leaky_relu_op() {
  static const OpSetting settings[] = {{"negative_slope", Value(0.2)}};
  OpClass op = with_number<Activation::leaky_relu, LeakyRelu>("LeakyRelu", settings);
  op.infer = [](const Node& node, std::span<const TensorType> values) -> Result<TensorType> {
    auto type = infer_unary(Domain::real, node, values);
    const bool from_float = is_float(operand_type(node.arguments[0], values).dtype);
    if (type && !from_float && node.settings[0].is_int()) return bad_setting(node, 0, "a float beside an int tensor");
    return type;
  };
  return op;
}

OpClass gelu_op() {
  static const OpSetting settings[] = {{"approximate", Value(true)}};
  OpClass op = plain<Activation::gelu>("Gelu");
  op.settings = settings;
  op.check = [](const Node& node) -> Status {
    if (const Status operands = check_operands(node); !operands) return operands;
    return check_bool(node, 0);
  };
  op.evaluate = [](const Node& node, const TensorType& type, std::span<const Tensor> values) {
    Tensor x = operand(node.arguments[0], values, type.dtype);
    with_element_type(type.dtype, [&]<typename T>(T) {
      if constexpr (Real<T>) gelu(x.data<T>(), node.settings[0].as_bool());
    });
    return x;
  };
  op.draw = [](OpDraw& draw, Node& node) { node.settings[0] = Value(draw.flag()); };
  return op;
}

// On ints, which stay ints.
template <Domain kOn, std::int64_t kLow, std::int64_t kHigh>
struct Limited {
  static constexpr auto kDomain = kOn;
  template <Whole Int>
  Int operator()(Int x) const {
    return static_cast<Int>(std::clamp<std::int64_t>(x, kLow, kHigh));
  }
};

template <Activation kActivation, typename OnInts>
OpClass keeping_ints(std::string_view class_name) {
  OpClass op = plain<kActivation, OnInts::kDomain>(class_name, {.exact = true});
  op.evaluate = [](const Node& node, const TensorType& type, std::span<const Tensor> values) {
    return is_integer(type.dtype) ? evaluate_unary<OnInts>(node, type, values)
                                  : evaluate_activation<kActivation>(node, type, values);
  };
  return op;
}

// x where it is above the threshold, else another number, which takes part in the dtype of the result.
class Threshold {
 public:
  static constexpr auto kDomain = Domain::counted;

  explicit Threshold(const Node& node)
      : threshold_(node.settings[0]),
        real_threshold_(double_of(threshold_)),
        real_otherwise_(double_of(node.settings[1])) {
    // Only looked at where infer_threshold() found that it fits.
    if (node.settings[1].is_int()) int_otherwise_ = node.settings[1].as_int();
  }
  template <Real T>
  T operator()(T x) const {
    return x > static_cast<T>(real_threshold_) ? x : static_cast<T>(real_otherwise_);
  }
  template <Whole Int>
  Int operator()(Int x) const {
    const bool above =
        threshold_.is_int() ? x > threshold_.as_int() : static_cast<float>(x) > static_cast<float>(real_threshold_);
    return above ? x : static_cast<Int>(int_otherwise_);
  }

 private:
  const Value& threshold_;
  double real_threshold_;
  double real_otherwise_;
  std::int64_t int_otherwise_ = 0;
};

Result<TensorType> infer_threshold(const Node& node, std::span<const TensorType> values) {
  auto type = infer_unary(Threshold::kDomain, node, values);
  if (!type) return type;
  const DType compared = type->dtype;
  if (node.settings[1].is_real()) type->dtype = real_dtype(type->dtype);
  if (const Status fits = check_fits(node.settings[0], compared); !fits) return std::unexpected(fits.error());
  if (const Status fits = check_fits(node.settings[1], type->dtype); !fits) return std::unexpected(fits.error());
  return type;
}

OpClass threshold_op() {
  static const OpSetting settings[] = {{"threshold", {}}, {"default_value", {}}};
  OpClass op = unary<Threshold>(kNn, "Threshold", "threshold", {.exact = true, .discontinuous = true});
  op.settings = settings;
  op.check = [](const Node& node) -> Status {
    if (const Status operands = check_operands(node); !operands) return operands;
    if (const Status number = check_number(node, 0); !number) return number;
    return check_number(node, 1);
  };
  op.infer = infer_threshold;
  op.draw = [](OpDraw& draw, Node& node) {
    const std::int64_t least = is_signed(draw.type().dtype) ? -2 : 0;
    const std::int64_t threshold = draw.integer(least, 3);
    const std::int64_t otherwise = draw.integer(least, 3);
    const bool halves = draw.flag();
    node.settings[0] = halves ? Value(static_cast<double>(threshold) / 2) : Value(threshold);
    node.settings[1] = halves ? Value(static_cast<double>(otherwise) / 2) : Value(otherwise);
  };
  return op;
}

}  // namespace

std::span<const OpClass> activations() {
  static const OpSetting elu_alpha[] = {{"alpha", Value(1.0)}};
  static const OpSetting shrink_threshold[] = {{"threshold", Value(0.5)}};
  static const OpSetting squareplus_b[] = {{"b", Value(4)}};
  static const OpClass table[] = {
      keeping_ints<Activation::relu, Limited<Domain::numeric, 0, std::numeric_limits<std::int64_t>::max()>>("Relu"),
      plain<Activation::sigmoid, Domain::float_only>("Sigmoid"),
      plain<Activation::relu6>("Relu6", {.exact = true}),
      plain<Activation::silu, Domain::float_only>("Silu"),
      plain<Activation::softplus>("Softplus"),
      plain<Activation::softsign>("Softsign"),
      plain<Activation::selu>("Selu"),
      plain<Activation::hard_sigmoid>("HardSigmoid"),
      plain<Activation::hard_silu>("HardSilu"),
      plain<Activation::log_sigmoid, Domain::real_only>("LogSigmoid"),
      newer("3.7.0", plain<Activation::tanh_shrink>("TanhShrink")),
      newer("3.7.0", keeping_ints<Activation::hard_tanh, Limited<Domain::counted, -1, 1>>("HardTanh")),
      newer("3.8.0", plain<Activation::sparse_plus>("SparsePlus")),
      newer("3.10.0", plain<Activation::sparse_sigmoid>("SparseSigmoid")),
      gelu_op(),
      leaky_relu_op(),
      with_number<Activation::elu, Elu>("Elu", elu_alpha),
      newer("3.7.0", with_number<Activation::celu, Celu>("Celu", elu_alpha)),
      newer("3.7.0", with_number<Activation::soft_shrink, SoftShrink>("SoftShrink", shrink_threshold)),
      newer("3.7.0",
            with_number<Activation::hard_shrink, HardShrink>("HardShrink", shrink_threshold, {.discontinuous = true})),
      newer("3.7.0", with_number<Activation::squareplus, Squareplus>("Squareplus", squareplus_b)),
      // The class is older, by other names of its settings.
      newer("3.11.0", threshold_op()),
  };
  return table;
}

}  // namespace revive::ops
