// Names for what inner functions and loops bind.
//
// What an outer variable holds is put in its place as an expression, so it may stand inside of a function or loop whose
// own variables have names that the expression reads. Names that are bound inside therefore differ from those of the
// outer parameters and globals, and from those that are bound around them.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "revive/serializer/python/code.h"

namespace revive::python {

class Naming {
 public:
  // All that the function and those inside of it may read from outside.
  explicit Naming(const Code& code);

  // Opens the scope of one name: `wanted`, or `wanted` with a number. close() ends the scopes opened last.
  std::string open(std::string_view wanted);
  void close(std::size_t count) { open_.resize(open_.size() - count); }
  bool is_open(std::string_view name) const;

 private:
  std::set<std::string, std::less<>> outer_;
  std::vector<std::string> open_;
};

}  // namespace revive::python
