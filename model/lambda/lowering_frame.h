// What the parts of Lowering share about the tree that is being lowered.
#pragma once

#include "revive/model/lambda/lowering.h"
#include "revive/model/ops/operand.h"

namespace revive {

enum class FrameKind : std::uint8_t {
  own,       // the lambda itself: its positions are what errors name
  captured,  // a captured lambda, which reads the captures as well
  language,  // a function of the language: reads its arguments alone, and may use what is internal
};

struct LocalFunction {
  std::shared_ptr<const Tree> tree;
  // The node that it is.
  TreeIndex index = kNoTree;
  // The names that it saw when it was made, and what its parameters are when they are left out.
  Lowering::Scope scope;
  std::vector<std::optional<PartialValue>> defaults;
  FrameKind kind = FrameKind::own;
};

// Whether a node has two parents, so that it pays to remember what it gave.
bool shares_nodes(const Tree& tree);

// What x.at[key] is called: x and the key, until it is said what is placed there.
inline constexpr std::string_view kPlaces = "x.at[...]";

struct Lowering::Frame {
  std::shared_ptr<const Tree> tree;
  Scope scope;
  FrameKind kind = FrameKind::own;
  // What nodes gave, for trees that share them.
  std::vector<std::optional<PartialValue>> memo;
};

}  // namespace revive
