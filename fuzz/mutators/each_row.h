// For tests of tables of mutations: each row changes what it is given, and keeps its promise.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revive/fuzz/mutators/pinned.h"
#include "revive/fuzz/mutators/row.h"

namespace revive::fuzz {

// What a row made of an input.
template <typename T>
struct Step {
  T before;
  T after;
  bool changed = false;
  // All of what is after, as any text.
  std::string text = {};
};

// Whether mutants are listed by what they are (pinned.h).
enum class Mutants : std::uint8_t { pinned, follow_the_classes };

template <typename T>
struct RowPromise {
  std::string_view name;
  // How many of 100 inputs are changed at least.
  int least = 0;
  // What holds of every step that changes something.
  std::function<bool(const T& before, const T& after)> kept;
  Mutants mutants = Mutants::pinned;
};

// Each row, in the order of the promises, keeps to its one; `off`, which does nothing, changes nothing. `try_row` gives
// the Step of a row with some input that it draws.
template <typename T, typename AnyRow, typename TryRow>
void expect_each_row_changes(const std::string& table, std::span<const AnyRow> rows, decltype(AnyRow::change) off,
                             const std::vector<RowPromise<T>>& promises, const TryRow& try_row) {
  constexpr std::uint64_t kSeeds = 300;
  ASSERT_EQ(rows.size(), promises.size()) << "each row has a promise";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    SCOPED_TRACE(std::string(promises[i].name));
    ASSERT_EQ(rows[i].name, promises[i].name);
    EXPECT_GT(promises[i].least, 0);
    std::uint64_t changed = 0;
    std::string made;
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
      Random random(seed);
      const Step<T> step = try_row(rows[i], random);
      changed += step.changed ? 1 : 0;
      made += step.text + '\n';
      ASSERT_TRUE(!step.changed || promises[i].kept(step.before, step.after)) << "seed " << seed << ": " << step.text;
    }
    EXPECT_GE(100 * changed, kSeeds * static_cast<std::uint64_t>(promises[i].least)) << "of " << kSeeds;
    const std::string name = table + "." + std::string(rows[i].name);
    if (promises[i].mutants == Mutants::pinned) {
      expect_pinned(name, made);
    } else {
      expect_listed(name, "-");
    }
    AnyRow nothing = rows[i];
    nothing.change = off;
    for (std::uint64_t seed = 0; seed < kSeeds / 10; ++seed) {
      Random random(seed);
      ASSERT_FALSE(try_row(nothing, random).changed) << "it is not the row that changes something";
    }
  }
}

// Each row of a table comes up as often as its weight says.
template <typename AnyRow>
void expect_rows_come_up(std::span<const AnyRow> rows) {
  constexpr std::uint64_t kDrawsForOne = 400;
  std::uint64_t sum = 0;
  for (const AnyRow& row : rows) sum += row.weight;
  std::vector<std::uint64_t> drawn(rows.size());
  Random random(1);
  for (std::uint64_t i = 0; i < kDrawsForOne * sum; ++i) {
    ++drawn[static_cast<std::size_t>(&draw_row(rows, random) - rows.data())];
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double expected = static_cast<double>(kDrawsForOne * rows[i].weight);
    EXPECT_NEAR(static_cast<double>(drawn[i]), expected, 0.25 * expected) << rows[i].name;
  }
}

}  // namespace revive::fuzz
