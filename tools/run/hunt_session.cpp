#include "revive/tools/run/hunt_session.h"

#include <fmt/format.h>

#include <filesystem>
#include <thread>

#include "revive/properties/process/child_process.h"
#include "revive/serializer/io/file.h"
#include "revive/serializer/json/json.h"
#include "revive/tools/console/text.h"
#include "revive/tools/run/hunt_job.h"

namespace revive::tools {
namespace {

namespace fs = std::filesystem;
using namespace properties::hunt;  // NOLINT(google-build-using-namespace): this file is about nothing else

Result<std::unique_ptr<HuntJob>> start_job(HuntBoard& board, const HuntOptions& options, const std::string& scratch,
                                           int number) {
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
    board.report.hello = worker.hello();
    if (other) board.report.other = other->hello();
  }
  return std::make_unique<HuntJob>(board, std::move(worker), std::move(other), plan.scratch, plan);
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
    if (options.started) options.started(worker.hello());
    Value::Array modules(options.modules.begin(), options.modules.end());
    api = worker.ask(Value::Object{{"verb", "api"}, {"modules", std::move(modules)}});
    if (const Value* const refused = api.find("error")) {
      return fail(ErrorCode::usage, "", refused->is_string() ? refused->as_string() : refused->brief());
    }
  }
  REVIVE_ASSIGN_OR_RETURN(const auto catalogue, Catalogue::make(api, table));
  HuntBoard board(options, catalogue, done);
  board.report.seed = options.seed;
  board.report.jobs = options.jobs;
  std::vector<std::unique_ptr<HuntJob>> jobs;
  for (int i = 0; i < options.jobs; ++i) {
    REVIVE_ASSIGN_OR_RETURN(auto job, start_job(board, options, first.scratch, i));
    jobs.push_back(std::move(job));
  }
  {
    std::vector<std::jthread> threads;
    for (const auto& job : jobs) threads.emplace_back([&job] { job->run(); });
  }
  board.report.seconds = board.elapsed();
  board.report.waiting = board.waiting();
  count_parameters(catalogue, board.report);
  return std::move(board.report);
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
