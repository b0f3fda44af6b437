// The harness finds the five mistakes of the naive serializer, and nothing else once they are mended.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <iostream>

#include "revive/examples/naive_subject/take_apart.h"
#include "revive/properties/gtest.h"
#include "revive/properties/process/process_subject.h"
#include "revive_build/source_dir.h"

using revive::properties::Subject;

namespace {

constexpr int kCases = 300;
constexpr std::uint64_t kSeed = 1;
constexpr Mended kAllMended = {true, true, true, true, true};

class MendedSerializer : public NaiveSerializer {
 public:
  MendedSerializer() : NaiveSerializer(kAllMended) {}
};

Subject in_process(const Mended& mended) {
  return revive::properties::subject_of(NaiveSerializer(mended), "naive");
}

Subject behind_the_protocol(const Mended& mended) {
  const std::string program = "python3 '" REVIVE_SOURCE_DIR "/examples/naive_subject/naive_subject.py'";
  return revive::properties::process_subject(program + to_arguments(mended)).value();
}

// All five, each once, each in a model of at most two layers. How long they take is printed, for a machine at rest.
void expect_five_mistakes(const MakeSubject& make) {
  const auto start = std::chrono::steady_clock::now();
  std::chrono::duration<double> took = {};
  std::vector<std::string> mistakes;
  Mended mended;
  while (const auto finding = find_next(make, mended, kCases, kSeed)) {
    took = std::chrono::steady_clock::now() - start;
    std::cout << finding->mistake << ": " << finding->property << ", " << finding->layers
              << " layer(s): " << finding->message << '\n';
    EXPECT_LE(finding->layers, 2U) << finding->mistake;
    mistakes.push_back(finding->mistake);
    if (finding->mistake == "?") break;
  }
  std::cout << "all within " << took.count() << " s\n";
  std::ranges::sort(mistakes);
  EXPECT_EQ(mistakes, (std::vector<std::string>{"captures", "falsy", "floats", "nesting", "order"}));
}

TEST(NaiveSubject, AllFiveMistakesAreFoundThroughTheCppDoor) {
  expect_five_mistakes(in_process);
}

TEST(NaiveSubject, AllFiveMistakesAreFoundThroughTheLineProtocol) {
  expect_five_mistakes(behind_the_protocol);
}

}  // namespace

// Holds: MendedSerializer.*; fails, as it should: NaiveSerializer.*
REVIVE_TEST(NaiveSerializer);
REVIVE_TEST(MendedSerializer);
