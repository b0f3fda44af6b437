// What is drawn for every op, in ranges, and what its row says of its results. After a change that is meant:
//
//     REVIVE_WRITE_SENTENCES=1 build/release/model/model_test --gtest_filter='OpDraws.*'
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "revive/model/lambda/graph_testing.h"
#include "revive/model/ops/random_draw.h"
#include "revive/model/testing/said.h"
#include "revive/model/testing/seen_values.h"

namespace revive::testing {
namespace {

Value kind_of(const Argument& argument) {
  if (const auto* const value = argument.get<Value>()) return *value;
  if (const auto* const array = argument.get<Tensor>()) return "array of rank " + std::to_string(array->rank());
  if (argument.get<NodeRef>() != nullptr) return "tensor";
  if (argument.get<Slice>() != nullptr) return "slice";
  if (const auto* const list = argument.get<Argument::List>()) return fmt::format("list of {}", list->size());
  return "...";
}

std::string about(const OpClass& op) {
  std::string said = fmt::format("{}.{}; ", op.module, op.class_name);
  if (!op.symbol.empty()) said += fmt::format("as {} {}; ", static_cast<int>(op.syntax), op.symbol);
  if (!op.since.empty()) said += fmt::format("since {}; ", op.since);
  if (op.variadic) said += "variadic; ";
  if (op.optional_parameters > 0) said += fmt::format("{} optional; ", op.optional_parameters);
  if (op.joins_behind) said += fmt::format("joins behind {}; ", *op.joins_behind);
  if (op.numerics.exact) said += "exact; ";
  if (op.numerics.discontinuous) said += "discontinuous; ";
  if (op.numerics.unstable) said += "unstable; ";
  const RealInterval& domain = op.numerics.domain;
  if (!domain.everything()) said += fmt::format("from {} to {}; ", domain.low, domain.high);
  for (const OpSetting& setting : op.settings) {
    said += fmt::format("{}={}{}; ", setting.name, setting.fallback.brief(),
                        setting.since.empty() ? "" : fmt::format(" since {}", setting.since));
  }
  return said;
}

TEST(OpDraws, AreAsRecorded) {
  constexpr unsigned kDraws = 400;
  Recorded recorded;
  for (const OpClass* op : all_ops()) {
    std::map<std::string, SeenValues> seen;
    std::uint64_t sum = 0;
    for (unsigned seed = 0; seed < kDraws && op->draw != nullptr; ++seed) {
      std::mt19937 random(seed);
      const DrawnValue x = random_input(random);
      if (op->applies != nullptr && !op->applies(x)) continue;
      RandomDraw draw(random, x, std::span(&x, 1), seed % 2 == 0);
      const Node node = drawn_node(*op, draw);
      for (const Argument& argument : node.arguments) sum += hash_of(told(argument));
      for (const Value& setting : node.settings) sum += hash_of(setting.brief());
      for (std::size_t i = 0; i < node.arguments.size(); ++i) {
        seen[fmt::format("{} {}", i, op->parameters[i])].add(kind_of(node.arguments[i]));
      }
      for (std::size_t i = 0; i < node.settings.size(); ++i) {
        seen[fmt::format("{}", op->settings[i].name)].add(node.settings[i]);
      }
    }
    std::string& said = recorded[std::string(op->function)];
    said = about(*op);
    for (const auto& [what, values] : seen) said += fmt::format("{}: {}; ", what, values.text());
    said += fmt::format("{:016x}", sum);
  }
  expect_recorded_if_there("model/ops/draws.txt", std::move(recorded));
}

TEST(OpDraws, EveryOpIsFoundByWhatIsRecordedAndByEachOfItsNames) {
  // What is recorded under a name that no op has any more would otherwise be held to nothing.
  for (const auto& [name, line] : read_recorded("model/ops/draws.txt")) {
    EXPECT_NE(find_op_function(name.substr(0, name.find(' '))), nullptr) << name;
  }
  for (const OpClass* const op : all_ops()) {
    EXPECT_EQ(find_op_function(op->function), op) << op->function;
    EXPECT_EQ(find_op_class(op->module, op->class_name), op) << op->function;
    if (!op->symbol.empty()) {
      EXPECT_EQ(find_op_symbol(op->syntax, op->symbol), op) << op->function;
    }
  }
  EXPECT_EQ(find_op_function(""), nullptr);
  EXPECT_EQ(find_op_function("Add"), nullptr);
  EXPECT_EQ(find_op_class("keras.src.ops.numpy", ""), nullptr);
  EXPECT_EQ(find_op_class("", "Add"), nullptr);
  EXPECT_EQ(find_op_symbol(OpClass::Syntax::prefix, "+"), nullptr);
  EXPECT_EQ(find_op_symbol(OpClass::Syntax::infix, ""), nullptr);
}

// x, and values that differ from it in one thing: an axis that is longer, unknown or 1, two that are swapped, one more
// or less, and another dtype. They stand in for one another as an op's other operands.
std::vector<DrawnValue> values_beside(const DrawnValue& x) {
  std::vector<DrawnValue> values = {x};
  const auto add = [&](DrawnValue value) {
    value.ref = NodeRef{values.size()};
    values.push_back(std::move(value));
  };
  for (std::size_t axis = 1; axis < x.probe.size(); ++axis) {
    for (const std::int64_t length : {x.probe[axis] + 1, std::int64_t{1}, kMostDrawnElements}) {
      DrawnValue other = x;
      other.probe[axis] = length;
      other.type.shape[axis] = length;
      add(std::move(other));
    }
    DrawnValue open = x;
    open.type.shape[axis] = kUnknown;
    add(std::move(open));
    if (axis == 1) continue;
    DrawnValue swapped = x;
    std::swap(swapped.probe[axis], swapped.probe[axis - 1]);
    std::swap(swapped.type.shape[axis], swapped.type.shape[axis - 1]);
    add(std::move(swapped));
  }
  DrawnValue longer = x;
  longer.probe.push_back(2);
  longer.type.shape.push_back(2);
  add(std::move(longer));
  if (x.probe.size() > 1) {
    DrawnValue shorter = x;
    shorter.probe.pop_back();
    shorter.type.shape = Shape(Dims(x.type.shape.axes().begin(), x.type.shape.axes().end() - 1));
    add(std::move(shorter));
  }
  for (const DType dtype : {DType::int32, DType::boolean, DType::float32, DType::float64}) {
    DrawnValue other = x;
    other.type.dtype = dtype;
    add(std::move(other));
  }
  return values;
}

TEST(OpDraws, BesideOtherValuesAreAsRecorded) {
  constexpr unsigned kDraws = 200;
  Recorded recorded;
  for (const OpClass* op : all_ops()) {
    std::uint64_t sum = 0;
    std::set<std::size_t> used;
    for (unsigned seed = 0; seed < kDraws && op->draw != nullptr; ++seed) {
      std::mt19937 random(seed);
      const DrawnValue x = random_input(random);
      if (op->applies != nullptr && !op->applies(x)) continue;
      const std::vector<DrawnValue> values = values_beside(x);
      RandomDraw draw(random, x, values, seed % 2 == 0);
      const Node node = drawn_node(*op, draw);
      for (const Argument& argument : node.arguments) {
        sum += hash_of(told(argument));
        if (const auto* const ref = argument.get<NodeRef>()) used.insert(ref->index);
      }
    }
    recorded[std::string(op->function)] = fmt::format("{} values as an operand; {:016x}", used.size(), sum);
  }
  expect_recorded_if_there("model/ops/draws_beside_others.txt", std::move(recorded));
}

}  // namespace
}  // namespace revive::testing
