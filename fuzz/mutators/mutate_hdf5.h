// Mutations of model.weights.h5: of its tree, written anew so that every length and address is right, and of the bytes
// of one structure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "revive/fuzz/mutators/engine.h"
#include "revive/fuzz/mutators/row.h"
#include "revive/model/base/random.h"

namespace revive::fuzz {

// A change of a tree, and of a field of a structure: `file` is what it stands in, `offset` where it starts, `width` how
// wide it is, `other` where another structure begins.
class Hdf5Tree;
using Hdf5Row = Row<void, Hdf5Tree&>;
std::span<const Hdf5Row> hdf5_rows();
struct Hdf5Field {
  std::string& file;
  std::size_t offset;
  std::size_t width;
  std::uint64_t other;
  ByteMutator mutate;
};
using Hdf5FieldRow = Row<void, const Hdf5Field&, Random&>;
std::span<const Hdf5FieldRow> hdf5_field_rows();

// The file with one change of its tree: values (special floats among them), dims, dtype, names; objects dropped, added
// or swapped. Nothing when the file cannot be read, or the result cannot be written.
std::optional<std::string> mutate_hdf5_tree(std::string_view file, Random& random,
                                            std::span<const Hdf5Row> rows = hdf5_rows());

// One structure of the file overwritten in part, or the file cut where one begins.
void mutate_hdf5_bytes(std::string& file, Random& random, ByteMutator mutate,
                       std::span<const Hdf5FieldRow> rows = hdf5_field_rows());

}  // namespace revive::fuzz
