// What archive_fuzzer asks of every input: a clean error, or a model that survives being saved.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "revive/fuzz/oracles/leg.h"
#include "revive/model/base/error.h"
#include "revive/model/sequential.h"
#include "revive/serializer/compare.h"
#include "revive/serializer/io/buffer.h"
#include "revive/serializer/keras_archive.h"

namespace revive::fuzz {

// What is tried: revive's own, unless somebody looks what the oracle makes of another.
struct ArchiveCalls {
  std::function<Result<Sequential>(std::span<const std::byte>, const LoadOptions&)> load = load_bytes;
  std::function<Result<Buffer>(const Sequential&, const SaveOptions&)> save = save_bytes;
  std::function<Result<Tensor>(const Sequential&, const Tensor&)> predict;
  // What of a model's training state is code.
  std::function<std::vector<std::string>(const Sequential&)> training_code;

  ArchiveCalls();
};

// An archive loaded, saved, loaded, run beside the first, and saved again. Each step is there if the one before it
// succeeded.
struct ArchiveTrial {
  Result<Sequential> model = fail(ErrorCode::archive_not_zip, "", "not tried");
  std::optional<Result<Buffer>> saved = {};
  std::optional<Result<Sequential>> again = {};
  // What of it is not as in the model, first of all.
  std::optional<Difference> difference = {};
  // Outputs of the model and of what was saved, for the same input; neither where the model is not run.
  std::optional<Result<Tensor>> before = {};
  std::optional<Result<Tensor>> after = {};
  std::optional<Result<Buffer>> saved_again = {};
  // Where the model has training code: saved without it, and loaded.
  std::optional<Result<Buffer>> safe = {};
  std::optional<Result<Sequential>> safe_again = {};
  // What is code in that.
  std::vector<std::string> code_left = {};
};

using ArchiveLeg = Leg<ArchiveTrial>;
// In the order in which they are asked.
std::span<const ArchiveLeg> archive_legs();

struct ArchiveVerdict {
  // Set when the archive was refused.
  std::optional<Error> refused;
  // What is wrong with revive, set when a leg objected: both sides, the path of the first difference.
  std::optional<Finding> finding;
  // Of a model that loaded: equal where layers and configs are equal, whatever the weights.
  std::uint64_t structure = 0;
  // Whether the model's outputs were compared, before and after.
  bool ran = false;
};

ArchiveVerdict judge_archive(std::span<const std::byte> archive, const ArchiveCalls& calls = {},
                             std::span<const ArchiveLeg> legs = archive_legs());

}  // namespace revive::fuzz
