// What "the same model" means: config values by kind and bits, lambda graphs by value, weights by bits, the same
// Keras version's rules, and the same things carried.
#pragma once

#include <optional>
#include <string>

#include "revive/model/sequential.h"

namespace revive {

struct Difference {
  // "/config/layers/2/config/units", "/layers/dense/vars/0 (kernel)[3]", ...
  std::string path;
  // What stands there on either side; "(nothing)" where a side has nothing.
  std::string left;
  std::string right;

  // "PATH: LEFT here, RIGHT there".
  std::string text() const;
};

// The first difference in order of the config, then of the weights; nothing when the models are the same.
std::optional<Difference> first_difference(const Sequential& left, const Sequential& right);

// The first difference in the configs alone, compile config included.
std::optional<Difference> first_config_difference(const Sequential& left, const Sequential& right);

// The first difference in the weights alone, of models with the same layers.
std::optional<Difference> first_weights_difference(const Sequential& left, const Sequential& right);

// The first difference between two values, with `path` in front of its place.
std::optional<Difference> first_difference(const Value& left, const Value& right, const std::string& path);

// The first element that differs by bits, or the dtype or dims.
std::optional<Difference> first_difference(const Tensor& left, const Tensor& right, const std::string& path);

// SHA-256 of config and weights, as lowercase hex: what a verdict records.
std::string digest(const Sequential& model);

}  // namespace revive
