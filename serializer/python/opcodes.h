// The opcodes of CPython 3.6 to 3.14 that a lambda can hold, as operations that are the same in every version.
//
// Source: Include/opcode.h and Lib/opcode.py of each version. An opcode that is not in the table was never seen in an
// expression; meeting one means that the bytes are damaged or of another version.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace revive::python {

enum class Version : std::uint8_t { py3_6, py3_7, py3_8, py3_9, py3_10, py3_11, py3_12, py3_13, py3_14 };
inline constexpr std::size_t kVersionCount = 9;
// "3.6"
std::string_view name_of(Version version);

// What an opcode does; argument and text say more. "Pops" and "pushes" are of the symbolic stack in executor.h.
enum class Operation : std::uint8_t {
  extended_arg,  // the high bits of the next argument
  nothing,
  resume,          // the first thing a function does, from 3.11 on
  copy_free_vars,  // argument: how many
  to_bool,         // before a jump or `not`
  load_const,
  load_small_int,
  load_fast,
  load_fast_twice,  // the variables argument / 16 and argument % 16
  store_fast,
  store_fast_load_fast,
  store_fast_twice,
  load_deref,
  load_global,
  load_attr,
  load_method,
  push_null,
  call_function,
  call_function_kw,
  call_method,
  kw_names,
  call,
  call_kw,
  call_function_ex,
  subscript,
  binary_slice,
  binary_op,  // argument: which
  binary,     // text: the operator
  unary,      // text: the operator
  compare,
  is,
  contains,
  build_tuple,
  build_list,
  build_map,
  build_const_key_map,
  build_slice,
  list_extend,
  list_append,
  list_to_tuple,
  intrinsic,
  dict_update,
  build_list_unpack,
  build_tuple_unpack,
  build_map_unpack,
  unpack_sequence,
  pop,
  duplicate,
  duplicate_two,
  rotate_two,
  rotate_three,
  rotate_four,
  rotate,
  copy,
  swap,
  jump_if_false,
  jump_if_true,
  jump_if_none,
  jump_if_not_none,
  jump_if_false_or_pop,
  jump_if_true_or_pop,
  jump_forward,
  jump_absolute,
  return_value,
  return_const,
  import_name,
  import_from,
  load_closure,  // the variable itself, for an inner function to read
  store_deref,
  delete_fast,
  load_fast_and_clear,  // an inlined comprehension puts a variable away
  make_cell,
  make_function,           // argument: which of defaults, keyword defaults, annotations and closure stand below
  set_function_attribute,  // the same, one by one
  get_iter,
  for_iter,       // a jump to behind the loop, taken when there is no item left
  end_for,        // what for_iter jumps over
  jump_backward,  // to the for_iter
  return_generator,
  yield_value,
  load_assertion_error,
  raised,
  reraise,
  format_value,
  convert_value,
  build_string,
  unpack_ex,
  refused,  // text: what the function holds
};

struct Opcode {
  std::string_view name;
  Operation operation;
  // How many inline cache words follow, which are all 0 in marshalled code.
  std::uint8_t caches;
  std::string_view text;
};

// nullptr when the version has no such opcode in its table.
const Opcode* find_opcode(Version version, std::uint8_t number);

// The number of the opcode that is spelled `name`; nothing where the version lacks it.
int opcode_number(Version version, std::string_view name);

}  // namespace revive::python
