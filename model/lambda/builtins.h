// The functions of the expression language that are written in C++: Python's builtins and `math` on static values, and
// what the declarations in functions_*.cpp need beyond the language (their names start with an underscore, and only
// they may call them).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "revive/model/base/error.h"
#include "revive/model/lambda/partial_value.h"

namespace revive {

class Lowering;

inline constexpr std::string_view kAnyKeyword = "*";

struct Builtin {
  using Body = Result<PartialValue>(Lowering& lowering, const Builtin& builtin,
                                    std::span<const PartialValue> arguments);

  std::string_view name;
  // How many arguments it takes.
  std::size_t least = 1;
  std::size_t most = 1;
  Body* function = nullptr;
  // math.f on a double.
  double (*real)(double) = nullptr;
  // The argument behind the required ones that may be named, or kAnyKeyword where what is named does not matter.
  std::string_view keyword = {};
  // Whether that is given by its name alone.
  bool named_only = false;
};

// Python's own.
std::span<const Builtin> python_builtins();
// Those with an underscore: what looks at types and makes constants, what cuts, reshapes and contracts tensors, and
// what is made of lengths that only the run knows.
std::span<const Builtin> tensor_builtins();
std::span<const Builtin> shaping_builtins();
std::span<const Builtin> length_builtins();
// Python's own and methods that walk through items and call functions: enumerate, zip, map, sorted, dict.get, ...
std::span<const Builtin> iteration_builtins();
// What x.at[key] has.
std::span<const Builtin> placing_builtins();
// The weights of pixels in resized images.
std::span<const Builtin> resize_builtins();

// nullptr when there is none, or when only declarations of functions may call it and `internal` is false.
const Builtin* find_builtin(std::string_view name, bool internal);

// An argument of those with an underscore: an int (a bool counts as one), or a tuple, list or int32 array of ints.
// Errors: expression_type, naming the argument as `what`.
Result<std::int64_t> integer_argument(const PartialValue& value, std::string_view what);
Result<std::vector<std::int64_t>> integers_argument(const PartialValue& value, std::string_view what);

}  // namespace revive
