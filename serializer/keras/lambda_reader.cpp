#include "revive/serializer/keras/lambda_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "revive/model/graph/op.h"
#include "revive/model/lambda/function_table.h"
#include "revive/model/lambda/printer.h"
#include "revive/serializer/json/captures.h"
#include "revive/serializer/keras/config_entry.h"
#include "revive/serializer/python/python_lambda.h"

namespace revive {
namespace {

bool holds(const Captures& captures, std::string_view name) {
  return std::ranges::find(captures, name, &Captures::value_type::first) != captures.end();
}

// Later captures stand in for earlier ones of the same name.
void overlay(Captures& captures, Captures later) {
  for (auto& [name, value] : later) {
    const auto found = std::ranges::find(captures, name, &Captures::value_type::first);
    if (found == captures.end()) {
      captures.emplace_back(std::move(name), std::move(value));
    } else {
      found->second = std::move(value);
    }
  }
}

// What Keras hands to a function that has parameters of these names; a mask is refused where there may be one.
Status add_call_context(const Tree& tree, Captures& captures, const std::string& place) {
  for (const Tree::Parameter& parameter : tree.parameters) {
    if (parameter.name == "training" && !holds(captures, "training")) captures.emplace_back("training", Value(false));
    if (parameter.name == "mask" && !holds(captures, "mask")) {
      return fail(ErrorCode::config_unsupported, place,
                  "the function asks for the mask, which a lambda cannot read here");
    }
  }
  return {};
}

// "lambda x: ops.mean(x, axis=axis)" for a function and the keyword arguments that Keras hands to it.
std::string call_of(std::string_view path, const Captures& arguments) {
  std::string text = fmt::format("lambda x: {}(x", path);
  for (const auto& [name, value] : arguments) text += fmt::format(", {0}={0}", name);
  return text + ")";
}

}  // namespace

// Keras writes the module "builtins" for every Python function, its own and the user's alike.
std::string LambdaReader::path_of(const NamedFunction& function, const Missing& about) const {
  const std::string& name = function.name;
  if (holds(options_.bind, name)) return name;
  if (function.module.starts_with("keras.") && function.module.find("activations") != std::string::npos) {
    return "keras.activations." + name;
  }
  std::string path = "ops." + name;
  if (find_op_function(name) == nullptr && !find_function(path)) return name;
  if (options_.warn) {
    options_.warn(
        fmt::format("{}: Keras stored the name of the function `{}` and no body; taken for keras.ops.{} "
                    "(layer '{}')",
                    about.place, name, name, about.layer));
  }
  return path;
}

Result<LambdaFunction> LambdaReader::read(const std::string& layer_name, const Value::Object& config,
                                          const std::string& place, const InputType& input) {
  layers_.push_back(layer_name);
  const Value* const function = find_member(config, "function");
  if (function == nullptr) {
    return fail(ErrorCode::config_missing_key, place, "expected the key \"function\", which Lambda requires");
  }
  if (const Value* const mask = find_member(config, "mask"); mask != nullptr && !mask->is_null()) {
    return fail(ErrorCode::config_unsupported, place + "/mask", "expected null, found a mask of the lambda's own");
  }
  Captures arguments;
  if (const Value* const object = find_member(config, "arguments"); object != nullptr && !object->is_null()) {
    REVIVE_ASSIGN_OR_RETURN(auto read, captures_from_value(*object, place + "/arguments", options_.limits));
    arguments = std::move(read);
  }

  Missing about{.place = place + "/function", .layer = layer_name, .text = {}, .names = {}};
  const auto given = std::ranges::find(options_.lambdas, layer_name, &std::pair<std::string, std::string>::first);
  if (given != options_.lambdas.end()) {
    const auto tree = parse_lambda(given->second, options_.limits);
    if (!tree) return std::unexpected(tree.error().within(fmt::format("the text for layer '{}': ", layer_name)));
    return make(*tree, std::move(arguments), std::move(about), input);
  }
  auto python = read_python_function(*function, place + "/function", options_.limits);
  if (!python) {
    Error error = std::move(python.error());
    error.message += fmt::format("; a text can stand in for it: --lambda {}='lambda x: ...'", layer_name);
    return std::unexpected(std::move(error));
  }
  if (const auto* const named = std::get_if<NamedFunction>(&*python)) {
    const std::string text = call_of(path_of(*named, about), arguments);
    const auto tree = parse_lambda(text, options_.limits);
    if (!tree) return std::unexpected(tree.error().within(fmt::format("{}: {}: ", about.place, text)));
    return make(*tree, std::move(arguments), std::move(about), input);
  }
  auto& lambda = std::get<PythonLambda>(*python);
  for (const std::string& warning : lambda.warnings) {
    if (options_.warn) options_.warn(fmt::format("{}: {}", about.place, warning));
  }
  Captures captures = std::move(lambda.bound);
  overlay(captures, std::move(arguments));
  return make(lambda.tree, std::move(captures), std::move(about), input);
}

Result<LambdaFunction> LambdaReader::make(const Tree& tree, Captures captures, Missing about, const InputType& input) {
  about.text = tree_to_text(tree).value_or("a long lambda");
  REVIVE_RETURN_IF_ERROR(add_call_context(tree, captures, about.place));
  auto free = free_names(tree, captures, options_.limits);
  if (!free) return std::unexpected(free.error().within(about.place + ": "));
  for (std::string& name : *free) {
    read_names_.push_back(name);
    const auto bound = std::ranges::find(options_.bind, name, &Captures::value_type::first);
    if (bound == options_.bind.end()) {
      about.names.push_back(std::move(name));
    } else {
      captures.push_back(*bound);
    }
  }
  if (!about.names.empty()) {
    missing_.push_back(std::move(about));
    return LambdaFunction{};
  }
  auto made = make_expression(tree, captures, {.input = std::nullopt, .limits = options_.limits});
  if (!made) {
    if (auto type = input()) made = make_expression(tree, captures, {.input = type, .limits = options_.limits});
  }
  if (made) return made;
  Error error = std::move(made.error());
  error.message = fmt::format("{} ({}); in layer '{}', {}", error.message, error.place, about.layer, about.text);
  error.place = about.place;
  return std::unexpected(std::move(error));
}

Status LambdaReader::finish() const {
  if (!missing_.empty()) {
    std::vector<std::string> sentences;
    std::vector<std::string> options;
    for (const Missing& lambda : missing_) {
      for (const std::string& name : lambda.names) {
        std::string option = fmt::format("--bind {}=VALUE", name);
        if (std::ranges::find(options, option) == options.end()) options.push_back(std::move(option));
      }
      sentences.push_back(fmt::format("layer '{}' is {} and reads {}, which Keras does not store", lambda.layer,
                                      lambda.text, fmt::join(lambda.names, ", ")));
    }
    return fail(ErrorCode::expression_free_name, missing_.front().place,
                fmt::format("{}; give the values: {}", fmt::join(sentences, "; "), fmt::join(options, " ")));
  }
  for (const auto& [layer, text] : options_.lambdas) {
    if (std::ranges::find(layers_, layer) != layers_.end()) continue;
    return fail(ErrorCode::usage, "/config/layers",
                fmt::format("the text for layer '{}' has no use: no layer of that name holds Python", layer));
  }
  for (const auto& [name, value] : options_.bind) {
    if (!options_.warn || std::ranges::find(read_names_, name) != read_names_.end()) continue;
    options_.warn(fmt::format("no lambda reads the value given for {}", name));
  }
  return {};
}

}  // namespace revive
