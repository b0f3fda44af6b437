// Draws for the tests of ops: every choice from a random number generator.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>

#include "revive/model/graph/op.h"
#include "revive/model/graph/op_draw.h"
#include "revive/model/ops/operand.h"

namespace revive::testing {

class RandomDraw final : public OpDraw {
 public:
  RandomDraw(std::mt19937& random, DrawnValue x, std::span<const DrawnValue> values, bool tame)
      : OpDraw(std::move(x)), random_(random), values_(values), tame_(tame) {}

  std::int64_t integer(std::int64_t low, std::int64_t high) override {
    EXPECT_LE(low, high);
    return low + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(high - low + 1));
  }
  std::size_t alternative(std::size_t count) override {
    return static_cast<std::size_t>(integer(0, static_cast<std::int64_t>(count) - 1));
  }
  bool flag() override { return random_() % 2 == 0; }
  double number() override { return tame_ ? 0.25 : std::array<double, 4>{NAN, 1e300, -0.0, 0.5}[random_() % 4]; }
  Tensor array(DType dtype, const Dims& dims) override {
    Tensor ids(DType::int32, dims);
    for (auto& id : ids.data<std::int32_t>()) id = static_cast<std::int32_t>(random_() % 9);
    return cast(ids, dtype);
  }
  std::optional<NodeRef> value(const Fits& fits) override {
    std::vector<NodeRef> fitting;
    for (const DrawnValue& value : values_) {
      if (fits(value)) fitting.push_back(value.ref);
    }
    if (fitting.empty()) return std::nullopt;
    return fitting[random_() % fitting.size()];
  }
  bool tame() const override { return tame_; }

 private:
  std::mt19937& random_;
  std::span<const DrawnValue> values_;
  bool tame_;
};

// An input of any dtype and rank that ops are drawn for; some axes are unknown when the graph is built.
inline DrawnValue random_input(std::mt19937& random) {
  DrawnValue x;
  do {
    x.type.dtype = kDTypes[random() % kDTypes.size()];
  } while (!ops::computes(x.type.dtype));
  x.type.shape = {random() % 4 == 0 ? 2 : kUnknown};
  x.probe = {2};
  const std::size_t rank = 1 + random() % kMostDrawnRank;
  // Some ops take square matrices alone.
  const bool has_equal_axes = random() % 2 == 0;
  while (x.probe.size() < rank) {
    const auto length = static_cast<std::int64_t>(1 + random() % 4);
    x.probe.push_back(has_equal_axes && x.probe.size() > 1 ? x.probe.back() : length);
    x.type.shape.push_back(random() % 4 == 0 ? kUnknown : x.probe.back());
  }
  return x;
}

// One of the values, of those that the op applies to if a few tries find one.
inline const DrawnValue& value_for(const OpClass& op, std::span<const DrawnValue> values, std::mt19937& random) {
  constexpr int kTries = 8;
  const DrawnValue* x = nullptr;
  for (int i = 0; i < kTries && (x == nullptr || (op.applies != nullptr && !op.applies(*x))); ++i) {
    x = &values[random() % values.size()];
  }
  return *x;
}

// REQUIRES: op.applies(draw.x()).
inline Node drawn_node(const OpClass& op, OpDraw& draw) {
  Node node{&op, std::vector<Argument>(op.parameters.size(), Argument(draw.x().ref)), {}};
  for (const OpSetting& setting : op.settings) node.settings.push_back(setting.fallback);
  op.draw(draw, node);
  return node;
}

}  // namespace revive::testing
