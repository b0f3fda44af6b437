// Values for the fields of a layer's config: those that its class draws, and those that it only just takes or refuses.
#pragma once

#include "revive/model/base/random.h"
#include "revive/model/base/value.h"
#include "revive/model/config.h"
#include "revive/model/layer.h"

namespace revive::fuzz {

// A layer as the procedure of its class draws it for some input, at the ends of every range more often than between
// them; as it comes where no input was found.
Layer drawn_for_any_input(const LayerClass& layer_class, Random& random);

// The next number up or down, of which one is not drawn where the value is at an end of its range. One of a list.
void step_aside(Value& value, Random& random);

// A value for a field of this type, legal or next to it.
Value field_value(const Field& field, const FieldRef& ref, Random& random);

}  // namespace revive::fuzz
