// Drawing lambdas: slices, indexing and arithmetic over the shape at hand, with numbers and arrays written as
// literals or captured by name.
#pragma once

#include <string>
#include <vector>

#include "model/expression.h"
#include "model/field.h"
#include "properties/case.h"
#include "properties/choices.h"
#include "properties/generate.h"

namespace revive::properties {

// One captured name of a lambda, and what may be drawn for it.
struct CaptureSlot {
  enum class Kind : std::uint8_t { integer, real, array };
  std::string name;
  Kind kind = Kind::integer;
  // For an integer: the inclusive range. Where the value decides a length that the rest of the text relies on, the
  // range is that one value the first time the text is used; `reuse` is the range for lambdas that reuse the text.
  std::int64_t low = 0;
  std::int64_t high = 0;
  std::optional<Domain::Range> reuse = {};
  // For an array: its dims.
  Dims dims = {};
};

// A text drawn before, so that a later lambda of the same case can have the same text and other captures: the case
// that a serializer which binds late, or by name, gets wrong.
struct LambdaText {
  std::string text;
  std::vector<CaptureSlot> slots;
  Shape shape;
  Dims probe;
};

class LambdaGenerator {
 public:
  LambdaGenerator(Choices& choices, Profile profile) : choices_(choices), profile_(profile) {}

  // Draws a lambda that takes `context`; its output has at least one element a sample and keeps the batch axis.
  Status draw(Expression& expression, const DrawContext& context);

  // The captured names of all lambdas drawn; where two have the same name, the value of the later one.
  const Environment& environment() const { return environment_; }
  bool drew_special() const { return drew_special_; }

 private:
  LambdaText draw_text(const DrawContext& context);
  Capture draw_capture(const CaptureSlot& slot);
  double draw_real();

  Choices& choices_;
  Profile profile_;
  std::vector<LambdaText> texts_;
  Environment environment_;
  bool drew_special_ = false;
};

}  // namespace revive::properties
