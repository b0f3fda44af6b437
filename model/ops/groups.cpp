#include "revive/model/ops/groups.h"

#include <algorithm>
#include <vector>

namespace revive {
namespace {

template <typename Predicate>
const OpClass* find_op(Predicate predicate) {
  const auto ops = all_ops();
  const auto found = std::ranges::find_if(ops, [&](const OpClass* op) { return predicate(*op); });
  return found == ops.end() ? nullptr : *found;
}

}  // namespace

std::span<const OpClass* const> all_ops() {
  static const std::vector<const OpClass*> ops = [] {
    std::vector<const OpClass*> all;
    for (const auto group : ops::kGroups) {
      for (const OpClass& op : group()) all.push_back(&op);
    }
    return all;
  }();
  return ops;
}

const OpClass* find_op_class(std::string_view module, std::string_view class_name) {
  return find_op([&](const OpClass& op) { return op.class_name == class_name && op.module == module; });
}

const OpClass* find_op_function(std::string_view function) {
  return find_op([&](const OpClass& op) { return op.function == function; });
}

const OpClass* find_op_symbol(OpClass::Syntax syntax, std::string_view symbol) {
  return find_op([&](const OpClass& op) { return op.syntax == syntax && op.symbol == symbol; });
}

}  // namespace revive
