// What archive_fuzzer asks of every input: a clean error, or a model that survives being saved.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "revive/model/base/error.h"

namespace revive::fuzz {

struct ArchiveVerdict {
  // Set when the archive was refused.
  std::optional<Error> refused;
  // What is wrong with revive, set when an oracle failed: the sentence, both sides, the path of the first difference.
  std::optional<std::string> finding;
  // Of a model that loaded: equal where layers and configs are equal, whatever the weights.
  std::uint64_t structure = 0;
  // Whether the model's outputs were compared, before and after.
  bool ran = false;
};

// An error has to have a place and a sentence. A model has to save; that archive has to load as the same config and
// weights, give output bits equal to the first one's on the default input, and save to the same bytes once more.
ArchiveVerdict judge_archive(std::span<const std::byte> archive);

}  // namespace revive::fuzz
