// repro: the Python that rebuilds a model in stock Keras.

#include "properties/case_file.h"
#include "properties/python_program.h"
#include "serializer/file.h"
#include "tools/archives.h"
#include "tools/arrays.h"
#include "tools/commands.h"

namespace revive::tools {
namespace {

struct Options {
  std::string file;
  LoadRequest load;
};

Result<Outcome> repro(const Options& options, Console& console) {
  const std::string& file = options.file;
  if (file.ends_with(".case")) {
    const auto bytes = read_file(file, {});
    if (!bytes) return std::unexpected(bytes.error());
    const auto stored =
        properties::parse_case({reinterpret_cast<const char*>(bytes->bytes().data()), bytes->bytes().size()});
    if (!stored) return std::unexpected(stored.error().within(file + ": "));
    console.out << properties::python_program(stored->the_case.model, &stored->the_case.input);
    return Outcome::held;
  }
  const auto model = load_archive(file, options.load, console);
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
          .declare = [](Arguments& app) -> RunCommand {
            const auto options = std::make_shared<Options>();
            app.add_option("FILE", options->file, "An archive or a .case file").required();
            add_load_options(app, options->load);
            return [options](Console& console) { return repro(*options, console); };
          }};
}

}  // namespace revive::tools
