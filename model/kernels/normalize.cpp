#include "revive/model/kernels/normalize.h"

#include <array>
#include <vector>

#include "revive/model/kernels/lanes.h"

namespace revive {
namespace {

constexpr std::size_t kSums = 8;

// Eight doubles, in as few registers of kBytes as hold them.
template <int kBytes>
struct Sums {
  using Reals = Lanes<double, kBytes>;
  static constexpr std::size_t kParts = kSums / Reals::kCount;
  std::array<Reals, kParts> parts;

  template <typename T>
  REVIVE_INLINE static Sums widened(const T* from) {
    Sums wide{};
    constexpr std::size_t kNarrow = Reals::kCount * sizeof(T);
    using Narrow [[gnu::vector_size(kNarrow), gnu::may_alias, gnu::aligned(alignof(T))]] = T;
    for (std::size_t part = 0; part < kParts; ++part) {
      wide.parts[part] = Reals(__builtin_convertvector(*reinterpret_cast<const Narrow*>(from + part * Reals::kCount),
                                                       typename Reals::Vector));
    }
    return wide;
  }
  REVIVE_INLINE double total() const {
    double each[kSums];
    for (std::size_t part = 0; part < kParts; ++part) parts[part].store(each + part * Reals::kCount);
    return ((each[0] + each[4]) + (each[2] + each[6])) + ((each[1] + each[5]) + (each[3] + each[7]));
  }
};

// The sum of term(x) over a row; `rest` fills up the last eight and has to give a term of 0.
template <int kBytes, typename T, typename Term>
REVIVE_INLINE double sum_of(const T* row, std::size_t columns, double rest, const Term& term) {
  using Wide = Sums<kBytes>;
  Wide sums{};
  const auto add = [&sums, &term](const auto* from) __attribute__((always_inline)) {
    const Wide wide = Wide::widened(from);
    for (std::size_t part = 0; part < Wide::kParts; ++part)
      sums.parts[part] = sums.parts[part] + term(wide.parts[part]);
  };
  std::size_t i = 0;
  for (; i + kSums <= columns; i += kSums) add(row + i);
  if (i < columns) {
    double last[kSums];
    for (std::size_t k = 0; k < kSums; ++k) last[k] = i + k < columns ? static_cast<double>(row[i + k]) : rest;
    add(static_cast<const double*>(last));
  }
  return sums.total();
}

template <typename T, int kBytes>
struct Row {
  using Reals = Lanes<T, kBytes>;

  Reals inverse;
  Reals mean;
  bool centers;

  REVIVE_INLINE Reals operator()(Reals x, Reals gamma, Reals beta) const {
    const Reals factor = inverse * gamma;
    return centers ? x * factor + (beta - mean * factor) : x * factor;
  }
};

template <typename T, int kBytes>
REVIVE_INLINE void normalize(const Normalizing<T>& how, const T* in, T* out, std::size_t rows, std::size_t columns) {
  using Reals = Lanes<T, kBytes>;
  const auto count = static_cast<double>(columns);
  for (std::size_t r = 0; r < rows; ++r, in += columns, out += columns) {
    const double mean = sum_of<kBytes>(in, columns, 0, [](auto x) __attribute__((always_inline)) { return x; }) / count;
    const double squares = sum_of<kBytes>(in, columns, mean, [mean](auto x) __attribute__((always_inline)) {
      const decltype(x) distance = x - decltype(x)(mean);
      return distance * distance;
    });
    const T inverse = 1 / std::sqrt(static_cast<T>(squares / count) + how.epsilon);
    const Row<T, kBytes> row{Reals(inverse), Reals(static_cast<T>(mean)), how.centers};
    const T* const gamma = how.gamma.data();
    const T* const beta = how.beta.data();
    std::size_t i = 0;
    for (; i + Reals::kCount <= columns; i += Reals::kCount) {
      row(Reals::load(in + i), Reals::load(gamma + i), Reals::load(beta + i)).store(out + i);
    }
    for (; i < columns; ++i) {
      T last[Reals::kCount] = {in[i]};
      row(Reals::load(last), Reals(gamma[i]), Reals(beta[i])).store(last);
      out[i] = last[0];
    }
  }
}

template <typename T>
void normalize_plain(const Normalizing<T>& how, const T* in, T* out, std::size_t rows, std::size_t columns) {
  normalize<T, 16>(how, in, out, rows, columns);
}
#ifdef __x86_64__
template <typename T>
[[gnu::target("avx2")]] void normalize_avx2(const Normalizing<T>& how, const T* in, T* out, std::size_t rows,
                                            std::size_t columns) {
  normalize<T, 32>(how, in, out, rows, columns);
}
#endif

}  // namespace

template <typename T>
void normalize_rows(Instructions instructions, const Normalizing<T>& how, const T* in, T* out, std::int64_t rows,
                    std::int64_t columns) {
  const auto width = static_cast<std::size_t>(columns);
  Normalizing<T> all = how;
  std::vector<T> ones;
  std::vector<T> zeros;
  if (how.gamma.empty()) all.gamma = ones = std::vector<T>(width, 1);
  if (how.beta.empty()) all.beta = zeros = std::vector<T>(width, 0);
#ifdef __x86_64__
  if (instructions == Instructions::avx2) return normalize_avx2(all, in, out, static_cast<std::size_t>(rows), width);
#else
  static_cast<void>(instructions);
#endif
  normalize_plain(all, in, out, static_cast<std::size_t>(rows), width);
}

template void normalize_rows(Instructions, const Normalizing<float>&, const float*, float*, std::int64_t, std::int64_t);
template void normalize_rows(Instructions, const Normalizing<double>&, const double*, double*, std::int64_t,
                             std::int64_t);

}  // namespace revive
