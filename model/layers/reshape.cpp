// Reshape: the same elements under other axes, sample by sample. Source: Keras' Reshape.
#include <fmt/format.h>

#include <algorithm>

#include "revive/model/declare.h"
#include "revive/model/kernels/shared.h"

namespace revive {
namespace {

// The item of target_shape that stands for whatever is left.
constexpr std::int64_t kRest = -1;

struct Reshape {
  IntList target_shape;

  Result<Built> build(const Shape& input) const;
  Result<MaskedTensor> call_masked(const MaskedTensor& input, const CallContext& context) const {
    // Reshaping to the same shape changes nothing in Keras, and the mask stays on the tensor.
    if (input.value.dims() == context.output) return input;
    return MaskedTensor{input.value.reshaped(context.output), std::nullopt};
  }
};

Result<Built> Reshape::build(const Shape& input) const {
  Built built{Shape{input[0]}};
  for (const std::int64_t item : target_shape) built.output.push_back(item == kRest ? kUnknown : item);
  if (!input.known_but_batch()) return built;

  // Unknown counts as one, so this is the product of the other items.
  const auto given = built.output.elements_per_sample();
  const auto found = input.elements_per_sample();
  const auto rest = std::ranges::find(target_shape, kRest);
  const bool infers = rest != target_shape.end();
  const bool fits = given && found && (infers ? *given != 0 && *found % *given == 0 : *found == *given);
  if (!fits) {
    return fail(ErrorCode::layer_input, "",
                fmt::format("Reshape expects an input with as many elements as target_shape {}, found the shape {}",
                            to_string(target_shape), to_string(input)));
  }
  if (infers) built.output[1 + static_cast<std::size_t>(rest - target_shape.begin())] = *found / *given;
  return built;
}

// Target shapes of one to three items that take `size` elements, flat first.
std::vector<IntList> factorisations(std::int64_t size) {
  constexpr std::int64_t kLargestFactor = 8;
  std::vector<IntList> shapes = {{size}};
  for (std::int64_t a = 1; a <= std::min(size, kLargestFactor); ++a) {
    if (size % a != 0) continue;
    shapes.push_back({size / a, a});
    for (std::int64_t b = 2; b <= std::min(size / a, kLargestFactor); ++b) {
      if (size / a % b == 0) shapes.push_back({size / a / b, b, a});
    }
  }
  return shapes;
}

std::vector<IntList> drawn_targets(const Shape& shape) {
  // What divides the known axes fits whatever the others turn out to be.
  const std::vector<IntList> exact = factorisations(shape.elements_per_sample().value_or(1));
  std::vector<IntList> targets;
  // With an axis open, a shape without -1 would fit one length alone.
  if (shape.known_but_batch()) targets = exact;
  for (IntList inferring : exact) {
    inferring.front() = kRest;
    targets.push_back(std::move(inferring));
  }
  return targets;
}

}  // namespace

LayerClass reshape_class() {
  return declare<Reshape>("Reshape", Family::shaping)
      .field("target_shape", &Reshape::target_shape, {.legal = {.minimum = 0, .also = kRest}, .required = true})
      .rule("expected a target_shape with -1 at most once",
            [](const Reshape& layer) { return std::ranges::count(layer.target_shape, kRest) <= 1; })
      .expects("an input with at least a batch axis", [](const Shape& input) { return input.rank() > 0; })
      .keeps_dtype()
      // The mask stays where the shape does, which only a run can tell.
      .gives_mask([](const Reshape&, bool masked) { return masked; })
      .draw([](LayerDraw& draw, Reshape& reshape) { reshape.target_shape = draw.one_of(drawn_targets(draw.shape())); })
      .layer();
}

}  // namespace revive
