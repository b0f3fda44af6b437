#include "revive/properties/generate/input_draw.h"

#include <array>
#include <vector>

namespace revive::properties {
namespace {

// What the largest shape takes; what has more axes has one width for some of them.
constexpr std::size_t kDraws = 4;
constexpr std::int64_t kWidth = 2;
// How many axes of that width an input of fixed batch has between its steps and its features.
constexpr std::array<std::uint32_t, 3> kWidthsWeights = {1, 1, 1};

constexpr std::size_t kKinds = 9;
// Volumes over time are drawn where nothing else will do: a counterexample with more axes than it needs says less.
constexpr std::array<std::uint32_t, kKinds> kWeights = {8, 16, 5, 9, 6, 1, 4, 1, 0};
constexpr std::array<std::uint32_t, kKinds> kVolumesWeights = {0, 0, 0, 0, 0, 0, 0, 0, 1};
// Some ops take images alone, others a batch of fixed size.
constexpr std::array<std::uint32_t, kKinds> kLambdaWeights = {4, 5, 3, 2, 6, 1, 4, 12, 0};

Shape with_widths(const Shape& shape, std::size_t widths) {
  std::vector<std::int64_t> axes = shape.axes();
  axes.insert(axes.end() - 1, widths, kWidth);
  return Shape(std::move(axes));
}

}  // namespace

// New ones are appended.
enum class InputDraw::Kind : std::uint8_t {
  features,
  steps,
  unknown_steps,
  ids,
  image,
  numbers,
  volume,
  fixed_batch,
  volumes
};

// A shape of the kind, whose sizes say nothing.
Shape InputDraw::shape_of(Kind kind) {
  constexpr std::int64_t kAny = 2;
  switch (kind) {
    case Kind::features:
    case Kind::ids: return {kUnknown, kAny};
    case Kind::steps: return {kUnknown, kAny, kAny};
    case Kind::unknown_steps: return {kUnknown, kUnknown, kAny};
    case Kind::image: return {kUnknown, kAny, kAny, kAny};
    case Kind::numbers: return {kUnknown};
    case Kind::volume: return {kUnknown, kAny, kAny, kAny, kAny};
    case Kind::fixed_batch: return {kBatch, kAny, kAny};
    case Kind::volumes: return {kUnknown, kAny, kAny, kAny, kAny, kAny};
  }
  return {};
}

bool InputDraw::goes_on(Kind kind) const {
  return goes_on_({.shape = shape_of(kind), .ids = kind == Kind::ids && !options_.lambdas_only});
}

bool InputDraw::possible() const {
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    if (goes_on(static_cast<Kind>(kind))) return true;
  }
  return false;
}

// Whether the class stands in stacks and takes no other kind of input.
bool InputDraw::needs_volumes(const LayerClass& layer_class) {
  if (!layer_class.is_drawn || !layer_class.stands_in_stacks()) return false;
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    const auto other = static_cast<Kind>(kind);
    if (other != Kind::volumes && layer_class.accepts(shape_of(other))) return false;
  }
  return true;
}

// A case that favours a class which nothing else will do for begins with volumes over time.
std::span<const std::uint32_t> InputDraw::weights() const {
  if (options_.lambdas_only) return kLambdaWeights;
  return goes_on(Kind::volumes) && odds_.favours(needs_volumes) ? kVolumesWeights : kWeights;
}

// Every kind of input takes the same number of draws: if the unknown axis of one were a draw less, it would count as
// simpler than a known one.
DrawnInput InputDraw::draw() {
  DrawnInput input;
  const auto kind =
      static_cast<Kind>(choices_.pick(weights(), [&](std::size_t id) { return goes_on(static_cast<Kind>(id)); }));
  std::size_t drawn = 0;
  const auto size = [&](std::int64_t low, std::int64_t high) {
    ++drawn;
    return low + static_cast<std::int64_t>(choices_.draw(static_cast<std::uint64_t>(high - low)));
  };
  switch (kind) {
    case Kind::features: input.shape = {kUnknown, size(1, 10)}; break;
    case Kind::steps: input.shape = {kUnknown, size(1, 10), size(1, 6)}; break;
    case Kind::unknown_steps: input.shape = {kUnknown, kUnknown, size(1, 6)}; break;
    case Kind::ids:
      input.shape = {kUnknown, size(1, 8)};
      if (options_.lambdas_only) break;
      input.ids = true;
      ++drawn;
      input.dtype = choices_.flag(1, 2) ? DType::float32 : DType::int32;
      // Stock Keras on JAX has no int64 but in a process of its own.
      if (input.dtype == DType::int32 && options_.profile == Profile::wild) {
        constexpr std::array kInts = {DType::int32, DType::int64, DType::uint8};
        ++drawn;
        input.dtype = kInts[choices_.draw(kInts.size() - 1)];
      }
      break;
    case Kind::image: input.shape = {kUnknown, size(1, 4), size(1, 4), size(1, 3)}; break;
    case Kind::numbers: input.shape = {kUnknown}; break;
    case Kind::volume: input.shape = {kUnknown, size(1, 3), size(1, 3), size(1, 3), size(1, 3)}; break;
    case Kind::fixed_batch: {
      const Shape steps = {kBatch, size(1, 4), size(1, 4)};
      input.shape = steps;
      if (options_.lambdas_only) break;
      ++drawn;
      const auto allowed = [&](std::size_t widths) { return goes_on_({.shape = with_widths(steps, widths)}); };
      input.shape = with_widths(steps, choices_.pick(kWidthsWeights, allowed));
      break;
    }
    case Kind::volumes:
      input.shape = {size(0, 1) == 0 ? kUnknown : kBatch, size(1, 3), size(1, 3), kWidth, kWidth, size(1, 3)};
      break;
  }
  for (; drawn < kDraws; ++drawn) choices_.pass();
  return input;
}

}  // namespace revive::properties
