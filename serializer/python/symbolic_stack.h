// What every operation but a jump does to the symbolic state of a function: expressions on a stack and in locals.
//
// Like the Builder, a SymbolicStack goes on with harmless values after an error, until the caller looks at
// Builder::error(). Errors: bytecode_format (a stack that is too short or too long, NULL as a value, operands of the
// wrong kind), bytecode_unsupported, limit_exceeded.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
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
  // What it was loaded from: tables of keywords have to be constants, and code is never anything else.
  ObjectIndex constant = kNoObject;
  // Of a function inside that is no expression yet: one more than its index among the machine's functions.
  std::uint32_t function = 0;

  friend bool operator==(const Slot&, const Slot&) = default;
};

// A function inside, which becomes an expression where it is used.
struct InnerFunction {
  ObjectIndex code = kNoObject;
  std::vector<TreeIndex> closure;
  std::vector<TreeIndex> defaults;
  // By parameter.
  std::vector<std::pair<std::string, TreeIndex>> keyword_defaults;

  friend bool operator==(const InnerFunction&, const InnerFunction&) = default;
};

struct State {
  std::vector<Slot> stack;
  // kNoTree where it is not set. Behind them what a generator expression gave so far.
  std::vector<TreeIndex> locals;
  // What KW_NAMES said for the next call.
  ObjectIndex keywords = kNoObject;
};

class SymbolicStack {
 public:
  // The expression of a function inside; and what one computes of the iterator that it is called with, for
  // comprehensions, which are called where they are made.
  struct Inner {
    std::function<TreeIndex(const InnerFunction&)> expression;
    std::function<TreeIndex(const InnerFunction&, TreeIndex)> comprehension;
  };

  // All have to outlive the machine.
  SymbolicStack(const Code& code, Version version, Builder& make, Inner inner)
      : code_(code), version_(version), make_(make), inner_(std::move(inner)) {}

  // The state before the first instruction, and the function's parameters.
  State start(std::vector<Tree::Parameter>& parameters);
  // Of a function inside: its parameters and its free variables hold these. An error when they are not as many.
  State start(std::span<const TreeIndex> parameters, std::span<const TreeIndex> closure);
  // REQUIRES: the operation is no jump and no return.
  void step(State& state, const Instruction& instruction);
  // The state after two ways from a branch on `condition` have met; `other` is the way that jumped.
  void merge(State& state, const State& other, TreeIndex condition, bool negated);

  void push(State& state, Slot slot);
  Slot pop_slot(State& state);
  TreeIndex pop(State& state) { return value_of(pop_slot(state)); }
  // An error for NULL.
  TreeIndex value_of(const Slot& slot);
  // What a variable holds that is set.
  TreeIndex value_of_local(const State& state, std::size_t variable) {
    return local_value(variable, state.locals[variable]);
  }
  // Which variables a function inside reads, which must not change behind its back.
  const std::vector<bool>& captured() const { return captured_; }
  // A name that stands for a list of the function's own.
  void own_list(TreeIndex name) { lists_.push_back(name); }
  std::size_t yielded() const { return code_.variables.size(); }
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
  void rest_of_arguments(State& state, std::size_t first);
  void move_to_cells(State& state, std::size_t parameters);
  void load_local(State& state, std::uint32_t variable);
  void load_variable(State& state, std::uint32_t variable);
  void store_local(State& state, std::uint32_t variable);
  void load_global(State& state, std::uint32_t argument);
  TreeIndex global(std::string_view name);
  // NULL stands below the callable up to 3.12 and above it from 3.13 on.
  void push_callable(State& state, TreeIndex callable, bool null);
  TreeIndex pop_callable(State& state);
  void load_attribute(State& state, std::uint32_t argument);
  std::vector<std::string_view> keywords(ObjectIndex object);
  void make_function(State& state, std::uint32_t argument);
  void set_attribute(State& state, InnerFunction& function, std::uint32_t attribute);
  void load_closure(State& state, std::uint32_t variable);
  bool is_code(ObjectIndex object) const;
  bool is_comprehension(const Slot& slot) const;
  // The name of the code that a slot with a function holds.
  std::string_view comprehension_name(const Slot& slot) const;
  TreeIndex walked_by(TreeIndex callee, TreeIndex argument);
  // The result of a call as a statement.
  void discard(State& state);
  void change_list(State& state, TreeIndex call);
  void list_append(State& state, std::uint32_t depth);
  void unpack_rest(State& state, std::uint32_t argument);
  void format(State& state, std::uint32_t flags);
  void build_string(State& state, std::uint32_t count);
  void inner(State& state, const Instruction& instruction);
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
  Inner inner_;
  std::vector<InnerFunction> functions_;
  std::vector<bool> captured_;
  // The variables that are about to be captured.
  std::vector<std::uint32_t> reading_;
  // Names under which a loop carries lists that are the function's own.
  std::vector<TreeIndex> lists_;
  std::uint32_t at_ = 0;
};

}  // namespace revive::python
