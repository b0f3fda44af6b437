// The commands of the program, and how one is declared.
//
// A command is one file, commands/NAME.cpp, with one line in all_commands(). Its `declare` says what arguments it takes
// and gives back what runs once they are parsed. What a command answers becomes the exit code: `held` is 0, `not_held`
// is 1 and means that the reason has been printed, an Error is printed here and is 2 with ErrorCode::usage, else 1.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "revive/model/base/error.h"
#include "revive/tools/arguments.h"
#include "revive/tools/console/console.h"

namespace revive::tools {

enum class Outcome : std::uint8_t { held, not_held };

using RunCommand = std::function<Result<Outcome>(Console& console)>;

struct Command {
  std::string_view name;
  // One line in the list of commands.
  std::string_view summary;
  // What the command does in full, ending in an example.
  std::string_view help;
  RunCommand (*declare)(Arguments& app);
  // Started by other commands, not by people.
  bool hidden = false;
};

// In the order in which help lists them.
std::span<const Command> all_commands();

// The whole program but for the process around it: parses, runs, reports; returns the exit code.
int run_program(std::span<const std::string> arguments, Console& console);

// ErrorCode::usage with this sentence.
std::unexpected<Error> wrong_call(std::string message);

}  // namespace revive::tools
