// What a fuzz target said when an input ended it, and which bug that is.
//
// Two inputs show the same bug when kind, sentence and the innermost functions agree, as ClusterFuzz tells crashes
// apart: the kind is the sanitizer's word ("heap-buffer-overflow"), the sentence is what the target printed before it
// trapped, with numbers and names left out, and of the stack count the three innermost functions that belong neither to
// the sanitizer, the engine nor the C library. Where no symbols are known a function is its module and offset, which
// is the same in every run of a program, and all of the stack counts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace revive::tools {

struct CrashReport {
  // "heap-buffer-overflow", "deadly-signal", "timeout", "out-of-memory", "leak"; empty where it says none.
  std::string kind;
  // "SUMMARY: AddressSanitizer: heap-buffer-overflow a.cpp:3:5 in f", or the last line where there is none.
  std::string summary;
  // What a check said before it ended the process, without what differs between inputs; or empty.
  std::string sentence;
  // Of the first stack, innermost first, without arguments and template arguments.
  std::vector<std::string> functions;

  // "crash", "timeout", "oom", "leak": libFuzzer's word for what `kind` is.
  std::string_view artifact_kind() const;
  // The same for all inputs that show the bug, and part of a file name:
  // "crash-heap-buffer-overflow-read_dims-1a2b3c4d".
  std::string bug() const;
};

CrashReport parse_crash_report(std::string_view text);

}  // namespace revive::tools
