// The program `revive`: standard streams around the commands of commands.cpp.
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <new>
#include <string>
#include <vector>

#include "revive/tools/commands/command.h"

int main(int argc, char** argv) {
  // A full disk or a closed pipe is an error to report, not a reason to vanish.
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  std::ios::sync_with_stdio(false);
  const bool plain = std::getenv("NO_COLOR") != nullptr;
  revive::tools::Console console{.out = std::cout,
                                 .err = std::cerr,
                                 .out_is_terminal = isatty(STDOUT_FILENO) != 0 && !plain,
                                 .err_is_terminal = isatty(STDERR_FILENO) != 0 && !plain};
  const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  try {
    return revive::tools::run_program(arguments, console);
  } catch (const std::bad_alloc&) {
    console.complain("this machine has too little memory for what was asked");
    return EXIT_FAILURE;
  }
}
