// check: load, run, save, load, compare.
#include <fmt/format.h>

#include "revive/serializer/keras_archive.h"
#include "revive/tools/commands/commands.h"
#include "revive/tools/corpus/archives.h"
#include "revive/tools/corpus/check.h"
#include "revive/tools/report/json_text.h"

namespace revive::tools {
namespace {

struct Options {
  std::vector<std::string> files;
  std::optional<std::string> output;
  std::optional<std::string> input;
  LoadRequest load;
  bool json = false;
};

Result<CheckReport> check_file(const std::string& file, const Options& options, Console& console) {
  REVIVE_ASSIGN_OR_RETURN(const auto model, load_archive(file, options.load, console));
  auto report = check_model(model, file, options.input);
  if (!report) return report;
  if (options.output) {
    if (const auto saved = save(model, *options.output); !saved) return std::unexpected(saved.error());
  }
  return report;
}

Value report_to_value(const std::string& file, const Result<CheckReport>& report) {
  if (!report) return Value::Object{{"file", file}, {"verdict", "fails"}, {"error", error_to_value(report.error())}};
  return Value::Object{{"file", file},
                       {"verdict", "revives"},
                       {"layers", report->layers},
                       {"parameters", report->parameters},
                       {"max_difference", report->max_difference ? Value(*report->max_difference) : Value()},
                       {"digest", report->digest}};
}

Result<Outcome> check_files(const Options& options, Console& console) {
  if (options.output && options.files.size() != 1) {
    return wrong_call(fmt::format("--output takes one FILE, found {}", options.files.size()));
  }
  Outcome outcome = Outcome::held;
  Value::Array values;
  Progress progress(console, "check", options.files.size());
  for (const std::string& file : options.files) {
    console.out.flush();
    const auto report = check_file(file, options, console);
    if (!report) {
      outcome = Outcome::not_held;
      console.complain(report.error());
    } else if (!options.json) {
      console.out << fmt::format("{}: {}\n", file, to_string(*report));
    }
    if (options.json) values.push_back(report_to_value(file, report));
    progress.step();
  }
  if (options.json) print_value(console, values);
  return outcome;
}

}  // namespace

Command check_command() {
  return {
      .name = "check",
      .summary = "Load, run, save, load again and compare config, weights and outputs bit for bit",
      .help =
          "The model is run on NAME.input.npy where that stands beside NAME.keras, and its output compared with\n"
          "NAME.output.npy within |a-b| <= 1e-5 + 1e-5|b|; else on a batch of two made-up samples, unknown axes 4.\n"
          "Every FILE is checked whatever became of the others.\n\n"
          "A lambda that Keras stored as Python is translated, never run. What it reads and Keras did not store is\n"
          "named, and --bind gives it; what is written to --output then needs nothing more and loads in stock "
          "Keras.\n\n"
          "Example: revive check old.keras --bind CONV_WIDTH=3 --output new.keras",
      .declare = [](Arguments& app) -> RunCommand {
        const auto options = std::make_shared<Options>();
        app.add_option("FILE", options->files, "Archives").required();
        app.add_option("--output", options->output, "Write the archive again, here, if all held");
        app.add_option("--input", options->input, "Run this .npy array instead");
        add_load_options(app, options->load);
        app.add_flag("--json", options->json, "Print a list of reports as JSON");
        return [options](Console& console) { return check_files(*options, console); };
      }};
}

}  // namespace revive::tools
