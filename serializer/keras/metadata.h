// metadata.json: the Keras version, a date, and what lambdas were written as.
//
// Keras writes the first two and never reads the file, so revive keeps the text and captures of lambdas here, under
// "revive". The graph in config.json is the lambda; an annotation that belongs to another graph is refused
// (graph_annotation); one of an older lowering version that no longer says the same, or of a newer one, is dropped with
// a warning.
#pragma once

#include <functional>
#include <string_view>

#include "revive/model/base/limits.h"
#include "revive/model/base/value.h"
#include "revive/model/sequential.h"

namespace revive {

// A pure function of the model: the date is constant.
Value model_to_metadata(const Sequential& model);

Status metadata_to_model(const Value& document, Sequential& model, const Limits& limits,
                         const std::function<void(std::string_view)>& warn);

}  // namespace revive
