// Where the structures of an archive begin and end: the places where truncation and mutation hurt most.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace revive {

// Offsets into `archive`, ascending, each once: zip records, members, and the HDF5 structures of a stored
// model.weights.h5. Empty when the bytes are not an archive that check_zip_layout accepts.
std::vector<std::size_t> structure_boundaries(std::span<const std::byte> archive);

}  // namespace revive
