// What the parts of Lowering share about the tree that is being lowered.
#pragma once

#include "revive/model/lambda/lowering.h"
#include "revive/model/ops/operand.h"

namespace revive {

struct Lowering::Frame {
  enum class Kind : std::uint8_t {
    own,       // the lambda itself: its positions are what errors name
    captured,  // a captured lambda, which reads the captures as well
    language,  // a function of the language: reads its arguments alone, and may use what is internal
  };

  const Tree& tree;
  Scope scope;
  Kind kind = Kind::own;
  // What nodes gave, for trees that share them.
  std::vector<std::optional<PartialValue>> memo;
};

}  // namespace revive
