// The generator: a function from a choice sequence to a valid stack over all registered layers.
//
// Every decision is a draw, so any sequence of numbers is a model, and a shorter or smaller sequence is a simpler one.
// Models are valid by construction: a class is drawn among those that accept the shape at hand, a field from the
// domain its declaration gives for that shape. A model that does not build is a defect of a declaration and is
// reported as an Error (config_rule, layer_input, ...), never thrown away.
#pragma once

#include "revive/properties/case.h"
#include "revive/properties/choices/choices.h"

namespace revive::properties {

enum class Profile : std::uint8_t {
  // Anything a model may hold: special floats in weights, constants and inputs, stacks nested in stacks.
  wild,
  // Weights within ±sqrt(3 / fan_in), no special floats, at most kTameLayers layers: for comparing numbers with
  // another implementation.
  tame,
  // As wild, but the stack is as tame as the layers' own arithmetic allows: special floats in inputs and weights of a
  // shallow stack, for comparing where NaN and infinities come out.
  specials,
};

struct GenerateOptions {
  Profile profile = Profile::wild;
  std::size_t most_layers = 24;
  // As long as chance decides, and not a recording that is replayed or shrunk.
  std::size_t least_layers = 1;
  // Every layer but the input's is a Lambda.
  bool lambdas_only = false;
  // Every layer but the input's, those inside of others included, is of one of these classes; of any where there is
  // none.
  std::vector<const LayerClass*> only = {};
};

inline constexpr std::size_t kTameLayers = 6;
// Unknown axes have this size in the generated input and in `revive check`.
inline constexpr std::int64_t kUnknownAxisSize = 4;
inline constexpr std::int64_t kBatch = 2;

Result<Case> generate_case(Choices& choices, const GenerateOptions& options = {});

// The input that `revive check` runs when none is recorded: batch 2, unknown axes 4; the k-th value of a float input is
// a number in [-1, 1) drawn from SplitMix64 seeded with 0, of an id input k modulo the ids its Embedding knows.
// Refused (limit_exceeded) where the declared shape asks for more than Limits::activation_elements: a fixed batch or
// many unknown axes cost an archive nothing.
Result<Tensor> default_input(const Sequential& model, const Limits& limits = {});

}  // namespace revive::properties
