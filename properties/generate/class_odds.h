// How often the generator draws a layer class: a family by its share, then a class of it evenly, so that one more class
// takes its odds from its own family alone. What is recorded is the number of the class, which no other class moves.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <span>

#include "revive/model/layer_class.h"
#include "revive/properties/choices/choices.h"

namespace revive::properties {

class ClassOdds {
 public:
  // The class that a case favours: where a class of the family can first stand, the number picks one of those that can.
  struct Favourite {
    std::size_t family = kFamilies;
    std::size_t number = 0;
    std::optional<std::size_t> id = {};
  };

  // The odds of one case, which may favour a class. REQUIRES: `choices` outlives this.
  explicit ClassOdds(Choices& choices);

  // Whether the case favours the family of a class that `needs_more` holds for: one that needs something which cases
  // seldom have. Every other case that favours the family says so, and can see to it.
  bool favours(const std::function<bool(const LayerClass&)>& needs_more) const;

  // The index in layer_classes() of a class for which `allowed` holds; at least one must be. Classes that read a mask
  // come more often where one flows.
  std::size_t pick(bool masked, const std::function<bool(const LayerClass&)>& allowed);

 private:
  std::size_t sample(Random& chance, std::span<const std::size_t> ids, bool masked);
  void settle(std::span<const std::size_t> ids);
  // How much more often than the others of its family a class comes.
  std::uint32_t boost(std::size_t id, const LayerClass& layer_class, bool masked) const;

  Choices& choices_;
  Favourite favourite_;
};

}  // namespace revive::properties
