// What the installed Keras offers, and what may be put into it: the classes and parameters that the worker found by
// introspection, joined with the domains of parameters.json (tools/keras), which go by the parameter's name.
//
// A domain is a list of Python expressions. "$initializers" in one stands for an object of that kind, "$lambda" for a
// function made on the spot, "$function" for a function of the module. What the table does not know is drawn from the
// type of the default; what has neither is not exercised, and said to be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "revive/model/base/error.h"
#include "revive/model/base/value.h"

namespace revive::properties::hunt {

struct Parameter {
  std::string name;
  std::string owner;
  bool required = false;
  std::vector<std::string> domain;
};

struct ClassInfo {
  // As it is called: "keras.layers.Dense".
  std::string name;
  // "layers", "losses", ...
  std::string kind;
  std::vector<Parameter> parameters;
  // Of layers: the shape of one input without the batch, its dtype, and how many of them the layer takes.
  std::vector<std::int64_t> input;
  std::string dtype = "float32";
  int inputs = 1;
  // Of other objects: an expression over `thing`; empty where it is not called.
  std::string use;
  // Why nobody makes one (abstract, needs another library); empty where it is made.
  std::string skip;
  // Parameters without which Keras refuses the class, though they have defaults: one of the alternatives of each.
  std::vector<std::vector<std::string>> always;
  // Parameters that go together: who gives the first gives the others.
  std::vector<std::vector<std::string>> together;
  // (parameter, text): it is given only besides an argument that holds the text.
  std::vector<std::vector<std::string>> only_with;
  // Inputs are arguments of their own, not a list.
  bool spread = false;
  // How often chance picks it as a layer of a model, where 1 is usual and 0 is never.
  std::uint32_t weight = 1;

  std::string short_name() const { return name.substr(name.rfind('.') + 1); }
};

class Catalogue {
 public:
  // `api` is the worker's answer, `table` is parameters.json. Errors: case_format where either is not what it should
  // be.
  static Result<Catalogue> make(const Value& api, const Value& table);

  const std::vector<ClassInfo>& classes() const { return classes_; }
  // Places in classes(), without those that are skipped.
  const std::vector<std::size_t>& of_kind(std::string_view kind) const;
  // Of kinds other than layers, those that are tried as objects.
  const std::vector<std::size_t>& objects() const { return objects_; }
  // What parameters.json calls by one name where a class takes the last part of a composed expression.
  const std::vector<std::string>& named_domain(std::string_view name) const;
  // A parameter that has a domain, of a class that is not skipped: (place of the class, place of the parameter).
  struct Aim {
    std::size_t class_place;
    std::size_t parameter_place;
  };
  const std::vector<Aim>& aims() const { return aims_; }

 private:
  std::vector<ClassInfo> classes_;
  std::map<std::string, std::vector<std::size_t>, std::less<>> by_kind_;
  std::vector<std::size_t> objects_;
  std::vector<Aim> aims_;
  std::map<std::string, std::vector<std::string>, std::less<>> named_;
};

}  // namespace revive::properties::hunt
