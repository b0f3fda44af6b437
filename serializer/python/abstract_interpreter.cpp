#include "revive/serializer/python/abstract_interpreter.h"

#include <fmt/format.h>

#include "revive/serializer/python/builder.h"
#include "revive/serializer/python/post_dominators.h"
#include "revive/serializer/python/symbolic_stack.h"

namespace revive::python {
namespace {

class AbstractInterpreter {
 public:
  AbstractInterpreter(const Code& code, Version version, std::span<const Instruction> instructions)
      : instructions_(instructions), make_(code.objects, instructions.size()), machine_(code, version, make_) {}

  Result<Tree> run(const Limits& limits) {
    std::vector<Tree::Parameter> parameters;
    State state = machine_.start(parameters);
    const TreeIndex body = execute(state, 0, kNowhere);
    return make_.finish(body, std::move(parameters), limits);
  }

 private:
  // Runs up to the instruction `until`, or, when that is kNowhere, to a return, whose value it gives.
  TreeIndex execute(State& state, std::uint32_t from, std::uint32_t until) {
    for (std::uint32_t at = from; at != until;) {
      machine_.at(at);
      if (at >= instructions_.size()) machine_.malformed("expected a return, found the end");
      if (++steps_ > kMostSteps) {
        make_.wrong(ErrorCode::limit_exceeded, fmt::format("expected at most {} steps", kMostSteps));
      }
      if (make_.error()) return kNoTree;
      make_.at(at);
      const Instruction& instruction = instructions_[at];
      switch (instruction.operation) {
        case Operation::return_const: machine_.push(state, machine_.constant(instruction.argument)); [[fallthrough]];
        case Operation::return_value: {
          const TreeIndex value = machine_.pop(state);
          if (!state.stack.empty() || state.keywords != kNoObject)
            machine_.malformed("expected one value at the return");
          return value;
        }
        case Operation::jump_forward:
        case Operation::jump_absolute: at = instruction.target; break;
        default:
          if (!is_branch(instruction.operation)) {
            machine_.step(state, instruction);
            ++at;
            break;
          }
          at = branch(state, at);
          if (at == kNowhere) return returned_;
      }
    }
    return kNoTree;
  }

  // Both ways up to where they meet, and there one state; kNowhere when both return, with the value in returned_.
  std::uint32_t branch(State& state, std::uint32_t at) {
    const Instruction& instruction = instructions_[at];
    const Operation operation = instruction.operation;
    if (++branches_ > kMostBranches) {
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
    const std::uint32_t meeting = meeting_[at];
    const TreeIndex then = execute(state, at + 1, meeting);
    const TreeIndex otherwise = execute(jumped, instruction.target, meeting);
    if (make_.error()) return kNowhere;
    machine_.at(at);
    make_.at(at);
    if (meeting == kNowhere) {
      returned_ = make_.conditional(condition, negated, then, otherwise);
    } else {
      machine_.merge(state, jumped, condition, negated);
    }
    return meeting;
  }

  std::span<const Instruction> instructions_;
  Builder make_;
  SymbolicStack machine_;
  std::vector<std::uint32_t> meeting_;
  TreeIndex returned_ = kNoTree;
  std::size_t steps_ = 0;
  std::size_t branches_ = 0;
};

}  // namespace

Result<Tree> execute(const Code& code, Version version, std::span<const Instruction> instructions,
                     const Limits& limits) {
  return AbstractInterpreter(code, version, instructions).run(limits);
}

}  // namespace revive::python
