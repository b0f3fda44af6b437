// CPython's marshal format, as far as code objects hold it: total, and nothing in it is ever run.
//
// Source: Python/marshal.c of CPython 3.6 to 3.14. Objects live in one array and refer to each other by index; a back
// reference is the index that it refers to, so what is read is a DAG whose children stand before their parents.
// Texts are views into the bytes, which have to outlive them. Memory is in proportion to the bytes: a count is checked
// against the bytes that are left, and against kMostItems, before it is believed.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "revive/model/base/error.h"

namespace revive::python {

using ObjectIndex = std::uint32_t;

inline constexpr std::size_t kMostMarshalBytes = 64 << 10;
inline constexpr std::size_t kMostItems = 4096;
// Code that Keras stores nests three deep.
inline constexpr std::size_t kMostNesting = 32;

// How a code object is laid out; which one is not written anywhere.
enum class Layout : std::uint8_t {
  a,  // 3.6, 3.7
  b,  // 3.8 to 3.10: a count of positional-only parameters
  c,  // 3.11 to 3.14: one array of local variables, and an exception table
};

struct Object {
  enum class Kind : std::uint8_t {
    none,
    boolean,    // integer
    ellipsis,   //
    integer,    // integer
    real,       // reals[0]
    complex,    // reals
    bytes,      // text
    string,     // text, whose encoding is not checked
    tuple,      // items
    frozenset,  // items
    slice,      // items: start, stop, step
    code,       // numbers and items, see kCodeNumbers and kCodeItems
  };

  Kind kind = Kind::none;
  std::int64_t integer = 0;
  std::array<double, 2> reals = {};
  std::string_view text;
  std::vector<ObjectIndex> items;
  std::vector<std::int32_t> numbers;
};

// The parts of a code object in the order in which they are stored. The last number is the first line and stands
// between the items; the others come before them.
struct CodeNumbers {
  std::size_t argcount, kwonlyargcount, stacksize, flags, firstlineno;
  std::size_t count;
};
inline constexpr std::array<CodeNumbers, 3> kCodeNumbers = {
    {{0, 1, 3, 4, 5, 6}, {0, 2, 4, 5, 6, 7}, {0, 2, 3, 4, 5, 6}}};

struct CodeItems {
  // `variables` are varnames in layouts a and b, localsplusnames in c, where `kinds` holds a byte for each.
  std::size_t code, consts, names, variables, kinds, freevars, cellvars, filename, name, linetable, exceptiontable;
  std::size_t count;
  // How many items stand before the first line.
  std::size_t before_line;
};
inline constexpr std::size_t kNoItem = SIZE_MAX;
inline constexpr CodeItems kOldCodeItems = {0, 1, 2, 3, kNoItem, 4, 5, 6, 7, 8, kNoItem, 9, 8};
inline constexpr CodeItems kNewCodeItems = {0, 1, 2, 3, 4, kNoItem, kNoItem, 5, 6, 8, 9, 10, 8};
constexpr const CodeItems& code_items(Layout layout) {
  return layout == Layout::c ? kNewCodeItems : kOldCodeItems;
}

struct Marshalled {
  std::vector<Object> objects;
  ObjectIndex root = 0;
};

struct MarshalRead {
  Marshalled value;
  // Errors: bytecode_format, limit_exceeded; the place is "byte N".
  std::optional<Error> error;
  // How many bytes were understood.
  std::size_t reached = 0;
  // Where the low bytes of lengths and counts stand.
  std::vector<std::size_t> counts;
};

// Reads one object that fills all of `bytes`. Code objects inside have the same layout.
MarshalRead read_marshal(std::string_view bytes, Layout layout);

std::string_view name_of(Object::Kind kind);

}  // namespace revive::python
