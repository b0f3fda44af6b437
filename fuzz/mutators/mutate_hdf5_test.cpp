#include "revive/fuzz/mutators/mutate_hdf5.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <set>

#include "revive/fuzz/mutators/each_row.h"
#include "revive/fuzz/mutators/fuzz_limits.h"
#include "revive/serializer/hdf5/hdf5.h"
#include "revive/serializer/hdf5/structure.h"
#include "revive/serializer/zip/zip_builder.h"

namespace revive::fuzz {
namespace {

using testing::ElementsAre;

// Two layers alike and one that is not.
std::string weights_file() {
  static const std::vector<float> numbers = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  const auto view = [](std::size_t from, std::size_t count) {
    return std::as_bytes(std::span(numbers).subspan(from, count));
  };
  hdf5::Group root;
  root.put("layers/dense/vars/0", {DType::float32, {2, 3}, view(0, 6)});
  root.put("layers/dense/vars/1", {DType::float32, {3}, view(0, 3)});
  root.put("layers/dense_1/vars/0", {DType::float32, {2, 3}, view(6, 6)});
  root.put("layers/dense_1/vars/1", {DType::float32, {3}, view(4, 3)});
  root.put("layers/norm/vars/0", {DType::float32, {4}, view(2, 4)});
  root.make_group("layers/dense/vars").name_attribute = "dense";
  const auto bytes = hdf5::write(root);
  return std::string(zip::text_of(bytes));
}

// Each object by its path: "group NAME" or "DTYPE DIMS BYTES".
struct Objects {
  std::map<std::string, std::string> groups;
  std::map<std::string, std::tuple<DType, Dims, std::string>> datasets;

  friend bool operator==(const Objects&, const Objects&) = default;
};

void note(const hdf5::Group& group, const std::string& path, Objects& objects) {
  objects.groups[path] = group.name_attribute.value_or("-");
  for (const auto& [name, object] : group.links) {
    if (const auto* inner = std::get_if<hdf5::Group>(&object)) {
      note(*inner, path + "/" + name, objects);
    } else {
      const auto& dataset = std::get<hdf5::Dataset>(object);
      objects.datasets[path + "/" + name] = {dataset.dtype, dataset.dims, std::string(zip::text_of(dataset.bytes))};
    }
  }
}

Objects objects_of(const std::string& file) {
  Objects objects;
  if (const auto root = hdf5::read(zip::bytes_of(file), kFuzzLimits)) note(*root, "", objects);
  return objects;
}

std::string text_of(const Objects& objects) {
  std::string text;
  for (const auto& [path, name] : objects.groups) text += path + ' ' + name + '\n';
  for (const auto& [path, dataset] : objects.datasets) {
    text += path + ' ' + std::string(name_of(std::get<0>(dataset))) + to_string(std::get<1>(dataset)) +
            std::get<2>(dataset) + '\n';
  }
  return text;
}

// The datasets that differ in a way: where they are in both.
template <std::size_t kPart>
std::size_t differing(const Objects& a, const Objects& b) {
  return static_cast<std::size_t>(std::ranges::count_if(a.datasets, [&](const auto& each) {
    const auto other = b.datasets.find(each.first);
    return other != b.datasets.end() && std::get<kPart>(each.second) != std::get<kPart>(other->second);
  }));
}
bool same_places(const Objects& a, const Objects& b) {
  return a.groups == b.groups && std::ranges::equal(
                                     a.datasets, b.datasets, {}, [](const auto& each) { return each.first; },
                                     [](const auto& each) { return each.first; });
}
std::vector<std::string> contents(const Objects& objects) {
  std::vector<std::string> all;
  for (const auto& [path, dataset] : objects.datasets)
    all.push_back(to_string(std::get<1>(dataset)) + std::get<2>(dataset));
  std::ranges::sort(all);
  return all;
}

TEST(Hdf5Mutations, EachRowChangesOneThingOfTheTree) {
  const std::string file = weights_file();
  const Objects before = objects_of(file);
  ASSERT_EQ(before.datasets.size(), 5U);
  expect_each_row_changes<Objects>(
      "hdf5", hdf5_rows(), [](Hdf5Tree&) {},
      {{"elements", 95,
        [](const Objects& a, const Objects& b) {
          return same_places(a, b) && differing<0>(a, b) == 0 && differing<1>(a, b) == 0 && differing<2>(a, b) == 1;
        }},
       {"swap_datasets", 80,
        [](const Objects& a, const Objects& b) {
          return same_places(a, b) && (contents(a) == contents(b) || differing<2>(a, b) == 1);
        }},
       {"dims", 75,
        [](const Objects& a, const Objects& b) {
          return same_places(a, b) && differing<0>(a, b) == 0 && differing<1>(a, b) == 1;
        }},
       {"dtype", 75,
        [](const Objects& a, const Objects& b) {
          return same_places(a, b) && differing<0>(a, b) == 1 && differing<1>(a, b) == 0;
        }},
       {"rename", 85,
        [](const Objects& a, const Objects& b) {
          return a.groups != b.groups || (a.datasets != b.datasets && differing<2>(a, b) <= 1);
        }},
       {"drop", 100,
        [](const Objects& a, const Objects& b) {
          return std::ranges::includes(a.groups, b.groups) && std::ranges::includes(a.datasets, b.datasets);
        }},
       {"add", 95,
        [](const Objects& a, const Objects& b) {
          return b.groups.size() > a.groups.size() || b.datasets.size() >= a.datasets.size();
        }},
       {"swap_groups", 90,
        [](const Objects& a, const Objects& b) { return contents(a) == contents(b) || differing<2>(a, b) == 1; }}},
      [&](const Hdf5Row& row, Random& random) {
        const auto made = mutate_hdf5_tree(file, random, std::span(&row, 1));
        if (!made) return Step<Objects>{before, before, false, "not written"};
        const Objects after = objects_of(*made);
        return Step<Objects>{before, after, after != before, text_of(after)};
      });
  expect_rows_come_up(hdf5_rows());
}

const Hdf5Row& row_of(std::string_view name) {
  return *std::ranges::find(hdf5_rows(), name, &Hdf5Row::name);
}

// Special floats of every kind stand among the elements.
TEST(Hdf5Mutations, ElementsBecomeSpecialFloats) {
  std::set<std::string> kinds;
  const std::string file = weights_file();
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Random random(seed);
    const Objects made = objects_of(*mutate_hdf5_tree(file, random, std::span(&row_of("elements"), 1)));
    for (const auto& [path, dataset] : made.datasets) {
      const std::string& bytes = std::get<2>(dataset);
      std::vector<float> numbers(bytes.size() / sizeof(float));
      std::memcpy(numbers.data(), bytes.data(), bytes.size());
      for (const float number : numbers) {
        if (std::isnan(number)) kinds.insert("nan");
        if (std::isinf(number)) kinds.insert(number > 0 ? "infinity" : "-infinity");
        if (number == 0) kinds.insert(std::signbit(number) ? "-0" : "0");
        if (number != 0 && std::fpclassify(number) == FP_SUBNORMAL) kinds.insert("subnormal");
      }
    }
  }
  EXPECT_THAT(kinds, ElementsAre("-0", "-infinity", "0", "infinity", "nan", "subnormal"));
}

// On disk a bool is an enum of 0 and 1.
TEST(Hdf5Mutations, ABoolIsZeroOrOne) {
  std::set<DType> dtypes;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Random random(seed);
    const auto made = mutate_hdf5_tree(weights_file(), random, std::span(&row_of("dtype"), 1));
    ASSERT_TRUE(made);
    for (const auto& [path, dataset] : objects_of(*made).datasets) {
      dtypes.insert(std::get<0>(dataset));
      if (std::get<0>(dataset) != DType::boolean) continue;
      EXPECT_TRUE(std::ranges::all_of(std::get<2>(dataset), [](char byte) { return byte == 0 || byte == 1; }));
      EXPECT_EQ(static_cast<std::int64_t>(std::get<2>(dataset).size()), *element_count(std::get<1>(dataset)));
    }
  }
  EXPECT_EQ(dtypes.size(), static_cast<std::size_t>(DType::boolean) + 1);
}

TEST(Hdf5Mutations, ATreeWithoutDatasetsIsLeftOrGetsOne) {
  hdf5::Group root;
  const auto bytes = hdf5::write(root);
  const std::string file(zip::text_of(bytes));
  for (const Hdf5Row& row : hdf5_rows()) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      Random random(seed);
      const auto made = mutate_hdf5_tree(file, random, std::span(&row, 1));
      ASSERT_TRUE(made) << row.name;
      EXPECT_EQ(objects_of(*made) == objects_of(file), row.name != "add") << row.name;
    }
  }
}

// One dataset, one link a group: nothing to swap it with.
TEST(Hdf5Mutations, WhatIsAloneIsChangedInsteadOfSwapped) {
  const std::vector<float> numbers = {1, 2, 3};
  hdf5::Group root;
  root.put("vars/0", {DType::float32, {3}, std::as_bytes(std::span(numbers))});
  const auto bytes = hdf5::write(root);
  const std::string file(zip::text_of(bytes));
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Random random(seed);
    const Objects made = objects_of(*mutate_hdf5_tree(file, random, std::span(&row_of("swap_groups"), 1)));
    EXPECT_EQ(differing<2>(objects_of(file), made), 1U);
    Random other(seed);
    EXPECT_EQ(objects_of(*mutate_hdf5_tree(file, other, std::span(&row_of("swap_datasets"), 1))), objects_of(file));
  }
}

TEST(Hdf5Mutations, WhatIsNoFileIsNoTree) {
  Random random(1);
  EXPECT_FALSE(mutate_hdf5_tree("no file", random));
  std::string file = "no file";
  mutate_hdf5_bytes(file, random, [](std::uint8_t*, std::size_t, std::size_t) -> std::size_t { return 0; });
  EXPECT_EQ(file, "no file");
}

std::size_t turn_over(std::uint8_t* data, std::size_t size, std::size_t max) {
  EXPECT_EQ(size, max);
  EXPECT_GE(size, 1U);
  EXPECT_LE(size, 8U);
  for (std::size_t i = 0; i < size; ++i) data[i] ^= 0xFF;
  return size;
}

// One field of at most eight bytes at an even place of a structure; the weights themselves stay.
TEST(Hdf5Mutations, EachRowChangesOneFieldOfAStructure) {
  const std::string file = weights_file();
  const auto extents = hdf5::structure_map(zip::bytes_of(file), kFuzzLimits);
  std::vector<bool> in_structure(file.size());
  for (const hdf5::Extent& extent : extents) {
    if (extent.structure == hdf5::Structure::raw_data) continue;
    for (std::uint64_t i = 0; i < extent.length; ++i) in_structure[extent.offset + i] = true;
  }
  std::set<std::string> addresses;
  using Bytes = std::string;
  const auto first = [](const Bytes& a, const Bytes& b) {
    return static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
  };
  const auto changed = [&](const Bytes& a, const Bytes& b) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < a.size(); ++i) count += a[i] != b[i] ? 1 : 0;
    return count;
  };
  const auto span_of = [&](const Bytes& a, const Bytes& b) {
    std::size_t last = a.size();
    while (last > 0 && a[last - 1] == b[last - 1]) --last;
    return last - first(a, b);
  };
  expect_each_row_changes<Bytes>(
      "hdf5_field", hdf5_field_rows(), [](const Hdf5Field&, Random&) {},
      {{"engine", 100,
        [&](const Bytes& a, const Bytes& b) { return changed(a, b) <= 8 && changed(a, b) == span_of(a, b); }},
       {"step", 100,
        [&](const Bytes& a, const Bytes& b) {
          const int step = static_cast<std::uint8_t>(b[first(a, b)] - a[first(a, b)]);
          return changed(a, b) == 1 && (step == 1 || step == 255);
        }},
       {"bit", 100,
        [&](const Bytes& a, const Bytes& b) {
          return changed(a, b) == 1 && std::has_single_bit(static_cast<std::uint8_t>(a[first(a, b)] ^ b[first(a, b)]));
        }},
       {"address", 75, [&](const Bytes& a, const Bytes& b) { return span_of(a, b) <= 8; }},
       {"cut", 100, [&](const Bytes& a, const Bytes& b) { return a.starts_with(b); }}},
      [&](const Hdf5FieldRow& row, Random& random) {
        Bytes made = file;
        mutate_hdf5_bytes(made, random, turn_over, std::span(&row, 1));
        if (made.size() == file.size() && made != file) {
          EXPECT_TRUE(in_structure[first(file, made)]) << row.name << " at " << first(file, made);
        }
        return Step<Bytes>{file, made, made != file, made};
      });
  expect_rows_come_up(hdf5_field_rows());
}

}  // namespace
}  // namespace revive::fuzz
