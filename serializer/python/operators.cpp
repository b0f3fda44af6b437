// Operators, and what builds tuples, lists, dicts and slices: what a SymbolicStack makes of their operands.
#include "revive/serializer/python/symbolic_stack.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

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
constexpr std::array<std::uint32_t, kOrderings + 1> kComparisonMasks = {2, 2 | 8, 8, 1 | 2 | 4, 4, 4 | 8};
constexpr std::uint32_t kAsBool = 16;
// CALL_INTRINSIC_1's.
constexpr std::uint32_t kIntrinsicPlus = 5;
constexpr std::uint32_t kIntrinsicListToTuple = 6;

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
    which = std::min(argument >> (shifted ? 5 : 4), kOrderings);
    const std::uint32_t mask = argument & (shifted ? ~kAsBool & 31U : 15U);
    if (mask != kComparisonMasks[which]) which = kOrderings;
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
  const bool is_tuple = table.constant != kNoObject && (*code_.objects)[table.constant].kind == Object::Kind::tuple;
  if (!is_tuple) malformed("expected a tuple of keys");
  const auto values = pop_many(state, argument);
  if (is_tuple && (*code_.objects)[table.constant].items.size() != values.size()) {
    malformed("expected as many keys as values");
  }
  if (make_.error()) return;
  std::vector<TreeIndex> entries;
  for (std::size_t i = 0; i < values.size(); ++i) {
    entries.push_back(make_.constant((*code_.objects)[table.constant].items[i]));
    entries.push_back(values[i]);
  }
  push(state, make_.dict(entries));
}

void SymbolicStack::extend(State& state, const Instruction& instruction) {
  if (instruction.operation == Operation::list_append && instruction.argument > 1) {
    list_append(state, instruction.argument);
    return;
  }
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
  if (count > code_.stack_size) return malformed("more values are unpacked than the stack holds");
  const TreeNode::Kind kind = make_[base].kind;
  const bool display = kind == TreeNode::Kind::tuple || kind == TreeNode::Kind::list;
  if (display && (make_[base].children.size() != count || !make_[base].names.empty())) {
    return unsupported(fmt::format("{} values are unpacked into {} names", make_[base].children.size(), count));
  }
  for (std::uint32_t i = count; i-- > 0;) {
    push(state, display ? make_[base].children[i] : make_.subscript(base, make_.literal(Value(std::int64_t{i}))));
  }
}

// a, *b, c = base
void SymbolicStack::unpack_rest(State& state, std::uint32_t argument) {
  const TreeIndex base = pop(state);
  const std::int64_t before = argument & 0xFF;
  const std::int64_t after = argument >> 8;
  if (make_.error()) return;
  for (std::int64_t i = 0; i < after; ++i) push(state, make_.subscript(base, make_.literal(Value(-1 - i))));
  const TreeIndex none = make_.literal(Value());
  const TreeIndex from = before == 0 ? none : make_.literal(Value(before));
  const TreeIndex to = after == 0 ? none : make_.literal(Value(-after));
  const TreeIndex rest = make_.subscript(base, make_.slice({{from, to}}));
  push(state, make_.call(make_.name("list"), {{rest}}, {}));
  for (std::int64_t i = before; i-- > 0;) push(state, make_.item(base, i));
}

// {value} in an f-string.
void SymbolicStack::format(State& state, std::uint32_t flags) {
  constexpr std::uint32_t kConversion = 3;
  constexpr std::uint32_t kStr = 1;
  constexpr std::uint32_t kSpecified = 4;
  const std::uint32_t conversion = flags & kConversion;
  if ((flags & kSpecified) != 0 || (conversion != 0 && conversion != kStr)) {
    unsupported("the function holds an f-string with a format");
    return;
  }
  const TreeIndex value = pop(state);
  if (!make_.error()) push(state, make_.call(make_.name("str"), {{value}}, {}));
}

void SymbolicStack::build_string(State& state, std::uint32_t count) {
  const auto pieces = pop_many(state, count);
  if (make_.error() || pieces.empty()) return;
  TreeIndex text = pieces[0];
  for (std::size_t i = 1; i < pieces.size(); ++i) text = make_.binary("+", text, pieces[i]);
  push(state, text);
}

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

}  // namespace revive::python
