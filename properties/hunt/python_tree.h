// A small tree of Python expressions, printed as a person would write them.
//
// What a program of the hunt does is what is printed of it: nothing else is executed. Leaves are text (a name, a
// literal, an expression of a table), so a tree is as deep as the choices that made it and no deeper.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace revive::properties::hunt {

class Python {
 public:
  enum class Kind : unsigned char { text, call, list, tuple, dict, lambda };

  // A name, a literal or a whole expression.
  static Python text(std::string text);
  static Python call(std::string callee, std::vector<Python> arguments,
                     std::vector<std::pair<std::string, Python>> named);
  static Python list(std::vector<Python> items);
  static Python tuple(std::vector<Python> items);
  // Keys are expressions.
  static Python dict(std::vector<std::pair<std::string, Python>> items);
  // "lambda PARAMETERS: BODY".
  static Python lambda(std::string parameters, Python body);

  Kind kind() const { return kind_; }
  // Text, callee, or the parameters of a lambda.
  const std::string& head() const { return head_; }
  // The named arguments of a call, the items of a dict.
  const std::vector<std::pair<std::string, Python>>& named() const { return named_; }
  std::string print() const;

 private:
  Python(Kind kind, std::string head) : kind_(kind), head_(std::move(head)) {}

  Kind kind_;
  std::string head_;
  std::vector<Python> items_;
  std::vector<std::pair<std::string, Python>> named_;
};

// 'text' as Python spells a string.
std::string python_string(std::string_view text);

}  // namespace revive::properties::hunt
