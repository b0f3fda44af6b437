// Every op has a definition, in one of the files named *_definitions_test.cpp.
#include "revive/model/ops/definitions.h"

namespace revive::testing {
namespace {

// Ops whose meaning is the business of another test, and why.
struct Undefined {
  std::string_view function;
  std::string_view reason;
};
constexpr Undefined kUndefined[] = {
    {"get_item", "indexing_test.cpp has Python's definition of a slice, on random keys"},
};

TEST(OpDefinitions, EveryOpHasOne) {
  for (const OpClass* const op : all_ops()) {
    const auto reason = std::ranges::find(kUndefined, op->function, &Undefined::function);
    EXPECT_NE(Defined::all().contains(op->function), reason != std::end(kUndefined))
        << op->function << " has neither a definition nor a reason, or both";
  }
  for (const std::string_view function : Defined::all()) EXPECT_NE(find_op_function(function), nullptr) << function;
  for (const Undefined& each : kUndefined) EXPECT_NE(find_op_function(each.function), nullptr) << each.function;
}

}  // namespace
}  // namespace revive::testing
