#include "revive/serializer/python/symbolic_stack.h"

#include <fmt/format.h>

#include <algorithm>

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
  state.locals.assign(code_.variables.size(), kNoTree);
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
  return state;
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
  return {make_.constant(object), object};
}

std::string_view SymbolicStack::name(std::uint32_t argument) const {
  return code_.names[argument];
}

TreeIndex SymbolicStack::local_value(std::size_t variable, TreeIndex local) {
  return local == kArgument ? make_.name(code_.variables[variable].name) : local;
}

void SymbolicStack::load_local(State& state, std::uint32_t variable) {
  const TreeIndex local = state.locals[variable];
  if (local == kNoTree) {
    unsupported(
        fmt::format("the variable {} may be read before it is set", Value(code_.variables[variable].name).brief()));
  } else {
    push(state, local_value(variable, local));
  }
}

void SymbolicStack::store_local(State& state, std::uint32_t variable) {
  if (code_.variables[variable].kind != Variable::Kind::local) malformed("a free variable is set");
  state.locals[variable] = pop(state);
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
  if (object == kNoObject || code_.objects[object].kind != Object::Kind::tuple) {
    malformed("expected a tuple of keywords");
    return names;
  }
  for (const ObjectIndex item : code_.objects[object].items) {
    if (code_.objects[item].kind != Object::Kind::string) malformed("expected keywords that are strings");
    names.push_back(code_.objects[item].text);
  }
  return names;
}

void SymbolicStack::call(State& state, std::size_t count, ObjectIndex keyword_table, bool with_null) {
  const auto names = keyword_table == kNoObject ? std::vector<std::string_view>() : keywords(keyword_table);
  if (names.size() > count) malformed("more keywords than arguments");
  const std::vector<TreeIndex> arguments = pop_many(state, count);
  const TreeIndex callee = with_null ? pop_callable(state) : pop(state);
  if (!make_.error()) push(state, make_.call(callee, arguments, names));
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
