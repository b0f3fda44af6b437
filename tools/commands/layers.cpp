// layers: what can be in a model, as the classes declare it.
#include <fmt/format.h>

#include "revive/model/config.h"
#include "revive/model/registry.h"
#include "revive/serializer/json/json.h"
#include "revive/tools/commands/commands.h"
#include "revive/tools/console/json_text.h"
#include "revive/tools/console/text.h"

namespace revive::tools {
namespace {

struct Options {
  bool markdown = false;
  bool json = false;
};

struct TypeName {
  std::string operator()(const bool*) const { return "bool"; }
  std::string operator()(const std::int64_t*) const { return "int"; }
  std::string operator()(const std::optional<std::int64_t>*) const { return "int or null"; }
  std::string operator()(const Number*) const { return "number"; }
  std::string operator()(const std::optional<Number>*) const { return "number or null"; }
  std::string operator()(const EnumRef& ref) const { return std::string(ref.names->what); }
  std::string operator()(const IntList*) const { return "ints"; }
  std::string operator()(const std::optional<IntList>*) const { return "ints or null"; }
  std::string operator()(const IntPairs*) const { return "pairs of ints"; }
  std::string operator()(const Numbers*) const { return "number or numbers"; }
  std::string operator()(const std::optional<Numbers>*) const { return "number or numbers, or null"; }
  std::string operator()(const Shape*) const { return "shape"; }
  std::string operator()(const DType*) const { return "dtype"; }
  std::string operator()(const std::string*) const { return "string"; }
  std::string operator()(const std::optional<std::string>*) const { return "string or null"; }
  std::string operator()(const LambdaFunction*) const { return "lambda"; }
};

struct FieldRow {
  std::string layer;
  std::string field;
  std::string type;
  // Empty for a field that has to be given.
  std::optional<Value> fallback;
};

std::vector<FieldRow> field_rows() {
  std::vector<FieldRow> rows;
  for (const LayerClass* layer_class : layer_classes()) {
    const Layer layer(*layer_class);
    if (layer_class->fields.empty() && layer_class->slots.empty())
      rows.push_back({layer_class->name, "", "", std::nullopt});
    visit_fields(layer, [&](const Layer& holder, const Field& field) {
      const FieldRef ref = holder.ref(field);
      rows.push_back({layer_class->name, field.name, std::visit(TypeName{}, ref),
                      field.required ? std::nullopt : std::optional(write_field(ref))});
    });
    for (const ChildSlot& slot : layer_class->slots) {
      if (slot.form != ChildForm::entry) continue;
      const std::string kind = slot.takes_cells ? "cell" : "layer";
      rows.push_back({layer_class->name, slot.key,
                      slot.is_list       ? kind + "s"
                      : slot.may_be_null ? kind + " or null"
                                         : kind,
                      slot.may_be_null ? std::optional(Value()) : std::nullopt});
    }
  }
  return rows;
}

void print_rows(const Options& options, Console& console) {
  std::vector<std::vector<std::string>> cells = {{"layer", "field", "type", "default"}};
  for (const FieldRow& row : field_rows()) {
    const std::string fallback = row.fallback ? print_json(*row.fallback) : row.field.empty() ? "" : "required";
    cells.push_back({row.layer, row.field, row.type, fallback});
  }
  console.out << (options.markdown ? markdown_table(cells) : table(cells));
}

void print_json_rows(Console& console) {
  Value::Array list;
  for (const FieldRow& row : field_rows()) {
    Value::Object object = {{"layer", row.layer}, {"field", row.field}, {"type", row.type}};
    if (row.fallback) object.emplace_back("default", *row.fallback);
    list.emplace_back(std::move(object));
  }
  print_value(console, list);
}

}  // namespace

Command layers_command() {
  return {.name = "layers",
          .summary = "The registered layers and their fields",
          .help = "Example: revive layers --markdown",
          .declare = [](Arguments& app) -> RunCommand {
            const auto options = std::make_shared<Options>();
            const auto markdown = app.add_flag("--markdown", options->markdown, "Print a Markdown table");
            app.add_flag("--json", options->json, "Print a list of fields as JSON").excludes(markdown);
            return [options](Console& console) -> Result<Outcome> {
              if (options->json) {
                print_json_rows(console);
              } else {
                print_rows(*options, console);
              }
              return Outcome::held;
            };
          }};
}

}  // namespace revive::tools
