// lambda_fuzzer: two choices and the text of a lambda (lambda_case.h).
//
// Property: the text is refused with a place and a sentence, or it is an expression whose graph survives the config of
// a Functional, computes what it infers, and whose tree prints as text of the same tree; made twice, it is the same.
//
// On a violation it prints the sentence that does not hold, and the text.
#include <cstdint>
#include <iostream>

#include "revive/fuzz/mutators/fuzz_limits.h"
#include "revive/fuzz/oracles/lambda_case.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const revive::fuzz::LambdaCase drawn = revive::fuzz::lambda_case({data, size});
  if (const auto violation = revive::fuzz::lambda_violation(drawn, revive::fuzz::kFuzzLimits)) {
    std::cerr << "lambda_fuzzer: " << violation->text << '\n' << drawn.text << '\n';
    __builtin_trap();
  }
  return 0;
}
