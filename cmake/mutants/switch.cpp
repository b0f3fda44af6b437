// Linked into every program of the copy that `./dev mutants` builds. The bytes are those of a file, which the children
// of a test share with it, and which stay when the process is killed.
#include "switch.h"

#include <cstdlib>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace {

constexpr std::size_t kMostMutants = 1 << 16;
unsigned char nobody_asks[kMostMutants];

// Before every constructor of the program, which may be mutated as well.
[[gnu::constructor(101)]] void read_environment() {
  if (const char* selected = std::getenv("REVIVE_MUTANT")) revive_mutant_selected = std::atoi(selected);
  const char* file = std::getenv("REVIVE_MUTANT_REACHED");
  if (file == nullptr) return;
  const int descriptor = open(file, O_RDWR | O_CLOEXEC);
  if (descriptor < 0) std::abort();
  void* bytes = mmap(nullptr, kMostMutants, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (bytes == MAP_FAILED) std::abort();
  close(descriptor);
  revive_mutant_reached = static_cast<unsigned char*>(bytes);
}

}  // namespace

int revive_mutant_selected = -1;
unsigned char* revive_mutant_reached = nobody_asks;
