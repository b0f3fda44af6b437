// The larger of two numbers, as poolings take it: a NaN is larger than any number, and 0.0 than -0.0.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>

namespace revive {

template <typename T>
T larger(T a, T b) {
  return std::max(a, b);
}
template <std::floating_point T>
T larger(T a, T b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) ? a : b;
  if (a == b) return std::signbit(a) ? b : a;
  return a > b ? a : b;
}

}  // namespace revive
