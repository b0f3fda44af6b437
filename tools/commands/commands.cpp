// The one list of commands, and the program around them.
#include "revive/tools/commands/commands.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <optional>

#include "revive/tools/console/closest.h"
#include "revive/tools/console/json_text.h"

namespace revive::tools {
namespace {

constexpr int kHeld = 0;
constexpr int kNotHeld = 1;
constexpr int kWrongCall = 2;

constexpr std::string_view kExitCodes = "Exit code 0: all held; 1: something did not; 2: the call was wrong.";

int refuse_call(Console& console, std::string_view command, std::string_view sentence) {
  const std::string called = command.empty() ? "revive" : fmt::format("revive {}", command);
  console.complain(fmt::format("{}: {}; `{} --help` says what it takes", called, sentence, called));
  return kWrongCall;
}

// Nothing where the first word is a command, or no word at all.
std::optional<std::string> unknown_command(std::span<const std::string> arguments) {
  if (arguments.empty() || arguments.front().starts_with('-')) return std::nullopt;
  std::vector<std::string_view> names;
  for (const Command& command : all_commands()) {
    if (command.name == arguments.front()) return std::nullopt;
    if (!command.hidden) names.push_back(command.name);
  }
  std::string sentence = fmt::format("there is no command '{}'", arguments.front());
  if (const auto meant = closest(arguments.front(), names)) sentence += fmt::format("; did you mean `{}`", *meant);
  return sentence;
}

}  // namespace

std::span<const Command> all_commands() {
  static const std::array kCommands = {
      show_command(),       check_command(),   run_command(),       diff_command(),    generate_command(),
      properties_command(), faults_command(),  scenarios_command(), corrupt_command(), fuzz_command(),
      replay_command(),     promote_command(), repro_command(),     layers_command(),  ops_command(),
      evaluate_command(),   hunt_command(),    verdict_command(),
  };
  return kCommands;
}

std::unexpected<Error> wrong_call(std::string message) {
  return fail(ErrorCode::usage, "", std::move(message));
}

int run_program(std::span<const std::string> arguments, Console& console) {
  CLI::App app{"Does the model you saved come back as the same model?", "revive"};
  app.footer(std::string(kExitCodes));
  app.set_version_flag("--version", "revive " REVIVE_VERSION);
  app.require_subcommand(1);
  RunCommand run;
  std::string_view chosen;
  for (const Command& command : all_commands()) {
    CLI::App* const sub = app.add_subcommand(std::string(command.name), std::string(command.summary));
    sub->footer(fmt::format("{}\n\n{}", command.help, kExitCodes));
    if (command.hidden) sub->group("");
    Arguments takes(*sub);
    RunCommand prepared = command.declare(takes);
    sub->parse_complete_callback([&run, &chosen, &command, prepared = std::move(prepared)] {
      run = prepared;
      chosen = command.name;
    });
  }

  if (const auto sentence = unknown_command(arguments)) return refuse_call(console, "", *sentence);
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    console.out << app.help() << std::flush;
    return kHeld;
  } catch (const CLI::CallForVersion& version) {
    console.out << version.what() << '\n' << std::flush;
    return kHeld;
  } catch (const CLI::ParseError& error) {
    const auto subcommands = app.get_subcommands();
    return refuse_call(console, subcommands.empty() ? "" : subcommands.front()->get_name(), error.what());
  }

  const Result<Outcome> outcome = run(console);
  console.out.flush();
  if (!outcome && outcome.error().code == ErrorCode::usage) return refuse_call(console, chosen, outcome.error().text());
  if (!outcome) {
    // Who reads JSON finds some whatever became of the file.
    const CLI::Option* const json = app.get_subcommand(std::string(chosen))->get_option_no_throw("--json");
    if (json != nullptr && json->count() > 0) {
      print_value(console, Value::Object{{"error", error_to_value(outcome.error())}});
      console.out.flush();
    }
    console.complain(outcome.error());
    return kNotHeld;
  }
  if (!console.out) {
    console.complain("standard output: cannot write");
    return kNotHeld;
  }
  return *outcome == Outcome::held ? kHeld : kNotHeld;
}

}  // namespace revive::tools
