// What an archive may ask of the machine. Every number is checked before memory is taken or a size believed.
//
// The defaults open any model that a desktop would serve; a service that reads strangers' archives lowers
// them. Sizes are in bytes unless the name says otherwise.
#pragma once

#include <cstdint>

namespace revive {

struct Limits {
  // Container.
  // No member of 4 GiB or more is read whatever this allows.
  std::uint64_t archive_bytes = std::uint64_t{4} << 30;
  std::uint64_t archive_members = 4096;
  std::uint64_t member_name_bytes = 1024;
  // A member may inflate to this many times its stored size; DEFLATE itself stops near 1032.
  std::uint64_t inflate_ratio = 200;
  // Inflated members smaller than this need not keep to the ratio.
  std::uint64_t inflate_floor_bytes = 64 << 10;

  // config.json and metadata.json.
  std::uint64_t json_bytes = 64 << 20;
  std::uint64_t json_depth = 256;
  std::uint64_t json_values = 4'000'000;

  // model.weights.h5.
  std::uint64_t hdf5_objects = 1'000'000;
  std::uint64_t hdf5_depth = 64;
  std::uint64_t hdf5_name_bytes = 4096;
  std::uint64_t tensor_rank = 32;

  // The model.
  std::uint64_t layers = 100'000;
  std::uint64_t layer_nesting = 32;
  std::uint64_t layer_name_bytes = 1024;
  // Over all layers; 4 GiB as float32, which no archive can exceed.
  std::uint64_t weight_elements = std::uint64_t{1} << 30;

  // Evaluation, computed from shapes with a batch of one and unknown axes as one.
  std::uint64_t activation_elements = std::uint64_t{1} << 26;
  std::uint64_t multiply_adds = std::uint64_t{1} << 40;

  // Lambdas.
  std::uint64_t expression_bytes = 64 << 10;
  std::uint64_t expression_depth = 64;
  std::uint64_t graph_nodes = 10'000;
  std::uint64_t constant_elements = 1 << 20;
};

}  // namespace revive
