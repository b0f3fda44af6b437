// Groups that Keras 2 on Windows named by a whole path with backslashes: what they are read as, and what is refused.
#include <gtest/gtest.h>

#include <array>

#include "revive/model/layer.h"
#include "revive/serializer/keras/weights_codec.h"

namespace revive {
namespace {

constexpr std::array<std::byte, 8> kBytes{};
const hdf5::Dataset kData{DType::float32, {2}, kBytes};

Sequential empty_model() {
  return *Sequential::make(
      "m", {*make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 2}}}), *make_layer("ReLU", {})});
}

// The paths of what no layer has, or why the file is refused.
std::string carried(const hdf5::Group& file) {
  Sequential model = empty_model();
  const Status status = weights_to_model(file, model);
  if (!status) return status.error().text();
  std::string paths;
  for (const TrainingTensor& each : model.training_tensors()) paths += each.path + " ";
  return paths;
}

// A file of datasets under these names, each a single link of the root.
hdf5::Group of(std::initializer_list<std::string_view> names) {
  hdf5::Group file;
  for (const std::string_view name : names) file.links.emplace(std::string(name), kData);
  return file;
}

TEST(BackslashNames, ArePaths) {
  EXPECT_EQ(carried(of({"a\\b\\c", "d\\e"})), "a/b/c d/e ");
  EXPECT_EQ(carried(of({"a\\b\\c", "a\\b\\d", "a\\e"})), "a/b/c a/b/d a/e ");
  hdf5::Group mixed = of({"a\\b"});
  mixed.put("a/c", kData);
  hdf5::Group inner;
  inner.links.emplace("f\\g", kData);
  mixed.links.emplace("a\\e", inner);
  EXPECT_EQ(carried(mixed), "a/b a/c a/e/f/g ");
}

TEST(BackslashNames, HaveANameBetweenTwo) {
  const std::string said = ": expected names between the backslashes, found none";
  for (const auto& [name, path] : std::initializer_list<std::pair<std::string_view, std::string>>{
           {"a\\", "a/"}, {"\\a", "/a"}, {"a\\\\b", "a//b"}, {"\\", "/"}}) {
    EXPECT_EQ(carried(of({name})), "model.weights.h5: /" + path + said);
  }
}

TEST(BackslashNames, LeadToOneObjectEach) {
  const auto twice = [](std::string_view path) {
    return "model.weights.h5: /" + std::string(path) + ": expected one object of this name, found two";
  };
  // A dataset twice, a dataset where a group is, and a group where a dataset is.
  hdf5::Group again = of({"a\\b"});
  again.put("a/b", kData);
  EXPECT_EQ(carried(again), twice("a/b"));
  hdf5::Group above = of({"a\\b"});
  above.put("a/b/c", kData);
  EXPECT_EQ(carried(above), twice("a/b"));
  hdf5::Group below = of({"a\\b\\c"});
  below.put("a/b", kData);
  EXPECT_EQ(carried(below), twice("a/b/c"));
  hdf5::Group group;
  group.put("a/b", kData);
  group.links.emplace("a\\b", hdf5::Group());
  EXPECT_EQ(carried(group), twice("a/b"));
  // Groups may be said twice.
  hdf5::Group both;
  both.put("a/b/c", kData);
  hdf5::Group other;
  other.links.emplace("d", kData);
  both.links.emplace("a\\b", other);
  EXPECT_EQ(carried(both), "a/b/c a/b/d ");
}

TEST(BackslashNames, NestAsDeepAsGroups) {
  std::string name = "a";
  for (std::uint64_t i = 0; i < Limits().hdf5_depth; ++i) name += "\\a";
  std::string path = name;
  std::ranges::replace(path, '\\', '/');
  EXPECT_EQ(carried(of({name})), path + " ");
  EXPECT_EQ(carried(of({name + "\\a"})),
            "model.weights.h5: /" + path + "/a: expected at most 96 groups (Limits::hdf5_depth), found 97");
}

}  // namespace
}  // namespace revive
