#include "revive/properties/hunt/worker.h"

#include <fmt/format.h>

#include "revive/serializer/json/json.h"

namespace revive::properties::hunt {
namespace {

// A request may be answered by several processes one after the other, each with a limit of its own.
constexpr double kProcessesOfRequest = 3;
constexpr double kStartSeconds = 120;

}  // namespace

std::string interpreter(const WorkerPlan& plan) {
  // One thread, so that a fork is whole; sets in one order, so that a run can be repeated.
  return fmt::format(
      "env PYTHONHASHSEED=0 PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 TF_CPP_MIN_LOG_LEVEL=3 "
      "KERAS_BACKEND={} {}",
      plan.backend, plan.python);
}

Result<Worker> Worker::start(WorkerPlan plan) {
  Worker worker(std::move(plan));
  const auto hello = worker.exchange(Value::Object{{"verb", "hello"}, {"protocol", 1}}, kStartSeconds);
  if (!hello) {
    return fail(ErrorCode::usage, "", fmt::format("{}: {}", worker.plan_.python, hello.error().message));
  }
  if (const Value* const error = hello->find("error")) {
    return fail(ErrorCode::usage, "",
                fmt::format("{}: {}", worker.plan_.python, error->is_string() ? error->as_string() : error->brief()));
  }
  worker.hello_ = *hello;
  return worker;
}

Result<Value> Worker::exchange(const Value& request, double seconds) {
  if (!process_ || !process_->running()) {
    const std::string fault = plan_.fault.empty() ? "" : fmt::format(" --patch {}", plan_.fault);
    REVIVE_ASSIGN_OR_RETURN(process_,
                            LineProcess::start(fmt::format("{} '{}' --scratch '{}' --seconds {}{}", interpreter(plan_),
                                                           plan_.script, plan_.scratch, plan_.seconds, fault)));
  }
  REVIVE_ASSIGN_OR_RETURN(const auto line, process_->exchange(print_json(request), {.seconds = seconds}));
  return parse_json(line, {}, "answer");
}

Value Worker::ask(const Value& request) {
  auto answer = exchange(request, plan_.seconds * kProcessesOfRequest + kStartSeconds);
  if (answer) return *std::move(answer);
  return Value::Object{{"died", answer.error().message}};
}

Value Worker::run(Program& program, const std::vector<std::string>& formats, std::vector<Dropped>& dropped) {
  const PrintedProgram printed = print(program);
  Value::Array droppable;
  for (const auto& [line, place] : printed.droppable) droppable.emplace_back(static_cast<std::int64_t>(line));
  Value::Array asked(formats.begin(), formats.end());
  Value answer = ask(Value::Object{{"verb", program.is_model ? "case" : "object"},
                                   {"text", printed.text},
                                   {"droppable", std::move(droppable)},
                                   {"formats", std::move(asked)},
                                   {"noise", false}});
  const Value* const lines = answer.find("dropped");
  if (lines == nullptr || !lines->is_array()) return answer;
  std::set<std::size_t> places;
  for (const Value& entry : lines->as_array()) {
    const Value* const line = entry.find("line");
    const Value* const error = entry.find("error");
    if (line == nullptr || !line->is_int() || error == nullptr || !error->is_string()) continue;
    for (const auto& [number, place] : printed.droppable) {
      if (static_cast<std::int64_t>(number) != line->as_int()) continue;
      places.insert(place);
      const bool of_make = place < program.make.size();
      dropped.push_back(
          {of_make ? program.make[place] : program.step[place - program.make.size()], error->as_string()});
    }
  }
  if (!places.empty()) program = without(program, places);
  return answer;
}

void Worker::add_noise(Value& answer) {
  Value* const stages = answer.find("stages");
  Value* const snapshots = answer.find("snapshots");
  if (stages == nullptr || !stages->is_object() || snapshots == nullptr || !snapshots->is_array()) return;
  Value said = ask(Value::Object{{"verb", "again"}});
  Value* const again = said.find("again");
  if (again == nullptr) return;
  stages->as_object().emplace_back("again", static_cast<std::int64_t>(snapshots->as_array().size()));
  snapshots->as_array().push_back(std::move(*again));
}

}  // namespace revive::properties::hunt
