#include "revive/tools/corpus/agreement.h"

#include <fmt/format.h>

#include <cmath>

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

bool agree(float ours, float recorded, double difference) {
  if (std::isnan(ours) || std::isnan(recorded)) return std::isnan(ours) && std::isnan(recorded);
  if (std::isinf(ours) || std::isinf(recorded)) return ours == recorded;
  return difference <= kAbsoluteTolerance + kRelativeTolerance * std::abs(static_cast<double>(recorded));
}

}  // namespace

Agreement compare_outputs(const Tensor& ours, const Tensor& recorded) {
  Agreement result;
  if (ours.dims() != recorded.dims() || ours.dtype() != recorded.dtype()) {
    result.disagreement = fmt::format("expected {} {}, found {} {}", name_of(recorded.dtype()),
                                      to_string(recorded.dims()), name_of(ours.dtype()), to_string(ours.dims()));
    return result;
  }
  if (ours.dtype() != DType::float32) {
    if (!same_bits(ours, recorded)) {
      result.disagreement = fmt::format("expected the recorded {} values, found others", name_of(ours.dtype()));
    }
    return result;
  }
  const auto a = ours.data<float>();
  const auto b = recorded.data<float>();
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
    if (!agree(a[i], b[i], difference)) {
      if (!result.disagreement) {
        result.disagreement = fmt::format("{}: expected {}, found {}", position(i, ours.dims()), b[i], a[i]);
      }
    } else if (std::isfinite(difference)) {
      result.max_difference = std::max(result.max_difference, difference);
    }
  }
  return result;
}

}  // namespace revive::tools
