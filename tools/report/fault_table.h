// The table of faults: how each of them was found under some seeds, and whether that is what its row promises.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "revive/model/base/value.h"
#include "revive/properties/faults/detection.h"
#include "revive/properties/faults/fault.h"

namespace revive::tools {

// What is promised of all faults together: half of the trials take no more cases, over all properties.
inline constexpr std::uint64_t kMostMedianCases = 50;
// No row may promise more layers than this.
inline constexpr std::size_t kMostFaultLayers = 2;

// One fault under one seed.
struct Trial {
  std::uint64_t seed = 0;
  properties::Detection detection;
};

// One trial for each seed; the seeds of all rows are the same.
struct FaultRow {
  const properties::Fault* fault = nullptr;
  std::vector<Trial> trials;
};

// Which promises the rows break, a sentence each. The median is promised of all faults: `all` says that these are they.
std::vector<std::string> broken_promises(std::span<const FaultRow> rows, bool all);

// Rows of cells, the heading first: for each fault the properties that found it, and the most cases and layers over
// the seeds. At least one row.
std::vector<std::vector<std::string>> fault_cells(std::span<const FaultRow> rows);
// "110 of 110 faults found under 2 seeds, after 12 cases (median) and 812 (most), shrunk to 2 layers at most.\n"
std::string fault_summary(std::span<const FaultRow> rows);
Value faults_to_value(std::span<const FaultRow> rows);

}  // namespace revive::tools
