#include "revive/tools/run/property_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <set>

#include "revive/properties/generate/profiles.h"
#include "revive/properties/subject.h"
#include "revive/tools/console/text.h"
#include "revive/tools/run/layer_names.h"

namespace revive::tools {
namespace {

using Clock = std::chrono::steady_clock;
using properties::Property;
using properties::Subject;

// The time starts with the first question, which is when shrinking does.
properties::ShrinkBudget budget_of(const SessionOptions& options) {
  properties::ShrinkBudget budget;
  if (options.shrink_seconds == 0) return budget;
  budget.out_of_time = [span = std::chrono::seconds(options.shrink_seconds),
                        end = std::optional<Clock::time_point>()]() mutable {
    if (!end) end = Clock::now() + span;
    return Clock::now() >= *end;
  };
  return budget;
}

class Session {
 public:
  Session(const SessionOptions& options, std::span<const Subject> subjects, const properties::CaseStore& store,
          Console& console)
      : options_(options), subjects_(subjects), store_(store), console_(console) {}

  PropertyOutcome begin(const Property& property) const {
    PropertyOutcome outcome;
    outcome.property = &property;
    outcome.skipped = properties::reason_to_skip(property, subjects_.front());
    outcome.distribution = properties::Distribution(options_.facets);
    return outcome;
  }

  // The sites of stored cases that still fail.
  using Sites = std::set<std::string>;

  // Every stored case of the property.
  Status replay(PropertyOutcome& outcome) {
    for (const std::string& path : store_.files_of(outcome.property->name)) {
      auto stored = properties::read_case(path);
      if (!stored) {
        console_.complain(stored.error());
        console_.complain(path + ": not a case that can be replayed; remove it");
        continue;
      }
      // Two names of subjects may be one name of a folder.
      if (stored->property != outcome.property->name || stored->subject != store_.subject()) continue;
      if (Status status = replay(path, *std::move(stored), outcome); !status) return status;
    }
    return {};
  }

  // New cases of the property from one seed.
  Status round(PropertyOutcome& outcome, std::uint64_t seed) {
    const Sites& stored = stored_sites_[outcome.property];
    const auto is_known = [&](const properties::Violation& violation) {
      const std::string site = properties::failure_site(violation);
      return stored.contains(site) || known_failure(*outcome.property, site) != nullptr;
    };
    console_.out.flush();
    const std::string_view name = outcome.property->name;
    properties::PropertyReport report;
    {
      // Those numbers of cases that leave the shard's index.
      const auto& [index, count] = options_.shard;
      Progress progress(console_, std::string(name),
                        (static_cast<std::uint64_t>(options_.cases) + count - 1 - index) / count);
      report = properties::run_property(*outcome.property, subjects_,
                                        {.seed = seed,
                                         .cases = options_.cases,
                                         .shard = options_.shard,
                                         .facets = options_.facets,
                                         .after_case = [&] { progress.step(); },
                                         .is_known = is_known,
                                         .shrink = budget_of(options_)},
                                        {.profile = options_.profile, .only = options_.only});
    }
    if (report.skipped && outcome.rounds == 0 && !outcome.failure) {
      outcome.skipped = std::move(report.skipped);
      return {};
    }
    ++outcome.rounds;
    outcome.distribution.add(report.distribution);
    outcome.trouble = std::move(report.trouble);
    for (const auto& [site, count] : report.known) outcome.known[site] += count;
    for (const auto& [what, count] : report.discarded) outcome.discarded[what] += count;
    if (!report.counterexample) return {};
    REVIVE_ASSIGN_OR_RETURN(const auto path, store(*outcome.property, *report.counterexample, seed));
    outcome.failure = PropertyFailure{.found = *std::move(report.counterexample),
                                      .path = path,
                                      .replay = replay_command(path),
                                      .seed = seed,
                                      .again = command(name, seed)};
    return {};
  }

  // What there is to say of known failures once all cases have been made.
  void finish(PropertyOutcome& outcome) {
    if (outcome.rounds == 0) return;
    std::map<const properties::KnownFailure*, std::uint64_t> counts;
    for (const auto& [site, count] : outcome.known) {
      if (const auto* const entry = known_failure(*outcome.property, site)) {
        counts[entry] += count;
      } else {
        outcome.news.push_back(
            fmt::format("{}: {} more like the stored one", site, counted(static_cast<std::int64_t>(count), "case")));
      }
    }
    for (const auto& entry : options_.known.entries()) {
      if (!entry.is_about(store_.subject(), outcome.property->name)) continue;
      const std::string about = fmt::format("{}, since {}", entry.reason, entry.since);
      const bool occurred =
          counts.contains(&entry) || std::ranges::any_of(known_stored_[outcome.property],
                                                         [&](const std::string& site) { return entry.fits(site); });
      outcome.news.push_back(
          occurred ? fmt::format("{}: known: {} ({})", entry.site,
                                 counted(static_cast<std::int64_t>(counts[&entry]), "case"), about)
                   : fmt::format("{}: known, and did not occur in {}; if it is mended, remove it from the list ({})",
                                 entry.site, counted(static_cast<std::int64_t>(outcome.distribution.cases()), "case"),
                                 about));
    }
    for (const auto& [what, count] : outcome.discarded) {
      outcome.news.push_back(fmt::format("{} said nothing: the subject does not support {}",
                                         counted(static_cast<std::int64_t>(count), "case"), what));
    }
  }

 private:
  const properties::KnownFailure* known_failure(const Property& property, const std::string& site) const {
    return options_.known.find(store_.subject(), property.name, site);
  }

  std::optional<properties::Violation> check(const Property& property, const properties::StoredCase& stored) const {
    return properties::check_case(property, stored.the_case, subjects_.front());
  }

  Result<std::string> store(const Property& property, const properties::Counterexample& found,
                            std::uint64_t seed) const {
    return store_.put({.property = std::string(property.name),
                       .subject = store_.subject(),
                       .message = found.violation.message,
                       .choices = properties::to_hex(found.recording.values()),
                       .declarations = properties::declarations_digest(),
                       .the_case = found.minimal,
                       .profile = options_.profile,
                       .seed = seed,
                       .repeats = found.repeats},
                      found.violation,
                      [&](const properties::StoredCase& stored) { return check(property, stored).has_value(); });
  }

  Status replay(const std::string& path, properties::StoredCase stored, PropertyOutcome& outcome) {
    const bool re_encoded = !stored.choices_current;
    if (re_encoded) {
      outcome.news.push_back(
          fmt::format("{}: re-encoded: its choices now mean another model, {}; its model was replayed", path,
                      properties::why_re_encoded(stored)));
    }
    auto [violation, unsupported] = properties::try_case(*outcome.property, stored.the_case, subjects_.front());
    if (unsupported) {
      outcome.news.push_back(fmt::format("{}: not asked: the subject does not support {}", path, *unsupported));
      return {};
    }
    if (!violation && !stored.repeats) {
      outcome.news.push_back(path +
                             ": held this time, as it did after it had failed once; it stays until it is removed");
      return {};
    }
    if (!violation) {
      std::error_code error;
      std::filesystem::remove(path, error);
      if (error) return fail(ErrorCode::file_unwritable, path, "cannot remove: " + error.message());
      outcome.news.push_back(path + ": mended: it holds now, and is no longer stored");
      return {};
    }
    const std::string site = properties::failure_site(*violation);
    const bool is_known = known_failure(*outcome.property, site) != nullptr;
    (is_known ? known_stored_ : stored_sites_)[outcome.property].insert(site);
    outcome.news.push_back(path + (is_known ? ": still fails, as is known" : ": still fails"));
    if (re_encoded) {
      stored.choices.clear();
      stored.declarations = properties::declarations_digest();
      stored.message = violation->message;
      if (Status status = properties::write_case(path, stored); !status) return status;
    }
    if (outcome.failure || is_known) return {};
    outcome.failure = PropertyFailure{
        .found = {.recording = {}, .minimal = std::move(stored.the_case), .violation = *std::move(violation)},
        .path = path,
        .replay = replay_command(path),
        .seed = stored.seed};
    return {};
  }

  std::string command(std::string_view name, std::uint64_t seed) const {
    std::string text = fmt::format("revive properties {} --fresh --cases {} --seed {}", name, options_.cases, seed);
    const auto& [index, count] = options_.shard;
    if (count > 1) text += fmt::format(" --shard {}/{}", index + 1, count);
    if (options_.profile != properties::Profile::wild) {
      text += fmt::format(" --profile {}", properties::name_of(options_.profile));
    }
    if (!options_.only.empty()) text += " --layers " + shell_word(text_of(options_.only));
    if (store_.subject() != properties::kOwnSubject) text += " --subject " + shell_word(store_.subject());
    return text;
  }

  // A case brings back the subject that it was found with, but for a program, which is not started unasked.
  std::string replay_command(const std::string& path) const {
    const std::string text = "revive replay " + shell_word(path);
    return subjects_.front().foreign ? text + " --subject " + shell_word(store_.subject()) : text;
  }

  const SessionOptions& options_;
  std::span<const Subject> subjects_;
  const properties::CaseStore& store_;
  Console& console_;
  // Of stored cases that still fail: those that are not known, and those that are.
  std::map<const Property*, Sites> stored_sites_;
  std::map<const Property*, Sites> known_stored_;
};

}  // namespace

Result<SessionReport> run_session(const SessionOptions& options, std::span<const Subject> subjects,
                                  const properties::CaseStore& store, Console& console,
                                  const std::function<void(const PropertyOutcome&)>& done) {
  Session session(options, subjects, store, console);
  const auto end = Clock::now() + std::chrono::seconds(options.seconds);
  SessionReport report;
  std::set<const Property*> told;
  const auto tell = [&](PropertyOutcome& outcome) {
    if (!told.insert(outcome.property).second) return;
    session.finish(outcome);
    done(outcome);
  };
  for (const Property* property : options.chosen) {
    PropertyOutcome outcome = session.begin(*property);
    if (!outcome.skipped && options.replay) {
      if (Status status = session.replay(outcome); !status) return std::unexpected(status.error());
    }
    if (outcome.goes_on()) {
      if (Status status = session.round(outcome, options.seed); !status) return std::unexpected(status.error());
    }
    if (options.seconds == 0 || !outcome.goes_on()) tell(outcome);
    report.outcomes.push_back(std::move(outcome));
  }
  report.whole_rounds = 1;
  if (options.seconds == 0) return report;
  for (bool any = true; any && Clock::now() < end;) {
    any = false;
    bool whole = true;
    for (PropertyOutcome& outcome : report.outcomes) {
      if (!outcome.goes_on()) continue;
      any = true;
      whole = Clock::now() < end;
      if (!whole) break;
      const std::uint64_t seed = options.seed + report.whole_rounds;
      REVIVE_RETURN_IF_ERROR(session.round(outcome, seed));
      if (!outcome.goes_on()) tell(outcome);
    }
    if (any && whole) ++report.whole_rounds;
  }
  for (PropertyOutcome& outcome : report.outcomes) tell(outcome);
  return report;
}

}  // namespace revive::tools
