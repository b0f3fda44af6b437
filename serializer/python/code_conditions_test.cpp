// Code objects with one field changed at a time, in the layout of CPython 3.8: what is read, and what is said.
#include "revive/serializer/python/code.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "revive/model/testing/recorded.h"

namespace revive::python {
namespace {

std::string number(std::size_t value) {
  std::string bytes;
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(value >> shift & 255);
  return bytes;
}

std::string text(std::string_view value) {
  return "u" + number(value.size()) + std::string(value);
}

std::string bytes(std::string_view value) {
  return "s" + number(value.size()) + std::string(value);
}

std::string tuple(std::initializer_list<std::string> items) {
  std::string made = "(" + number(items.size());
  for (const std::string& item : items) made += item;
  return made;
}

// `lambda x: x` by its fields.
struct Fields {
  std::size_t positional = 1;
  std::size_t positional_only = 0;
  std::size_t keyword_only = 0;
  std::size_t locals = 1;
  std::size_t stack = 1;
  std::size_t flags = 67;
  std::string code;
  std::string constants = tuple({"N"});
  std::string names = tuple({});
  std::string variables = tuple({text("x")});
  std::string free = tuple({});
  std::string cells = tuple({});
  std::string file = text("m.py");
  std::string name = text("<lambda>");
};

Result<Code> read(const std::function<void(Fields&)>& change) {
  Fields fields;
  fields.code = bytes(std::string_view("|\0S\0", 4));
  change(fields);
  std::string all = "c";
  for (const std::size_t each :
       {fields.positional, fields.positional_only, fields.keyword_only, fields.locals, fields.stack, fields.flags}) {
    all += number(each);
  }
  return read_code(all + fields.code + fields.constants + fields.names + fields.variables + fields.free + fields.cells +
                   fields.file + fields.name + number(1) + bytes(""));
}

TEST(CodeConditions, EveryFieldIsLookedAt) {
  struct Row {
    std::string_view what;
    std::function<void(Fields&)> change;
    // Of the sentence; empty where the code is read.
    std::string_view said;
  };
  constexpr std::size_t kMinusOne = 0xFFFFFFFF;
  const Row rows[] = {
      {"nothing", [](Fields&) {}, ""},
      {"-1 parameters", [](Fields& f) { f.positional = kMinusOne; }, "counts -1 of something"},
      {"-1 keywords", [](Fields& f) { f.keyword_only = kMinusOne; }, "counts -1 of something"},
      {"-1 of stack", [](Fields& f) { f.stack = kMinusOne; }, "counts -1 of something"},
      {"a stack past every limit", [](Fields& f) { f.stack = 0x7FFFFFFF; }, "counts 2147483647 of something"},
      {"a deep stack", [](Fields& f) { f.stack = 1025; }, "instructions on a stack of"},
      {"two parameters of one variable", [](Fields& f) { f.positional = 2; }, "are more than its 1 variables"},
      {"*args beyond the variables", [](Fields& f) { f.flags |= 4; }, "are more than its 1 variables"},
      {"**kwargs beyond the variables", [](Fields& f) { f.flags |= 8; }, "are more than its 1 variables"},
      {"*args alone",
       [](Fields& f) {
         f.flags |= 4;
         f.positional = 0;
       },
       "takes *args alone"},
      {"no parameter", [](Fields& f) { f.positional = 0; }, "takes no argument"},
      {"a generator", [](Fields& f) { f.flags |= 0x20; }, "a generator or a coroutine"},
      {"a coroutine", [](Fields& f) { f.flags |= 0x80; }, "a generator or a coroutine"},
      {"a generator expression",
       [](Fields& f) {
         f.flags |= 0x20;
         f.name = text("<genexpr>");
       },
       "a generator or a coroutine"},
      {"no instructions", [](Fields& f) { f.code = bytes(""); }, "expected instructions of two bytes, found 0 bytes"},
      {"half an instruction", [](Fields& f) { f.code = bytes("|S|"); }, "of two bytes, found 3 bytes"},
      {"a name that is a number", [](Fields& f) { f.names = tuple({"i" + number(1)}); }, "a string among its names"},
      {"a name that is no UTF-8", [](Fields& f) { f.names = tuple({text("\xFF")}); }, "a string among its names"},
      {"a variable that is None", [](Fields& f) { f.variables = tuple({"N"}); }, "a string among its variables"},
      {"a cell that is None", [](Fields& f) { f.cells = tuple({"N"}); }, "a string among its cell variables"},
      {"a free variable that is None", [](Fields& f) { f.free = tuple({"N"}); }, "a string among its free variables"},
      {"constants that are no tuple", [](Fields& f) { f.constants = "N"; }, "as its constants"},
      {"names that are no tuple", [](Fields& f) { f.names = "N"; }, "as its names"},
      {"code that is text", [](Fields& f) { f.code = text("|S"); }, "as its code"},
      {"a file name that is None", [](Fields& f) { f.file = "N"; }, "as its filename"},
      {"a name that is None", [](Fields& f) { f.name = "N"; }, "as its name"},
      {"the largest stack", [](Fields& f) { f.stack = 4096; }, "instructions on a stack of"},
      {"a larger one", [](Fields& f) { f.stack = 4097; }, "counts 4097 of something"},
  };
  for (const auto& [what, change, said] : rows) {
    const auto code = read(change);
    EXPECT_EQ(code.has_value(), said.empty()) << what << ": " << (code ? "" : code.error().text());
    const std::string found = code ? "" : code.error().text();
    EXPECT_NE(found.find(said), std::string::npos) << what << ": " << found;
    expect_recorded("serializer/sentences.txt", found);
  }
}

TEST(CodeConditions, APathOfWindowsIsKnownByItsDrive) {
  const std::pair<std::string_view, bool> rows[] = {
      {"C:\\m.py", true}, {"C:/m.py", true},  {"c:/m.py", true}, {"Z:/m", true},     {"z:\\m", true}, {"A:/", true},
      {"a:/", true},      {"[:/m", false},    {"@:/m", false},   {"`:/m", false},    {"{:/m", false}, {"1:/m", false},
      {"C:m.py", false},  {"C;/m.py", false}, {"C:", false},     {"/home/m", false}, {"", false},     {"C:|m", false},
  };
  for (const auto& [path, is_windows] : rows) {
    const auto code = read([&](Fields& fields) { fields.file = text(path); });
    ASSERT_TRUE(code) << path << ": " << code.error().text();
    EXPECT_EQ(code->from_windows, is_windows) << path;
  }
}

// A count of 0x5C is 0x2F behind Keras on Windows: of two that may be such, each is tried, the first one first.
TEST(CodeConditions, TheOneCountThatWasDamagedIsFound) {
  const std::string path = "C:/" + std::string(0x5C - 3, 'p');
  const std::string whole(0x2F, 'w');
  const std::string damaged = "u" + number(0x2F) + path;
  const auto code = read([&](Fields& fields) {
    fields.constants = tuple({"N", text(whole)});
    fields.file = damaged;
  });
  ASSERT_TRUE(code) << code.error().text();
  EXPECT_EQ(code->file_name, path);
  EXPECT_TRUE(code->from_windows);
  // What is viewed is kept.
  const char* const begin = code->bytes.data();
  for (const std::string_view view : {code->file_name, code->function_name}) {
    EXPECT_GE(view.data(), begin);
    EXPECT_LE(view.data() + view.size(), begin + code->bytes.size());
  }
  const auto both = read([&](Fields& fields) {
    fields.constants = tuple({"N", "u" + number(0x2F) + std::string(0x5C, 'c')});
    fields.file = damaged;
  });
  ASSERT_TRUE(both) << both.error().text();
  EXPECT_EQ(both->file_name, path);
}

TEST(CodeConditions, AComprehensionIsKnownByItsName) {
  const std::pair<std::string_view, bool> rows[] = {{"<listcomp>", true}, {"<genexpr>", true}, {"<setcomp>", true},
                                                    {"<dictcomp>", true}, {"<lambda>", false}, {"listcomp", false}};
  for (const auto& [name, is_one] : rows) {
    const auto code = read([&](Fields& fields) { fields.name = text(name); });
    ASSERT_TRUE(code) << name << ": " << code.error().text();
    EXPECT_EQ(is_comprehension(*code), is_one) << name;
  }
}

}  // namespace
}  // namespace revive::python
