// The code object of one Python function, checked and named: what the opcodes refer to.
//
// Which of the three layouts the bytes have is found by reading them as each: exactly one fits, as every field has a
// type and every byte has to be used. Keras on Windows writes the byte 0x2F wherever marshal wrote 0x5C (it means path
// separators, and hits counts and opcodes as well); counts that were damaged so are found by trying.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "revive/model/base/error.h"
#include "revive/serializer/python/marshal.h"

namespace revive::python {

struct Variable {
  enum class Kind : std::uint8_t { local, cell, free };

  std::string_view name;
  Kind kind = Kind::local;
};

struct Code {
  // What the views below point into, repaired where it was damaged.
  std::vector<char> bytes;
  // Shared with the code of the functions inside.
  std::shared_ptr<const std::vector<Object>> objects;

  Layout layout = Layout::b;
  // Parameters are the first variables: positional ones, then keyword-only ones.
  std::size_t positional = 0;
  std::size_t keyword_only = 0;
  // The variables behind them take what is left over of the arguments.
  bool takes_arguments = false;
  bool takes_keywords = false;
  // A generator expression.
  bool yields = false;
  std::size_t stack_size = 0;
  std::string_view instructions;
  std::vector<ObjectIndex> constants;
  std::vector<std::string_view> names;
  // varnames, cellvars and freevars in layouts a and b; localsplus in c.
  std::vector<Variable> variables;
  // Where LOAD_DEREF counts from.
  std::size_t first_deref = 0;
  std::string_view line_table;
  std::string_view file_name;
  std::string_view function_name;
  // Layout c of 3.14 says which variables are arguments; that of older versions does not.
  bool arguments_marked = false;
  // The file name is a Windows path, so that bytes 0x2F may have been 0x5C.
  bool from_windows = false;

  Code() = default;
  Code(Code&&) = default;
  Code& operator=(Code&&) = default;
  Code(const Code&) = delete;
  Code& operator=(const Code&) = delete;
  ~Code() = default;
};

// Errors: bytecode_format, bytecode_unsupported (a generator, *args, variables shared with an inner function, an
// exception table), limit_exceeded; the place is "byte N" or empty.
Result<Code> read_code(std::string_view bytes);

// The code of a function inside, of which generator expressions may be one. REQUIRES: the object is code. The views are
// into `outer`. Errors: as read_code().
Result<Code> inner_code(const Code& outer, ObjectIndex object);
// Whether it is called where it is made: a comprehension or generator expression.
bool is_comprehension(const Code& code);

// What the byte 0x5C becomes on Windows.
inline constexpr char kWindowsByte = 0x2F;
inline constexpr char kWindowsLost = 0x5C;

}  // namespace revive::python
