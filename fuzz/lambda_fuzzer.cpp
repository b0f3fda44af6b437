// lambda_fuzzer: two choices and the text of a lambda (lambda_case.h).
//
// Property: the text is refused with a place and a sentence, or it is an expression whose graph survives the config of
// a Functional, computes what it infers, and whose tree prints as text of the same tree; made twice, it is the same.
//
// On a violation it prints the sentence that does not hold, and the text.
#include <cstdint>

#include "revive/fuzz/targets/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const revive::fuzz::LambdaTarget target;
  return target.run({data, size});
}
