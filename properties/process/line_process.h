// A child process that answers lines with lines: written to its standard input, read from its standard output.
//
// Its standard error is shown on the caller's, up to ChildLimits::output_bytes. It is killed, with all that it started,
// when it breaks the exchange, and with its owner when it does not end by itself once its standard input has
// (process.h). Errors: subject_failed, whose message says how the child ended or what it did instead. Not for several
// threads at once.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "revive/model/base/error.h"
#include "revive/properties/process/descriptor.h"
#include "revive/properties/process/process.h"

namespace revive::properties {

struct LineLimits {
  std::size_t answer_bytes = std::size_t{64} << 20;
  // For one answer; 0: no limit.
  double seconds = 0;
};

class LineProcess {
 public:
  // `command` is one program and its arguments, as a POSIX shell reads them. A program that is not there is found out
  // by the first exchange.
  static Result<std::unique_ptr<LineProcess>> start(const std::string& command, const ChildLimits& limits = {});
  LineProcess(const LineProcess&) = delete;
  LineProcess& operator=(const LineProcess&) = delete;
  ~LineProcess();

  // The answer to one line, both without '\n'. After an Error the child is gone.
  Result<std::string> exchange(std::string_view line, const LineLimits& limits);
  bool running() const { return process_.running(); }

 private:
  LineProcess(Process process, Descriptor stream) : process_(std::move(process)), stream_(std::move(stream)) {}

  // Ends the child, by force where it does not end by itself, and says how it ended.
  std::string end();
  // Kills the child for what it did.
  std::unexpected<Error> give_up(std::string what);

  Process process_;
  Descriptor stream_;
};

}  // namespace revive::properties
