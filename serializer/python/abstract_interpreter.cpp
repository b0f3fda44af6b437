#include "revive/serializer/python/abstract_interpreter.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "revive/serializer/python/builder.h"
#include "revive/serializer/python/naming.h"
#include "revive/serializer/python/post_dominators.h"
#include "revive/serializer/python/symbolic_stack.h"

namespace revive::python {
namespace {

// What a function and those inside of it share.
struct Shared {
  Builder make;
  Naming naming;
  Version version = {};
  std::size_t steps = 0;
  std::size_t branches = 0;
  std::size_t scopes = 0;
  std::size_t depth = 0;
};

class AbstractInterpreter {
 public:
  AbstractInterpreter(const Code& code, std::span<const Instruction> instructions, Shared& shared)
      : code_(code),
        instructions_(instructions),
        shared_(shared),
        make_(shared.make),
        first_(shared.make.more_instructions(instructions.size())),
        machine_(code, shared.version, make_,
                 {.expression = [this](const InnerFunction& function) { return expression(function); },
                  .comprehension = [this](const InnerFunction& function,
                                          TreeIndex items) { return comprehension(function, items); }}) {}

  Result<Tree> run(const Limits& limits) {
    std::vector<Tree::Parameter> parameters;
    State state = machine_.start(parameters);
    const TreeIndex body = execute(state, 0, kNowhere);
    return make_.finish(body, std::move(parameters), limits);
  }

 private:
  // What a function inside computes of these values.
  TreeIndex run_inner(const Code& code, std::span<const TreeIndex> parameters, std::span<const TreeIndex> closure) {
    const auto instructions = decode(code, shared_.version);
    if (!instructions) {
      make_.wrong(instructions.error().code, instructions.error().message);
      return kNoTree;
    }
    AbstractInterpreter inner(code, *instructions, shared_);
    State state = inner.machine_.start(parameters, closure);
    if (make_.error()) return kNoTree;
    const TreeIndex result = inner.execute(state, 0, kNowhere);
    return code.yields ? state.locals[inner.machine_.yielded()] : result;
  }

  // The code of a function inside; nothing with an error.
  std::optional<Code> open(const InnerFunction& function) {
    if (++shared_.scopes > kMostScopes || ++shared_.depth > kMostDepth) {
      make_.wrong(ErrorCode::limit_exceeded,
                  fmt::format("expected at most {} functions and loops inside, {} deep", kMostScopes, kMostDepth));
    }
    if (make_.error()) return std::nullopt;
    auto code = inner_code(code_, function.code);
    if (code) return *std::move(code);
    make_.wrong(code.error().code, code.error().message);
    return std::nullopt;
  }

  TreeIndex comprehension(const InnerFunction& function, TreeIndex items) {
    const auto code = open(function);
    if (!code) return kNoTree;
    if (code->function_name != "<listcomp>" && code->function_name != "<genexpr>") {
      make_.wrong(ErrorCode::bytecode_unsupported, "the function holds a comprehension that makes a set or dict");
      return kNoTree;
    }
    const std::array parameters = {items};
    const TreeIndex result = run_inner(*code, parameters, function.closure);
    --shared_.depth;
    return result;
  }

  TreeIndex expression(const InnerFunction& function) {
    const auto code = open(function);
    if (!code) return kNoTree;
    const std::size_t count = code->positional + code->keyword_only;
    std::vector<std::string> names;
    std::vector<TreeIndex> parameters;
    std::vector<TreeIndex> children = {kNoTree};
    const auto parameter = [&](std::size_t variable, std::string_view star) {
      const std::string name = shared_.naming.open(make_.checked_name(code->variables[variable].name));
      parameters.push_back(make_.name(name));
      names.push_back(std::string(star) + name);
      children.push_back(kNoTree);
    };
    for (std::size_t i = 0; i < count; ++i) parameter(i, "");
    if (code->takes_arguments) parameter(count, "*");
    if (function.defaults.size() > code->positional) machine_.malformed("more defaults than parameters");
    if (make_.error()) return kNoTree;
    const std::size_t first = 1 + code->positional - function.defaults.size();
    std::ranges::copy(function.defaults, children.begin() + static_cast<std::ptrdiff_t>(first));
    for (std::size_t i = code->positional; i < count; ++i) {
      for (const auto& [name, value] : function.keyword_defaults) {
        if (name == code->variables[i].name) children[1 + i] = value;
      }
    }
    children[0] = run_inner(*code, parameters, function.closure);
    shared_.naming.close(names.size());
    --shared_.depth;
    return make_.error() ? kNoTree : make_.function(std::move(names), std::move(children));
  }

  void at(std::uint32_t instruction) {
    machine_.at(instruction);
    make_.at(first_ + instruction);
  }

  // Where what goes back to the start of a loop ends up: behind all instructions.
  std::uint32_t end_of_body(std::uint32_t for_iter) const {
    return static_cast<std::uint32_t>(instructions_.size()) + for_iter;
  }
  std::uint32_t destination(std::uint32_t from) const {
    const std::uint32_t target = instructions_[from].target;
    return target > from ? target : end_of_body(target);
  }

  // Runs up to the instruction `until`, or, when that is kNowhere, to a return, whose value it gives.
  TreeIndex execute(State& state, std::uint32_t from, std::uint32_t until) {
    for (std::uint32_t here = from; here != until;) {
      at(here);
      if (here >= instructions_.size() || here >= body_end_) {
        if (body_end_ == kNowhere) machine_.malformed("expected a return, found the end");
        make_.wrong(ErrorCode::bytecode_unsupported,
                    "the function leaves a loop before its end, by break, return or raise");
      }
      if (++shared_.steps > kMostSteps) {
        make_.wrong(ErrorCode::limit_exceeded, fmt::format("expected at most {} steps", kMostSteps));
      }
      if (make_.error()) return kNoTree;
      at(here);
      const Instruction& instruction = instructions_[here];
      switch (instruction.operation) {
        case Operation::return_const: machine_.push(state, machine_.constant(instruction.argument)); [[fallthrough]];
        case Operation::return_value: {
          const TreeIndex value = machine_.pop(state);
          if (!state.stack.empty() || state.keywords != kNoObject)
            machine_.malformed("expected one value at the return");
          if (body_end_ != kNowhere) {
            make_.wrong(ErrorCode::bytecode_unsupported, "the function returns from within a loop");
          }
          return value;
        }
        case Operation::raised: {
          TreeIndex error = kNoTree;
          for (std::uint32_t i = 0; i < instruction.argument; ++i) error = machine_.pop(state);
          return make_.error() ? kNoTree : make_.raised(error);
        }
        case Operation::reraise:
          make_.wrong(ErrorCode::bytecode_unsupported, "the function holds try or with; a lambda is one expression");
          return kNoTree;
        case Operation::jump_forward:
        case Operation::jump_absolute:
        case Operation::jump_backward: here = destination(here); break;
        case Operation::for_iter:
          loop(state, here);
          here = instruction.target;
          break;
        default:
          if (!is_branch(instruction.operation)) {
            machine_.step(state, instruction);
            ++here;
            break;
          }
          here = branch(state, here);
          if (here == kNowhere) return returned_;
      }
    }
    return kNoTree;
  }

  // What a loop changes: a variable, or a value on the stack.
  struct Carried {
    bool on_stack;
    std::size_t index;
    TreeIndex initial;
    TreeIndex name;
    std::string text;
    // Whether the name was opened for it.
    bool opened;

    TreeIndex after(const State& changed) const { return on_stack ? changed.stack[index].node : changed.locals[index]; }
  };

  struct Body {
    std::vector<bool> stored;
    bool appends = false;
    bool changes_lists = false;
  };

  Body look_at(std::uint32_t from, std::uint32_t to) const {
    Body body{.stored = std::vector<bool>(code_.variables.size() + 1, false)};
    for (std::uint32_t i = from; i < std::min<std::size_t>(to, instructions_.size()); ++i) {
      const Instruction& instruction = instructions_[i];
      const std::uint32_t argument = instruction.argument;
      switch (instruction.operation) {
        case Operation::store_fast_twice: body.stored[argument & 15] = true; [[fallthrough]];
        case Operation::store_fast_load_fast: body.stored[argument >> 4] = true; break;
        case Operation::store_fast:
        case Operation::delete_fast: body.stored[argument] = true; break;
        case Operation::store_deref: body.stored[code_.first_deref + argument] = true; break;
        case Operation::yield_value: body.stored[machine_.yielded()] = true; break;
        case Operation::list_append: body.appends = true; break;
        case Operation::load_attr:
        case Operation::load_method: {
          const bool flagged = instruction.operation == Operation::load_attr && shared_.version >= Version::py3_12;
          const std::string_view name = code_.names[flagged ? argument >> 1 : argument];
          body.changes_lists = body.changes_lists || name == "append" || name == "extend";
          break;
        }
        default: break;
      }
    }
    return body;
  }

  // "i" where the item is stored under that name at once.
  std::string_view name_of_item(std::uint32_t first) const {
    const Instruction& next = instructions_[first];
    switch (next.operation) {
      case Operation::store_fast: return code_.variables[next.argument].name;
      case Operation::store_deref: return code_.variables[code_.first_deref + next.argument].name;
      case Operation::store_fast_load_fast: return code_.variables[next.argument >> 4].name;
      default: return "item";
    }
  }

  // What a loop carries from turn to turn: in `changed`, names stand for it.
  std::vector<Carried> carried_by(const State& state, const Body& body, State& changed) {
    std::vector<Carried> carried;
    const auto carry = [&](bool on_stack, std::size_t index, TreeIndex initial, std::string_view wanted) {
      const std::string name = wanted.empty() ? std::string(kAccumulator) : shared_.naming.open(wanted);
      const TreeIndex node = wanted.empty() ? make_.accumulator() : make_.name(name);
      if (make_.is_own_list(initial)) machine_.own_list(node);
      (on_stack ? changed.stack[index].node : changed.locals[index]) = node;
      carried.push_back({on_stack, index, initial, node, name, !wanted.empty()});
    };
    for (std::size_t i = 0; i < state.stack.size(); ++i) {
      const TreeIndex node = state.stack[i].node;
      if (!body.appends || node == kNoTree || state.stack[i].function != 0) continue;
      const bool accumulates = make_[node].kind == TreeNode::Kind::list ||
                               (make_[node].kind == TreeNode::Kind::name && make_[node].text == kAccumulator);
      if (accumulates) carry(true, i, node, "");
    }
    for (std::size_t i = 0; i < state.locals.size(); ++i) {
      if (state.locals[i] == kNoTree) continue;
      const bool generated = i == machine_.yielded();
      const TreeIndex value = generated ? state.locals[i] : machine_.value_of_local(state, i);
      if (!body.stored[i] && !(body.changes_lists && make_.is_own_list(value))) continue;
      carry(false, i, value, generated ? "" : code_.variables[i].name);
    }
    return carried;
  }

  // Runs the body once on `changed`.
  void run_body(State& changed, const State& state, const Body& body, std::uint32_t here) {
    const std::vector<bool> captured = machine_.captured();
    const std::uint32_t outer_end = std::exchange(body_end_, instructions_[here].target);
    static_cast<void>(execute(changed, here + 1, end_of_body(here)));
    body_end_ = outer_end;
    at(here);
    if (make_.error()) return;
    static_cast<void>(machine_.pop(changed));
    if (changed.stack.size() != state.stack.size()) machine_.malformed("expected a loop to leave the stack as it was");
    for (std::size_t i = 0; i < captured.size(); ++i) {
      if (!captured[i] && machine_.captured()[i] && body.stored[i]) {
        make_.wrong(ErrorCode::bytecode_unsupported, "an inner function reads a variable that a loop changes");
      }
    }
  }

  // The loop as a node: the names of the item and of what is carried; over what, from what, and what a turn makes of
  // it.
  TreeIndex loop_node(const State& changed, const std::vector<Carried>& carried, std::string item, TreeIndex iterable) {
    std::vector<std::string> names = {std::move(item)};
    std::vector<TreeIndex> children = {iterable};
    for (const Carried& value : carried) names.push_back(value.text);
    for (const Carried& value : carried) children.push_back(value.initial);
    for (const Carried& value : carried) {
      if (value.after(changed) == kNoTree) {
        make_.wrong(ErrorCode::bytecode_unsupported, "a loop deletes a variable");
        return kNoTree;
      }
      children.push_back(value.after(changed));
    }
    return make_.loop(std::move(names), std::move(children));
  }

  // Runs the body once, on names for what it changes.
  void loop(State& state, std::uint32_t here) {
    if (++shared_.scopes > kMostScopes || ++shared_.depth > kMostDepth) {
      make_.wrong(ErrorCode::limit_exceeded,
                  fmt::format("expected at most {} functions and loops inside, {} deep", kMostScopes, kMostDepth));
    }
    const TreeIndex iterable = machine_.pop(state);
    const Body body = look_at(here + 1, instructions_[here].target);
    State changed = state;
    std::vector<Carried> carried = carried_by(state, body, changed);
    const auto opened = static_cast<std::size_t>(std::ranges::count(carried, true, &Carried::opened));
    const std::string item = shared_.naming.open(name_of_item(here + 1));
    machine_.push(changed, Slot{iterable});
    machine_.push(changed, Slot{make_.name(item)});
    run_body(changed, state, body, here);
    if (make_.error()) return;
    // Lists on the stack that are another loop's.
    std::erase_if(carried, [&](const Carried& value) { return value.on_stack && value.after(changed) == value.name; });
    const TreeIndex made = loop_node(changed, carried, item, iterable);
    if (made == kNoTree) return;
    for (std::size_t i = 0; i < body.stored.size(); ++i) {
      if (body.stored[i]) state.locals[i] = kNoTree;
    }
    for (std::size_t i = 0; i < carried.size(); ++i) {
      const TreeIndex value = make_.item(made, static_cast<std::int64_t>(i));
      (carried[i].on_stack ? state.stack[carried[i].index].node : state.locals[carried[i].index]) = value;
    }
    shared_.naming.close(opened + 1);
    --shared_.depth;
  }

  // Both ways up to where they meet, and there one state; kNowhere when both return, with the value in returned_.
  std::uint32_t branch(State& state, std::uint32_t here) {
    const Instruction& instruction = instructions_[here];
    const Operation operation = instruction.operation;
    if (++shared_.branches > kMostBranches) {
      make_.wrong(ErrorCode::limit_exceeded, fmt::format("expected at most {} branches", kMostBranches));
      return kNowhere;
    }
    if (meeting_.empty()) meeting_ = meeting_points(instructions_);
    const Slot popped = machine_.pop_slot(state);
    TreeIndex condition = machine_.value_of(popped);
    if (make_.error()) return kNowhere;
    const bool none = operation == Operation::jump_if_none || operation == Operation::jump_if_not_none;
    if (none) {
      // The way that does not jump is what the source spells first.
      condition =
          make_.comparison(operation == Operation::jump_if_none ? "is not" : "is", condition, make_.literal(Value()));
    }
    const bool negated = operation == Operation::jump_if_true || operation == Operation::jump_if_true_or_pop;
    State jumped = state;
    if (operation == Operation::jump_if_false_or_pop || operation == Operation::jump_if_true_or_pop) {
      jumped.stack.push_back(popped);
    }
    const std::uint32_t meeting = meeting_[here];
    const TreeIndex then = execute(state, here + 1, meeting);
    const TreeIndex otherwise = execute(jumped, destination(here), meeting);
    if (make_.error()) return kNowhere;
    at(here);
    if (meeting == kNowhere) {
      returned_ = make_.conditional(condition, negated, then, otherwise);
    } else {
      machine_.merge(state, jumped, condition, negated);
    }
    return meeting;
  }

  const Code& code_;
  std::span<const Instruction> instructions_;
  Shared& shared_;
  Builder& make_;
  // The number that the builder knows the first instruction by.
  std::size_t first_;
  SymbolicStack machine_;
  std::vector<std::uint32_t> meeting_;
  TreeIndex returned_ = kNoTree;
  // What is behind the innermost loop that is being run.
  std::uint32_t body_end_ = kNowhere;
};

}  // namespace

Result<Tree> execute(const Code& code, Version version, std::span<const Instruction> instructions,
                     const Limits& limits) {
  Shared shared{.make = Builder(*code.objects, instructions.size()), .naming = Naming(code), .version = version};
  return AbstractInterpreter(code, instructions, shared).run(limits);
}

}  // namespace revive::python
