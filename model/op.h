// An op, declared once: what Keras calls it, what it is called with, its shape rule, its evaluator and its spelling.
//
// Reading, writing, checking, type inference, evaluation, parsing and printing all work from this one declaration;
// adding an op is one row in a group under model/ops/. Declarations are constants and live for the whole program;
// a Node points at its own.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "model/error.h"
#include "model/graph.h"

namespace revive {

// A config key of the Keras class, with the value its constructor takes when the key is left out.
struct OpSetting {
  std::string_view name;
  Value fallback;
};

struct OpClass {
  // How Python spells the op on tensors; `function` is always there as well.
  enum class Syntax : std::uint8_t { function, infix, prefix, subscript };

  std::string_view module;      // "keras.src.ops.numpy"
  std::string_view class_name;  // "FloorDivide"
  std::string_view function;    // "floor_divide", as in keras.ops.floor_divide; also how nodes are named
  Syntax syntax = Syntax::function;
  std::string_view symbol;  // "//" for infix and prefix
  // The call's parameters, all of them required.
  std::span<const std::string_view> parameters;
  std::span<const OpSetting> settings;

  // What is asked of arguments and settings whatever the input is. REQUIRES: the counts are as declared.
  Status (*check)(const Node& node);
  // The type of the result; `values` are the types of x and the nodes before. REQUIRES: check() passed.
  Result<TensorType> (*infer)(const Node& node, std::span<const TensorType> values);
  // The result, of the type that infer() gave for these values (so no axis is unknown).
  Tensor (*evaluate)(const Node& node, const TensorType& type, std::span<const Tensor> values);
};

// Every op, in a fixed order.
std::span<const OpClass* const> all_ops();
// nullptr when there is none.
const OpClass* find_op_class(std::string_view module, std::string_view class_name);
const OpClass* find_op_function(std::string_view function);
const OpClass* find_op_symbol(OpClass::Syntax syntax, std::string_view symbol);

}  // namespace revive
