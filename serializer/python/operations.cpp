// The operations of a SymbolicStack, one by one.
#include "revive/serializer/python/symbolic_stack.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace revive::python {
namespace {

// BINARY_OP's argument; 13 on are the same in place, and 26, from 3.14 on, is a subscript.
constexpr std::array<std::string_view, 13> kBinaryOps = {"+", "&",  "//", "<<", "@", "*", "%",
                                                         "|", "**", ">>", "-",  "/", "^"};
constexpr std::uint32_t kBinarySubscript = 26;
// COMPARE_OP's argument, up to 3.8 with all of them.
constexpr std::array<std::string_view, 10> kComparisons = {"<",  "<=", "==",     "!=", ">",
                                                           ">=", "in", "not in", "is", "is not"};
constexpr std::uint32_t kOrderings = 6;
// From 3.12 on the ordering stands above what it is true of: 1 unordered, 2 less, 4 greater, 8 equal; from 3.13 on a
// bit between them says that the result is converted to a bool.
constexpr std::array<std::uint32_t, kOrderings> kComparisonMasks = {2, 2 | 8, 8, 1 | 2 | 4, 4, 4 | 8};
constexpr std::uint32_t kAsBool = 16;
// CALL_INTRINSIC_1's.
constexpr std::uint32_t kIntrinsicPlus = 5;
constexpr std::uint32_t kIntrinsicListToTuple = 6;

// What a lambda may import for itself, and the name under which the language knows it.
struct Module {
  std::string_view name;
  std::string_view known_as;
};
constexpr std::array<Module, 4> kModules = {
    {{"tensorflow", "tf"}, {"numpy", "np"}, {"keras", "keras"}, {"math", "math"}}};

}  // namespace

void SymbolicStack::binary(State& state, std::string_view symbol) {
  const TreeIndex right = pop(state);
  const TreeIndex left = pop(state);
  push(state, make_.binary(symbol, left, right));
}

void SymbolicStack::subscript(State& state) {
  const TreeIndex key = pop(state);
  const TreeIndex base = pop(state);
  push(state, make_.subscript(base, key));
}

void SymbolicStack::binary_op(State& state, std::uint32_t argument) {
  if (argument == kBinarySubscript && version_ >= Version::py3_14) {
    subscript(state);
  } else if (argument < 2 * kBinaryOps.size()) {
    binary(state, kBinaryOps[argument % kBinaryOps.size()]);
  } else {
    malformed(fmt::format("the unknown operator {}", argument));
  }
}

void SymbolicStack::compare(State& state, std::uint32_t argument) {
  std::uint32_t which = argument;
  if (version_ >= Version::py3_12) {
    const bool shifted = version_ >= Version::py3_13;
    // The one argument that is a byte of Windows' damage: `>=` in 3.12, which would read as `==`.
    if (!shifted && argument == kWindowsByte) argument = kWindowsLost;
    which = argument >> (shifted ? 5 : 4);
    const std::uint32_t mask = argument & (shifted ? ~kAsBool & 31U : 15U);
    if (which < kOrderings && mask != kComparisonMasks[which]) which = kOrderings;
  }
  if (which >= (version_ <= Version::py3_8 ? kComparisons.size() : kOrderings)) {
    malformed(fmt::format("the unknown comparison {}", argument));
  } else {
    compare(state, kComparisons[which]);
  }
}

void SymbolicStack::compare(State& state, std::string_view symbol) {
  const TreeIndex right = pop(state);
  const TreeIndex left = pop(state);
  push(state, make_.comparison(symbol, left, right));
}

void SymbolicStack::inverted(State& state, std::uint32_t argument, std::string_view symbol, std::string_view opposite) {
  if (argument > 1) malformed(fmt::format("the unknown comparison {}", argument));
  compare(state, argument == 0 ? symbol : opposite);
}

void SymbolicStack::build_slice(State& state, std::uint32_t argument) {
  if (argument != 2 && argument != 3) malformed(fmt::format("a slice of {} parts", argument));
  const auto bounds = pop_many(state, argument);
  if (!make_.error()) push(state, make_.slice(bounds));
}

void SymbolicStack::binary_slice(State& state) {
  const auto bounds = pop_many(state, 2);
  const TreeIndex base = pop(state);
  if (!make_.error()) push(state, make_.subscript(base, make_.slice(bounds)));
}

void SymbolicStack::build_const_key_map(State& state, std::uint32_t argument) {
  const Slot table = pop_slot(state);
  const auto names = keywords(table.constant);
  const auto values = pop_many(state, argument);
  if (names.size() != values.size()) malformed("expected as many keys as values");
  if (make_.error()) return;
  std::vector<TreeIndex> entries;
  for (std::size_t i = 0; i < values.size(); ++i) {
    entries.push_back(make_.literal(Value(names[i])));
    entries.push_back(values[i]);
  }
  push(state, make_.dict(entries));
}

void SymbolicStack::extend(State& state, const Instruction& instruction) {
  const TreeIndex part = pop(state);
  const TreeIndex base = pop(state);
  if (make_.error()) return;
  const bool dict = instruction.operation == Operation::dict_update;
  if (instruction.argument != 1 || make_[base].kind != (dict ? TreeNode::Kind::dict : TreeNode::Kind::list)) {
    unsupported("the function changes a list or dict");
    return;
  }
  if (dict) {
    push(state, make_.joined_dict(std::array{base, part}));
  } else if (instruction.operation == Operation::list_append) {
    push(state, make_.joined(TreeNode::Kind::list, std::array{base, make_.sequence(TreeNode::Kind::list, {{part}})}));
  } else {
    push(state, make_.joined(TreeNode::Kind::list, std::array{base, part}));
  }
}

void SymbolicStack::intrinsic(State& state, std::uint32_t argument) {
  const TreeIndex operand = pop(state);
  if (make_.error()) return;
  switch (argument) {
    case kIntrinsicPlus: push(state, make_.unary("+", operand)); return;
    case kIntrinsicListToTuple: push(state, make_.as_tuple(operand)); return;
    default: malformed(fmt::format("the intrinsic function {}", argument));
  }
}

void SymbolicStack::unpack(State& state, std::uint32_t count) {
  const TreeIndex base = pop(state);
  if (make_.error()) return;
  if (count > code_.stack_size) malformed("more values are unpacked than the stack holds");
  const TreeNode::Kind kind = make_[base].kind;
  const bool display = kind == TreeNode::Kind::tuple || kind == TreeNode::Kind::list;
  if (display && (make_[base].children.size() != count || !make_[base].names.empty())) {
    unsupported(fmt::format("{} values are unpacked into {} names", make_[base].children.size(), count));
  }
  for (std::uint32_t i = count; i-- > 0 && !make_.error();) {
    push(state, display ? make_[base].children[i] : make_.subscript(base, make_.literal(Value(std::int64_t{i}))));
  }
}

void SymbolicStack::import_name(State& state, std::string_view path) {
  const bool whole = make_[pop(state)].kind == TreeNode::Kind::literal;
  const TreeIndex level = pop(state);
  if (make_.error()) return;
  const std::string_view root = path.substr(0, path.find('.'));
  const auto* const module = std::ranges::find(kModules, root, &Module::name);
  if (module == kModules.end() || make_[level].value != Value(0)) {
    unsupported(fmt::format("the function imports {}; bind what it takes from there instead", Value(path).brief()));
    return;
  }
  TreeIndex made = global(module->known_as);
  // `import a.b` gives a, `from a.b import c` asks a.b.
  for (std::size_t dot = path.find('.'); dot != std::string_view::npos && !whole; dot = path.find('.', dot + 1)) {
    made = make_.attribute(made, path.substr(dot + 1, path.find('.', dot + 1) - dot - 1));
  }
  push(state, made);
}

// Operators, and what builds tuples, lists, dicts and slices.
void SymbolicStack::compute(State& state, const Instruction& instruction) {
  const std::uint32_t argument = instruction.argument;
  using Kind = TreeNode::Kind;
  switch (instruction.operation) {
    case Operation::subscript: subscript(state); return;
    case Operation::binary_slice: binary_slice(state); return;
    case Operation::binary_op: binary_op(state, argument); return;
    case Operation::binary: binary(state, instruction.text); return;
    case Operation::unary: push(state, make_.unary(instruction.text, pop(state))); return;
    case Operation::compare: compare(state, argument); return;
    case Operation::is: inverted(state, argument, "is", "is not"); return;
    case Operation::contains: inverted(state, argument, "in", "not in"); return;
    case Operation::build_tuple: push(state, make_.sequence(Kind::tuple, pop_many(state, argument))); return;
    case Operation::build_list: push(state, make_.sequence(Kind::list, pop_many(state, argument))); return;
    case Operation::build_map: push(state, make_.dict(pop_many(state, std::size_t{2} * argument))); return;
    case Operation::build_const_key_map: build_const_key_map(state, argument); return;
    case Operation::build_slice: build_slice(state, argument); return;
    case Operation::list_extend:
    case Operation::list_append:
    case Operation::dict_update: extend(state, instruction); return;
    case Operation::list_to_tuple: {
      const TreeIndex list = pop(state);
      if (!make_.error()) push(state, make_.as_tuple(list));
      return;
    }
    case Operation::intrinsic: intrinsic(state, argument); return;
    case Operation::build_list_unpack: push(state, make_.joined(Kind::list, pop_many(state, argument))); return;
    case Operation::build_tuple_unpack: push(state, make_.joined(Kind::tuple, pop_many(state, argument))); return;
    case Operation::build_map_unpack: push(state, make_.joined_dict(pop_many(state, argument))); return;
    default: return;
  }
}

void SymbolicStack::step(State& state, const Instruction& instruction) {
  const std::uint32_t argument = instruction.argument;
  switch (instruction.operation) {
    case Operation::load_const: push(state, constant(argument)); return;
    case Operation::load_small_int: push(state, make_.literal(Value(std::int64_t{argument}))); return;
    case Operation::load_fast: load_local(state, argument); return;
    case Operation::load_fast_twice:
      load_local(state, argument >> 4);
      load_local(state, argument & 15);
      return;
    case Operation::store_fast: store_local(state, argument); return;
    case Operation::store_fast_load_fast:
      store_local(state, argument >> 4);
      load_local(state, argument & 15);
      return;
    case Operation::store_fast_twice:
      store_local(state, argument >> 4);
      store_local(state, argument & 15);
      return;
    case Operation::load_deref: {
      const Variable& variable = code_.variables[code_.first_deref + argument];
      if (variable.kind != Variable::Kind::free) malformed("expected a free variable");
      push(state, make_.name(variable.name));
      return;
    }
    case Operation::load_global: load_global(state, argument); return;
    case Operation::load_attr: load_attribute(state, argument); return;
    case Operation::load_method: push_callable(state, make_.attribute(pop(state), name(argument)), true); return;
    case Operation::push_null: push(state, Slot{}); return;
    case Operation::call_function: call(state, argument, kNoObject, false); return;
    case Operation::call_function_kw: {
      const ObjectIndex table = pop_slot(state).constant;
      static_cast<void>(keywords(table));
      call(state, argument, table, false);
      return;
    }
    case Operation::call_method: call(state, argument, kNoObject, true); return;
    case Operation::kw_names:
      if (state.keywords != kNoObject) malformed("keywords twice");
      state.keywords = code_.constants[argument];
      return;
    case Operation::call: call(state, argument, std::exchange(state.keywords, kNoObject), true); return;
    case Operation::call_kw: {
      const ObjectIndex table = pop_slot(state).constant;
      static_cast<void>(keywords(table));
      call(state, argument, table, true);
      return;
    }
    case Operation::call_function_ex: call_unpacked(state, argument); return;
    case Operation::unpack_sequence: unpack(state, argument); return;
    case Operation::pop: static_cast<void>(pop(state)); return;
    case Operation::duplicate: copy(state, 1); return;
    case Operation::duplicate_two:
      copy(state, 2);
      copy(state, 2);
      return;
    case Operation::rotate_two: rotate(state, 2); return;
    case Operation::rotate_three: rotate(state, 3); return;
    case Operation::rotate_four: rotate(state, 4); return;
    case Operation::rotate: rotate(state, argument); return;
    case Operation::copy: copy(state, argument); return;
    case Operation::swap: {
      Slot* const deep = peek(state, argument);
      Slot* const top = peek(state, 1);
      if (deep != nullptr && top != nullptr) std::swap(*deep, *top);
      return;
    }
    case Operation::import_name: import_name(state, name(argument)); return;
    case Operation::import_from: {
      const Slot* const module = peek(state, 1);
      if (module != nullptr) push(state, make_.attribute(value_of(*module), name(argument)));
      return;
    }
    default: compute(state, instruction);
  }
}

}  // namespace revive::python
