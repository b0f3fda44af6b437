// std::variant for alternatives that allocate: a copy that runs out of memory throws std::bad_alloc and nothing else.
//
// libstdc++ 12 copies a variant into raw storage. Where an alternative's copy throws, the storage is destroyed with no
// alternative in it, and a variant whose alternatives are all "never valueless" (strings, vectors, scalars) does not
// look before it jumps to the destructor number 255. A copy that is empty first and assigned then has an alternative at
// every moment. Whatever holds memory goes into a Variant, whichever its alternatives are; std::variant is for those
// that are copied as bytes.
//
// std::get, std::get_if, std::visit and == work as on the std::variant that this is.
#pragma once

#include <type_traits>
#include <utility>
#include <variant>

namespace revive {

template <typename First, typename... Rest>
class Variant : public std::variant<First, Rest...> {
 public:
  using Base = std::variant<First, Rest...>;
  using Base::Base;

  Variant() = default;
  Variant(const Variant& other) : Base() { assign(other); }
  Variant(Variant&& other) noexcept = default;
  Variant& operator=(const Variant& other) {
    assign(other);
    return *this;
  }
  Variant& operator=(Variant&& other) noexcept = default;
  using Base::operator=;
  ~Variant() = default;

 private:
  // As the base it is: a Variant could be taken for a value of an alternative otherwise.
  void assign(const Base& other) { Base::operator=(other); }
};

}  // namespace revive
