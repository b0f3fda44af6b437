// check: load, run, save, load, compare.
#include <fmt/format.h>

#include <sstream>

#include "revive/model/base/out_of_memory.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/keras_archive.h"
#include "revive/tools/commands/commands.h"
#include "revive/tools/console/json_text.h"
#include "revive/tools/corpus/archives.h"
#include "revive/tools/corpus/check.h"
#include "revive/tools/corpus/limit_options.h"
#include "revive/tools/run/timed.h"

namespace revive::tools {
namespace {

struct Options {
  std::vector<std::string> files;
  std::optional<std::string> output;
  std::optional<std::string> input;
  LoadRequest load;
  bool keep_training_code = false;
  std::uint64_t seconds = 0;
  bool json = false;
};

struct FileReport {
  CheckReport check;
  // Only where the archive was written again.
  SaveReport saved;
};

Result<FileReport> check_file(const std::string& file, const Options& options, Console& console) {
  return within_memory([&]() -> Result<FileReport> {
    FileReport report;
    REVIVE_ASSIGN_OR_RETURN(const auto model, load_archive(file, options.load, console));
    const Limits limits = limits_for(file, options.load.limits);
    REVIVE_ASSIGN_OR_RETURN(report.check, check_model(model, file, options.input, limits));
    if (report.check.not_run || !options.output) return report;
    REVIVE_ASSIGN_OR_RETURN(report.saved, save(model, *options.output,
                                               {.keep_training_code = options.keep_training_code, .limits = limits}));
    for (const std::string& dropped : report.saved.dropped) {
      console.complain(fmt::format("{}: not written: {}", *options.output, dropped));
    }
    for (const std::string& layer : report.saved.registered) {
      console.complain(fmt::format("{}: what reads it has to know the class of {}", *options.output, layer));
    }
    for (const std::string& op : report.saved.newer_keras) {
      console.complain(fmt::format("{}: what reads it has to be Keras {} or newer, for {}", *options.output,
                                   std::string_view(op).substr(op.rfind(' ') + 1),
                                   std::string_view(op).substr(0, op.rfind(':'))));
    }
    return report;
  });
}

Value list_of(const std::vector<std::string>& texts) {
  return Value::Array(texts.begin(), texts.end());
}

Value report_to_value(const std::string& file, const Options& options, const Result<FileReport>& report) {
  if (!report) return Value::Object{{"file", file}, {"verdict", "fails"}, {"error", error_to_value(report.error())}};
  const CheckReport& check = report->check;
  Value::Object value{{"file", file},
                      {"verdict", check.not_run ? "not run" : "revives"},
                      {"layers", check.layers},
                      {"parameters", check.parameters},
                      {"max_difference", check.max_difference ? Value(*check.max_difference) : Value()},
                      {"digest", check.digest}};
  if (check.not_run) value.emplace_back("error", error_to_value(*check.not_run));
  if (options.output) {
    value.emplace_back("not_written", list_of(report->saved.dropped));
    value.emplace_back("registered", list_of(report->saved.registered));
    value.emplace_back("newer_keras", list_of(report->saved.newer_keras));
  }
  return value;
}

// One line, or one JSON object.
Outcome check_one(const std::string& file, const Options& options, Console& console) {
  const auto report = check_file(file, options, console);
  const bool not_run = report && report->check.not_run;
  if (!report) {
    // Memory may have run out where no place was known.
    const Error& error = report.error();
    console.complain(error.place.empty() ? error.within(file) : error);
  } else if (not_run) {
    console.complain(fmt::format("{}: {}", file, to_string(report->check)));
  } else if (!options.json) {
    console.out << fmt::format("{}: {}\n", file, to_string(report->check));
  }
  if (options.json) print_value(console, report_to_value(file, options, report));
  return report && !not_run ? Outcome::held : Outcome::not_held;
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
    std::ostringstream printed;
    Console own{.out = options.json ? printed : console.out, .err = console.err};
    const auto held = timed(options.seconds, file, own, [&](Console& inner) -> Result<bool> {
      return check_one(file, options, inner) == Outcome::held;
    });
    if (!held) console.complain(held.error());
    if (!held || !*held) outcome = Outcome::not_held;
    if (options.json && !held) values.push_back(report_to_value(file, options, std::unexpected(held.error())));
    if (options.json && held) {
      REVIVE_ASSIGN_OR_RETURN(auto value, parse_json(printed.str(), {}, file));
      values.push_back(std::move(value));
    }
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
          "Every FILE is checked whatever became of the others. A model that would take more than a second or two to\n"
          "run, by what its layers cost, is saved, loaded and compared, reported as not run, and is not held to "
          "revive;\n"
          "the sentence names the option that lets it run.\n\n"
          "A lambda that Keras stored as Python is translated, never run. What it reads and Keras did not store is\n"
          "named, and --bind gives it; what is written to --output then needs nothing more and loads in stock "
          "Keras\nin safe mode. Training state that is Python, or not Keras' own, is left out and named.\n\n"
          "Example: revive check old.keras --bind CONV_WIDTH=3 --output new.keras",
      .declare = [](Arguments& app) -> RunCommand {
        const auto options = std::make_shared<Options>();
        app.add_option("FILE", options->files, "Archives").required();
        app.add_option("--output", options->output, "Write the archive again, here, if all held").not_empty();
        app.add_flag("--keep-training-code", options->keep_training_code,
                     "Write losses, regularizers and the like that are Python or not Keras' own, too: stock Keras then "
                     "asks for safe_mode=False");
        app.add_option("--input", options->input, "Run this .npy array instead");
        add_load_options(app, options->load);
        add_seconds_option(app, options->seconds, "a FILE");
        app.add_flag("--json", options->json, "Print a list of reports as JSON");
        return [options](Console& console) { return check_files(*options, console); };
      }};
}

}  // namespace revive::tools
