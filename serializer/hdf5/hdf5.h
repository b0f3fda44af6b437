// The HDF5 of model.weights.h5: a tree of groups and datasets, read and written without libhdf5.
//
// Keras writes one narrow dialect (superblock 0, symbol table groups, version 1 object headers, contiguous data,
// no filters); exactly that is read, and everything else is refused with a reason. Reading copies no data: a
// Dataset views the bytes of the file, which must outlive the tree. No byte of a file belongs to two structures,
// so a tree is never larger in memory than a small multiple of its file.
//
// Errors: hdf5_signature, hdf5_out_of_bounds, hdf5_structure, hdf5_shared_bytes, hdf5_unsupported,
// limit_exceeded; the place reads "model.weights.h5: /layers/dense/vars/0".
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revive/model/base/error.h"
#include "revive/model/base/limits.h"
#include "revive/model/base/variant.h"
#include "revive/model/tensor/dtype.h"
#include "revive/model/tensor/tensor.h"

namespace revive::hdf5 {

// An array of elements, little-endian and row-major. On disk bool is an enum over int8 and bfloat16 is opaque with an
// attribute that says so; here they are plain dtypes.
struct Dataset {
  DType dtype = DType::float32;
  Dims dims;
  // A view of the file that was read, or of the caller's memory for a tree to be written.
  std::span<const std::byte> bytes;

  // By value: the bytes are compared, not where they are.
  friend bool operator==(const Dataset& a, const Dataset& b);
};

struct Group;
using Object = Variant<Dataset, Group>;
// Sorted by the bytes of the name, which is the order on disk. A reference to an object stays valid while others are
// added.
using Links = std::map<std::string, Object, std::less<>>;

struct Group {
  // The string attribute `name`, which Keras puts on every group called "vars".
  std::optional<std::string> name_attribute;
  Links links;

  // What `path` ("layers/dense/vars"; "" is this group) leads to, or nullptr when there is no such object or it is
  // of the other kind.
  const Group* group(std::string_view path) const;
  const Dataset* dataset(std::string_view path) const;

  // The group at `path`, made with every group on the way to it where there is none; a dataset on the way is replaced.
  Group& make_group(std::string_view path);
  // Puts a dataset at `path`, replacing what is there, and makes the groups on the way.
  void put(std::string_view path, Dataset dataset);

  friend bool operator==(const Group& a, const Group& b);
};

Result<Group> read(std::span<const std::byte> file, const Limits& limits = {});

// Whether write() gives a file that read() takes: names, strings, depth, and as many bytes as dims and dtype ask for.
Status check_writable(const Group& root, const Limits& limits = {});

// A file that is laid out and not yet in one piece, so that large data is copied once, to where it has to be.
class Image {
 public:
  // REQUIRES: check_writable(root); the datasets' bytes outlive the Image.
  explicit Image(const Group& root);

  std::size_t size() const { return size_; }
  // REQUIRES: out.size() == size().
  void copy_to(std::span<std::byte> out) const;
  std::vector<std::byte> bytes() const;

 private:
  struct Data {
    std::uint64_t address;
    std::span<const std::byte> bytes;
  };
  std::vector<std::byte> metadata_;
  // After the metadata, in order of address.
  std::vector<Data> data_;
  std::size_t size_ = 0;
};

// The file of a tree: a pure function of it, so equal trees give equal bytes. REQUIRES: check_writable(root).
std::vector<std::byte> write(const Group& root);

}  // namespace revive::hdf5
