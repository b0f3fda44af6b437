// An installed Keras in a process that answers lines (tools/keras/hunt_worker.py), and what it has found so far.
//
// A worker that ends, hangs or breaks the exchange is started anew for the next request; the answer to the one that it
// ended at is {"died": "..."}. Not for several threads at once.
#pragma once

#include <memory>
#include <string>

#include "revive/model/base/error.h"
#include "revive/model/base/value.h"
#include "revive/properties/hunt/program.h"
#include "revive/properties/process/line_process.h"

namespace revive::properties::hunt {

struct WorkerPlan {
  // The interpreter, as a shell word or several.
  std::string python;
  // hunt_worker.py.
  std::string script;
  // A folder that is the worker's alone.
  std::string scratch;
  std::string backend = "numpy";
  // A fault of hunt_faults.py, planted in Keras before anything runs; empty: none.
  std::string fault;
  // For one program.
  double seconds = 60;
};

// A statement that Keras refused, and why.
struct Dropped {
  Statement statement;
  std::string error;
};

// How the interpreter is started: its environment and itself, as a POSIX shell reads them.
std::string interpreter(const WorkerPlan& plan);

class Worker {
 public:
  // Errors: usage, with one sentence, where there is no Keras 3 or not this backend.
  static Result<Worker> start(WorkerPlan plan);

  const Value& hello() const { return hello_; }
  Value ask(const Value& request);
  // {"verb": "case", ...} for the program. `dropped` receives what Keras refused of it, `program` loses it.
  // What of its answer is noise is not told yet.
  Value run(Program& program, const std::vector<std::string>& formats, std::vector<Dropped>& dropped);
  // Executes the program of the last answer once more: the snapshot of that becomes stage "again" of the answer.
  void add_noise(Value& answer);

 private:
  explicit Worker(WorkerPlan plan) : plan_(std::move(plan)) {}
  Result<Value> exchange(const Value& request, double seconds);

  WorkerPlan plan_;
  std::unique_ptr<LineProcess> process_;
  Value hello_;
};

}  // namespace revive::properties::hunt
