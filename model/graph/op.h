// An op, declared once: what Keras calls it, what it is called with, its shape rule, its evaluator, its spelling and
// its domain.
//
// Reading, writing, checking, type inference, evaluation, parsing, printing and generating all work from this one
// declaration; adding an op is one row in a group under model/ops/. Declarations are constants and live for the whole
// program; a Node points at its own.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "revive/model/base/error.h"
#include "revive/model/graph/graph.h"

namespace revive {

// A config key of the Keras class, with the value its constructor takes when the key is left out.
struct OpSetting {
  std::string_view name;
  Value fallback;
  // The first Keras whose constructor takes it, where that is newer than kOldestKeras: not written while it is what it
  // falls back to.
  std::string_view since = {};
};

// Reads what is written here, unless an op says otherwise.
inline constexpr std::string_view kOldestKeras = "3.4.1";

class OpDraw;
struct DrawnValue;

// The real numbers that an op is meant to be fed, with some distance to where it is not defined or very steep.
struct RealInterval {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();

  bool everything() const { return *this == RealInterval{}; }
  friend bool operator==(const RealInterval&, const RealInterval&) = default;
};

// What an op does to numbers that are right but for their last bits. Evaluation is defined everywhere; this is for
// comparing results with another implementation.
struct OpNumerics {
  // Equal input bits give equal result bits in every implementation: moves, comparisons, one correctly rounded
  // operation an element.
  bool exact = false;
  // The result jumps where the input crosses some points: floor, comparisons, argmax.
  bool discontinuous = false;
  // The last bits of some inputs decide on the first of the result: a matrix that is nearly singular is inverted.
  bool unstable = false;
  // Where x, the first tensor among the arguments, should lie.
  RealInterval domain = {};
};

struct OpClass {
  // How Python spells the op on tensors; `function` is always there as well.
  enum class Syntax : std::uint8_t { function, infix, prefix, subscript };

  std::string_view module;      // "keras.src.ops.numpy"
  std::string_view class_name;  // "FloorDivide"
  std::string_view function;    // "floor_divide", as in keras.ops.floor_divide; also how nodes are named
  Syntax syntax = Syntax::function;
  std::string_view symbol;  // "//" for infix and prefix
  // The call's parameters. A Node has an argument for each.
  std::span<const std::string_view> parameters;
  std::span<const OpSetting> settings;

  // What is asked of arguments and settings whatever the input is. REQUIRES: the counts are as declared.
  Status (*check)(const Node& node) = nullptr;
  // The type of the result; `values` are the types of x and the nodes before. REQUIRES: check() passed.
  Result<TensorType> (*infer)(const Node& node, std::span<const TensorType> values) = nullptr;
  // The result, of the type that infer() gave for these values (so no axis is unknown).
  Tensor (*evaluate)(const Node& node, const TensorType& type, std::span<const Tensor> values) = nullptr;

  // The multiply-adds that one sample takes, with unknown axes counted as one; as many as the result has elements where
  // there is no function. REQUIRES: infer() accepted the node for these values.
  std::int64_t (*multiply_adds)(const Node& node, std::span<const TensorType> values) = nullptr;

  // Arguments and settings that are valid for draw.x(); see model/graph/op_draw.h. The node comes with its op set, and
  // with draw.x() for each argument and every setting at its fallback. REQUIRES: applies(draw.x()).
  void (*draw)(OpDraw& draw, Node& node) = nullptr;
  // Whether draw() can be asked for this value; any value where there is no function.
  bool (*applies)(const DrawnValue& x) = nullptr;
  OpNumerics numerics = {};

  // How many of the last parameters may be left out of a call. The argument None stands for that, and such an argument
  // is written by keyword.
  std::size_t optional_parameters = 0;
  // The first Keras that has the class, where that is newer than kOldestKeras.
  std::string_view since = {};
  // The last parameter is Python's *operands: it collects the remaining positional arguments in one List.
  bool variadic = false;
  // The op computes in one dtype that it finds for all its operands but this many in front.
  std::optional<std::size_t> joins_behind = {};
  // Where a call can be spelled in several ways, makes it the one that check() takes and graphs hold. Graph::make()
  // does so first.
  void (*normalize)(Node& node) = nullptr;
};

// Every op, in a fixed order: the groups of model/ops/groups.h.
std::span<const OpClass* const> all_ops();
// nullptr when there is none.
const OpClass* find_op_class(std::string_view module, std::string_view class_name);
const OpClass* find_op_function(std::string_view function);
const OpClass* find_op_symbol(OpClass::Syntax syntax, std::string_view symbol);

namespace ops {

// Whether graphs compute in this dtype: any but uint64, which no other int can hold.
constexpr bool computes(DType dtype) {
  return dtype != DType::uint64;
}
// For messages, what computes() is true of.
inline constexpr std::string_view kComputed = "a dtype other than uint64";

}  // namespace ops

}  // namespace revive
