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
