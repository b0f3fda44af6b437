// A Lambda layer from Python text and the values it captures.
#pragma once

#include <string>
#include <string_view>

#include "revive/model/capture.h"
#include "revive/model/layer.h"

namespace revive {

// Captures are bound by value here. Errors: those of make_expression.
Result<Layer> make_lambda(std::string_view text, const Captures& captures, std::string name = "");
// For text that asks for the shape or dtype of its input; the graph is then made for this input.
Result<Layer> make_lambda(std::string_view text, const Captures& captures, const TensorType& input,
                          std::string name = "");

}  // namespace revive
