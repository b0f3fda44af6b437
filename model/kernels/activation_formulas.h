// The formulas of activation functions, over the registers of kernels/lanes.h. For .cpp files of kernels alone.
//
// Comparisons are written so that a NaN stays a NaN, and -0.0 becomes 0.0, where a maximum in Keras does so.
#pragma once

#include "revive/model/kernels/lane_math.h"

namespace revive {

template <typename L>
REVIVE_INLINE L positive_part(L x) {
  return select(x <= L(0), L(0), x);
}
template <typename L>
REVIVE_INLINE L relu6(L x) {
  return smaller(positive_part(x), L(6));
}
template <typename L>
REVIVE_INLINE L leaky(L x, L slope) {
  return select(x >= L(0), x, slope * x);
}
template <typename L>
REVIVE_INLINE L elu(L x, L alpha) {
  return select(x > L(0), x, alpha * expm1(x));
}
template <typename L>
REVIVE_INLINE L selu(L x) {
  return L(1.0507009873554805) * elu(x, L(1.6732632423543772));
}
template <typename L>
REVIVE_INLINE L gelu_exact(L x) {
  return L(0.5) * x * erfc(-x * L(0.70710678118654752));
}
template <typename L>
REVIVE_INLINE L gelu_tanh(L x) {
  return x * (L(0.5) * (L(1) + tanh(L(0.79788456080286536) * (x + L(0.044715) * (x * x * x)))));
}
template <typename L>
REVIVE_INLINE L sigmoid(L x) {
  return L(1) / (L(1) + exp(-x));
}
template <typename L>
REVIVE_INLINE L hard_sigmoid(L x) {
  return relu6(x + L(3)) / L(6);
}
template <typename L>
REVIVE_INLINE L softplus(L x) {
  return positive_part(x) + log1p(exp(-abs(x)));
}
template <typename L>
REVIVE_INLINE L sparse_plus(L x) {
  return select(x <= L(-1), L(0), select(x >= L(1), x, (x + L(1)) * (x + L(1)) / L(4)));
}
template <typename L>
REVIVE_INLINE L celu(L x, L alpha) {
  return positive_part(x) + alpha * expm1(select(x > L(0), L(0), x) / alpha);
}
// Near zero the difference is far smaller than both, and shows more of an error than they do: not by our own tanh.
template <typename L>
REVIVE_INLINE L tanh_shrink(L x) {
  return x - L::each(x, [](typename L::Element each) { return std::tanh(each); });
}
template <typename L>
REVIVE_INLINE L soft_shrink(L x, L threshold) {
  return select(x > threshold, x - threshold, select(x < -threshold, x + threshold, L(0)));
}
template <typename L>
REVIVE_INLINE L hard_shrink(L x, L threshold) {
  return select(abs(x) > threshold, x, L(0));
}
template <typename L>
REVIVE_INLINE L squareplus(L x, L bend) {
  return (x + sqrt(x * x + bend)) / L(2);
}
template <typename L>
REVIVE_INLINE L sparse_sigmoid(L x) {
  return L(0.5) * smaller(positive_part(x + L(1)), L(2));
}

}  // namespace revive
