// The functions of the expression language that are written in C++: Python's builtins and `math` on static values, and
// what the declarations in functions_*.cpp need beyond the language (their names start with an underscore, and only
// they may call them).
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "model/error.h"
#include "model/expression_value.h"

namespace revive {

class Lowering;

struct Builtin {
  using Body = Result<Lowered>(Lowering& lowering, const Builtin& builtin, std::span<const Lowered> arguments);

  std::string_view name;
  // How many arguments it takes.
  std::size_t least = 1;
  std::size_t most = 1;
  Body* function = nullptr;
  // math.f on a double.
  double (*real)(double) = nullptr;
};

// Python's own.
std::span<const Builtin> python_builtins();
// Those with an underscore.
std::span<const Builtin> tensor_builtins();

// nullptr when there is none, or when only declarations of functions may call it and `internal` is false.
const Builtin* find_builtin(std::string_view name, bool internal);

}  // namespace revive
