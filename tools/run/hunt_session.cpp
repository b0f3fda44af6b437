#include "revive/tools/run/hunt_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
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
// One case in eight goes through every format; the others through what most people use.
constexpr std::uint64_t kThorough = 8;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::uint64_t seed_of_case(std::uint64_t seed, std::uint64_t number) {
  Random mix(seed);
  return Random(mix.next() ^ (number * 0x9e3779b97f4a7c15)).next();
}

std::vector<std::string> formats_of_case(std::uint64_t number) {
  if (number % kThorough == 0) return {"keras", "h5", "weights", "config", "json", "clone", "fresh"};
  return {"keras"};
}

std::vector<std::string> formats_of_site(const Site& site) {
  if (site.format == "fresh" || site.format == "other") return {"keras", site.format};
  return {site.format};
}

// What all jobs share.
class Hunt {
 public:
  Hunt(const HuntOptions& options, const Catalogue& catalogue, const std::function<void(const Finding&)>& done)
      : options_(options), catalogue_(catalogue), done_(done) {}

  HuntReport report;

  bool next(std::uint64_t& number) {
    const std::lock_guard lock(mutex_);
    if (options_.cases > 0 && next_ == options_.cases) return false;
    if (options_.seconds > 0 && seconds_since(start_) >= options_.seconds) return false;
    if (!report.until.empty()) return false;
    number = next_++;
    return true;
  }

  Program make(properties::Choices& choices, std::uint64_t number) const {
    ProgramRules rules{.catalogue = catalogue_};
    if (number % kUnknowing != 0) rules.avoid = options_.avoid;
    return generate_program(choices, rules);
  }

  void count(const Program& program, const Value& answer, const std::vector<std::string>& dropped) {
    const std::lock_guard lock(mutex_);
    ++report.cases;
    if (!program.is_model) ++report.objects;
    for (const std::string& error : dropped) ++report.refusals[plain_message(error)];
    if (const Value* const refused = answer.find("refused")) {
      ++report.refused;
      if (refused->is_string()) ++report.refusals[plain_message(refused->as_string())];
      return;
    }
    for (std::string& name : program.exercised()) report.exercised.insert(std::move(name));
  }

  // Whether this site is to be shrunk by whoever asks; if not, it has been counted where it belongs.
  bool claim(const Site& site, const Program& program, std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    const std::string key = site.key();
    // What explains a difference may stand in the program: it is taken to be the cause nine times out of ten.
    if (number % kUnknowing != 0) {
      for (const std::string& possible : possible_keys(site, program)) {
        const auto found = std::ranges::find(report.findings, possible, &Finding::key);
        const bool known = options_.is_known && options_.is_known(possible);
        if (known) ++report.known[possible];
        if (found != report.findings.end()) {
          count_again(static_cast<std::size_t>(found - report.findings.begin()), site);
        }
        if (known || found != report.findings.end()) return false;
      }
    }
    if (options_.is_known && options_.is_known(key)) {
      ++report.known[key];
      return false;
    }
    if (const auto found = owner_.find(key); found != owner_.end()) {
      if (found->second != kNobody) count_again(found->second, site);
      return false;
    }
    const double elapsed = seconds_since(start_);
    if (elapsed > kFirstSeconds && report.shrink_seconds > kShrinkShare * elapsed * options_.jobs) return false;
    owner_.emplace(key, kNobody);
    return true;
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
  void add_unconfirmed() {
    const std::lock_guard lock(mutex_);
    ++report.unconfirmed;
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
  std::uint64_t next_ = 0;
  Clock::time_point start_ = Clock::now();
  std::unordered_map<std::string, std::size_t> owner_;
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
    while (!error_ && hunt_.next(number)) one(number);
  }
  const std::optional<Error>& error() const { return error_; }

 private:
  // The sites of a program, which loses what Keras refuses of it.
  std::vector<Site> sites_of(Program& program, const std::vector<std::string>& formats,
                             std::vector<std::string>& dropped, Value& answer) {
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
    std::vector<std::string> dropped;
    Value answer;
    const auto sites = sites_of(program, formats_of_case(number), dropped, answer);
    hunt_.count(program, answer, dropped);
    for (const Site& site : sites) {
      if (hunt_.claim(site, program, number)) pursue(number, choices.recording().values(), site);
    }
  }

  // From a case that shows the site to the finding.
  void pursue(std::uint64_t number, const std::vector<std::uint64_t>& start, const Site& site) {
    const auto begun = Clock::now();
    const auto formats = formats_of_site(site);
    const auto generate = [&](properties::Choices& choices) { return hunt_.make(choices, number); };
    const std::string key = site.key();
    const auto shows = [&](Program program) {
      std::vector<std::string> dropped;
      Value answer;
      const auto sites = sites_of(program, formats, dropped, answer);
      return std::ranges::any_of(sites, [&](const Site& other) { return other.key() == key; });
    };
    const auto shrunk = properties::shrink(start, generate, shows, {.tries = kShrinkTries, .runs = kShrinkRuns});
    hunt_.add_shrinking(seconds_since(begun));
    if (!shrunk.reproduced) {
      hunt_.add_unconfirmed();
      return;
    }
    Finding finding;
    finding.choices = shrunk.recording.values();
    auto replay = properties::Choices::replay(finding.choices);
    finding.program = generate(replay);
    std::vector<std::string> dropped;
    Value answer;
    auto shown = sites_of(finding.program, formats, dropped, answer);
    const auto found = std::ranges::find(shown, key, &Site::key);
    if (found == shown.end()) {
      hunt_.add_unconfirmed();
      return;
    }
    finding.site = *found;
    finding.key = key_of(finding.site, finding.program);
    finding.case_number = number;
    finding.tries = shrunk.tries;
    finding.text = standalone_text(finding.program, finding.site);
    if (!hunt_.has(finding.key) && !confirm(finding)) {
      hunt_.add_unconfirmed();
      return;
    }
    hunt_.add(finding, shown);
  }

  // Twice, alone, in a new interpreter.
  bool confirm(Finding& finding) {
    // A site of two versions is no program of one.
    if (finding.site.format == "other" || finding.site.oracle == "process") return true;
    for (int i = 0; i < 2; ++i) {
      const auto alone = run_alone(plan_, finding.text, fmt::format("{}/alone", folder_));
      if (!alone || !alone->failed) return false;
      // An exception is the one that the worker saw; a difference is what the program asserts.
      const bool raises = finding.site.before.empty() && finding.site.path.ends_with("Error");
      const std::string& expected = raises ? finding.site.path : std::string("AssertionError");
      const bool in_another_process = alone->exception == "subprocess.CalledProcessError";
      if (!in_another_process && !alone->exception.ends_with(expected)) return false;
      finding.said = alone->said;
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
    for (const Parameter& parameter : info.parameters) {
      std::string name = fmt::format("{}.{}", info.name, parameter.name);
      if (!report.exercised.contains(name)) report.not_exercised.insert(std::move(name));
    }
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
    program = fmt::format("{} --run program.py --patch {}", shell_word(plan.script), plan.fault);
  }
  REVIVE_ASSIGN_OR_RETURN(
      const auto end,
      properties::run_child(
          {.command = {"/bin/sh", "-c", fmt::format("exec {} {}", interpreter(plan), program)}, .folder = folder},
          {.wall_seconds = kSeconds, .file_bytes = kFileBytes}));
  // The last line that names an exception: its message may go on for several lines.
  AloneOutcome outcome{.failed = !end.exited_with(0), .said = last_line(end.err), .exception = ""};
  std::string_view rest = end.err;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const std::size_t colon = line.find_first_of(": ");
    const std::string_view word = line.substr(0, colon);
    const bool names = !word.empty() && word.front() != ' ' && (word.ends_with("Error") || word.ends_with("Exception"));
    if (!names) continue;
    outcome.exception = word;
    outcome.said = line;
  }
  return outcome;
}

}  // namespace revive::tools
