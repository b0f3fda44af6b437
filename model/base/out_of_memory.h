// Where memory that runs out becomes an Error.
//
// What is inside of the library throws std::bad_alloc as the standard library does. The functions that users call run
// their work within_memory(), which leaves nothing behind: what was taken is free again when the Error is made, and
// making it takes no memory.
#pragma once

#include <concepts>
#include <new>
#include <type_traits>
#include <utility>

#include "revive/model/base/error.h"

namespace revive {

// Short enough to stand in the string itself.
inline Error out_of_memory() {
  return {ErrorCode::out_of_memory, "", "out of memory"};
}

// What work() gives, a Result or a Status; out_of_memory instead of std::bad_alloc.
template <std::invocable Work>
std::invoke_result_t<Work> within_memory(Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const std::bad_alloc&) {
    return std::unexpected(out_of_memory());
  }
}

}  // namespace revive
