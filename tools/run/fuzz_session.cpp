#include "revive/tools/run/fuzz_session.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "revive/properties/process/background_child.h"
#include "revive/properties/process/child_process.h"
#include "revive/properties/process/descriptor.h"
#include "revive/tools/console/text.h"
#include "revive/tools/run/crash_report.h"
#include "revive/tools/run/fuzz_findings.h"
#include "revive/tools/run/fuzz_inputs.h"

namespace revive::tools {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using properties::BackgroundChild;
using properties::ChildEnd;
using std::chrono::duration_cast;
using std::chrono::milliseconds;

// Of one input. A target's .options may say otherwise.
constexpr std::string_view kTimeout = "-timeout=25";
constexpr std::string_view kMemory = "-rss_limit_mb=2560";
// Beyond its time a process gets this long to finish its last input.
constexpr double kGraceSeconds = 60;
// And this long to end when it is asked to.
constexpr double kEndSeconds = 5;
// After a signal, what was found and not tried alone yet is tried for so long; what remains is stored as it is.
constexpr double kLastSeconds = 5;
constexpr auto kLook = milliseconds(200);
// The pause before a process that died at once of what is known is started again, doubled with every such death.
constexpr auto kShortestPause = milliseconds(100);
constexpr auto kLongestPause = std::chrono::seconds(5);
// A process that lived so long did some work.
constexpr auto kShortLife = std::chrono::seconds(2);
// A process prints its stack unresolved, so that what it found is on the disk at once; names come when the input is
// tried alone.
constexpr std::string_view kSanitizerOptions[] = {"ASAN_OPTIONS", "UBSAN_OPTIONS", "MSAN_OPTIONS", "TSAN_OPTIONS"};

std::uint64_t size_of(const std::string& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  return error ? 0 : size;
}

double seconds_until(Clock::time_point when) {
  return std::chrono::duration<double>(when - Clock::now()).count();
}

Clock::time_point in_seconds(double seconds) {
  return Clock::now() + duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

std::vector<std::string> without_symbols() {
  std::vector<std::string> environment;
  for (const std::string_view name : kSanitizerOptions) {
    const char* const own = std::getenv(std::string(name).c_str());
    environment.push_back(
        fmt::format("{}={}{}symbolize=0", name, own != nullptr ? own : "", own != nullptr ? ":" : ""));
  }
  return environment;
}

// Which bug an input shows, as far as the process that found it could tell.
std::string bug_in_log(const std::string& log) {
  return parse_crash_report(log).bug();
}

class Session {
 public:
  Session(const FuzzTarget& target, const FuzzOptions& options, const Interruption& interruption, FuzzReport& report,
          Console& console)
      : target_(target),
        options_(options),
        interruption_(interruption),
        report_(report),
        console_(console),
        files_(options.corpus, target.name) {}

  Status prepare();
  // What earlier sessions left is tried before anything new is.
  Status replay(Progress& progress);
  Status fuzz(Progress& progress);
  void collect();

 private:
  // One of the processes that fuzz, across its starts.
  struct Worker {
    std::string log;
    // A folder of its own, so that what it found is known from what another did.
    std::string artifacts;
    std::optional<BackgroundChild> child = {};
    Clock::time_point started = {};
    // When it is to be started again.
    std::optional<Clock::time_point> due = Clock::now();
    Clock::duration pause = Clock::duration::zero();
  };
  // A finding to be tried alone.
  struct Trial {
    std::string path;
    bool stored_earlier = false;
    // How the process that found it called the bug.
    std::string of_process = {};
  };
  struct Job {
    BackgroundChild child;
    std::string path;
    Trial trial = {};
  };

  std::vector<std::string> command(std::vector<std::string> rest) const;
  bool ends_early() const { return interruption_.happened(); }
  void wait(std::chrono::milliseconds most) const;
  void tell(Progress& progress, const FuzzStatus& running) const;

  Status start(Worker& worker);
  Status look_after(Worker& worker, FuzzStatus& sum);
  Status take_findings(Worker& worker, std::string_view log, bool& any, bool& any_new);

  Status look_after_trial();
  Status begin_trial();
  Status end_trial(const ChildEnd& end, const Trial& trial);
  Status note_failure(const Trial& trial, const std::string& said, const ChildEnd& end);
  Status note_success(const Trial& trial, const std::string& said);
  FuzzFinding& finding_at(const std::string& path);

  Status look_after_minimizing();

  const FuzzTarget& target_;
  const FuzzOptions& options_;
  const Interruption& interruption_;
  FuzzReport& report_;
  Console& console_;
  const FuzzFindings files_;
  properties::Descriptor lock_;
  FuzzInputs inputs_{files_.inputs(), target_.seeds, files_.beside_inputs(".seeds")};
  Clock::time_point end_;
  std::vector<Worker> workers_;
  std::deque<Trial> trials_;
  std::optional<Job> trying_;
  std::deque<std::string> to_minimize_;
  std::optional<Job> minimizing_;
  std::map<std::string, FuzzFinding> findings_;
  // What processes call a bug before its stack has names: the sizes of the smallest inputs that were stored for it, and
  // its path once one was tried alone.
  std::map<std::string, std::uint64_t> smallest_;
  std::map<std::string, std::string> path_of_bug_;
};

Status Session::prepare() {
  REVIVE_RETURN_IF_ERROR(files_.make_folders());
  constexpr int kMode = 0644;
  const std::string lock = files_.beside_inputs(".lock");
  lock_ = properties::Descriptor::own(open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kMode));
  if (!lock_.valid()) return fail(ErrorCode::file_unwritable, lock, "cannot write");
  if (flock(lock_.number(), LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorCode::usage, files_.inputs(), "another session fuzzes this target with this corpus");
  }
  REVIVE_ASSIGN_OR_RETURN(const auto help,
                          properties::run_child({target_.program, "-help=1"}, {.wall_seconds = kGraceSeconds}));
  if (!(help.out + help.err).contains("max_total_time")) {
    return fail(ErrorCode::usage, target_.program, "built without libFuzzer; the preset fuzz builds with it");
  }
  const std::vector<std::string> left = files_.artifacts();
  for (const std::string& artifact : left) {
    const auto stored = files_.store(artifact, *kind_of_artifact(artifact));
    if (!stored) return std::unexpected(stored.error());
  }
  if (!left.empty()) {
    report_.news.push_back(fmt::format("{} of a session that was killed: stored",
                                       counted(static_cast<std::int64_t>(left.size()), "finding")));
  }
  for (const std::string& path : files_.stored()) trials_.push_back({.path = path, .stored_earlier = true});
  return {};
}

std::vector<std::string> Session::command(std::vector<std::string> rest) const {
  std::vector<std::string> all = {target_.program, std::string(kTimeout), std::string(kMemory)};
  all.insert(all.end(), target_.flags.begin(), target_.flags.end());
  all.insert(all.end(), rest.begin(), rest.end());
  return all;
}

// Until something ends, a signal comes or it is time to look.
void Session::wait(milliseconds most) const {
  // Whoever reads the report may be gone.
  console_.out.flush();
  std::vector<pollfd> files = {{interruption_.file(), POLLIN, 0}};
  // Once it has come, it would always be there.
  if (ends_early()) files.clear();
  for (const Worker& worker : workers_) {
    if (worker.child) files.push_back({worker.child->channel(), POLLIN, 0});
  }
  if (trying_) files.push_back({trying_->child.channel(), POLLIN, 0});
  if (minimizing_) files.push_back({minimizing_->child.channel(), POLLIN, 0});
  (void)poll(files.data(), files.size(), static_cast<int>(most.count()));
}

void Session::tell(Progress& progress, const FuzzStatus& running) const {
  const auto found = static_cast<std::int64_t>(findings_.size() + trials_.size());
  progress.tell(fmt::format("{} runs, {} features, {} inputs, {}", report_.runs + running.runs, running.features,
                            running.inputs, counted(found, "finding")));
}

Status Session::replay(Progress& progress) {
  while ((!trials_.empty() || trying_) && !ends_early()) {
    REVIVE_RETURN_IF_ERROR(look_after_trial());
    wait(kLook);
    progress.tell(fmt::format("{} to replay", counted(static_cast<std::int64_t>(trials_.size()), "stored finding")));
  }
  return {};
}

Status Session::fuzz(Progress& progress) {
  end_ = in_seconds(options_.seconds);
  for (int i = 0; i < options_.jobs; ++i) {
    workers_.push_back({.log = files_.beside_inputs(fmt::format(".{}.log", i)),
                        .artifacts = (fs::path(files_.beside_inputs(".artifacts")) / std::to_string(i)).string()});
  }
  std::optional<Clock::time_point> last;
  for (;;) {
    if (ends_early() && !last) {
      last = in_seconds(kLastSeconds);
      for (const Worker& worker : workers_) {
        if (worker.child) worker.child->stop(kEndSeconds);
      }
      minimizing_.reset();
    }
    FuzzStatus sum;
    bool working = false;
    for (Worker& worker : workers_) {
      REVIVE_RETURN_IF_ERROR(look_after(worker, sum));
      working = working || worker.child || worker.due;
    }
    REVIVE_RETURN_IF_ERROR(look_after_trial());
    if (!last) REVIVE_RETURN_IF_ERROR(look_after_minimizing());
    tell(progress, sum);
    const bool trying = (trying_ || !trials_.empty()) && (!last || seconds_until(*last) > 0);
    if (!working && !trying && !minimizing_) return {};
    wait(kLook);
  }
}

Status Session::start(Worker& worker) {
  const int left = std::max(1, static_cast<int>(seconds_until(end_)));
  std::error_code error;
  fs::create_directories(worker.artifacts, error);
  if (error) return fail(ErrorCode::file_unwritable, worker.artifacts, "cannot make the folder: " + error.message());
  std::vector<std::string> rest = {fmt::format("-max_total_time={}", left), "-print_final_stats=1",
                                   fmt::format("-artifact_prefix={}/", worker.artifacts), files_.inputs()};
  if (!inputs_.seeds().empty()) rest.push_back(inputs_.seeds());
  REVIVE_ASSIGN_OR_RETURN(
      auto child,
      BackgroundChild::start({.command = command(std::move(rest)), .environment = without_symbols()}, worker.log));
  worker.child = std::move(child);
  worker.started = Clock::now();
  worker.due.reset();
  return {};
}

Status Session::look_after(Worker& worker, FuzzStatus& sum) {
  if (!worker.child) {
    if (!worker.due || Clock::now() < *worker.due) return {};
    const bool first = worker.started == Clock::time_point();
    if (!ends_early() && (first || seconds_until(end_) >= 1)) return start(worker);
    worker.due.reset();
    return {};
  }
  const auto end = worker.child->ended();
  const std::string log = read_whole(worker.log);
  const FuzzStatus status = last_fuzz_status(log);
  sum.runs += status.runs;
  sum.features = std::max(sum.features, status.features);
  sum.inputs = std::max(sum.inputs, status.inputs);
  if (!end) {
    if (seconds_until(end_) < -kGraceSeconds) worker.child->stop(kEndSeconds);
    return {};
  }
  worker.child.reset();
  report_.runs += status.runs;
  sum.runs -= status.runs;
  bool any = false;
  bool any_new = false;
  REVIVE_RETURN_IF_ERROR(take_findings(worker, log, any, any_new));
  if (!any) {
    const bool asked = ends_early() || end->exited_with(0);
    if (!asked) report_.troubles.push_back(fmt::format("{}: {}", to_string(*end), last_line(log)));
    return {};
  }
  const bool in_vain = !any_new && Clock::now() - worker.started < kShortLife;
  worker.pause =
      in_vain ? std::clamp<Clock::duration>(worker.pause * 2, kShortestPause, kLongestPause) : Clock::duration::zero();
  worker.due = Clock::now() + worker.pause;
  return {};
}

// Stores what a process has written that has ended.
Status Session::take_findings(Worker& worker, std::string_view log, bool& any, bool& any_new) {
  const std::string bug = bug_in_log(std::string(log));
  for (const std::string& artifact : files_.artifacts()) {
    if (!artifact.starts_with(worker.artifacts + "/")) continue;
    any = true;
    REVIVE_RETURN_IF_ERROR(inputs_.leave_out(artifact));
    const std::uint64_t size = size_of(artifact);
    const auto known = smallest_.find(bug);
    if (known != smallest_.end() && known->second <= size) {
      // The bug has an input that is no larger. What is tried alone is counted when it was tried.
      if (const auto path = path_of_bug_.find(bug); path != path_of_bug_.end()) ++finding_at(path->second).seen;
      std::error_code error;
      fs::remove(artifact, error);
      continue;
    }
    any_new = any_new || known == smallest_.end();
    smallest_[bug] = size;
    REVIVE_ASSIGN_OR_RETURN(auto path, files_.store(artifact, *kind_of_artifact(artifact)));
    // What it said is all there is to know of a finding that does not fail again.
    std::error_code error;
    fs::copy_file(worker.log, files_.log_of(path), fs::copy_options::overwrite_existing, error);
    trials_.push_back({.path = std::move(path), .of_process = bug});
  }
  return {};
}

Status Session::look_after_trial() {
  if (!trying_) return trials_.empty() ? Status() : begin_trial();
  const auto end = trying_->child.ended();
  if (!end) return {};
  const Trial trial = std::move(trying_->trial);
  trying_.reset();
  REVIVE_RETURN_IF_ERROR(end_trial(*end, trial));
  return trials_.empty() ? Status() : begin_trial();
}

Status Session::begin_trial() {
  Trial trial = std::move(trials_.front());
  trials_.pop_front();
  // Two processes may find the same input; after the first trial it has another name.
  if (std::error_code error; !fs::exists(trial.path, error)) return {};
  REVIVE_ASSIGN_OR_RETURN(auto child,
                          BackgroundChild::start({.command = command({trial.path})}, files_.beside_inputs(".trial.log"),
                                                 {.wall_seconds = 2 * kGraceSeconds}));
  trying_.emplace(std::move(child), trial.path, std::move(trial));
  return {};
}

Status Session::end_trial(const ChildEnd& end, const Trial& trial) {
  const std::string said = read_whole(files_.beside_inputs(".trial.log"));
  return end.exited_with(0) ? note_success(trial, said) : note_failure(trial, said, end);
}

Status Session::note_failure(const Trial& trial, const std::string& said, const ChildEnd& end) {
  CrashReport crash = parse_crash_report(said);
  if (crash.summary.empty()) crash.summary = fmt::format("{}: {}", to_string(end), last_line(said));
  REVIVE_ASSIGN_OR_RETURN(const auto path, files_.name_after(trial.path, crash.bug()));
  if (!trial.of_process.empty()) path_of_bug_[trial.of_process] = path;
  const bool first = !findings_.contains(path);
  FuzzFinding& finding = finding_at(path);
  if (first) {
    finding.kind = crash.artifact_kind();
    finding.summary = crash.summary;
    finding.stored_earlier = trial.stored_earlier;
    std::ofstream(finding.log, std::ios::binary) << said;
  }
  if (!trial.of_process.empty()) ++finding.seen;
  std::error_code error;
  if (trial.path != path) fs::remove(files_.log_of(trial.path), error);
  // Only a crash says by crashing that a smaller input is still the same finding.
  if (first && finding.kind == "crash" && !files_.was_minimized(path)) {
    to_minimize_.push_back(path);
  }
  return {};
}

Status Session::note_success(const Trial& trial, const std::string& said) {
  if (!FuzzFindings::is_raw(trial.path)) {
    REVIVE_ASSIGN_OR_RETURN(const auto to, files_.retire(trial.path));
    report_.news.push_back(fmt::format("{}: mended: it does not fail now, and is {} from here on", trial.path, to));
    return {};
  }
  if (trial.stored_earlier) {
    report_.news.push_back(trial.path + ": does not fail when it is tried alone; it stays until it is removed");
    return {};
  }
  FuzzFinding& finding = finding_at(trial.path);
  const CrashReport crash = parse_crash_report(read_whole(finding.log));
  finding.kind = kind_of_artifact(trial.path).value_or("crash");
  finding.summary = crash.summary.empty() ? last_line(said) : crash.summary;
  finding.repeats = false;
  ++finding.seen;
  return {};
}

FuzzFinding& Session::finding_at(const std::string& path) {
  FuzzFinding& finding = findings_[path];
  if (finding.path.empty()) {
    finding.path = path;
    finding.log = files_.log_of(path);
  }
  return finding;
}

Status Session::look_after_minimizing() {
  const std::string smaller = files_.beside_inputs(".smaller");
  if (minimizing_) {
    if (!minimizing_->child.ended()) return {};
    const std::string path = minimizing_->path;
    minimizing_.reset();
    REVIVE_RETURN_IF_ERROR(files_.note_minimized(path));
    if (size_of(smaller) == 0 || size_of(smaller) >= size_of(path)) return {};
    // Whether it shows the same bug, or another one, is found out as with any other finding.
    REVIVE_ASSIGN_OR_RETURN(auto stored, files_.store(smaller, "crash"));
    trials_.push_back({.path = std::move(stored), .stored_earlier = findings_[path].stored_earlier});
    return {};
  }
  if (to_minimize_.empty()) return {};
  const std::string path = to_minimize_.front();
  to_minimize_.pop_front();
  std::error_code error;
  fs::remove(smaller, error);
  // Depth 1, because libFuzzer hands a custom mutator a stale size in deeper chains.
  REVIVE_ASSIGN_OR_RETURN(
      auto child,
      BackgroundChild::start({.command = command({"-minimize_crash=1", "-mutate_depth=1",
                                                  fmt::format("-max_total_time={}", options_.minimize_seconds),
                                                  "-exact_artifact_path=" + smaller, path}),
                              .environment = without_symbols()},
                             files_.beside_inputs(".minimize.log"),
                             {.wall_seconds = options_.minimize_seconds + kEndSeconds}));
  minimizing_.emplace(std::move(child), path);
  return {};
}

void Session::collect() {
  for (auto& [path, finding] : findings_) {
    finding.bytes = size_of(path);
    report_.findings.push_back(std::move(finding));
  }
  // What there was no time to try: stored as it is, and told as far as the process that found it could tell.
  if (trying_) trials_.push_front(std::move(trying_->trial));
  for (const Trial& trial : trials_) {
    if (trial.stored_earlier) continue;
    report_.findings.push_back({.kind = kind_of_artifact(trial.path).value_or("crash"),
                                .path = trial.path,
                                .summary = parse_crash_report(read_whole(files_.log_of(trial.path))).summary,
                                .log = files_.log_of(trial.path),
                                .bytes = size_of(trial.path),
                                .seen = 1});
  }
  report_.interrupted_by = interruption_.signal();
}

}  // namespace

Result<FuzzReport> fuzz(const FuzzTarget& target, const FuzzOptions& options, const Interruption& interruption,
                        Console& console) {
  FuzzReport report;
  Session session(target, options, interruption, report, console);
  REVIVE_RETURN_IF_ERROR(session.prepare());
  {
    Progress progress(console, target.name);
    REVIVE_RETURN_IF_ERROR(session.replay(progress));
    REVIVE_RETURN_IF_ERROR(session.fuzz(progress));
  }
  session.collect();
  return report;
}

}  // namespace revive::tools
