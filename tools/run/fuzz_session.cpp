#include "revive/tools/run/fuzz_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <thread>

#include "revive/properties/process/background_child.h"
#include "revive/properties/process/child_process.h"
#include "revive/serializer/io/digest.h"
#include "revive/tools/report/text.h"

namespace revive::tools {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// Of one input. A target's .options may say otherwise.
constexpr std::string_view kTimeout = "-timeout=25";
constexpr std::string_view kMemory = "-rss_limit_mb=2560";
// Processes that end with a finding, the same one or another: a target that fails at once would be started for ever.
constexpr int kMostFailures = 10;
// Beyond its time a process gets this long to finish its last input.
constexpr double kGraceSeconds = 60;
constexpr int kMinimizeSeconds = 20;
constexpr auto kLook = std::chrono::milliseconds(200);
constexpr std::string_view kKinds[] = {"crash", "timeout", "oom", "leak"};

std::string read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// What a process found.
std::vector<std::string> artifacts_in(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    const bool finding =
        std::ranges::any_of(kKinds, [&](std::string_view kind) { return name.starts_with(fmt::format("{}-", kind)); });
    if (finding) files.push_back(at->path().string());
  }
  std::ranges::sort(files);
  return files;
}

std::string kind_of(const std::string& artifact) {
  const std::string name = fs::path(artifact).filename().string();
  return name.substr(0, name.find('-'));
}

double seconds_until(Clock::time_point when) {
  return std::chrono::duration<double>(when - Clock::now()).count();
}

class Session {
 public:
  Session(const FuzzTarget& target, const FuzzOptions& options)
      : target_(target),
        options_(options),
        inputs_((fs::path(options.corpus) / "run" / target.name).string()),
        artifacts_(inputs_ + ".artifacts"),
        found_((fs::path(options.corpus) / "found" / target.name).string()) {}

  Status prepare() const;
  Status run(Progress& progress, FuzzReport& report);
  void collect(FuzzReport& report) const;

 private:
  struct Worker {
    properties::BackgroundChild child;
    std::string log;
    // A folder of its own, so that what it found is known from what another did.
    std::string artifacts;
  };

  Status start(int number);
  std::vector<std::string> command(std::vector<std::string> rest) const;
  // Notes what a process found that has ended; false where that is nothing.
  bool note_findings(const Worker& worker);
  std::string stored(const std::string& artifact, std::string_view kind) const;

  const FuzzTarget& target_;
  const FuzzOptions& options_;
  std::string inputs_;
  std::string artifacts_;
  std::string found_;
  Clock::time_point end_ = Clock::now() + std::chrono::seconds(options_.seconds);
  std::vector<Worker> workers_;
  // Of processes that have ended, by kind and content: one file of each, because many processes find the same.
  std::map<std::string, std::string> findings_;
};

Status Session::prepare() const {
  // What an earlier session left undone is not this one's finding.
  std::error_code error;
  fs::remove_all(artifacts_, error);
  for (const std::string& folder : {inputs_, artifacts_, found_}) {
    fs::create_directories(folder, error);
    if (error) return fail(ErrorCode::file_unwritable, folder, "cannot make the folder: " + error.message());
  }
  REVIVE_ASSIGN_OR_RETURN(const auto help,
                          properties::run_child({target_.program, "-help=1"}, {.wall_seconds = kGraceSeconds}));
  if (!(help.out + help.err).contains("max_total_time")) {
    return fail(ErrorCode::usage, target_.program, "built without libFuzzer; the preset fuzz builds with it");
  }
  return {};
}

std::vector<std::string> Session::command(std::vector<std::string> rest) const {
  std::vector<std::string> all = {target_.program, std::string(kTimeout), std::string(kMemory)};
  all.insert(all.end(), target_.flags.begin(), target_.flags.end());
  all.insert(all.end(), rest.begin(), rest.end());
  return all;
}

Status Session::start(int number) {
  const int left = std::max(1, static_cast<int>(seconds_until(end_)));
  const std::string log = fmt::format("{}.{}.log", inputs_, number);
  const std::string artifacts = (fs::path(artifacts_) / std::to_string(number)).string();
  std::error_code error;
  fs::create_directories(artifacts, error);
  if (error) return fail(ErrorCode::file_unwritable, artifacts, "cannot make the folder: " + error.message());
  std::vector<std::string> rest = {fmt::format("-max_total_time={}", left), "-print_final_stats=1",
                                   fmt::format("-artifact_prefix={}/", artifacts), inputs_};
  if (!target_.seeds.empty()) rest.push_back(target_.seeds);
  REVIVE_ASSIGN_OR_RETURN(auto child, properties::BackgroundChild::start(command(std::move(rest)), log));
  workers_.push_back({std::move(child), log, artifacts});
  return {};
}

Status Session::run(Progress& progress, FuzzReport& report) {
  int failures = 0;
  int started = 0;
  for (; started < options_.jobs; ++started) {
    if (Status status = start(started); !status) return status;
  }
  while (!workers_.empty()) {
    std::this_thread::sleep_for(kLook);
    FuzzStatus sum{.runs = report.runs};
    for (std::size_t i = 0; i < workers_.size();) {
      const auto end = workers_[i].child.ended();
      const std::string log = read_whole(workers_[i].log);
      const FuzzStatus status = last_fuzz_status(log);
      sum.runs += status.runs;
      sum.features = std::max(sum.features, status.features);
      sum.inputs = std::max(sum.inputs, status.inputs);
      if (!end) {
        if (seconds_until(end_) < -kGraceSeconds) workers_[i].child.stop(0);
        ++i;
        continue;
      }
      report.runs += status.runs;
      const bool found = note_findings(workers_[i]);
      workers_.erase(workers_.begin() + static_cast<std::ptrdiff_t>(i));
      if (end->exited_with(0)) continue;
      if (!found) report.troubles.push_back(fmt::format("{}: {}", to_string(*end), last_line(log)));
      if (!found || ++failures >= kMostFailures || seconds_until(end_) < 1) continue;
      if (Status restarted = start(started++); !restarted) return restarted;
    }
    progress.tell(fmt::format("{} runs, {} features, {} inputs, {}", sum.runs, sum.features, sum.inputs,
                              counted(static_cast<std::int64_t>(findings_.size()), "finding")));
  }
  return {};
}

bool Session::note_findings(const Worker& worker) {
  const std::vector<std::string> artifacts = artifacts_in(worker.artifacts);
  for (const std::string& path : artifacts) {
    findings_.emplace(fmt::format("{}-{}", kind_of(path), sha256_hex(read_whole(path))), path);
  }
  return !artifacts.empty();
}

// Only a crash says by crashing that a smaller input is still the same finding.
std::string Session::stored(const std::string& artifact, std::string_view kind) const {
  std::string best = artifact;
  const std::string smaller = artifact + ".smaller";
  if (kind == "crash") {
    // What it says is what the finding says; what counts is the file. Depth 1, because libFuzzer hands a custom mutator
    // a stale size in deeper chains.
    (void)properties::run_child(
        command({"-minimize_crash=1", "-mutate_depth=1", fmt::format("-max_total_time={}", kMinimizeSeconds),
                 "-exact_artifact_path=" + smaller, artifact}),
        {.wall_seconds = kMinimizeSeconds + kGraceSeconds});
    if (fs::exists(smaller)) best = smaller;
  }
  constexpr std::size_t kNameDigits = 12;
  const std::string name = fmt::format("{}-{}", kind, sha256_hex(read_whole(best)).substr(0, kNameDigits));
  const std::string path = (fs::path(found_) / name).string();
  std::error_code error;
  fs::copy_file(best, path, fs::copy_options::overwrite_existing, error);
  return error ? best : path;
}

void Session::collect(FuzzReport& report) const {
  for (const auto& [content, artifact] : findings_) {
    const std::string kind = kind_of(artifact);
    const std::string path = stored(artifact, kind);
    if (std::ranges::find(report.findings, path, &FuzzFinding::path) == report.findings.end()) {
      report.findings.push_back({kind, path});
    }
  }
}

}  // namespace

Result<FuzzReport> fuzz(const FuzzTarget& target, const FuzzOptions& options, Console& console) {
  Session session(target, options);
  REVIVE_RETURN_IF_ERROR(session.prepare());
  FuzzReport report;
  {
    Progress progress(console, target.name, 0);
    if (Status status = session.run(progress, report); !status) return std::unexpected(status.error());
  }
  session.collect(report);
  return report;
}

}  // namespace revive::tools
