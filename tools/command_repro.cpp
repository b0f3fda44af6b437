// repro: the Python that rebuilds a model in stock Keras.
#include <CLI/CLI.hpp>

#include "properties/case_file.h"
#include "properties/python_program.h"
#include "serializer/file.h"
#include "tools/archives.h"
#include "tools/arrays.h"
#include "tools/commands.h"

namespace revive::tools {
namespace {

Result<Outcome> repro(const std::string& file, Console& console) {
  if (file.ends_with(".case")) {
    const auto bytes = read_file(file, {});
    if (!bytes) return std::unexpected(bytes.error());
    const auto stored =
        properties::parse_case({reinterpret_cast<const char*>(bytes->bytes().data()), bytes->bytes().size()});
    if (!stored) return std::unexpected(stored.error().within(file + ": "));
    console.out << properties::python_program(stored->the_case.model, &stored->the_case.input);
    return Outcome::held;
  }
  const auto model = load_archive(file, console);
  if (!model) return std::unexpected(model.error());
  console.out << properties::python_program(*model);
  return Outcome::held;
}

}  // namespace

Command repro_command() {
  return {.name = "repro",
          .summary = "The Python program that rebuilds a model in stock Keras",
          .help =
              "FILE is an archive or a case. Weights are written bit for bit.\n\n"
              "Example: revive repro model.keras > model.py",
          .declare = [](CLI::App& app) -> RunCommand {
            const auto file = std::make_shared<std::string>();
            app.add_option("FILE", *file, "An archive or a .case file")->required();
            return [file](Console& console) { return repro(*file, console); };
          }};
}

}  // namespace revive::tools
