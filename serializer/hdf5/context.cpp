#include "revive/serializer/hdf5/context.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "revive/serializer/hdf5/format.h"

namespace revive::hdf5 {
std::string_view name_of(Structure structure) {
  static constexpr std::array kNames = {
#define REVIVE_HDF5_STRUCTURE_NAME(id, name) std::string_view(name),
      REVIVE_HDF5_STRUCTURES(REVIVE_HDF5_STRUCTURE_NAME)
#undef REVIVE_HDF5_STRUCTURE_NAME
  };
  return kNames[static_cast<std::size_t>(structure)];
}

namespace {

// With its article, as a sentence has it: "an object header", "a local heap", "raw data".
std::string one(Structure structure) {
  const std::string_view name = name_of(structure);
  if (name.ends_with("data")) return std::string(name);
  return fmt::format("{} {}", name.starts_with('o') ? "an" : "a", name);
}

}  // namespace

ReadContext::ReadContext(std::span<const std::byte> file, const Limits& limits) : file_(file), limits_(limits) {
  claims_.reserve(64);
  objects_.reserve(32);
  objects_.push_back({0, {}, kUndefinedAddress});
}

bool ReadContext::refuse(ErrorCode code, std::string message) {
  error_ = {code, fmt::format("{}: {}", kMemberName, path(here_)), std::move(message)};
  return false;
}

bool ReadContext::refuse_at(std::uint64_t offset, ErrorCode code, std::string message) {
  error_ = {code, fmt::format("{}: offset {:#x}", kMemberName, offset), std::move(message)};
  return false;
}

bool ReadContext::peek(std::uint64_t offset, std::uint64_t length, Cursor& cursor) const {
  if (length > file_.size() - std::min<std::uint64_t>(offset, file_.size())) return false;
  cursor = Cursor(file_, offset, length);
  return true;
}

bool ReadContext::claim(Structure structure, std::uint64_t offset, std::uint64_t length, Cursor& cursor) {
  if (!peek(offset, length, cursor)) {
    return refuse(ErrorCode::hdf5_out_of_bounds, fmt::format("expected {} inside the file's {} bytes, found {:#x}+{}",
                                                             one(structure), file_.size(), offset, length));
  }
  claimed_ += length;
  if (claimed_ > file_.size()) {
    return refuse(ErrorCode::hdf5_shared_bytes,
                  fmt::format("expected structures that share no bytes, found more in them than in the file, the last "
                              "{} at {:#x}",
                              one(structure), offset));
  }
  claims_.push_back({offset, length, structure, here_});
  return true;
}

bool ReadContext::claims_are_disjoint() {
  std::ranges::sort(claims_, {}, &Claim::offset);
  for (std::size_t i = 1; i < claims_.size(); ++i) {
    const Claim& before = claims_[i - 1];
    const Claim& claim = claims_[i];
    if (before.offset + before.length <= claim.offset) continue;
    return refuse_at(
        claim.offset, ErrorCode::hdf5_shared_bytes,
        fmt::format("expected structures that share no bytes, found the {} of {} and the {} of {}",
                    name_of(before.structure), path(before.object), name_of(claim.structure), path(claim.object)));
  }
  return true;
}

bool ReadContext::enter(std::string_view name, std::uint64_t header_address) {
  if (objects_.size() >= limits_.hdf5_objects) {
    return refuse(ErrorCode::limit_exceeded, fmt::format("expected at most {} objects", limits_.hdf5_objects));
  }
  for (auto ancestor = here_;; ancestor = objects_[ancestor].parent) {
    if (objects_[ancestor].header_address == header_address) {
      return refuse(ErrorCode::hdf5_shared_bytes,
                    fmt::format("expected a tree, found the link '{}' back to {}", name, path(ancestor)));
    }
    if (ancestor == 0) break;
  }
  objects_.push_back({here_, name, header_address});
  here_ = static_cast<std::uint32_t>(objects_.size() - 1);
  return true;
}

std::string ReadContext::path(std::uint32_t object) const {
  if (object == 0) return "/";
  std::string result;
  for (; object != 0; object = objects_[object].parent) {
    result.insert(0, objects_[object].name);
    result.insert(0, "/");
  }
  return result;
}

std::vector<Extent> ReadContext::extents() const {
  std::vector<Extent> result;
  result.reserve(claims_.size() + details_.size());
  for (const auto* list : {&claims_, &details_}) {
    for (const Claim& claim : *list) {
      result.push_back({claim.offset, claim.length, claim.structure, path(claim.object)});
    }
  }
  // What lies inside of another structure has a later enumerator.
  std::ranges::sort(result, {}, [](const Extent& extent) { return std::pair(extent.offset, extent.structure); });
  return result;
}

}  // namespace revive::hdf5
