// An engine of a page: runs a target on a file, then on mutants of it, and says what came of them.
//
//   archive_fuzzer_probe FILE MUTANTS MAX
//
// Prints, to standard output, what the target returned for the file, then how many mutants were made, unlike the file,
// refused by the target (-1), beyond MAX, and how often the engine's own mutator was asked.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
// The target's, if it has one.
extern "C" __attribute__((weak)) std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                                                     std::size_t max, unsigned seed);

namespace {
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): LLVMFuzzerMutate takes no argument for it.
std::size_t asked = 0;
}  // namespace

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t /*max*/) {
  ++asked;
  if (size > 0) data[0] ^= 0xFF;
  return size;
}

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  std::ifstream file(argv[1], std::ios::binary);
  const std::vector<char> bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const std::vector<std::uint8_t> input(bytes.begin(), bytes.end());
  std::cout << "returned " << LLVMFuzzerTestOneInput(input.data(), input.size()) << '\n';
  if (LLVMFuzzerCustomMutator == nullptr) {
    std::cout << "no mutator\n";
    return 0;
  }
  const auto mutants = static_cast<unsigned>(std::stoul(argv[2]));
  const std::size_t max = std::stoul(argv[3]);
  std::size_t unlike = 0;
  std::size_t refused = 0;
  std::size_t beyond = 0;
  for (unsigned seed = 0; seed < mutants; ++seed) {
    std::vector<std::uint8_t> buffer = input;
    buffer.resize(std::max(max, input.size()));
    const std::size_t size = LLVMFuzzerCustomMutator(buffer.data(), input.size(), max, seed);
    beyond += size > max ? 1 : 0;
    buffer.resize(size);
    unlike += buffer != input ? 1 : 0;
    refused += LLVMFuzzerTestOneInput(buffer.data(), buffer.size()) == -1 ? 1 : 0;
  }
  std::cout << mutants << " mutants, " << unlike << " unlike, " << refused << " refused, " << beyond << " beyond, "
            << asked << " by the engine\n";
}
