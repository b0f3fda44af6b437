// What is drawn for every op, in ranges, and what its row says of its results. After a change that is meant:
//
//     REVIVE_WRITE_SENTENCES=1 build/release/model/model_test --gtest_filter='OpDraws.*'
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>

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

}  // namespace
}  // namespace revive::testing
