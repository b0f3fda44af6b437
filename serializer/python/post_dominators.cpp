#include "revive/serializer/python/post_dominators.h"

namespace revive::python {
namespace {

bool leaves(Operation operation) {
  return operation == Operation::return_value || operation == Operation::return_const ||
         operation == Operation::raised || operation == Operation::reraise;
}

}  // namespace

// A loop is walked through as one step, and what goes back to its start leaves its body: then all ways lead forward, so
// one pass from the end on knows all successors; Cooper, Harvey, Kennedy, "A Simple, Fast
// Dominance Algorithm", on a graph without cycles.
std::vector<std::uint32_t> meeting_points(std::span<const Instruction> instructions) {
  const auto count = static_cast<std::uint32_t>(instructions.size());
  std::vector<std::uint32_t> meeting(count, kNowhere);
  const auto common = [&](std::uint32_t a, std::uint32_t b) {
    while (a != b) {
      std::uint32_t& nearer = a < b ? a : b;
      nearer = nearer < count ? meeting[nearer] : kNowhere;
    }
    return a;
  };
  for (std::uint32_t i = count; i-- > 0;) {
    const Instruction& instruction = instructions[i];
    if (leaves(instruction.operation)) continue;
    const std::uint32_t next = i + 1 < count ? i + 1 : kNowhere;
    const std::uint32_t target = instruction.target > i ? instruction.target : count + instruction.target;
    meeting[i] = is_branch(instruction.operation) ? common(next, target)
                 : is_jump(instruction.operation) ? target
                                                  : next;
  }
  return meeting;
}

}  // namespace revive::python
