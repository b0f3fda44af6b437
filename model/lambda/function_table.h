// The functions of the expression language by the names that people call them: tf.reduce_sum, K.concatenate, np.pi.
//
// Each is declared once, as a lambda in the language itself, so that the order of arguments, their names and defaults
// read like the signature they stand for:
//
//   {"tf.concat", "lambda values, axis: ops.concatenate(values, axis)"}
//
// Besides the language, these texts may use `op.f`, the op whose Keras function is f, with all its arguments and
// config keys in declared order, and the builtins that start with an underscore (model/lambda/builtins.h).
// What several declarations share is a row whose path starts with an underscore; only they may call it.
// keras.ops.f is op.f unless it has a declaration of its own. Groups stand in model/functions_*.cpp.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace revive {

struct FunctionRow {
  // Where the function is found, separated by spaces; `$` stands for each of the names below.
  std::string_view paths;
  // A lambda, or an expression for a constant; `$` as above.
  std::string_view text;
  std::string_view names = {};
};

std::span<const FunctionRow> keras_functions();
std::span<const FunctionRow> backend_functions();
std::span<const FunctionRow> tensorflow_functions();
std::span<const FunctionRow> numpy_functions();
std::span<const FunctionRow> method_functions();
std::span<const FunctionRow> window_functions();
std::span<const FunctionRow> image_functions();
std::span<const FunctionRow> loss_functions();
std::span<const FunctionRow> algebra_functions();
std::span<const FunctionRow> jax_functions();

// The path under which the tables know a spelling: keras.backend.sum and tf.keras.backend.sum are K.sum.
std::string canonical_path(std::string_view path);
// The text of a function or constant; nothing when the tables do not have it. The path is canonical.
std::optional<std::string_view> find_function(std::string_view path);
// Why a path has no function, as a sentence with what to do instead.
std::string missing_function(std::string_view path);
// Whether paths may start with this name.
bool is_function_root(std::string_view name);
// All paths of the tables, sorted.
std::vector<std::string_view> function_paths();

}  // namespace revive
