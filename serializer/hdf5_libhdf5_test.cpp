// libhdf5 as oracle: it reads what we write, and we read what it writes, with the same names, shapes and bytes.
//
// It runs in a child process, because a mistake of ours may crash it. Built where libhdf5 is installed; the product
// does not use it.
#include <gtest/gtest.h>
#include <hdf5.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <ostream>
#include <string>
#include <utility>

#include "serializer/hdf5.h"

namespace revive::hdf5 {
namespace {

// What libhdf5 sees: a line per group and dataset, with everything about it in it.
using Listing = std::map<std::string, std::string>;

std::string hex(std::span<const std::byte> bytes) {
  std::string result;
  for (const std::byte byte : bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    result += kDigits[std::to_integer<std::size_t>(byte >> 4)];
    result += kDigits[std::to_integer<std::size_t>(byte & std::byte{15})];
  }
  return result;
}

std::string describe(std::string_view dtype, const Dims& dims, std::span<const std::byte> bytes) {
  return std::string(dtype) + " " + to_string(dims) + " " + hex(bytes);
}

void list(const Group& group, const std::string& path, Listing& out) {
  out[path + "/"] = group.name_attribute ? "name " + *group.name_attribute : "no name";
  for (const auto& [name, object] : group.links) {
    if (const auto* dataset = std::get_if<Dataset>(&object)) {
      out[path + "/" + name] = describe(name_of(dataset->dtype), dataset->dims, dataset->bytes);
    } else {
      list(std::get<Group>(object), path + "/" + name, out);
    }
  }
}

hid_t boolean_type() {
  const hid_t type = H5Tenum_create(H5T_STD_I8LE);
  signed char value = 0;
  H5Tenum_insert(type, "FALSE", &value);
  value = 1;
  H5Tenum_insert(type, "TRUE", &value);
  return type;
}

// The types as h5py makes them for Keras; made anew for every call, because the process ends soon.
hid_t type_of(DType dtype) {
  switch (dtype) {
    case DType::float32: return H5T_IEEE_F32LE;
    case DType::float64: return H5T_IEEE_F64LE;
    case DType::float16: {
      const hid_t type = H5Tcopy(H5T_IEEE_F32LE);
      H5Tset_fields(type, 15, 10, 5, 0, 10);
      H5Tset_size(type, 2);
      H5Tset_ebias(type, 15);
      return type;
    }
    case DType::bfloat16: {
      const hid_t type = H5Tcreate(H5T_OPAQUE, 2);
      H5Tset_tag(type, "");
      return type;
    }
    case DType::int8: return H5T_STD_I8LE;
    case DType::int16: return H5T_STD_I16LE;
    case DType::int32: return H5T_STD_I32LE;
    case DType::int64: return H5T_STD_I64LE;
    case DType::uint8: return H5T_STD_U8LE;
    case DType::uint16: return H5T_STD_U16LE;
    case DType::uint32: return H5T_STD_U32LE;
    case DType::uint64: return H5T_STD_U64LE;
    case DType::boolean: return boolean_type();
  }
  return H5I_INVALID_HID;
}

hid_t string_type() {
  const hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, H5T_CSET_UTF8);
  return type;
}

std::string read_attribute(hid_t object, const char* name) {
  const hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
  char* text = nullptr;
  H5Aread(attribute, string_type(), &text);
  std::string result = text == nullptr ? "(null)" : text;
  H5free_memory(text);
  H5Aclose(attribute);
  return result;
}

std::string describe_with_libhdf5(hid_t dataset) {
  const hid_t type = H5Dget_type(dataset);
  std::string dtype = "unknown";
#define REVIVE_COMPARE(id, name, size) \
  if (H5Tequal(type, type_of(DType::id)) > 0) dtype = name;
  REVIVE_DTYPES(REVIVE_COMPARE)
#undef REVIVE_COMPARE
  if (dtype == "bfloat16") dtype = read_attribute(dataset, "dtype");
  const hid_t space = H5Dget_space(dataset);
  std::vector<hsize_t> extents(32);
  extents.resize(static_cast<std::size_t>(H5Sget_simple_extent_dims(space, extents.data(), nullptr)));
  std::vector<std::byte> bytes(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)) * H5Tget_size(type));
  if (H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) < 0) return "unreadable";
  return describe(dtype, Dims(extents.begin(), extents.end()), bytes);
}

void list_with_libhdf5(hid_t group, const std::string& path, Listing& out) {
  out[path + "/"] = H5Aexists(group, "name") > 0 ? "name " + read_attribute(group, "name") : "no name";
  std::vector<std::string> names;
  const auto collect = [](hid_t, const char* name, const H5L_info_t*, void* to) -> herr_t {
    static_cast<std::vector<std::string>*>(to)->emplace_back(name);
    return 0;
  };
  hsize_t position = 0;
  H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, &position, collect, &names);
  for (const auto& name : names) {
    // By name, so that the B-tree is searched and not only walked.
    const hid_t object = H5Oopen(group, name.c_str(), H5P_DEFAULT);
    if (object < 0) {
      out[path + "/" + name] = "cannot be opened";
    } else if (H5Iget_type(object) == H5I_DATASET) {
      out[path + "/" + name] = describe_with_libhdf5(object);
    } else {
      list_with_libhdf5(object, path + "/" + name, out);
    }
    H5Oclose(object);
  }
}

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

// The first lines in which the two differ; empty when they are equal.
std::string difference(const Listing& expected, const Listing& found) {
  if (expected == found) return "";
  const auto [a, b] = std::ranges::mismatch(expected, found);
  const auto line = [](const Listing& listing, Listing::const_iterator at) {
    return at == listing.end() ? std::string("nothing") : at->first.substr(0, 100) + ": " + at->second.substr(0, 100);
  };
  return "expected " + line(expected, a) + "\nfound " + line(found, b);
}

// Runs `work` in a child; its result is what the child printed, or how the child died.
std::string in_child(const std::function<std::string()>& work) {
  int ends[2];
  if (pipe(ends) != 0) return "no pipe";
  const pid_t child = fork();
  if (child == 0) {
    const std::string result = work();
    const bool told = ::write(ends[1], result.data(), result.size()) == static_cast<ssize_t>(result.size());
    _exit(told ? 0 : 1);
  }
  close(ends[1]);
  std::string result;
  char buffer[4096];
  for (ssize_t count = 0; (count = ::read(ends[0], buffer, sizeof buffer)) > 0;) {
    result.append(buffer, static_cast<std::size_t>(count));
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  return status == 0 ? result : result + " (the child ended with status " + std::to_string(status) + ")";
}

std::string path_of_this_test(std::string_view suffix) {
  const auto* info = testing::UnitTest::GetInstance()->current_test_info();
  std::string name = std::string(info->test_suite_name()) + "." + info->name() + std::string(suffix);
  std::ranges::replace(name, '/', '_');
  return testing::TempDir() + name;
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

class Hdf5Oracle : public testing::TestWithParam<Example> {};

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

INSTANTIATE_TEST_SUITE_P(Trees, Hdf5Oracle, testing::ValuesIn(kExamples),
                         [](const auto& example) { return example.param.name; });

}  // namespace
}  // namespace revive::hdf5
