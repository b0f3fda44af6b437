#include "revive/serializer/python/symbolic_stack.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace revive::python {

void SymbolicStack::malformed(std::string_view message) {
  make_.wrong(ErrorCode::bytecode_format,
              fmt::format("as Python {}: {} at instruction {}", name_of(version_), message, at_));
}

void SymbolicStack::unsupported(std::string message) {
  make_.wrong(ErrorCode::bytecode_unsupported, std::move(message));
}

State SymbolicStack::start(std::vector<Tree::Parameter>& parameters) {
  State state;
  state.locals.assign(code_.variables.size() + 1, kNoTree);
  captured_.resize(code_.variables.size());
  const std::size_t count = code_.positional + code_.keyword_only;
  for (std::size_t i = 0; i < code_.variables.size(); ++i) {
    const auto& [name, kind] = code_.variables[i];
    if (i >= count && kind != Variable::Kind::free) continue;
    if (std::ranges::find(outer_, name) != outer_.end()) {
      unsupported(fmt::format("the function gives two variables the name {}", Value(name).brief()));
    }
    outer_.push_back(make_.checked_name(name));
    if (i >= count) continue;
    state.locals[i] = kArgument;
    parameters.push_back({std::string(outer_.back()), kNoTree});
  }
  rest_of_arguments(state, count);
  move_to_cells(state, count);
  return state;
}

State SymbolicStack::start(std::span<const TreeIndex> parameters, std::span<const TreeIndex> closure) {
  State state;
  state.locals.assign(code_.variables.size() + 1, kNoTree);
  captured_.resize(code_.variables.size());
  const std::size_t count = code_.positional + code_.keyword_only + (code_.takes_arguments ? 1 : 0);
  if (parameters.size() != count) malformed("expected as many parameters as an inner function has");
  if (make_.error()) return state;
  std::ranges::copy(parameters, state.locals.begin());
  std::size_t next = 0;
  for (std::size_t i = 0; i < code_.variables.size(); ++i) {
    if (code_.variables[i].kind != Variable::Kind::free) continue;
    if (next < closure.size()) state.locals[i] = closure[next];
    ++next;
  }
  if (next != closure.size()) malformed("expected as many values as an inner function captures");
  move_to_cells(state, count);
  if (code_.yields) state.locals[yielded()] = make_.sequence(TreeNode::Kind::list, {});
  return state;
}

// Nobody gives a lambda more than it names.
void SymbolicStack::rest_of_arguments(State& state, std::size_t first) {
  if (code_.takes_arguments) state.locals[first++] = make_.sequence(TreeNode::Kind::tuple, {});
  if (code_.takes_keywords) state.locals[first] = make_.dict({});
}

// Up to 3.10 a parameter that an inner function reads is also a cell variable of its name, and is read as that alone.
void SymbolicStack::move_to_cells(State& state, std::size_t parameters) {
  for (std::size_t i = parameters; i < code_.variables.size(); ++i) {
    if (code_.variables[i].kind != Variable::Kind::cell) continue;
    for (std::size_t p = 0; p < parameters; ++p) {
      if (code_.variables[p].name == code_.variables[i].name) state.locals[i] = local_value(p, state.locals[p]);
    }
  }
}

void SymbolicStack::push(State& state, Slot slot) {
  if (state.stack.size() == code_.stack_size)
    malformed(fmt::format("more than {} values on the stack", code_.stack_size));
  if (!make_.error()) state.stack.push_back(slot);
}

void SymbolicStack::push(State& state, TreeIndex node) {
  push(state, Slot{node, kNoObject});
}

Slot SymbolicStack::pop_slot(State& state) {
  if (state.stack.empty()) {
    malformed("no value on the stack");
    return {make_.literal(Value()), kNoObject};
  }
  const Slot slot = state.stack.back();
  state.stack.pop_back();
  return slot;
}

TreeIndex SymbolicStack::value_of(const Slot& slot) {
  if (slot.function != 0) return inner_.expression(InnerFunction(functions_[slot.function - 1]));
  if (slot.node != kNoTree) return slot.node;
  malformed("NULL where a value should be");
  return make_.literal(Value());
}

void SymbolicStack::pop_null(State& state) {
  if (pop_slot(state).node != kNoTree) malformed("a value where NULL should be");
}

std::vector<TreeIndex> SymbolicStack::pop_many(State& state, std::size_t count) {
  if (count > state.stack.size()) {
    malformed("too few values on the stack");
    return {};
  }
  std::vector<TreeIndex> values;
  values.reserve(count);
  for (std::size_t i = state.stack.size() - count; i < state.stack.size(); ++i)
    values.push_back(value_of(state.stack[i]));
  state.stack.resize(state.stack.size() - count);
  return values;
}

Slot* SymbolicStack::peek(State& state, std::size_t depth) {
  if (depth >= 1 && depth <= state.stack.size()) return &state.stack[state.stack.size() - depth];
  malformed("too few values on the stack");
  return nullptr;
}

void SymbolicStack::rotate(State& state, std::size_t depth) {
  if (peek(state, depth) == nullptr) return;
  std::rotate(state.stack.end() - static_cast<std::ptrdiff_t>(depth), state.stack.end() - 1, state.stack.end());
}

Slot SymbolicStack::constant(std::uint32_t argument) {
  const ObjectIndex object = code_.constants[argument];
  if (is_code(object)) return {kNoTree, object};
  return {make_.constant(object), object};
}

std::string_view SymbolicStack::name(std::uint32_t argument) const {
  return code_.names[argument];
}

TreeIndex SymbolicStack::local_value(std::size_t variable, TreeIndex local) {
  return local == kArgument ? make_.name(code_.variables[variable].name) : local;
}

void SymbolicStack::load_local(State& state, std::uint32_t variable) {
  // What compiles to LOAD_CLOSURE up to 3.12.
  if (version_ >= Version::py3_13 && code_.variables[variable].kind != Variable::Kind::local) {
    load_closure(state, variable);
    return;
  }
  load_variable(state, variable);
}

void SymbolicStack::load_variable(State& state, std::uint32_t variable) {
  const TreeIndex local = state.locals[variable];
  if (local == kNoTree) {
    unsupported(
        fmt::format("the variable {} may be read before it is set", Value(code_.variables[variable].name).brief()));
  } else {
    push(state, local_value(variable, local));
  }
}

void SymbolicStack::store_local(State& state, std::uint32_t variable) {
  if (code_.variables[variable].kind == Variable::Kind::free) malformed("a free variable is set");
  if (captured_[variable]) {
    unsupported(fmt::format("the variable {} changes after an inner function has read it",
                            Value(code_.variables[variable].name).brief()));
  }
  const Slot slot = pop_slot(state);
  // An inlined comprehension puts back what it put away, which may be nothing.
  const bool nothing = version_ >= Version::py3_12 && slot.node == kNoTree && slot.function == 0;
  state.locals[variable] = nothing && slot.constant == kNoObject ? kNoTree : value_of(slot);
}

void SymbolicStack::load_global(State& state, std::uint32_t argument) {
  const bool modern = version_ >= Version::py3_11;
  const bool null = modern && (argument & 1) != 0;
  push_callable(state, global(name(modern ? argument >> 1 : argument)), null);
}

TreeIndex SymbolicStack::global(std::string_view name) {
  if (std::ranges::find(outer_, name) != outer_.end()) {
    unsupported(fmt::format("the name {} is both a variable of the function and a global one", Value(name).brief()));
  }
  return make_.name(name);
}

void SymbolicStack::push_callable(State& state, TreeIndex callable, bool null) {
  if (null && version_ < Version::py3_13) push(state, Slot{});
  push(state, callable);
  if (null && version_ >= Version::py3_13) push(state, Slot{});
}

TreeIndex SymbolicStack::pop_callable(State& state) {
  if (version_ >= Version::py3_13) pop_null(state);
  const TreeIndex callable = pop(state);
  if (version_ < Version::py3_13) pop_null(state);
  return callable;
}

void SymbolicStack::load_attribute(State& state, std::uint32_t argument) {
  const bool flagged = version_ >= Version::py3_12;
  const TreeIndex base = pop(state);
  push_callable(state, make_.attribute(base, name(flagged ? argument >> 1 : argument)), flagged && (argument & 1) != 0);
}

std::vector<std::string_view> SymbolicStack::keywords(ObjectIndex object) {
  std::vector<std::string_view> names;
  if (object == kNoObject || (*code_.objects)[object].kind != Object::Kind::tuple) {
    malformed("expected a tuple of keywords");
    return names;
  }
  for (const ObjectIndex item : (*code_.objects)[object].items) {
    if ((*code_.objects)[item].kind != Object::Kind::string) malformed("expected keywords that are strings");
    names.push_back((*code_.objects)[item].text);
  }
  return names;
}

void SymbolicStack::call(State& state, std::size_t count, ObjectIndex keyword_table, bool with_null) {
  const auto names = keyword_table == kNoObject ? std::vector<std::string_view>() : keywords(keyword_table);
  if (names.size() > count) malformed("more keywords than arguments");
  std::vector<TreeIndex> arguments = pop_many(state, count);
  // From 3.11 on a comprehension stands where a method would, in front of its iterator as the value.
  const Slot* const below = with_null && state.stack.size() >= 2 ? peek(state, 2) : nullptr;
  if (below != nullptr && is_comprehension(*below) && arguments.empty()) {
    arguments.push_back(pop(state));
    with_null = false;
  }
  const Slot* const top = !with_null && !state.stack.empty() ? peek(state, 1) : nullptr;
  if (top != nullptr && is_comprehension(*top)) {
    const Slot function = pop_slot(state);
    if (arguments.size() != 1) malformed("expected one iterator for a comprehension");
    if (make_.error()) return;
    TreeIndex items = inner_.comprehension(InnerFunction(functions_[function.function - 1]), arguments[0]);
    if (make_.error()) return;
    // (f(i) for i in s), as the parser has it.
    if (comprehension_name(function) == "<genexpr>") items = make_.call(make_.name("iter"), {{items}}, {});
    push(state, items);
    return;
  }
  // `assert c, message` in 3.11 and 3.12 calls the error in the same way.
  if (below != nullptr && below->node != kNoTree && below->function == 0 &&
      make_[below->node].kind == TreeNode::Kind::name && make_[below->node].text == "AssertionError" &&
      arguments.empty()) {
    arguments.push_back(pop(state));
    with_null = false;
  }
  const TreeIndex callee = with_null ? pop_callable(state) : pop(state);
  if (make_.error()) return;
  for (TreeIndex& argument : arguments) argument = walked_by(callee, argument);
  push(state, make_.call(callee, arguments, names));
}

// sum([f(i) for i in s]) for sum(f(i) for i in s): what walks through a generator at once takes its list as well.
TreeIndex SymbolicStack::walked_by(TreeIndex callee, TreeIndex argument) {
  constexpr std::array<std::string_view, 8> kWalking = {"all", "any", "list", "max", "min", "sorted", "sum", "tuple"};
  const TreeNode& function = make_[callee];
  const TreeNode& given = make_[argument];
  const bool is_walked =
      function.kind == TreeNode::Kind::name && std::ranges::find(kWalking, function.text) != kWalking.end() &&
      given.kind == TreeNode::Kind::call && given.children.size() == 2 &&
      make_[given.children[0]].kind == TreeNode::Kind::name && make_[given.children[0]].text == "iter" &&
      make_[given.children[1]].kind == TreeNode::Kind::subscript;
  if (!is_walked) return argument;
  const TreeIndex list = given.children[1];
  make_.settle(argument);
  return list;
}

void SymbolicStack::call_unpacked(State& state, std::uint32_t argument) {
  TreeIndex keyword = kNoTree;
  if (version_ >= Version::py3_14) {
    keyword = pop_slot(state).node;
  } else if ((argument & 1) != 0) {
    keyword = pop(state);
  }
  const TreeIndex positional = pop(state);
  const TreeIndex callee = version_ >= Version::py3_11 ? pop_callable(state) : pop(state);
  if (!make_.error()) push(state, make_.call_unpacked(callee, positional, keyword));
}

void SymbolicStack::merge(State& state, const State& other, TreeIndex condition, bool negated) {
  if (state.stack.size() != other.stack.size() || state.keywords != other.keywords) {
    malformed("expected two ways to leave equally many values");
    return;
  }
  for (std::size_t i = 0; i < state.stack.size(); ++i) {
    Slot& slot = state.stack[i];
    if (slot == other.stack[i]) continue;
    slot = {make_.conditional(condition, negated, value_of(slot), value_of(other.stack[i])), kNoObject};
  }
  for (std::size_t i = 0; i < state.locals.size(); ++i) {
    TreeIndex& local = state.locals[i];
    if (local == other.locals[i]) continue;
    if (local == kNoTree || other.locals[i] == kNoTree) {
      local = kNoTree;
    } else {
      local = make_.conditional(condition, negated, local_value(i, local), local_value(i, other.locals[i]));
    }
  }
}

void SymbolicStack::copy(State& state, std::size_t depth) {
  const Slot* const found = peek(state, depth);
  if (found != nullptr) push(state, Slot(*found));
}

}  // namespace revive::python
