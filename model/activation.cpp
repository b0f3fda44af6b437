#include "model/activation.h"

#include <cmath>
#include <limits>

namespace revive {

template <>
const EnumNames& enum_names<Activation>() {
  static const EnumNames names{"an activation",
                               {
#define REVIVE_ACTIVATION_NAME(name) #name,
                                   REVIVE_ACTIVATIONS(REVIVE_ACTIVATION_NAME)
#undef REVIVE_ACTIVATION_NAME
                               },
                               {{"swish", static_cast<std::uint8_t>(Activation::silu)},
                                {"hard_swish", static_cast<std::uint8_t>(Activation::hard_silu)}},
                               static_cast<std::uint8_t>(Activation::linear)};
  return names;
}

std::optional<Shape> activation_shape(Activation activation, const Shape& input) {
  switch (activation) {
    case Activation::softmax:
    case Activation::log_softmax:
    case Activation::sparsemax: return input.rank() >= 1 ? std::optional(input) : std::nullopt;
    case Activation::glu: {
      if (input.rank() < 1 || !input.known(input.rank() - 1) || input.back() % 2 != 0) return std::nullopt;
      Shape half = input;
      half.back() /= 2;
      return half;
    }
    default: return input;
  }
}

void apply(Activation activation, float* values, std::int64_t rows, std::int64_t columns) {
  if (activation == Activation::relu) relu(values, rows * columns, 0.0F, std::nullopt, 0.0F);
}

void relu(float* values, std::int64_t count, float, std::optional<float>, float) {
  for (std::int64_t i = 0; i < count; ++i) values[i] = values[i] > 0 ? values[i] : 0;
}

Tensor apply(Activation activation, Tensor x) {
  apply(activation, x.data<float>().data(), 1, static_cast<std::int64_t>(x.size()));
  return x;
}

}  // namespace revive
