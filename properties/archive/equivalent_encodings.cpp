#include "revive/properties/archive/equivalent_encodings.h"

#include <fmt/format.h>

#include <algorithm>

#include "revive/model/config.h"
#include "revive/model/graph/op.h"
#include "revive/model/registry.h"
#include "revive/properties/archive/archive_parts.h"
#include "revive/serializer/zip/archive.h"

namespace revive::properties {
namespace {

template <typename Item>
void shuffle(std::vector<Item>& items, Random& random) {
  for (std::size_t left = items.size(); left > 1; --left) {
    std::swap(items[left - 1], items[static_cast<std::size_t>(random.below(left))]);
  }
}

// Calls change(object) for every object of the tree, the inner ones first.
template <typename Change>
void each_object(Value& value, const Change& change) {
  if (value.is_array()) {
    for (Value& item : value.as_array()) each_object(item, change);
  } else if (value.is_object()) {
    for (auto& [key, member] : value.as_object()) each_object(member, change);
    change(value);
  }
}

// What a key of a layer's config means when it is left out; nothing where it has to be there.
std::optional<Value> default_of(const LayerClass& layer_class, std::string_view key) {
  const Field* const field = layer_class.field(key);
  if (field != nullptr && !field->required) return write_field(Layer(layer_class).ref(*field));
  if (layer_class.has_policy && layer_class.has_trainable && key == "trainable") return Value(true);
  if (layer_class.has_policy && key == "dtype") return Value("float32");
  return std::nullopt;
}
std::optional<Value> default_of(const OpClass& op, std::string_view key) {
  const auto setting = std::ranges::find(op.settings, key, &OpSetting::name);
  return setting == op.settings.end() ? std::nullopt : std::optional(setting->fallback);
}

template <typename Class>
void leave_out(const Class& declared, Value::Object& config, Random& random) {
  std::erase_if(config, [&](const Value::Member& member) {
    return default_of(declared, member.first) == member.second && random.below(4) != 0;
  });
}

// `entry` may be the object around a layer's or an op's config.
void leave_out_defaults(Value& entry, Random& random) {
  const Value* const class_name = entry.find("class_name");
  const Value* const module = entry.find("module");
  Value* const config = entry.find("config");
  if (class_name == nullptr || !class_name->is_string() || config == nullptr || !config->is_object()) return;
  if (const LayerClass* const layer_class = find_layer_class(class_name->as_string())) {
    leave_out(*layer_class, config->as_object(), random);
  } else if (module != nullptr && module->is_string()) {
    const OpClass* const op = find_op_class(module->as_string(), class_name->as_string());
    if (op != nullptr) leave_out(*op, config->as_object(), random);
  }
}

bool is_json(const Part& part) {
  return part.name == kConfigMember || part.name == kMetadataMember;
}

Status spell_json(Part& part, EquivalentEncoding spelling, Random& random) {
  ArchiveParts alone{{part}};
  auto value = read_json_part(alone, part.name, {});
  if (!value) return fail(ErrorCode::json_syntax, part.name, "expected JSON");
  if (spelling == EquivalentEncoding::key_order) {
    each_object(*value, [&](Value& object) { shuffle(object.as_object(), random); });
  }
  if (spelling == EquivalentEncoding::defaults) {
    each_object(*value, [&](Value& object) { leave_out_defaults(object, random); });
  }
  part.bytes = print_json_otherwise(*value, spelling, random);
  return {};
}

void add_assets(std::vector<Part>& parts, Random& random) {
  const std::string numbers(static_cast<std::size_t>(random.below(300)), '\x7F');
  parts.push_back({"assets/vocabulary.txt", "one\ntwo\n", false});
  parts.push_back({"assets/layers/dense/config.json", "{", random.below(2) == 0});
  parts.push_back({"assets/empty", "", false});
  parts.push_back({"assets/\u5C64.npy", numbers, random.below(2) == 0});
  // Anywhere among the others.
  std::swap(parts.back(), parts[static_cast<std::size_t>(random.below(parts.size()))]);
}

}  // namespace

Result<Bytes> encode_otherwise(std::span<const std::byte> archive, EquivalentEncoding spelling, Random& random) {
  auto opened = open_archive(archive, {});
  if (!opened) return fail(ErrorCode::archive_not_zip, "", "expected an archive that can be taken apart");
  std::vector<Part>& parts = opened->parts;
  switch (spelling) {
    case EquivalentEncoding::key_order:
    case EquivalentEncoding::defaults:
    case EquivalentEncoding::white_space:
    case EquivalentEncoding::escapes:
    case EquivalentEncoding::numbers:
      for (Part& part : parts) {
        if (!is_json(part)) continue;
        if (Status status = spell_json(part, spelling, random); !status) return std::unexpected(status.error());
      }
      break;
    case EquivalentEncoding::member_order: shuffle(parts, random); break;
    case EquivalentEncoding::deflated:
      for (Part& part : parts) part.deflated = !part.deflated || random.below(2) == 0;
      break;
    case EquivalentEncoding::assets: add_assets(parts, random); break;
  }
  const std::string sealed = repack_archive(*opened);
  const auto bytes = std::as_bytes(std::span(sealed));
  return Bytes(bytes.begin(), bytes.end());
}

}  // namespace revive::properties
