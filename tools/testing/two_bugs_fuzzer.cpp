// A fuzz target with two bugs, for tests of `revive fuzz`; it is none of the targets of the build.
//
// An input that begins with 'A' meets the first, one with 'B' the second, whatever follows. With clang it is a target
// as any other (`clang++-19 -fsanitize=fuzzer,address two_bugs_fuzzer.cpp`); tests link it with
// stand_in_engine_main.cpp.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

// Of their own functions, because that is what tells them apart.
[[noreturn, gnu::noinline]] void first_bug() {
  std::abort();
}
[[noreturn, gnu::noinline]] void second_bug() {
  std::abort();
}

// Called through pointers that no optimizer looks through, so that both stay on the stack as they are written.
// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables)
void (*volatile const kFirst)() = first_bug;
void (*volatile const kSecond)() = second_bug;
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 0 && data[0] == 'A') kFirst();
  if (size > 0 && data[0] == 'B') kSecond();
  return 0;
}
