// A model in one JSON value, as the line protocol carries it (PROTOCOL.md): its config, its weights in full, and how
// its lambdas were written.
//
// Nothing of the container is used, because the container may be what is in doubt. Errors: those
// of the config, weights and expression families, model_not_built; places are pointers into the value.
#pragma once

#include "revive/model/base/limits.h"
#include "revive/model/base/value.h"
#include "revive/model/sequential.h"
#include "revive/properties/case.h"

namespace revive::properties {

Value model_to_value(const Sequential& model);
// A lambda with a text is made anew from it and its captures; one without is its Functional in the config.
Result<Sequential> model_from_value(const Value& value, const Limits& limits = {});

Value environment_to_value(const Environment& environment);

}  // namespace revive::properties
