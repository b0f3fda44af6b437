#include "serializer/python/opcodes.h"

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

// The version has no such opcode.
constexpr std::int16_t no = -1;

// clang-format off
constexpr Row kRows[] = {
    // name, operation, number in 3.6 to 3.14, caches in 3.11 to 3.14, text
    {"EXTENDED_ARG", O::extended_arg, {144, 144, 144, 144, 144, 144, 144,  71,  69}, {}},
    {"NOP", O::nothing, {  9,   9,   9,   9,   9,   9,   9,  30,  27}, {}},
    {"NOT_TAKEN", O::nothing, { no,  no,  no,  no,  no,  no,  no,  no,  28}, {}},
    {"PRECALL", O::nothing, { no,  no,  no,  no,  no, 166,  no,  no,  no}, {1, 0, 0, 0}},
    {"RESUME", O::resume, { no,  no,  no,  no,  no, 151, 151, 149, 128}, {}},
    {"COPY_FREE_VARS", O::copy_free_vars, { no,  no,  no,  no,  no, 149, 149,  62,  60}, {}},
    {"TO_BOOL", O::to_bool, { no,  no,  no,  no,  no,  no,  no,  40,  39}, {0, 0, 3, 3}},
    {"LOAD_CONST", O::load_const, {100, 100, 100, 100, 100, 100, 100,  83,  82}, {}},
    {"LOAD_SMALL_INT", O::load_small_int, { no,  no,  no,  no,  no,  no,  no,  no,  94}, {}},
    {"LOAD_FAST", O::load_fast, {124, 124, 124, 124, 124, 124, 124,  85,  84}, {}},
    {"LOAD_FAST_CHECK", O::load_fast, { no,  no,  no,  no,  no,  no, 127,  87,  88}, {}},
    {"LOAD_FAST_BORROW", O::load_fast, { no,  no,  no,  no,  no,  no,  no,  no,  86}, {}},
    {"LOAD_FAST_LOAD_FAST", O::load_fast_twice, { no,  no,  no,  no,  no,  no,  no,  88,  89}, {}},
    {"LOAD_FAST_BORROW_LOAD_FAST_BORROW", O::load_fast_twice, { no,  no,  no,  no,  no,  no,  no,  no,  87}, {}},
    {"STORE_FAST", O::store_fast, {125, 125, 125, 125, 125, 125, 125, 110, 112}, {}},
    {"STORE_FAST_LOAD_FAST", O::store_fast_load_fast, { no,  no,  no,  no,  no,  no,  no, 111, 113}, {}},
    {"STORE_FAST_STORE_FAST", O::store_fast_twice, { no,  no,  no,  no,  no,  no,  no, 112, 114}, {}},
    {"LOAD_DEREF", O::load_deref, {136, 136, 136, 136, 136, 137, 137,  84,  83}, {}},
    {"LOAD_GLOBAL", O::load_global, {116, 116, 116, 116, 116, 116, 116,  91,  92}, {5, 4, 4, 4}},
    {"LOAD_ATTR", O::load_attr, {106, 106, 106, 106, 106, 106, 106,  82,  80}, {4, 9, 9, 9}},
    {"LOAD_METHOD", O::load_method, { no, 160, 160, 160, 160, 160,  no,  no,  no}, {10, 0, 0, 0}},
    {"PUSH_NULL", O::push_null, { no,  no,  no,  no,  no,   2,   2,  34,  33}, {}},
    {"CALL_FUNCTION", O::call_function, {131, 131, 131, 131, 131,  no,  no,  no,  no}, {}},
    {"CALL_FUNCTION_KW", O::call_function_kw, {141, 141, 141, 141, 141,  no,  no,  no,  no}, {}},
    {"CALL_METHOD", O::call_method, { no, 161, 161, 161, 161,  no,  no,  no,  no}, {}},
    {"KW_NAMES", O::kw_names, { no,  no,  no,  no,  no, 172, 172,  no,  no}, {}},
    {"CALL", O::call, { no,  no,  no,  no,  no, 171, 171,  53,  52}, {4, 3, 3, 3}},
    {"CALL_KW", O::call_kw, { no,  no,  no,  no,  no,  no,  no,  57,  55}, {0, 0, 0, 3}},
    {"CALL_FUNCTION_EX", O::call_function_ex, {142, 142, 142, 142, 142, 142, 142,  54,   4}, {}},
    {"BINARY_SUBSCR", O::subscript, { 25,  25,  25,  25,  25,  25,  25,   5,  no}, {4, 1, 1, 0}},
    {"BINARY_SLICE", O::binary_slice, { no,  no,  no,  no,  no,  no,  26,   4,   1}, {}},
    {"BINARY_OP", O::binary_op, { no,  no,  no,  no,  no, 122, 122,  45,  44}, {1, 1, 1, 5}},
    {"BINARY_POWER", O::binary, { 19,  19,  19,  19,  19,  no,  no,  no,  no}, {}, "**"},
    {"INPLACE_POWER", O::binary, { 67,  67,  67,  67,  67,  no,  no,  no,  no}, {}, "**"},
    {"BINARY_MULTIPLY", O::binary, { 20,  20,  20,  20,  20,  no,  no,  no,  no}, {}, "*"},
    {"INPLACE_MULTIPLY", O::binary, { 57,  57,  57,  57,  57,  no,  no,  no,  no}, {}, "*"},
    {"BINARY_MATRIX_MULTIPLY", O::binary, { 16,  16,  16,  16,  16,  no,  no,  no,  no}, {}, "@"},
    {"INPLACE_MATRIX_MULTIPLY", O::binary, { 17,  17,  17,  17,  17,  no,  no,  no,  no}, {}, "@"},
    {"BINARY_MODULO", O::binary, { 22,  22,  22,  22,  22,  no,  no,  no,  no}, {}, "%"},
    {"INPLACE_MODULO", O::binary, { 59,  59,  59,  59,  59,  no,  no,  no,  no}, {}, "%"},
    {"BINARY_ADD", O::binary, { 23,  23,  23,  23,  23,  no,  no,  no,  no}, {}, "+"},
    {"INPLACE_ADD", O::binary, { 55,  55,  55,  55,  55,  no,  no,  no,  no}, {}, "+"},
    {"BINARY_SUBTRACT", O::binary, { 24,  24,  24,  24,  24,  no,  no,  no,  no}, {}, "-"},
    {"INPLACE_SUBTRACT", O::binary, { 56,  56,  56,  56,  56,  no,  no,  no,  no}, {}, "-"},
    {"BINARY_FLOOR_DIVIDE", O::binary, { 26,  26,  26,  26,  26,  no,  no,  no,  no}, {}, "//"},
    {"INPLACE_FLOOR_DIVIDE", O::binary, { 28,  28,  28,  28,  28,  no,  no,  no,  no}, {}, "//"},
    {"BINARY_TRUE_DIVIDE", O::binary, { 27,  27,  27,  27,  27,  no,  no,  no,  no}, {}, "/"},
    {"INPLACE_TRUE_DIVIDE", O::binary, { 29,  29,  29,  29,  29,  no,  no,  no,  no}, {}, "/"},
    {"BINARY_LSHIFT", O::binary, { 62,  62,  62,  62,  62,  no,  no,  no,  no}, {}, "<<"},
    {"INPLACE_LSHIFT", O::binary, { 75,  75,  75,  75,  75,  no,  no,  no,  no}, {}, "<<"},
    {"BINARY_RSHIFT", O::binary, { 63,  63,  63,  63,  63,  no,  no,  no,  no}, {}, ">>"},
    {"INPLACE_RSHIFT", O::binary, { 76,  76,  76,  76,  76,  no,  no,  no,  no}, {}, ">>"},
    {"BINARY_AND", O::binary, { 64,  64,  64,  64,  64,  no,  no,  no,  no}, {}, "&"},
    {"INPLACE_AND", O::binary, { 77,  77,  77,  77,  77,  no,  no,  no,  no}, {}, "&"},
    {"BINARY_XOR", O::binary, { 65,  65,  65,  65,  65,  no,  no,  no,  no}, {}, "^"},
    {"INPLACE_XOR", O::binary, { 78,  78,  78,  78,  78,  no,  no,  no,  no}, {}, "^"},
    {"BINARY_OR", O::binary, { 66,  66,  66,  66,  66,  no,  no,  no,  no}, {}, "|"},
    {"INPLACE_OR", O::binary, { 79,  79,  79,  79,  79,  no,  no,  no,  no}, {}, "|"},
    {"UNARY_POSITIVE", O::unary, { 10,  10,  10,  10,  10,  10,  no,  no,  no}, {}, "+"},
    {"UNARY_NEGATIVE", O::unary, { 11,  11,  11,  11,  11,  11,  11,  42,  41}, {}, "-"},
    {"UNARY_NOT", O::unary, { 12,  12,  12,  12,  12,  12,  12,  43,  42}, {}, "not"},
    {"UNARY_INVERT", O::unary, { 15,  15,  15,  15,  15,  15,  15,  41,  40}, {}, "~"},
    {"COMPARE_OP", O::compare, {107, 107, 107, 107, 107, 107, 107,  58,  56}, {2, 1, 1, 1}},
    {"IS_OP", O::is, { no,  no,  no, 117, 117, 117, 117,  76,  74}, {}},
    {"CONTAINS_OP", O::contains, { no,  no,  no, 118, 118, 118, 118,  59,  57}, {0, 0, 1, 1}},
    {"BUILD_TUPLE", O::build_tuple, {102, 102, 102, 102, 102, 102, 102,  52,  51}, {}},
    {"BUILD_LIST", O::build_list, {103, 103, 103, 103, 103, 103, 103,  47,  46}, {}},
    {"BUILD_MAP", O::build_map, {105, 105, 105, 105, 105, 105, 105,  48,  47}, {}},
    {"BUILD_CONST_KEY_MAP", O::build_const_key_map, {156, 156, 156, 156, 156, 156, 156,  46,  no}, {}},
    {"BUILD_SLICE", O::build_slice, {133, 133, 133, 133, 133, 133, 133,  50,  49}, {}},
    {"LIST_EXTEND", O::list_extend, { no,  no,  no, 162, 162, 162, 162,  81,  79}, {}},
    {"LIST_APPEND", O::list_append, {145, 145, 145, 145, 145, 145, 145,  80,  78}, {}},
    {"LIST_TO_TUPLE", O::list_to_tuple, { no,  no,  no,  82,  82,  82,  no,  no,  no}, {}},
    {"CALL_INTRINSIC_1", O::intrinsic, { no,  no,  no,  no,  no,  no, 173,  55,  53}, {}},
    {"DICT_UPDATE", O::dict_update, { no,  no,  no, 165, 165, 165, 165,  69,  67}, {}},
    {"DICT_MERGE", O::dict_update, { no,  no,  no, 164, 164, 164, 164,  68,  66}, {}},
    {"BUILD_LIST_UNPACK", O::build_list_unpack, {149, 149, 149,  no,  no,  no,  no,  no,  no}, {}},
    {"BUILD_TUPLE_UNPACK", O::build_tuple_unpack, {152, 152, 152,  no,  no,  no,  no,  no,  no}, {}},
    {"BUILD_TUPLE_UNPACK_WITH_CALL", O::build_tuple_unpack, {158, 158, 158,  no,  no,  no,  no,  no,  no}, {}},
    {"BUILD_MAP_UNPACK", O::build_map_unpack, {150, 150, 150,  no,  no,  no,  no,  no,  no}, {}},
    {"BUILD_MAP_UNPACK_WITH_CALL", O::build_map_unpack, {151, 151, 151,  no,  no,  no,  no,  no,  no}, {}},
    {"UNPACK_SEQUENCE", O::unpack_sequence, { 92,  92,  92,  92,  92,  92,  92, 117, 119}, {1, 1, 1, 1}},
    {"POP_TOP", O::pop, {  1,   1,   1,   1,   1,   1,   1,  32,  31}, {}},
    {"DUP_TOP", O::duplicate, {  4,   4,   4,   4,   4,  no,  no,  no,  no}, {}},
    {"DUP_TOP_TWO", O::duplicate_two, {  5,   5,   5,   5,   5,  no,  no,  no,  no}, {}},
    {"ROT_TWO", O::rotate_two, {  2,   2,   2,   2,   2,  no,  no,  no,  no}, {}},
    {"ROT_THREE", O::rotate_three, {  3,   3,   3,   3,   3,  no,  no,  no,  no}, {}},
    {"ROT_FOUR", O::rotate_four, { no,  no,   6,   6,   6,  no,  no,  no,  no}, {}},
    {"ROT_N", O::rotate, { no,  no,  no,  no,  99,  no,  no,  no,  no}, {}},
    {"COPY", O::copy, { no,  no,  no,  no,  no, 120, 120,  61,  59}, {}},
    {"SWAP", O::swap, { no,  no,  no,  no,  no,  99,  99, 115, 117}, {}},
    {"POP_JUMP_IF_FALSE", O::jump_if_false, {114, 114, 114, 114, 114, 114, 114,  97, 100}, {0, 0, 1, 1}},
    {"POP_JUMP_IF_TRUE", O::jump_if_true, {115, 115, 115, 115, 115, 115, 115, 100, 103}, {0, 0, 1, 1}},
    {"POP_JUMP_IF_NONE", O::jump_if_none, { no,  no,  no,  no,  no, 129, 129,  98, 101}, {0, 0, 1, 1}},
    {"POP_JUMP_IF_NOT_NONE", O::jump_if_not_none, { no,  no,  no,  no,  no, 128, 128,  99, 102}, {0, 0, 1, 1}},
    {"JUMP_IF_FALSE_OR_POP", O::jump_if_false_or_pop, {111, 111, 111, 111, 111, 111,  no,  no,  no}, {}},
    {"JUMP_IF_TRUE_OR_POP", O::jump_if_true_or_pop, {112, 112, 112, 112, 112, 112,  no,  no,  no}, {}},
    {"JUMP_FORWARD", O::jump_forward, {110, 110, 110, 110, 110, 110, 110,  79,  77}, {}},
    {"JUMP_ABSOLUTE", O::jump_absolute, {113, 113, 113, 113, 113,  no,  no,  no,  no}, {}},
    {"RETURN_VALUE", O::return_value, { 83,  83,  83,  83,  83,  83,  83,  36,  35}, {}},
    {"RETURN_CONST", O::return_const, { no,  no,  no,  no,  no,  no, 121, 103,  no}, {}},
    {"IMPORT_NAME", O::import_name, {108, 108, 108, 108, 108, 108, 108,  75,  73}, {}},
    {"IMPORT_FROM", O::import_from, {109, 109, 109, 109, 109, 109, 109,  74,  72}, {}},
    {"GET_ITER", O::refused, { 68,  68,  68,  68,  68,  68,  68,  19,  16}, {}, "a loop, comprehension or generator"},
    {"FOR_ITER", O::refused, { 93,  93,  93,  93,  93,  93,  93,  72,  70}, {0, 1, 1, 1}, "a loop, comprehension or generator"},
    {"SETUP_LOOP", O::refused, {120, 120,  no,  no,  no,  no,  no,  no,  no}, {}, "a loop, comprehension or generator"},
    {"BREAK_LOOP", O::refused, { 80,  80,  no,  no,  no,  no,  no,  no,  no}, {}, "a loop, comprehension or generator"},
    {"CONTINUE_LOOP", O::refused, {119, 119,  no,  no,  no,  no,  no,  no,  no}, {}, "a loop, comprehension or generator"},
    {"JUMP_BACKWARD", O::refused, { no,  no,  no,  no,  no, 140, 140,  77,  no}, {0, 0, 1, 0}, "a loop, comprehension or generator"},
    {"JUMP_BACKWARD_NO_INTERRUPT", O::refused, { no,  no,  no,  no,  no, 134, 134,  78,  no}, {}, "a loop, comprehension or generator"},
    {"POP_JUMP_BACKWARD_IF_FALSE", O::refused, { no,  no,  no,  no,  no, 175,  no,  no,  no}, {}, "a loop, comprehension or generator"},
    {"POP_JUMP_BACKWARD_IF_TRUE", O::refused, { no,  no,  no,  no,  no, 176,  no,  no,  no}, {}, "a loop, comprehension or generator"},
    {"POP_JUMP_BACKWARD_IF_NONE", O::refused, { no,  no,  no,  no,  no, 174,  no,  no,  no}, {}, "a loop, comprehension or generator"},
    {"POP_JUMP_BACKWARD_IF_NOT_NONE", O::refused, { no,  no,  no,  no,  no, 173,  no,  no,  no}, {}, "a loop, comprehension or generator"},
    {"LOAD_FAST_AND_CLEAR", O::refused, { no,  no,  no,  no,  no,  no, 143,  86,  no}, {}, "a loop, comprehension or generator"},
    {"SET_ADD", O::refused, {146, 146, 146, 146, 146, 146, 146, 105,  no}, {}, "a loop, comprehension or generator"},
    {"MAP_ADD", O::refused, {147, 147, 147, 147, 147, 147, 147,  95,  no}, {}, "a loop, comprehension or generator"},
    {"MAKE_FUNCTION", O::refused, {132, 132, 132, 132, 132, 132, 132,  26,  23}, {}, "a function, lambda or comprehension inside"},
    {"LOAD_CLOSURE", O::refused, {135, 135, 135, 135, 135, 136, 136,  no,  no}, {}, "a function, lambda or comprehension inside"},
    {"MAKE_CELL", O::refused, { no,  no,  no,  no,  no, 135, 135,  94,  97}, {}, "a function, lambda or comprehension inside"},
    {"STORE_DEREF", O::refused, {137, 137, 137, 137, 137, 138, 138, 109,  no}, {}, "a function, lambda or comprehension inside"},
    {"YIELD_VALUE", O::refused, { 86,  86,  86,  86,  86,  86, 150, 118,  no}, {}, "a yield or await"},
    {"YIELD_FROM", O::refused, { 72,  72,  72,  72,  72,  no,  no,  no,  no}, {}, "a yield or await"},
    {"RETURN_GENERATOR", O::refused, { no,  no,  no,  no,  no,  75,  75,  35,  no}, {}, "a yield or await"},
    {"GEN_START", O::refused, { no,  no,  no,  no, 129,  no,  no,  no,  no}, {}, "a yield or await"},
    {"GET_AWAITABLE", O::refused, { 73,  73,  73,  73,  73, 131, 131,  73,  no}, {}, "a yield or await"},
    {"GET_YIELD_FROM_ITER", O::refused, { 69,  69,  69,  69,  69,  69,  69,  21,  no}, {}, "a yield or await"},
    {"SETUP_FINALLY", O::refused, {122, 122, 122, 122, 122,  no,  no,  no,  no}, {}, "try or with"},
    {"SETUP_EXCEPT", O::refused, {121, 121,  no,  no,  no,  no,  no,  no,  no}, {}, "try or with"},
    {"SETUP_WITH", O::refused, {143, 143, 143, 143, 143,  no,  no,  no,  no}, {}, "try or with"},
    {"BEFORE_WITH", O::refused, { no,  no,  no,  no,  no,  53,  53,   2,  no}, {}, "try or with"},
    {"POP_BLOCK", O::refused, { 87,  87,  87,  87,  87,  no,  no,  no,  no}, {}, "try or with"},
    {"POP_EXCEPT", O::refused, { 89,  89,  89,  89,  89,  89,  89,  31,  no}, {}, "try or with"},
    {"END_FINALLY", O::refused, { 88,  88,  88,  no,  no,  no,  no,  no,  no}, {}, "try or with"},
    {"BEGIN_FINALLY", O::refused, { no,  no,  53,  no,  no,  no,  no,  no,  no}, {}, "try or with"},
    {"CALL_FINALLY", O::refused, { no,  no, 162,  no,  no,  no,  no,  no,  no}, {}, "try or with"},
    {"POP_FINALLY", O::refused, { no,  no, 163,  no,  no,  no,  no,  no,  no}, {}, "try or with"},
    {"WITH_CLEANUP_START", O::refused, { 81,  81,  81,  no,  no,  no,  no,  no,  no}, {}, "try or with"},
    {"WITH_CLEANUP_FINISH", O::refused, { 82,  82,  82,  no,  no,  no,  no,  no,  no}, {}, "try or with"},
    {"WITH_EXCEPT_START", O::refused, { no,  no,  no,  49,  49,  49,  49,  44,  no}, {}, "try or with"},
    {"JUMP_IF_NOT_EXC_MATCH", O::refused, { no,  no,  no, 121, 121,  no,  no,  no,  no}, {}, "try or with"},
    {"RERAISE", O::refused, { no,  no,  no,  48, 119, 119, 119, 102,  no}, {}, "try or with"},
    {"CHECK_EXC_MATCH", O::refused, { no,  no,  no,  no,  no,  36,  36,   7,  no}, {}, "try or with"},
    {"PUSH_EXC_INFO", O::refused, { no,  no,  no,  no,  no,  35,  35,  33,  no}, {}, "try or with"},
    {"RAISE_VARARGS", O::refused, {130, 130, 130, 130, 130, 130, 130, 101, 104}, {}, "raise or assert"},
    {"LOAD_ASSERTION_ERROR", O::refused, { no,  no,  no,  74,  74,  74,  74,  23,  no}, {}, "raise or assert"},
    {"BUILD_SET", O::refused, {104, 104, 104, 104, 104, 104, 104,  49,  48}, {}, "a set"},
    {"SET_UPDATE", O::refused, { no,  no,  no, 163, 163, 163, 163, 107, 109}, {}, "a set"},
    {"BUILD_SET_UNPACK", O::refused, {153, 153, 153,  no,  no,  no,  no,  no,  no}, {}, "a set"},
    {"FORMAT_VALUE", O::refused, {155, 155, 155, 155, 155, 155, 155,  no,  no}, {}, "an f-string"},
    {"FORMAT_SIMPLE", O::refused, { no,  no,  no,  no,  no,  no,  no,  14,  no}, {}, "an f-string"},
    {"FORMAT_WITH_SPEC", O::refused, { no,  no,  no,  no,  no,  no,  no,  15,  no}, {}, "an f-string"},
    {"CONVERT_VALUE", O::refused, { no,  no,  no,  no,  no,  no,  no,  60,  no}, {}, "an f-string"},
    {"BUILD_STRING", O::refused, {157, 157, 157, 157, 157, 157, 157,  51,  no}, {}, "an f-string"},
    {"STORE_GLOBAL", O::refused, { 97,  97,  97,  97,  97,  97,  97, 113,  no}, {}, "an assignment to a global, an attribute or an item"},
    {"STORE_NAME", O::refused, { 90,  90,  90,  90,  90,  90,  90, 114,  no}, {}, "an assignment to a global, an attribute or an item"},
    {"STORE_ATTR", O::refused, { 95,  95,  95,  95,  95,  95,  95, 108,  no}, {4, 4, 4, 0}, "an assignment to a global, an attribute or an item"},
    {"STORE_SUBSCR", O::refused, { 60,  60,  60,  60,  60,  60,  60,  39,  no}, {1, 1, 1, 0}, "an assignment to a global, an attribute or an item"},
    {"STORE_SLICE", O::refused, { no,  no,  no,  no,  no,  no,  27,  38,  no}, {}, "an assignment to a global, an attribute or an item"},
    {"DELETE_GLOBAL", O::refused, { 98,  98,  98,  98,  98,  98,  98,  66,  no}, {}, "an assignment to a global, an attribute or an item"},
    {"DELETE_ATTR", O::refused, { 96,  96,  96,  96,  96,  96,  96,  63,  no}, {}, "an assignment to a global, an attribute or an item"},
    {"DELETE_SUBSCR", O::refused, { 61,  61,  61,  61,  61,  61,  61,   9,  no}, {}, "an assignment to a global, an attribute or an item"},
    {"DELETE_FAST", O::refused, {126, 126, 126, 126, 126, 126, 126,  65,  no}, {}, "an assignment to a global, an attribute or an item"},
    {"UNPACK_EX", O::refused, { 94,  94,  94,  94,  94,  94,  94, 116,  no}, {}, "a starred assignment"},
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
      if (number == no) continue;
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
