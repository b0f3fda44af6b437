// What kinds of cases a run made, counted.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "revive/properties/generate/labels.h"

namespace revive::properties {

// Below this many cases a missing share may be chance.
inline constexpr std::uint64_t kLeastCasesToJudge = 200;

class Distribution {
 public:
  using Counts = std::map<std::string, std::uint64_t, std::less<>>;

  // Facets cost more than the labels and are counted on demand.
  explicit Distribution(bool with_facets = false);

  void add(const Case& the_case);
  // A case of which nothing is known, since it could not be made.
  void add_unknown() { ++cases_; }
  // REQUIRES: both count facets, or neither.
  void add(const Distribution& other);

  std::uint64_t cases() const { return cases_; }
  double average_layers() const;
  // In the order of case_labels().
  const std::vector<std::uint64_t>& labels() const { return labels_; }
  // In the order of case_facets(), or empty.
  const std::vector<Counts>& facets() const { return facets_; }

  // Which required share (case_labels(), kLeastAverageLayers) the run misses for sure: judged only from
  // kLeastCasesToJudge on, with the upper end of a 99.9 % Wilson interval, so that chance alone does not fail a run.
  std::optional<std::string> missed() const;

 private:
  std::uint64_t cases_ = 0;
  std::uint64_t layers_ = 0;
  std::vector<std::uint64_t> labels_;
  std::vector<Counts> facets_;
};

}  // namespace revive::properties
