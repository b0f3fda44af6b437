// Layers whose kernels have a peer: what NumPy needs for the same, on one core.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace revive::bench {

struct Kernel {
  // Of a benchmark: "kernel/relu".
  std::string name;
  std::function<void()> work;
};

// relu, tanh, LayerNormalization of 256 rows of 1,024; an LSTM of 256 units over 100 steps of 256 features, batch 32.
std::vector<Kernel> kernels();

// The seconds of NumPy's fastest turn at each of them, by name; nothing where that Python cannot.
std::optional<std::map<std::string, double>> numpy_kernels(const std::string& python);

}  // namespace revive::bench
