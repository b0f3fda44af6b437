#include "revive/tools/arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

namespace revive::tools {

Argument& Argument::required() {
  option_->required();
  return *this;
}

Argument& Argument::capture_default_str() {
  option_->capture_default_str();
  return *this;
}

Argument& Argument::not_empty() {
  option_->check([](const std::string& text) { return text.empty() ? "expected the path of a file, found ''" : ""; });
  return *this;
}

Argument& Argument::range(std::int64_t low, std::int64_t high) {
  option_->check(CLI::Range(low, high));
  return *this;
}

Argument& Argument::positive() {
  // CLI11's own check names the largest double there is, with 309 digits.
  option_->check(
      [](const std::string& text) {
        return CLI::PositiveNumber(text).empty() ? "" : fmt::format("expected a number above 0, found {}", text);
      },
      "POSITIVE");
  return *this;
}

Argument& Argument::excludes(const Argument& other) {
  option_->excludes(other.option_);
  return *this;
}

Argument& Argument::one_value_each() {
  option_->allow_extra_args(false);
  return *this;
}

Argument& Argument::seconds() {
  option_->transform(CLI::AsNumberWithUnit(std::map<std::string, int>{{"s", 1}, {"m", 60}, {"h", 3600}}));
  return positive();
}

Argument& Argument::size() {
  option_->transform(CLI::AsSizeValue(false));
  // CLI11 wraps what is negative; of two transformations the later comes first.
  option_->transform(CLI::Validator(
      [](const std::string& text) {
        return text.starts_with('-') ? fmt::format("expected a size, found {}", text) : std::string();
      },
      ""));
  return *this;
}

Argument Arguments::add_flag(const std::string& name, bool& value, const std::string& help) {
  return Argument(*app_.add_flag(name, value, help));
}

Argument Arguments::add_option(const std::string& name, std::string& value, const std::string& help) {
  return Argument(*app_.add_option(name, value, help));
}

Argument Arguments::add_option(const std::string& name, std::optional<std::string>& value, const std::string& help) {
  return Argument(*app_.add_option(name, value, help));
}

Argument Arguments::add_option(const std::string& name, std::vector<std::string>& value, const std::string& help) {
  return Argument(*app_.add_option(name, value, help));
}

Argument Arguments::add_option(const std::string& name, int& value, const std::string& help) {
  return Argument(*app_.add_option(name, value, help));
}

Argument Arguments::add_option(const std::string& name, std::uint64_t& value, const std::string& help) {
  return Argument(*app_.add_option(name, value, help));
}

Argument Arguments::add_choice(const std::string& name, std::vector<std::string> keys,
                               const std::function<void(const std::string&)>& choose, const std::string& help) {
  return Argument(*app_.add_option_function(name, choose, help)->check(CLI::IsMember(std::move(keys))));
}

}  // namespace revive::tools
