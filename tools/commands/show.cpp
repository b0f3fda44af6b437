// show: what is in an archive.
#include <fmt/format.h>

#include <algorithm>

#include "revive/model/base/printable.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/serializer/io/digest.h"
#include "revive/serializer/io/file.h"
#include "revive/serializer/keras/config_codec.h"
#include "revive/serializer/keras/outline.h"
#include "revive/serializer/keras_archive.h"
#include "revive/serializer/zip/archive.h"
#include "revive/tools/commands/commands.h"
#include "revive/tools/console/json_text.h"
#include "revive/tools/console/text.h"
#include "revive/tools/corpus/archives.h"

namespace revive::tools {
namespace {

struct Options {
  std::string file;
  LoadRequest load;
  bool members = false;
  bool json = false;
};

// What the container holds, whether or not it is a model.
Result<Outcome> show_members(const Options& options, Console& console) {
  REVIVE_ASSIGN_OR_RETURN(const auto file, read_file(options.file, {}));
  const auto archive = read_archive(file.bytes(), {});
  if (!archive) return std::unexpected(archive.error().within(options.file + ": "));
  std::vector<std::vector<std::string>> rows = {{"member", "bytes", "SHA-256"}};
  Value::Array values;
  for (const ArchiveMember& member : archive->members()) {
    const std::string digest = sha256_hex({reinterpret_cast<const char*>(member.bytes.data()), member.bytes.size()});
    const auto bytes = static_cast<std::int64_t>(member.bytes.size());
    rows.push_back({member.name, thousands(bytes), digest});
    values.push_back(Value::Object{{"member", member.name}, {"bytes", bytes}, {"sha256", digest}});
  }
  if (options.json) {
    print_value(console, values);
  } else {
    console.out << table(rows);
  }
  return Outcome::held;
}

// What is carried, one line each.
std::vector<std::string> carried_lines(const Sequential& model) {
  std::vector<std::string> lines;
  if (!model.compile_config().is_null()) lines.emplace_back("compile_config");
  for (const TrainingTensor& carried : model.training_tensors()) {
    lines.push_back(
        fmt::format("{}  {} {}", carried.path, name_of(carried.tensor.dtype()), to_string(carried.tensor.dims())));
  }
  for (const Asset& asset : model.assets()) {
    lines.push_back(fmt::format("{}  {}", asset.name, counted(static_cast<std::int64_t>(asset.bytes.size()), "byte")));
  }
  visit_layers(model.root(), [&](const std::string& path, const Layer& layer) {
    for (const auto& [key, value] : layer.training_only()) {
      if (!value.is_null()) lines.push_back(fmt::format("{} ({}): {}", path, describe(layer), key));
    }
  });
  return lines;
}

void print_model(const Sequential& model, Console& console) {
  std::vector<std::vector<std::string>> rows = {{"layer", "class", "output shape", "parameters"}};
  std::string lambdas;
  visit_layers(model.root(), [&](const std::string& path, const Layer& layer) {
    if (path.empty()) return;
    const auto depth = static_cast<std::size_t>(std::ranges::count(path, '/')) / 2 - 1;
    rows.push_back({std::string(2 * depth, ' ') + layer.name(), layer.layer_class().name,
                    layer.built() ? to_string(layer.output_shape()) : "not built", thousands(layer.weight_elements())});
    if (const LambdaFunction* lambda = layer.lambda()) {
      lambdas += fmt::format("  {}\n", printable(fmt::format("{}: {}", layer.name(), lambda_text(*lambda))));
    }
  });
  console.out << fmt::format(
      "{} '{}', Keras {}, input {}, {}\n\n", model.root().layer_class().name, printable(model.name()),
      printable(model.keras_version()),
      model.built() ? fmt::format("{} {}", name_of(model.input_dtype()), to_string(model.input_shape())) : "not known",
      counted(model.root().weight_elements(), "parameter"));
  console.out << table(rows);
  if (!lambdas.empty()) console.out << "\nLambdas:\n" << lambdas;
  const std::vector<std::string> carried = carried_lines(model);
  if (!carried.empty()) console.out << "\nCarried for training, without effect on what the model computes:\n";
  for (const std::string& line : carried) console.out << "  " << printable(line) << '\n';
}

// The layers of a model that does not load, where there are any to read.
void print_outline(const std::string& file, Console& console) {
  const auto layers = outline(file);
  if (!layers || layers->empty()) return;
  std::vector<std::vector<std::string>> rows = {{"layer", "class", ""}};
  for (const OutlineLayer& layer : *layers) {
    rows.push_back({std::string(2 * layer.depth, ' ') + layer.name, layer.class_name, layer.known ? "" : "not known"});
  }
  console.out << table(std::move(rows));
}

Result<Outcome> show_model(const Options& options, Console& console) {
  const auto model = load_archive(options.file, options.load, console);
  if (!model) {
    if (!options.json && model.error().code != ErrorCode::usage) print_outline(options.file, console);
    return std::unexpected(model.error());
  }
  if (options.json) {
    REVIVE_ASSIGN_OR_RETURN(const auto config, model_to_config(*model));
    print_value(console, config);
  } else {
    print_model(*model, console);
  }
  return Outcome::held;
}

}  // namespace

Command show_command() {
  return {.name = "show",
          .summary = "What is in an archive: layers, shapes, lambdas, what is carried",
          .help =
              "Of an archive that does not load, the layers that its config names, and which of them are not known.\n\n"
              "Example: revive show model.keras",
          .declare = [](Arguments& app) -> RunCommand {
            const auto options = std::make_shared<Options>();
            app.add_option("FILE", options->file, "An archive").required();
            add_load_options(app, options->load);
            app.add_flag("--members", options->members, "The members of the container, loadable or not");
            app.add_flag("--json", options->json, "Print the config, or the members, as JSON");
            return [options](Console& console) {
              return options->members ? show_members(*options, console) : show_model(*options, console);
            };
          }};
}

}  // namespace revive::tools
