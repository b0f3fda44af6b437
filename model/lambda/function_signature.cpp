#include "revive/model/lambda/function_signature.h"

#include <algorithm>
#include <map>

#include "revive/model/graph/op.h"
#include "revive/model/lambda/function_examples.h"
#include "revive/model/lambda/function_table.h"
#include "revive/model/lambda/syntax_tree.h"

namespace revive {
namespace {

// A lambda of the language has at least one parameter, so a function of none has one of this name.
constexpr std::string_view kNoParameter = "_";

std::vector<FunctionParameter> declared_parameters(std::string_view text) {
  std::vector<FunctionParameter> parameters;
  const auto tree = parse_lambda(text, {});
  if (!tree) return parameters;
  for (const Tree::Parameter& parameter : tree->parameters) {
    if (parameter.name == kNoParameter) continue;
    parameters.push_back({.name = parameter.name, .required = parameter.fallback == kNoTree, .examples = {}});
  }
  return parameters;
}

// As the op's function has them in Keras: where it takes any number of operands, what else there is stands in front.
std::vector<FunctionParameter> op_parameters(const OpClass& op) {
  std::vector<FunctionParameter> parameters;
  const std::size_t required = op.parameters.size() - op.optional_parameters;
  for (const OpSetting& setting : op.settings) {
    parameters.push_back({.name = std::string(setting.name), .required = op.variadic, .examples = {}});
  }
  std::vector<FunctionParameter> arguments;
  for (std::size_t i = 0; i < op.parameters.size(); ++i) {
    arguments.push_back({.name = std::string(op.parameters[i]),
                         .required = i < required,
                         .variadic = op.variadic && i + 1 == op.parameters.size(),
                         .examples = {}});
  }
  parameters.insert(op.variadic ? parameters.end() : parameters.begin(), arguments.begin(), arguments.end());
  return parameters;
}

}  // namespace

std::vector<FunctionSignature> function_signatures() {
  std::map<std::string, std::vector<FunctionParameter>> all;
  for (const OpClass* op : all_ops()) {
    const bool image = op->module.ends_with(".image");
    all.emplace((image ? "ops.image." : "ops.") + std::string(op->function), op_parameters(*op));
  }
  for (const std::string_view path : function_paths()) {
    const std::string_view text = *find_function(path);
    // Methods are called in another way, and are functions of the tables themselves.
    const bool called = !path.starts_with('_') && !path.starts_with("Tensor.");
    if (text.starts_with("lambda") && called) all.insert_or_assign(std::string(path), declared_parameters(text));
  }
  std::vector<FunctionSignature> signatures;
  for (auto& [path, parameters] : all) {
    for (FunctionParameter& parameter : parameters) add_examples(path, parameter);
    signatures.push_back({path, std::move(parameters), example_inputs(path)});
  }
  return signatures;
}

}  // namespace revive
