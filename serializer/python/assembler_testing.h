// What tests assemble: a function of any version of CPython from 3.6 to 3.14, instruction by instruction.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "revive/serializer/python/opcodes.h"

namespace revive::python::testing {

inline std::string number(std::size_t value) {
  std::string bytes;
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(value >> shift & 255);
  return bytes;
}

inline std::string text(std::string_view value) {
  return "u" + number(value.size()) + std::string(value);
}

inline std::string bytes(std::string_view value) {
  return "s" + number(value.size()) + std::string(value);
}

inline std::string tuple(const std::vector<std::string>& items) {
  std::string made = "(" + number(items.size());
  for (const std::string& item : items) made += item;
  return made;
}

struct Step {
  std::string_view name;
  int argument = 0;
};

// An instruction with the empty caches that follow it.
inline std::string assembled(Version version, const Step& step) {
  const auto opcode = static_cast<std::uint8_t>(opcode_number(version, step.name));
  const Opcode* const found = find_opcode(version, opcode);
  return std::string{static_cast<char>(opcode), static_cast<char>(step.argument)} +
         std::string(found == nullptr ? 0 : std::size_t{2} * found->caches, '\0');
}

// def f(x): with a local y. From 3.11 on the steps stand behind a RESUME, unless `starts` says that they begin the
// function.
struct Function {
  Version version = Version::py3_8;
  std::vector<std::string> constants = {"N", "i" + number(1), tuple({text("a")}), text("a")};
  std::vector<std::string> names = {text("exec"), text("f"), text("append"), text("math"), text("os")};
  std::vector<std::string> variables = {text("x"), text("y")};
  // From 3.11 on a byte for each of the variables.
  std::string kinds = std::string("\x20\x20", 2);
  std::vector<std::string> free = {};
  std::vector<std::string> cells = {};
  std::size_t positional = 1;
  std::size_t keyword_only = 0;
  std::size_t stack = 8;
  std::size_t flags = 67;
  std::string file = "m.py";
  std::string name = "f";
  bool starts = false;

  std::string instructions(const std::vector<Step>& steps) const {
    std::string code = version >= Version::py3_11 && !starts ? assembled(version, {"RESUME"}) : "";
    for (const Step& step : steps) code += assembled(version, step);
    return code;
  }

  std::string marshalled(const std::vector<Step>& steps) const { return marshalled(instructions(steps)); }
  std::string marshalled(const std::string& code) const {
    const bool modern = version >= Version::py3_11;
    std::string made = "c" + number(positional);
    if (version >= Version::py3_8) made += number(0);
    made += number(keyword_only);
    if (!modern) made += number(variables.size());
    made += number(stack) + number(flags) + bytes(code) + tuple(constants) + tuple(names) + tuple(variables);
    made += modern ? bytes(kinds) : tuple(free) + tuple(cells);
    made += text(file) + text(name);
    if (modern) made += text(name);
    // 3.10's line table covers the code, which tells it from 3.8's.
    const std::string lines = version == Version::py3_10 ? std::string{static_cast<char>(code.size()), '\0'} : "";
    made += number(1) + bytes(lines);
    return modern ? made + bytes("") : made;
  }
};

}  // namespace revive::python::testing
