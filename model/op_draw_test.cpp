// Whatever an op draws is a node that fits.
#include "model/op_draw.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <random>

#include "model/op.h"

namespace revive {
namespace {

class RandomDraw final : public OpDraw {
 public:
  RandomDraw(std::mt19937& random, DrawnValue x, std::span<const DrawnValue> values, bool tame)
      : OpDraw(std::move(x)), random_(random), values_(values), tame_(tame) {}

  std::int64_t integer(std::int64_t low, std::int64_t high) override {
    EXPECT_LE(low, high);
    return low + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(high - low + 1));
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

class OpDrawTest : public testing::Test {
 protected:
  DrawnValue input() {
    DrawnValue x;
    x.type.dtype = std::array{DType::float32, DType::int32, DType::boolean}[random_() % 3];
    x.type.shape = {kUnknown};
    x.probe = {2};
    const std::size_t rank = 1 + random_() % kMostDrawnRank;
    while (x.probe.size() < rank) {
      x.probe.push_back(static_cast<std::int64_t>(1 + random_() % 4));
      x.type.shape.push_back(random_() % 4 == 0 ? kUnknown : x.probe.back());
    }
    return x;
  }

  std::mt19937 random_{5};
};

TEST_F(OpDrawTest, EveryOpHasOne) {
  for (const OpClass* op : all_ops()) EXPECT_NE(op->draw, nullptr) << op->class_name;
}

TEST_F(OpDrawTest, WhatIsDrawnFitsAsBuiltAndAsRun) {
  constexpr int kCases = 20'000;
  constexpr std::size_t kMostNodes = 6;
  std::map<const OpClass*, int> drawn;
  for (int round = 0; round < kCases; ++round) {
    std::vector<DrawnValue> values = {input()};
    std::vector<Node> nodes;
    for (std::size_t i = 0; i < kMostNodes; ++i) {
      const DrawnValue x = values[random_() % values.size()];
      const OpClass* const op = all_ops()[random_() % all_ops().size()];
      if (op->draw == nullptr || (op->applies != nullptr && !op->applies(x))) continue;
      Node node{op, std::vector<Argument>(op->parameters.size(), Argument(x.ref)), {}};
      for (const OpSetting& setting : op->settings) node.settings.push_back(setting.fallback);
      RandomDraw draw(random_, x, values, round % 2 == 0);
      op->draw(draw, node);
      nodes.push_back(std::move(node));
      ++drawn[op];

      const auto graph = Graph::make(nodes, {nodes.size()});
      ASSERT_TRUE(graph) << graph.error().text();
      const auto built = graph->infer(values[0].type);
      ASSERT_TRUE(built) << graph->to_text() << " of " << to_string(values[0].type.shape) << ": "
                         << built.error().text();
      const auto result = graph->evaluate(Tensor(values[0].type.dtype, values[0].probe));
      ASSERT_TRUE(result) << graph->to_text() << " of " << to_string(values[0].probe) << ": " << result.error().text();
      ASSERT_EQ(result->dtype(), built->back().dtype);
      ASSERT_TRUE(built->back().shape.admits(result->dims()))
          << graph->to_text() << ": " << to_string(built->back().shape) << " against " << to_string(result->dims());
      ASSERT_LE(result->rank(), kMostDrawnRank);
      ASSERT_GT(result->size(), 0u) << graph->to_text();
      ASSERT_LE(drawn_elements(result->dims()), kMostDrawnElements) << graph->to_text();
      values.push_back({{nodes.size()}, built->back(), result->dims()});
    }
  }
  for (const OpClass* op : all_ops()) EXPECT_GE(drawn[op], 100) << op->class_name;
}

}  // namespace
}  // namespace revive
