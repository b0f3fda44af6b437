#include "revive/properties/generate/class_odds.h"

#include <algorithm>
#include <vector>

#include "revive/model/registry.h"

namespace revive::properties {
namespace {

using Favourite = ClassOdds::Favourite;

// In the order of Family. The lambda is what this library is about.
constexpr std::array<std::uint32_t, kFamilies> kFamilyWeights = {
    4,   // core
    14,  // lambda
    3,   // nested
    8,   // dense
    8,   // convolution
    5,   // pooling
    12,  // recurrent
    9,   // normalization
    5,   // embedding
    12,  // elementwise
    6,   // shaping
    3,   // identity
    4,   // wrapper
    4,   // preprocessing
};

std::size_t family_of(const LayerClass& layer_class) {
  return static_cast<std::size_t>(layer_class.family);
}

// Now and then a case favours one class, so that stacks with a dozen layers of a kind come up. Only odds: what a
// number means is the same in every case.
Favourite draw_favourite(Choices& choices) {
  constexpr std::uint64_t kFavourOneIn = 5;
  constexpr std::uint64_t kManyClasses = 1 << 20;
  if (choices.hidden(kFavourOneIn - 1) != kFavourOneIn - 1) return {};
  const auto family = static_cast<std::size_t>(choices.hidden(kFamilies - 1));
  return {family, static_cast<std::size_t>(choices.hidden(kManyClasses - 1)), std::nullopt};
}

}  // namespace

ClassOdds::ClassOdds(Choices& choices) : choices_(choices), favourite_(draw_favourite(choices)) {}

bool ClassOdds::favours(const std::function<bool(const LayerClass&)>& needs_more) const {
  if (favourite_.family == kFamilies || favourite_.number % 2 == 0) return false;
  return std::ranges::any_of(layer_classes(), [&](const LayerClass* each) {
    return family_of(*each) == favourite_.family && needs_more(*each);
  });
}

void ClassOdds::settle(std::span<const std::size_t> ids) {
  if (favourite_.id || favourite_.family == kFamilies) return;
  std::vector<std::size_t> members;
  for (const std::size_t id : ids) {
    if (family_of(*layer_classes()[id]) == favourite_.family) members.push_back(id);
  }
  if (!members.empty()) favourite_.id = members[favourite_.number % members.size()];
}

std::uint32_t ClassOdds::boost(std::size_t id, const LayerClass& layer_class, bool masked) const {
  constexpr std::uint32_t kFavourite = 60;
  constexpr std::uint32_t kReader = 16;
  return (favourite_.id == id ? kFavourite : 1) * (masked && layer_class.reads_mask ? kReader : 1);
}

std::size_t ClassOdds::sample(Random& chance, std::span<const std::size_t> ids, bool masked) {
  settle(ids);
  const auto classes = layer_classes();
  // A family comes as often as the class of it that comes most often.
  std::array<std::uint32_t, kFamilies> most{};
  for (const std::size_t id : ids) {
    std::uint32_t& family_most = most[family_of(*classes[id])];
    family_most = std::max(family_most, boost(id, *classes[id], masked));
  }
  std::vector<std::size_t> families;
  for (std::size_t family = 0; family < kFamilies; ++family) {
    if (most[family] > 0) families.push_back(family);
    most[family] *= kFamilyWeights[family];
  }
  const std::size_t family = Choices::sample_by_weight(chance, most, families);

  std::vector<std::size_t> members;
  std::vector<std::uint32_t> weights(classes.size());
  for (const std::size_t id : ids) {
    if (family_of(*classes[id]) != family) continue;
    members.push_back(id);
    weights[id] = boost(id, *classes[id], masked);
  }
  return Choices::sample_by_weight(chance, weights, members);
}

std::size_t ClassOdds::pick(bool masked, const std::function<bool(const LayerClass&)>& allowed) {
  const auto classes = layer_classes();
  return choices_.pick(
      classes.size(), [&](std::size_t id) { return allowed(*classes[id]); },
      [&](Random& chance, std::span<const std::size_t> ids) { return sample(chance, ids, masked); });
}

}  // namespace revive::properties
