// libhdf5 as oracle of tests: what it reads from a file, to be put beside what we read.
//
// It runs in a child process, because a file that is wrong may crash it. For tests alone; the product does not use it.
#pragma once

#include <hdf5.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "revive/properties/process/child_process.h"
#include "revive/serializer/hdf5/hdf5.h"

namespace revive::hdf5::testing {

// What libhdf5 sees: a line per group and dataset, with everything about it in it.
using Listing = std::map<std::string, std::string>;

inline std::string hex(std::span<const std::byte> bytes) {
  std::string result;
  for (const std::byte byte : bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    result += kDigits[std::to_integer<std::size_t>(byte >> 4)];
    result += kDigits[std::to_integer<std::size_t>(byte & std::byte{15})];
  }
  return result;
}

inline std::string describe(std::string_view dtype, const Dims& dims, std::span<const std::byte> bytes) {
  return std::string(dtype) + " " + to_string(dims) + " " + hex(bytes);
}

inline void list(const Group& group, const std::string& path, Listing& out) {
  out[path + "/"] = group.name_attribute ? "name " + *group.name_attribute : "no name";
  for (const auto& [name, object] : group.links) {
    if (const auto* dataset = std::get_if<Dataset>(&object)) {
      out[path + "/" + name] = describe(name_of(dataset->dtype), dataset->dims, dataset->bytes);
    } else {
      list(std::get<Group>(object), path + "/" + name, out);
    }
  }
}

inline hid_t boolean_type() {
  const hid_t type = H5Tenum_create(H5T_STD_I8LE);
  signed char value = 0;
  H5Tenum_insert(type, "FALSE", &value);
  value = 1;
  H5Tenum_insert(type, "TRUE", &value);
  return type;
}

// The types as h5py makes them for Keras; made anew for every call, because the process ends soon.
inline hid_t type_of(DType dtype) {
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

inline hid_t string_type() {
  const hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, H5T_CSET_UTF8);
  return type;
}

inline std::string read_attribute(hid_t object, const char* name) {
  const hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
  char* text = nullptr;
  H5Aread(attribute, string_type(), &text);
  std::string result = text == nullptr ? "(null)" : text;
  H5free_memory(text);
  H5Aclose(attribute);
  return result;
}

inline std::string describe_with_libhdf5(hid_t dataset) {
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

inline void list_with_libhdf5(hid_t group, const std::string& path, Listing& out) {
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

// The first lines in which the two differ; empty when they are equal.
inline std::string difference(const Listing& expected, const Listing& found) {
  if (expected == found) return "";
  const auto [a, b] = std::ranges::mismatch(expected, found);
  const auto line = [](const Listing& listing, Listing::const_iterator at) {
    return at == listing.end() ? std::string("nothing") : at->first.substr(0, 100) + ": " + at->second.substr(0, 100);
  };
  return "expected " + line(expected, a) + "\nfound " + line(found, b);
}

// What a child process prints that does `work`, which says it by say(), and how it ended. A file that is wrong may
// crash libhdf5, and what it crashes is the child.
inline properties::ChildEnd child_says(const std::function<void()>& work) {
  const auto body = [&] {
    work();
    return 0;
  };
  constexpr std::size_t kMostSaid = std::size_t{64} << 20;
  const auto end = properties::run_in_child(body, {.output_bytes = kMostSaid});
  return end ? *end : properties::ChildEnd{.code = 1, .err = end.error().text()};
}

inline void say(std::string_view text) {
  if (::write(STDOUT_FILENO, text.data(), text.size()) != static_cast<ssize_t>(text.size())) _exit(1);
}

// What `work` returned in a child, or how the child died.
inline std::string in_child(const std::function<std::string()>& work) {
  const properties::ChildEnd end = child_says([&] { say(work()); });
  return end.exited_with(0) ? end.out : end.out + " (the child " + properties::to_string(end) + ")";
}

}  // namespace revive::hdf5::testing
