#include "revive/tools/run/crash_report.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace revive::tools {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

constexpr std::string_view kOverflow =
    "INFO: Seed: 1\n"
    "Running: crash-1\n"
    "=================================================================\n"
    "==20==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000111 at pc 0x1 bp 0x2 sp 0x3\n"
    "READ of size 1 at 0x602000000111 thread T0\n"
    "    #0 0x55 in __asan_memcpy (/b/target+0x1) (BuildId: 1)\n"
    "    #1 0x55 in void (anonymous namespace)::read<int, std::vector<int>>(char const*, int) /src/a.cpp:3:5\n"
    "    #2 0x56 in revive::Reader::operator()(int) const /src/a.cpp:9:1\n"
    "    #3 0x57 in c_function src/c.c:7:1\n"
    "    #4 0x57 in load(char const*) /src/a.cpp:12:1\n"
    "    #5 0x58 in LLVMFuzzerTestOneInput /src/a.cpp:20:1\n"
    "    #6 0x59 in fuzzer::Fuzzer::ExecuteCallback(unsigned char const*, unsigned long) (/b/target+0x2)\n"
    "\n"
    "0x602000000111 is located 0 bytes after 1-byte region\n"
    "allocated by thread T0 here:\n"
    "    #0 0x55 in malloc (/b/target+0x3)\n"
    "    #1 0x55 in other() /src/a.cpp:30:1\n"
    "\n"
    "SUMMARY: AddressSanitizer: heap-buffer-overflow /src/a.cpp:3:5 in (anonymous namespace)::read\n";

std::string replaced(std::string_view text, const std::string& from, const std::string& to) {
  std::string result(text);
  for (std::size_t at = 0; (at = result.find(from, at)) != std::string::npos; at += to.size()) {
    result.replace(at, from.size(), to);
  }
  return result;
}

std::string bug(std::string_view text) {
  return parse_crash_report(text).bug();
}

TEST(CrashReport, TheFirstStackIsReadWithoutTheRuntime) {
  const CrashReport report = parse_crash_report(kOverflow);
  EXPECT_EQ(report.kind, "heap-buffer-overflow");
  EXPECT_EQ(report.artifact_kind(), "crash");
  EXPECT_EQ(report.summary,
            "SUMMARY: AddressSanitizer: heap-buffer-overflow /src/a.cpp:3:5 in (anonymous namespace)::read");
  EXPECT_EQ(report.sentence, "");
  EXPECT_THAT(report.functions, ElementsAre("anonymous::read", "revive::Reader::operator", "c_function", "load",
                                            "LLVMFuzzerTestOneInput"));
  EXPECT_THAT(report.bug(), StartsWith("crash-heap-buffer-overflow-anonymous-read-"));
}

TEST(CrashReport, ABugIsTheSameFromOtherAddressesLinesAndCallers) {
  EXPECT_EQ(bug(replaced(kOverflow, "0x5", "0x7")), bug(kOverflow));
  EXPECT_EQ(bug(replaced(kOverflow, "a.cpp:3:5", "a.cpp:4:9")), bug(kOverflow));
  EXPECT_EQ(bug(replaced(kOverflow, " load(", " reload(")), bug(kOverflow));
  EXPECT_NE(bug(replaced(kOverflow, "::read<", "::write<")), bug(kOverflow));
  EXPECT_NE(bug(replaced(kOverflow, "c_function", "d_function")), bug(kOverflow));
  EXPECT_NE(bug(replaced(kOverflow, "heap-buffer-overflow", "heap-use-after-free")), bug(kOverflow));
}

constexpr std::string_view kTrap =
    "Running: crash-2\n"
    "archive_fuzzer: /layers/2/vars/0 (kernel of Dense 'a')[3]: 1 before, 2 after\n"
    "==20== ERROR: libFuzzer: deadly signal\n"
    "    #0 0x1 in __sanitizer_print_stack_trace (/b/target+0x1)\n"
    "    #1 0x2  (/lib/x86_64-linux-gnu/libc.so.6+0x3c04f) (BuildId: 9)\n"
    "    #2 0x3 in LLVMFuzzerTestOneInput /src/a.cpp:20:1\n"
    "SUMMARY: libFuzzer: deadly signal\n";

// A target's own checks all end in the same function.
TEST(CrashReport, WhatACheckSaysTellsItsBugsApart) {
  EXPECT_THAT(bug(kTrap), StartsWith("crash-layers-N-vars-N-kernel-of-Dense-N-"));
  EXPECT_EQ(bug(replaced(replaced(kTrap, "/2/", "/7/"), "'a')[3]: 1", "'b')[0]: 5")), bug(kTrap));
  EXPECT_NE(bug(replaced(kTrap, "kernel", "bias")), bug(kTrap));
  const auto two_lines = replaced(kTrap, "archive_fuzzer: ", "model_fuzzer: weights_survive\n");
  EXPECT_THAT(bug(two_lines), StartsWith("crash-weights_survive-layers-N-vars-N-kernel-of-Dense-N-"));
}

TEST(CrashReport, WithoutNamesAllOfTheStackCounts) {
  const std::string text =
      "==20== ERROR: libFuzzer: deadly signal\n"
      "    #0 0x1  (/b/target+0x11) (BuildId: 1)\n    #1 0x2  (/b/target+0x12)\n    #2 0x3  (/b/target+0x13)\n"
      "    #3 0x4  (/b/target+0x14)\nSUMMARY: libFuzzer: deadly signal\n";
  EXPECT_THAT(parse_crash_report(text).functions,
              ElementsAre("target+0x11", "target+0x12", "target+0x13", "target+0x14"));
  EXPECT_THAT(bug(text), StartsWith("crash-bug-"));
  EXPECT_EQ(bug(replaced(text, "/b/", "/other/")), bug(text));
  EXPECT_NE(bug(replaced(text, "0x14", "0x15")), bug(text));
}

TEST(CrashReport, ATimeoutIsToldByItsOutermostFunctions) {
  const std::string text =
      "==20== ERROR: libFuzzer: timeout after 25 seconds\n"
      "    #0 0x1 in multiply() /a:1\n    #1 0x1 in product() /a:1\n    #2 0x2 in predict() /a:2\n    #3 0x2 in run() "
      "/a:2\n"
      "    #4 0x3 in LLVMFuzzerTestOneInput /a:3\nSUMMARY: libFuzzer: timeout\n";
  EXPECT_EQ(parse_crash_report(text).artifact_kind(), "timeout");
  EXPECT_EQ(bug(replaced(text, "multiply", "add")), bug(text));
  EXPECT_NE(bug(replaced(text, "predict", "load")), bug(text));
}

TEST(CrashReport, ARecursionIsToldByWhoTakesPart) {
  const auto text = [](std::string_view first, std::string_view second) {
    std::string stack = "==20==ERROR: AddressSanitizer: stack-overflow on address 0x1\n";
    for (int i = 0; i < 10; ++i) {
      stack += fmt::format("    #{} 0x1 in {}(int) /a:1\n", i, i % 2 == 0 ? first : second);
    }
    return stack + "SUMMARY: AddressSanitizer: stack-overflow /a:1 in f\n";
  };
  EXPECT_EQ(bug(text("even", "odd")), bug(text("odd", "even")));
  EXPECT_NE(bug(text("even", "odd")), bug(text("even", "other")));
}

TEST(CrashReport, LeaksMemoryAndNothingHaveTheirWords) {
  const CrashReport leak = parse_crash_report(
      "==1==ERROR: LeakSanitizer: detected memory leaks\n\nDirect leak of 3 byte(s) in 1 object(s) allocated from:\n"
      "    #0 0x1 in malloc (/b+0x1)\n    #1 0x1 in keep() /a:1\n\nSUMMARY: AddressSanitizer: 3 byte(s) leaked in 1 "
      "allocation(s).\n");
  EXPECT_EQ(leak.artifact_kind(), "leak");
  EXPECT_THAT(leak.functions, ElementsAre("keep"));
  EXPECT_EQ(parse_crash_report("==1== ERROR: libFuzzer: out-of-memory (used: 2561Mb; limit: 2560Mb)\n"
                               "SUMMARY: libFuzzer: out-of-memory\n")
                .artifact_kind(),
            "oom");
  const CrashReport nothing = parse_crash_report("#4096\tpulse  cov: 9 ft: 20\nKilled\n");
  EXPECT_EQ(nothing.summary, "");
  EXPECT_THAT(nothing.bug(), StartsWith("crash-bug-"));
}

}  // namespace
}  // namespace revive::tools
