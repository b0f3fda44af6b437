// evaluate: lambdas as text on inputs, one JSON object a line.
#include <fmt/format.h>

#include <fstream>

#include "revive/model/lambda/lambda_function.h"
#include "revive/properties/database/tensor_json.h"
#include "revive/serializer/json/json.h"
#include "revive/tools/commands/commands.h"
#include "revive/tools/console/json_text.h"

namespace revive::tools {
namespace {

// The type that the lambda is made for: that of the input with the batch open, and the axes that the line names.
Result<TensorType> type_of(const Value& line, const Tensor& input) {
  TensorType type{input.dtype(), Shape(input.dims())};
  if (type.shape.rank() > 0) type.shape[0] = kUnknown;
  const Value* const open = line.find("unknown");
  if (open == nullptr) return type;
  if (!open->is_array()) return fail(ErrorCode::usage, "/unknown", "expected a list of axes, found " + open->brief());
  for (const Value& axis : open->as_array()) {
    if (!axis.is_int() || axis.as_int() < 0 || axis.as_int() >= static_cast<std::int64_t>(type.shape.rank())) {
      return fail(ErrorCode::usage, "/unknown", "expected axes of the input, found " + axis.brief());
    }
    type.shape[static_cast<std::size_t>(axis.as_int())] = kUnknown;
  }
  return type;
}

// The output, or why there is none. An error is a line that is no question.
Result<Value> answer(const Value& line) {
  const Value* const lambda = line.find("lambda");
  const Value* const given = line.find("input");
  if (lambda == nullptr || !lambda->is_string() || given == nullptr) {
    return fail(ErrorCode::usage, "", "expected a lambda and an input, found " + line.brief());
  }
  REVIVE_ASSIGN_OR_RETURN(const auto input, properties::tensor_from_value(*given, "/input", ErrorCode::usage));
  REVIVE_ASSIGN_OR_RETURN(auto type, type_of(line, input));
  const auto made = make_expression(
      lambda->as_string(), {}, LoweringOptions{.input = std::move(type), .limits = Limits{}, .of_any_backend = true});
  if (!made) return Value(Value::Object{{"refused", error_to_value(made.error())}});
  const auto output = made->graph.evaluate(input);
  if (!output) return Value(Value::Object{{"refused", error_to_value(output.error())}});
  return Value(Value::Object{{"output", properties::tensor_to_value(*output)}});
}

Result<Outcome> evaluate_lines(const std::string& file, Console& console) {
  std::ifstream lines(file);
  if (!lines) return fail(ErrorCode::file_unreadable, file, "cannot be read");
  std::string text;
  for (std::size_t number = 1; std::getline(lines, text); ++number) {
    const std::string place = fmt::format("{}: line {}", file, number);
    const auto line = parse_json(text, {}, place);
    if (!line) return std::unexpected(line.error());
    const auto answered = answer(*line);
    if (!answered) return std::unexpected(answered.error().within(place + ": "));
    print_value(console, *answered);
  }
  return Outcome::held;
}

}  // namespace

Command evaluate_command() {
  return {.name = "evaluate",
          .summary = "Evaluate lambdas on inputs: one JSON object a line",
          .help =
              "A line is {\"lambda\": text, \"input\": {\"dtype\", \"shape\", \"data\": base64}}, and its answer "
              "{\"output\": a tensor, spelled so} or {\"refused\": an error}. The batch is not known while the "
              "lambda is\nmade, nor are the axes in \"unknown\".\n\n"
              "Example: revive evaluate questions.jsonl",
          .declare = [](Arguments& app) -> RunCommand {
            const auto file = std::make_shared<std::string>();
            app.add_option("FILE", *file, "The lines").required();
            return [file](Console& console) { return evaluate_lines(*file, console); };
          }};
}

}  // namespace revive::tools
