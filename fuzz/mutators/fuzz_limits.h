// Limits for fuzzing: small enough that no input of archive_fuzzer is slow, large enough that its seeds load.
#pragma once

#include "revive/model/base/limits.h"

namespace revive::fuzz {

// What -max_len in archive_fuzzer.options says, too.
inline constexpr std::size_t kMostArchiveBytes = 128 << 10;

// Elements of one activation; a default input has a batch of kBatch and kUnknownAxisSize for unknown axes on top.
inline constexpr std::uint64_t kMostActivationElements = 1 << 16;
// Weights that a mutator makes for a model it changed, which no archive has to hold.
inline constexpr std::uint64_t kMostWeightElements = 1 << 20;
// Under the sanitizers about a millisecond.
inline constexpr std::uint64_t kMostMultiplyAdds = 1 << 20;

inline constexpr Limits kFuzzLimits{.archive_bytes = kMostArchiveBytes,
                                    .archive_members = 64,
                                    .inflated_bytes = 4 * kMostArchiveBytes,
                                    .json_bytes = kMostArchiveBytes,
                                    .json_depth = 64,
                                    .json_memory_bytes = 2 << 20,
                                    .hdf5_objects = 2'000,
                                    .layers = 200,
                                    .layer_nesting = 8,
                                    .weight_elements = kMostWeightElements,
                                    .activation_elements = kMostActivationElements,
                                    .multiply_adds = kMostMultiplyAdds,
                                    .expression_bytes = 4 << 10,
                                    .graph_nodes = 500,
                                    .constant_elements = 1 << 12};

}  // namespace revive::fuzz
