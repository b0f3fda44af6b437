#include "revive/properties/shrink/property_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "revive/model/registry.h"

namespace revive::properties {
namespace {

// Cases that one thread takes at a time: few enough that the threads end together.
constexpr std::uint64_t kBlockCases = 32;

using Known = std::function<bool(const Violation&)>;
using Counts = std::map<std::string, std::uint64_t>;

CaseResult test_case(const Property& property, const Subject& subject, const Result<Case>& made) {
  if (!made) return {.violation = Violation{"the generator made what is not a model: " + made.error().text()}};
  // Here as well as in run_cases(), for a case that throws is shrunk like any other.
  try {
    return try_case(property, *made, subject);
  } catch (...) {
    return {.violation = Violation{exception_text()}};
  }
}

void add(Counts& total, const Counts& part) {
  for (const auto& [name, count] : part) total[name] += count;
}

// What became of neighbouring cases.
struct Block {
  Distribution distribution;
  std::optional<RunFailure> failure = {};
  // What the failure violated; nothing where an exception ended it outside of the property.
  std::optional<Violation> violation = {};
  // As PropertyReport counts them.
  Counts known = {};
  Counts discarded = {};
};

// What the threads of a run share: which block is next, and what the finished ones amount to. Blocks are added up in
// their order and only to the first that failed, so that it does not matter who was fast.
class Ledger {
 public:
  explicit Ledger(bool facets) : total_{.distribution = Distribution(facets)} {}

  // A block that nobody has taken; numbers go up.
  std::uint64_t take() {
    const std::scoped_lock lock(mutex_);
    return next_++;
  }
  // Whether a block before this one has failed.
  bool is_moot(std::uint64_t number) {
    const std::scoped_lock lock(mutex_);
    return number > failed_;
  }
  void finish(std::uint64_t number, Block block) {
    const std::scoped_lock lock(mutex_);
    if (block.failure) failed_ = std::min(failed_, number);
    finished_.emplace(number, std::move(block));
    for (auto at = finished_.find(added_); at != finished_.end() && !total_.failure; at = finished_.find(added_)) {
      Block& first = at->second;
      total_.distribution.add(first.distribution);
      add(total_.known, first.known);
      add(total_.discarded, first.discarded);
      total_.failure = std::move(first.failure);
      total_.violation = std::move(first.violation);
      finished_.erase(at);
      ++added_;
    }
  }
  // Once all threads have ended.
  Block& total() { return total_; }

 private:
  std::mutex mutex_;
  std::uint64_t next_ = 0;
  std::uint64_t added_ = 0;
  std::uint64_t failed_ = UINT64_MAX;
  std::map<std::uint64_t, Block> finished_;
  Block total_;
};

// One thread's part: walks the whole sequence and makes the cases of the blocks that it took.
class Worker {
 public:
  Worker(const Property& property, const Subject& subject, const RunConfig& config, const GenerateOptions& options,
         Ledger& ledger)
      : property_(property), subject_(subject), config_(config), options_(options), ledger_(ledger) {}

  void run() {
    RunResult result = run_cases(
        {.seed = config_.seed, .cases = config_.cases, .min_size = config_.min_size},
        [&](Choices& choices) { return one_case(choices); }, [&](std::uint64_t number) { return turn(number); });
    block_.failure = std::move(result.failure);
    ledger_.finish(mine_, std::move(block_));
  }

 private:
  CaseOutcome one_case(Choices& choices) {
    const auto made = generate_case(choices, options_);
    if (made) {
      block_.distribution.add(*made);
    } else {
      block_.distribution.add_unknown();
    }
    auto [violation, unsupported] = test_case(property_, subject_, made);
    if (config_.after_case) config_.after_case();
    if (unsupported) ++block_.discarded[*unsupported];
    if (!violation) return {};
    if (config_.is_known && config_.is_known(*violation)) {
      ++block_.known[failure_site(*violation)];
      return {};
    }
    block_.violation = std::move(violation);
    return {.failed = true, .message = block_.violation->message};
  }

  Turn turn(std::uint64_t number) {
    const std::uint64_t block = number / kBlockCases;
    if (block > mine_) {
      ledger_.finish(mine_, std::exchange(block_, {.distribution = Distribution(config_.facets)}));
      mine_ = ledger_.take();
    }
    if (block < mine_) return Turn::pass;
    if (ledger_.is_moot(mine_)) return Turn::stop;
    return number % config_.shard.count == config_.shard.index ? Turn::make : Turn::pass;
  }

  const Property& property_;
  const Subject& subject_;
  const RunConfig& config_;
  const GenerateOptions& options_;
  Ledger& ledger_;
  std::uint64_t mine_ = ledger_.take();
  Block block_{.distribution = Distribution(config_.facets)};
};

// A failure that cannot be shrunk, because its case holds when it is tried again.
std::optional<Counterexample> as_generated(Block& failed, const GenerateOptions& options) {
  Choices choices = Choices::replay(failed.failure->recording.values());
  auto made = generate_case(choices, options);
  if (!made) return std::nullopt;
  if (!failed.violation) failed.violation = Violation{failed.failure->message};
  return Counterexample{.recording = std::move(failed.failure->recording),
                        .minimal = *std::move(made),
                        .violation = *std::move(failed.violation),
                        .repeats = false};
}

// Of a subject that lists its layers: why the property, which puts others into every model, says nothing about it.
std::optional<std::string> about_others(const Subject& subject, const Counts& discarded, std::uint64_t cases) {
  if (!subject.layers || discarded.empty()) return std::nullopt;
  std::uint64_t sum = 0;
  for (const auto& [what, count] : discarded) {
    const auto is_it = [&](const std::string& name) { return what == about_layer(name); };
    // One that refuses what it lists is told so.
    if (!what.starts_with(about_layer("")) || std::ranges::any_of(*subject.layers, is_it)) return std::nullopt;
    sum += count;
  }
  if (sum < cases) return std::nullopt;
  const auto most = std::ranges::max_element(discarded, {}, [](const auto& entry) { return entry.second; });
  return fmt::format("the subject does not know {}", most->first);
}

// Why so few cases said something that holding means little.
std::optional<std::string> too_few(const Counts& discarded, std::uint64_t cases) {
  std::uint64_t sum = 0;
  for (const auto& [what, count] : discarded) sum += count;
  if (static_cast<double>(sum) <= kMostDiscarded * static_cast<double>(cases)) return std::nullopt;
  const auto most = std::ranges::max_element(discarded, {}, [](const auto& entry) { return entry.second; });
  return fmt::format(
      "the subject does not support {} of {} cases, {} of them for {}; one that lists its layers is given those alone",
      sum, cases, most->second, most->first);
}

}  // namespace

std::optional<Counterexample> shrink_case(const Property& property, const Subject& subject, const Recording& failing,
                                          const GenerateOptions& options, const ShrinkBudget& budget,
                                          const Known& is_known) {
  const auto generate = [&](Choices& choices) { return generate_case(choices, options); };
  const auto violation_of = [&](const Result<Case>& made) {
    auto violation = test_case(property, subject, made).violation;
    if (violation && is_known && is_known(*violation)) violation.reset();
    return violation;
  };
  const auto fails = [&](const Result<Case>& made) { return violation_of(made).has_value(); };
  ShrinkResult shrunk = shrink(failing.values(), generate, fails, budget);
  Choices choices = Choices::replay(shrunk.recording.values());
  auto made = generate(choices);
  const auto violation = violation_of(made);
  if (!violation) return std::nullopt;
  if (!made) {
    Choices simplest = Choices::replay(std::vector<std::uint64_t>{});
    made = generate(simplest);
    // Without even the simplest case there is nothing to show but the sentence.
    if (!made) return std::nullopt;
  }
  return Counterexample{.recording = std::move(shrunk.recording),
                        .minimal = std::move(*made),
                        .violation = *violation,
                        .shrink_tries = shrunk.tries,
                        .budget_spent = shrunk.budget_spent,
                        .out_of_time = shrunk.out_of_time};
}

PropertyReport run_property(const Property& property, const Subject& subject, const RunConfig& config,
                            const GenerateOptions& options) {
  return run_property(property, std::span(&subject, 1), config, options);
}

GenerateOptions options_for(const Subject& subject, GenerateOptions options) {
  if (!subject.layers || !options.only.empty()) return options;
  for (const std::string& name : *subject.layers) {
    const LayerClass* const known = find_layer_class(name);
    if (known != nullptr) options.only.push_back(known);
  }
  return options;
}

PropertyReport run_property(const Property& property, std::span<const Subject> subjects, const RunConfig& config,
                            const GenerateOptions& options) {
  // The others are the same subject for other threads.
  const Subject& subject = subjects.front();
  const GenerateOptions known = options_for(subject, options);
  Ledger ledger(config.facets);
  const auto work = [&](const Subject& one) { Worker(property, one, config, known, ledger).run(); };
  {
    std::vector<std::jthread> others;
    for (const Subject& other : subjects.subspan(1)) others.emplace_back(work, std::cref(other));
    work(subject);
  }
  Block& total = ledger.total();
  PropertyReport report{.property = &property,
                        .distribution = std::move(total.distribution),
                        .counterexample = {},
                        .trouble = {},
                        .known = std::move(total.known),
                        .discarded = std::move(total.discarded)};
  if (total.failure) {
    report.counterexample =
        shrink_case(property, subject, total.failure->recording, known, config.shrink, config.is_known);
    if (!report.counterexample) report.counterexample = as_generated(total, known);
    if (!report.counterexample) report.trouble = total.failure->message;
  } else if (auto skipped = about_others(subject, report.discarded, report.distribution.cases())) {
    report.skipped = std::move(skipped);
  } else if (auto trouble = too_few(report.discarded, report.distribution.cases())) {
    report.trouble = std::move(trouble);
  } else if (known.profile == Profile::wild && !known.lambdas_only && known.only.empty()) {
    // The others leave kinds out on purpose.
    report.trouble = report.distribution.missed();
  }
  return report;
}

}  // namespace revive::properties
