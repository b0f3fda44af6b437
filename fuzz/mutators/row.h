// A table of mutations: what each is called, how often it is drawn, what it does.
//
// Tables are handed to what draws from them, so that a test may look at one row alone, or leave one out.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "revive/model/base/random.h"

namespace revive::fuzz {

template <typename Result, typename... Arguments>
struct Row {
  std::string_view name;
  // Its share among the weights of the table.
  std::uint64_t weight = 0;
  Result (*change)(Arguments...) = nullptr;
};

// A row by its weight. REQUIRES: a weight that is not 0.
template <typename AnyRow>
const AnyRow& draw_row(std::span<const AnyRow> rows, Random& random) {
  std::uint64_t sum = 0;
  for (const AnyRow& row : rows) sum += row.weight;
  std::uint64_t left = random.below(sum);
  std::size_t drawn = 0;
  for (; left >= rows[drawn].weight; ++drawn) left -= rows[drawn].weight;
  return rows[drawn];
}

template <typename AnyRow, std::size_t kCount>
const AnyRow& draw_row(const std::array<AnyRow, kCount>& rows, Random& random) {
  return draw_row(std::span<const AnyRow>(rows), random);
}

}  // namespace revive::fuzz
