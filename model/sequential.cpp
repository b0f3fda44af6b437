#include "revive/model/sequential.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

#include "revive/model/base/random.h"
#include "revive/model/input_layer.h"
#include "revive/model/registry.h"

namespace revive {
namespace {

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

// Keras numbers unnamed layers by class over the whole program; here over those of one slot, in order.
void name_children(Layer& owner);

void name_layers(std::span<Layer> layers) {
  std::unordered_set<std::string> taken;
  for (const Layer& layer : layers) taken.insert(layer.name());
  std::unordered_map<std::string, int> counts;
  for (Layer& layer : layers) {
    name_children(layer);
    if (!layer.name().empty()) continue;
    const std::string base = snake_case(layer.layer_class().simple_name());
    std::string name;
    do {
      const int count = counts[base]++;
      name = count == 0 ? base : fmt::format("{}_{}", base, count);
    } while (taken.contains(name));
    taken.insert(name);
    layer.set_name(std::move(name));
  }
}

void name_children(Layer& owner) {
  for (const ChildSlot& slot : owner.layer_class().slots) {
    if (slot.form != ChildForm::flattened) name_layers(owner.children(slot));
  }
}

Status check_names(const Layer& root, const Limits& limits) {
  Status status;
  visit_layers(root, [&](const std::string& path, const Layer& layer) {
    if (!status) return;
    status = check_name(layer, limits);
    if (!status) status = std::unexpected(status.error().within(path));
  });
  return status;
}

Tensor initial_weight(const VariableSpec& spec, Random& random) {
  Tensor tensor = Tensor::uninitialized(DType::float32, spec.dims);
  if (spec.initial != VariableSpec::Initial::drawn) {
    std::ranges::fill(tensor.data<float>(), spec.initial == VariableSpec::Initial::ones ? 1.0F : 0.0F);
    return cast(tensor, spec.dtype);
  }
  double fan_in = 1;
  for (std::size_t i = 0; i + 1 < spec.dims.size(); ++i) fan_in *= static_cast<double>(spec.dims[i]);
  const double bound = std::sqrt(3.0 / std::max(fan_in, 1.0));
  for (float& value : tensor.data<float>()) {
    const double unit = random.uniform();
    value = static_cast<float>(spec.non_negative ? 0.5 + unit : bound * (2.0 * unit - 1.0));
  }
  return cast(tensor, spec.dtype);
}

// Up to 3.15 recurrent layers pass their mask on; an unknown version counts as the newest that was observed.
bool recurrent_passes_mask(std::string_view version) {
  int major = 0;
  int minor = 0;
  const char* end = version.data() + version.size();
  const auto first = std::from_chars(version.data(), end, major);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '.') return true;
  if (std::from_chars(first.ptr + 1, end, minor).ec != std::errc()) return true;
  constexpr std::pair kFirstWithout{3, 16};
  return std::pair(major, minor) < kFirstWithout;
}

}  // namespace

std::string snake_case(std::string_view class_name) {
  std::string text;
  for (const char c : class_name) {
    if (is_word(c)) text += c;
  }
  // Two passes, as Keras does it: first before a capital that lowercase letters follow, then between cases.
  std::string split;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i > 0 && is_upper(text[i]) && i + 1 < text.size() && is_lower(text[i + 1])) split += '_';
    split += text[i];
  }
  std::string out;
  for (std::size_t i = 0; i < split.size(); ++i) {
    if (i > 0 && is_upper(split[i]) && is_lower(split[i - 1])) out += '_';
    out += static_cast<char>(std::tolower(static_cast<unsigned char>(split[i])));
  }
  return out;
}

Result<Sequential> Sequential::make(std::string name, std::vector<Layer> layers, const Limits& limits) {
  Layer root(stack_class());
  root.set_name(name.empty() ? "sequential" : std::move(name));
  *root.stack() = std::move(layers);
  return from_layer(std::move(root), limits);
}

Result<Sequential> Sequential::from_layer(Layer root, const Limits& limits) {
  name_children(root);
  REVIVE_RETURN_IF_ERROR(check_names(root, limits));
  Sequential model(std::move(root));
  if (!model.layers().empty() && is_input_layer(model.layers()[0])) {
    const Shape shape = declared_shape(model.layers()[0]);
    if (Status status = model.build(shape, limits); !status) return std::unexpected(status.error());
  }
  return model;
}

Status Sequential::build(const Shape& input, const Limits& limits) {
  return root_.build(input, DType::float32, limits);
}

DType Sequential::input_dtype() const {
  const bool declared = !layers().empty() && is_input_layer(layers()[0]);
  return declared ? declared_dtype(layers()[0]) : DType::float32;
}

void Sequential::initialize(std::uint64_t seed) {
  Random random(seed);
  visit_layers(root_, [&](const std::string&, Layer& layer) {
    if (!layer.built() || !layer.weights().empty()) return;
    std::vector<Tensor> weights;
    for (const VariableSpec& spec : layer.variables()) weights.push_back(initial_weight(spec, random));
    // The tensors were made from the variables themselves, so they fit.
    static_cast<void>(layer.set_weights(std::move(weights)));
  });
}

void Sequential::set_training_tensors(std::vector<TrainingTensor> tensors) {
  std::ranges::sort(tensors, {}, &TrainingTensor::path);
  training_tensors_ = std::move(tensors);
}

Result<Tensor> Sequential::predict(const Tensor& input, const Limits& limits) const {
  if (!root_.ready()) {
    return fail(ErrorCode::model_not_built, name(),
                root_.built() ? "the model has no weights yet" : "the model has no input shape yet");
  }
  if (!input_shape().admits(input.dims())) {
    return fail(
        ErrorCode::input_shape, name(),
        fmt::format("expected an input of shape {}, found {}", to_string(input_shape()), to_string(input.dims())));
  }
  REVIVE_ASSIGN_OR_RETURN(auto output, root_.call({cast(input, input_dtype()), std::nullopt}, options_, limits));
  return std::move(output.value);
}

void Sequential::set_keras_version(std::string version) {
  options_.recurrent_passes_mask = recurrent_passes_mask(version);
  keras_version_ = std::move(version);
}

}  // namespace revive
