#include "revive/serializer/keras/lambda_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "revive/model/graph/op.h"
#include "revive/model/lambda/function_table.h"
#include "revive/model/lambda/printer.h"
#include "revive/serializer/json/captures.h"
#include "revive/serializer/keras/config_entry.h"
#include "revive/serializer/keras/handed_on.h"
#include "revive/serializer/keras/version_rules.h"
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

bool reads(const Tree& tree, std::string_view name) {
  return std::ranges::any_of(
      tree.nodes, [&](const TreeNode& node) { return node.kind == TreeNode::Kind::name && node.text == name; });
}

// What Keras hands to a function that has parameters of these names: the mask is None where no layer makes one.
Status add_call_context(const Tree& tree, Captures& captures, bool masked, const std::string& place) {
  for (const Tree::Parameter& parameter : tree.parameters) {
    if (parameter.name == "training" && !holds(captures, "training")) captures.emplace_back("training", Value(false));
    if (parameter.name != "mask" || holds(captures, "mask")) continue;
    if (masked && reads(tree, "mask")) {
      return fail(ErrorCode::config_unsupported, place,
                  "the function reads the mask of a layer before it, which a lambda cannot do here");
    }
    captures.emplace_back("mask", Value());
  }
  return {};
}

bool is_identifier(std::string_view name) {
  const auto is_letter = [](char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto is_part = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && is_letter(name.front()) && std::ranges::all_of(name, is_part);
}

// "scaled" and, for a function that was registered, the name behind the package: "my>scaled".
std::string_view name_without_package(std::string_view name) {
  const std::size_t package = name.rfind('>');
  return package == std::string_view::npos || package == 0 ? name : name.substr(package + 1);
}

// The stock module that a name without a body is looked up in; the names of the user's functions come with the same
// module, "builtins". keras.losses and the like are looked up there too, but are no functions of one tensor.
constexpr std::string_view kActivations = "keras.activations.";

// The tree of "lambda x: callee(x, axis=axis)", for a function and the keyword arguments that Keras hands to it.
Tree call_of(std::string_view callee, const Captures& arguments) {
  Tree tree;
  const auto add = [&](TreeNode node) {
    tree.nodes.push_back(std::move(node));
    return static_cast<TreeIndex>(tree.nodes.size() - 1);
  };
  const auto name = [&](std::string_view text) {
    return add({.kind = TreeNode::Kind::name, .text = std::string(text), .value = {}, .children = {}, .names = {}});
  };
  std::size_t dot = callee.find('.');
  TreeIndex function = name(callee.substr(0, dot));
  while (dot != std::string_view::npos) {
    const std::size_t next = callee.find('.', dot + 1);
    const std::string_view part = callee.substr(dot + 1, next == std::string_view::npos ? next : next - dot - 1);
    function = add({.kind = TreeNode::Kind::attribute,
                    .text = std::string(part),
                    .value = {},
                    .children = {function},
                    .names = {}});
    dot = next;
  }
  TreeNode call{.kind = TreeNode::Kind::call, .text = {}, .value = {}, .children = {function}, .names = {}};
  // Whatever the arguments are called, the tensor has a name of its own.
  std::string input = "x";
  while (holds(arguments, input) || input == callee) input += "_";
  call.children.push_back(name(input));
  call.names.emplace_back();
  for (const auto& [argument, value] : arguments) {
    call.children.push_back(name(argument));
    call.names.push_back(argument);
  }
  tree.body = add(std::move(call));
  tree.parameters = {{input, kNoTree}};
  return tree;
}

}  // namespace

// As stock Keras resolves a name: its activations have theirs, and everything else is the user's.
Result<LambdaFunction> LambdaReader::read_named(const NamedFunction& function, Captures arguments, Missing about,
                                                const InputType& input) {
  const std::string& name = function.name;
  const std::string_view plain = name_without_package(name);
  if (!is_identifier(plain)) {
    return fail(ErrorCode::config_unsupported, about.place,
                fmt::format("expected a lambda or the name of a function, found {}", Value(name).brief()));
  }
  for (const auto& [argument, value] : arguments) {
    if (is_identifier(argument)) continue;
    return fail(ErrorCode::config_unsupported, about.place,
                fmt::format("expected arguments that can be given by name, found {}", Value(argument).brief()));
  }
  const auto given = std::ranges::find(options_.bind, name, &Captures::value_type::first);
  if (given != options_.bind.end()) {
    read_names_.push_back(name);
    std::string callee(plain);
    while (holds(arguments, callee)) callee += "_";
    const Tree tree = call_of(callee, arguments);
    arguments.emplace_back(std::move(callee), given->second);
    return make(tree, std::move(arguments), std::move(about), input);
  }
  const std::string path = function_of_version(std::string(kActivations) + name, keras_version_);
  const bool in_keras = function.module == "builtins" || function.module == "keras.activations";
  if (in_keras && find_function(path)) {
    if (options_.warn && function.module == "builtins") {
      options_.warn(
          fmt::format("{}: Keras stored the name of the function `{}` and no body; taken for {}, as stock "
                      "Keras does (layer '{}')",
                      about.place, name, path, about.layer));
    }
    const Tree tree = call_of(path, arguments);
    return make(tree, std::move(arguments), std::move(about), input);
  }
  about.function = name;
  missing_.push_back(std::move(about));
  return LambdaFunction{};
}

// `composed` are those that no capture holds, which the tree of a Python lambda can spell.
Status LambdaReader::read_arguments(const Value& object, const std::string& place, Captures& captures,
                                    Value::Object& composed) const {
  if (!object.is_object()) {
    return fail(ErrorCode::config_type, place, fmt::format("expected an object of values, found {}", object.brief()));
  }
  for (const auto& [name, value] : object.as_object()) {
    auto capture = capture_from_value(value, place + "/" + name, options_.limits, WideArrays::narrowed);
    if (capture) {
      captures.emplace_back(name, *std::move(capture));
    } else if (capture.error().code == ErrorCode::config_unsupported) {
      composed.emplace_back(name, value);
    } else {
      return std::unexpected(std::move(capture.error()));
    }
  }
  return {};
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
  Value::Object composed;
  if (const Value* const object = find_member(config, "arguments"); object != nullptr && !object->is_null()) {
    REVIVE_RETURN_IF_ERROR(read_arguments(*object, place + "/arguments", arguments, composed));
  }

  Missing about{.place = place + "/function", .layer = layer_name, .text = {}, .names = {}, .function = {}};
  const auto given = std::ranges::find(options_.lambdas, layer_name, &GivenLambda::layer);
  if (given != options_.lambdas.end()) {
    const auto tree = parse_lambda(given->text, options_.limits);
    if (!tree) return std::unexpected(tree.error().within(fmt::format("the text for layer '{}': ", layer_name)));
    overlay(arguments, given->captures);
    return make(*tree, std::move(arguments), std::move(about), input);
  }
  auto python = read_python_function(*function, place + "/function", options_.limits);
  if (!python) {
    Error error = std::move(python.error());
    error.message += fmt::format("; a text can stand in for it: --lambda {}='lambda x: ...'", layer_name);
    return std::unexpected(std::move(error));
  }
  if (const auto* const named = std::get_if<NamedFunction>(&*python)) {
    return read_named(*named, std::move(arguments), std::move(about), input);
  }
  auto& lambda = std::get<PythonLambda>(*python);
  for (const auto& [name, value] : composed) {
    REVIVE_RETURN_IF_ERROR(bind_expression(lambda, name, value, place + "/arguments", options_.limits));
  }
  for (const std::string& warning : lambda.warnings) {
    if (options_.warn) options_.warn(fmt::format("{}: {}", about.place, warning));
  }
  Captures captures = std::move(lambda.bound);
  overlay(captures, std::move(arguments));
  about.of_any_backend = true;
  return make(lambda.tree, std::move(captures), std::move(about), input);
}

Result<LambdaFunction> LambdaReader::make(const Tree& saved, Captures captures, Missing about, const InputType& input) {
  const Tree tree = by_rules_of_version(saved, keras_version_);
  about.text = tree_to_text(tree).value_or("a long lambda");
  REVIVE_RETURN_IF_ERROR(add_call_context(tree, captures, masked_, about.place));
  auto free = free_names(tree, captures, options_.limits);
  if (!free) return std::unexpected(free.error().within(about.place + ": "));
  for (std::string& name : *free) {
    // `F.relu` is bound as a whole or through F.
    auto bound = std::ranges::find(options_.bind, name, &Captures::value_type::first);
    for (std::size_t dot = name.rfind('.'); bound == options_.bind.end() && dot != std::string::npos && dot > 0;
         dot = name.rfind('.', dot - 1)) {
      bound = std::ranges::find(options_.bind, name.substr(0, dot), &Captures::value_type::first);
    }
    if (bound == options_.bind.end()) {
      about.names.push_back(std::move(name));
      continue;
    }
    read_names_.push_back(bound->first);
    if (!holds(captures, bound->first)) captures.push_back(*bound);
  }
  if (!about.names.empty()) {
    missing_.push_back(std::move(about));
    return LambdaFunction{};
  }
  auto made = make_expression(tree, captures,
                              {.input = input(), .limits = options_.limits, .of_any_backend = about.of_any_backend});
  if (made) {
    const auto type = input();
    if (!masked_ || !about.of_any_backend || !type || !may_hand_on_its_input(made->graph, *type)) return made;
    return fail(ErrorCode::expression_type, about.place,
                fmt::format("{} gives its input as it is, and whether the mask of a layer before it goes along depends "
                            "on the backend that Keras ran on; a text can stand in for it: --lambda {}='lambda x: x' "
                            "(with the mask) or 'lambda x: ops.copy(x)' (without)",
                            about.text, about.layer));
  }
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
      if (!lambda.function.empty()) {
        options.push_back(
            fmt::format("--lambda {}='lambda x: ...' (or --bind '{}=lambda x: ...')", lambda.layer, lambda.function));
        sentences.push_back(fmt::format("layer '{}' calls the function `{}`, of which Keras stored the name alone",
                                        lambda.layer, lambda.function));
        continue;
      }
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
  for (const auto& [layer, text, captures] : options_.lambdas) {
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
