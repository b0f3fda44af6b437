// ops: what a lambda can be made of, as the ops declare it, and what people may call them.
#include <fmt/format.h>

#include "revive/model/graph/op.h"
#include "revive/model/lambda/function_signature.h"
#include "revive/model/lambda/function_table.h"
#include "revive/tools/commands/commands.h"
#include "revive/tools/console/json_text.h"
#include "revive/tools/console/text.h"

namespace revive::tools {
namespace {

struct Options {
  bool functions = false;
  bool json = false;
};

// "sum(x, axis=None, keepdims=False)"
std::string call_text(const OpClass& op) {
  std::vector<std::string> parts;
  for (const std::string_view parameter : op.parameters) parts.emplace_back(parameter);
  for (const OpSetting& setting : op.settings)
    parts.push_back(fmt::format("{}={}", setting.name, setting.fallback.brief()));
  return fmt::format("{}({})", op.function, fmt::join(parts, ", "));
}

Value op_to_value(const OpClass& op) {
  Value::Array parameters;
  for (const std::string_view parameter : op.parameters) parameters.emplace_back(parameter);
  Value::Object settings;
  for (const OpSetting& setting : op.settings) settings.emplace_back(std::string(setting.name), setting.fallback);
  return Value::Object{{"function", op.function},
                       {"module", op.module},
                       {"class_name", op.class_name},
                       {"since", op.since.empty() ? kOldestKeras : op.since},
                       {"parameters", std::move(parameters)},
                       {"config", std::move(settings)},
                       {"unstable", op.numerics.unstable}};
}

void print_ops(const Options& options, Console& console) {
  if (options.json) {
    Value::Array values;
    for (const OpClass* op : all_ops()) values.push_back(op_to_value(*op));
    print_value(console, values);
    return;
  }
  std::vector<std::vector<std::string>> rows = {{"keras.ops", "class", "since Keras", "operator"}};
  for (const OpClass* op : all_ops()) {
    rows.push_back({call_text(*op), fmt::format("{}.{}", op->module, op->class_name), std::string(op->since),
                    std::string(op->symbol)});
  }
  console.out << table(rows);
}

Value signature_to_value(const FunctionSignature& signature) {
  Value::Array parameters;
  for (const FunctionParameter& parameter : signature.parameters) {
    parameters.push_back(
        Value::Object{{"name", parameter.name},
                      {"required", parameter.required},
                      {"variadic", parameter.variadic},
                      {"gone", parameter.gone},
                      {"examples", Value::Array(parameter.examples.begin(), parameter.examples.end())}});
  }
  Value::Array inputs;
  for (const ExampleInput& input : signature.inputs) {
    inputs.push_back(Value::Object{{"kind", std::string(1, static_cast<char>(input.kind))},
                                   {"shape", Value::Array(input.shape.begin(), input.shape.end())}});
  }
  return Value::Object{{"path", signature.path}, {"parameters", std::move(parameters)}, {"inputs", std::move(inputs)}};
}

void print_functions(const Options& options, Console& console) {
  if (options.json) {
    Value::Array values;
    for (const FunctionSignature& signature : function_signatures()) values.push_back(signature_to_value(signature));
    print_value(console, values);
    return;
  }
  const auto paths = function_paths();
  for (const std::string_view path : paths) console.out << path << '\n';
}

}  // namespace

Command ops_command() {
  return {
      .name = "ops",
      .summary = "The ops a lambda can be made of, and the functions it may call",
      .help =
          "keras.ops.NAME and ops.NAME call every op; --functions lists the other names (tf.reduce_sum, K.mean).\n\n"
          "Example: revive ops --functions",
      .declare = [](Arguments& app) -> RunCommand {
        const auto options = std::make_shared<Options>();
        app.add_flag("--functions", options->functions, "List what a lambda may call by another name");
        app.add_flag("--json", options->json, "Print a list as JSON");
        return [options](Console& console) -> Result<Outcome> {
          options->functions ? print_functions(*options, console) : print_ops(*options, console);
          return Outcome::held;
        };
      }};
}

}  // namespace revive::tools
