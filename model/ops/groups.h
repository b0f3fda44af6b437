// The groups of ops. A group is one file with one table; a new group is one line here.
#pragma once

#include <array>
#include <span>

#include "revive/model/graph/op.h"

namespace revive::ops {

std::span<const OpClass> indexing();
std::span<const OpClass> arithmetic();
std::span<const OpClass> comparison();
std::span<const OpClass> bitwise();
std::span<const OpClass> elementwise();
std::span<const OpClass> rounding();
std::span<const OpClass> activations();
std::span<const OpClass> linear();
std::span<const OpClass> reductions();
std::span<const OpClass> scans();
std::span<const OpClass> sorting();
std::span<const OpClass> shaping();
std::span<const OpClass> permuting();
std::span<const OpClass> repeating();
std::span<const OpClass> joining();
std::span<const OpClass> padding();
std::span<const OpClass> taking();
std::span<const OpClass> filling();
std::span<const OpClass> choosing();
std::span<const OpClass> along_axis();
std::span<const OpClass> image();
std::span<const OpClass> matrices();

inline constexpr std::array kGroups = {indexing,    arithmetic, comparison, bitwise, elementwise, rounding,
                                       activations, linear,     reductions, scans,   sorting,     shaping,
                                       permuting,   repeating,  joining,    padding, taking,      filling,
                                       choosing,    along_axis, image,      matrices};

}  // namespace revive::ops
