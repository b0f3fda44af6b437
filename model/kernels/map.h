// A function of registers over all elements of an array. For .cpp files of kernels alone.
//
//   map<float>(best_instructions(), in, out, count, [](auto x) REVIVE_KERNEL { return x * x; });
//
// What is behind the last whole register is computed in one that zeros fill, so that a result depends on its own
// element alone. `in` may be `out`. Wider registers than those of AVX2 gain nothing here: memory, or a unit that takes
// them in two halves, is what an element-wise function waits for.
#pragma once

#include <algorithm>

#include "revive/model/kernels/instructions.h"
#include "revive/model/kernels/lanes.h"

// Behind the parameters of a lambda.
#define REVIVE_KERNEL __attribute__((always_inline))

namespace revive {

template <typename T, int kBytes, typename Function>
REVIVE_INLINE void map_lanes(const T* in, T* out, std::size_t count, const Function& function) {
  using Register = Lanes<T, kBytes>;
  std::size_t i = 0;
  for (; i + Register::kCount <= count; i += Register::kCount) {
    const Register result = function(Register::load(in + i));
    result.store(out + i);
  }
  if (i == count) return;
  T rest[Register::kCount] = {};
  std::copy(in + i, in + count, rest);
  const Register result = function(Register::load(rest));
  result.store(rest);
  std::copy_n(rest, count - i, out + i);
}

template <typename T, typename Function>
void map_plain(const T* in, T* out, std::size_t count, const Function& function) {
  map_lanes<T, 16>(in, out, count, function);
}
#ifdef __x86_64__
template <typename T, typename Function>
[[gnu::target("avx2")]] void map_avx2(const T* in, T* out, std::size_t count, const Function& function) {
  map_lanes<T, 32>(in, out, count, function);
}
#endif

template <typename T, typename Function>
void map(Instructions instructions, const T* in, T* out, std::size_t count, const Function& function) {
#ifdef __x86_64__
  if (instructions == Instructions::avx2) return map_avx2(in, out, count, function);
#else
  static_cast<void>(instructions);
#endif
  map_plain(in, out, count, function);
}

}  // namespace revive
