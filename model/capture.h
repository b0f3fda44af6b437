// What a lambda captured: values by name, bound when the lambda is made.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "revive/model/base/value.h"
#include "revive/model/base/variant.h"
#include "revive/model/tensor/tensor.h"

namespace revive {

// A captured function: the name of one that the language knows ("tf.reduce_sum", or a module: "tf.math"), or the text
// of a lambda, whose own free names are captures of the lambda that calls it. It becomes part of the graph where it is
// called; it must not call itself.
struct Function {
  std::string text;

  bool is_lambda() const { return text.starts_with("lambda"); }
  friend bool operator==(const Function&, const Function&) = default;
};

// A captured value: a number, string, None or (nested) tuple of them, an array of float32, int32 or bool, a function.
// Captures are what an archive can hold, even where the graph does not need them: strings are UTF-8, arrays have at
// most Limits::tensor_rank axes and Limits::constant_elements elements, and no axis behind an empty one.
using Capture = Variant<Value, Tensor, Function>;
using Captures = std::vector<std::pair<std::string, Capture>>;

}  // namespace revive
