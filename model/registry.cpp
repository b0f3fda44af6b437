#include "revive/model/registry.h"

#include <algorithm>
#include <deque>
#include <vector>

#include "revive/model/layers/table.h"

namespace revive {
namespace {

struct Registry {
  std::deque<LayerClass> classes;
  std::vector<const LayerClass*> pointers;

  void add(LayerClass layer_class) { pointers.push_back(&classes.emplace_back(std::move(layer_class))); }
};

Registry& registry() {
  static Registry instance = [] {
    Registry built_in;
    for (LayerClass& layer_class : built_in_layer_classes()) built_in.add(std::move(layer_class));
    return built_in;
  }();
  return instance;
}

}  // namespace

std::span<const LayerClass* const> layer_classes() {
  return registry().pointers;
}

const LayerClass& stack_class() {
  static const LayerClass& found = **std::ranges::find(layer_classes(), true, &LayerClass::is_stack);
  return found;
}

const LayerClass& lambda_layer_class() {
  static const LayerClass& found = **std::ranges::find(layer_classes(), true, &LayerClass::holds_lambda);
  return found;
}

const LayerClass* find_layer_class(std::string_view name) {
  for (const LayerClass* layer_class : layer_classes()) {
    const auto& aliases = layer_class->aliases;
    if (layer_class->name == name || std::ranges::find(aliases, name) != aliases.end()) return layer_class;
  }
  return nullptr;
}

Status register_layer_class(LayerClass layer_class) {
  const std::string& name = layer_class.name;
  const std::size_t mark = name.find('>');
  if (mark == std::string::npos || mark == 0 || mark + 1 == name.size()) {
    return fail(ErrorCode::usage, name, "expected a layer class named \"package>Name\"");
  }
  if (find_layer_class(name) != nullptr) return fail(ErrorCode::usage, name, "this layer class is registered already");
  registry().add(std::move(layer_class));
  return {};
}

}  // namespace revive
