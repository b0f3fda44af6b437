#include "revive/tools/run/hunt_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <deque>
#include <filesystem>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "revive/properties/hunt/check_text.h"
#include "revive/properties/hunt/generate_program.h"
#include "revive/properties/process/child_process.h"
#include "revive/properties/shrink/shrink.h"
#include "revive/serializer/io/file.h"
#include "revive/serializer/json/json.h"
#include "revive/tools/console/text.h"

namespace revive::tools {
namespace {

namespace fs = std::filesystem;
using namespace properties::hunt;  // NOLINT(google-build-using-namespace): this file is about nothing else
using Clock = std::chrono::steady_clock;

constexpr double kShrinkShare = 0.3;
// Until then shrinking may take more than its share: the first findings are what one waits for.
constexpr double kFirstSeconds = 20;
constexpr std::size_t kShrinkTries = 250;
constexpr std::size_t kShrinkRuns = 4'000;
// One case in ten is made as if nothing were known.
constexpr std::uint64_t kUnknowing = 10;
// One case in eight goes through every format, one more twice; the others through what most people use.
constexpr std::uint64_t kThorough = 8;
// Two cases in three aim at one parameter, the next of all there are; the others at nothing.
constexpr std::uint64_t kAimless = 3;
// What waits to be shrunk.
constexpr std::size_t kMostWaiting = 1'000;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::uint64_t seed_of_case(std::uint64_t seed, std::uint64_t number) {
  Random mix(seed);
  return Random(mix.next() ^ (number * 0x9e3779b97f4a7c15)).next();
}

std::vector<std::string> formats_of_case(std::uint64_t number) {
  if (number % kThorough == 0) {
    return {"keras", "h5", "weights", "config", "json", "clone", "fresh", "second", "trained"};
  }
  if (number % kThorough == 1) return {"keras", "second", "trained"};
  return {"keras"};
}

std::vector<std::string> formats_of_site(const Site& site) {
  std::vector<std::string> formats = {site.format};
  if (site.format == "fresh" || site.format == "other") formats.insert(formats.begin(), "keras");
  if (site.stage.starts_with("second")) formats.emplace_back("second");
  if (site.stage.starts_with("trained")) formats.emplace_back("trained");
  return formats;
}

// A site and the case that showed it first.
struct Met {
  Site site;
  std::uint64_t number = 0;
  std::vector<std::uint64_t> choices;
};

// Whether the feature can be what the site is about: where the site names an attribute, the one that it names.
bool may_explain(const Feature& feature, const Site& site) {
  const bool names_attribute = site.oracle == "state" || site.oracle == "config";
  return !names_attribute || site.what.contains(feature.parameter) || site.path.contains(feature.parameter);
}

// What a model gives follows from what it is.
bool is_consequence(const Site& site) {
  return site.oracle == "output" || site.oracle == "training output" || site.oracle == "loss" || site.oracle == "mask";
}
bool is_state(const Site& site) {
  return site.oracle == "state" || site.oracle == "weights" || site.oracle == "capture";
}

void shuffle(std::vector<std::size_t>& places, Random& order) {
  for (std::size_t i = places.size(); i > 1; --i) std::swap(places[i - 1], places[order.below(i)]);
}

// What all jobs share.
class Hunt {
 public:
  Hunt(const HuntOptions& options, const Catalogue& catalogue, const std::function<void(const Finding&)>& done)
      : options_(options), catalogue_(catalogue), done_(done) {
    // Neighbours in the catalogue are of one class, and a short run should see many.
    Random order(options.seed);
    for (std::size_t i = 0; i < catalogue.aims().size(); ++i) order_.push_back(i);
    classes_ = catalogue.objects();
    for (const Catalogue::Aim& aim : catalogue.aims()) {
      const ClassInfo& info = catalogue.classes()[aim.class_place];
      const auto& domain = info.parameters[aim.parameter_place].domain;
      if (info.kind == "layers" && domain.front() == "$lambda") functions_.push_back(aim);
    }
    shuffle(order_, order);
    shuffle(classes_, order);
  }

  HuntReport report;

  bool next(std::uint64_t& number) {
    const std::lock_guard lock(mutex_);
    if (options_.cases > 0 && next_ == options_.from + options_.cases) return false;
    if (options_.seconds > 0 && seconds_since(start_) >= options_.seconds) return false;
    if (!report.until.empty()) return false;
    number = next_++;
    return true;
  }

  Program make(properties::Choices& choices, std::uint64_t number) const {
    ProgramRules rules{.catalogue = catalogue_};
    if (number % kUnknowing != 0) rules.avoid = options_.avoid;
    rules.focus = focus_of(number);
    return generate_program(choices, rules);
  }

  // First each class with all its arguments; then a class like that, a parameter, and a function or nothing in turn.
  std::optional<Focus> focus_of(std::uint64_t number) const {
    const std::uint64_t turn = number % kAimless;
    if (order_.empty()) return std::nullopt;
    if (turn == kAimless - 1) {
      // Every other one of those that aim at nothing makes a function on the spot.
      const std::uint64_t place = number / kAimless;
      if (functions_.empty() || place % 2 != 0) return std::nullopt;
      return Focus{.aim = functions_[place / 2 % functions_.size()]};
    }
    const std::uint64_t aimed = number / kAimless * (kAimless - 1) + turn;
    if (aimed < classes_.size() || turn == 0) {
      const std::uint64_t place = aimed < classes_.size() ? aimed : number / kAimless;
      return Focus{.aim = {.class_place = classes_[place % classes_.size()], .parameter_place = 0}, .all = true};
    }
    const std::uint64_t place = number / kAimless;
    return Focus{.aim = catalogue_.aims()[order_[place % order_.size()]],
                 .value = static_cast<std::size_t>(place / order_.size())};
  }

  void count(const Program& program, const Value& answer, const std::vector<Dropped>& dropped) {
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

  // Whether this site is to be shrunk; if not, it has been counted where it belongs.
  bool claim(const Site& site, const Program& program, std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    const std::string key = site.key();
    // What explains a difference may stand in the program: it is taken to be the cause nine times out of ten.
    if (number % kUnknowing != 0 && is_explained(site, program)) return false;
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
  // The sites of one case most often have one cause, so the first of each case goes before all the others.
  void wait(Met met, bool first_of_case) {
    const std::lock_guard lock(mutex_);
    const bool first = first_of_case || (!options_.until.empty() && met.site.key().contains(options_.until));
    auto& line = first ? waiting_ : waiting_behind_;
    if (line.size() >= kMostWaiting) return;
    const bool awaited = !options_.until.empty() && met.site.key().contains(options_.until);
    line.insert(awaited ? line.begin() : line.end(), std::move(met));
  }
  // The next site to shrink, once there is time for it: a run that counts its cases takes the time it needs.
  std::optional<Met> next_met() {
    const std::lock_guard lock(mutex_);
    const double elapsed = seconds_since(start_);
    const bool spent = report.shrink_seconds > kShrinkShare * std::max(elapsed, kFirstSeconds) * options_.jobs;
    const bool done = !report.until.empty() || (options_.seconds > 0 && elapsed >= options_.seconds);
    if (done || !options_.shrinks || (spent && (options_.cases == 0 || next_ < options_.from + options_.cases)))
      return std::nullopt;
    for (auto* const line : {&waiting_, &waiting_behind_}) {
      while (!line->empty()) {
        Met met = std::move(line->front());
        line->pop_front();
        if (still_stands(met)) return met;
      }
    }
    return std::nullopt;
  }
  std::vector<std::string> waiting() {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> sites;
    for (const auto* const line : {&waiting_, &waiting_behind_}) {
      for (const Met& met : *line) {
        if (still_stands(met)) sites.push_back(fmt::format("{} (case {})", met.site.key(), met.number));
      }
    }
    return sites;
  }

  // The shrunk case of a claimed site, and all the sites that its program shows.
  void add(const Finding& finding, const std::vector<Site>& shown) {
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
  bool has(const std::string& key) {
    const std::lock_guard lock(mutex_);
    return std::ranges::find(report.findings, key, &Finding::key) != report.findings.end();
  }
  void add_unconfirmed(const Site& site) {
    const std::lock_guard lock(mutex_);
    ++report.unconfirmed;
    report.unconfirmed_sites.insert(site.key());
  }
  void add_confirming(double seconds) {
    const std::lock_guard lock(mutex_);
    report.confirm_seconds += seconds;
  }
  void add_shrinking(double seconds) {
    const std::lock_guard lock(mutex_);
    report.shrink_seconds += seconds;
  }
  double elapsed() const { return seconds_since(start_); }
  const HuntOptions& options() const { return options_; }
  const Catalogue& catalogue() const { return catalogue_; }

 private:
  static constexpr std::size_t kNobody = SIZE_MAX;

  void note_refusal(const Statement& statement, const std::string& error) {
    for (const Feature& feature : statement.features) {
      report.refused_parameters[fmt::format("{}.{}", feature.class_name, feature.parameter)] = error;
    }
  }

  bool is_explained(const Site& site, const Program& program) {
    for (const std::string& possible : possible_keys(site, program, may_explain)) {
      if (options_.is_known && options_.is_known(possible)) {
        ++report.known[possible];
        return true;
      }
      const auto found = std::ranges::find(report.findings, possible, &Finding::key);
      if (found == report.findings.end()) continue;
      count_again(static_cast<std::size_t>(found - report.findings.begin()), site);
      return true;
    }
    return false;
  }

  // What was found in the meantime may be what was met here.
  bool still_stands(const Met& met) {
    if (const auto owner = owner_.find(met.site.key()); owner->second != kNobody) {
      count_again(owner->second, met.site);
      return false;
    }
    auto choices = properties::Choices::replay(met.choices);
    return met.number % kUnknowing == 0 || !is_explained(met.site, make(choices, met.number));
  }

  static bool holds(const Finding& finding, const std::string& text) {
    return finding.key.contains(text) ||
           std::ranges::any_of(finding.sites, [&](const std::string& site) { return site.contains(text); });
  }

  void count_again(std::size_t place, const Site& site) {
    Finding& finding = report.findings[place];
    ++finding.cases;
    finding.sites.insert(site.key());
    finding.formats.insert(site.format);
  }

  const HuntOptions& options_;
  const Catalogue& catalogue_;
  const std::function<void(const Finding&)>& done_;
  std::mutex mutex_;
  std::uint64_t next_ = options_.from;
  Clock::time_point start_ = Clock::now();
  std::unordered_map<std::string, std::size_t> owner_;
  std::deque<Met> waiting_;
  std::deque<Met> waiting_behind_;
  std::vector<std::size_t> order_;
  std::vector<std::size_t> classes_;
  std::vector<Catalogue::Aim> functions_;
};

// One worker and what it does.
class Job {
 public:
  Job(Hunt& hunt, Worker worker, std::optional<Worker> other, std::string folder, WorkerPlan plan)
      : hunt_(hunt),
        worker_(std::move(worker)),
        other_(std::move(other)),
        folder_(std::move(folder)),
        plan_(std::move(plan)) {}

  void run() {
    std::uint64_t number = 0;
    while (!error_ && hunt_.next(number)) {
      one(number);
      while (const auto met = hunt_.next_met()) pursue(*met);
    }
    while (const auto met = hunt_.next_met()) pursue(*met);
  }
  const std::optional<Error>& error() const { return error_; }

 private:
  // The sites of a program, which loses what Keras refuses of it.
  std::vector<Site> sites_of(Program& program, const std::vector<std::string>& formats, std::vector<Dropped>& dropped,
                             Value& answer) {
    answer = worker_.run(program, formats, dropped);
    if (other_) load_by_other(program, answer);
    auto sites = judge(answer);
    if (sites) return *std::move(sites);
    return {};
  }

  void load_by_other(const Program& program, Value& answer) {
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

  void one(std::uint64_t number) {
    auto choices = properties::Choices::random(seed_of_case(hunt_.options().seed, number));
    Program program = hunt_.make(choices, number);
    std::vector<Dropped> dropped;
    Value answer;
    const auto sites = sites_of(program, formats_of_case(number), dropped, answer);
    hunt_.count(program, answer, dropped);
    bool first = true;
    bool explained = false;
    for (const Site& site : sites) {
      // Where something of the model is known to differ, its output differs.
      if (explained && is_consequence(site) && number % kUnknowing != 0) continue;
      if (!hunt_.claim(site, program, number)) {
        explained = explained || is_state(site);
        continue;
      }
      hunt_.wait({site, number, choices.recording().values()}, first);
      first = false;
    }
  }

  // From a case that shows the site to the finding.
  void pursue(const Met& met) {
    const auto begun = Clock::now();
    const bool ended = met.site.oracle == "process";
    const auto formats = ended ? formats_of_case(met.number) : formats_of_site(met.site);
    const auto generate = [&](properties::Choices& choices) { return hunt_.make(choices, met.number); };
    const std::string key = met.site.key();
    const auto shows = [&](Program program) {
      std::vector<Dropped> dropped;
      Value answer;
      const auto sites = sites_of(program, formats, dropped, answer);
      return std::ranges::any_of(sites, [&](const Site& other) { return other.key() == key; });
    };
    const auto shrunk = properties::shrink(met.choices, generate, shows, {.tries = kShrinkTries, .runs = kShrinkRuns});
    hunt_.add_shrinking(seconds_since(begun));
    Finding finding;
    finding.choices = shrunk.recording.values();
    auto replay = properties::Choices::replay(finding.choices);
    finding.program = generate(replay);
    std::vector<Dropped> dropped;
    Value answer;
    auto shown = sites_of(finding.program, formats, dropped, answer);
    const auto found = std::ranges::find(shown, key, &Site::key);
    if (!shrunk.reproduced || found == shown.end()) {
      hunt_.add_unconfirmed(met.site);
      return;
    }
    finding.site = *found;
    const auto cause = std::ranges::find_if(shown, is_state);
    finding.key = key_of(is_consequence(finding.site) && cause != shown.end() ? *cause : finding.site, finding.program);
    finding.case_number = met.number;
    finding.tries = shrunk.tries;
    finding.text = standalone_text(finding.program, finding.site);
    const auto confirming = Clock::now();
    const bool confirmed = hunt_.has(finding.key) || confirm(finding);
    hunt_.add_confirming(seconds_since(confirming));
    if (!confirmed) {
      hunt_.add_unconfirmed(met.site);
      return;
    }
    hunt_.add(finding, shown);
  }

  // Twice, alone, in a new interpreter.
  bool confirm(Finding& finding) {
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

  Hunt& hunt_;
  Worker worker_;
  std::optional<Worker> other_;
  std::string folder_;
  WorkerPlan plan_;
  std::optional<Error> error_;
};

Result<std::unique_ptr<Job>> start_job(Hunt& hunt, const HuntOptions& options, const std::string& scratch, int number) {
  WorkerPlan plan = options.worker;
  plan.scratch = fmt::format("{}/job-{}", scratch, number);
  std::error_code error;
  fs::create_directories(plan.scratch, error);
  REVIVE_ASSIGN_OR_RETURN(auto worker, Worker::start(plan));
  std::optional<Worker> other;
  if (options.other) {
    WorkerPlan second = *options.other;
    second.scratch = plan.scratch + "/other";
    fs::create_directories(second.scratch, error);
    REVIVE_ASSIGN_OR_RETURN(other, Worker::start(second));
  }
  if (number == 0) {
    hunt.report.hello = worker.hello();
    if (other) hunt.report.other = other->hello();
  }
  return std::make_unique<Job>(hunt, std::move(worker), std::move(other), plan.scratch, plan);
}

void count_parameters(const Catalogue& catalogue, HuntReport& report) {
  for (const ClassInfo& info : catalogue.classes()) {
    if (!info.skip.empty()) {
      report.skipped[info.name] = info.skip;
      continue;
    }
    std::set<std::string> missing;
    std::string refusal;
    for (const Parameter& parameter : info.parameters) {
      std::string name = fmt::format("{}.{}", info.name, parameter.name);
      if (report.exercised.contains(name)) continue;
      if (const auto found = report.refused_parameters.find(name); found != report.refused_parameters.end()) {
        refusal = found->second;
      }
      missing.insert(std::move(name));
    }
    // A class of which Keras took nothing cannot be constructed here.
    if (missing.size() == info.parameters.size() && !refusal.empty()) {
      report.skipped[info.name] = "Keras refuses it: " + refusal;
      continue;
    }
    report.not_exercised.merge(missing);
  }
}

}  // namespace

Result<HuntReport> run_hunt(const HuntOptions& options, const std::function<void(const Finding&)>& done) {
  REVIVE_ASSIGN_OR_RETURN(const auto file, read_file(options.parameters, {}));
  REVIVE_ASSIGN_OR_RETURN(
      const auto table,
      parse_json({reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()}, {}, options.parameters));
  WorkerPlan first = options.worker;
  std::error_code error;
  fs::create_directories(first.scratch, error);
  Value api;
  {
    REVIVE_ASSIGN_OR_RETURN(auto worker, Worker::start(first));
    Value::Array modules(options.modules.begin(), options.modules.end());
    api = worker.ask(Value::Object{{"verb", "api"}, {"modules", std::move(modules)}});
    if (const Value* const refused = api.find("error")) {
      return fail(ErrorCode::usage, "", refused->is_string() ? refused->as_string() : refused->brief());
    }
  }
  REVIVE_ASSIGN_OR_RETURN(const auto catalogue, Catalogue::make(api, table));
  Hunt hunt(options, catalogue, done);
  hunt.report.seed = options.seed;
  std::vector<std::unique_ptr<Job>> jobs;
  for (int i = 0; i < options.jobs; ++i) {
    REVIVE_ASSIGN_OR_RETURN(auto job, start_job(hunt, options, first.scratch, i));
    jobs.push_back(std::move(job));
  }
  {
    std::vector<std::jthread> threads;
    for (const auto& job : jobs) threads.emplace_back([&job] { job->run(); });
  }
  hunt.report.seconds = hunt.elapsed();
  hunt.report.waiting = hunt.waiting();
  count_parameters(catalogue, hunt.report);
  return std::move(hunt.report);
}

Result<AloneOutcome> run_alone(const WorkerPlan& plan, const std::string& text, const std::string& folder) {
  std::error_code error;
  fs::remove_all(folder, error);
  fs::create_directories(folder, error);
  const std::string path = folder + "/program.py";
  REVIVE_RETURN_IF_ERROR(write_file_atomically(posix_file_system(), path, std::as_bytes(std::span(text))));
  constexpr double kSeconds = 120;
  constexpr std::uint64_t kFileBytes = std::uint64_t{1} << 30;
  // A planted fault is in Keras wherever the program runs.
  std::string program = "program.py";
  if (!plan.fault.empty()) {
    program = fmt::format("{} --patch {} --run program.py", shell_word(plan.script), plan.fault);
  }
  REVIVE_ASSIGN_OR_RETURN(
      const auto end,
      properties::run_child(
          {.command = {"/bin/sh", "-c", fmt::format("exec {} {}", interpreter(plan), program)}, .folder = folder},
          {.wall_seconds = kSeconds, .file_bytes = kFileBytes}));
  AloneOutcome outcome{.failed = !end.exited_with(0), .said = last_line(end.err), .exception = ""};
  // The line below the last traceback: what follows it is the rest of its message.
  constexpr std::string_view kTraceback = "Traceback (most recent call last):\n";
  std::string_view rest = end.err;
  const std::size_t last = rest.rfind(kTraceback);
  if (last == std::string_view::npos) return outcome;
  rest.remove_prefix(last + kTraceback.size());
  while (rest.starts_with(' ')) rest.remove_prefix(std::min(rest.size(), rest.find('\n') + 1));
  outcome.said = rest.substr(0, rest.find('\n'));
  outcome.exception = outcome.said.substr(0, outcome.said.find(':'));
  return outcome;
}

}  // namespace revive::tools
