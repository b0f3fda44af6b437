// libhdf5 as oracle: it reads what we write, and we read what it writes, with the same names, shapes and bytes.
//
// It runs in a child process, because a mistake of ours may crash it. Built where libhdf5 is installed; the product
// does not use it.
#include <gtest/gtest.h>
#include <fstream>
#include <iterator>
#include <ostream>
#include <utility>

#include "revive/properties/testing/libhdf5.h"

namespace revive::hdf5 {
namespace {

using testing::difference;
using testing::in_child;
using testing::list;
using testing::list_with_libhdf5;
using testing::Listing;
using testing::string_type;
using testing::type_of;

void write_attribute(hid_t object, const char* name, const std::string& value) {
  const hid_t attribute = H5Acreate2(object, name, string_type(), H5Screate(H5S_SCALAR), H5P_DEFAULT, H5P_DEFAULT);
  const char* text = value.c_str();
  H5Awrite(attribute, string_type(), static_cast<const void*>(&text));
  H5Aclose(attribute);
}

// `backwards` makes the links in the opposite order, which gives other splits of the same names.
void write_with_libhdf5(hid_t at, const Group& group, bool backwards) {
  if (group.name_attribute) write_attribute(at, "name", *group.name_attribute);
  const auto write_link = [&](const Links::value_type& link) {
    const auto& [name, object] = link;
    if (const auto* child = std::get_if<Group>(&object)) {
      const hid_t made = H5Gcreate2(at, name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
      write_with_libhdf5(made, *child, backwards);
      H5Gclose(made);
      return;
    }
    const auto& dataset = std::get<Dataset>(object);
    const std::vector<hsize_t> extents(dataset.dims.begin(), dataset.dims.end());
    const hid_t space = extents.empty() ? H5Screate(H5S_SCALAR)
                                        : H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr);
    const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_obj_track_times(creation, false);
    const hid_t type = type_of(dataset.dtype);
    const hid_t made = H5Dcreate2(at, name.c_str(), type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    if (!dataset.bytes.empty()) H5Dwrite(made, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, dataset.bytes.data());
    if (dataset.dtype == DType::bfloat16) write_attribute(made, "dtype", "bfloat16");
    H5Dclose(made);
  };
  if (backwards) {
    for (auto link = group.links.rbegin(); link != group.links.rend(); ++link) write_link(*link);
  } else {
    for (const auto& link : group.links) write_link(link);
  }
}

std::string path_of_this_test(std::string_view suffix) {
  const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
  std::string name = std::string(info->test_suite_name()) + "." + info->name() + std::string(suffix);
  std::ranges::replace(name, '/', '_');
  return ::testing::TempDir() + name;
}

struct Example {
  std::string name;
  std::function<Group()> tree;

  friend void PrintTo(const Example& example, std::ostream* out) { *out << example.name; }
};

Dataset array(DType dtype, Dims dims) {
  static const std::vector<std::byte> kBytes = [] {
    std::vector<std::byte> result(4096);
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = static_cast<std::byte>(i % 2);
    return result;
  }();
  const auto size = static_cast<std::size_t>(element_count(dims).value()) * size_of(dtype);
  return {dtype, std::move(dims), std::span(kBytes).first(size)};
}

Group dtypes() {
  Group tree;
#define REVIVE_PUT(id, name, size) tree.put(name, array(DType::id, {2, 3}));
  REVIVE_DTYPES(REVIVE_PUT)
#undef REVIVE_PUT
  return tree;
}

Group ranks() {
  Group tree;
  for (std::size_t rank = 0; rank <= 32; ++rank) tree.put(std::to_string(rank), array(DType::bfloat16, Dims(rank, 1)));
  tree.put("none", array(DType::float32, {3, 0}));
  return tree;
}

Group strings() {
  Group tree;
  for (const std::size_t length : {0UZ, 1UZ, 8UZ, 4000UZ, 4064UZ, 4065UZ, 9000UZ}) {
    tree.make_group("group" + std::to_string(length)).name_attribute = std::string(length, 'n');
  }
  tree.make_group("unicode").name_attribute = "größe";
  return tree;
}

Group layers(int count) {
  Group tree;
  tree.make_group("vars").name_attribute = "sequential";
  for (int i = 0; i < count; ++i) {
    const auto path = "layers/dense_" + std::to_string(i) + "/vars";
    tree.make_group(path).name_attribute = "dense_" + std::to_string(i);
    tree.put(path + "/0", array(DType::float32, {3, i % 5}));
    tree.put(path + "/1", array(DType::float32, {i % 5}));
  }
  return tree;
}

const std::vector<Example> kExamples = {
    {"Empty", [] { return Group(); }},
    {"Dtypes", dtypes},
    {"Ranks", ranks},
    {"Strings", strings},
    {"Links1", [] { return layers(1); }},
    {"Links9", [] { return layers(9); }},
    {"Links300", [] { return layers(300); }},
    {"Links3000", [] { return layers(3000); }},
};

class Hdf5Oracle : public ::testing::TestWithParam<Example> {};

TEST_P(Hdf5Oracle, ReadsWhatWeWrite) {
  const Group tree = GetParam().tree();
  Listing expected;
  list(tree, "", expected);
  const auto path = path_of_this_test(".h5");
  const auto bytes = write(tree);
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  EXPECT_EQ(in_child([&] {
              const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
              Listing found;
              if (file >= 0) list_with_libhdf5(file, "", found);
              return difference(expected, found);
            }),
            "");
  unlink(path.c_str());
}

TEST_P(Hdf5Oracle, WritesWhatWeRead) {
  const Group tree = GetParam().tree();
  const auto path = path_of_this_test(".h5");
  for (const bool backwards : {false, true}) {
    ASSERT_EQ(in_child([&] {
                const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
                H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_LATEST);
                const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access);
                write_with_libhdf5(file, tree, backwards);
                return std::string(H5Fclose(file) < 0 ? "not closed" : "");
              }),
              "");
    std::ifstream stream(path, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(stream), {});
    const auto read_back = read(std::as_bytes(std::span(text)));
    ASSERT_TRUE(read_back) << read_back.error().text();
    EXPECT_TRUE(*read_back == tree);
  }
  unlink(path.c_str());
}

INSTANTIATE_TEST_SUITE_P(Trees, Hdf5Oracle, ::testing::ValuesIn(kExamples),
                         [](const auto& example) { return example.param.name; });

}  // namespace
}  // namespace revive::hdf5
