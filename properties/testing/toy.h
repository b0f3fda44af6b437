// A small generator for the tests of the choice machinery: lists of items of several kinds, nested and with fields.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "revive/properties/choices/choices.h"

namespace revive::properties::toy {

enum class Kind : std::uint8_t { number, pair, real, group };

struct Item {
  Kind kind = Kind::number;
  std::uint64_t a = 0;      // number: [0, 255]; pair: [0, 60]
  std::uint64_t b = 0;      // pair: [0, 60]
  double real = 0;          // real
  std::vector<Item> items;  // group
};
using Items = std::vector<Item>;

inline constexpr SpanLabel kItem = "item";
inline constexpr std::uint64_t kNumberMax = 255;
inline constexpr std::uint64_t kPairMax = 60;
inline constexpr std::size_t kMostItems = 24;
inline constexpr int kDeepest = 3;

inline Items generate_items(Choices& choices, int depth = 0) {
  static constexpr std::array<std::uint32_t, 4> kWeights = {4, 3, 3, 2};
  Items items;
  choices.list(kItem, 0, kMostItems, [&](std::size_t) {
    Item item;
    item.kind = static_cast<Kind>(choices.pick(
        kWeights, [&](std::size_t id) { return depth < kDeepest || static_cast<Kind>(id) != Kind::group; }));
    switch (item.kind) {
      case Kind::number: item.a = choices.draw(kNumberMax); break;
      case Kind::pair:
        item.a = choices.draw(kPairMax);
        item.b = choices.draw(kPairMax);
        break;
      case Kind::real: item.real = choices.float64(); break;
      case Kind::group: item.items = generate_items(choices, depth + 1); break;
    }
    items.push_back(std::move(item));
  });
  return items;
}

inline Items generate(Choices& choices) {
  return generate_items(choices);
}

// "[7, (1, 2), 0.5, [3]]"; reals by their bits where a decimal would hide something.
inline std::string to_string(const Items& items) {
  std::string text = "[";
  for (const Item& item : items) {
    if (text.size() > 1) text += ", ";
    switch (item.kind) {
      case Kind::number: text += std::to_string(item.a); break;
      case Kind::pair: text += "(" + std::to_string(item.a) + ", " + std::to_string(item.b) + ")"; break;
      case Kind::real: text += std::to_string(item.real) + "r"; break;
      case Kind::group: text += to_string(item.items); break;
    }
  }
  return text + "]";
}

// Every item, those in groups before what follows the group.
inline void flatten(const Items& items, std::vector<const Item*>& out) {
  for (const Item& item : items) {
    out.push_back(&item);
    flatten(item.items, out);
  }
}
inline std::vector<const Item*> all_items(const Items& items) {
  std::vector<const Item*> out;
  flatten(items, out);
  return out;
}

}  // namespace revive::properties::toy
