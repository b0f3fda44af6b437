#include "revive/fuzz/mutators/shrink_archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "revive/fuzz/mutators/each_row.h"
#include "revive/fuzz/mutators/mutate_json.h"
#include "revive/fuzz/mutators/mutate_model.h"
#include "revive/serializer/hdf5/hdf5.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/keras_archive.h"
#include "revive/serializer/zip/archive.h"
#include "revive/serializer/zip/zip_builder.h"

namespace revive::fuzz {
namespace {

using testing::ElementsAre;

ArchiveParts parts_of(const std::string& archive) {
  return *open_archive({reinterpret_cast<const std::uint8_t*>(archive.data()), archive.size()});
}

ArchiveParts three_layers() {
  auto model = Sequential::make(
      "m", {*make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 3}}}),
            *make_layer("Dense", {{"units", 2}}), *make_layer("ReLU", {}), *make_layer("Dense", {{"units", 4}})});
  model->initialize(1);
  return parts_of(*archive_of(*model));
}

// Members as they are written here, whatever the codec writes: nothing that loads.
ArchiveParts plain_parts() {
  static const std::vector<float> numbers = {1, 2, 3, 4};
  const auto view = std::as_bytes(std::span(numbers));
  hdf5::Group root;
  root.put("layers/dense/vars/0", {DType::float32, {2, 2}, view});
  root.put("layers/dense/vars/1", {DType::float32, {4}, view});
  root.put("layers/dense_1/vars/0", {DType::float32, {4}, view});
  const auto bytes = hdf5::write(root);
  return {{{"metadata.json", R"({"keras_version": "3.15.1", "date_saved": "never"})"},
           {"config.json", R"({"class_name": "Sequential", "config": {"layers": [1, 2, [3]], "none": {}}})"},
           {"model.weights.h5", std::string(zip::text_of(bytes))}}};
}

// How many values a member's JSON has.
std::size_t values_in(const ArchiveParts& parts, std::string_view member) {
  auto document = read_json_part(parts, member);
  return document ? all_values(*document).size() : 0;
}

std::size_t objects_in(const hdf5::Group& group) {
  std::size_t count = group.links.size();
  for (const auto& [name, object] : group.links) {
    if (const auto* inner = std::get_if<hdf5::Group>(&object)) count += objects_in(*inner);
  }
  return count;
}
std::size_t objects_in(const ArchiveParts& parts) {
  const auto tree = hdf5::read(zip::bytes_of(parts.find(kWeightsMember)->bytes), kFuzzLimits);
  return tree ? objects_in(*tree) : 0;
}

// Opened again; what lacks its config or weights opens as nothing.
std::vector<std::string> differing_members(const ArchiveParts& a, const ArchiveParts& b) {
  std::vector<std::string> names;
  for (const Part& part : a.parts) {
    const Part* other = b.find(part.name);
    if (other == nullptr || other->bytes != part.bytes) names.push_back(part.name);
  }
  return names;
}

TEST(ShrinkArchive, EachRowLeavesOneThingOut) {
  const ArchiveParts before = plain_parts();
  std::set<std::string> shrunk_json;
  std::set<std::size_t> fewer_objects;
  expect_each_row_changes<std::string>(
      "shrink", shrink_rows(), [](ArchiveParts& parts, Random&) { return std::optional(repack_archive(parts)); },
      {{"member", 100,
        [&](const std::string&, const std::string& made) {
          return std::ranges::count_if(
                     before.parts, [&](const Part& part) { return made.find(part.name) == std::string::npos; }) == 1;
        }},
       {"weights", 100,
        [&](const std::string&, const std::string& made) {
          const ArchiveParts after = parts_of(made);
          const auto differing = differing_members(before, after);
          fewer_objects.insert(objects_in(before) - objects_in(after));
          return differing == std::vector<std::string>{"model.weights.h5"} && objects_in(after) < objects_in(before);
        }},
       {"value", 100,
        [&](const std::string&, const std::string& made) {
          const ArchiveParts after = parts_of(made);
          const auto differing = differing_members(before, after);
          if (differing.size() != 1) return false;
          shrunk_json.insert(differing[0]);
          return values_in(after, differing[0]) < values_in(before, differing[0]);
        }},
       {"layer", 100,
        [&](const std::string&, const std::string& made) {
          const auto model = load_bytes(zip::bytes_of(made));
          return model && (model->layers().size() == 3 || model->layers().size() == 2);
        }}},
      [&](const ShrinkRow& row, Random& random) {
        const ArchiveParts parts = row.name == "layer" ? three_layers() : before;
        const std::string whole = repack_archive(parts);
        const auto made = shrink_archive(parts, random, std::span(&row, 1));
        if (!made) return Step<std::string>{whole, whole, false, "nothing"};
        // What is drawn for the layers that are left follows from their classes.
        return Step<std::string>{whole, *made, *made != whole, row.name == "layer" ? "" : *made};
      });
  EXPECT_THAT(shrunk_json, ElementsAre("config.json", "metadata.json"));
  // An object alone, and a group with what is in it.
  EXPECT_THAT(fewer_objects, testing::IsSupersetOf({1U, 4U}));
  expect_rows_come_up(shrink_rows());
}

// What is not there cannot be left out.
TEST(ShrinkArchive, NothingComesOfWhatIsNotThere) {
  ArchiveParts empty = three_layers();
  empty.find(kConfigMember)->bytes = "{}";
  empty.find(kMetadataMember)->bytes = "[]";
  empty.find(kWeightsMember)->bytes = "no file";
  for (const ShrinkRow& row : shrink_rows().subspan(1)) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      Random random(seed);
      EXPECT_FALSE(shrink_archive(empty, random, std::span(&row, 1))) << row.name;
    }
  }
  ArchiveParts no_json = three_layers();
  no_json.find(kConfigMember)->bytes = "{";
  no_json.find(kMetadataMember)->bytes = "{";
  Random random(1);
  EXPECT_FALSE(shrink_archive(no_json, random, shrink_rows().subspan(2, 1)));
  ArchiveParts no_weights = three_layers();
  const auto bytes = hdf5::write({});
  no_weights.find(kWeightsMember)->bytes = std::string(zip::text_of(bytes));
  EXPECT_EQ(shrink_archive(no_weights, random, shrink_rows().subspan(1, 1)), repack_archive(no_weights));
}

// A group that has nothing in it is left out itself.
TEST(ShrinkArchive, AnEmptyGroupIsLeftOut) {
  ArchiveParts parts = three_layers();
  hdf5::Group root;
  root.make_group("layers");
  parts.find(kWeightsMember)->bytes = std::string(zip::text_of(hdf5::write(root)));
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Random random(seed);
    const auto made = shrink_archive(parts, random, shrink_rows().subspan(1, 1));
    ASSERT_TRUE(made);
    EXPECT_EQ(objects_in(parts_of(*made)), 0U);
  }
}

}  // namespace
}  // namespace revive::fuzz
