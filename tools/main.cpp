// The program `revive`: standard streams around the commands of commands.cpp.
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <new>
#include <string>
#include <vector>

#include "revive/tools/command.h"
#include "revive/tools/console/standard_output.h"

int main(int argc, char** argv) {
  // A full disk or a closed pipe is an error to handle, not a reason to vanish in the middle of things.
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  std::ios::sync_with_stdio(false);
  const bool plain = std::getenv("NO_COLOR") != nullptr;
  revive::tools::StandardOutput standard_output;
  std::ostream out(&standard_output);
  // So that ReaderGone gets through the stream, and a disk that is full ends the run as early.
  out.exceptions(std::ios::badbit);
  revive::tools::Console console{.out = out,
                                 .err = std::cerr,
                                 .out_is_terminal = isatty(STDOUT_FILENO) != 0 && !plain,
                                 .err_is_terminal = isatty(STDERR_FILENO) != 0 && !plain};
  const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  try {
    return revive::tools::run_program(arguments, console);
  } catch (const revive::tools::ReaderGone&) {
    // As the signal ends a program that does not listen: a shell then sees why, and says nothing.
    std::signal(SIGPIPE, SIG_DFL);
    std::raise(SIGPIPE);
    return EXIT_FAILURE;
  } catch (const std::ios_base::failure&) {
    console.complain("standard output: cannot write");
    return EXIT_FAILURE;
  } catch (const std::bad_alloc&) {
    console.complain("this machine has too little memory for what was asked");
    return EXIT_FAILURE;
  }
}
