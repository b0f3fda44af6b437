#include "revive/fuzz/oracles/bytecode_statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <vector>

namespace revive::fuzz {
namespace {

using Bytes = std::vector<std::uint8_t>;
using python::Version;

std::string printed(const BytecodeStatistics& statistics) {
  std::ostringstream out;
  statistics.print(out);
  return out.str();
}

BytecodeVerdict translated(std::vector<Version> versions, bool with_text) {
  BytecodeVerdict verdict;
  verdict.versions = std::move(versions);
  verdict.printed = with_text;
  return verdict;
}
BytecodeVerdict refused(ErrorCode code) {
  BytecodeVerdict verdict;
  verdict.refused = Error{code, "", "no"};
  return verdict;
}

TEST(BytecodeStatistics, PrintsWhatWasTranslatedAndWhyOthersWereNot) {
  BytecodeStatistics statistics;
  statistics.count(Bytes{1}, translated({Version::py3_8, Version::py3_9}, true));
  statistics.note_mutant(Bytes{2}, BytecodeMutation::operand);
  statistics.count(Bytes{2}, translated({Version::py3_9}, false));
  statistics.note_mutant(Bytes{3}, BytecodeMutation::raw);
  statistics.count(Bytes{3}, refused(ErrorCode::bytecode_format));
  statistics.note_mutant(Bytes{4}, BytecodeMutation::operand);
  statistics.count(Bytes{4}, refused(ErrorCode::bytecode_unsupported));
  // Noted, and not what runs next.
  statistics.note_mutant(Bytes{5}, BytecodeMutation::header);
  statistics.count(Bytes{4}, refused(ErrorCode::bytecode_format));
  EXPECT_EQ(printed(statistics),
            "runs                                 5    40.0 % translated\n"
            "  operand                            2    50.0 % translated\n"
            "  raw                                1     0.0 % translated\n"
            "  seed                               2    50.0 % translated\n"
            "texts parsed and compared            1    50.0 % of those translated\n"
            "  as Python 3.8                      1\n"
            "  as Python 3.9                      2\n"
            "refused\n"
            "  bytecode_format                    2\n"
            "  bytecode_unsupported               1\n");
}

TEST(BytecodeStatistics, PrintsNoShareOfNothing) {
  EXPECT_EQ(printed(BytecodeStatistics()),
            "runs                                 0     0.0 % translated\n"
            "texts parsed and compared            0     0.0 % of those translated\n"
            "refused\n");
}

}  // namespace
}  // namespace revive::fuzz
