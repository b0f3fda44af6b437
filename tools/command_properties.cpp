// properties: random models, and what must hold for each of them.
#include <fmt/format.h>

#include <filesystem>

#include "properties/case_file.h"
#include "properties/python_program.h"
#include "properties/run.h"
#include "properties/subjects.h"
#include "serializer/digest.h"
#include "serializer/file.h"
#include "tools/commands.h"
#include "tools/json_text.h"
#include "tools/profiles.h"
#include "tools/text.h"

namespace revive::tools {
namespace {

using properties::Property;
using properties::PropertyReport;

struct Options {
  std::vector<std::string> names;
  int cases = 1000;
  std::uint64_t seed = 0;
  properties::Profile profile = properties::Profile::wild;
  std::string subject = "revive";
  std::string folder = "corpus/found";
  bool list = false;
  bool stats = false;
  bool json = false;
};

std::string property_names() {
  std::vector<std::string_view> names;
  for (const Property& property : properties::all_properties()) names.push_back(property.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

void list_properties(const Options& options, Console& console) {
  std::vector<std::vector<std::string>> rows = {{"property", "what must hold"}};
  Value::Array values;
  for (const Property& property : properties::all_properties()) {
    rows.push_back({std::string(property.name), std::string(property.sentence)});
    values.push_back(Value::Object{{"name", property.name}, {"sentence", property.sentence}});
  }
  if (options.json) {
    print_value(console, values);
  } else {
    console.out << table(rows);
  }
}

Result<std::vector<const Property*>> chosen_properties(const Options& options) {
  std::vector<const Property*> chosen;
  for (const std::string& name : options.names) {
    chosen.push_back(properties::find_property(name));
    if (chosen.back() == nullptr) {
      return wrong_call(fmt::format("there is no property {}; there are {}", name, property_names()));
    }
  }
  if (chosen.empty()) {
    for (const Property& property : properties::all_properties()) chosen.push_back(&property);
  }
  return chosen;
}

double percent(std::uint64_t count, std::uint64_t of) {
  return of == 0 ? 0 : 100 * static_cast<double>(count) / static_cast<double>(of);
}

std::string distribution_text(const properties::Distribution& distribution) {
  std::string text = fmt::format("  {:.2f} layers on average", distribution.average_layers());
  for (std::size_t i = 0; i < distribution.labels().size(); ++i) {
    text += fmt::format(", {:.1f} % {}", percent(distribution.labels()[i], distribution.cases()),
                        properties::case_labels()[i].name);
  }
  return text + '\n';
}

// Writes the counterexample and returns its path.
Result<std::string> store_case(const PropertyReport& report, const Options& options) {
  const properties::Counterexample& found = *report.counterexample;
  const std::string text = properties::print_case({.property = std::string(report.property->name),
                                                   .subject = options.subject,
                                                   .message = found.violation.message,
                                                   .choices = properties::to_hex(found.recording.values()),
                                                   .declarations = properties::declarations_digest(),
                                                   .the_case = found.minimal});
  constexpr std::size_t kNameDigits = 12;
  const std::string name = fmt::format("{}-{}.case", report.property->name, sha256_hex(text).substr(0, kNameDigits));
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  if (error) return fail(ErrorCode::file_unwritable, options.folder, "cannot make the folder: " + error.message());
  std::string path = (std::filesystem::path(options.folder) / name).string();
  const Status status = write_file_atomically(posix_file_system(), path, std::as_bytes(std::span(text)));
  if (!status) return std::unexpected(status.error());
  return path;
}

std::string counterexample_text(const PropertyReport& report, const std::string& path, const Options& options) {
  const properties::Counterexample& found = *report.counterexample;
  std::string text = fmt::format("  {}\n  {}\n", report.property->sentence, found.violation.message);
  text += fmt::format("  shrunk to {} in {} tries{}; the model in Keras:\n\n",
                      counted(static_cast<std::int64_t>(properties::count_layers(found.minimal.model)), "layer"),
                      found.shrink_tries, found.budget_spent ? ", where the budget ended" : "");
  text += properties::python_program(found.minimal.model, &found.minimal.input);
  return text +
         fmt::format(
             "\n  stored: {}\n  replay: revive replay {}\n  again:  revive properties {} --cases {} --seed {}{}\n",
             path, path, report.property->name, options.cases, options.seed,
             options.subject == "revive" ? "" : " --subject " + options.subject);
}

void print_report(const PropertyReport& report, const std::string& path, const Options& options, Console& console) {
  const properties::Distribution& distribution = report.distribution;
  const std::string verdict = report.held() ? console.good("held") : console.bad("FAILED");
  console.out << fmt::format("{}: {}, {}\n", report.property->name, verdict,
                             counted(static_cast<std::int64_t>(distribution.cases()), "case"));
  if (options.stats || report.trouble) console.out << distribution_text(distribution);
  if (report.trouble) console.out << "  " << *report.trouble << '\n';
  if (report.counterexample) console.out << counterexample_text(report, path, options);
  console.out.flush();
}

Value report_to_value(const PropertyReport& report, const std::string& path) {
  const properties::Distribution& distribution = report.distribution;
  Value::Object labels;
  for (std::size_t i = 0; i < distribution.labels().size(); ++i) {
    labels.emplace_back(properties::case_labels()[i].name, static_cast<std::int64_t>(distribution.labels()[i]));
  }
  Value::Object object = {{"property", report.property->name},
                          {"held", report.held()},
                          {"cases", static_cast<std::int64_t>(distribution.cases())},
                          {"average_layers", distribution.average_layers()},
                          {"labels", std::move(labels)}};
  if (report.trouble) object.emplace_back("trouble", *report.trouble);
  if (report.counterexample) {
    object.emplace_back("message", report.counterexample->violation.message);
    object.emplace_back("case", path);
    object.emplace_back("program", properties::python_program(report.counterexample->minimal.model,
                                                              &report.counterexample->minimal.input));
  }
  return object;
}

Result<Outcome> run_properties(const Options& options, Console& console) {
  if (options.list) {
    list_properties(options, console);
    return Outcome::held;
  }
  const auto chosen = chosen_properties(options);
  if (!chosen) return std::unexpected(chosen.error());
  const auto subject = properties::find_subject(options.subject);
  if (!subject) {
    return wrong_call(fmt::format("there is no subject {}; there are {}", options.subject,
                                  fmt::join(properties::subject_names(), ", ")));
  }
  if (!options.json) console.out << fmt::format("seed {}\n", options.seed);
  Outcome outcome = Outcome::held;
  Value::Array values;
  for (const Property* property : *chosen) {
    Progress progress(console, std::string(property->name), static_cast<std::uint64_t>(options.cases));
    const PropertyReport report = properties::run_property(
        *property, *subject, {.seed = options.seed, .cases = options.cases, .after_case = [&] { progress.step(); }},
        {.profile = options.profile});
    std::string path;
    if (report.counterexample) {
      auto stored = store_case(report, options);
      if (!stored) return std::unexpected(stored.error());
      path = std::move(*stored);
    }
    if (!report.held()) outcome = Outcome::not_held;
    if (options.json) {
      values.push_back(report_to_value(report, path));
    } else {
      print_report(report, path, options, console);
    }
  }
  if (options.json)
    print_value(console, Value::Object{{"seed", static_cast<std::int64_t>(options.seed)}, {"properties", values}});
  return outcome;
}

}  // namespace

Command properties_command() {
  return {.name = "properties",
          .summary = "Make random models and test what must hold for each",
          .help =
              "A failing model is shrunk, printed as the Python that builds it, and stored as a case. The same seed\n"
              "prints the same. --subject names a serializer that is broken on purpose, to see it found.\n\n"
              "Example: revive properties outputs_survive --cases 10000 --seed 1",
          .declare = [](Arguments& app) -> RunCommand {
            const auto options = std::make_shared<Options>();
            app.add_option("NAME", options->names, "Properties; all of them if none is named");
            app.add_option("--cases", options->cases, "Models for each").positive().capture_default_str();
            app.add_option("--seed", options->seed, "Where the randomness starts").capture_default_str();
            app.add_option("--profile", options->profile, kProfiles, "wild, tame or specials");
            app.add_option("--subject", options->subject, "What is tested").capture_default_str();
            app.add_option("--out", options->folder, "Where failing cases are stored").capture_default_str();
            app.add_flag("--list", options->list, "List the properties and stop");
            app.add_flag("--stats", options->stats, "Print what kinds of models were made");
            app.add_flag("--json", options->json, "Print a report as JSON");
            return [options](Console& console) { return run_properties(*options, console); };
          }};
}

}  // namespace revive::tools
