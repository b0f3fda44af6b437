// The weights of the pixels in resized images, one axis at a time: _resize_weights(method, from, to, antialias) is the
// matrix (to, from) that an axis is multiplied by.
//
// Pixels lie at the centres of their cells. Sources: TensorFlow's kernels ScaleAndTranslate (with antialias, and for
// the Lanczos windows), ResizeBicubic, which looks its weights up in a table, and ResizeArea.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "revive/model/kernels/resizing.h"
#include "revive/model/lambda/builtins.h"
#include "revive/model/lambda/lowering.h"
#include "revive/model/lambda/python_semantics.h"

namespace revive {
namespace {

using Arguments = std::span<const PartialValue>;

std::unexpected<Error> type_error(std::string message) {
  return fail(ErrorCode::expression_type, "", std::move(message));
}

// Without antialias TensorFlow looks Keys' cubic up in a table.
double tabled(double distance) {
  constexpr double kSteps = 1024.0;
  return std::nearbyint(distance * kSteps) / kSteps;
}

void fill_samples(std::span<float> weights, std::int64_t from, std::int64_t to, const Sampling& sampling,
                  bool antialias) {
  const double step = static_cast<double>(from) / static_cast<double>(to);
  const double width = antialias ? std::max(step, 1.0) : 1.0;
  const bool by_table = !antialias && sampling.name == "bicubic";
  for (std::int64_t i = 0; i < to; ++i) {
    const double centre = (static_cast<double>(i) + 0.5) * step;
    const double base = std::floor(centre - 0.5);
    const double offset = by_table ? tabled(centre - 0.5 - base) : centre - 0.5 - base;
    float* const row = weights.data() + i * from;
    double total = 0.0;
    const auto weight = [&](std::int64_t j) {
      return sampling.weight((static_cast<double>(j) - base - offset) / width);
    };
    for (std::int64_t j = 0; j < from; ++j) total += weight(j);
    for (std::int64_t j = 0; j < from; ++j) row[j] = static_cast<float>(total == 0.0 ? 0.0 : weight(j) / total);
  }
}

// How much of each pixel a new one covers.
void fill_areas(std::span<float> weights, std::int64_t from, std::int64_t to) {
  const double step = static_cast<double>(from) / static_cast<double>(to);
  for (std::int64_t i = 0; i < to; ++i) {
    const double low = static_cast<double>(i) * step;
    const double high = low + step;
    for (std::int64_t j = 0; j < from; ++j) {
      const double covered = std::min(high, static_cast<double>(j + 1)) - std::max(low, static_cast<double>(j));
      weights[static_cast<std::size_t>(i * from + j)] = static_cast<float>(std::max(covered, 0.0) / step);
    }
  }
}

Result<PartialValue> resize_weights(Lowering& lowering, const Builtin&, Arguments arguments) {
  const Value* const method = arguments[0].get<Value>();
  REVIVE_ASSIGN_OR_RETURN(const auto from, integer_argument(arguments[1], "the length of an image"));
  REVIVE_ASSIGN_OR_RETURN(const auto to, integer_argument(arguments[2], "the new length of an image"));
  REVIVE_ASSIGN_OR_RETURN(const auto antialias, static_truth(arguments[3]));
  const Dims dims = {to, from};
  const auto elements = element_count(dims);
  if (from <= 0 || to <= 0 || !elements ||
      static_cast<std::uint64_t>(*elements) > lowering.limits().constant_elements) {
    return type_error(fmt::format("an axis of {} pixels is not resized to {}", from, to));
  }
  REVIVE_RETURN_IF_ERROR(lowering.take_steps(static_cast<std::uint64_t>(*elements)));
  Tensor weights(DType::float32, dims);
  const std::string name = method != nullptr && method->is_string() ? method->as_string() : "";
  const Sampling* const sampling = find_sampling(name);
  if (name == "area") {
    fill_areas(weights.data<float>(), from, to);
  } else if (sampling != nullptr) {
    fill_samples(weights.data<float>(), from, to, *sampling, antialias);
  } else {
    return type_error(fmt::format("the way of resizing `{}` is not known", name));
  }
  return PartialValue(std::move(weights));
}

}  // namespace

std::span<const Builtin> resize_builtins() {
  static const Builtin table[] = {{"_resize_weights", 4, 4, resize_weights}};
  return table;
}

}  // namespace revive
