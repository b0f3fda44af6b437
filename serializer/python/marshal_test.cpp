#include "revive/serializer/python/marshal.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "revive/model/testing/recorded.h"
#include "revive/serializer/python/assembler_testing.h"

namespace revive::python {
namespace {

using namespace std::string_literals;
using Kind = Object::Kind;

const Object& root(const MarshalRead& read) {
  return read.value.objects[read.value.root];
}

MarshalRead read(const std::string& bytes) {
  static std::string kept;
  kept = bytes;
  return read_marshal(kept, Layout::b);
}

TEST(Marshal, ReadsWhatMarshalDumpsWrites) {
  EXPECT_EQ(root(read("N")).kind, Kind::none);
  EXPECT_EQ(root(read("T")).integer, 1);
  EXPECT_EQ(root(read("F")).kind, Kind::boolean);
  EXPECT_EQ(root(read("\xae")).kind, Kind::ellipsis);
  EXPECT_EQ(root(read("i\xfe\xff\xff\xff"s)).integer, -2);
  // marshal.dumps(2 ** 31), marshal.dumps(-(2 ** 63))
  EXPECT_EQ(root(read("l\x03\x00\x00\x00\x00\x00\x00\x00\x02\x00"s)).integer, std::int64_t{1} << 31);
  EXPECT_EQ(root(read("l\xfb\xff\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00\x08\x00"s)).integer, INT64_MIN);
  // marshal.dumps(-(2 ** 31) - 1), marshal.dumps(-(2 ** 40))
  EXPECT_EQ(root(read("l\xfd\xff\xff\xff\x01\x00\x00\x00\x02\x00"s)).integer, -(std::int64_t{1} << 31) - 1);
  EXPECT_EQ(root(read("l\xfd\xff\xff\xff\x00\x00\x00\x00\x00\x04"s)).integer, -(std::int64_t{1} << 40));
  EXPECT_EQ(root(read("g\x00\x00\x00\x00\x00\x00\xf8\xbf"s)).reals[0], -1.5);
  EXPECT_EQ(root(read("y\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x40"s)).reals[1], 2.0);
  EXPECT_EQ(root(read("s\x03\x00\x00\x00"s + "abc")).text, "abc");
  for (const char* const type : {"z", "Z"}) EXPECT_EQ(root(read(type + "\x02xy"s)).text, "xy");
  for (const char* const type : {"a", "A", "u", "t"}) EXPECT_EQ(root(read(type + "\x02\x00\x00\x00xy"s)).text, "xy");
  EXPECT_EQ(root(read("(\x02\x00\x00\x00NN"s)).items.size(), 2U);
  EXPECT_EQ(root(read(">\x01\x00\x00\x00T"s)).kind, Kind::frozenset);
  EXPECT_EQ(root(read(":NTF")).items.size(), 3U);
}

// (x, (x, x)) with the inner x being references: objects are shared, not copied.
TEST(Marshal, ReferencesAreTheObjectsThatTheyReferTo) {
  const MarshalRead shared = read(")\x02\xda\x01x)\x02r\x00\x00\x00\x00r\x00\x00\x00\x00"s);
  ASSERT_FALSE(shared.error);
  const Object& outer = root(shared);
  const Object& inner = shared.value.objects[outer.items[1]];
  EXPECT_EQ(inner.items[0], outer.items[0]);
  EXPECT_EQ(inner.items[1], outer.items[0]);
  // The flagged tuple is object 0, and is not whole while its items are read.
  EXPECT_EQ(read("\xa9\x02\xda\x01xr\x01\x00\x00\x00"s).error, std::nullopt);
  EXPECT_TRUE(read("\xa9\x02\xda\x01xr\x00\x00\x00\x00"s).error);
}

// Both sides of each bound of what is read.
TEST(Marshal, TakesAsMuchAsTheBounds) {
  // kMostMarshalBytes of text, its head among them.
  const std::string text = "s"s + "\xfb\xff\0\0"s + std::string(0xFFFB, 'x');
  ASSERT_EQ(text.size(), kMostMarshalBytes);
  EXPECT_FALSE(read(text).error);
  EXPECT_EQ(root(read("(\0\x10\0\0"s + std::string(4096, 'N'))).items.size(), 4096U);
  EXPECT_EQ(root(read(")\xff"s + std::string(255, 'N'))).items.size(), 255U);
  // 2 ** 63 - 1, and what is no int of 64 bits with either sign.
  EXPECT_EQ(root(read("l\x05\0\0\0\xff\x7f\xff\x7f\xff\x7f\xff\x7f\x07\0"s)).integer, INT64_MAX);
  EXPECT_EQ(root(read("l\xfb\xff\xff\xff\xff\x7f\xff\x7f\xff\x7f\xff\x7f\x07\0"s)).integer, -INT64_MAX);
  EXPECT_TRUE(read("l\xfb\xff\xff\xff\x01\0\0\0\0\0\0\0\x08\0"s).error);
  EXPECT_TRUE(read("l\xfa\xff\xff\xff"s + std::string(12, '\0')).error);
  EXPECT_EQ(root(read("l\0\0\0\0"s)).integer, 0);
  EXPECT_EQ(root(read("l\x01\0\0\0\xff\x7f"s)).integer, 0x7FFF);
  EXPECT_EQ(root(read("l\x02\0\0\0\x01\0\x02\0"s)).integer, 1 + (2 << 15));
  EXPECT_EQ(root(read("y\0\0\0\0\0\0\xf8\xbf\0\0\0\0\0\0\0\x40"s)).reals[0], -1.5);
}

// In the order of the bytes: a slot is taken by what is begun first, and what is not flagged takes none.
TEST(Marshal, ReferencesAreNumberedAsTheyBegin) {
  // (("x", "y"), "z", the tuple, "x", "y", "z"), where all but "y" may be referred to.
  const MarshalRead made = read(")\x05\xa9\x02\xda\x01xz\x01y\xda\x01zr\0\0\0\0r\x01\0\0\0r\x02\0\0\0"s);
  ASSERT_FALSE(made.error) << made.error->text();
  const Object& all = root(made);
  const Object& pair = made.value.objects[all.items[0]];
  EXPECT_EQ(all.items[2], all.items[0]);
  EXPECT_EQ(all.items[3], pair.items[0]);
  EXPECT_EQ(all.items[4], all.items[1]);
  EXPECT_EQ(made.value.objects[pair.items[1]].text, "y");
  EXPECT_TRUE(read(")\x02\xda\x01xr\x01\0\0\0"s).error);
}

struct Refusal {
  std::string bytes;
  ErrorCode code;
  std::string text;
};

TEST(Marshal, APrefixOfAnObjectIsNone) {
  const testing::Function function;
  const std::string whole = function.marshalled({{"LOAD_FAST", 0}, {"RETURN_VALUE"}});
  ASSERT_FALSE(read(whole).error) << read(whole).error->text();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const MarshalRead made = read(whole.substr(0, size));
    ASSERT_TRUE(made.error) << size;
    EXPECT_EQ(made.error->code, ErrorCode::bytecode_format) << size;
    EXPECT_NE(made.error->text().find("more bytes, found"), std::string::npos) << made.error->text();
  }
}

TEST(Marshal, RefusesWhatNoCodeObjectHolds) {
  const auto nested = [](std::size_t depth) {
    std::string bytes;
    for (std::size_t i = 1; i < depth; ++i) bytes += ")\x01"s;
    return bytes + "N";
  };
  EXPECT_FALSE(read(nested(kMostNesting)).error);
  const std::array kCases = {
      Refusal{"", ErrorCode::bytecode_format, "byte 0: expected 1 more bytes, found 0"},
      Refusal{"NN", ErrorCode::bytecode_format, "byte 1: expected the end, found 1 more bytes"},
      Refusal{"[\x01\x00\x00\x00N"s, ErrorCode::bytecode_format,
              "byte 0: a type code that no code object holds, byte 0x5b"},
      Refusal{"i\x01\x02", ErrorCode::bytecode_format, "byte 1: expected 4 more bytes, found 2"},
      Refusal{"s\xff\xff\xff\xff"s, ErrorCode::bytecode_format, "byte 5: expected 4294967295 more bytes, found 0"},
      Refusal{")\x02N", ErrorCode::bytecode_format, "byte 2: expected 2 more bytes, found 1"},
      Refusal{"r\x00\x00\x00\x00"s, ErrorCode::bytecode_format, "a reference to object 0, which is not there yet"},
      Refusal{"l\x01\x00\x00\x00\x00\x80"s, ErrorCode::bytecode_format, "expected a digit of 15 bits"},
      Refusal{"l\x06\x00\x00\x00"s + std::string(12, '\1'), ErrorCode::limit_exceeded, "expected an int of 64 bits"},
      Refusal{"l\x05\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x08\x00"s, ErrorCode::limit_exceeded,
              "expected an int of 64 bits"},
      Refusal{"(\x01\x10\x00\x00"s + std::string(5000, 'N'), ErrorCode::limit_exceeded,
              "expected at most 4096 items, found 4097"},
      Refusal{nested(kMostNesting + 1), ErrorCode::limit_exceeded, "expected at most 32 nested objects"},
      Refusal{std::string(kMostMarshalBytes + 1, 'N'), ErrorCode::limit_exceeded,
              "expected at most 65536 bytes of code"},
  };
  for (const Refusal& refusal : kCases) {
    const MarshalRead made = read(refusal.bytes);
    ASSERT_TRUE(made.error) << refusal.text;
    EXPECT_EQ(made.error->code, refusal.code) << refusal.text;
    EXPECT_NE(made.error->text().find(refusal.text), std::string::npos) << made.error->text();
    expect_recorded("serializer/sentences.txt", made.error->text());
  }
}

}  // namespace
}  // namespace revive::python
