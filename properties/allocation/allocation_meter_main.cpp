// The allocation meter: operator new and delete of the program that links this file, counting per thread while asked.
//
// The other forms (arrays, nothrow) call these, as the standard has it. Sizes come from the allocator, since not every
// delete is told one; where it does not tell, and where a sanitizer brings its own operators, nothing is replaced.
#include "revive/properties/allocation/allocation_meter.h"

#if defined(__has_feature)
#define REVIVE_HAS_FEATURE(feature) __has_feature(feature)
#else
#define REVIVE_HAS_FEATURE(feature) 0
#endif

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && \
    !REVIVE_HAS_FEATURE(address_sanitizer) && !REVIVE_HAS_FEATURE(thread_sanitizer) &&       \
    !REVIVE_HAS_FEATURE(memory_sanitizer)

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace {

struct Count {
  bool active = false;
  std::int64_t held = 0;
  std::int64_t peak = 0;
};
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): operator new takes no other argument.
thread_local Count count;

void* counted(void* block) {
  if (block == nullptr) throw std::bad_alloc();
  if (count.active) {
    count.held += static_cast<std::int64_t>(malloc_usable_size(block));
    count.peak = std::max(count.peak, count.held);
  }
  return block;
}

void release(void* block) noexcept {
  if (count.active && block != nullptr) count.held -= static_cast<std::int64_t>(malloc_usable_size(block));
  std::free(block);
}

void start() {
  count = {.active = true};
}

std::uint64_t stop() {
  count.active = false;
  return static_cast<std::uint64_t>(count.peak);
}

constexpr revive::properties::AllocationMeter kMeter{start, stop};
[[maybe_unused]] const bool kInstalled = (revive::properties::install_allocation_meter(&kMeter), true);

}  // namespace

void* operator new(std::size_t size) {
  return counted(std::malloc(std::max<std::size_t>(size, 1)));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto align = static_cast<std::size_t>(alignment);
  if (size > SIZE_MAX - align) throw std::bad_alloc();
  // aligned_alloc() asks for a multiple of the alignment.
  return counted(std::aligned_alloc(align, (std::max<std::size_t>(size, 1) + align - 1) / align * align));
}
void operator delete(void* block) noexcept {
  release(block);
}
void operator delete(void* block, std::size_t) noexcept {
  release(block);
}
void operator delete(void* block, std::align_val_t) noexcept {
  release(block);
}
void operator delete(void* block, std::size_t, std::align_val_t) noexcept {
  release(block);
}

#endif
