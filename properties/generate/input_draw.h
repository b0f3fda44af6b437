// The inputs that generated stacks begin with: features, sequences, ids, images, volumes, some with unknown steps and
// some with a batch of fixed size.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "revive/model/layer_class.h"
#include "revive/model/tensor/dtype.h"
#include "revive/model/tensor/shape.h"
#include "revive/properties/choices/choices.h"
#include "revive/properties/generate/class_odds.h"
#include "revive/properties/generate/generate.h"

namespace revive::properties {

struct DrawnInput {
  // With the batch, which is known where every sample of it has to be there.
  Shape shape;
  DType dtype = DType::float32;
  // Ids that an Embedding has yet to look up.
  bool ids = false;
};

class InputDraw {
 public:
  // Whether a stack that begins with such an input can go on: not always, where its classes are restricted.
  using GoesOn = std::function<bool(const DrawnInput&)>;

  // REQUIRES: the arguments outlive this.
  InputDraw(Choices& choices, const GenerateOptions& options, const ClassOdds& odds, GoesOn goes_on)
      : choices_(choices), options_(options), odds_(odds), goes_on_(std::move(goes_on)) {}

  // Whether there is an input with which a stack goes on.
  bool possible() const;
  // REQUIRES: possible().
  DrawnInput draw();

 private:
  enum class Kind : std::uint8_t;

  std::span<const std::uint32_t> weights() const;
  bool goes_on(Kind kind) const;
  static Shape shape_of(Kind kind);
  static bool needs_volumes(const LayerClass& layer_class);

  Choices& choices_;
  const GenerateOptions& options_;
  const ClassOdds& odds_;
  GoesOn goes_on_;
};

}  // namespace revive::properties
