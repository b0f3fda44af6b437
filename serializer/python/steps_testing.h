// What tests of single instructions share: those that nearly every function has, and what a function says.
#pragma once

#include "revive/model/lambda/printer.h"
#include "revive/serializer/python/abstract_interpreter.h"
#include "revive/serializer/python/assembler_testing.h"

namespace revive::python::testing {

inline constexpr Step kX{"LOAD_FAST", 0};
inline constexpr Step kNone{"LOAD_CONST", 0};
inline constexpr Step kOne{"LOAD_CONST", 1};
inline constexpr Step kKeys{"LOAD_CONST", 2};
inline constexpr Step kText{"LOAD_CONST", 3};
inline constexpr Step kReturn{"RETURN_VALUE"};
inline constexpr Step kPop{"POP_TOP"};
inline constexpr Step kNull{"PUSH_NULL"};

// As this version reads it, and no other. "name: " and the version are left out of sentences.
inline std::string said_of(const Function& function, const std::vector<Step>& steps) {
  const auto read = read_code(function.marshalled(steps));
  if (!read) return read.error().message;
  const auto decoded = decode(*read, function.version);
  if (!decoded) return decoded.error().message;
  const auto made = execute(*read, function.version, *decoded, {});
  if (made) return tree_to_text(*made).value_or("no text");
  const std::string as = "as Python " + std::string(name_of(function.version)) + ": ";
  const std::string& message = made.error().message;
  return message.starts_with(as) ? message.substr(as.size()) : message;
}

inline std::string said_of(Version version, const std::vector<Step>& steps) {
  Function function;
  function.version = version;
  return said_of(function, steps);
}

inline constexpr Version kModern[] = {Version::py3_11, Version::py3_12, Version::py3_13, Version::py3_14};

}  // namespace revive::python::testing
