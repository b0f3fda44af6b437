#include "revive/tools/report/failure_report.h"

#include <fmt/format.h>

#include "revive/properties/checks/checks.h"
#include "revive/properties/print/cpp_program.h"
#include "revive/properties/print/python_program.h"
#include "revive/tools/console/text.h"

namespace revive::tools {
namespace {

// What the property did, where the message says it, and the difference, which the message repeats.
std::string where(const properties::Violation& violation) {
  if (!violation.difference) return fmt::format("  {}\n", violation.message);
  const Difference& difference = *violation.difference;
  std::string_view said = violation.message;
  const std::string repeated = properties::violation(difference)->message;
  if (said.ends_with(repeated)) said.remove_suffix(repeated.size());
  const std::string text = said.empty() ? "" : fmt::format("  {}\n", said.substr(0, said.find_last_not_of(": ") + 1));
  return text +
         fmt::format("  {}\n    before: {}\n    after:  {}\n", difference.path, difference.left, difference.right);
}

std::string size_of_case(const PropertyFailure& failure) {
  const properties::Counterexample& found = failure.found;
  std::string text = counted(static_cast<std::int64_t>(properties::count_layers(found.minimal.model)), "layer");
  if (failure.stored_earlier()) return fmt::format("  {}, stored by an earlier run", text);
  if (!found.repeats) return fmt::format("  {}, not shrunk, because the case held when it was tried again", text);
  std::string_view end = found.budget_spent ? ", where the budget ended" : "";
  if (found.out_of_time) end = ", where --shrink-time ended";
  return fmt::format("  shrunk to {} in {} tries{}", text, found.shrink_tries, end);
}

std::string programs(const Sequential& model, const Tensor& input) {
  return fmt::format("\n\n{}\n  and in Keras:\n\n{}\n", properties::cpp_model(model),
                     properties::python_program(model, &input));
}

}  // namespace

std::string failure_text(const PropertyOutcome& outcome) {
  const PropertyFailure& failure = *outcome.failure;
  const properties::Case& minimal = failure.found.minimal;
  const properties::Violation& violation = failure.found.violation;
  std::string text = fmt::format("  {}\n{}{}; the model in C++:{}", outcome.property->sentence, where(violation),
                                 size_of_case(failure), programs(minimal.model, minimal.input));
  if (const auto& varied = violation.varied) {
    const auto layers = static_cast<std::int64_t>(properties::count_layers(*varied));
    text += fmt::format("  what failed is what the property made of it, {}, in C++:{}", counted(layers, "layer"),
                        programs(*varied, minimal.input));
  }
  if (failure.seed) text += fmt::format("  seed:    {}\n", *failure.seed);
  text += fmt::format("  stored:  {}\n  replay:  {}\n", failure.path, failure.replay);
  text += fmt::format("  program: revive repro {0}, or with --cpp in C++\n", failure.path);
  if (!failure.stored_earlier()) text += fmt::format("  again:   {}\n", failure.again);
  return text;
}

}  // namespace revive::tools
