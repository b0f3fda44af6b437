// What kinds of cases there are, for statistics: labels, of which every run has to make a share, and facets, which are
// counted to be looked at.
//
// Both are functions of the case alone and declared once, in labels.cpp. To add a kind that a reader wants to be sure
// of: one row in the table of labels, with a share that the generator reaches with room to spare.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revive/properties/case.h"

namespace revive::properties {

// What labels look at, found once for all of them.
struct CaseParts {
  explicit CaseParts(const Case& of);

  const Case& the_case;
  // Every layer of the model below its root, in order.
  std::vector<const Layer*> layers;
  // Elements of the largest of the input, what flows between two layers, and the weights.
  std::size_t largest_tensor = 0;
};

struct CaseLabel {
  std::string_view name;
  // The least share of the cases of a run that must have it.
  double least;
  bool (*holds)(const CaseParts&);
};
std::span<const CaseLabel> case_labels();

// The least average number of layers (count_layers) of a run.
inline constexpr double kLeastAverageLayers = 4.0;

// Something that a case has several of: classes of layers, ops of lambdas, ...
struct CaseFacet {
  std::string_view name;
  // Each value once.
  std::vector<std::string> (*values)(const Case&);
};
std::span<const CaseFacet> case_facets();

}  // namespace revive::properties
