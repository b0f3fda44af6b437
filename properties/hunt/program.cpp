#include "revive/properties/hunt/program.h"

#include <fmt/format.h>

#include <algorithm>

namespace revive::properties::hunt {
namespace {

class Printer {
 public:
  void line(const std::string& text) {
    printed_.text += text + '\n';
    lines_ += 1 + static_cast<std::size_t>(std::ranges::count(text, '\n'));
  }
  void statement(const Statement& statement) {
    if (statement.droppable) printed_.droppable.emplace_back(lines_ + 1, place_);
    ++place_;
    line("    " + statement.text);
  }
  PrintedProgram take() { return std::move(printed_); }

 private:
  PrintedProgram printed_;
  std::size_t lines_ = 0;
  std::size_t place_ = 0;
};

std::string short_name(const std::string& name) {
  return name.substr(name.rfind('.') + 1);
}

}  // namespace

std::string Feature::text() const {
  return fmt::format("{}.{}={}", short_name(class_name), parameter, value);
}

std::vector<Feature> Program::features() const {
  std::vector<Feature> all;
  for (const auto* statements : {&make, &step}) {
    for (const Statement& statement : *statements) {
      std::ranges::copy_if(statement.features, std::back_inserter(all), [](const Feature& f) { return !f.plain; });
    }
  }
  return all;
}

std::vector<std::string> Program::exercised() const {
  std::vector<std::string> names;
  for (const Statement& statement : make) {
    for (const Feature& feature : statement.features) {
      names.push_back(fmt::format("{}.{}", feature.class_name, feature.parameter));
    }
  }
  return names;
}

std::size_t Program::layers() const {
  return static_cast<std::size_t>(std::ranges::count_if(make, &Statement::layer));
}

PrintedProgram print(const Program& program) {
  Printer printer;
  bool functools = false;
  for (const auto& line : program.preamble) functools = functools || line.contains("functools.");
  for (const Statement& statement : program.make) functools = functools || statement.text.contains("functools.");
  if (functools) printer.line("import functools\n");
  printer.line("import keras\nimport numpy as np");
  for (const std::string& module : program.modules) printer.line("import " + module);
  printer.line("");
  for (const std::string& line : program.preamble) printer.line(line);
  if (!program.preamble.empty()) printer.line("");
  printer.line("\ndef make():");
  for (const Statement& statement : program.make) printer.statement(statement);
  printer.line("    return " + program.result);
  if (!program.step.empty()) {
    printer.line("\n\ndef step(thing):");
    for (const Statement& statement : program.step) printer.statement(statement);
    // What is dropped leaves an empty line.
    printer.line("    return thing");
  }
  if (!program.use.empty()) printer.line("\n\ndef use(thing, **how):\n    return " + program.use);
  return printer.take();
}

Program without(const Program& program, const std::set<std::size_t>& statements) {
  Program rest = program;
  std::size_t place = 0;
  for (auto* from : {&rest.make, &rest.step}) {
    std::erase_if(*from, [&](const Statement&) { return statements.contains(place++); });
  }
  return rest;
}

}  // namespace revive::properties::hunt
