#include "revive/properties/faults/fault_injectors.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "revive/model/config.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/registry.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/zip/archive.h"

namespace revive::properties::faults {
namespace {

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Result<Bytes> with_member(std::span<const std::byte> archive, std::string_view name, std::span<const std::byte> bytes,
                          std::string_view metadata) {
  REVIVE_ASSIGN_OR_RETURN(const auto read, read_archive(archive, {}));
  std::vector<ArchiveMember> members(read.members().begin(), read.members().end());
  for (ArchiveMember& member : members) {
    if (member.name == name) member.bytes = bytes;
    if (member.name == kMetadataMember && !metadata.empty()) member.bytes = std::as_bytes(std::span(metadata));
  }
  REVIVE_ASSIGN_OR_RETURN(const auto written, write_archive(members));
  return Bytes(written.bytes().begin(), written.bytes().end());
}

// metadata.json without what revive keeps there.
Result<std::string> plain_metadata(const Archive& archive) {
  const ArchiveMember* const member = archive.find(kMetadataMember);
  if (member == nullptr) return std::string();
  REVIVE_ASSIGN_OR_RETURN(auto metadata, parse_json(text_of(member->bytes), {}, kMetadataMember));
  std::erase_if(metadata.as_object(), [](const Value::Member& each) { return each.first == "revive"; });
  return print_json(metadata);
}

// The entry of a layer and of every layer in it, but not of the ops in a lambda.
void visit_entries(Value& entry, const std::function<void(std::string_view, Value::Object&)>& visit) {
  const Value* const class_name = entry.find("class_name");
  Value* const config = entry.find("config");
  if (class_name == nullptr || config == nullptr) return;
  const LayerClass* const layer_class = find_layer_class(class_name->as_string());
  if (layer_class == nullptr) return;
  visit(class_name->as_string(), config->as_object());
  for (const ChildSlot& slot : layer_class->slots) {
    Value* const children = config->find(slot.key);
    if (children == nullptr) continue;
    if (children->is_array()) {
      for (Value& child : children->as_array()) visit_entries(child, visit);
    } else {
      visit_entries(*children, visit);
    }
  }
}

void change_scalars(Value& value, const std::function<Value(const Value&)>& change) {
  if (value.is_array()) {
    for (Value& item : value.as_array()) change_scalars(item, change);
  } else if (value.is_object()) {
    for (auto& [key, item] : value.as_object()) change_scalars(item, change);
  } else if (!value.is_string()) {
    value = change(value);
  }
}

// revive's save() with `change` made to the bytes of what it wrote.
Subject saves_bytes(std::function<Result<Bytes>(const Bytes& archive)> change) {
  Subject subject = revive_subject();
  subject.save = [save = subject.save, change = std::move(change)](const Sequential& model,
                                                                   const Environment& environment) -> Result<Bytes> {
    const auto archive = save(model, environment);
    if (!archive) return archive;
    return change(*archive);
  };
  return subject;
}

}  // namespace

Subject saves_model(ChangeModel change) {
  Subject subject = revive_subject();
  subject.save = [save = subject.save, change = std::move(change)](const Sequential& model,
                                                                   const Environment& environment) -> Result<Bytes> {
    Sequential changed = model;
    REVIVE_RETURN_IF_ERROR(change(changed, environment));
    return save(changed, environment);
  };
  return subject;
}

Subject loads_model(ChangeModel change) {
  Subject subject = revive_subject();
  subject.load = [load = subject.load, change = std::move(change)](std::span<const std::byte> archive,
                                                                   const Environment& environment) -> Result<Loaded> {
    auto loaded = load(archive, environment);
    if (!loaded) return loaded;
    REVIVE_RETURN_IF_ERROR(change(*loaded->model, environment));
    return loaded;
  };
  return subject;
}

Subject runs_model(ChangeModel change) {
  Subject subject = revive_subject();
  subject.load = [load = subject.load, change = std::move(change)](std::span<const std::byte> archive,
                                                                   const Environment& environment) -> Result<Loaded> {
    auto loaded = load(archive, environment);
    if (!loaded) return loaded;
    Sequential engine = *loaded->model;
    REVIVE_RETURN_IF_ERROR(change(engine, environment));
    loaded->handle = std::make_shared<const Sequential>(std::move(engine));
    return loaded;
  };
  subject.predict = [](const Loaded& loaded, const Tensor& input) {
    return static_cast<const Sequential*>(loaded.handle.get())->predict(input);
  };
  return subject;
}

ChangeModel each_layer(std::function<void(Layer& layer)> change) {
  return [change = std::move(change)](Sequential& model, const Environment&) -> Status {
    visit_layers(model.root(), [&](const std::string&, Layer& layer) { change(layer); });
    return model.build(model.input_shape());
  };
}

ChangeModel each_variable(
    std::function<void(const Layer& layer, const VariableSpec& variable, Tensor& tensor)> change) {
  return [change = std::move(change)](Sequential& model, const Environment&) -> Status {
    visit_layers(model.root(), [&](const std::string&, Layer& layer) {
      for (std::size_t i = 0; i < layer.weights().size(); ++i) {
        change(layer, layer.variables()[i], layer.weights()[i]);
      }
    });
    return {};
  };
}

ChangeModel each_weight(std::function<float(float weight)> change) {
  return each_variable([change = std::move(change)](const Layer&, const VariableSpec&, Tensor& tensor) {
    if (tensor.dtype() != DType::float32) return;
    for (float& weight : tensor.data<float>()) weight = change(weight);
  });
}

void set_default(Layer& layer, std::string_view key) {
  Layer fresh(layer.layer_class());
  const std::optional<FieldRef> ref = layer.field(key);
  if (!ref) return;
  const FieldRef from = *fresh.field(key);
  const auto assign = [&]<typename T>(T to) {
    if constexpr (std::is_same_v<T, EnumRef>) {
      *to.index = *std::get<EnumRef>(from).index;
    } else {
      *to = *std::get<T>(from);
    }
  };
  std::visit(assign, *ref);
}

void set_enum(Layer& layer, std::string_view key, std::string_view spelling) {
  const std::optional<FieldRef> ref = layer.field(key);
  const auto* const found = ref ? std::get_if<EnumRef>(&*ref) : nullptr;
  if (found != nullptr) *found->index = found->names->index_of(spelling).value_or(*found->index);
}

Tensor* variable(Layer& layer, std::string_view name) {
  const auto found = std::ranges::find(layer.variables(), name, &VariableSpec::name);
  if (found == layer.variables().end() || layer.weights().empty()) return nullptr;
  return &layer.weights()[static_cast<std::size_t>(found - layer.variables().begin())];
}

Subject writes_config(std::function<void(Value& document)> change) {
  return saves_bytes([change = std::move(change)](const Bytes& bytes) -> Result<Bytes> {
    REVIVE_ASSIGN_OR_RETURN(const auto archive, read_archive(bytes, {}));
    REVIVE_ASSIGN_OR_RETURN(auto document, parse_json(text_of(archive.find(kConfigMember)->bytes), {}, kConfigMember));
    REVIVE_ASSIGN_OR_RETURN(const auto metadata, plain_metadata(archive));
    change(document);
    const std::string text = print_json(document);
    return with_member(bytes, kConfigMember, std::as_bytes(std::span(text)), metadata);
  });
}

Subject writes_layer_config(std::string_view class_name, std::function<void(Value::Object& config)> change) {
  return writes_config([class_name, change = std::move(change)](Value& document) {
    visit_entries(document, [&](std::string_view found, Value::Object& config) {
      if (class_name.empty() || class_name == found) change(config);
    });
  });
}

Subject writes_scalars(std::function<Value(const Value& scalar)> change) {
  return writes_config([change = std::move(change)](Value& document) { change_scalars(document, change); });
}

Subject writes_reals(std::function<Value(double real)> change) {
  return writes_scalars([change = std::move(change)](const Value& scalar) {
    return scalar.is_real() ? change(scalar.as_real()) : scalar;
  });
}

Subject forgets(std::string_view class_name, std::string_view key) {
  return writes_layer_config(class_name, [key](Value::Object& config) {
    std::erase_if(config, [&](const Value::Member& each) { return each.first == key; });
  });
}

Subject writes_weights(std::function<void(hdf5::Group& file)> change) {
  return saves_bytes([change = std::move(change)](const Bytes& bytes) -> Result<Bytes> {
    REVIVE_ASSIGN_OR_RETURN(const auto archive, read_archive(bytes, {}));
    REVIVE_ASSIGN_OR_RETURN(auto file, hdf5::read(archive.find(kWeightsMember)->bytes));
    change(file);
    return with_member(bytes, kWeightsMember, hdf5::write(file), "");
  });
}

double with_digits(double number, int digits) {
  if (!std::isfinite(number)) return number;
  const std::string text = fmt::format("{:.{}g}", number, digits);
  double read = 0;
  std::from_chars(text.data(), text.data() + text.size(), read);
  return read;
}

}  // namespace revive::properties::faults
