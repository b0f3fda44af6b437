// What rows make of code that is written by hand: each argument, each opcode, each constant that may come of one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "revive/fuzz/mutators/bytecode_mutator.h"
#include "revive/fuzz/mutators/marshal_writer.h"
#include "revive/serializer/python/marshal.h"
#include "revive/serializer/python/opcodes.h"

namespace revive::fuzz {
namespace {

using python::Layout;
using python::Object;
using python::ObjectIndex;
using python::Version;
using Kind = Object::Kind;
using testing::ElementsAre;

constexpr std::size_t kRoom = 4096;

// A code object of three constants, four names, five variables and two free ones.
struct Code {
  Layout layout = Layout::b;
  std::string code = {};
  std::string lines = {};
  // Instead of the constants 1, 2 and 3.
  std::vector<Object> consts = {};
  // The one constant is a function of its own, which has the others.
  bool nested = false;
};

Object of(Kind kind, std::string_view text = {}, std::int64_t integer = 0) {
  Object object;
  object.kind = kind;
  object.text = text;
  object.integer = integer;
  return object;
}

std::string bytes_of(const Code& code) {
  python::Marshalled all;
  const auto put = [&](Object object) {
    all.objects.push_back(std::move(object));
    return static_cast<ObjectIndex>(all.objects.size() - 1);
  };
  const auto tuple = [&](const std::vector<Object>& items) {
    Object object = of(Kind::tuple);
    for (const Object& item : items) object.items.push_back(put(item));
    return put(std::move(object));
  };
  const auto texts = [&](std::string_view letters) {
    std::vector<Object> items;
    for (std::size_t i = 0; i < letters.size(); ++i) items.push_back(of(Kind::string, letters.substr(i, 1)));
    return tuple(items);
  };
  const std::vector<Object> numbers = {of(Kind::integer, "", 1), of(Kind::integer, "", 2), of(Kind::integer, "", 3)};
  const python::CodeItems& parts = python::code_items(code.layout);
  const auto function = [&](ObjectIndex consts) {
    Object root = of(Kind::code);
    root.numbers.resize(python::kCodeNumbers[static_cast<std::size_t>(code.layout)].count, 1);
    root.items.resize(parts.count, put(of(Kind::string, "f")));
    root.items[parts.code] = put(of(Kind::bytes, code.code));
    root.items[parts.consts] = consts;
    root.items[parts.names] = texts("abcd");
    root.items[parts.variables] = texts("vwxyz");
    root.items[parts.linetable] = put(of(Kind::bytes, code.lines));
    if (parts.kinds != python::kNoItem) root.items[parts.kinds] = put(of(Kind::bytes, "     "));
    if (parts.freevars != python::kNoItem) root.items[parts.freevars] = texts("gh");
    if (parts.cellvars != python::kNoItem) root.items[parts.cellvars] = texts("");
    if (parts.exceptiontable != python::kNoItem) root.items[parts.exceptiontable] = put(of(Kind::bytes));
    return put(std::move(root));
  };
  ObjectIndex consts = tuple(code.consts.empty() ? numbers : code.consts);
  if (code.nested) {
    Object one = of(Kind::tuple);
    one.items = {function(consts)};
    consts = put(std::move(one));
  }
  all.root = function(consts);
  return *write_marshal(all, code.layout, kRoom);
}

// What a row makes of it, for as many seeds; `see` gets the objects and the code object among them.
template <typename See>
void mutants(std::string_view row, const Code& code, std::uint32_t seeds, const See& see) {
  std::vector<BytecodeRow> rows(bytecode_rows().begin(), bytecode_rows().end());
  for (BytecodeRow& each : rows) each.weight = each.name == row ? 1 : 0;
  const std::string seed = bytes_of(code);
  for (std::uint32_t i = 0; i < seeds; ++i) {
    std::vector<std::uint8_t> bytes(seed.begin(), seed.end());
    bytes.resize(kRoom);
    const auto made = mutate_bytecode(
        bytes.data(), seed.size(), kRoom, i, [](std::uint8_t*, std::size_t size, std::size_t) { return size; }, rows);
    ASSERT_EQ(name_of(made.kind), row);
    const auto read = python::read_marshal({reinterpret_cast<const char*>(bytes.data()), made.size}, code.layout);
    ASSERT_FALSE(read.error) << read.error->text();
    see(read.value, read.value.objects[read.value.root]);
  }
}

std::string_view code_text(const Code& code, const python::Marshalled& all, const Object& root) {
  return all.objects[root.items[python::code_items(code.layout).code]].text;
}

std::string instruction(Version version, std::string_view name, int argument) {
  const int number = python::opcode_number(version, name);
  EXPECT_GE(number, 0) << name;
  return {static_cast<char>(number), static_cast<char>(argument)};
}

// From 3.11 on, what a function begins with tells the version; 3.11 and 3.12 spell it alike.
Code code_of(Version version, std::string_view name, int argument) {
  Code code{.layout = version <= Version::py3_7 ? Layout::a : version <= Version::py3_10 ? Layout::b : Layout::c};
  if (code.layout == Layout::c) code.code = instruction(version, "RESUME", 0);
  code.code += instruction(version, name, argument);
  return code;
}

// The argument is another one that there is: of so many constants, names, variables or operators.
TEST(BytecodeRows, AnOperandIsAnyOtherOne) {
  struct Row {
    Version version;
    const char* name;
    int argument;
    std::vector<int> made;
  };
  const auto up_to = [](int last, int without) {
    std::vector<int> all;
    for (int i = 0; i <= last; ++i) {
      if (i != without) all.push_back(i);
    }
    return all;
  };
  // With the lowest bit as it was.
  const auto flagged = [](std::vector<int> of, int flag) {
    for (int& each : of) each = 2 * each + flag;
    return of;
  };
  using enum Version;
  const Row rows[] = {
      {py3_6, "LOAD_CONST", 0, {1, 2}},
      {py3_6, "LOAD_CONST", 1, {0, 2}},
      {py3_8, "LOAD_CONST", 2, {0, 1}},
      {py3_8, "LOAD_CONST", 3, {0, 1, 2}},
      {py3_8, "LOAD_CONST", 200, {0, 1, 2}},
      {py3_6, "LOAD_GLOBAL", 2, {0, 1, 3}},
      {py3_8, "LOAD_GLOBAL", 2, {0, 1, 3}},
      {py3_11, "LOAD_GLOBAL", 2 * 3 + 1, flagged({0, 1, 2}, 1)},
      {py3_13, "LOAD_GLOBAL", 2 * 1, flagged({0, 2, 3}, 0)},
      {py3_14, "LOAD_GLOBAL", 2 * 1 + 1, flagged({0, 2, 3}, 1)},
      {py3_14, "LOAD_GLOBAL", 2 * 4, flagged({0, 1, 2, 3}, 0)},
      {py3_6, "LOAD_ATTR", 3, {0, 1, 2}},
      {py3_8, "LOAD_ATTR", 3, {0, 1, 2}},
      {py3_13, "LOAD_ATTR", 2 * 2 + 1, flagged({0, 1, 3}, 1)},
      {py3_14, "LOAD_ATTR", 0, flagged({1, 2, 3}, 0)},
      {py3_8, "LOAD_METHOD", 1, {0, 2, 3}},
      {py3_8, "LOAD_FAST", 4, {0, 1, 2, 3}},
      {py3_13, "LOAD_FAST", 0, {1, 2, 3, 4}},
      {py3_13, "LOAD_DEREF", 1, {0, 2, 3, 4}},
      {py3_13, "RETURN_CONST", 1, {0, 2}},
      {py3_13, "BINARY_OP", 13, up_to(26, 13)},
      {py3_6, "COMPARE_OP", 9, up_to(8, 9)},
      {py3_6, "COMPARE_OP", 10, up_to(9, 10)},
      {py3_13, "IS_OP", 0, {1}},
      {py3_13, "CONTAINS_OP", 1, {0}},
      {py3_14, "LOAD_SMALL_INT", 7, up_to(255, 7)},
  };
  for (const Row& row : rows) {
    const Code code = code_of(row.version, row.name, row.argument);
    SCOPED_TRACE(std::string(name_of(row.version)) + " " + row.name + " " + std::to_string(row.argument));
    std::set<int> made;
    mutants("operand", code, row.made.size() > 100 ? 3000 : 300, [&](const auto& all, const Object& root) {
      const std::string_view text = code_text(code, all, root);
      if (text == code.code) return;
      EXPECT_EQ(text.substr(0, text.size() - 1), code.code.substr(0, code.code.size() - 1));
      made.insert(static_cast<unsigned char>(text.back()));
    });
    EXPECT_EQ(std::vector(made.begin(), made.end()), row.made);
  }
}

// A version is guessed: 3.8 numbers ten comparisons and 3.10 six, and in 3.11 an attribute has no flag.
TEST(BytecodeRows, WhereVersionsLookAlikeTheOperandsOfBothComeUp) {
  const auto made_of = [](const Code& code) {
    std::map<int, int> made;
    mutants("operand", code, 1200, [&](const auto& all, const Object& root) {
      const std::string_view text = code_text(code, all, root);
      if (text != code.code) ++made[static_cast<unsigned char>(text.back())];
    });
    return made;
  };
  auto compared = made_of(code_of(Version::py3_8, "COMPARE_OP", 2));
  ASSERT_EQ(compared.size(), 9U);
  EXPECT_NEAR(compared[0], 1200 * (0.5 / 9 + 0.5 / 5), 50);
  EXPECT_NEAR(compared[9], 1200 * 0.5 / 9, 30);
  const auto attributes = made_of(code_of(Version::py3_11, "LOAD_ATTR", 2));
  std::vector<int> values;
  for (const auto& [value, count] : attributes) values.push_back(value);
  EXPECT_EQ(values, (std::vector{0, 1, 3, 4, 6})) << "0, 1 and 3 of 3.11; 0, 4 and 6 of 3.12";
  // 3.11 compares by number, and 3.12 by bits that are left alone.
  auto newer = made_of(code_of(Version::py3_11, "COMPARE_OP", 5));
  EXPECT_EQ(newer.size(), 5U);
  int changed = 0;
  for (const auto& [value, count] : newer) changed += count;
  EXPECT_NEAR(changed, 600, 80);
  EXPECT_EQ(made_of(code_of(Version::py3_13, "COMPARE_OP", 2)).size(), 0U);
}

// What there is one of, or what has no argument, stays: a constant changes instead.
TEST(BytecodeRows, WithoutAnotherOperandAConstantChanges) {
  for (Code code : {code_of(Version::py3_8, "BINARY_ADD", 0), code_of(Version::py3_8, "LOAD_CONST", 0)}) {
    code.consts = {of(Kind::integer, "", 3)};
    int same = 0;
    mutants("operand", code, 100, [&](const auto& all, const Object& root) {
      EXPECT_EQ(code_text(code, all, root), code.code);
      const Object& consts = all.objects[root.items[python::code_items(code.layout).consts]];
      same += consts.items.size() == 1 && all.objects[consts.items[0]].integer == 3 ? 1 : 0;
    });
    EXPECT_LT(same, 20);
  }
}

// An opcode becomes another of its family that its version has, and the argument stays.
TEST(BytecodeRows, AnOperationIsAnyOtherOfItsFamily) {
  struct Row {
    Version version;
    const char* name;
    std::vector<std::string_view> family;
  };
  using enum Version;
  const Row rows[] = {
      {py3_6,
       "BINARY_ADD",
       {"BINARY_SUBTRACT", "BINARY_MULTIPLY", "BINARY_POWER", "BINARY_MODULO", "BINARY_TRUE_DIVIDE", "BINARY_LSHIFT",
        "BINARY_AND", "INPLACE_ADD", "INPLACE_OR", "BINARY_SUBSCR", "COMPARE_OP"}},
      {py3_6,
       "COMPARE_OP",
       {"BINARY_ADD", "BINARY_SUBTRACT", "BINARY_MULTIPLY", "BINARY_POWER", "BINARY_MODULO", "BINARY_TRUE_DIVIDE",
        "BINARY_LSHIFT", "BINARY_AND", "INPLACE_ADD", "INPLACE_OR", "BINARY_SUBSCR"}},
      {py3_13, "BINARY_SUBSCR", {"COMPARE_OP"}},
      {py3_6, "UNARY_NEGATIVE", {"UNARY_INVERT", "UNARY_NOT", "UNARY_POSITIVE"}},
      {py3_13, "UNARY_NOT", {"UNARY_NEGATIVE", "UNARY_INVERT"}},
      {py3_6, "BUILD_TUPLE", {"BUILD_LIST", "BUILD_SLICE"}},
      {py3_14, "BUILD_SLICE", {"BUILD_LIST", "BUILD_TUPLE"}},
      {py3_6, "POP_JUMP_IF_FALSE", {"POP_JUMP_IF_TRUE"}},
      {py3_13, "POP_JUMP_IF_NONE", {"POP_JUMP_IF_FALSE", "POP_JUMP_IF_TRUE", "POP_JUMP_IF_NOT_NONE"}},
  };
  for (const Row& row : rows) {
    const Code code = code_of(row.version, row.name, 1);
    SCOPED_TRACE(std::string(name_of(row.version)) + " " + row.name);
    std::set<std::string_view> made;
    mutants("operation", code, 400, [&](const auto& all, const Object& root) {
      const std::string_view text = code_text(code, all, root);
      const auto number = static_cast<std::uint8_t>(text[text.size() - 2]);
      if (number == static_cast<std::uint8_t>(code.code[code.code.size() - 2])) return;
      EXPECT_EQ(text.back(), 1);
      made.insert(python::find_opcode(row.version, number)->name);
    });
    EXPECT_THAT(made, testing::UnorderedElementsAreArray(row.family));
  }
}

// The first line of the table that can grow or shrink by what the code does; each line is at most 254 bytes long.
TEST(BytecodeRows, LinesCoverTheCodeAsBefore) {
  struct Row {
    std::string lines, longer, shorter;
  };
  using namespace std::string_literals;
  const Row rows[] = {
      {"\x06\x01", "\x08\x01", "\x04\x01"},
      {"\x02\x01\x04\x01", "\x04\x01\x04\x01", "\x00\x01\x04\x01"s},
      {"\x01\x01\x05\x01", "\x03\x01\x05\x01", "\x01\x01\x03\x01"},
      {"\x00\x01\x06\x01"s, "\x02\x01\x06\x01", "\x00\x01\x04\x01"s},
      {"\xFC\x01\x06\x01", "\xFE\x01\x06\x01", "\xFA\x01\x06\x01"},
      {"\xFD\x01\x06\x01", "\xFD\x01\x08\x01", "\xFB\x01\x06\x01"},
      {"\xFE\x01\x06\x01", "\xFE\x01\x08\x01", "\xFC\x01\x06\x01"},
      {"\xFE\x01\xFE\x01", "\xFE\x01\xFE\x01", "\xFC\x01\xFE\x01"},
      {"", "", ""},
      {"\x06", "\x06", "\x06"},
      {"\x06\x01\x02", "\x08\x01\x02", "\x04\x01\x02"},
  };
  for (const Row& row : rows) {
    const Code code{.layout = Layout::b, .code = std::string(6, '\x09'), .lines = row.lines};
    std::set<std::size_t> sizes;
    mutants("instruction", code, 60, [&](const auto& all, const Object& root) {
      const std::size_t size = code_text(code, all, root).size();
      const std::string lines(all.objects[root.items[python::code_items(code.layout).linetable]].text);
      sizes.insert(size);
      EXPECT_EQ(lines, size > 6 ? row.longer : size < 6 ? row.shorter : row.lines);
    });
    EXPECT_THAT(sizes, ElementsAre(4, 6, 8));
  }
  // Of other versions the table is something else.
  for (const Layout layout : {Layout::a, Layout::c}) {
    const Code code{.layout = layout, .code = std::string(6, '\x09'), .lines = "\x06\x01"};
    mutants("instruction", code, 60, [&](const auto& all, const Object& root) {
      EXPECT_EQ(all.objects[root.items[python::code_items(layout).linetable]].text, "\x06\x01");
    });
  }
}

// A constant is replaced as a whole, or keeps its kind, or an item of it changes; code is no place for items.
TEST(BytecodeRows, AConstantChangesWithinItsKindOrToAnother) {
  Object real = of(Kind::real);
  real.reals = {7.0, 0};
  struct Row {
    Object constant;
    // How many of 100 are of the same kind, about.
    int same = 0;
  };
  // Half of them as they are told; the other half is any, of which a quarter are tuples and the like, and of the rest
  // one in four is an integer, one in eight a text.
  const Row rows[] = {{of(Kind::integer, "", 77777), 50 + 9},
                      {real, 50 + 5},
                      {of(Kind::string, "none of the names"), 50 + 4},
                      {of(Kind::ellipsis), 9}};
  for (const Row& row : rows) {
    Code code{.layout = Layout::b, .code = std::string(6, '\x09'), .consts = {row.constant}};
    int same = 0;
    int changed = 0;
    int more = 0;
    mutants("constant", code, 1000, [&](const auto& all, const Object& root) {
      const Object& consts = all.objects[root.items[1]];
      if (consts.items.size() == 2) {
        ++more;
        return;
      }
      const Object& made = all.objects[consts.items[0]];
      same += made.kind == row.constant.kind ? 1 : 0;
      changed += made.kind != row.constant.kind || made.integer != row.constant.integer ||
                         made.reals != row.constant.reals || made.text != row.constant.text
                     ? 1
                     : 0;
    });
    EXPECT_NEAR(more, 1000 / 16.0, 30) << python::name_of(row.constant.kind);
    EXPECT_NEAR(same, row.same * (1000 - more) / 100.0, 50) << python::name_of(row.constant.kind);
    EXPECT_GE(changed, row.constant.kind == Kind::ellipsis ? 800 : 1000 - more) << python::name_of(row.constant.kind);
  }
  int kept = 0;
  mutants("constant", {.layout = Layout::b, .code = std::string(6, '\x09'), .nested = true}, 200,
          [&](const auto& all, const Object& root) {
            const Object& consts = all.objects[root.items[1]];
            if (all.objects[consts.items[0]].kind != Kind::code) return;
            ++kept;
            EXPECT_EQ(consts.items.size(), 2U) << "it is there because another was added";
          });
  EXPECT_LT(kept, 30);
}

}  // namespace
}  // namespace revive::fuzz
