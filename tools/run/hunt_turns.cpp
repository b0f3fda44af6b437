#include "revive/tools/run/hunt_turns.h"

#include <array>
#include <numeric>

#include "revive/properties/hunt/builder.h"

namespace revive::tools {
namespace {

using namespace properties::hunt;  // NOLINT(google-build-using-namespace): this file is about nothing else

// Turns are made as if nothing were known, one in so many.
constexpr std::uint64_t kUnknowing = 10;
// Cases take turns: a class with all its arguments, one parameter, a function that captures, a model.
constexpr std::uint64_t kTurns = 4;
constexpr std::uint64_t kFunctionTurn = 2;
// Tables of parameters.json whose entries have their turn in a model.
constexpr std::array<const char*, 13> kTables = {"ops",       "own",    "own models", "own chains", "own functional",
                                                 "rewirings", "steps",  "inputs",     "settings",   "optimizer",
                                                 "loss",      "metric", "compile"};

void shuffle(std::vector<std::size_t>& places, Random& order) {
  for (std::size_t i = places.size(); i > 1; --i) std::swap(places[i - 1], places[order.below(i)]);
}

}  // namespace

HuntTurns::HuntTurns(std::uint64_t seed, const Catalogue& catalogue) : catalogue_(catalogue) {
  // Neighbours in the catalogue are of one class, and a short run should see many.
  Random order(seed);
  for (std::size_t i = 0; i < catalogue.aims().size(); ++i) order_.push_back(i);
  classes_ = catalogue.objects();
  for (const Catalogue::Aim& aim : catalogue.aims()) {
    const ClassInfo& info = catalogue.classes()[aim.class_place];
    const auto& domain = info.parameters[aim.parameter_place].domain;
    if (info.kind == "layers" && domain.front() == "$lambda") functions_.push_back(aim);
  }
  for (std::size_t form = 0; form < kFunctionForms; ++form) {
    forms_.insert(forms_.end(), form >= 1 && form <= kCapturingForms ? 2 : 1, form);
  }
  shuffle(order_, order);
  shuffle(classes_, order);
  std::vector<TableEntry> entries;
  for (const char* const table : kTables) {
    for (std::size_t i = 0; i < catalogue.named_domain(table).size(); ++i) entries.push_back({table, i});
  }
  std::vector<std::size_t> places(entries.size());
  std::iota(places.begin(), places.end(), 0);
  shuffle(places, order);
  for (const std::size_t place : places) entries_.push_back(entries[place]);
  shuffle(forms_, order);
}

bool HuntTurns::knows(std::uint64_t number) {
  return number / kTurns % kUnknowing != kUnknowing - 1;
}

ProgramRules HuntTurns::rules(std::uint64_t number) const {
  ProgramRules rules{.catalogue = catalogue_};
  rules.focus = focus_of(number);
  rules.model = number % kTurns == kTurns - 1;
  // Two models out of three are to have an entry of a table; the third is as chance has it.
  const std::uint64_t place = number / kTurns;
  if (rules.model && !entries_.empty() && place % 3 != 2) {
    rules.entry = entries_[(place - place / 3) % entries_.size()];
  }
  if (number % kTurns == kFunctionTurn)
    rules.entry = {.table = std::string(kFunctions), .place = forms_[place % forms_.size()]};
  return rules;
}

std::optional<Focus> HuntTurns::focus_of(std::uint64_t number) const {
  const std::uint64_t turn = number % kTurns;
  const std::uint64_t place = number / kTurns;
  if (order_.empty() || turn == kTurns - 1) return std::nullopt;
  if (turn == kFunctionTurn) {
    if (functions_.empty()) return std::nullopt;
    return Focus{.aim = functions_[place % functions_.size()]};
  }
  const std::uint64_t aimed = place * 2 + turn;
  if (aimed < classes_.size() || turn == 0) {
    const std::uint64_t which = aimed < classes_.size() ? aimed : place;
    return Focus{.aim = {.class_place = classes_[which % classes_.size()], .parameter_place = 0}, .all = true};
  }
  return Focus{.aim = catalogue_.aims()[order_[place % order_.size()]],
               .value = static_cast<std::size_t>(place / order_.size())};
}

}  // namespace revive::tools
