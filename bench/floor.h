// What the libraries under revive take for the same bytes when nothing is checked and no model is made: the floor that
// load and save are measured against. Memory is not filled before it is written. Abort on errors, which a floor must
// not spend time on.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "revive/serializer/io/buffer.h"

namespace revive::bench {

struct FloorMember {
  std::string name;
  Buffer content;
};

// libzip reads every member from memory, checking its CRC but not the consistency of the archive; nlohmann/json parses
// the JSON members.
std::vector<FloorMember> floor_load(std::span<const std::byte> archive);

// libzip stores the members in memory, computing their CRCs. The JSON is taken as printed already.
Buffer floor_save(const std::vector<FloorMember>& members);

}  // namespace revive::bench
