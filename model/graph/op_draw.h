// Where an op's draw() gets its decisions from: a generator's choices, seen from the declaration of the op.
//
// Every choice has a simplest value, which is what a shrinker goes back to: the number nearest to 0, false, the first
// of several. A draw must be a statement of its own, because the order of evaluation of function arguments is not
// specified. What a draw() makes of the choices has to be valid whatever they are: check() and infer() accept the node
// for type() and for probe() alike, no axis of the result is empty, its rank is at most kMostDrawnRank, and a sample
// of it has at most kMostDrawnElements.
#pragma once

#include <functional>
#include <span>

#include "revive/model/graph/graph.h"

namespace revive {

inline constexpr std::size_t kMostDrawnRank = 5;
inline constexpr std::int64_t kMostDrawnElements = 1024;

// A value that an op can be applied to.
struct DrawnValue {
  NodeRef ref;
  // As the model is built: axes may be unknown.
  TensorType type;
  // The same axes as the run has them, each known and positive, the batch first.
  Dims probe;
};

class OpDraw {
 public:
  using Fits = std::function<bool(const DrawnValue&)>;

  explicit OpDraw(DrawnValue x) : x_(std::move(x)) {}
  virtual ~OpDraw() = default;
  OpDraw(const OpDraw&) = delete;
  OpDraw& operator=(const OpDraw&) = delete;

  // What the op is applied to; OpClass::applies() holds for it.
  const DrawnValue& x() const { return x_; }
  const TensorType& type() const { return x_.type; }
  const Dims& probe() const { return x_.probe; }
  std::size_t rank() const { return x_.probe.size(); }

  // In [low, high].
  virtual std::int64_t integer(std::int64_t low, std::int64_t high) = 0;
  // The number of one of `count` alternatives.
  virtual std::size_t alternative(std::size_t count) = 0;
  virtual bool flag() = 0;
  // A float; any at all, NaN and infinities among them, where the profile is wild.
  virtual double number() = 0;
  // An array of numbers: as number() for float32, small ones for int32.
  virtual Tensor array(DType dtype, const Dims& dims) = 0;
  // A value of the graph for which `fits` holds: x or an earlier one. Nothing, and no choice made, where none does.
  virtual std::optional<NodeRef> value(const Fits& fits) = 0;
  // Whether results will be compared with another implementation: no number is extreme, and a draw should leave out
  // what implementations disagree on (a division by a value near 0, say).
  virtual bool tame() const = 0;

  template <typename T>
  T one_of(std::initializer_list<T> alternatives) {
    return alternatives.begin()[alternative(alternatives.size())];
  }
  // An axis in [first, last], as written: counted from the front or from the end. REQUIRES: 0 <= first <= last < rank.
  std::int64_t axis(std::size_t first, std::size_t last);
  // Any axis but the batch. REQUIRES: rank() >= 2.
  std::int64_t axis() { return axis(1, rank() - 1); }

  // Dims that broadcast against a sample of x without changing its shape: some trailing axes of x as they are or 1,
  // none of them the batch or unknown.
  Dims broadcastable_dims();
  // What can stand beside x in an elementwise op so that the result has the shape of x. A constant is a Python int,
  // float or bool, or an array; an operand may be an earlier value of the graph as well.
  Argument constant(DType dtype);
  Argument operand(DType dtype);

 private:
  DrawnValue x_;
};

// The elements of one sample as the run has them.
std::int64_t drawn_elements(const Dims& probe);

}  // namespace revive
