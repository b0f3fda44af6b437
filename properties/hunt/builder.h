// Expressions of a program under construction: objects with their arguments, and functions with what they capture.
//
// A Builder draws from a Choices and writes into a Program: values that a function captures become lines of the module
// or of make().
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "revive/properties/hunt/generate_program.h"
#include "revive/properties/hunt/python_tree.h"

namespace revive::properties::hunt {

// A function has one of these forms: the simplest comes first, those that capture something next, those that are
// remarkable as they are last. The form is the entry of a table of this name, which is in no file.
inline constexpr std::uint64_t kFunctionForms = 19;
inline constexpr std::uint64_t kCapturingForms = 9;
inline constexpr std::string_view kFunctions = "functions";

class Builder {
 public:
  Builder(Choices& choices, const ProgramRules& rules, Program& program)
      : choices_(choices), rules_(rules), program_(program) {}

  // A call of the class with its required arguments and a few others. Features go to `features`.
  Python object(const ClassInfo& info, std::vector<Feature>& features);
  // One of this kind.
  Python object_of(std::string_view kind, std::vector<Feature>& features);
  // A function of one tensor: a lambda, a partial, a function of the module.
  // `value` becomes what a feature says of it.
  Python function(std::string& value);
  // A place in [0, count): the wanted one where chance decides and one is wanted.
  std::uint64_t place(std::size_t count, std::optional<std::size_t> wanted);
  // A class of the program's own, which `$own` names: its lines go to the preamble once.
  void define(const std::string& class_name);
  // "Block(3)": the class is defined, and the layer, model, ... is a feature of the program.
  std::string own(const std::string& text, const std::string& parameter, std::vector<Feature>& features);
  // Now and then a setting of Keras, under which all that follows is made. Who loads has the usual ones.
  void settings();
  // A class of the program's own says nothing of the settings that its layers were made under.
  bool has_settings() const { return has_settings_; }
  // An expression of a table, with what `$` stands for in it.
  std::string own_text(const std::string& text);

  Choices& choices() { return choices_; }
  const ProgramRules& rules() const { return rules_; }
  Program& program() { return program_; }

 private:
  struct Value {
    Python tree;
    std::string told;
  };
  // An expression for something to capture, and how a function of `v` uses it by its name.
  struct Capture {
    std::string value;
    std::string body;
    std::string told;
  };
  using Named = std::vector<std::pair<std::string, Python>>;
  Value value_of(const std::string& text, std::vector<Feature>& features);
  // Gives the parameter one of its values, and those that go with it; nothing where it is given or avoided.
  void give(const ClassInfo& info, const Parameter& parameter, Named& named, std::vector<Feature>& features);
  void give_value(const ClassInfo& info, const Parameter& parameter, std::uint64_t which, Named& named,
                  std::vector<Feature>& features);
  void give_required(const ClassInfo& info, Named& named, std::vector<Feature>& features);
  bool is_focus(const ClassInfo& info, const Parameter* parameter) const;
  Value spelled(std::string text);
  Python with_capture(std::uint64_t form, const Capture& captured, const std::string& name, std::string& value);
  Python without_capture(std::uint64_t form, std::string& value);
  Capture capture(const std::string& name);
  std::string fresh(std::string_view stem);

  Choices& choices_;
  const ProgramRules& rules_;
  Program& program_;
  int depth_ = 0;
  bool has_settings_ = false;
  int names_ = 0;
  std::set<std::string> defined_;
};

}  // namespace revive::properties::hunt
