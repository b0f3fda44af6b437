// The operators new and delete of the program that links this file: they fail when they are asked to.
//
// The other forms (arrays, nothrow) call these, as the standard has it. A block that was taken while a
// FailingAllocation counts has a mark in front of it, so that giving it back is counted whenever that happens.
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>

#include "revive/properties/allocation/failing_allocation.h"

namespace {

struct State {
  bool active = false;
  bool all = false;
  std::uint64_t fail_at = 0;
  std::uint64_t asked = 0;
  std::int64_t held = 0;
};
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): operator new takes no other argument.
thread_local State state;

// Stands right in front of a block. `start` is what malloc() gave.
struct Header {
  void* start;
  std::uint64_t counted;
};

bool fails() {
  if (!state.active) return false;
  ++state.asked;
  return state.all ? state.asked >= state.fail_at : state.asked == state.fail_at;
}

void* take(std::size_t size, std::size_t alignment) {
  if (fails() || size > SIZE_MAX - sizeof(Header) - alignment) throw std::bad_alloc();
  void* const start = std::malloc(size + sizeof(Header) + alignment);
  if (start == nullptr) throw std::bad_alloc();
  void* block = static_cast<std::byte*>(start) + sizeof(Header);
  std::size_t space = size + alignment;
  std::align(alignment, size, block, space);
  // malloc() aligns for every fundamental type, and so there is room in front for a header that is aligned.
  Header* const header = static_cast<Header*>(block) - 1;
  *header = {start, state.active ? 1U : 0U};
  if (state.active) ++state.held;
  return block;
}

void give_back(void* block) noexcept {
  if (block == nullptr) return;
  const Header header = *(static_cast<Header*>(block) - 1);
  if (header.counted != 0) --state.held;
  std::free(header.start);
}

}  // namespace

namespace revive::properties {

FailingAllocation::FailingAllocation(std::uint64_t number, Failing how) {
  state = {.active = true, .all = how == Failing::all_from_then_on, .fail_at = number};
}

FailingAllocation::~FailingAllocation() {
  end();
}

void FailingAllocation::end() {
  state.active = false;
}

bool FailingAllocation::reached() const {
  return state.asked >= state.fail_at;
}

std::int64_t FailingAllocation::held() const {
  return state.held;
}

}  // namespace revive::properties

void* operator new(std::size_t size) {
  return take(size, alignof(std::max_align_t));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return take(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* block) noexcept {
  give_back(block);
}
void operator delete(void* block, std::size_t) noexcept {
  give_back(block);
}
void operator delete(void* block, std::align_val_t) noexcept {
  give_back(block);
}
void operator delete(void* block, std::size_t, std::align_val_t) noexcept {
  give_back(block);
}
