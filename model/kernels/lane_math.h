// exp and tanh of registers of floats, by polynomials of our own: within 1 and 6 units in the last place. Doubles, and
// what is rarer, are left to the C library, element by element. For .cpp files of kernels alone.
#pragma once

#include "revive/model/kernels/lanes.h"

namespace revive {

// Of e^r = 1 + r + r^2 (q0 + q1 r + ...) for |r| <= ln(2) / 2, the smallest largest relative error, 3.2e-9.
inline constexpr float kExp[] = {0.4999999334644818F, 0.16666519130181973F, 0.04166840572084252F, 0.00836889866549231F,
                                 0.0013814221908584371F};
// Of tanh(x) = x P(x^2) / Q(x^2) for |x| <= 9.02, where it rounds to one; 2.2e-8.
inline constexpr float kTanhP[] = {1, 0.13382687425645295F, 0.0034974578610849063F, 2.0635825287572058e-05F,
                                   1.3384294654579146e-08F};
inline constexpr float kTanhQ[] = {1, 0.4671600867302174F, 0.02588436164712424F, 0.0003288517642422237F,
                                   7.790250750673972e-07F};

// terms[kFirst] + x (terms[kFirst + 1] + x (...)).
template <std::size_t kFirst = 0, int kBytes, std::size_t kTerms>
REVIVE_INLINE Lanes<float, kBytes> polynomial(const float (&terms)[kTerms], Lanes<float, kBytes> x) {
  if constexpr (kFirst + 1 == kTerms) {
    return terms[kFirst];
  } else {
    return polynomial<kFirst + 1>(terms, x) * x + terms[kFirst];
  }
}

template <int kBytes>
REVIVE_INLINE Lanes<float, kBytes> exp(Lanes<float, kBytes> x) {
  using Reals = Lanes<float, kBytes>;
  // Where the result is infinite, and where it is zero.
  constexpr float kMost = 89;
  constexpr float kLeast = -104.5F;
  const Reals bounded = larger(smaller(select(is_number(x), x, Reals(0)), Reals(kMost)), Reals(kLeast));
  // Added to a small number, rounds it to a whole one that stands in the last bits.
  constexpr float kMagic = 12582912;
  const Reals shifted = bounded * Reals(1.4426950408889634F) + Reals(kMagic);
  const Reals whole = shifted - Reals(kMagic);
  // ln(2) in two parts, the first of so few bits that its products are exact.
  const Reals r = (bounded - whole * Reals(0.693359375F)) - whole * Reals(-2.12194440e-4F);
  const Reals power = (polynomial(kExp, r) * (r * r) + r) + Reals(1);
  // By two halves, since one factor alone cannot make a number that is too small for its exponent.
  constexpr int kMantissa = 23;
  constexpr int kBias = 127;
  const auto exponent = as_integers(shifted) - as_integers(Reals(kMagic));
  const auto half = exponent >> 1;
  const Reals first = Reals::reinterpret_as_reals((half + kBias) << kMantissa);
  const Reals second = Reals::reinterpret_as_reals((exponent - half + kBias) << kMantissa);
  return select(is_number(x), power * first * second, x);
}

template <int kBytes>
REVIVE_INLINE Lanes<float, kBytes> tanh(Lanes<float, kBytes> x) {
  using Reals = Lanes<float, kBytes>;
  constexpr float kOne = 9.02F;
  const Reals bounded = larger(smaller(x, Reals(kOne)), Reals(-kOne));
  const Reals square = bounded * bounded;
  const Reals quotient = bounded * polynomial(kTanhP, square) / polynomial(kTanhQ, square);
  return larger(smaller(quotient, Reals(1)), Reals(-1));
}

template <int kBytes>
REVIVE_INLINE Lanes<double, kBytes> exp(Lanes<double, kBytes> x) {
  return Lanes<double, kBytes>::each(x, [](double each) { return std::exp(each); });
}
template <int kBytes>
REVIVE_INLINE Lanes<double, kBytes> tanh(Lanes<double, kBytes> x) {
  return Lanes<double, kBytes>::each(x, [](double each) { return std::tanh(each); });
}

template <typename T, int kBytes>
REVIVE_INLINE Lanes<T, kBytes> expm1(Lanes<T, kBytes> x) {
  return Lanes<T, kBytes>::each(x, [](T each) { return std::expm1(each); });
}
template <typename T, int kBytes>
REVIVE_INLINE Lanes<T, kBytes> log1p(Lanes<T, kBytes> x) {
  return Lanes<T, kBytes>::each(x, [](T each) { return std::log1p(each); });
}
template <typename T, int kBytes>
REVIVE_INLINE Lanes<T, kBytes> erfc(Lanes<T, kBytes> x) {
  return Lanes<T, kBytes>::each(x, [](T each) { return std::erfc(each); });
}

}  // namespace revive
