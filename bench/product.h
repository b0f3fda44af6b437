// The matrix product of a Dense layer of usual size, by each set of instructions, beside Eigen's.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace revive::bench {

struct Product {
  // Of a benchmark.
  std::string name;
  std::function<void()> work;
};

// 64 x 1024 by 1024 x 1024. The first is Eigen's, built for the instructions of the whole program; the second ours by
// the same instructions; the others ours by wider ones, as far as this machine has them.
std::vector<Product> products();

}  // namespace revive::bench
