#include "revive/tools/corpus/agreement.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "revive/model/tensor/element_type.h"

namespace revive::tools {
namespace {

std::string position(std::size_t index, const Dims& dims) {
  Dims at(dims.size());
  for (std::size_t axis = dims.size(); axis-- > 0;) {
    const auto length = static_cast<std::size_t>(dims[axis]);
    at[axis] = static_cast<std::int64_t>(index % length);
    index /= length;
  }
  return fmt::format("[{}]", fmt::join(at, ", "));
}

// A float of 16 bits is told from its neighbour by that much; some of them are what a sum in another order comes to.
double tolerance_of(DType dtype) {
  constexpr double kFloat16 = 0x1p-8;
  constexpr double kBFloat16 = 0x1p-5;
  return dtype == DType::float16 ? kFloat16 : dtype == DType::bfloat16 ? kBFloat16 : kTolerance;
}

template <typename T>
bool agree(T ours, T recorded, double difference, double tolerance) {
  if (std::isnan(recorded)) return std::isnan(ours);
  // Relative to an infinite number every tolerance is infinite.
  if (std::isinf(recorded)) return ours == recorded;
  return difference <= tolerance + tolerance * std::abs(static_cast<double>(recorded));
}

template <typename T>
void compare_floats(const Tensor& ours, const Tensor& recorded, double tolerance, Agreement& result) {
  const auto a = ours.data<T>();
  const auto b = recorded.data<T>();
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
    if (!agree(a[i], b[i], difference, tolerance)) {
      if (!result.disagreement) {
        result.disagreement = fmt::format("{}: expected {}, found {}", position(i, ours.dims()), b[i], a[i]);
      }
    } else if (std::isfinite(difference)) {
      result.max_difference = std::max(result.max_difference, difference);
    }
  }
}

}  // namespace

Agreement compare_outputs(const Tensor& ours, const Tensor& recorded) {
  Agreement result;
  if (ours.dims() != recorded.dims() || ours.dtype() != recorded.dtype()) {
    result.disagreement = fmt::format("expected {} {}, found {} {}", name_of(recorded.dtype()),
                                      to_string(recorded.dims()), name_of(ours.dtype()), to_string(ours.dims()));
    return result;
  }
  if (!is_float(ours.dtype())) {
    if (!same_bits(ours, recorded)) {
      result.disagreement = fmt::format("expected the recorded {} values, found others", name_of(ours.dtype()));
    }
    return result;
  }
  const DType carrier = carrier_of(ours.dtype());
  const Tensor found = cast(ours, carrier);
  const Tensor expected = cast(recorded, carrier);
  if (carrier == DType::float64) {
    compare_floats<double>(found, expected, kTolerance, result);
  } else {
    compare_floats<float>(found, expected, tolerance_of(ours.dtype()), result);
  }
  return result;
}

}  // namespace revive::tools
