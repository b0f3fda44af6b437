// Names are labels: weights are found by the place of their layer, whatever it is called.
#include <fmt/format.h>

#include <array>

#include "revive/model/layers/input_layer.h"
#include "revive/properties/checks/case_transforms.h"
#include "revive/properties/checks/checks.h"

namespace revive::properties {
namespace {

// A layer by its place: the `number`-th of the `count` layers of its stack.
struct Place {
  const Layer& layer;
  std::size_t number;
  std::size_t count;
};

std::string default_name(const Layer& layer, std::size_t number) {
  const std::string base = snake_case(layer.layer_class().simple_name());
  return number == 0 ? base : fmt::format("{}_{}", base, number);
}

// As wide as a name may be in many file systems, and told apart by the last bytes alone.
std::string name_of_255_bytes(std::size_t number) {
  constexpr std::size_t kBytes = 255;
  return fmt::format("{:n>{}}", number, kBytes);
}

// Each is told from the others only by code points that fold, normalise or look alike; then letters of several widths.
std::string unicode_name(std::size_t number) {
  constexpr std::array<std::string_view, 8> kNames = {"\u00E9",  "e\u0301", "\u212B",     "\u00C5",
                                                      "A\u030A", "\u5C64",  "\U0001F98A", "\u202Edense"};
  const std::string_view name = kNames[number % kNames.size()];
  return number < kNames.size() ? std::string(name) : fmt::format("{}{}", name, number / kNames.size());
}

// "Layers", "lAyers", "LAyers": the same to a file system that knows no case.
std::string name_told_by_case(std::size_t number) {
  std::string name = "layers";
  const std::size_t ways = std::size_t{1} << name.size();
  const std::size_t capitals = (number + 1) % ways;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if ((capitals >> i & 1U) != 0) name[i] = static_cast<char>(name[i] - 'a' + 'A');
  }
  return number < ways ? name : fmt::format("{}{}", name, number / ways);
}

// What is a name of something else in an archive.
std::string word_of_the_format(std::size_t number) {
  constexpr std::array<std::string_view, 9> kWords = {"vars", "layers", "..",   "config.json", "cell",
                                                      "name", "0",      "null", "sequential"};
  const std::string_view word = kWords[number % kWords.size()];
  return number < kWords.size() ? std::string(word) : fmt::format("{} {}", word, number);
}

struct Naming {
  std::string_view what;
  // Different for every place of a stack.
  std::string (*name)(const Place& place);
};

constexpr std::array kNamings = {
    Naming{"named like each other's defaults, the last first",
           [](const Place& place) { return default_name(place.layer, place.count - 1 - place.number); }},
    Naming{"numbered down through 10 and 9",
           [](const Place& place) { return default_name(place.layer, 8 + place.count - place.number); }},
    Naming{"named like layers of other classes",
           [](const Place& place) {
             // The defaults of classes that come first in most stacks.
             constexpr std::array<std::string_view, 4> kOthers = {"dense", "conv1d", "input_layer", "lstm"};
             const std::string_view other = kOthers[place.number % kOthers.size()];
             const std::size_t more = place.number / kOthers.size();
             return more == 0 ? std::string(other) : fmt::format("{}_{}", other, more);
           }},
    Naming{"of one byte",
           [](const Place& place) {
             // From 0x21 on all that is printable but '/'; a stack that is longer goes on with two bytes.
             constexpr std::string_view kBytes = "zyxwvutsrqponmlkjihgfedcba.~ZYXWVUTSRQPONMLKJIHGFEDCBA'\"\\{}[]:, ";
             std::string name(1, kBytes[place.number % kBytes.size()]);
             if (place.number >= kBytes.size()) name += std::to_string(place.number / kBytes.size());
             return name;
           }},
    Naming{"of 255 bytes", [](const Place& place) { return name_of_255_bytes(place.number); }},
    Naming{"told apart by case", [](const Place& place) { return name_told_by_case(place.number); }},
    Naming{"of digits", [](const Place& place) { return std::to_string(place.count - place.number); }},
    Naming{"in Unicode", [](const Place& place) { return unicode_name(place.number); }},
    Naming{"with words of the format", [](const Place& place) { return word_of_the_format(place.number); }},
};

void rename_children(Layer& owner, const Naming& naming) {
  for (const ChildSlot& slot : owner.layer_class().slots) {
    if (slot.form == ChildForm::flattened) continue;
    const std::span<Layer> layers = owner.children(slot);
    for (std::size_t i = 0; i < layers.size(); ++i) {
      layers[i].set_name(naming.name({layers[i], i, layers.size()}));
      rename_children(layers[i], naming);
    }
  }
}

}  // namespace

Verdict names_do_not_matter(const Case& the_case, const Subject& subject, const Legs& legs) {
  Random random = random_of(the_case);
  // Two of a class, where one can stand there twice, so that the names decide whose weights are whose.
  const Sequential stack = repeat_layer(the_case, 2, random).value_or(the_case.model);
  for (const std::size_t way : sample_ways(the_case, kNamings.size(), 1, random)) {
    Sequential renamed = stack;
    rename_children(renamed.root(), kNamings[way]);
    auto verdict = survives_beside(stack, {renamed, the_case.input, the_case.environment}, subject, legs);
    if (verdict) return about(renamed, fmt::format("layers {}", kNamings[way].what), std::move(verdict));
  }
  return std::nullopt;
}

Verdict tall_stacks_keep_their_order(const Case& the_case, const Subject& subject, const Legs& legs) {
  // So that there is a dense_10 to be sorted before dense_2.
  constexpr std::size_t kTower = 12;
  Random random = random_of(the_case);
  const auto tower = repeat_layer(the_case, kTower, random);
  if (!tower) return std::nullopt;
  return about(*tower, fmt::format("{} layers of one class", kTower),
               survives_beside(*tower, {*tower, the_case.input, the_case.environment}, subject, legs));
}

}  // namespace revive::properties
