#include "revive/tools/run/layer_names.h"

#include <fmt/format.h>

#include <algorithm>
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
    if (!found->is_drawn) return fail(ErrorCode::usage, "", fmt::format("--layers: generators make no {}", name));
    classes.push_back(found);
  }
  if (std::ranges::none_of(classes, [](const LayerClass* each) { return each->stands_in_stacks(); })) {
    return fail(
        ErrorCode::usage, "",
        fmt::format("--layers: {} stands inside of other layers alone; name one of these too", text_of(classes)));
  }
  return classes;
}

std::string text_of(const std::vector<const LayerClass*>& classes) {
  std::string text;
  for (const LayerClass* each : classes) text += (text.empty() ? "" : ",") + each->name;
  return text;
}

}  // namespace revive::tools
