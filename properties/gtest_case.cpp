#include "properties/gtest_case.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <cstring>

#include "properties/python_program.h"
#include "properties/run.h"

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

std::string failure_text(const Property& property, const Subject& subject, const Counterexample& found) {
  return fmt::format(
      "{}\n{}\nThe smallest model that shows it, in Keras:\n\n{}\nAgain: REVIVE_CHOICES={} with "
      "--gtest_filter='{}.{}'\n",
      property.sentence, found.violation.message, python_program(found.minimal.model, &found.minimal.input),
      to_hex(found.recording.values()), subject.name, property.name);
}

std::optional<std::string> replay(const Property& property, const Subject& subject, const char* hex) {
  const auto values = values_from_hex(hex);
  if (!values) return "REVIVE_CHOICES: expected what a failure printed";
  Choices choices = Choices::replay(*values);
  const auto made = generate_case(choices);
  if (!made) return "the generator made what is not a model: " + made.error().text();
  const auto violation = check_case(property, *made, subject);
  if (!violation) return std::nullopt;
  return fmt::format("{}\n{}\n\n{}", property.sentence, violation->message, python_program(made->model, &made->input));
}

}  // namespace

std::optional<std::string> run_gtest_case(const Property& property, const Subject& subject) {
  if (const char* const hex = std::getenv("REVIVE_CHOICES")) return replay(property, subject, hex);
  const auto seed = number_from<std::uint64_t>("REVIVE_SEED", 0);
  if (!seed) return seed.error();
  const auto cases = number_from<int>("REVIVE_CASES", kCases);
  if (!cases) return cases.error();
  const auto report = run_property(property, subject, {.seed = *seed, .cases = *cases});
  if (!report.counterexample) return std::nullopt;
  return failure_text(property, subject, *report.counterexample);
}

}  // namespace revive::properties
