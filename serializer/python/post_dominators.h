// Where the two ways of a branch meet again.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "revive/serializer/python/decode.h"

namespace revive::python {

// The two ways return on their own.
inline constexpr std::uint32_t kNowhere = UINT32_MAX;

// For every instruction the first one behind it that all ways to a return lead through: its immediate post-dominator.
std::vector<std::uint32_t> meeting_points(std::span<const Instruction> instructions);

}  // namespace revive::python
