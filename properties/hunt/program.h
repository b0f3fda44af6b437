// A program of the hunt: Python text that builds an object of Keras, and what is known of the text.
//
// A program is a preamble (values and functions of the module), make() with its statements, an optional step between
// building and saving, and an optional use, which is how the object is called. print() is the only way to run one.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace revive::properties::hunt {

// A choice that differs from the default: what a finding is keyed by, what a known failure avoids, what is counted.
struct Feature {
  // The class as it is called ("keras.layers.Dense"), and the one up its MRO that takes the parameter ("Layer").
  std::string class_name;
  std::string owner;
  std::string parameter;
  // What kind of value: "lambda", "an array", the class of an object, or the text of the literal.
  std::string value;
  // A required argument with its simplest value: exercised, but no choice.
  bool plain = false;
  // "Dense.activation=lambda".
  std::string text() const;
};

struct Statement {
  std::string text;
  // Keras may refuse it; the program is then run without it.
  bool droppable = false;
  // A layer of the model, so that layers can be counted.
  bool layer = false;
  std::vector<Feature> features = {};
};

struct Program {
  // Modules besides keras, for classes that are not its own.
  std::set<std::string> modules = {};
  // Lines at the top of the module; a function is several lines.
  std::vector<std::string> preamble;
  std::vector<Statement> make;
  std::string result;
  // Statements over `thing`; none: no step.
  std::vector<Statement> step;
  // An expression over `thing` and `how` ("thing(x, **how)"); empty: the object is not called.
  std::string use;
  bool is_model = false;

  // Without the plain ones.
  std::vector<Feature> features() const;
  // "Dense.units" of everything that is given.
  std::vector<std::string> exercised() const;
  std::size_t layers() const;
};

struct PrintedProgram {
  std::string text;
  // The numbers (from 1) of the lines that may be dropped, each with the place of its statement: those of make come
  // first, then those of step.
  std::vector<std::pair<std::size_t, std::size_t>> droppable;
};

PrintedProgram print(const Program& program);

// The program without these statements (places as in PrintedProgram).
Program without(const Program& program, const std::set<std::size_t>& statements);

}  // namespace revive::properties::hunt
