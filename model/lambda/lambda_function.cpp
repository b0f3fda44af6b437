#include "revive/model/lambda/lambda_function.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "revive/model/base/utf8.h"
#include "revive/model/graph/op.h"
#include "revive/model/lambda/function_table.h"
#include "revive/model/lambda/lowering.h"
#include "revive/model/lambda/names.h"
#include "revive/model/lambda/printer.h"
#include "revive/model/ops/operand.h"

namespace revive {
namespace {

// Over all captures of a lambda: what is a list takes some hundred bytes a value while the lambda is made, an array
// those of its elements.
constexpr std::uint64_t kMostListed = 1 << 16;
// As far as text is quoted in messages.
constexpr std::size_t kMostQuoted = 200;

Value canonical(const Value& value) {
  if (value.is_array()) {
    Value::Array items;
    for (const Value& item : value.as_array()) items.push_back(canonical(item));
    return Value(std::move(items));
  }
  if (!value.is_real()) return value;
  Argument argument(value);
  canonicalize_nan(argument);
  return *argument.get<Value>();
}

Capture canonical(const Capture& capture) {
  if (const Value* const value = std::get_if<Value>(&capture)) return canonical(*value);
  if (std::holds_alternative<Function>(capture)) return capture;
  Argument argument(std::get<Tensor>(capture));
  canonicalize_nan(argument);
  return *argument.get<Tensor>();
}

// Nested lists, which is how an archive holds an array, say nothing of the axes behind an empty one.
bool has_list_spelling(const Tensor& array) {
  const auto empty = std::ranges::find(array.dims(), 0);
  return empty == array.dims().end() || empty + 1 == array.dims().end();
}

bool can_be_stored(const Argument& argument) {
  const auto* const list = argument.get<Argument::List>();
  if (list != nullptr) return std::ranges::all_of(*list, can_be_stored);
  const Tensor* const array = argument.get<Tensor>();
  return array == nullptr || has_list_spelling(*array);
}

std::unexpected<Error> unstorable(std::string message) {
  return fail(ErrorCode::expression_type, "", std::move(message));
}

Status check_array(const Tensor& array, const Limits& limits) {
  if (!ops::computes(array.dtype())) {
    return unstorable(fmt::format("expected an array of {}, found {}", ops::kComputed, name_of(array.dtype())));
  }
  if (array.rank() > limits.tensor_rank || array.size() > limits.constant_elements) {
    return fail(ErrorCode::limit_exceeded, "",
                fmt::format("expected at most {} axes and {} elements, found an array of {}", limits.tensor_rank,
                            limits.constant_elements, to_string(array.dims())));
  }
  if (!has_list_spelling(array)) {
    return unstorable(fmt::format("expected an array that is empty along its last axis alone, found one of {}",
                                  to_string(array.dims())));
  }
  return {};
}

// Whether an archive can hold it; lowered_value() asks that of what is no array and no function.
Status check_capture(const Capture& capture, const Limits& limits) {
  if (const Tensor* const array = std::get_if<Tensor>(&capture)) return check_array(*array, limits);
  const Function* const function = std::get_if<Function>(&capture);
  if (function == nullptr || is_utf8(function->text)) return {};
  return unstorable(fmt::format("expected text in UTF-8, found {}", Value(function->text).brief()));
}

// The values in a captured list and the lists in it, as deep as they are looked at.
std::uint64_t listed(const Value& value, std::uint64_t depth) {
  std::uint64_t count = 1;
  if (!value.is_array() || depth == 0) return count;
  for (const Value& item : value.as_array()) count += listed(item, depth - 1);
  return count;
}

// Captured tuples nest as deep as brackets in the text may.
Result<PartialValue> lowered(const Capture& capture, const Limits& limits) {
  if (const Status status = check_capture(capture, limits); !status) return std::unexpected(status.error());
  if (const Tensor* const array = std::get_if<Tensor>(&capture)) return PartialValue(*array);
  if (const Function* const function = std::get_if<Function>(&capture))
    return PartialValue(FunctionName{function->text});
  return lowered_value(std::get<Value>(capture), limits.expression_depth);
}

// The backend that a function's name gives away: JAX' rules are those of Keras.
std::optional<Backend> backend_named(std::string_view path) {
  if (path.starts_with("tf.") || path.starts_with("tensorflow.")) return Backend::tensorflow;
  if (path.starts_with("jnp.") || path.starts_with("jax.")) return Backend::keras;
  const std::string canonical = canonical_path(path);
  const std::string_view root = std::string_view(canonical).substr(0, canonical.find('.'));
  if (root == "tf" || root == "tf_v1" || root == "K") return Backend::tensorflow;
  return std::nullopt;
}

// The backend that the names of functions give away.
Backend backend_of(const Tree& tree, const Captures& read, bool of_any_backend) {
  const auto backend_called = [](const Tree& calling) -> std::optional<Backend> {
    for (TreeIndex i = 0; i < calling.nodes.size(); ++i) {
      if (const auto named = backend_named(dotted_name(calling, i))) return named;
    }
    return std::nullopt;
  };
  if (const auto called = backend_called(tree)) return *called;
  for (const auto& [name, capture] : read) {
    const Function* const function = std::get_if<Function>(&capture);
    if (function == nullptr) continue;
    if (!function->is_lambda()) {
      if (const auto named = backend_named(function->text)) return *named;
      continue;
    }
    const auto inner = parse_lambda(function->text, {});
    if (!inner) continue;
    if (const auto called = backend_called(*inner)) return *called;
  }
  return of_any_backend ? Backend::unknown : Backend::keras;
}

// `text` is nothing for a tree that cannot be printed; it is the annotation then as well.
Result<LambdaFunction> made(const Tree& tree, std::optional<std::string> text, const Captures& captures,
                            const LoweringOptions& options) {
  if (tree.parameters.front().fallback != kNoTree || tree.parameters.front().name.starts_with('*')) {
    return fail(ErrorCode::expression_syntax, "lambda", "the first parameter is the input tensor and has no default");
  }
  if (const Status status = check_names(tree); !status) return std::unexpected(status.error());
  REVIVE_ASSIGN_OR_RETURN(const auto names, names_read(tree, captures, options.limits));
  if (!names.unbound.empty()) {
    const std::string shown = text.value_or("the lambda").substr(0, kMostQuoted);
    return fail(ErrorCode::expression_free_name, "lambda",
                fmt::format("`{}` reads {} without a captured value", shown, fmt::join(names.unbound, ", ")));
  }
  Captures read;
  Lowering::Scope scope;
  std::uint64_t values = 0;
  for (std::size_t i = 0; i < captures.size(); ++i) {
    if (!names.captures[i]) continue;
    const std::string& name = captures[i].first;
    if (const Value* const plain = std::get_if<Value>(&captures[i].second)) {
      values += listed(*plain, options.limits.expression_depth);
    }
    if (values > kMostListed) {
      return fail(ErrorCode::limit_exceeded, fmt::format("lambda: capture {}", name),
                  fmt::format("expected lists of at most {} values in all, found more; capture an array", kMostListed));
    }
    read.emplace_back(name, canonical(captures[i].second));
    auto value = lowered(read.back().second, options.limits);
    if (!value) return std::unexpected(value.error().within(fmt::format("lambda: capture {}", name)));
    scope.emplace(name, *std::move(value));
  }
  Lowering lowering(options, backend_of(tree, read, options.of_any_backend));
  REVIVE_ASSIGN_OR_RETURN(auto graph, lowering.run(tree, std::move(scope)));
  for (const Node& node : graph.nodes()) {
    if (std::ranges::all_of(node.arguments, can_be_stored)) continue;
    return fail(ErrorCode::expression_type, "lambda",
                fmt::format("expected arrays that are empty along their last axis alone, found another one for {}",
                            node.op->function));
  }
  LambdaFunction expression{std::move(graph), std::nullopt};
  if (text) {
    expression.annotation = {*std::move(text), std::move(read),
                             lowering.looked_at_input() ? options.input : std::nullopt};
  }
  return expression;
}

}  // namespace

Result<LambdaFunction> make_expression(std::string_view text, const Captures& captures,
                                       const LoweringOptions& options) {
  REVIVE_ASSIGN_OR_RETURN(const auto tree, parse_lambda(text, options.limits));
  return made(tree, std::string(text), captures, options);
}

Result<LambdaFunction> make_expression(std::string_view text, const Captures& captures, const Limits& limits) {
  return make_expression(text, captures, LoweringOptions{.input = std::nullopt, .limits = limits});
}

Result<LambdaFunction> make_expression(const Tree& tree, const Captures& captures, const LoweringOptions& options) {
  if (const Status status = check_tree(tree, options.limits); !status) return std::unexpected(status.error());
  return made(tree, tree_to_text(tree, options.limits), captures, options);
}

Result<std::vector<std::string>> free_names(std::string_view text, const Captures& bound, const Limits& limits) {
  REVIVE_ASSIGN_OR_RETURN(const auto tree, parse_lambda(text, limits));
  return free_names(tree, bound, limits);
}

Result<std::vector<std::string>> free_names(const Tree& tree, const Captures& bound, const Limits& limits) {
  REVIVE_ASSIGN_OR_RETURN(auto names, names_read(tree, bound, limits));
  return std::move(names.unbound);
}

}  // namespace revive
