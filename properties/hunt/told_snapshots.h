// The snapshots of an answer of the worker: the first whole, the others as what differs from it.
//
// A path is an expression over the object ("thing.layers[0].units"), a leaf is text. The answer has to live as long.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "revive/model/base/value.h"

namespace revive::properties::hunt {

class ToldSnapshots {
 public:
  explicit ToldSnapshots(const Value::Array& told);

  std::size_t count() const { return leaves_.size(); }
  // The leaf; nothing where the path is missing.
  std::optional<std::string> at(std::size_t snapshot, const std::string& path) const;
  // The paths in which two snapshots differ, without those inside of another such path. A tuple that is a list of as
  // many items hides nothing: what is inside of it can be compared.
  std::vector<std::string> differences(std::size_t a, std::size_t b) const;
  // What the path is a part of: "a.b[0]" of "a.b[0].c", "a.b" of "a.b[0]"; empty at the top.
  static std::string parent(const std::string& path);

 private:
  std::vector<std::unordered_map<std::string, const Value*>> leaves_;
};

// The path without its places in lists, which do not tell failures apart.
std::string without_places(std::string_view path);

}  // namespace revive::properties::hunt
