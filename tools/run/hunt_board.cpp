#include "revive/tools/run/hunt_board.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <tuple>

namespace revive::tools {
namespace {

using namespace properties::hunt;  // NOLINT(google-build-using-namespace): this file is about nothing else

// At most 30 %, the last one included, which ends late.
constexpr double kShrinkShare = 0.27;
// With running programs alone: at least half of the time goes to new cases.
constexpr double kPursuitShare = 0.5;
constexpr double kOthersShare = 0.05;
// Until then shrinking may take more than its share: the first findings are what one waits for.
constexpr double kFirstSeconds = 20;
// What waits to be shrunk.
constexpr std::size_t kMostWaiting = 4'000;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Whether the feature can be what the site is about: where the site names an attribute, the one that it names, or what
// made the object that has it; of weights those of its class, or of the model.
bool may_explain(const Feature& feature, const Site& site) {
  const bool names_attribute = site.oracle == "state" || site.oracle == "config";
  const bool of_weights = site.oracle == "weights";
  if (!names_attribute && !of_weights) return true;
  if (is_of_argument(site.what, feature.parameter) || has_word(site.path, feature.parameter)) return true;
  if (site.what.starts_with(feature.value.substr(0, feature.value.find('(')) + ".")) return true;
  if (feature.owner == "Model" && has_word(feature.value, attribute_of(site.what))) return true;
  return of_weights && (feature.owner == "Model" || has_word(site.what, feature.owner) ||
                        has_word(site.what, feature.class_name.substr(feature.class_name.rfind('.') + 1)));
}

bool holds(const Finding& finding, const std::string& text) {
  return finding.key.contains(text) ||
         std::ranges::any_of(finding.sites, [&](const std::string& site) { return site.contains(text); });
}

}  // namespace

std::string family_of(const Site& site) {
  if (site.before.empty()) {
    const std::size_t frame = site.what.find(" in ");
    const std::size_t message = site.what.find(": ");
    if (frame == std::string::npos || message == std::string::npos) return site.key();
    return fmt::format("{} {}{}", site.oracle, site.what.substr(0, frame), site.what.substr(message));
  }
  // The attribute, and where the class lives.
  std::string_view space;
  for (const std::string_view known : {"keras.layers", "keras.losses", "keras.metrics", "keras.optimizers",
                                       "keras.initializers", "keras.dtype_policies", "keras.random"}) {
    if (site.what.starts_with(known)) space = known;
  }
  return fmt::format("{} {} {}", site.stage == "saved" || site.stage == "second" ? site.oracle : "", space,
                     attribute_of(site.what));
}

HuntBoard::HuntBoard(const HuntOptions& options, const Catalogue& catalogue,
                     const std::function<void(const Finding&)>& done)
    : options_(options), turns_(options.seed, catalogue), done_(done), next_(options.from) {}

Program HuntBoard::make(properties::Choices& choices, std::uint64_t number) const {
  ProgramRules rules = turns_.rules(number);
  if (knows(number)) rules.avoid = options_.avoid;
  return generate_program(choices, rules);
}

bool HuntBoard::next(std::uint64_t& number) {
  const std::lock_guard lock(mutex_);
  if (options_.cases > 0 && next_ == options_.from + options_.cases) return false;
  if (is_over()) return false;
  number = next_++;
  return true;
}

void HuntBoard::count(const Program& program, const Value& answer, const std::vector<Dropped>& dropped) {
  const std::lock_guard lock(mutex_);
  ++report.cases;
  if (!program.is_model) ++report.objects;
  for (const Dropped& drop : dropped) {
    const std::string error = plain_message(drop.error);
    ++report.refusals[error];
    note_refusal(drop.statement, error);
  }
  if (const Value* const refused = answer.find("refused")) {
    ++report.refused;
    const std::string error = refused->is_string() ? plain_message(refused->as_string()) : "";
    ++report.refusals[error];
    if (!program.is_model && !program.make.empty()) note_refusal(program.make.back(), error);
    return;
  }
  if (options_.keep_programs) report.programs.push_back(print(program).text);
  for (std::string& name : program.exercised()) report.exercised.insert(std::move(name));
}

bool HuntBoard::claim(const Site& site, const Program& program, std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  const std::string key = site.key();
  if (is_explained(site, program, number)) return false;
  if (options_.is_known && options_.is_known(key)) {
    ++report.known[key];
    return false;
  }
  if (const auto found = owner_.find(key); found != owner_.end()) {
    if (found->second != kNobody) count_again(found->second, site);
    return false;
  }
  owner_.emplace(key, kNobody);
  return true;
}

bool HuntBoard::is_new(const Site& site, const Program& program, std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  const std::string key = site.key();
  if (owner_.contains(key) || (options_.is_known && options_.is_known(key))) return false;
  return explanation(site, program, number).empty();
}

void HuntBoard::wait(HuntMet met) {
  const std::lock_guard lock(mutex_);
  if (waiting_.size() >= kMostWaiting) return;
  met.family = family_of(met.site);
  auto choices = properties::Choices::replay(met.choices);
  const Program program = make(choices, met.number);
  met.likely_known = may_be_known(met.site, program);
  met.is_model = program.is_model;
  waiting_.push_back(std::move(met));
}

std::optional<HuntMet> HuntBoard::next_met() {
  const std::lock_guard lock(mutex_);
  const double elapsed = seconds_since(start_);
  const double job_seconds = std::max(elapsed, kFirstSeconds) * options_.jobs;
  const bool spent = report.shrink_seconds > kShrinkShare * job_seconds ||
                     report.shrink_seconds + report.confirm_seconds > kPursuitShare * job_seconds;
  if (is_over() || !options_.shrinks || (spent && (options_.cases == 0 || next_ < options_.from + options_.cases))) {
    return std::nullopt;
  }
  const auto rank = [&](const HuntMet& met) {
    const auto taken = taken_.find(met.family);
    const bool awaited = !options_.until.empty() && met.site.key().contains(options_.until);
    return std::tuple(!awaited, met.noisy, met.likely_known, taken == taken_.end() ? 0 : taken->second, met.is_model,
                      !met.first_of_case);
  };
  while (!waiting_.empty()) {
    // Of equals the first that was met.
    const auto next = std::ranges::min_element(waiting_, {}, rank);
    // Who waits for one finding hardly looks at others.
    const bool of_others = !options_.until.empty() && std::get<0>(rank(*next));
    if (of_others && report.shrink_seconds > kOthersShare * elapsed) return std::nullopt;
    HuntMet met = std::move(*next);
    waiting_.erase(next);
    if (!still_stands(met)) continue;
    ++taken_[met.family];
    return met;
  }
  return std::nullopt;
}

bool HuntBoard::is_interrupted() const {
  return options_.interrupted && options_.interrupted();
}

bool HuntBoard::is_over() const {
  return !report.until.empty() || (options_.seconds > 0 && elapsed() >= options_.seconds) || is_interrupted();
}

std::vector<std::string> HuntBoard::waiting() {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> sites;
  for (const HuntMet& met : waiting_) {
    if (still_stands(met)) sites.push_back(fmt::format("{} (case {})", met.site.key(), met.number));
  }
  return sites;
}

void HuntBoard::add(const Finding& finding, const std::vector<Site>& shown) {
  const std::lock_guard lock(mutex_);
  if (options_.is_known && options_.is_known(finding.key)) {
    ++report.known[finding.key];
    return;
  }
  const auto same = std::ranges::find(report.findings, finding.key, &Finding::key);
  const auto place = static_cast<std::size_t>(same - report.findings.begin());
  const bool fresh = same == report.findings.end();
  if (fresh) report.findings.push_back(finding);
  Finding& kept = report.findings[place];
  for (const Site& site : shown) {
    kept.sites.insert(site.key());
    owner_[site.key()] = place;
  }
  count_again(place, finding.site);
  if (!options_.until.empty() && holds(kept, options_.until)) report.until = kept.key;
  if (fresh) done_(kept);
}

bool HuntBoard::has(const std::string& key) {
  const std::lock_guard lock(mutex_);
  return (options_.is_known && options_.is_known(key)) ||
         std::ranges::find(report.findings, key, &Finding::key) != report.findings.end();
}

void HuntBoard::add_unconfirmed(const Site& site) {
  const std::lock_guard lock(mutex_);
  ++report.unconfirmed;
  report.unconfirmed_sites.insert(site.key());
}

void HuntBoard::add_not_judged(const std::string& why) {
  const std::lock_guard lock(mutex_);
  ++report.not_judged[plain_message(why)];
}

void HuntBoard::add_confirming(double seconds) {
  const std::lock_guard lock(mutex_);
  report.confirm_seconds += seconds;
}

void HuntBoard::add_shrinking(double seconds) {
  const std::lock_guard lock(mutex_);
  report.shrink_seconds += seconds;
}

double HuntBoard::elapsed() const {
  return seconds_since(start_);
}

void HuntBoard::note_refusal(const Statement& statement, const std::string& error) {
  for (const Feature& feature : statement.features) {
    report.refused_parameters[fmt::format("{}.{}", feature.class_name, feature.parameter)] = error;
  }
}

std::string HuntBoard::explanation(const Site& site, const Program& program, std::uint64_t number) const {
  const auto explains = [&](const std::string& key) {
    return (options_.is_known && options_.is_known(key)) ||
           std::ranges::find(report.findings, key, &Finding::key) != report.findings.end();
  };
  // What explains a difference may stand in the program: it is taken to be the cause nine times out of ten.
  const auto keys =
      knows(number) ? possible_keys(site, program, may_explain) : std::vector<std::string>{key_of_kinds(site)};
  const auto found = std::ranges::find_if(keys, explains);
  return found != keys.end() ? *found : "";
}

bool HuntBoard::may_be_known(const Site& site, const Program& program) const {
  const auto any = [](const Feature&, const Site&) { return true; };
  return std::ranges::any_of(possible_keys(site, program, any),
                             [&](const std::string& key) { return options_.is_known && options_.is_known(key); });
}

bool HuntBoard::is_explained(const Site& site, const Program& program, std::uint64_t number) {
  const std::string key = explanation(site, program, number);
  if (key.empty()) return false;
  const auto found = std::ranges::find(report.findings, key, &Finding::key);
  if (found == report.findings.end()) {
    ++report.known[key];
  } else {
    count_again(static_cast<std::size_t>(found - report.findings.begin()), site);
  }
  return true;
}

bool HuntBoard::still_stands(const HuntMet& met) {
  if (const auto owner = owner_.find(met.site.key()); owner->second != kNobody) {
    count_again(owner->second, met.site);
    return false;
  }
  auto choices = properties::Choices::replay(met.choices);
  return !is_explained(met.site, make(choices, met.number), met.number);
}

void HuntBoard::count_again(std::size_t place, const Site& site) {
  Finding& finding = report.findings[place];
  ++finding.cases;
  finding.sites.insert(site.key());
  finding.formats.insert(site.format);
}

}  // namespace revive::tools
