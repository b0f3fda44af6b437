// What every operation but a jump does to the symbolic state of a function: expressions on a stack and in locals.
//
// Like the Builder, a SymbolicStack goes on with harmless values after an error, until the caller looks at
// Builder::error(). Errors: bytecode_format (a stack that is too short or too long, NULL as a value, operands of the
// wrong kind), bytecode_unsupported, limit_exceeded.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "revive/serializer/python/builder.h"
#include "revive/serializer/python/code.h"
#include "revive/serializer/python/decode.h"

namespace revive::python {

constexpr ObjectIndex kNoObject = UINT32_MAX;
// Of a local: it still holds the argument.
constexpr TreeIndex kArgument = kNoTree - 1;

// An expression; or NULL, which CPython pushes beside callables, when there is none.
struct Slot {
  TreeIndex node = kNoTree;
  // What it was loaded from: tables of keywords have to be constants.
  ObjectIndex constant = kNoObject;

  friend bool operator==(const Slot&, const Slot&) = default;
};

struct State {
  std::vector<Slot> stack;
  // kNoTree where it is not set.
  std::vector<TreeIndex> locals;
  // What KW_NAMES said for the next call.
  ObjectIndex keywords = kNoObject;
};

class SymbolicStack {
 public:
  // All have to outlive the machine.
  SymbolicStack(const Code& code, Version version, Builder& make) : code_(code), version_(version), make_(make) {}

  // The state before the first instruction, and the function's parameters.
  State start(std::vector<Tree::Parameter>& parameters);
  // REQUIRES: the operation is no jump and no return.
  void step(State& state, const Instruction& instruction);
  // The state after two ways from a branch on `condition` have met; `other` is the way that jumped.
  void merge(State& state, const State& other, TreeIndex condition, bool negated);

  void push(State& state, Slot slot);
  Slot pop_slot(State& state);
  TreeIndex pop(State& state) { return value_of(pop_slot(state)); }
  // An error for NULL.
  TreeIndex value_of(const Slot& slot);
  Slot constant(std::uint32_t argument);

  // The instruction that errors name.
  void at(std::uint32_t instruction) { at_ = instruction; }
  void malformed(std::string_view message);

 private:
  void unsupported(std::string message);
  void push(State& state, TreeIndex node);
  void pop_null(State& state);
  // The topmost last.
  std::vector<TreeIndex> pop_many(State& state, std::size_t count);
  // The slot that is `depth` from the top, which is 1.
  Slot* peek(State& state, std::size_t depth);
  void rotate(State& state, std::size_t depth);
  std::string_view name(std::uint32_t argument) const;
  TreeIndex local_value(std::size_t variable, TreeIndex local);
  void load_local(State& state, std::uint32_t variable);
  void store_local(State& state, std::uint32_t variable);
  void load_global(State& state, std::uint32_t argument);
  TreeIndex global(std::string_view name);
  // NULL stands below the callable up to 3.12 and above it from 3.13 on.
  void push_callable(State& state, TreeIndex callable, bool null);
  TreeIndex pop_callable(State& state);
  void load_attribute(State& state, std::uint32_t argument);
  std::vector<std::string_view> keywords(ObjectIndex object);
  void call(State& state, std::size_t count, ObjectIndex keyword_table, bool with_null);
  void call_unpacked(State& state, std::uint32_t argument);
  void binary(State& state, std::string_view symbol);
  void subscript(State& state);
  void binary_op(State& state, std::uint32_t argument);
  void compare(State& state, std::uint32_t argument);
  void compare(State& state, std::string_view symbol);
  void inverted(State& state, std::uint32_t argument, std::string_view symbol, std::string_view opposite);
  void build_slice(State& state, std::uint32_t argument);
  void binary_slice(State& state);
  void build_const_key_map(State& state, std::uint32_t argument);
  // LIST_EXTEND, LIST_APPEND, DICT_UPDATE: only as a display builds them, onto what stands right below.
  void extend(State& state, const Instruction& instruction);
  void intrinsic(State& state, std::uint32_t argument);
  void unpack(State& state, std::uint32_t count);
  // Imports of what the language knows anyway: a name, and nothing is loaded.
  void import_name(State& state, std::string_view path);
  void copy(State& state, std::size_t depth);
  void compute(State& state, const Instruction& instruction);

  const Code& code_;
  Version version_;
  Builder& make_;
  // Names of parameters and free variables.
  std::vector<std::string_view> outer_;
  std::uint32_t at_ = 0;
};

}  // namespace revive::python
