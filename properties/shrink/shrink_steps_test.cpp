// How the shrinker gets where it gets, in steps.txt: from many starts the simplest case, and how many cases that took.
// A step that is lost is made up for by others, later. After a change that is meant:
//
//     REVIVE_WRITE_SENTENCES=1 build/release/properties/properties_test --gtest_filter='ShrinkSteps.*'
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "revive/model/testing/recorded.h"
#include "revive/properties/shrink/shrink.h"
#include "revive/properties/testing/toy.h"

namespace revive::properties {
namespace {

using toy::Item;
using toy::Items;
using toy::Kind;

std::size_t of_kind(const Items& items, Kind kind) {
  const auto all = toy::all_items(items);
  return static_cast<std::size_t>(std::ranges::count(all, kind, [](const Item* item) { return item->kind; }));
}

int depth_of(const Items& items) {
  int depth = 0;
  for (const Item& item : items) depth = std::max(depth, item.kind == Kind::group ? 1 + depth_of(item.items) : 0);
  return depth;
}

struct Failure {
  const char* name;
  bool (*fails)(const Items& items);
};
constexpr Failure kFailures[] = {
    {"two groups", [](const Items& items) { return of_kind(items, Kind::group) > 1; }},
    {"groups in groups", [](const Items& items) { return depth_of(items) > 1; }},
    {"numbers in order",
     [](const Items& items) {
       std::uint64_t last = 300;
       for (const Item* item : toy::all_items(items)) {
         if (item->kind != Kind::number) continue;
         if (last < item->a && last > 40) return true;
         last = item->a;
       }
       return false;
     }},
    {"a pair of one sum",
     [](const Items& items) {
       for (const Item* item : toy::all_items(items)) {
         if (item->kind == Kind::pair && item->a + item->b == 47) return true;
       }
       return false;
     }},
    {"a real over 2.25",
     [](const Items& items) {
       for (const Item* item : toy::all_items(items)) {
         if (item->kind == Kind::real && item->real > 2.25) return true;
       }
       return false;
     }},
    {"as many reals as pairs",
     [](const Items& items) {
       return of_kind(items, Kind::real) > 1 && of_kind(items, Kind::real) == of_kind(items, Kind::pair);
     }},
};

TEST(ShrinkSteps, AreAsRecorded) {
  constexpr std::uint64_t kSeeds = 400;
  constexpr std::size_t kStarts = 6;
  for (const Failure& failure : kFailures) {
    std::size_t starts = 0;
    for (std::uint64_t seed = 0; seed < kSeeds && starts < kStarts; ++seed) {
      Choices choices = Choices::random(seed);
      if (!failure.fails(toy::generate(choices))) continue;
      ++starts;
      const auto values = choices.recording().values();
      for (const std::size_t tries : {std::size_t{2'000}, std::size_t{20}}) {
        const ShrinkResult result = shrink(values, toy::generate, failure.fails, {.tries = tries});
        Choices replay = Choices::replay(result.recording.values());
        expect_recorded(
            "properties/shrink/steps.txt", fmt::format("{} {:02} {}", failure.name, seed, tries),
            fmt::format("{}, {} tries, {} runs{}{}", toy::to_string(toy::generate(replay)), result.tries, result.runs,
                        result.reproduced ? "" : ", not reproduced", result.budget_spent ? ", budget spent" : ""));
      }
    }
    EXPECT_GT(starts, 1U) << failure.name;
  }
}

}  // namespace
}  // namespace revive::properties
