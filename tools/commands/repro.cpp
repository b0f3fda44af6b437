// repro: the program that rebuilds a model, in Python for stock Keras or in C++.
#include "revive/properties/database/case_store.h"
#include "revive/properties/print/cpp_program.h"
#include "revive/properties/print/python_program.h"
#include "revive/tools/commands/commands.h"
#include "revive/tools/corpus/archives.h"
#include "revive/tools/corpus/judge.h"

namespace revive::tools {
namespace {

struct Options {
  std::string file;
  LoadRequest load;
  bool cpp = false;
};

std::string program(const Options& options, const Sequential& model, const Tensor* input) {
  return options.cpp ? properties::cpp_program(model, input) : properties::python_program(model, input);
}

Result<Outcome> repro(const Options& options, Console& console) {
  if (options.file.ends_with(properties::kCaseExtension)) {
    REVIVE_ASSIGN_OR_RETURN(const auto stored, properties::read_case(options.file));
    console.out << program(options, stored.the_case.model, &stored.the_case.input);
    return Outcome::held;
  }
  REVIVE_ASSIGN_OR_RETURN(const auto model, load_archive(options.file, options.load, console));
  console.out << program(options, model, nullptr);
  return Outcome::held;
}

}  // namespace

Command repro_command() {
  return {.name = "repro",
          .summary = "The program that rebuilds a model in stock Keras, or in C++",
          .help =
              "FILE is an archive or a case. Weights are written bit for bit. The program in C++ needs an installed\n"
              "revive; it saves and loads the model and says whether it came back the same.\n\n"
              "Example: revive repro model.keras > model.py",
          .declare = [](Arguments& app) -> RunCommand {
            const auto options = std::make_shared<Options>();
            app.add_option("FILE", options->file, "An archive or a .case file").required();
            app.add_flag("--cpp", options->cpp, "Write C++ instead of Python");
            add_load_options(app, options->load);
            return [options](Console& console) { return repro(*options, console); };
          }};
}

}  // namespace revive::tools
