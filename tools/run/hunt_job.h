// One worker of a hunt and what it does: runs cases, judges them, and takes what fails to a finding.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "revive/properties/hunt/worker.h"
#include "revive/tools/run/hunt_board.h"

namespace revive::tools {

class HuntJob {
 public:
  HuntJob(HuntBoard& board, properties::hunt::Worker worker, std::optional<properties::hunt::Worker> other,
          std::string folder, properties::hunt::WorkerPlan plan)
      : board_(board),
        worker_(std::move(worker)),
        other_(std::move(other)),
        folder_(std::move(folder)),
        plan_(std::move(plan)) {}

  // Until there are no more cases.
  void run();

 private:
  // The sites of a program, which loses what Keras refuses of it. What two executions of it differ in is noise; the
  // second one is made only where a site matters.
  std::vector<properties::hunt::Site> sites_of(properties::hunt::Program& program,
                                               const std::vector<std::string>& formats,
                                               std::vector<properties::hunt::Dropped>& dropped, Value& answer,
                                               const std::function<bool(const properties::hunt::Site&)>& matters);
  void load_by_other(const properties::hunt::Program& program, Value& answer);
  void one(std::uint64_t number);
  // From a case that shows the site to the finding.
  void pursue(const HuntMet& met);
  // Twice, alone, in a new interpreter.
  bool confirm(properties::hunt::Finding& finding);

  HuntBoard& board_;
  properties::hunt::Worker worker_;
  std::optional<properties::hunt::Worker> other_;
  std::string folder_;
  properties::hunt::WorkerPlan plan_;
};

}  // namespace revive::tools
