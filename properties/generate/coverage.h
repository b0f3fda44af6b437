// What share of what could come up did, over the cases of a run: classes of layers, values of their enumerated and
// boolean fields, and pairs of neighbours. Source of the three measures: the COMET paper (layer inputs, parameter
// values, layer sequences).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "revive/model/layer.h"
#include "revive/properties/generate/distribution.h"

namespace revive::properties {

// The facets that coverage is read off, and how they spell what they count.
inline constexpr std::string_view kFieldValueFacet = "value of a field";
inline constexpr std::string_view kNeighboursFacet = "neighbours";
inline constexpr std::string_view kOutputRankFacet = "output";
std::string field_value(const LayerClass& layer_class, const Field& field, std::string_view value);
std::string neighbours(const LayerClass& left, const LayerClass& right);
std::string output_of_rank(const LayerClass& layer_class, std::size_t rank);

// The values that a field can have, where it is an enumeration or a bool, or may be null; otherwise none. And which of
// them it has.
std::vector<std::string> countable_values(const FieldRef& ref);
std::size_t countable_value(const FieldRef& ref);

struct Coverage {
  std::string of;
  std::size_t reached = 0;
  std::size_t possible = 0;
  std::vector<std::string> missing = {};
};

// Of classes, values, fields most of whose values came up, and neighbours, over all classes that stand in stacks. Two
// classes can be neighbours where the right one takes a shape of a rank that came out of the left one in this run.
// REQUIRES: the distribution counts facets.
std::vector<Coverage> coverage_of(const Distribution& distribution);

}  // namespace revive::properties
