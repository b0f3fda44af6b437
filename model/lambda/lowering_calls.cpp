// Names, paths and calls: how arguments find their parameters, and how functions become part of the graph.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "revive/model/lambda/builtins.h"
#include "revive/model/lambda/function_table.h"
#include "revive/model/lambda/lowering_frame.h"
#include "revive/model/lambda/names.h"

namespace revive {
namespace {

// Functions of the language are at most this deep in one another; captured ones rarely are at all.
constexpr std::size_t kMostInlined = 16;

std::unexpected<Error> type_error(std::string message) {
  return fail(ErrorCode::expression_type, "", std::move(message));
}

// "`tf.concat`", or the beginning of a captured lambda.
std::string quoted(std::string_view name) {
  constexpr std::size_t kMostShown = 60;
  return fmt::format("`{}{}`", name.substr(0, kMostShown), name.size() > kMostShown ? "..." : "");
}

// keras.ops.F as "ops.F", and as "op.F" where what is internal may be used; ops.image.F for the ops of images.
const OpClass* find_op_path(std::string_view path, bool internal) {
  constexpr std::string_view kImage = "ops.image.";
  if (path.starts_with(kImage)) {
    const OpClass* const found = find_op_function(path.substr(kImage.size()));
    return found != nullptr && found->module.ends_with(".image") ? found : nullptr;
  }
  if (internal && path.starts_with("op.")) return find_op_function(path.substr(3));
  return path.starts_with("ops.") ? find_op_function(path.substr(4)) : nullptr;
}

// A function of the tables; those that start with an underscore are for the others.
std::optional<std::string_view> find_callable(std::string_view path, bool internal) {
  return path.starts_with('_') && !internal ? std::nullopt : find_function(path);
}

// jax.numpy is NumPy under another name, but for what its numbers are.
bool is_jax(std::string_view path) {
  return path.starts_with("jnp.") || path.starts_with("jax.");
}

constexpr std::string_view kInnerFunction = "the inner function";

// Positional and named arguments on the parameters' slots, the names first to last.
Result<std::vector<std::optional<PartialValue>>> slots_of(std::string_view function, CallArguments given,
                                                          const std::vector<std::string_view>& parameters) {
  std::vector<std::optional<PartialValue>> slots(parameters.size());
  const auto star = std::ranges::find_if(parameters, [](std::string_view name) { return name.starts_with('*'); });
  if (star != parameters.end()) {
    const auto first = static_cast<std::size_t>(star - parameters.begin());
    std::vector<PartialValue> rest;
    for (std::size_t i = first; i < given.positional.size(); ++i) rest.push_back(std::move(given.positional[i]));
    given.positional.resize(std::min(first, given.positional.size()));
    REVIVE_ASSIGN_OR_RETURN(slots[first], make_sequence(std::move(rest), SequenceKind::tuple));
  }
  if (given.positional.size() > parameters.size()) {
    return type_error(fmt::format("{} takes at most {} arguments, found {}", quoted(function), parameters.size(),
                                  given.positional.size()));
  }
  for (std::size_t i = 0; i < given.positional.size(); ++i) slots[i] = std::move(given.positional[i]);
  for (auto& [name, value] : given.named) {
    const auto found = std::ranges::find(parameters, name);
    if (found == parameters.end()) {
      // TensorFlow and its backend functions take a name for the op everywhere; it changes nothing.
      if (name == "name" && (function.starts_with("tf") || function.starts_with("K."))) continue;
      return type_error(fmt::format("{} has no parameter `{}`", quoted(function), name));
    }
    auto& slot = slots[static_cast<std::size_t>(found - parameters.begin())];
    if (slot) return type_error(fmt::format("{} is given `{}` twice", quoted(function), name));
    slot = std::move(value);
  }
  return slots;
}

}  // namespace

const PartialValue* Lowering::find_name(const Frame& frame, std::string_view name) const {
  if (const auto found = frame.scope.find(name); found != frame.scope.end()) return &found->second;
  if (frame.kind == FrameKind::language) return nullptr;
  const auto captured = captures_.find(name);
  return captured == captures_.end() ? nullptr : &captured->second;
}

std::string Lowering::path_of(const Frame& frame, TreeIndex index) const {
  std::string path = dotted_name(*frame.tree, index);
  for (std::size_t dot = path.find('.'); dot != std::string::npos; dot = path.find('.', dot + 1)) {
    const PartialValue* const prefix = find_name(frame, std::string_view(path).substr(0, dot));
    if (prefix == nullptr) continue;
    // A captured module: the path goes on below it.
    const FunctionName* const module = prefix->get<FunctionName>();
    return module == nullptr ? std::string() : module->text + path.substr(dot);
  }
  return find_name(frame, path) == nullptr ? path : std::string();
}

Result<PartialValue> Lowering::path(std::string_view path, bool internal) {
  std::string canonical = canonical_path(path);
  if (const auto text = find_callable(canonical, internal)) {
    if (!text->starts_with("lambda")) return inlined(canonical, *text, {}, true);
    return PartialValue(FunctionName{is_jax(path) ? std::string(path) : std::move(canonical)});
  }
  if (find_builtin(canonical, internal) == nullptr && find_op_path(canonical, internal) == nullptr) {
    return type_error(missing_function(path));
  }
  return PartialValue(FunctionName{std::move(canonical)});
}

Result<CallArguments> Lowering::arguments(Frame& frame, const TreeNode& node) {
  CallArguments given;
  for (std::size_t i = 0; i < node.names.size(); ++i) {
    const std::string& name = node.names[i];
    REVIVE_ASSIGN_OR_RETURN(auto value, lower(frame, node.children[i + 1]));
    if (name.empty()) {
      given.positional.push_back(std::move(value));
    } else if (name == "*") {
      REVIVE_ASSIGN_OR_RETURN(const auto items, items_of(value));
      given.positional.insert(given.positional.end(), items.begin(), items.end());
    } else if (name == "**") {
      const auto* const mapping = value.get<Mapping>();
      if (mapping == nullptr) {
        return type_error(fmt::format("** in a call expects a dict, found {}", value.kind_name()));
      }
      for (const Mapping::Entry& entry : *mapping->entries) {
        const Value* const key = entry.key.get<Value>();
        if (!key->is_string()) return type_error("** in a call expects keys that are strings");
        given.named.emplace_back(key->as_string(), entry.value);
      }
    } else {
      given.named.emplace_back(name, std::move(value));
    }
  }
  return given;
}

Result<PartialValue> Lowering::call(std::string_view path, CallArguments arguments, bool internal) {
  const std::string canonical = canonical_path(path);
  if (const auto text = find_callable(canonical, internal)) {
    const bool is_numpy = !internal && canonical.starts_with("np.") && !is_jax(path);
    runs_on_numpy_ =
        runs_on_numpy_ ||
        (is_numpy && std::ranges::any_of(arguments.positional, [](const auto& each) { return each.depends_on_x(); }));
    auto result = inlined(path, *text, std::move(arguments), true);
    if (is_numpy && result && result->get<Value>() != nullptr) note_numbers(*result);
    return result;
  }
  if (const Builtin* const builtin = find_builtin(canonical, internal)) {
    if (builtin->named_only && arguments.positional.size() == builtin->most) {
      return type_error(fmt::format("{}() takes `{}` by its name alone", path, builtin->keyword));
    }
    for (auto& [name, value] : arguments.named) {
      // What print() prints goes nowhere.
      if (name == builtin->keyword && arguments.positional.size() < builtin->most) {
        arguments.positional.push_back(std::move(value));
      } else if (builtin->keyword.empty()) {
        return type_error(fmt::format("{}() takes no keyword arguments", path));
      } else if (builtin->keyword != kAnyKeyword) {
        return type_error(fmt::format("{}() takes no argument `{}`", path, name));
      }
    }
    const std::size_t count = arguments.positional.size();
    if (count < builtin->least || count > builtin->most) {
      return type_error(
          fmt::format("{}() takes {} to {} arguments, found {}", path, builtin->least, builtin->most, count));
    }
    return builtin->function(*this, *builtin, arguments.positional);
  }
  if (const OpClass* const found = find_op_path(canonical, internal)) return op_call(*found, std::move(arguments));
  return type_error(missing_function(path));
}

Result<PartialValue> Lowering::call_value(const PartialValue& callee, CallArguments arguments, bool internal) {
  const FunctionName* const function = callee.get<FunctionName>();
  if (function == nullptr) {
    return type_error(fmt::format("{} is not a function; functions of keras.ops, tf, K, np and builtins can be called",
                                  callee.kind_name()));
  }
  if (function->local != nullptr) return call_local(*function->local, std::move(arguments));
  if (function->self != nullptr) {
    arguments.positional.insert(arguments.positional.begin(), *function->self);
    return call(function->text, std::move(arguments), true);
  }
  if (function->text.starts_with("lambda")) return inlined(function->text, function->text, std::move(arguments), false);
  return call(function->text, std::move(arguments), internal);
}

Result<PartialValue> Lowering::call_local(const LocalFunction& function, CallArguments arguments) {
  if (depth_ == kMostInlined) {
    return fail(ErrorCode::limit_exceeded, "",
                fmt::format("expected at most {} functions in one another", kMostInlined));
  }
  const TreeNode& node = function.tree->nodes[function.index];
  const std::vector<std::string_view> parameters(node.names.begin(), node.names.end());
  REVIVE_ASSIGN_OR_RETURN(auto slots, slots_of(kInnerFunction, std::move(arguments), parameters));
  REVIVE_RETURN_IF_ERROR(take_steps(1 + function.scope.size()));
  Frame frame{.tree = function.tree, .scope = function.scope, .kind = function.kind, .memo = {}};
  if (shares_nodes(*function.tree)) frame.memo.resize(function.tree->nodes.size());
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (!slots[i]) slots[i] = function.defaults[i];
    if (!slots[i]) return type_error(fmt::format("the inner function misses its argument `{}`", parameters[i]));
    frame.scope.insert_or_assign(std::string(bound_name(parameters[i])), *std::move(slots[i]));
  }
  ++depth_;
  auto result = lower(frame, node.children[0]);
  --depth_;
  return result;
}

Result<PartialValue> Lowering::inlined(std::string_view name, std::string_view text, CallArguments arguments,
                                       bool internal) {
  if (depth_ == kMostInlined) {
    return fail(ErrorCode::limit_exceeded, "",
                fmt::format("expected at most {} functions in one another", kMostInlined));
  }
  if (!internal && std::ranges::find(open_functions_, text) != open_functions_.end()) {
    return type_error(fmt::format("{} calls itself", quoted(name)));
  }
  REVIVE_ASSIGN_OR_RETURN(auto parsed, parse_lambda(text, internal ? Limits{} : limits_));
  const auto owned = std::make_shared<const Tree>(std::move(parsed));
  const Tree& tree = *owned;
  Frame frame{.tree = owned, .scope = {}, .kind = internal ? FrameKind::language : FrameKind::captured, .memo = {}};
  // What the caller's text was lent from may be gone by the time an error is made of it.
  const std::string shown(name);
  if (text.starts_with("lambda")) {
    std::vector<std::string_view> parameters;
    for (const Tree::Parameter& parameter : tree.parameters) parameters.push_back(parameter.name);
    REVIVE_ASSIGN_OR_RETURN(auto slots, slots_of(shown, std::move(arguments), parameters));
    for (std::size_t i = 0; i < slots.size(); ++i) {
      const Tree::Parameter& parameter = tree.parameters[i];
      if (!slots[i]) {
        if (parameter.fallback == kNoTree) {
          return type_error(fmt::format("{} misses its argument `{}`", quoted(shown), parameter.name));
        }
        auto fallback = lower(frame, parameter.fallback);
        if (!fallback) return fallback;
        slots[i] = *std::move(fallback);
      }
      frame.scope.insert_or_assign(std::string(bound_name(parameter.name)), *std::move(slots[i]));
    }
  }
  ++depth_;
  if (!internal) open_functions_.emplace_back(text);
  auto result = lower(frame, tree.body);
  if (!internal) open_functions_.pop_back();
  --depth_;
  if (!result && !internal) result.error().message = fmt::format("in {}: {}", quoted(shown), result.error().message);
  return result;
}

Result<PartialValue> Lowering::op_call(const OpClass& op_class, CallArguments given) {
  const std::size_t count = op_class.parameters.size();
  std::vector<std::string_view> names(op_class.parameters.begin(), op_class.parameters.end());
  for (const OpSetting& setting : op_class.settings) names.push_back(setting.name);
  Argument::List operands;
  if (op_class.variadic) {
    // All positional arguments from the last parameter on.
    const std::size_t first = std::min(count - 1, given.positional.size());
    for (const PartialValue& each : std::span(given.positional).subspan(first)) {
      if (const Status affordable = take_steps(each.expanded()); !affordable) {
        return std::unexpected(affordable.error());
      }
      REVIVE_ASSIGN_OR_RETURN(auto operand, operand_from(each));
      operands.push_back(std::move(operand));
    }
    given.positional.resize(first);
  }
  const std::string shown = fmt::format("ops.{}", op_class.function);
  REVIVE_ASSIGN_OR_RETURN(auto slots, slots_of(shown, std::move(given), names));

  std::vector<Argument> arguments;
  std::vector<Value> settings;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::optional<PartialValue>& slot = slots[i];
    if (i >= count) {
      if (!slot) {
        settings.push_back(op_class.settings[i - count].fallback);
        continue;
      }
      auto setting = slot->depends_on_x() ? std::nullopt : value_of(*slot);
      if (!setting) {
        return type_error(
            fmt::format("`{}` of {} has to be static, found {}", names[i], quoted(shown), slot->kind_name()));
      }
      settings.push_back(*std::move(setting));
    } else if (op_class.variadic && i + 1 == count) {
      arguments.emplace_back(std::exchange(operands, {}));
    } else if (slot) {
      if (const Status affordable = take_steps(slot->expanded()); !affordable) {
        return std::unexpected(affordable.error());
      }
      REVIVE_ASSIGN_OR_RETURN(auto argument, operand_from(*slot));
      arguments.push_back(std::move(argument));
    } else if (i + op_class.optional_parameters >= count) {
      arguments.emplace_back(Value());
    } else {
      return type_error(fmt::format("{} misses its argument `{}`", quoted(shown), names[i]));
    }
  }
  return op(op_class, std::move(arguments), std::move(settings));
}

}  // namespace revive
