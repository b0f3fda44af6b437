// A register of floats or doubles as a value: what element-wise kernels are written over, once for every width.
//
// A kernel is a function of Lanes<T, kBytes>, and is inlined into a loop that is compiled for the instructions of that
// width (kernels/map.h). Every operation is the one of IEEE on each element for itself, so that the width changes no
// bit. For .cpp files of kernels alone.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#define REVIVE_INLINE [[gnu::always_inline]] inline

namespace revive {

template <typename T, int kBytes>
struct Lanes {
  using Element = T;
  using Integer = std::conditional_t<sizeof(T) == sizeof(std::int32_t), std::int32_t, std::int64_t>;
  using Vector [[gnu::vector_size(kBytes)]] = T;
  using Integers [[gnu::vector_size(kBytes)]] = Integer;
  using Unaligned [[gnu::vector_size(kBytes), gnu::may_alias, gnu::aligned(alignof(T))]] = T;
  static constexpr std::size_t kCount = static_cast<std::size_t>(kBytes) / sizeof(T);

  Vector v;

  Lanes() = default;
  REVIVE_INLINE Lanes(const Vector& vector) : v(vector) {}
  // Less a zero, since a sum with one would make 0.0 of -0.0.
  template <typename Number>
    requires std::is_arithmetic_v<Number>
  REVIVE_INLINE Lanes(Number number) : v(static_cast<T>(number) - Vector{}) {}

  REVIVE_INLINE static Lanes load(const T* from) { return Vector(*reinterpret_cast<const Unaligned*>(from)); }
  REVIVE_INLINE void store(T* to) const { *reinterpret_cast<Unaligned*>(to) = v; }

  // Each -1 where it holds, else 0.
  struct Mask {
    Integers bits;
    REVIVE_INLINE friend Mask operator&(Mask a, Mask b) { return {a.bits & b.bits}; }
  };

  REVIVE_INLINE friend Lanes operator-(Lanes a) { return -a.v; }
  REVIVE_INLINE friend Lanes operator+(Lanes a, Lanes b) { return a.v + b.v; }
  REVIVE_INLINE friend Lanes operator-(Lanes a, Lanes b) { return a.v - b.v; }
  REVIVE_INLINE friend Lanes operator*(Lanes a, Lanes b) { return a.v * b.v; }
  REVIVE_INLINE friend Lanes operator/(Lanes a, Lanes b) { return a.v / b.v; }
  REVIVE_INLINE friend Mask operator<(Lanes a, Lanes b) { return {a.v < b.v}; }
  REVIVE_INLINE friend Mask operator<=(Lanes a, Lanes b) { return {a.v <= b.v}; }
  REVIVE_INLINE friend Mask operator>(Lanes a, Lanes b) { return {a.v > b.v}; }
  REVIVE_INLINE friend Mask operator>=(Lanes a, Lanes b) { return {a.v >= b.v}; }
  REVIVE_INLINE friend Mask is_number(Lanes a) { return a <= Lanes(std::numeric_limits<T>::infinity()); }
  REVIVE_INLINE friend Lanes select(Mask mask, Lanes yes, Lanes no) {
    return reinterpret_as_reals((as_integers(yes) & mask.bits) | (as_integers(no) & ~mask.bits));
  }
  REVIVE_INLINE friend Lanes abs(Lanes a) {
    constexpr Integer kSign = std::numeric_limits<Integer>::max();
    return reinterpret_as_reals(as_integers(a) & kSign);
  }

  REVIVE_INLINE friend Integers as_integers(Lanes a) { return reinterpret_cast<Integers>(a.v); }
  REVIVE_INLINE static Lanes reinterpret_as_reals(Integers bits) { return reinterpret_cast<Vector>(bits); }

  // `function` of each element for itself: for what the C library computes.
  template <typename Function>
  REVIVE_INLINE static Lanes each(Lanes a, Function function) {
    for (std::size_t i = 0; i < kCount; ++i) a.v[i] = function(a.v[i]);
    return a;
  }
};

template <typename T, int kBytes>
REVIVE_INLINE Lanes<T, kBytes> smaller(Lanes<T, kBytes> a, Lanes<T, kBytes> most) {
  return select(a > most, most, a);
}
template <typename T, int kBytes>
REVIVE_INLINE Lanes<T, kBytes> larger(Lanes<T, kBytes> a, Lanes<T, kBytes> least) {
  return select(a < least, least, a);
}
template <typename T, int kBytes>
REVIVE_INLINE Lanes<T, kBytes> sqrt(Lanes<T, kBytes> a) {
  return Lanes<T, kBytes>::each(a, [](T x) { return std::sqrt(x); });
}

}  // namespace revive
