#include "revive/properties/hunt/catalogue.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace revive::properties::hunt {
namespace {

std::unexpected<Error> not_a_table(std::string place, const char* expected) {
  return fail(ErrorCode::case_format, std::move(place), fmt::format("expected {}", expected));
}

Result<std::vector<std::string>> texts_of(const Value& value, const std::string& place) {
  if (!value.is_array()) return not_a_table(place, "a list of expressions");
  std::vector<std::string> texts;
  for (const Value& item : value.as_array()) {
    if (!item.is_string()) return not_a_table(place, "a list of expressions");
    texts.push_back(item.as_string());
  }
  return texts;
}

std::string text_of(const Value& entry, std::string_view key) {
  const Value* const found = entry.find(key);
  return found != nullptr && found->is_string() ? found->as_string() : "";
}

// What a default's type alone suggests.
std::vector<std::string> domain_of_type(const std::string& type, const std::string& value) {
  if (type == "bool") return {value == "True" ? "False" : "True"};
  if (type == "int") return {value == "2" ? "3" : "2", value == "1" ? "4" : "1"};
  if (type == "float") return {value == "0.5" ? "0.25" : "0.5"};
  return {};
}

// Tables of a class by its short name, or by the part of the name that says how many axes it has.
class Table {
 public:
  explicit Table(const Value& table) : table_(table) {}

  const Value* of_class(const ClassInfo& info) const { return member("classes", info.short_name()); }
  const Value* of_parameter(const std::string& name) const { return member("parameters", name); }
  const Value* of_kind(const std::string& kind) const { return member("kinds", kind); }
  const Value* input_of(const std::string& short_name) const {
    for (const std::string_view axes : {"1D", "2D", "3D"}) {
      if (short_name.contains(axes)) return member("inputs", axes);
    }
    return member("inputs", "");
  }

 private:
  const Value* member(std::string_view section, std::string_view key) const {
    const Value* const found = table_.find(section);
    return found != nullptr ? found->find(key) : nullptr;
  }
  const Value& table_;
};

Status read_input(const Value* shape, ClassInfo& info) {
  if (shape == nullptr) return {};
  if (!shape->is_array()) return not_a_table("/classes/" + info.short_name() + "/input", "a shape");
  info.input.clear();
  for (const Value& size : shape->as_array()) {
    if (!size.is_int() || size.as_int() <= 0) return not_a_table("/classes/" + info.short_name() + "/input", "a shape");
    info.input.push_back(size.as_int());
  }
  return {};
}

// Lists of names of parameters.
Status read_groups(const Value& entry, std::string_view key, const ClassInfo& info,
                   std::vector<std::vector<std::string>>& groups) {
  const Value* const found = entry.find(key);
  if (found == nullptr) return {};
  const std::string place = fmt::format("/classes/{}/{}", info.short_name(), key);
  if (!found->is_array()) return not_a_table(place, "a list of lists of names");
  for (const Value& group : found->as_array()) {
    REVIVE_ASSIGN_OR_RETURN(auto names, texts_of(group, place));
    if (!names.empty()) groups.push_back(std::move(names));
  }
  return {};
}

constexpr std::int64_t kMostWeight = 1'000;

Status read_class(const Table& table, ClassInfo& info) {
  REVIVE_RETURN_IF_ERROR(read_input(table.input_of(info.short_name()), info));
  for (const Value* const entry : {table.of_kind(info.kind), table.of_class(info)}) {
    if (entry == nullptr) continue;
    if (const Value* const shape = entry->find("input")) REVIVE_RETURN_IF_ERROR(read_input(shape, info));
    if (const std::string dtype = text_of(*entry, "dtype"); !dtype.empty()) info.dtype = dtype;
    if (const Value* const count = entry->find("inputs"); count != nullptr && count->is_int()) {
      info.inputs = static_cast<int>(count->as_int());
    }
    if (entry->find("use") != nullptr) info.use = text_of(*entry, "use");
    info.skip = text_of(*entry, "skip");
    if (const Value* const spread = entry->find("spread")) info.spread = spread->is_bool() && spread->as_bool();
    if (const Value* const weight = entry->find("weight"); weight != nullptr && weight->is_int()) {
      info.weight = static_cast<std::uint32_t>(std::clamp<std::int64_t>(weight->as_int(), 0, kMostWeight));
    }
    REVIVE_RETURN_IF_ERROR(read_groups(*entry, "always", info, info.always));
    REVIVE_RETURN_IF_ERROR(read_groups(*entry, "together", info, info.together));
    REVIVE_RETURN_IF_ERROR(read_groups(*entry, "only with", info, info.only_with));
  }
  return {};
}

Result<Parameter> read_parameter(const Table& table, const ClassInfo& info, const Value& entry) {
  Parameter parameter;
  parameter.name = text_of(entry, "name");
  parameter.owner = text_of(entry, "owner");
  parameter.required = entry.find("default") == nullptr;
  const Value* domain = table.of_parameter(parameter.name);
  if (const Value* const of_class = table.of_class(info)) {
    const Value* const own = of_class->find("parameters");
    const Value* const found = own != nullptr ? own->find(parameter.name) : nullptr;
    if (found != nullptr) domain = found;
  }
  if (domain != nullptr) {
    REVIVE_ASSIGN_OR_RETURN(parameter.domain, texts_of(*domain, "/parameters/" + parameter.name));
    // What is the default is not a choice.
    std::erase(parameter.domain, text_of(entry, "default"));
  } else {
    parameter.domain = domain_of_type(text_of(entry, "type"), text_of(entry, "default"));
  }
  return parameter;
}

}  // namespace

Result<Catalogue> Catalogue::make(const Value& api, const Value& table) {
  const Value* const classes = api.find("classes");
  if (classes == nullptr || !classes->is_array()) return not_a_table("api", "a list of classes");
  const Table domains(table);
  Catalogue catalogue;
  for (const Value& entry : classes->as_array()) {
    ClassInfo info;
    info.name = text_of(entry, "name");
    info.kind = text_of(entry, "kind");
    REVIVE_RETURN_IF_ERROR(read_class(domains, info));
    const Value* const parameters = entry.find("parameters");
    if (info.name.empty() || parameters == nullptr || !parameters->is_array()) {
      return not_a_table("api: /classes", "a name and parameters");
    }
    for (const Value& parameter : parameters->as_array()) {
      REVIVE_ASSIGN_OR_RETURN(auto read, read_parameter(domains, info, parameter));
      info.parameters.push_back(std::move(read));
    }
    // What Layer takes of every layer besides what introspection finds.
    if (info.kind == "layers" && info.inputs == 1 && info.skip.empty() && table.find("input_shape") != nullptr) {
      info.parameters.push_back(
          {.name = "input_shape", .owner = "Layer", .domain = {fmt::format("({},)", fmt::join(info.input, ", "))}});
    }
    const auto unknown = [](const Parameter& parameter) { return parameter.required && parameter.domain.empty(); };
    if (const auto found = std::ranges::find_if(info.parameters, unknown);
        info.skip.empty() && found != info.parameters.end()) {
      info.skip = fmt::format("nothing is known to give for {}", found->name);
    }
    catalogue.classes_.push_back(std::move(info));
  }
  if (const Value* const named = table.find("named"); named != nullptr && named->is_object()) {
    for (const auto& [name, texts] : named->as_object()) {
      REVIVE_ASSIGN_OR_RETURN(catalogue.named_[name], texts_of(texts, "/named/" + name));
    }
  }
  for (std::size_t i = 0; i < catalogue.classes_.size(); ++i) {
    const ClassInfo& info = catalogue.classes_[i];
    if (!info.skip.empty()) continue;
    catalogue.by_kind_[info.kind].push_back(i);
    catalogue.objects_.push_back(i);
    for (std::size_t j = 0; j < info.parameters.size(); ++j) {
      if (!info.parameters[j].domain.empty()) catalogue.aims_.push_back({i, j});
    }
  }
  if (catalogue.of_kind("layers").empty()) return not_a_table("api", "at least one layer that can be made");
  return catalogue;
}

const std::vector<std::size_t>& Catalogue::of_kind(std::string_view kind) const {
  static const std::vector<std::size_t> kNone;
  const auto found = by_kind_.find(kind);
  return found != by_kind_.end() ? found->second : kNone;
}

const std::vector<std::string>& Catalogue::named_domain(std::string_view name) const {
  static const std::vector<std::string> kNone;
  const auto found = named_.find(name);
  return found != named_.end() ? found->second : kNone;
}

}  // namespace revive::properties::hunt
