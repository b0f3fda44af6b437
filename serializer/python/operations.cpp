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
constexpr std::array<Module, 5> kModules = {
    {{"tensorflow", "tf"}, {"numpy", "np"}, {"keras", "keras"}, {"math", "math"}, {"functools", "functools"}}};

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
      if (variable.kind == Variable::Kind::local) malformed("expected a cell or free variable");
      const auto index = static_cast<std::uint32_t>(code_.first_deref + argument);
      if (variable.kind == Variable::Kind::free && state.locals[index] == kNoTree) {
        push(state, make_.name(variable.name));
      } else {
        load_variable(state, index);
      }
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
    case Operation::pop: discard(state); return;
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
    default: inner(state, instruction);
  }
}

// What functions, loops and statements are made of.
void SymbolicStack::inner(State& state, const Instruction& instruction) {
  const std::uint32_t argument = instruction.argument;
  switch (instruction.operation) {
    case Operation::load_closure: load_closure(state, static_cast<std::uint32_t>(code_.first_deref + argument)); return;
    case Operation::store_deref: store_local(state, static_cast<std::uint32_t>(code_.first_deref + argument)); return;
    case Operation::delete_fast:
      if (state.locals[argument] == kNoTree) malformed("a variable that is not set is deleted");
      state.locals[argument] = kNoTree;
      return;
    case Operation::load_fast_and_clear: {
      const TreeIndex local = std::exchange(state.locals[argument], kNoTree);
      push(state, Slot{local == kNoTree ? kNoTree : local_value(argument, local)});
      return;
    }
    case Operation::make_function: make_function(state, argument); return;
    case Operation::set_function_attribute: {
      const Slot function = pop_slot(state);
      if (function.function == 0) {
        malformed("an attribute of what is no function");
        return;
      }
      InnerFunction changed = functions_[function.function - 1];
      set_attribute(state, changed, argument);
      functions_.push_back(std::move(changed));
      push(state, Slot{kNoTree, kNoObject, static_cast<std::uint32_t>(functions_.size())});
      return;
    }
    // A generator that runs was given None.
    case Operation::return_generator: push(state, make_.literal(Value())); return;
    case Operation::yield_value: {
      const TreeIndex value = pop(state);
      if (make_.error()) return;
      if (!code_.yields) malformed("a yield outside of a generator");
      TreeIndex& all = state.locals[yielded()];
      if (!make_.error()) all = make_.binary("+", all, make_.sequence(TreeNode::Kind::list, {{value}}));
      push(state, make_.literal(Value()));
      return;
    }
    case Operation::load_assertion_error: push(state, make_.name("AssertionError")); return;
    case Operation::format_value: format(state, version_ < Version::py3_13 ? argument : 0); return;
    case Operation::convert_value: format(state, argument); return;
    case Operation::build_string: build_string(state, argument); return;
    case Operation::unpack_ex: unpack_rest(state, argument); return;
    default: compute(state, instruction);
  }
}

bool SymbolicStack::is_code(ObjectIndex object) const {
  return object != kNoObject && (*code_.objects)[object].kind == Object::Kind::code;
}

bool SymbolicStack::is_comprehension(const Slot& slot) const {
  if (slot.function == 0) return false;
  const std::string_view name = comprehension_name(slot);
  return name == "<listcomp>" || name == "<genexpr>" || name == "<setcomp>" || name == "<dictcomp>";
}

std::string_view SymbolicStack::comprehension_name(const Slot& slot) const {
  const Object& code = (*code_.objects)[functions_[slot.function - 1].code];
  return (*code_.objects)[code.items[code_items(code_.layout).name]].text;
}

void SymbolicStack::load_closure(State& state, std::uint32_t variable) {
  const Variable& read = code_.variables[variable];
  if (read.kind == Variable::Kind::local) malformed("expected a cell or free variable");
  if (read.kind == Variable::Kind::free && state.locals[variable] == kNoTree) {
    push(state, make_.name(read.name));
    return;
  }
  load_variable(state, variable);
  reading_.push_back(variable);
}

void SymbolicStack::make_function(State& state, std::uint32_t argument) {
  // Below the code stands, up to 3.10, the function's name above it.
  if (version_ <= Version::py3_10) static_cast<void>(pop(state));
  const ObjectIndex code = pop_slot(state).constant;
  if (!is_code(code)) {
    malformed("expected the code of a function");
    return;
  }
  InnerFunction function{.code = code, .closure = {}, .defaults = {}, .keyword_defaults = {}};
  if (version_ < Version::py3_13) {
    for (const std::uint32_t attribute : {8U, 4U, 2U, 1U}) {
      if ((argument & attribute) != 0) set_attribute(state, function, attribute);
    }
  }
  functions_.push_back(std::move(function));
  push(state, Slot{kNoTree, kNoObject, static_cast<std::uint32_t>(functions_.size())});
  // A comprehension reads its variables at once, any other function whenever it is called.
  if (!is_comprehension(state.stack.back()) && !make_.error()) {
    for (const std::uint32_t variable : reading_) captured_[variable] = true;
  }
  if (version_ < Version::py3_13) reading_.clear();
}

void SymbolicStack::set_attribute(State& state, InnerFunction& function, std::uint32_t attribute) {
  const TreeIndex value = pop(state);
  if (make_.error()) return;
  const TreeNode& node = make_[value];
  switch (attribute) {
    case 1: function.defaults = node.children; return;
    case 2:
      for (std::size_t i = 0; i + 1 < node.children.size(); i += 2) {
        const Value& key = make_[node.children[i]].value;
        if (key.is_string()) function.keyword_defaults.emplace_back(key.as_string(), node.children[i + 1]);
      }
      return;
    case 8:
      function.closure = node.children;
      if (version_ >= Version::py3_13) {
        const Object& code = (*code_.objects)[function.code];
        const std::string_view name = (*code_.objects)[code.items[code_items(code_.layout).name]].text;
        if (name != "<genexpr>") {
          for (const std::uint32_t variable : reading_) captured_[variable] = true;
        }
        reading_.clear();
      }
      return;
    default: return;
  }
}

void SymbolicStack::discard(State& state) {
  const Slot slot = pop_slot(state);
  // A function that nobody calls, or the value that a generator was given.
  if (slot.function != 0) return;
  const TreeIndex value = value_of(slot);
  if (make_.error() || make_[value].kind != TreeNode::Kind::call) return;
  const TreeNode& callee = make_[make_[value].children[0]];
  if (callee.kind == TreeNode::Kind::attribute && (callee.text == "append" || callee.text == "extend")) {
    change_list(state, value);
  }
}

// items.append(value): every variable that holds the list holds the longer one.
void SymbolicStack::change_list(State& state, TreeIndex call) {
  const TreeNode node = make_[call];
  const TreeNode callee = make_[node.children[0]];
  const TreeIndex list = callee.children[0];
  const bool own = make_.is_own_list(list) || std::ranges::find(lists_, list) != lists_.end();
  if (!own || node.children.size() != 2 || !node.names[0].empty() || make_.is_held(list)) {
    unsupported("the function changes a list that is not its own, or that something else holds");
    return;
  }
  const bool append = callee.text == "append";
  const TreeIndex added = append ? make_.sequence(TreeNode::Kind::list, {{node.children[1]}})
                                 : make_.call(make_.name("list"), {{node.children[1]}}, {});
  const TreeIndex longer = make_.binary("+", list, added);
  make_.settle(call);
  for (TreeIndex& local : state.locals) {
    if (local == list) local = longer;
  }
  for (Slot& slot : state.stack) {
    if (slot.node == list) slot.node = longer;
  }
}

void SymbolicStack::list_append(State& state, std::uint32_t depth) {
  const TreeIndex item = pop(state);
  Slot* const list = peek(state, depth);
  if (make_.error()) return;
  const TreeNode& base = make_[list->node];
  if (base.kind != TreeNode::Kind::list && !(base.kind == TreeNode::Kind::name && base.text == kAccumulator)) {
    unsupported("the function changes a list");
    return;
  }
  list->node = make_.binary("+", list->node, make_.sequence(TreeNode::Kind::list, {{item}}));
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

}  // namespace revive::python
