// What an archive may ask of the machine. Every number is checked before memory is taken or a size believed.
//
// The defaults open any model that a desktop would serve, and what they admit is refused, loaded or saved within
// 64 MiB and 16 bytes of memory for each byte of the file; a service that reads strangers' archives lowers them. Sizes
// are in bytes unless the name says otherwise. Some limits are floors that a large file lifts: see for_file().
#pragma once

#include <algorithm>
#include <cstdint>

namespace revive {

struct Limits {
  // Container.
  // No member of 4 GiB or more is read whatever this allows.
  std::uint64_t archive_bytes = std::uint64_t{4} << 30;
  std::uint64_t archive_members = 4096;
  std::uint64_t member_name_bytes = 1024;
  // What its deflated members take together once inflated. A floor.
  std::uint64_t inflated_bytes = 8 << 20;
  static constexpr std::uint64_t kInflatedBytesPerByte = 3;

  // config.json and metadata.json.
  std::uint64_t json_bytes = 64 << 20;
  std::uint64_t json_depth = 256;
  // What one of them takes in memory once it is parsed. A floor.
  std::uint64_t json_memory_bytes = 12 << 20;
  static constexpr std::uint64_t kJsonMemoryBytesPerByte = 5;

  // model.weights.h5.
  std::uint64_t hdf5_objects = 1'000'000;
  // Two groups for each of layer_nesting, and room for what is in the innermost layer: what loads can be saved.
  std::uint64_t hdf5_depth = 96;
  std::uint64_t hdf5_name_bytes = 4096;
  std::uint64_t tensor_rank = 32;

  // The model.
  std::uint64_t layers = 100'000;
  std::uint64_t layer_nesting = 32;
  std::uint64_t layer_name_bytes = 1024;
  // Over all layers; 4 GiB as float32, which no archive can exceed.
  std::uint64_t weight_elements = std::uint64_t{1} << 30;

  // Evaluation, from the shapes of the input: a model that asks for more loads and saves but does not run. Of one value
  // on the way, and of a whole call; for one sample, or for a batch as large as the model itself declares. Floors: a
  // second or two of one core, and more for a model with more weights.
  std::uint64_t activation_elements = std::uint64_t{1} << 24;
  static constexpr std::uint64_t kActivationElementsPerByte = 1;
  std::uint64_t multiply_adds = std::uint64_t{1} << 33;
  static constexpr std::uint64_t kMultiplyAddsPerByte = 1000;

  // Lambdas.
  std::uint64_t expression_bytes = 64 << 10;
  std::uint64_t expression_depth = 64;
  std::uint64_t graph_nodes = 10'000;
  std::uint64_t constant_elements = 1 << 20;

  // These limits for a file, or the weights of a model, of so many bytes: the floors at least.
  constexpr Limits for_file(std::uint64_t bytes) const {
    Limits limits = *this;
    limits.inflated_bytes = std::max(inflated_bytes, kInflatedBytesPerByte * bytes);
    limits.json_memory_bytes = std::max(json_memory_bytes, kJsonMemoryBytesPerByte * bytes);
    limits.activation_elements = std::max(activation_elements, kActivationElementsPerByte * bytes);
    limits.multiply_adds = std::max(multiply_adds, kMultiplyAddsPerByte * bytes);
    return limits;
  }
};

}  // namespace revive
