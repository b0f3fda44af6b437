// What matters for training alone in a layer's config: whether stock Keras makes anything of it.
//
// Initializers, regularizers, constraints, seeds and the like are carried without being understood, but Keras makes
// them as soon as it makes the layer, and does not open an archive where it cannot. Source: Keras 3.15's classes of
// these modules and what their constructors refuse.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "revive/model/base/value.h"

namespace revive {

// Whether Keras has the class as an initializer, a regularizer or a constraint.
bool is_setting_class(std::string_view module, std::string_view class_name);

// What keeps Keras from taking `value` under this key of a layer, as one phrase: "an initializer that Keras does not
// have"; empty where it takes it.
std::string wrong_setting(std::string_view key, const Value& value);

// What asks for a newer Keras than kOldestKeras, and the first that has it.
struct NewerPart {
  std::string what;
  std::string_view since;
};

// Of a layer's value under this key: "STFT", "input_axes of GlorotUniform".
std::vector<NewerPart> newer_setting_parts(std::string_view key, const Value& value);

// Whether there are arguments that older Keras does not take and that are None, as which Keras takes what is left out;
// and takes them out.
bool has_newer_defaults(std::string_view key, const Value& value);
void drop_newer_defaults(std::string_view key, Value& value);

}  // namespace revive
