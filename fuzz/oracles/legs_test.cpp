// legs.txt says what each leg of the oracles promises; the faults that hold the legs are in the oracles' tests.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "revive/fuzz/oracles/archive_oracle.h"
#include "revive/fuzz/oracles/bytecode_oracle.h"
#include "revive/fuzz/oracles/lambda_case.h"
#include "revive_build/source_dir.h"

namespace revive::fuzz {
namespace {

TEST(Legs, AreListedWithWhatTheyPromise) {
  std::string lines;
  const auto add = [&](std::string_view oracle, const auto& legs) {
    for (const auto& leg : legs) {
      lines += std::string(oracle) + '.' + std::string(leg.name) + ": " + std::string(leg.promise) + '\n';
    }
  };
  add("archive", archive_legs());
  add("bytecode", bytecode_legs());
  add("lambda", lambda_legs());
  std::ifstream file(REVIVE_SOURCE_DIR "/fuzz/oracles/legs.txt");
  const std::string listed((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_EQ(listed, lines);
}

}  // namespace
}  // namespace revive::fuzz
