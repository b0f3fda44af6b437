#include "revive/fuzz/mutators/marshal_writer.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "revive/fuzz/seeds/seeds.h"
#include "revive_build/source_dir.h"

namespace revive::fuzz {
namespace {

using python::Layout;
using python::Marshalled;
using python::Object;

// Objects, whatever they share.
bool equal(const Marshalled& a, python::ObjectIndex left, const Marshalled& b, python::ObjectIndex right) {
  const Object& x = a.objects[left];
  const Object& y = b.objects[right];
  if (x.kind != y.kind || x.integer != y.integer || x.reals != y.reals || x.text != y.text || x.numbers != y.numbers ||
      x.items.size() != y.items.size()) {
    return false;
  }
  for (std::size_t i = 0; i < x.items.size(); ++i) {
    if (!equal(a, x.items[i], b, y.items[i])) return false;
  }
  return true;
}

TEST(MarshalWriter, WritesWhatReadsAsTheSameObjects) {
  for (const auto& [version, layout] : {std::pair{"3.7", Layout::a}, {"3.10", Layout::b}, {"3.13", Layout::c}}) {
    std::ifstream file(std::string(REVIVE_SOURCE_DIR "/corpus/lambdas/python") + version + ".json");
    const auto seeds = bytecode_seeds(std::string((std::istreambuf_iterator<char>(file)), {}));
    ASSERT_TRUE(seeds) << seeds.error().text();
    for (const BytecodeSeed& seed : *seeds) {
      const std::string_view bytes(reinterpret_cast<const char*>(seed.bytes.data()), seed.bytes.size());
      const auto read = python::read_marshal(bytes, layout);
      ASSERT_FALSE(read.error) << seed.name;
      const auto written = write_marshal(read.value, layout, 4096);
      ASSERT_TRUE(written) << seed.name;
      const auto again = python::read_marshal(*written, layout);
      ASSERT_FALSE(again.error) << seed.name << ": " << again.error->text();
      EXPECT_TRUE(equal(read.value, read.value.root, again.value, again.value.root)) << seed.name;
    }
  }
}

TEST(MarshalWriter, WritesIntsOfEverySize) {
  for (const std::int64_t value : {INT64_MIN, std::int64_t{INT32_MIN} - 1, std::int64_t{INT32_MIN}, std::int64_t{-1},
                                   std::int64_t{0}, std::int64_t{INT32_MAX} + 1, INT64_MAX}) {
    Object object;
    object.kind = Object::Kind::integer;
    object.integer = value;
    const auto written = write_marshal({{object}, 0}, Layout::b, 64);
    ASSERT_TRUE(written);
    EXPECT_EQ(python::read_marshal(*written, Layout::b).value.objects[0].integer, value);
  }
}

// Each kind of object, byte by byte as marshal.c spells it.
TEST(MarshalWriter, SpellsEachKind) {
  using Kind = Object::Kind;
  const auto written = [](Object object, std::vector<Object> items = {}) {
    Marshalled value{std::move(items), 0};
    for (python::ObjectIndex i = 0; i < value.objects.size(); ++i) object.items.push_back(i);
    value.objects.push_back(std::move(object));
    value.root = static_cast<python::ObjectIndex>(value.objects.size() - 1);
    return write_marshal(value, Layout::b, 100).value_or("too large");
  };
  const auto of = [](Kind kind, std::int64_t integer = 0, std::string_view text = {}) {
    Object object;
    object.kind = kind;
    object.integer = integer;
    object.text = text;
    return object;
  };
  using namespace std::string_literals;
  EXPECT_EQ(written(of(Kind::none)), "N");
  EXPECT_EQ(written(of(Kind::boolean, 1)), "T");
  EXPECT_EQ(written(of(Kind::boolean, 0)), "F");
  EXPECT_EQ(written(of(Kind::ellipsis)), ".");
  EXPECT_EQ(written(of(Kind::integer, 0x01020304)), "i\x04\x03\x02\x01"s);
  EXPECT_EQ(written(of(Kind::integer, INT32_MAX)), "i\xFF\xFF\xFF\x7F"s);
  EXPECT_EQ(written(of(Kind::integer, INT32_MIN)), "i\x00\x00\x00\x80"s);
  // Digits of 15 bits, their number signed as the whole.
  EXPECT_EQ(written(of(Kind::integer, std::int64_t{INT32_MAX} + 1)), "l\x03\x00\x00\x00\x00\x00\x00\x00\x02\x00"s);
  EXPECT_EQ(written(of(Kind::integer, std::int64_t{INT32_MIN} - 1)), "l\xFD\xFF\xFF\xFF\x01\x00\x00\x00\x02\x00"s);
  EXPECT_EQ(written(of(Kind::bytes, 0, "ab")),
            "s\x02\x00\x00\x00"
            "ab"s);
  EXPECT_EQ(written(of(Kind::string, 0, "ab")),
            "u\x02\x00\x00\x00"
            "ab"s);
  EXPECT_EQ(written(of(Kind::tuple), {of(Kind::none), of(Kind::ellipsis)}), "(\x02\x00\x00\x00N."s);
  EXPECT_EQ(written(of(Kind::frozenset), {of(Kind::none)}), ">\x01\x00\x00\x00N"s);
  EXPECT_EQ(written(of(Kind::slice), {of(Kind::none), of(Kind::none), of(Kind::ellipsis)}), ":NN.");
  Object real = of(Kind::real);
  real.reals = {1.0, 2.0};
  EXPECT_EQ(written(real), "g\x00\x00\x00\x00\x00\x00\xF0\x3F"s);
  real.kind = Kind::complex;
  EXPECT_EQ(written(real), "y\x00\x00\x00\x00\x00\x00\xF0\x3F\x00\x00\x00\x00\x00\x00\x00\x40"s);
}

// As much as there is room for, and not a byte more.
TEST(MarshalWriter, KeepsToItsRoom) {
  Object text;
  text.kind = Object::Kind::string;
  text.text = "abc";
  EXPECT_TRUE(write_marshal({{text}, 0}, Layout::b, 8));
  EXPECT_FALSE(write_marshal({{text}, 0}, Layout::b, 7));
}

// Sixty pairs of the pair before: 2^60 objects when they are written out.
TEST(MarshalWriter, SharedObjectsAreNotWrittenWithoutEnd) {
  Marshalled value{{Object{}}, 0};
  for (python::ObjectIndex i = 0; i < 60; ++i) {
    Object pair;
    pair.kind = Object::Kind::tuple;
    pair.items = {i, i};
    value.objects.push_back(pair);
    value.root = i + 1;
  }
  EXPECT_FALSE(write_marshal(value, Layout::b, 1 << 16));
}

}  // namespace
}  // namespace revive::fuzz
