// Lambda layers whose function Keras stored as Python: bytecode, or the name of a function.
//
// Bytecode is translated (serializer/python/), never run. A function that is stored as a name alone is what stock Keras
// takes it for: one of keras.activations, or the user's own, which is asked for; no name becomes text of an expression.
// A name that the function reads comes from the archive
// (closure cells, defaults, the layer's `arguments`), or from LoadOptions::bind; the names that nobody gives are
// reported for the whole model at once, each with its layer and its lambda. LoadOptions::lambdas replaces a function
// that cannot be translated. The result is an expression like any other: it saves as a graph.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "revive/model/base/error.h"
#include "revive/model/base/value.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/lambda/syntax_tree.h"
#include "revive/model/sequential.h"
#include "revive/serializer/load_options.h"
#include "revive/serializer/python/python_lambda.h"

namespace revive {

class LambdaReader {
 public:
  // The type of the layer's input, where it is known. Called for lambdas that ask for it.
  using InputType = std::function<std::optional<TensorType>()>;

  // By the rules of the Keras version that saved the model. REQUIRES: `options` and `keras_version` outlive the reader.
  explicit LambdaReader(const LoadOptions& options, std::string_view keras_version = kKerasVersion)
      : options_(options), keras_version_(keras_version) {}

  // The expression of a Lambda's config, whose place is `place`. One with unbound names is the identity, and finish()
  // fails. Errors: those of read_python_function(); config_missing_key, config_type, config_unsupported (a mask);
  // expression_* and graph_* (no lambda of the language).
  Result<LambdaFunction> read(const std::string& layer_name, const Value::Object& config, const std::string& place,
                              const InputType& input);

  // From here on the input of a lambda may have a mask.
  void mask_is_made() { masked_ = true; }

  // Once all layers are read. Errors: expression_free_name; usage for a text of LoadOptions::lambdas whose layer is
  // not there or not Python. Warns of values that no lambda reads.
  Status finish() const;

 private:
  struct Missing {
    std::string place;
    std::string layer;
    std::string text;
    std::vector<std::string> names;
    // The function of the user that the layer is the name of, empty for a lambda.
    std::string function;
    // Whether Keras ran the lambda, on a backend that nobody wrote down.
    bool of_any_backend = false;
  };

  Result<LambdaFunction> read_named(const NamedFunction& function, Captures arguments, Missing about,
                                    const InputType& input);
  // What every source of a lambda comes down to. `captures` are those that the archive holds.
  Result<LambdaFunction> make(const Tree& saved, Captures captures, Missing about, const InputType& input);

  Status read_arguments(const Value& object, const std::string& place, Captures& captures,
                        Value::Object& composed) const;

  const LoadOptions& options_;
  std::string_view keras_version_;
  bool masked_ = false;
  std::vector<std::string> layers_;
  std::vector<std::string> read_names_;
  std::vector<Missing> missing_;
};

}  // namespace revive
