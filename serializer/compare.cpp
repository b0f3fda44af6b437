#include "revive/serializer/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "revive/model/tensor/element.h"
#include "revive/model/tensor/element_type.h"
#include "revive/serializer/io/digest.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/keras/config_codec.h"

namespace revive {
namespace {

constexpr std::string_view kNothing = "(nothing)";

// Two doubles may print alike and differ: NaNs do.
std::string real_text(const Value& value) {
  return fmt::format("{} (bits {:016x})", value.brief(), std::bit_cast<std::uint64_t>(value.as_real()));
}

std::optional<Difference> differ(const std::string& path, std::string_view left, std::string_view right) {
  return Difference{path, std::string(left), std::string(right)};
}

std::optional<Difference> array_difference(const Value::Array& left, const Value::Array& right,
                                           const std::string& path) {
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    const std::string place = fmt::format("{}/{}", path, i);
    if (i >= left.size()) return differ(place, kNothing, right[i].brief());
    if (i >= right.size()) return differ(place, left[i].brief(), kNothing);
    if (auto difference = first_difference(left[i], right[i], place)) return difference;
  }
  return std::nullopt;
}

std::optional<Difference> object_difference(const Value& left, const Value& right, const std::string& path) {
  for (const auto& [key, value] : left.as_object()) {
    const Value* other = right.find(key);
    const std::string place = path + "/" + key;
    if (other == nullptr) return differ(place, value.brief(), kNothing);
    if (auto difference = first_difference(value, *other, place)) return difference;
  }
  for (const auto& [key, value] : right.as_object()) {
    if (left.find(key) == nullptr) return differ(path + "/" + key, kNothing, value.brief());
  }
  // The same keys with the same values: only their order can differ.
  return differ(path, "keys in another order", "keys in another order");
}

std::string element_text(const Tensor& tensor, std::size_t index) {
  if (is_integer(tensor.dtype())) return element_of(tensor, index).brief();
  // A float32 as short as it can be told from its neighbours, which its double is not.
  const std::string number = tensor.dtype() == DType::float32 ? fmt::format("{}", tensor.data<float>()[index])
                                                              : element_of(tensor, index).brief();
  return fmt::format("{} (bits {})", number, element_bits(tensor, index));
}

std::optional<Difference> weights_difference(const Layer& left, const Layer& right, const std::string& path) {
  const auto a = left.weights();
  const auto b = right.weights();
  if (a.size() != b.size())
    return differ(path + "/vars", fmt::format("{} variables", a.size()), fmt::format("{} variables", b.size()));
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (same_bits(a[i], b[i])) continue;
    return first_difference(a[i], b[i],
                            fmt::format("{}/vars/{} ({} of {})", path, i, left.variables()[i].name, describe(left)));
  }
  for (const ChildSlot& slot : left.layer_class().slots) {
    if (slot.form == ChildForm::flattened) continue;
    const auto ours = left.children(slot);
    const auto theirs = right.children(slot.key);
    const std::string place = path + "/" + slot.key;
    if (ours.size() != theirs.size()) {
      return differ(place, fmt::format("{} {}", ours.size(), slot.key), fmt::format("{} {}", theirs.size(), slot.key));
    }
    for (std::size_t i = 0; i < ours.size(); ++i) {
      if (auto found = weights_difference(ours[i], theirs[i], slot.is_list ? fmt::format("{}/{}", place, i) : place)) {
        return found;
      }
    }
  }
  return std::nullopt;
}

std::optional<Difference> carried_difference(const Sequential& left, const Sequential& right) {
  const auto& a = left.training_tensors();
  const auto& b = right.training_tensors();
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    if (i >= a.size()) return differ("/" + b[i].path, kNothing, "a dataset");
    if (i >= b.size()) return differ("/" + a[i].path, "a dataset", kNothing);
    if (a[i].path != b[i].path) return differ("/" + a[i].path, a[i].path, b[i].path);
    if (auto difference = first_difference(a[i].tensor, b[i].tensor, "/" + a[i].path)) return difference;
  }
  if (left.assets() != right.assets()) return differ("/assets", "the assets", "other assets");
  return std::nullopt;
}

}  // namespace

std::string Difference::text() const {
  return fmt::format("{}: {} here, {} there", path, left, right);
}

std::optional<Difference> first_difference(const Value& left, const Value& right, const std::string& path) {
  if (left == right) return std::nullopt;
  if (left.is_array() && right.is_array()) return array_difference(left.as_array(), right.as_array(), path);
  if (left.is_object() && right.is_object()) return object_difference(left, right, path);
  if (left.is_real() && right.is_real()) return differ(path, real_text(left), real_text(right));
  return differ(path, left.brief(), right.brief());
}

std::optional<Difference> first_difference(const Tensor& left, const Tensor& right, const std::string& path) {
  if (same_bits(left, right)) return std::nullopt;
  if (left.dtype() != right.dtype()) return differ(path, name_of(left.dtype()), name_of(right.dtype()));
  if (left.dims() != right.dims()) return differ(path, to_string(left.dims()), to_string(right.dims()));
  const std::size_t size = size_of(left.dtype());
  std::size_t index = 0;
  while (std::memcmp(left.bytes().data() + index * size, right.bytes().data() + index * size, size) == 0) ++index;
  return differ(fmt::format("{}[{}]", path, index), element_text(left, index), element_text(right, index));
}

std::optional<Difference> first_weights_difference(const Sequential& left, const Sequential& right) {
  return weights_difference(left.root(), right.root(), "");
}

std::optional<Difference> first_config_difference(const Sequential& left, const Sequential& right) {
  return first_difference(config_or_reason(left), config_or_reason(right), "");
}

std::optional<Difference> first_difference(const Sequential& left, const Sequential& right) {
  if (left.keras_version() != right.keras_version()) {
    return differ("/keras_version", left.keras_version(), right.keras_version());
  }
  if (auto difference = first_config_difference(left, right)) return difference;
  if (auto difference = first_weights_difference(left, right)) return difference;
  return carried_difference(left, right);
}

std::string digest(const Sequential& model) {
  Sha256 hash;
  hash.update(print_json(config_or_reason(model)));
  visit_layers(model.root(), [&](const std::string& path, const Layer& layer) {
    hash.update(path);
    for (const Tensor& tensor : layer.weights()) {
      hash.update(to_string(tensor.dims()));
      hash.update(tensor.bytes());
    }
  });
  return hash.hex();
}

}  // namespace revive
