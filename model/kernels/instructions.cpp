#include "revive/model/kernels/instructions.h"

namespace revive {

std::vector<Instructions> instructions_here() {
  std::vector<Instructions> found{Instructions::plain};
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx2")) found.push_back(Instructions::avx2);
#endif
  return found;
}

Instructions best_instructions() {
  static const Instructions kBest = instructions_here().back();
  return kBest;
}

}  // namespace revive
