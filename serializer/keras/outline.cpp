#include "revive/serializer/keras/outline.h"

#include <fmt/format.h>

#include "revive/model/base/out_of_memory.h"
#include "revive/serializer/io/file.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/keras/chain.h"
#include "revive/serializer/keras/config_entry.h"
#include "revive/serializer/keras/functional.h"
#include "revive/serializer/zip/archive.h"

namespace revive {
namespace {

std::string text_of(const Value& object, std::string_view key) {
  const Value* value = object.find(key);
  return value != nullptr && value->is_string() ? value->as_string() : std::string();
}

class Outline {
 public:
  void add_layer(const Value& entry, const std::string& place, std::size_t depth) {
    const Value* config = entry.find("config");
    if (config == nullptr || entry.find("class_name") == nullptr) return;
    // An op between the layers of a Functional is none.
    if (text_of(entry, "module").starts_with("keras.src.ops")) return;
    OutlineLayer layer{
        place,          depth, text_of(*config, "name"), text_of(entry, "class_name"), text_of(entry, "module"),
        is_known(entry)};
    if (const std::string registered = text_of(entry, "registered_name"); !registered.empty()) {
      layer.class_name = registered;
    }
    layers.push_back(std::move(layer));
    // A lambda's graph is one layer.
    if (!is_functional(entry) || !is_made_of_ops(entry)) add_children(*config, place + "/config", depth + 1);
  }

  // Layers stand in a list or alone, under keys of their classes' own.
  void add_children(const Value& config, const std::string& place, std::size_t depth) {
    if (!config.is_object()) return;
    for (const auto& [key, value] : config.as_object()) {
      const std::string here = fmt::format("{}/{}", place, key);
      if (key == "layers" && value.is_array()) {
        for (std::size_t i = 0; i < value.as_array().size(); ++i) {
          add_layer(value.as_array()[i], fmt::format("{}/{}", here, i), depth);
        }
      } else if (key == "layer" || key == "backward_layer") {
        add_layer(value, here, depth);
      }
    }
  }

  std::vector<OutlineLayer> layers;

 private:
  static bool is_known(const Value& value) {
    if (is_functional(value)) return true;
    const auto entry = read_entry(value, "", EntryOf::graph);
    return entry && find_class(*entry, "");
  }
};

Result<std::vector<OutlineLayer>> read_outline(const std::string& path, const Limits& limits) {
  REVIVE_ASSIGN_OR_RETURN(const auto file, read_file(path, limits, check_zip_head));
  const Limits of_file = limits.for_file(file.bytes().size());
  REVIVE_ASSIGN_OR_RETURN(const auto archive, read_archive(file.bytes(), of_file));
  REVIVE_ASSIGN_OR_RETURN(const auto config, parse_json(without_byte_order_mark(archive.find(kConfigMember)->text()),
                                                        of_file, kConfigMember));
  return outline_of(config);
}

}  // namespace

std::vector<OutlineLayer> outline_of(const Value& document) {
  Outline outline;
  if (const Value* config = document.find("config")) outline.add_children(*config, "/config", 0);
  return std::move(outline.layers);
}

Result<std::vector<OutlineLayer>> outline(const std::string& path, const Limits& limits) {
  return within_memory([&]() -> Result<std::vector<OutlineLayer>> {
    auto layers = read_outline(path, limits);
    if (!layers) return std::unexpected(layers.error().within(path + ": "));
    return layers;
  });
}

}  // namespace revive
