#include "revive/tools/run/layer_names.h"

#include <fmt/format.h>

#include <ranges>

#include "revive/model/registry.h"

namespace revive::tools {

Result<std::vector<const LayerClass*>> layer_classes_named(const std::string& text) {
  std::vector<const LayerClass*> classes;
  if (text.empty()) return classes;
  for (const auto part : std::views::split(text, ',')) {
    const std::string_view name(part.begin(), part.end());
    const LayerClass* const found = find_layer_class(name);
    if (found == nullptr)
      return fail(ErrorCode::usage, "", fmt::format("--layers: there is no layer class '{}' (revive layers)", name));
    if (found->is_input) return fail(ErrorCode::usage, "", fmt::format("--layers: every model begins with {}", name));
    classes.push_back(found);
  }
  return classes;
}

std::string text_of(const std::vector<const LayerClass*>& classes) {
  std::string text;
  for (const LayerClass* each : classes) text += (text.empty() ? "" : ",") + each->name;
  return text;
}

}  // namespace revive::tools
