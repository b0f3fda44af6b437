// This project has a folder model/ with a tensor.h of its own, as many have: revive's headers go by revive/... alone.
#pragma once

#include <cstddef>

namespace ours {

struct Tensor {
  std::size_t rows = 0;
  std::size_t columns = 0;
};

}  // namespace ours
