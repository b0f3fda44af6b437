// What parse_crash_report() makes of what targets say, in crashes.txt: kind, sentence, functions and the name of the
// bug. After a change that is meant:
//
//     REVIVE_WRITE_SENTENCES=1 build/release/tools/tools_test --gtest_filter='CrashWords.*'
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "revive/model/testing/recorded.h"
#include "revive/tools/run/crash_report.h"

namespace revive::tools {
namespace {

constexpr const char* kError = "==1== ERROR: libFuzzer: deadly signal\n";
constexpr const char* kSummary = "SUMMARY: libFuzzer: deadly signal\n";

void expect_read(const std::string& name, const std::string& text) {
  const CrashReport report = parse_crash_report(text);
  expect_recorded("tools/run/crashes.txt", name,
                  fmt::format("{} | {} | {} | {} | {} | {}", report.kind, report.artifact_kind(), report.summary,
                              report.sentence, fmt::join(report.functions, ", "), report.bug()));
}

// A frame for each function, from `first` on.
std::string stack(const std::vector<std::string>& functions, int first = 0) {
  std::string text;
  for (const std::string& function : functions)
    text += fmt::format("    #{} 0x1 in {} /a.cpp:1:2\n", first++, function);
  return text;
}

TEST(CrashWords, OfTheRuntimeIsNoFunction) {
  for (const char* const function : {"__sanitizer_print_stack_trace",
                                     "__asan::ReportGenericError(int)",
                                     "__lsan::DoLeakCheck()",
                                     "__ubsan_handle_add",
                                     "__msan_warning",
                                     "__tsan_func_entry",
                                     "__interceptor_strdup",
                                     "___interceptor_memcmp",
                                     "fuzzer::Fuzzer::CrashCallback()",
                                     "__libc_start_main",
                                     "__GI_raise",
                                     "__pthread_kill_implementation",
                                     "pthread_kill",
                                     "__assert_fail",
                                     "__cxxabiv1::__terminate(void (*)())",
                                     "__cxa_throw",
                                     "__gnu_cxx::__verbose_terminate_handler()",
                                     "std::terminate()",
                                     "operator new(unsigned long)",
                                     "operator delete(void*)",
                                     "abort",
                                     "raise",
                                     "gsignal",
                                     "malloc",
                                     "calloc",
                                     "realloc",
                                     "free",
                                     "memcpy",
                                     "memmove",
                                     "memset",
                                     "memcmp",
                                     "strlen",
                                     "_start",
                                     "main"}) {
    EXPECT_EQ(parse_crash_report(kError + stack({function, "ours"})).functions, std::vector<std::string>{"ours"})
        << function;
  }
  for (const char* const module : {"/lib/libc.so.6", "/lib/libstdc++.so.6", "/lib/libpthread.so.0",
                                   "/lib/libclang_rt.asan.so", "/lib64/ld-linux-x86-64.so.2"}) {
    EXPECT_EQ(
        parse_crash_report(fmt::format("{}    #0 0x1 in known() ({}+0x1)\n{}", kError, module, stack({"ours"}, 1)))
            .functions,
        std::vector<std::string>{"ours"})
        << module;
  }
  for (const char* const function : {"abort_all", "my_malloc", "mainly", "assert", "cxa_throw", "read_main"}) {
    EXPECT_EQ(parse_crash_report(kError + stack({function})).functions, std::vector<std::string>{function});
  }
}

TEST(CrashWords, OfTheEngineAreNoSentence) {
  for (const char* const line :
       {"#12\tpulse", "==7==", "INFO: seeds", "NOTE: slow", "Running: a", "Executed a", "MS: 3", "stat::units: 3",
        "Dictionary: 3", "Reading 3", "artifact_prefix='a'", "", "  \t"}) {
    const CrashReport report = parse_crash_report(fmt::format("before\n{}\nafter it\n{}", line, kError));
    EXPECT_EQ(report.sentence, parse_crash_report(fmt::format("after it\n{}", kError)).sentence) << line;
    EXPECT_NE(report.sentence, "") << line;
  }
}

TEST(CrashWords, AreReadAsRecorded) {
  const std::string tail = std::string(kError) + stack({"f()"}) + kSummary;
  const std::pair<const char*, std::string> texts[] = {
      {"nothing", ""},
      {"sentence named", "a_fuzzer: it is wrong\n" + tail},
      {"sentence not named", "it is: wrong\n" + tail},
      {"sentence of one word", "wrong\n" + tail},
      {"sentence that ends in a colon", "wrong:\n" + tail},
      {"sentence in two lines", "a_fuzzer: outputs\nb_fuzzer: it is wrong\n" + tail},
      {"sentence in three lines", "a_fuzzer: outputs\nit is wrong\nfor sure\n" + tail},
      {"sentence after the error", std::string(kError) + "too late\n" + stack({"f()"})},
      {"sentence with blanks and numbers", "\t a_fuzzer: 3 of 'b' are 0x12 \r\n" + tail},
      {"runtime error", "the check\n/a.cpp:3:4: runtime error: overflow\n" + stack({"f()", "g()"}) +
                            "SUMMARY: UndefinedBehaviorSanitizer: undefined-behavior /a.cpp:3:4\n"},
      {"second error", std::string(kError) + stack({"f()"}) + "==1== ERROR: other\n" + stack({"g()"})},
      {"second stack at once", std::string(kError) + stack({"f()", "g()"}) + stack({"h()", "i()"})},
      {"error inside of the stack", std::string(kError) + stack({"f()"}) + "==1== ERROR: other\n" + stack({"g()"}, 1)},
      {"summary before the error", "SUMMARY: A: early\nit is wrong\n" + tail},
      {"summary inside of the stack", kError + stack({"f()"}) + kSummary + stack({"g()"}, 1)},
      {"summary with blanks around", std::string(kError) + "  SUMMARY: A: first \t\r\n"},
      {"no numbers of frames", std::string(kError) + "# 0x1 in f()\n=1 0x1 in g()\n#12\n"},
      {"lines between error and stack", std::string(kError) + "READ of size 1\n\n" + stack({"f()", "g()"})},
      {"stack before the error", stack({"f()"}) + kError + stack({"g()"})},
      {"below the entry", std::string(kError) + stack({"f()", "LLVMFuzzerTestOneInput", "h()"})},
      {"four functions", std::string(kError) + stack({"a()", "b()", "c()", "d()"}) + kSummary},
      {"four functions that differ in the last", std::string(kError) + stack({"a()", "b()", "c()", "e()"}) + kSummary},
      {"three functions", std::string(kError) + stack({"a()", "b()", "c()"}) + kSummary},
      {"timeout of four", "==1== ERROR: libFuzzer: timeout after 25 seconds\n" + stack({"a()", "b()", "c()", "d()"}) +
                              "SUMMARY: libFuzzer: timeout\n"},
      {"timeout of two", "==1== ERROR: libFuzzer: timeout\n" + stack({"a()", "b()"}) + "SUMMARY: libFuzzer: timeout\n"},
      {"recursion", "==1==ERROR: AddressSanitizer: stack-overflow\n" + stack({"a()", "b()", "b()", "a()", "c()"}) +
                        "SUMMARY: AddressSanitizer: stack-overflow /a.cpp:1 in a\n"},
      {"recursion that does not show", "==1==ERROR: AddressSanitizer: stack-overflow\n" +
                                           stack({"a()", "b()", "c()", "d()"}) +
                                           "SUMMARY: AddressSanitizer: stack-overflow (/b/target+0x1) in a\n"},
      {"leak", "==1==ERROR: LeakSanitizer: detected memory leaks\n\nDirect leak of 3 byte(s):\n" +
                   stack({"malloc", "keep()"}) + "\nSUMMARY: AddressSanitizer: 3 byte(s) leaked in 1 allocation(s).\n"},
      {"out of memory",
       "==1== ERROR: libFuzzer: out-of-memory (used: 3Mb)\n" + stack({"f()"}) + "SUMMARY: libFuzzer: out-of-memory\n"},
      {"summary with place", std::string(kError) + "SUMMARY: AddressSanitizer: SEGV /a.cpp:1:2 in f\n"},
      {"summary with function alone", std::string(kError) + "SUMMARY: AddressSanitizer: heap-use-after-free in f\n"},
      {"summary of two words", std::string(kError) + "SUMMARY: ThreadSanitizer: data race (/b+0x1) in f\n"},
      {"summary without colon", std::string(kError) + "SUMMARY: broken\n"},
      {"summary without words", std::string(kError) + "SUMMARY: Odd: 123\n"},
      {"two summaries", std::string(kError) + "SUMMARY: A: first\nSUMMARY: B: second\n"},
      {"no end of line", std::string(kError) + "SUMMARY: A: first"},
      {"template",
       std::string(kError) + stack({"f<A(int)>::g(int)", "a::operator-><int>(int)",
                                    "int (anonymous namespace)::f<std::pair<int, A(int)>>(int)",
                                    "a::B<int>::c(int) const", "a::operator<(int)", "a::operator()(int) const"})},
      {"of C", std::string(kError) + "    #0 0x1 in c_function src/c.c:7:1\n    #1 0x2 in lonely\n" +
                   "    #2 0x3 in without_line (/b/target+0x1) (BuildId: 1)\n"},
      {"a name and none", std::string(kError) + stack({"f()"}) + "    #1 0x2 (/b/target+0x12)\n"},
      {"nameless", std::string(kError) + "    #0 0x1  (/b/target+0x11) (BuildId: 1)\n    #1 0x2 (other+0x12)\n"},
      {"without place", std::string(kError) + "    #0 0x1 nothing\n    #1 0x2 (open\n" + stack({"f()"}, 2)},
      {"no frames", std::string(kError) + "#\n#x 0x1 in f\n#1 pulse\n"},
  };
  for (const auto& [name, text] : texts) expect_read(name, text);
}

// Of two digits, too: a number that begins anew ends the stack.
TEST(CrashWords, AStackMayBeDeep) {
  std::vector<std::string> functions;
  for (int i = 0; i < 25; ++i) functions.push_back(fmt::format("f{}", i));
  EXPECT_EQ(parse_crash_report(kError + stack(functions)).functions, functions);
}

}  // namespace
}  // namespace revive::tools
