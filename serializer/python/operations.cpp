// The operations of a SymbolicStack, one by one: variables, calls, functions and statements.
#include "revive/serializer/python/symbolic_stack.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace revive::python {
namespace {

// What a lambda may import for itself, and the name under which the language knows it.
struct Module {
  std::string_view name;
  std::string_view known_as;
};
constexpr std::array<Module, 5> kModules = {
    {{"tensorflow", "tf"}, {"numpy", "np"}, {"keras", "keras"}, {"math", "math"}, {"functools", "functools"}}};

}  // namespace

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
  // What stands there may be a function, or nothing.
  const TreeNode* const base = list->node == kNoTree ? nullptr : &make_[list->node];
  const bool grows = base != nullptr && (base->kind == TreeNode::Kind::list ||
                                         (base->kind == TreeNode::Kind::name && base->text == kAccumulator));
  if (!grows) {
    unsupported("the function changes a list");
    return;
  }
  list->node = make_.binary("+", list->node, make_.sequence(TreeNode::Kind::list, {{item}}));
}

}  // namespace revive::python
