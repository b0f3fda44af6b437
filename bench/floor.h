// What the libraries under revive take for the same bytes when nothing is checked and no model is made: the floor that
// load and save are measured against. Memory is not filled before it is written. Abort on errors, which a floor must
// not spend time on.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace revive::bench {

struct FloorBlock {
  std::unique_ptr<std::byte[]> data;
  std::size_t size = 0;

  explicit FloorBlock(std::size_t bytes) : data(std::make_unique_for_overwrite<std::byte[]>(bytes)), size(bytes) {}
  std::span<const std::byte> bytes() const { return {data.get(), size}; }
};

struct FloorMember {
  std::string name;
  FloorBlock block;
};

// libzip reads every member from memory, checking its CRC but not the consistency of the archive; nlohmann/json parses
// the JSON members.
std::vector<FloorMember> floor_load(std::span<const std::byte> archive);

// libzip stores the members in memory, computing their CRCs. The JSON is taken as printed already.
FloorBlock floor_save(const std::vector<FloorMember>& members);

}  // namespace revive::bench
