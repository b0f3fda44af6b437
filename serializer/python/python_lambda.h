// A Python function as Keras stores one in config.json, read and never run.
//
// Keras marshals the code of a lambda, and writes it with the values of its closure and its defaults; of a named
// function it writes the name alone. Shapes, by who wrote them (B64 is base64 of the marshalled code):
//
//   {"class_name": "__lambda__", "config": {"code": B64, "defaults": .., "closure": ..}}   Keras 3, Lambda
//   {"class_name": "__lambda__", "config": {"value": [B64, defaults, closure]}}            Keras 3, elsewhere
//   [B64, defaults, closure]                                                               tf.keras, also for a `def`
//   {"value": [B64, defaults, closure]}                                                    Keras 3, as an activation
//   {"class_name": "function", "config": "NAME", "module": ..}, "NAME"                     a named function
//
// The values of module globals are in none of them: whoever makes the expression has to bind those names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "revive/model/base/error.h"
#include "revive/model/base/limits.h"
#include "revive/model/base/value.h"
#include "revive/model/base/variant.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/lambda/syntax_tree.h"
#include "revive/serializer/python/opcodes.h"

namespace revive {

struct PythonLambda {
  // Scalar defaults are part of it, as the text would spell them. Positions are those in `text`.
  Tree tree;
  // Empty where the tree has no text; see tree_to_text().
  std::string text;
  // Values of the closure, and defaults that are no scalars, and the arrays within them. Keras' `arguments` of the same
  // name come before them.
  Captures bound;
  // The other names that the lambda reads, modules and functions among them, in order of appearance.
  std::vector<std::string> globals;
  // Sentences for people: what may have been damaged or is not in the archive.
  std::vector<std::string> warnings;
  // As which versions of CPython the code can be read.
  std::vector<python::Version> versions;
};

// A function that the archive does not hold.
struct NamedFunction {
  // May be empty.
  std::string module;
  std::string name;
};

using PythonFunction = Variant<PythonLambda, NamedFunction>;

// `place` is where the value stands, as in "config.json: /config/layers/2/config/function". Errors: config_type,
// bytecode_format, bytecode_unsupported, limit_exceeded, and those of constants (serializer/keras/functional.h).
Result<PythonFunction> read_python_function(const Value& value, const std::string& place, const Limits& limits = {});

// Gives a parameter or free name a value that no Capture can hold: lists of arrays, dicts, slices, functions that stock
// Keras knows by name, lambdas. It becomes the default of a parameter of that name; one that the archive does not hold,
// such as a layer, is warned of. Errors: as read_python_function().
Status bind_expression(PythonLambda& lambda, std::string_view name, const Value& value, const std::string& place,
                       const Limits& limits = {});

}  // namespace revive
