// A program outside revive's own tree: it sees the installed headers and archives and nothing else.
#include <cstdint>
#include <iostream>

#include "model/shape.h"
#include "model/tensor.h"

int main() {
  const revive::Shape declared{revive::kUnknown, 3};
  const revive::Tensor input = revive::Tensor::from<float>({2, 3}, {1, 2, 3, 4, 5, 6});

  std::cout << "declared " << to_string(declared) << ", given " << revive::to_string(input.dims()) << '\n';
  return declared.admits(input.dims()) ? 0 : 1;
}
