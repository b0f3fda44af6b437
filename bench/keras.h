// Stock Keras' round trip of an archive, timed by a Python of the witness.
#pragma once

#include <optional>
#include <string>

namespace revive::bench {

// Seconds for one load and save, the best of several; nothing when `python` cannot do it.
std::optional<double> keras_round_trip(const std::string& python, const std::string& archive);

}  // namespace revive::bench
