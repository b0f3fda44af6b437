// A target that says what it is run on: to see what the replay main does.
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <string_view>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max);
// NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,readability-identifier-naming)
extern "C" const char* __asan_default_options();

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::cout << '<' << text << ">\n";
  if (text == "options") std::cout << __asan_default_options() << '\n';
  if (text == "mutate") std::cout << LLVMFuzzerMutate(nullptr, 3, 7) << '\n';
  if (text == "crash") {
    std::cout << std::flush;
    __builtin_trap();
  }
  return 0;
}
