// Mutations of model.weights.h5: of its tree, written anew so that every length and address is right, and of the bytes
// of one structure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "revive/fuzz/mutators/engine.h"
#include "revive/model/base/random.h"

namespace revive::fuzz {

// The file with one change of its tree: values (special floats among them), dims, dtype, names; objects dropped, added
// or swapped. Nothing when the file cannot be read, or the result cannot be written.
std::optional<std::string> mutate_hdf5_tree(std::string_view file, Random& random);

// One structure of the file overwritten in part, or the file cut where one begins.
void mutate_hdf5_bytes(std::string& file, Random& random, ByteMutator mutate);

}  // namespace revive::fuzz
