#include "revive/properties/generate/distribution.h"

#include <fmt/format.h>

#include <cmath>

namespace revive::properties {
namespace {

// The upper end of the Wilson score interval for `hits` of `n`.
double upper_share(std::uint64_t hits, std::uint64_t n) {
  constexpr double kZ = 3.29;  // 99.9 %, two-sided
  const auto count = static_cast<double>(n);
  const double share = static_cast<double>(hits) / count;
  const double z2 = kZ * kZ;
  const double spread = kZ * std::sqrt(share * (1 - share) / count + z2 / (4 * count * count));
  return (share + z2 / (2 * count) + spread) / (1 + z2 / count);
}

}  // namespace

Distribution::Distribution(bool with_facets)
    : labels_(case_labels().size()), facets_(with_facets ? case_facets().size() : 0) {}

void Distribution::add(const Case& the_case) {
  ++cases_;
  layers_ += count_layers(the_case.model);
  const CaseParts parts(the_case);
  for (std::size_t i = 0; i < labels_.size(); ++i) {
    if (case_labels()[i].holds(parts)) ++labels_[i];
  }
  for (std::size_t i = 0; i < facets_.size(); ++i) {
    for (std::string& value : case_facets()[i].values(the_case)) ++facets_[i][std::move(value)];
  }
}

void Distribution::add(const Distribution& other) {
  cases_ += other.cases_;
  layers_ += other.layers_;
  for (std::size_t i = 0; i < labels_.size(); ++i) labels_[i] += other.labels_[i];
  for (std::size_t i = 0; i < facets_.size(); ++i) {
    for (const auto& [value, count] : other.facets_[i]) facets_[i][value] += count;
  }
}

double Distribution::average_layers() const {
  return cases_ == 0 ? 0 : static_cast<double>(layers_) / static_cast<double>(cases_);
}

std::optional<std::string> Distribution::missed() const {
  if (cases_ < kLeastCasesToJudge) return std::nullopt;
  for (std::size_t i = 0; i < labels_.size(); ++i) {
    const CaseLabel& label = case_labels()[i];
    if (upper_share(labels_[i], cases_) < label.least) {
      return fmt::format("at least {:.0f} % of the cases should be \"{}\", found {} of {}", label.least * 100,
                         label.name, labels_[i], cases_);
    }
  }
  // The number of layers spreads about as wide as its average, and four standard errors are no chance.
  constexpr double kErrors = 4;
  const double chance = kErrors * kLeastAverageLayers / std::sqrt(static_cast<double>(cases_));
  if (average_layers() < kLeastAverageLayers - chance) {
    return fmt::format("the cases should have {} layers on average, found {:.2f}", kLeastAverageLayers,
                       average_layers());
  }
  return std::nullopt;
}

}  // namespace revive::properties
