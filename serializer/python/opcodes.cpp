#include "revive/serializer/python/opcodes.h"

#include <algorithm>
#include <array>

namespace revive::python {
namespace {

using O = Operation;

// From this version on opcodes have caches.
constexpr std::size_t kFirstCached = static_cast<std::size_t>(Version::py3_11);

struct Row {
  std::string_view name;
  Operation operation;
  std::array<std::int16_t, kVersionCount> numbers;
  std::array<std::uint8_t, kVersionCount - kFirstCached> caches;
  std::string_view text = {};
};

// In place of a number: the version has no such opcode.
constexpr std::int16_t kAbsent = -1;

// clang-format off
constexpr Row kRows[] = {
    // name, operation, number in 3.6 to 3.14, caches in 3.11 to 3.14, text
    {"EXTENDED_ARG", O::extended_arg, {144, 144, 144, 144, 144, 144, 144,  71,  69}, {}},
    {"NOP", O::nothing, {  9,   9,   9,   9,   9,   9,   9,  30,  27}, {}},
    {"NOT_TAKEN", O::nothing, { -1,  -1,  -1,  -1,  -1,  -1,  -1,  -1,  28}, {}},
    {"PRECALL", O::nothing, { -1,  -1,  -1,  -1,  -1, 166,  -1,  -1,  -1}, {1, 0, 0, 0}},
    {"RESUME", O::resume, { -1,  -1,  -1,  -1,  -1, 151, 151, 149, 128}, {}},
    {"COPY_FREE_VARS", O::copy_free_vars, { -1,  -1,  -1,  -1,  -1, 149, 149,  62,  60}, {}},
    {"TO_BOOL", O::to_bool, { -1,  -1,  -1,  -1,  -1,  -1,  -1,  40,  39}, {0, 0, 3, 3}},
    {"LOAD_CONST", O::load_const, {100, 100, 100, 100, 100, 100, 100,  83,  82}, {}},
    {"LOAD_SMALL_INT", O::load_small_int, { -1,  -1,  -1,  -1,  -1,  -1,  -1,  -1,  94}, {}},
    {"LOAD_FAST", O::load_fast, {124, 124, 124, 124, 124, 124, 124,  85,  84}, {}},
    {"LOAD_FAST_CHECK", O::load_fast, { -1,  -1,  -1,  -1,  -1,  -1, 127,  87,  88}, {}},
    {"LOAD_FAST_BORROW", O::load_fast, { -1,  -1,  -1,  -1,  -1,  -1,  -1,  -1,  86}, {}},
    {"LOAD_FAST_LOAD_FAST", O::load_fast_twice, { -1,  -1,  -1,  -1,  -1,  -1,  -1,  88,  89}, {}},
    {"LOAD_FAST_BORROW_LOAD_FAST_BORROW", O::load_fast_twice, { -1,  -1,  -1,  -1,  -1,  -1,  -1,  -1,  87}, {}},
    {"STORE_FAST", O::store_fast, {125, 125, 125, 125, 125, 125, 125, 110, 112}, {}},
    {"STORE_FAST_LOAD_FAST", O::store_fast_load_fast, { -1,  -1,  -1,  -1,  -1,  -1,  -1, 111, 113}, {}},
    {"STORE_FAST_STORE_FAST", O::store_fast_twice, { -1,  -1,  -1,  -1,  -1,  -1,  -1, 112, 114}, {}},
    {"LOAD_DEREF", O::load_deref, {136, 136, 136, 136, 136, 137, 137,  84,  83}, {}},
    {"LOAD_GLOBAL", O::load_global, {116, 116, 116, 116, 116, 116, 116,  91,  92}, {5, 4, 4, 4}},
    {"LOAD_ATTR", O::load_attr, {106, 106, 106, 106, 106, 106, 106,  82,  80}, {4, 9, 9, 9}},
    {"LOAD_METHOD", O::load_method, { -1, 160, 160, 160, 160, 160,  -1,  -1,  -1}, {10, 0, 0, 0}},
    {"PUSH_NULL", O::push_null, { -1,  -1,  -1,  -1,  -1,   2,   2,  34,  33}, {}},
    {"CALL_FUNCTION", O::call_function, {131, 131, 131, 131, 131,  -1,  -1,  -1,  -1}, {}},
    {"CALL_FUNCTION_KW", O::call_function_kw, {141, 141, 141, 141, 141,  -1,  -1,  -1,  -1}, {}},
    {"CALL_METHOD", O::call_method, { -1, 161, 161, 161, 161,  -1,  -1,  -1,  -1}, {}},
    {"KW_NAMES", O::kw_names, { -1,  -1,  -1,  -1,  -1, 172, 172,  -1,  -1}, {}},
    {"CALL", O::call, { -1,  -1,  -1,  -1,  -1, 171, 171,  53,  52}, {4, 3, 3, 3}},
    {"CALL_KW", O::call_kw, { -1,  -1,  -1,  -1,  -1,  -1,  -1,  57,  55}, {0, 0, 0, 3}},
    {"CALL_FUNCTION_EX", O::call_function_ex, {142, 142, 142, 142, 142, 142, 142,  54,   4}, {}},
    {"BINARY_SUBSCR", O::subscript, { 25,  25,  25,  25,  25,  25,  25,   5,  -1}, {4, 1, 1, 0}},
    {"BINARY_SLICE", O::binary_slice, { -1,  -1,  -1,  -1,  -1,  -1,  26,   4,   1}, {}},
    {"BINARY_OP", O::binary_op, { -1,  -1,  -1,  -1,  -1, 122, 122,  45,  44}, {1, 1, 1, 5}},
    {"BINARY_POWER", O::binary, { 19,  19,  19,  19,  19,  -1,  -1,  -1,  -1}, {}, "**"},
    {"INPLACE_POWER", O::binary, { 67,  67,  67,  67,  67,  -1,  -1,  -1,  -1}, {}, "**"},
    {"BINARY_MULTIPLY", O::binary, { 20,  20,  20,  20,  20,  -1,  -1,  -1,  -1}, {}, "*"},
    {"INPLACE_MULTIPLY", O::binary, { 57,  57,  57,  57,  57,  -1,  -1,  -1,  -1}, {}, "*"},
    {"BINARY_MATRIX_MULTIPLY", O::binary, { 16,  16,  16,  16,  16,  -1,  -1,  -1,  -1}, {}, "@"},
    {"INPLACE_MATRIX_MULTIPLY", O::binary, { 17,  17,  17,  17,  17,  -1,  -1,  -1,  -1}, {}, "@"},
    {"BINARY_MODULO", O::binary, { 22,  22,  22,  22,  22,  -1,  -1,  -1,  -1}, {}, "%"},
    {"INPLACE_MODULO", O::binary, { 59,  59,  59,  59,  59,  -1,  -1,  -1,  -1}, {}, "%"},
    {"BINARY_ADD", O::binary, { 23,  23,  23,  23,  23,  -1,  -1,  -1,  -1}, {}, "+"},
    {"INPLACE_ADD", O::binary, { 55,  55,  55,  55,  55,  -1,  -1,  -1,  -1}, {}, "+"},
    {"BINARY_SUBTRACT", O::binary, { 24,  24,  24,  24,  24,  -1,  -1,  -1,  -1}, {}, "-"},
    {"INPLACE_SUBTRACT", O::binary, { 56,  56,  56,  56,  56,  -1,  -1,  -1,  -1}, {}, "-"},
    {"BINARY_FLOOR_DIVIDE", O::binary, { 26,  26,  26,  26,  26,  -1,  -1,  -1,  -1}, {}, "//"},
    {"INPLACE_FLOOR_DIVIDE", O::binary, { 28,  28,  28,  28,  28,  -1,  -1,  -1,  -1}, {}, "//"},
    {"BINARY_TRUE_DIVIDE", O::binary, { 27,  27,  27,  27,  27,  -1,  -1,  -1,  -1}, {}, "/"},
    {"INPLACE_TRUE_DIVIDE", O::binary, { 29,  29,  29,  29,  29,  -1,  -1,  -1,  -1}, {}, "/"},
    {"BINARY_LSHIFT", O::binary, { 62,  62,  62,  62,  62,  -1,  -1,  -1,  -1}, {}, "<<"},
    {"INPLACE_LSHIFT", O::binary, { 75,  75,  75,  75,  75,  -1,  -1,  -1,  -1}, {}, "<<"},
    {"BINARY_RSHIFT", O::binary, { 63,  63,  63,  63,  63,  -1,  -1,  -1,  -1}, {}, ">>"},
    {"INPLACE_RSHIFT", O::binary, { 76,  76,  76,  76,  76,  -1,  -1,  -1,  -1}, {}, ">>"},
    {"BINARY_AND", O::binary, { 64,  64,  64,  64,  64,  -1,  -1,  -1,  -1}, {}, "&"},
    {"INPLACE_AND", O::binary, { 77,  77,  77,  77,  77,  -1,  -1,  -1,  -1}, {}, "&"},
    {"BINARY_XOR", O::binary, { 65,  65,  65,  65,  65,  -1,  -1,  -1,  -1}, {}, "^"},
    {"INPLACE_XOR", O::binary, { 78,  78,  78,  78,  78,  -1,  -1,  -1,  -1}, {}, "^"},
    {"BINARY_OR", O::binary, { 66,  66,  66,  66,  66,  -1,  -1,  -1,  -1}, {}, "|"},
    {"INPLACE_OR", O::binary, { 79,  79,  79,  79,  79,  -1,  -1,  -1,  -1}, {}, "|"},
    {"UNARY_POSITIVE", O::unary, { 10,  10,  10,  10,  10,  10,  -1,  -1,  -1}, {}, "+"},
    {"UNARY_NEGATIVE", O::unary, { 11,  11,  11,  11,  11,  11,  11,  42,  41}, {}, "-"},
    {"UNARY_NOT", O::unary, { 12,  12,  12,  12,  12,  12,  12,  43,  42}, {}, "not"},
    {"UNARY_INVERT", O::unary, { 15,  15,  15,  15,  15,  15,  15,  41,  40}, {}, "~"},
    {"COMPARE_OP", O::compare, {107, 107, 107, 107, 107, 107, 107,  58,  56}, {2, 1, 1, 1}},
    {"IS_OP", O::is, { -1,  -1,  -1, 117, 117, 117, 117,  76,  74}, {}},
    {"CONTAINS_OP", O::contains, { -1,  -1,  -1, 118, 118, 118, 118,  59,  57}, {0, 0, 1, 1}},
    {"BUILD_TUPLE", O::build_tuple, {102, 102, 102, 102, 102, 102, 102,  52,  51}, {}},
    {"BUILD_LIST", O::build_list, {103, 103, 103, 103, 103, 103, 103,  47,  46}, {}},
    {"BUILD_MAP", O::build_map, {105, 105, 105, 105, 105, 105, 105,  48,  47}, {}},
    {"BUILD_CONST_KEY_MAP", O::build_const_key_map, {156, 156, 156, 156, 156, 156, 156,  46,  -1}, {}},
    {"BUILD_SLICE", O::build_slice, {133, 133, 133, 133, 133, 133, 133,  50,  49}, {}},
    {"LIST_EXTEND", O::list_extend, { -1,  -1,  -1, 162, 162, 162, 162,  81,  79}, {}},
    {"LIST_APPEND", O::list_append, {145, 145, 145, 145, 145, 145, 145,  80,  78}, {}},
    {"LIST_TO_TUPLE", O::list_to_tuple, { -1,  -1,  -1,  82,  82,  82,  -1,  -1,  -1}, {}},
    {"CALL_INTRINSIC_1", O::intrinsic, { -1,  -1,  -1,  -1,  -1,  -1, 173,  55,  53}, {}},
    {"DICT_UPDATE", O::dict_update, { -1,  -1,  -1, 165, 165, 165, 165,  69,  67}, {}},
    {"DICT_MERGE", O::dict_update, { -1,  -1,  -1, 164, 164, 164, 164,  68,  66}, {}},
    {"BUILD_LIST_UNPACK", O::build_list_unpack, {149, 149, 149,  -1,  -1,  -1,  -1,  -1,  -1}, {}},
    {"BUILD_TUPLE_UNPACK", O::build_tuple_unpack, {152, 152, 152,  -1,  -1,  -1,  -1,  -1,  -1}, {}},
    {"BUILD_TUPLE_UNPACK_WITH_CALL", O::build_tuple_unpack, {158, 158, 158,  -1,  -1,  -1,  -1,  -1,  -1}, {}},
    {"BUILD_MAP_UNPACK", O::build_map_unpack, {150, 150, 150,  -1,  -1,  -1,  -1,  -1,  -1}, {}},
    {"BUILD_MAP_UNPACK_WITH_CALL", O::build_map_unpack, {151, 151, 151,  -1,  -1,  -1,  -1,  -1,  -1}, {}},
    {"UNPACK_SEQUENCE", O::unpack_sequence, { 92,  92,  92,  92,  92,  92,  92, 117, 119}, {1, 1, 1, 1}},
    {"POP_TOP", O::pop, {  1,   1,   1,   1,   1,   1,   1,  32,  31}, {}},
    {"DUP_TOP", O::duplicate, {  4,   4,   4,   4,   4,  -1,  -1,  -1,  -1}, {}},
    {"DUP_TOP_TWO", O::duplicate_two, {  5,   5,   5,   5,   5,  -1,  -1,  -1,  -1}, {}},
    {"ROT_TWO", O::rotate_two, {  2,   2,   2,   2,   2,  -1,  -1,  -1,  -1}, {}},
    {"ROT_THREE", O::rotate_three, {  3,   3,   3,   3,   3,  -1,  -1,  -1,  -1}, {}},
    {"ROT_FOUR", O::rotate_four, { -1,  -1,   6,   6,   6,  -1,  -1,  -1,  -1}, {}},
    {"ROT_N", O::rotate, { -1,  -1,  -1,  -1,  99,  -1,  -1,  -1,  -1}, {}},
    {"COPY", O::copy, { -1,  -1,  -1,  -1,  -1, 120, 120,  61,  59}, {}},
    {"SWAP", O::swap, { -1,  -1,  -1,  -1,  -1,  99,  99, 115, 117}, {}},
    {"POP_JUMP_IF_FALSE", O::jump_if_false, {114, 114, 114, 114, 114, 114, 114,  97, 100}, {0, 0, 1, 1}},
    {"POP_JUMP_IF_TRUE", O::jump_if_true, {115, 115, 115, 115, 115, 115, 115, 100, 103}, {0, 0, 1, 1}},
    {"POP_JUMP_IF_NONE", O::jump_if_none, { -1,  -1,  -1,  -1,  -1, 129, 129,  98, 101}, {0, 0, 1, 1}},
    {"POP_JUMP_IF_NOT_NONE", O::jump_if_not_none, { -1,  -1,  -1,  -1,  -1, 128, 128,  99, 102}, {0, 0, 1, 1}},
    {"JUMP_IF_FALSE_OR_POP", O::jump_if_false_or_pop, {111, 111, 111, 111, 111, 111,  -1,  -1,  -1}, {}},
    {"JUMP_IF_TRUE_OR_POP", O::jump_if_true_or_pop, {112, 112, 112, 112, 112, 112,  -1,  -1,  -1}, {}},
    {"JUMP_FORWARD", O::jump_forward, {110, 110, 110, 110, 110, 110, 110,  79,  77}, {}},
    {"JUMP_ABSOLUTE", O::jump_absolute, {113, 113, 113, 113, 113,  -1,  -1,  -1,  -1}, {}},
    {"RETURN_VALUE", O::return_value, { 83,  83,  83,  83,  83,  83,  83,  36,  35}, {}},
    {"RETURN_CONST", O::return_const, { -1,  -1,  -1,  -1,  -1,  -1, 121, 103,  -1}, {}},
    {"IMPORT_NAME", O::import_name, {108, 108, 108, 108, 108, 108, 108,  75,  73}, {}},
    {"IMPORT_FROM", O::import_from, {109, 109, 109, 109, 109, 109, 109,  74,  72}, {}},
    {"GET_ITER", O::get_iter, { 68,  68,  68,  68,  68,  68,  68,  19,  16}, {}},
    {"FOR_ITER", O::for_iter, { 93,  93,  93,  93,  93,  93,  93,  72,  70}, {0, 1, 1, 1}},
    {"END_FOR", O::end_for, { -1,  -1,  -1,  -1,  -1,  -1,   4,  11,   9}, {}},
    {"POP_ITER", O::end_for, { -1,  -1,  -1,  -1,  -1,  -1,  -1,  -1,  30}, {}},
    {"SET_FUNCTION_ATTRIBUTE", O::set_function_attribute, { -1,  -1,  -1,  -1,  -1,  -1,  -1, 106, 108}, {}},
    {"DELETE_DEREF", O::refused, {138, 138, 138, 138, 138, 139, 139,  64,  62}, {}, "a variable of an inner function that is deleted"},
    {"LOAD_COMMON_CONSTANT", O::load_assertion_error, { -1,  -1,  -1,  -1,  -1,  -1,  -1,  -1,  81}, {}},
    {"SETUP_LOOP", O::nothing, {120, 120,  -1,  -1,  -1,  -1,  -1,  -1,  -1}, {}},
    {"BREAK_LOOP", O::refused, { 80,  80,  -1,  -1,  -1,  -1,  -1,  -1,  -1}, {}, "a loop, comprehension or generator"},
    {"CONTINUE_LOOP", O::refused, {119, 119,  -1,  -1,  -1,  -1,  -1,  -1,  -1}, {}, "a loop, comprehension or generator"},
    {"JUMP_BACKWARD", O::jump_backward, { -1,  -1,  -1,  -1,  -1, 140, 140,  77,  75}, {0, 0, 1, 1}},
    {"JUMP_BACKWARD_NO_INTERRUPT", O::refused, { -1,  -1,  -1,  -1,  -1, 134, 134,  78,  -1}, {}, "a loop, comprehension or generator"},
    {"POP_JUMP_BACKWARD_IF_FALSE", O::jump_if_false, { -1,  -1,  -1,  -1,  -1, 175,  -1,  -1,  -1}, {}},
    {"POP_JUMP_BACKWARD_IF_TRUE", O::jump_if_true, { -1,  -1,  -1,  -1,  -1, 176,  -1,  -1,  -1}, {}},
    {"POP_JUMP_BACKWARD_IF_NONE", O::jump_if_none, { -1,  -1,  -1,  -1,  -1, 174,  -1,  -1,  -1}, {}},
    {"POP_JUMP_BACKWARD_IF_NOT_NONE", O::jump_if_not_none, { -1,  -1,  -1,  -1,  -1, 173,  -1,  -1,  -1}, {}},
    {"LOAD_FAST_AND_CLEAR", O::load_fast_and_clear, { -1,  -1,  -1,  -1,  -1,  -1, 143,  86,  85}, {}},
    {"SET_ADD", O::refused, {146, 146, 146, 146, 146, 146, 146, 105, 107}, {}, "a loop, comprehension or generator"},
    {"MAP_ADD", O::refused, {147, 147, 147, 147, 147, 147, 147,  95,  98}, {}, "a loop, comprehension or generator"},
    {"MAKE_FUNCTION", O::make_function, {132, 132, 132, 132, 132, 132, 132,  26,  23}, {}},
    {"LOAD_CLOSURE", O::load_closure, {135, 135, 135, 135, 135, 136, 136,  -1,  -1}, {}},
    {"MAKE_CELL", O::make_cell, { -1,  -1,  -1,  -1,  -1, 135, 135,  94,  97}, {}},
    {"STORE_DEREF", O::store_deref, {137, 137, 137, 137, 137, 138, 138, 109, 111}, {}},
    {"YIELD_VALUE", O::yield_value, { 86,  86,  86,  86,  86,  86, 150, 118, 120}, {}},
    {"YIELD_FROM", O::refused, { 72,  72,  72,  72,  72,  -1,  -1,  -1,  -1}, {}, "a yield or await"},
    {"RETURN_GENERATOR", O::return_generator, { -1,  -1,  -1,  -1,  -1,  75,  75,  35,  34}, {}},
    {"GEN_START", O::nothing, { -1,  -1,  -1,  -1, 129,  -1,  -1,  -1,  -1}, {}},
    {"GET_AWAITABLE", O::refused, { 73,  73,  73,  73,  73, 131, 131,  73,  -1}, {}, "a yield or await"},
    {"GET_YIELD_FROM_ITER", O::refused, { 69,  69,  69,  69,  69,  69,  69,  21,  -1}, {}, "a yield or await"},
    {"SETUP_FINALLY", O::refused, {122, 122, 122, 122, 122,  -1,  -1,  -1,  -1}, {}, "try or with"},
    {"SETUP_EXCEPT", O::refused, {121, 121,  -1,  -1,  -1,  -1,  -1,  -1,  -1}, {}, "try or with"},
    {"SETUP_WITH", O::refused, {143, 143, 143, 143, 143,  -1,  -1,  -1,  -1}, {}, "try or with"},
    {"BEFORE_WITH", O::refused, { -1,  -1,  -1,  -1,  -1,  53,  53,   2,  -1}, {}, "try or with"},
    {"POP_BLOCK", O::nothing, { 87,  87,  87,  87,  87,  -1,  -1,  -1,  -1}, {}},
    {"POP_EXCEPT", O::refused, { 89,  89,  89,  89,  89,  89,  89,  31,  -1}, {}, "try or with"},
    {"END_FINALLY", O::refused, { 88,  88,  88,  -1,  -1,  -1,  -1,  -1,  -1}, {}, "try or with"},
    {"BEGIN_FINALLY", O::refused, { -1,  -1,  53,  -1,  -1,  -1,  -1,  -1,  -1}, {}, "try or with"},
    {"CALL_FINALLY", O::refused, { -1,  -1, 162,  -1,  -1,  -1,  -1,  -1,  -1}, {}, "try or with"},
    {"POP_FINALLY", O::refused, { -1,  -1, 163,  -1,  -1,  -1,  -1,  -1,  -1}, {}, "try or with"},
    {"WITH_CLEANUP_START", O::refused, { 81,  81,  81,  -1,  -1,  -1,  -1,  -1,  -1}, {}, "try or with"},
    {"WITH_CLEANUP_FINISH", O::refused, { 82,  82,  82,  -1,  -1,  -1,  -1,  -1,  -1}, {}, "try or with"},
    {"WITH_EXCEPT_START", O::refused, { -1,  -1,  -1,  49,  49,  49,  49,  44,  -1}, {}, "try or with"},
    {"JUMP_IF_NOT_EXC_MATCH", O::refused, { -1,  -1,  -1, 121, 121,  -1,  -1,  -1,  -1}, {}, "try or with"},
    {"RERAISE", O::reraise, { -1,  -1,  -1,  48, 119, 119, 119, 102, 105}, {}},
    {"CHECK_EXC_MATCH", O::refused, { -1,  -1,  -1,  -1,  -1,  36,  36,   7,  -1}, {}, "try or with"},
    {"PUSH_EXC_INFO", O::refused, { -1,  -1,  -1,  -1,  -1,  35,  35,  33,  32}, {}, "try or with"},
    {"RAISE_VARARGS", O::raised, {130, 130, 130, 130, 130, 130, 130, 101, 104}, {}},
    {"LOAD_ASSERTION_ERROR", O::load_assertion_error, { -1,  -1,  -1,  74,  74,  74,  74,  23,  -1}, {}},
    {"BUILD_SET", O::refused, {104, 104, 104, 104, 104, 104, 104,  49,  48}, {}, "a set"},
    {"SET_UPDATE", O::refused, { -1,  -1,  -1, 163, 163, 163, 163, 107, 109}, {}, "a set"},
    {"BUILD_SET_UNPACK", O::refused, {153, 153, 153,  -1,  -1,  -1,  -1,  -1,  -1}, {}, "a set"},
    {"FORMAT_VALUE", O::format_value, {155, 155, 155, 155, 155, 155, 155,  -1,  -1}, {}},
    {"FORMAT_SIMPLE", O::format_value, { -1,  -1,  -1,  -1,  -1,  -1,  -1,  14,  12}, {}},
    {"FORMAT_WITH_SPEC", O::refused, { -1,  -1,  -1,  -1,  -1,  -1,  -1,  15,  13}, {}, "an f-string"},
    {"CONVERT_VALUE", O::convert_value, { -1,  -1,  -1,  -1,  -1,  -1,  -1,  60,  58}, {}},
    {"BUILD_STRING", O::build_string, {157, 157, 157, 157, 157, 157, 157,  51,  50}, {}},
    {"STORE_GLOBAL", O::refused, { 97,  97,  97,  97,  97,  97,  97, 113, 115}, {}, "an assignment to a global, an attribute or an item"},
    {"STORE_NAME", O::refused, { 90,  90,  90,  90,  90,  90,  90, 114,  -1}, {}, "an assignment to a global, an attribute or an item"},
    {"STORE_ATTR", O::refused, { 95,  95,  95,  95,  95,  95,  95, 108, 110}, {4, 4, 4, 4}, "an assignment to a global, an attribute or an item"},
    {"STORE_SUBSCR", O::refused, { 60,  60,  60,  60,  60,  60,  60,  39,  38}, {1, 1, 1, 0}, "an assignment to a global, an attribute or an item"},
    {"STORE_SLICE", O::refused, { -1,  -1,  -1,  -1,  -1,  -1,  27,  38,  -1}, {}, "an assignment to a global, an attribute or an item"},
    {"DELETE_GLOBAL", O::refused, { 98,  98,  98,  98,  98,  98,  98,  66,  -1}, {}, "an assignment to a global, an attribute or an item"},
    {"DELETE_ATTR", O::refused, { 96,  96,  96,  96,  96,  96,  96,  63,  -1}, {}, "an assignment to a global, an attribute or an item"},
    {"DELETE_SUBSCR", O::refused, { 61,  61,  61,  61,  61,  61,  61,   9,  -1}, {}, "an assignment to a global, an attribute or an item"},
    {"DELETE_FAST", O::delete_fast, {126, 126, 126, 126, 126, 126, 126,  65,  63}, {}},
    {"UNPACK_EX", O::unpack_ex, { 94,  94,  94,  94,  94,  94,  94, 116, 118}, {}},
};
// clang-format on

constexpr std::size_t kNumbers = 256;
constexpr std::size_t kRowCount = std::size(kRows);

struct Tables {
  std::array<Opcode, kRowCount * kVersionCount> opcodes;
  // Index into opcodes, or kRowCount * kVersionCount.
  std::array<std::array<std::uint16_t, kNumbers>, kVersionCount> index;
};

consteval Tables make_tables() {
  Tables tables{};
  for (auto& version : tables.index) version.fill(kRowCount * kVersionCount);
  for (std::size_t version = 0; version < kVersionCount; ++version) {
    for (std::size_t row = 0; row < kRowCount; ++row) {
      const std::int16_t number = kRows[row].numbers[version];
      if (number == kAbsent) continue;
      auto& index = tables.index[version][static_cast<std::size_t>(number)];
      // Not a constant expression: no number may mean two things.
      if (index != kRowCount * kVersionCount) throw "an opcode number stands twice";
      index = static_cast<std::uint16_t>(version * kRowCount + row);
      const std::uint8_t caches = version < kFirstCached ? std::uint8_t{0} : kRows[row].caches[version - kFirstCached];
      tables.opcodes[index] = {kRows[row].name, kRows[row].operation, caches, kRows[row].text};
    }
  }
  return tables;
}

constexpr Tables kTables = make_tables();

}  // namespace

std::string_view name_of(Version version) {
  constexpr std::array<std::string_view, kVersionCount> kNames = {"3.6",  "3.7",  "3.8",  "3.9", "3.10",
                                                                  "3.11", "3.12", "3.13", "3.14"};
  return kNames[static_cast<std::size_t>(version)];
}

const Opcode* find_opcode(Version version, std::uint8_t number) {
  const std::size_t index = kTables.index[static_cast<std::size_t>(version)][number];
  return index == kTables.opcodes.size() ? nullptr : &kTables.opcodes[index];
}

int opcode_number(Version version, std::string_view name) {
  const auto* const row = std::ranges::find(kRows, name, &Row::name);
  return row == std::end(kRows) ? -1 : row->numbers[static_cast<std::size_t>(version)];
}

}  // namespace revive::python
