// What each file of faults is about.
#pragma once

#include <span>

#include "revive/properties/faults/fault.h"

namespace revive::properties::faults {

// What lambdas captured.
std::span<const Fault> capture_faults();
// Numbers in weights and in config.json.
std::span<const Fault> number_faults();
// Which variable gets which tensor.
std::span<const Fault> weight_faults();
// What layers are told besides their weights.
std::span<const Fault> config_faults();
// What layers make of images and of other grids.
std::span<const Fault> image_faults();
// Layers, stacks, inputs.
std::span<const Fault> structure_faults();
// The bytes around it all.
std::span<const Fault> archive_faults();
// What is left on the disk.
std::span<const Fault> file_faults();
// Layers around other layers, and what is done step by step.
std::span<const Fault> wrapper_faults();
// What predict() does with what was loaded well.
std::span<const Fault> engine_faults();

}  // namespace revive::properties::faults
