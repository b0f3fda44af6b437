// The table of faults: what a hunt for each of them gave, and whether that is what the harness promises.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revive/model/base/value.h"
#include "revive/properties/faults/fault.h"

namespace revive::tools {

// What is promised: every fault is found under every seed within so many cases and shrunk to so few layers, and half of
// all the hunts take no more than the median.
inline constexpr std::uint64_t kMostFaultCases = 5000;
inline constexpr std::size_t kMostFaultLayers = 2;
inline constexpr std::uint64_t kMostMedianCases = 50;

// The hunt for one fault under one seed.
struct Trial {
  std::uint64_t seed = 0;
  // Empty where it was not found.
  std::string found_by;
  std::uint64_t cases = 0;
  std::size_t layers = 0;
};

// One trial for each seed; the seeds of all rows are the same.
struct FaultRow {
  const properties::Fault* fault = nullptr;
  std::vector<Trial> trials;
};

// Which promises the rows break, a sentence each. The median is promised of all faults: `all` says that these are they.
std::vector<std::string> broken_promises(std::span<const FaultRow> rows, bool all);

// Rows of cells, the heading first. At least one row.
std::vector<std::vector<std::string>> fault_cells(std::span<const FaultRow> rows);
// "110 of 110 faults found under 2 seeds, after 12 cases (median) and 812 (most), shrunk to 2 layers at most.\n"
std::string fault_summary(std::span<const FaultRow> rows);
Value faults_to_value(std::span<const FaultRow> rows);

// Where a document does not hold `table`, line for line and nothing in between, from its heading on: a sentence.
std::optional<std::string> disagreement(std::string_view document, std::string_view table);

}  // namespace revive::tools
