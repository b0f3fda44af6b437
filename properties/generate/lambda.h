// Drawing lambdas: a graph of any ops, raised to text, with its constants written as literals or captured by name.
#pragma once

#include <vector>

#include "revive/model/lambda/lambda_function.h"
#include "revive/model/lambda/syntax_tree.h"
#include "revive/model/layer_draw.h"
#include "revive/properties/case.h"
#include "revive/properties/choices/choices.h"
#include "revive/properties/generate/generate.h"

namespace revive::properties {

// A lambda drawn before, so that a later one of the same case can have the same text and other captures: the case that
// a serializer which binds late, or by name, gets wrong.
struct LambdaText {
  Tree tree;
  Captures captures;
  DType dtype = DType::float32;
  Shape shape;
  Dims probe;
};

class LambdaGenerator {
 public:
  LambdaGenerator(Choices& choices, Profile profile) : choices_(choices), profile_(profile) {}

  // Draws a lambda that takes `dtype` of `context`; its output is float32, has at least one element a sample and keeps
  // the batch axis. `exact` says whether the input has the same bits in every implementation.
  Status draw(LambdaFunction& expression, DType dtype, const DrawContext& context, bool exact = false);

  // Whether the output of the lambda drawn last has the same bits in every implementation.
  bool exact() const { return exact_; }
  // The captured names of all lambdas drawn; where two have the same name, the value of the later one.
  const Environment& environment() const { return environment_; }

 private:
  Result<LambdaText> draw_text(DType dtype, const DrawContext& context, bool exact);
  // Other captures for the text, and the lambda that they make.
  Result<LambdaFunction> redraw(LambdaText& text);
  Capture redrawn(const Capture& capture);

  Choices& choices_;
  Profile profile_;
  std::vector<LambdaText> texts_;
  Environment environment_;
  bool exact_ = false;
};

}  // namespace revive::properties
