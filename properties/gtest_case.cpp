#include "revive/properties/gtest_case.h"

#include <fmt/format.h>

#include <cctype>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "revive/properties/print/cpp_program.h"
#include "revive/properties/print/python_program.h"
#include "revive/properties/shrink/property_run.h"

namespace revive::properties {
namespace {

constexpr int kCases = 300;

// The number in an environment variable. A typo in it must not pass for a run that was asked for.
template <typename T>
std::expected<T, std::string> number_from(const char* variable, T otherwise) {
  const char* const text = std::getenv(variable);
  if (text == nullptr) return otherwise;
  T number{};
  const char* const end = text + std::strlen(text);
  const auto parsed = std::from_chars(text, end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end || number < 0) {
    return std::unexpected(fmt::format("{}: expected a number from 0 on, found \"{}\"", variable, text));
  }
  return number;
}

std::string programs(std::string_view which, const Sequential& model, const Tensor& input) {
  return fmt::format("{}, in C++:\n\n{}\nand in Keras:\n\n{}\n", which, cpp_model(model),
                     python_program(model, &input));
}

std::string program_of_varied(const Violation& violation, const Case& the_case) {
  if (!violation.varied) return "";
  return programs("What failed is what the property made of it", *violation.varied, the_case.input);
}

std::optional<std::string> replay(const Property& property, const Subject& subject, const char* hex) {
  const auto values = values_from_hex(hex);
  if (!values) return "REVIVE_CHOICES: expected what a failure printed";
  Choices choices = Choices::replay(*values);
  const auto made = generate_case(choices, options_for(subject));
  if (!made) return "the generator made what is not a model: " + made.error().text();
  const auto violation = check_case(property, *made, subject);
  if (!violation) return std::nullopt;
  return fmt::format("{}\n{}\n{}{}", property.sentence, violation->message,
                     programs("The model", made->model, made->input), program_of_varied(*violation, *made));
}

}  // namespace

std::string suite_name(std::string_view type) {
  std::string name;
  for (const char c : type) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (plain) {
      name += c;
    } else if (!name.empty() && name.back() != '_') {
      name += '_';
    }
  }
  return name;
}

std::optional<std::string> failure_of(const PropertyReport& report, const Subject& subject, const RunConfig& config) {
  if (report.held()) return std::nullopt;
  const Property& property = *report.property;
  std::string text = fmt::format("{}\n", property.sentence);
  const std::string filter = fmt::format(" with --gtest_filter='{}.{}'\n", subject.name, property.name);
  std::string choices;
  if (const auto& found = report.counterexample) {
    text += fmt::format("{}\n", found->violation.message);
    text += programs(found->repeats ? "The smallest model that shows it"
                                    : "It held when the case was tried again; the model that failed once",
                     found->minimal.model, found->minimal.input);
    text += program_of_varied(found->violation, found->minimal);
    choices = fmt::format("That case alone: REVIVE_CHOICES={}{}", to_hex(found->recording.values()), filter);
  }
  if (report.trouble) text += fmt::format("{}\n", *report.trouble);
  return text + fmt::format("Again: REVIVE_SEED={} REVIVE_CASES={}{}{}", config.seed, config.cases, filter, choices);
}

GtestOutcome run_gtest_case(const Property& property, const Subject& subject) {
  if (const char* const hex = std::getenv("REVIVE_CHOICES")) return {.failure = replay(property, subject, hex)};
  const auto seed = number_from<std::uint64_t>("REVIVE_SEED", 0);
  if (!seed) return {.failure = seed.error()};
  const auto cases = number_from<int>("REVIVE_CASES", kCases);
  if (!cases) return {.failure = cases.error()};
  const RunConfig config{.seed = *seed, .cases = *cases};
  PropertyReport report = run_property(property, subject, config);
  return {.failure = failure_of(report, subject, config), .skipped = std::move(report.skipped)};
}

}  // namespace revive::properties
