// From a tree to nodes of a graph: what does not depend on x is computed, the rest is appended.
//
// One Lowering makes one graph. Its public functions beside run() are what functions of the language are made of
// (model/lambda/builtins.h): they take and give values. Errors have no place where none is known; run() puts
// the column of the innermost node of the lambda's own text there.
//
// Work is bounded by the limits, whatever the tree is: nodes of the graph, nesting, and steps (a step is a tree node
// lowered or an element of a sequence or constant touched).
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "revive/model/base/error.h"
#include "revive/model/graph/op.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/lambda/partial_value.h"
#include "revive/model/lambda/syntax_tree.h"

namespace revive {

// Whose rules operators on tensors follow where backends have different ones.
enum class Backend : std::uint8_t {
  keras,       // those of keras.ops, as JAX has them
  tensorflow,  // the lambda calls functions of TensorFlow, so it ran there
  unknown,     // the lambda is somebody's and does not say; what depends on it is refused
};

struct CallArguments {
  std::vector<PartialValue> positional;
  std::vector<std::pair<std::string, PartialValue>> named;
};

class Lowering {
 public:
  using Scope = std::map<std::string, PartialValue, std::less<>>;

  Lowering(const LoweringOptions& options, Backend backend);

  // REQUIRES: every free name of the tree is in the scope or is_language_name(). Called once.
  Result<Graph> run(const Tree& tree, Scope captures);
  // The value of the body, whatever it is; run() makes the graph of it. The same holds.
  Result<PartialValue> value(const Tree& tree, Scope captures);
  // Whether the graph depends on the type of the input, not on the lambda alone.
  bool looked_at_input() const { return looked_at_input_; }

  // An op of Keras on operands: a node when one of them depends on x, else the array that the op computes.
  Result<PartialValue> op(const OpClass& op, std::vector<Argument> arguments, std::vector<Value> settings = {});
  Result<PartialValue> op(std::string_view function, std::vector<Argument> arguments, std::vector<Value> settings = {});
  // keras.ops.FUNCTION with the arguments of its class: the call's, then the config's.
  Result<PartialValue> op_call(const OpClass& op_class, CallArguments given);
  Result<PartialValue> infix(std::string_view symbol, const PartialValue& a, const PartialValue& b);
  // An op on bits of two operands, by its function.
  Result<PartialValue> bitwise(std::string_view function, const PartialValue& a, const PartialValue& b);
  // An operator on what only the run knows (PartialValue::is_run_time), the number that the length of an axis is, and
  // such a number in another dtype.
  Result<PartialValue> infix_at_run_time(std::string_view symbol, const PartialValue& a, const PartialValue& b);
  Result<PartialValue> counted(const PartialValue& value);
  Result<PartialValue> cast_run_number(const PartialValue& value, std::string_view dtype);
  Result<PartialValue> subscript(const PartialValue& base, std::vector<PartialValue> key);
  // A function of the language, called by its path; what the text of a function may use besides is `internal`.
  Result<PartialValue> call(std::string_view path, CallArguments arguments, bool internal);

  // A function that is a value, called.
  Result<PartialValue> call_value(const PartialValue& callee, CallArguments arguments, bool internal);
  // value.NAME
  Result<PartialValue> attribute(std::string_view name, const PartialValue& base);
  // What a loop over the value walks through: the items of a tuple or list, the keys of a dict, the rows of an array.
  Result<std::vector<PartialValue>> items_of(const PartialValue& value);

  // The type of a tensor, an array, a number or a sequence of them. Errors: expression_type for a tensor when the
  // input's is not known.
  Result<TensorType> type_of(const PartialValue& value);
  // The same without an error, and without a trace that the dtype of the input mattered.
  std::optional<DType> known_dtype(const PartialValue& value) const;
  // The dtype of a number, an array or a tensor. Errors: as type_of(), except that ops which give bools always do.
  Result<DType> dtype_of(const PartialValue& value);
  // limit_exceeded when too many steps were taken.
  Status take_steps(std::uint64_t steps);
  // That the numbers in the value may be NumPy's own, and that an array was made of a number without a dtype.
  void note_numbers(const PartialValue& value);
  void note_weak_array() { has_weak_array_ = backend_ == Backend::keras; }
  const Limits& limits() const { return limits_; }
  Backend backend() const { return backend_; }

 private:
  // A tree that is being lowered: the lambda's own, a captured function's, or that of a function of the language.
  struct Frame;

  Result<PartialValue> lower(Frame& frame, TreeIndex index);
  Result<PartialValue> whole(Frame& frame, TreeIndex index);
  Result<PartialValue> applied(Frame& frame, const TreeNode& node, PartialValue first);
  bool is_whole(const Frame& frame, TreeIndex index) const;

  Result<PartialValue> path(std::string_view path, bool internal);
  Result<PartialValue> slice(Frame& frame, const TreeNode& node);
  Result<PartialValue> sequence(Frame& frame, const TreeNode& node);
  Result<PartialValue> dict(Frame& frame, const TreeNode& node);
  Result<PartialValue> function(Frame& frame, TreeIndex index);
  Result<PartialValue> loop(Frame& frame, const TreeNode& node);
  Result<PartialValue> call_local(const LocalFunction& function, CallArguments arguments);
  Result<PartialValue> unary(std::string_view symbol, const PartialValue& operand);
  Result<PartialValue> beside(const PartialValue& number, const PartialValue& tensor, std::string_view symbol);
  // That all backends agree on what the op makes of tensors and what stands beside them: on the dtype, on ints divided
  // by zero, and on the floor of a quotient of floats.
  Status check_joined(const Node& made) const;
  Status check_narrowed(std::span<const Argument> operands, DType tensors) const;
  Status check_widened(std::span<const Argument> operands, DType tensors) const;
  Status check_divisor(const Node& made) const;
  Status check_quotient(const PartialValue& dividend, const PartialValue& divisor);
  Result<PartialValue> comparison(Frame& frame, const TreeNode& node, PartialValue left);
  Result<CallArguments> arguments(Frame& frame, const TreeNode& node);

  // The path that a chain of names means in this frame, empty where its root is a value.
  std::string path_of(const Frame& frame, TreeIndex index) const;
  const PartialValue* find_name(const Frame& frame, std::string_view name) const;

  // The body of a lambda with its parameters bound to the arguments.
  Result<PartialValue> inlined(std::string_view name, std::string_view text, CallArguments arguments, bool internal);
  Result<PartialValue> folded(const Node& constant);
  Result<PartialValue> take(const PartialValue& base, std::vector<PartialValue> key, std::size_t at);

  const Limits limits_;
  const Backend backend_;
  // Whether the lambda is somebody's, who may have captured NumPy's numbers.
  const bool of_any_backend_;
  std::optional<TensorType> input_;
  Scope captures_;
  std::vector<Node> nodes_;
  // The types of x and the nodes while the input's type is known.
  std::vector<TensorType> types_;
  // The captured functions that are being inlined, innermost last.
  std::vector<std::string> open_functions_;
  std::size_t depth_ = 0;
  std::uint64_t steps_ = 0;
  bool looked_at_input_ = false;
  // Whether a float or an int may be NumPy's own: one of its functions gave it, or it was captured (archives store both
  // kinds alike). Whether JAX made an array of a number, which takes the dtype of what it meets. And whether one of
  // NumPy's functions was given a tensor, which they take where NumPy is the backend.
  bool has_numpy_float_ = false;
  bool has_numpy_int_ = false;
  bool has_weak_array_ = false;
  bool runs_on_numpy_ = false;
};

}  // namespace revive
