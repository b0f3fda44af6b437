// A serializer as somebody might write it on an afternoon: one JSON document, and five honest mistakes.
//
// It exists to be taken apart by the harness (README.md here). Each mistake can be mended on its own, which shows that
// the harness finds it, and not only what stands before it.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "revive/properties/case.h"

struct Mended {
  bool floats = false;
  bool captures = false;
  bool falsy = false;
  bool order = false;
  bool nesting = false;
};

// What the command line and the tests call them.
struct Mistake {
  std::string_view name;
  bool Mended::* mended;
};
inline constexpr Mistake kMistakes[] = {{"floats", &Mended::floats},
                                        {"captures", &Mended::captures},
                                        {"falsy", &Mended::falsy},
                                        {"order", &Mended::order},
                                        {"nesting", &Mended::nesting}};

class NaiveSerializer {
 public:
  NaiveSerializer() = default;
  explicit NaiveSerializer(const Mended& mended) : mended_(mended) {}

  std::vector<std::byte> save(const revive::Sequential& model) const;
  revive::Sequential load(std::span<const std::byte> archive, const revive::properties::Environment& globals) const;

 private:
  Mended mended_;
};
