// The groups of ops. A group is one file with one table; a new group is one line here.
#pragma once

#include <array>
#include <span>

#include "model/op.h"

namespace revive::ops {

std::span<const OpClass> indexing();
std::span<const OpClass> arithmetic();
std::span<const OpClass> comparison();
std::span<const OpClass> elementwise();
std::span<const OpClass> rounding();
std::span<const OpClass> activations();
std::span<const OpClass> linear();

inline constexpr std::array kGroups = {indexing, arithmetic, comparison, elementwise, rounding, activations, linear};

}  // namespace revive::ops
