// Sixty-four more layer classes, spread over the families: one more class takes its odds from its own family alone, so
// every share of the distribution holds, and what goes wrong in one class alone is still found.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include "revive/model/declare.h"
#include "revive/model/layers/table.h"
#include "revive/model/registry.h"
#include "revive/properties/faults/detection.h"
#include "revive/properties/faults/fault.h"
#include "revive/properties/generate/distribution.h"
#include "revive/properties/generate/generate.h"

namespace revive::properties {
namespace {

constexpr std::size_t kStandIns = 64;

// A layer that does nothing, for families of which there is none yet.
struct Nothing {
  std::int64_t level = 0;

  Result<Built> build(const Shape& input) const { return Built{input}; }
  Result<Tensor> call(const Tensor& x, const CallContext&) const { return x; }
};

LayerClass nothing_class(Family family) {
  return declare<Nothing>("Nothing", family)
      .field("level", &Nothing::level)
      .passes_mask()
      .draw([](LayerDraw& draw, Nothing& layer) { layer.level = draw.integer(0, 8); })
      .layer();
}

// The built-in classes once more under other names, as often as it takes; the stack and the lambda are one of a kind.
void register_stand_ins() {
  std::size_t registered = 0;
  for (int copy = 0; registered < kStandIns; ++copy) {
    std::vector<LayerClass> classes = built_in_layer_classes();
    classes.push_back(nothing_class(Family::wrapper));
    classes.push_back(nothing_class(Family::preprocessing));
    for (LayerClass& each : classes) {
      if (!each.stands_in_stacks() || each.is_stack || each.holds_lambda || registered == kStandIns) continue;
      each.name = fmt::format("crowd>{}{}{}", each.name, name_of(each.family), copy);
      each.module = "crowd";
      ASSERT_TRUE(register_layer_class(std::move(each)));
      ++registered;
    }
  }
}

class Crowd : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { register_stand_ins(); }
};

TEST_F(Crowd, MovesNoShareOfTheDistribution) {
  constexpr int kCases = 1000;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Distribution distribution;
    Random seeds(seed);
    for (int i = 0; i < kCases; ++i) {
      Choices choices = Choices::random(seeds.next(), i % (Choices::kFullSize + 1));
      const auto made = generate_case(choices);
      ASSERT_TRUE(made) << made.error().text();
      distribution.add(*made);
    }
    EXPECT_EQ(distribution.missed(), std::nullopt) << "seed " << seed;
  }
}

// As `revive faults` promises it of the classes there are.
TEST_F(Crowd, HidesNoFault) {
  constexpr std::uint64_t kMostMedianCases = 50;
  constexpr std::size_t kMostLayers = 2;
  const auto faults = all_faults();
  std::vector<Detection> found(faults.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < faults.size(); i = next++) {
      const std::string folder = fmt::format("{}crowd_{}", ::testing::TempDir(), i);
      std::filesystem::create_directory(folder);
      found[i] = detect(faults[i].subject(), 1, folder, faults[i].expected.classes);
      std::filesystem::remove_all(folder);
    }
  };
  {
    const std::jthread other(work);
    work();
  }
  std::vector<std::uint64_t> cases;
  for (std::size_t i = 0; i < faults.size(); ++i) {
    EXPECT_TRUE(found[i].found()) << faults[i].name;
    EXPECT_LE(found[i].layers, kMostLayers) << faults[i].name;
    cases.push_back(found[i].cases);
  }
  std::ranges::nth_element(cases, cases.begin() + static_cast<std::ptrdiff_t>(cases.size() / 2));
  EXPECT_LE(cases[cases.size() / 2], kMostMedianCases);
}

}  // namespace
}  // namespace revive::properties
