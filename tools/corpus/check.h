// Does a model come back the same? Saved in memory, loaded, compared, run before and after on one input. A model that
// asks for more than the limits allow is not run, and so nobody knows whether its outputs are the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "revive/model/sequential.h"

namespace revive::tools {

struct CheckReport {
  std::int64_t layers = 0;
  std::int64_t parameters = 0;
  // Where an output is recorded: the largest difference from it.
  std::optional<double> max_difference;
  // Of config and weights (serializer/compare.h).
  std::string digest;
  // Why it was not run, where it was not: limit_exceeded.
  std::optional<Error> not_run;
};

// `archive` is where the model came from; NAME.input.npy and NAME.output.npy beside it are what it is run on and
// compared with. `input` overrides the recorded input, and with it goes the recorded output. Without either the input
// is properties::default_input(). Errors: those of save, load and predict; verify_failed where something differs, with
// its path; output_differs where the output is not the recorded one. Every place starts with `archive`.
Result<CheckReport> check_model(const Sequential& model, const std::string& archive,
                                const std::optional<std::string>& input = {}, const Limits& limits = {});

// "revives (4 layers, 1,234 parameters, outputs equal, matches what Keras recorded: max difference 3e-07)", or "not run
// (4 layers, 1,234 parameters, saved and loaded the same): Dense 'dense' takes ...".
std::string to_string(const CheckReport& report);

}  // namespace revive::tools
