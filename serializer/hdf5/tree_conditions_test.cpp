// What a tree of groups and datasets may hold to be written, and when two are the same.
#include <gtest/gtest.h>

#include "revive/serializer/hdf5/hdf5.h"

namespace revive::hdf5 {
namespace {

constexpr std::array<std::byte, 16> kBytes{};

Dataset dataset(Dims dims, std::size_t bytes, DType dtype = DType::float32) {
  return {dtype, std::move(dims), std::span(kBytes).first(bytes)};
}

Group with(std::string name, Object object) {
  Group group;
  group.links.emplace(std::move(name), std::move(object));
  return group;
}

std::string said_of(const Group& group, const Limits& limits = {}) {
  const Status status = check_writable(group, limits);
  return status ? "" : status.error().message;
}

TEST(TreeConditions, BytesAreAsManyAsDimsAndDtypeAskFor) {
  const std::string two = "expected the bytes of a float32 of shape (2,), found ";
  EXPECT_EQ(said_of(with("d", dataset({2}, 8))), "");
  EXPECT_EQ(said_of(with("d", dataset({2}, 4))), two + "4 bytes");
  EXPECT_EQ(said_of(with("d", dataset({2}, 1))), two + "1 bytes");
  EXPECT_EQ(said_of(with("d", dataset({2}, 9))), two + "9 bytes");
  EXPECT_EQ(said_of(with("d", dataset({}, 4))), "");
  EXPECT_EQ(said_of(with("d", dataset({0}, 0))), "");
  EXPECT_EQ(said_of(with("d", dataset({2}, 16, DType::float64))), "");
  EXPECT_NE(said_of(with("d", dataset({std::int64_t{1} << 62, 4}, 0))), "");
  EXPECT_NE(said_of(with("d", dataset({std::int64_t{1} << 62}, 0))), "");
}

TEST(TreeConditions, NamesAndStringsAreSuchAsAFileCanHold) {
  const std::string names = "expected link names that are UTF-8, not empty, not \".\" and without '/' and NUL";
  EXPECT_EQ(said_of(with("a b", Group{})), "");
  for (const std::string& name :
       {std::string(), std::string("."), std::string("a/b"), std::string("a\0b", 3), std::string("\xFF")}) {
    EXPECT_EQ(said_of(with(name, Group{})), names) << name;
  }
  Group named;
  named.name_attribute = "vars";
  EXPECT_EQ(said_of(named), "");
  for (const std::string& text : {std::string("\xFF"), std::string("a\0b", 3)}) {
    named.name_attribute = text;
    EXPECT_EQ(said_of(named), "expected an attribute that is UTF-8 without NUL");
  }
}

TEST(TreeConditions, LimitsHold) {
  Limits limits;
  limits.hdf5_name_bytes = 2;
  // The root is one of them.
  limits.hdf5_objects = 2;
  const std::string said = "expected at most 2 objects with names of at most 2 bytes";
  EXPECT_EQ(said_of(with("ab", Group{}), limits), "");
  EXPECT_EQ(said_of(with("abc", Group{}), limits), said);
  Group two = with("a", Group{});
  two.links.emplace("b", Group{});
  EXPECT_EQ(said_of(two, limits), said);
  limits.hdf5_objects = 3;
  EXPECT_EQ(said_of(two, limits), "");
  limits.hdf5_depth = 1;
  EXPECT_EQ(said_of(with("a", Group{}), limits), "");
  EXPECT_EQ(said_of(with("a", with("b", Group{})), limits), "expected at most 1 nested groups");
  limits.tensor_rank = 1;
  EXPECT_EQ(said_of(with("a", dataset({1, 1}, 4)), limits), "expected at most 1 dims, found 2");
}

TEST(TreeConditions, PathsThatLeadNowhereEndThere) {
  Group root;
  root.put("a/d", dataset({2}, 8));
  for (const std::string_view path : {"b/c", "b/c/d", "a/d/e", "a/d/e/f", "/b//c/"}) {
    EXPECT_EQ(root.group(path), nullptr) << path;
    EXPECT_EQ(root.dataset(path), nullptr) << path;
  }
}

TEST(TreeConditions, AnObjectIsNamedByItsPath) {
  const auto place = [](const Group& group) { return check_writable(group).error().place; };
  EXPECT_EQ(place(with("a", dataset({2}, 4))), "model.weights.h5: /a");
  EXPECT_EQ(place(with("a", with("b", dataset({2}, 4)))), "model.weights.h5: /a/b");
  EXPECT_EQ(place(with("a", with(".", Group{}))), "model.weights.h5: /a");
  EXPECT_EQ(place(with(".", Group{})), "model.weights.h5: /");
}

TEST(TreeConditions, TreesAreTheSameIfEveryPartIs) {
  const Dataset one = dataset({2}, 8);
  EXPECT_EQ(one, dataset({2}, 8));
  EXPECT_FALSE(one == dataset({2}, 8, DType::int32));
  EXPECT_FALSE(one == dataset({2, 1}, 8));
  const std::array<std::byte, 8> others{std::byte{1}};
  EXPECT_FALSE(one == (Dataset{DType::float32, {2}, others}));
  Group named = with("a", one);
  EXPECT_EQ(named, with("a", one));
  EXPECT_FALSE(named == with("b", one));
  EXPECT_FALSE(named == with("a", Group{}));
  named.name_attribute = "vars";
  EXPECT_FALSE(named == with("a", one));
}

}  // namespace
}  // namespace revive::hdf5
