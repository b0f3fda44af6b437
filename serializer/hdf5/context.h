// The state of one reading of a file: what has been claimed, which object we are at, and the error if there is one.
// Internal to the reader.
//
// Every structure is claimed before it is read: claim() checks that it lies inside the file and remembers it. Claims
// may not overlap, so their sum may not exceed the file; that sum is checked at once, which bounds the work whatever
// the links say, and the overlap itself at the end.
//
// Functions of the reader return false after an error, which is then in error().
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revive/model/base/error.h"
#include "revive/model/base/limits.h"
#include "revive/serializer/hdf5/bytes.h"
#include "revive/serializer/hdf5/structure.h"

namespace revive::hdf5 {

class ReadContext {
 public:
  ReadContext(std::span<const std::byte> file, const Limits& limits);

  std::span<const std::byte> file() const { return file_; }
  const Limits& limits() const { return limits_; }
  const Error& error() const { return error_; }

  // Each returns false, so that a check can end with it. The place is the current object, or an offset.
  bool refuse(ErrorCode code, std::string message);
  bool refuse_at(std::uint64_t offset, ErrorCode code, std::string message);

  // REQUIRES of both: length > 0. peek() looks at what is claimed when its length is known; false where it is not in
  // the file.
  bool peek(std::uint64_t offset, std::uint64_t length, Cursor& cursor) const;
  bool claim(Structure structure, std::uint64_t offset, std::uint64_t length, Cursor& cursor);
  // From here on notes are kept, for structure_map().
  void keep_notes() { detail_ = true; }
  void note(Structure structure, std::uint64_t offset, std::uint64_t length) {
    if (detail_) details_.push_back({offset, length, structure, here_});
  }
  bool claims_are_disjoint();

  // Until then the current object is a root without an address.
  void set_root(std::uint64_t header_address) { objects_[0].header_address = header_address; }
  // Moves to the object that `name` links to in the current one. False when it is its own ancestor or one too many.
  bool enter(std::string_view name, std::uint64_t header_address);
  void leave() { here_ = objects_[here_].parent; }

  std::vector<Extent> extents() const;

 private:
  struct Claim {
    std::uint64_t offset;
    std::uint64_t length;
    Structure structure;
    std::uint32_t object;
  };
  struct VisitedObject {
    std::uint32_t parent;
    std::string_view name;
    std::uint64_t header_address;
  };

  std::string path(std::uint32_t object) const;

  std::span<const std::byte> file_;
  const Limits& limits_;
  bool detail_ = false;
  std::uint64_t claimed_ = 0;
  std::vector<Claim> claims_;
  std::vector<Claim> details_;
  // The root is its own parent.
  std::vector<VisitedObject> objects_;
  std::uint32_t here_ = 0;
  Error error_;
};

}  // namespace revive::hdf5
