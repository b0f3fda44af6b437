#include "revive/tools/run/hunt_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>
#include <unordered_map>

#include "revive/properties/hunt/check_text.h"
#include "revive/properties/shrink/shrink.h"

namespace revive::tools {
namespace {

using namespace properties::hunt;  // NOLINT(google-build-using-namespace): this file is about nothing else
using Clock = std::chrono::steady_clock;

// Programs run to shrink one site: counted, so that a busy machine shrinks as far as an idle one. Objects take a tenth
// of the time of models.
constexpr std::size_t kMostOfModels = 140;
constexpr std::size_t kMostOfObjects = 300;
constexpr std::size_t kShrinkRuns = 4'000;
// Programs that hang take a minute each: no site may keep all the others waiting for ever.
constexpr double kShrinkSeconds = 90;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::uint64_t seed_of_case(std::uint64_t seed, std::uint64_t number) {
  Random mix(seed);
  return Random(mix.next() ^ (number * 0x9e3779b97f4a7c15)).next();
}

// What a model goes through: what most people use always, the rest one time out of so many. An object is pickled and
// copied where these are asked for, and needs no others.
struct Leg {
  const char* format;
  std::uint64_t one_in;
};
constexpr std::array<Leg, 18> kLegs = {{{"h5", 20},
                                        {"weights", 32},
                                        {"config", 8},
                                        {"json", 24},
                                        {"clone", 8},
                                        {"fresh", 64},
                                        {"second", 32},
                                        {"trained", 16},
                                        {"pickle", 16},
                                        {"copy", 24},
                                        {"reload", 48},
                                        {"reload_h5", 64},
                                        {"sharded", 80},
                                        {"clone_deep", 16},
                                        {"clone_inputs", 24},
                                        {"unzipped", 64},
                                        {"by_name", 64},
                                        {"skipping", 80}}};

std::vector<std::string> formats_of_case(std::uint64_t number) {
  Random chance(number);
  std::vector<std::string> formats = {"keras"};
  for (const Leg& leg : kLegs) {
    if (chance.below(leg.one_in) == 0) formats.emplace_back(leg.format);
  }
  return formats;
}

std::vector<std::string> formats_of_site(const Site& site) {
  std::vector<std::string> formats = {site.format};
  if (site.format == "fresh" || site.format == "other") formats.insert(formats.begin(), "keras");
  if (site.stage.starts_with("second")) formats.emplace_back("second");
  if (site.stage.starts_with("trained")) formats.emplace_back("trained");
  return formats;
}

// A spelling that does not survive JSON is in the way wherever it stands.
bool is_in_the_way(const Feature& feature) {
  return feature.value.starts_with("a NumPy") || feature.value == "an array" || feature.value == "a tensor";
}

// What a model gives follows from what it is.
bool is_consequence(const Site& site) {
  return site.oracle == "output" || site.oracle == "training output" || site.oracle == "loss" || site.oracle == "mask";
}
bool is_state(const Site& site) {
  return site.oracle == "state" || site.oracle == "weights" || site.oracle == "capture";
}

}  // namespace

void HuntJob::run() {
  std::uint64_t number = 0;
  while (board_.next(number)) {
    one(number);
    while (const auto met = board_.next_met()) pursue(*met);
  }
  while (const auto met = board_.next_met()) pursue(*met);
}

std::vector<Site> HuntJob::sites_of(Program& program, const std::vector<std::string>& formats,
                                    std::vector<Dropped>& dropped, Value& answer,
                                    const std::function<bool(const Site&)>& matters) {
  answer = worker_.run(program, formats, dropped);
  if (other_) load_by_other(program, answer);
  auto sites = judge(answer);
  // What two executions differ in explains a difference, and no exception.
  const auto may_be_noise = [&](const Site& site) { return !site.before.empty() && matters(site); };
  if (sites && std::ranges::any_of(*sites, may_be_noise)) {
    worker_.add_noise(answer);
    sites = judge(answer);
  }
  if (sites) return *std::move(sites);
  board_.add_not_judged(sites.error().message);
  return {};
}

void HuntJob::load_by_other(const Program& program, Value& answer) {
  const Value* const archive = answer.find("archive");
  Value* const stages = answer.find("stages");
  Value* const snapshots = answer.find("snapshots");
  if (archive == nullptr || stages == nullptr || snapshots == nullptr) return;
  const Value loaded = other_->ask(Value::Object{{"verb", "load"},
                                                 {"text", print(program).text},
                                                 {"path", *archive},
                                                 {"stage", "other"},
                                                 {"against", snapshots->as_array().front()}});
  const Value* const told = loaded.find("stages");
  const Value* const seen = loaded.find("snapshots");
  if (told == nullptr || seen == nullptr) return;
  const auto offset = static_cast<std::int64_t>(snapshots->as_array().size());
  for (const Value& snapshot : seen->as_array()) snapshots->as_array().push_back(snapshot);
  for (const auto& [stage, what] : told->as_object()) {
    stages->as_object().emplace_back(stage, what.is_int() ? Value(what.as_int() + offset) : what);
  }
}

void HuntJob::one(std::uint64_t number) {
  auto choices = properties::Choices::random(seed_of_case(board_.options().seed, number));
  Program program = board_.make(choices, number);
  std::vector<Dropped> dropped;
  Value answer;
  const auto is_new = [&](const Site& site) { return board_.is_new(site, program, number); };
  const auto sites = sites_of(program, formats_of_case(number), dropped, answer, is_new);
  const bool noisy = std::ranges::any_of(program.features(), is_in_the_way);
  board_.count(program, answer, dropped);
  bool first = true;
  bool explained = false;
  for (const Site& site : sites) {
    // Where something of the model is known to differ, its output differs.
    if (explained && is_consequence(site) && HuntBoard::knows(number)) continue;
    if (!board_.claim(site, program, number)) {
      explained = explained || is_state(site);
      continue;
    }
    board_.wait({.site = site,
                 .number = number,
                 .choices = choices.recording().values(),
                 .first_of_case = first,
                 .noisy = noisy});
    first = false;
  }
}

void HuntJob::pursue(const HuntMet& met) {
  const auto begun = Clock::now();
  const bool ended = met.site.oracle == "process";
  const auto formats = ended ? formats_of_case(met.number) : formats_of_site(met.site);
  const auto generate = [&](properties::Choices& choices) { return board_.make(choices, met.number); };
  const std::string key = met.site.key();
  const auto is_it = [&](const Site& other) { return other.key() == key; };
  // Other choices may make the same program.
  std::unordered_map<std::string, bool> seen;
  std::size_t most = kMostOfObjects;
  const auto shows = [&](Program program) {
    if (program.is_model) most = kMostOfModels;
    const auto [at, fresh] = seen.emplace(print(program).text, false);
    if (!fresh) return at->second;
    std::vector<Dropped> dropped;
    Value answer;
    at->second = std::ranges::any_of(sites_of(program, formats, dropped, answer, is_it), is_it);
    return at->second;
  };
  // The site that a run waits for keeps no other waiting.
  const std::string& until = board_.options().until;
  const bool in_turn = board_.options().cases == 0 && (until.empty() || !key.contains(until));
  const auto late = [&] {
    return seen.size() >= most || board_.is_interrupted() || (in_turn && seconds_since(begun) > kShrinkSeconds);
  };
  const auto shrunk = properties::shrink(met.choices, generate, shows,
                                         {.tries = kShrinkRuns, .runs = kShrinkRuns, .out_of_time = late});
  board_.add_shrinking(seconds_since(begun));
  Finding finding;
  finding.choices = shrunk.recording.values();
  auto replay = properties::Choices::replay(finding.choices);
  finding.program = generate(replay);
  std::vector<Dropped> dropped;
  Value answer;
  auto shown = sites_of(finding.program, formats, dropped, answer, is_it);
  const auto found = std::ranges::find(shown, key, &Site::key);
  if (!shrunk.reproduced || found == shown.end()) {
    board_.add_unconfirmed(met.site);
    return;
  }
  finding.site = *found;
  const auto cause = std::ranges::find_if(shown, is_state);
  finding.key = key_of(is_consequence(finding.site) && cause != shown.end() ? *cause : finding.site, finding.program);
  finding.case_number = met.number;
  finding.tries = seen.size();
  finding.text = standalone_text(finding.program, finding.site);
  const auto confirming = Clock::now();
  const bool confirmed = board_.has(finding.key) || confirm(finding);
  board_.add_confirming(seconds_since(confirming));
  if (!confirmed) {
    board_.add_unconfirmed(met.site);
    return;
  }
  board_.add(finding, shown);
}

bool HuntJob::confirm(Finding& finding) {
  // A site of two versions is no program of one.
  if (finding.site.format == "other" || finding.site.oracle == "process") return true;
  // A fork of the worker is quick to say that it holds.
  if (finding.site.format != "fresh") {
    const Value quick = worker_.ask(Value::Object{{"verb", "run"}, {"text", finding.text}});
    const Value* const failed = quick.find("failed");
    if (failed != nullptr && failed->is_bool() && !failed->as_bool()) return false;
  }
  // At the same time, as starting Keras takes longer than the program.
  std::array<Result<AloneOutcome>, 2> alone = {AloneOutcome(), AloneOutcome()};
  {
    std::array<std::jthread, 2> both;
    for (std::size_t i = 0; i < both.size(); ++i) {
      both[i] =
          std::jthread([&, i] { alone[i] = run_alone(plan_, finding.text, fmt::format("{}/alone-{}", folder_, i)); });
    }
  }
  // An exception is the one that the worker saw; a difference is what the program asserts.
  const bool raises = finding.site.before.empty() && finding.site.path.ends_with("Error");
  const std::string& expected = raises ? finding.site.path : std::string("AssertionError");
  for (const auto& outcome : alone) {
    if (!outcome || !outcome->failed || !outcome->exception.ends_with(expected)) return false;
    finding.said = outcome->said;
  }
  return true;
}

}  // namespace revive::tools
