#include "revive/model/sequential.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "revive/model/base/out_of_memory.h"
#include "revive/model/base/random.h"
#include "revive/model/kernels/shared.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/layers/input_layer.h"
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
  Tensor tensor(DType::float32, spec.dims);
  if (spec.initial == VariableSpec::Initial::ones) std::ranges::fill(tensor.data<float>(), 1.0F);
  if (spec.initial != VariableSpec::Initial::drawn) return cast(tensor, spec.dtype);
  double fan_in = 1;
  for (std::size_t i = 0; i + 1 < spec.dims.size(); ++i) fan_in *= static_cast<double>(spec.dims[i]);
  const double bound = std::sqrt(3.0 / fan_in);
  for (float& value : tensor.data<float>()) {
    const double unit = random.uniform();
    value = static_cast<float>(spec.non_negative ? 0.5 + unit : bound * (2.0 * unit - 1.0));
  }
  return cast(tensor, spec.dtype);
}

// The layers as they were built know what a call costs, but for axes that were unknown then. A batch that the model
// itself declares is nothing that the caller asked for.
Status check_cost(const Layer& root, const Dims& input, const Limits& limits) {
  Shape shape = root.input_shape();
  const std::int64_t samples = shape.rank() > 0 && shape.known(0) ? shape[0] : 1;
  bool all_known = true;
  for (std::size_t axis = 1; axis < shape.rank(); ++axis) {
    all_known = all_known && shape.known(axis);
    shape[axis] = input[axis];
  }
  std::optional<Layer> rebuilt;
  if (!all_known) {
    rebuilt.emplace(root);
    if (const Status status = rebuilt->build(shape, DType::float32, limits); !status) {
      // The model was built, so what does not fit its layers is the input.
      Error error = status.error();
      if (error.code == ErrorCode::layer_input) error.code = ErrorCode::input_shape;
      return std::unexpected(std::move(error));
    }
  }
  const Layer& layer = rebuilt ? *rebuilt : root;
  const std::string_view one = samples == 1 ? "sample" : "batch";
  const std::int64_t elements = saturating_product({layer.activation_elements(), samples});
  if (static_cast<std::uint64_t>(elements) > limits.activation_elements) {
    return fail(ErrorCode::limit_exceeded, "",
                fmt::format("{} holds a value of {} elements a {}, more than {} (Limits::activation_elements)",
                            describe(layer), elements, one, limits.activation_elements));
  }
  const std::int64_t cost = saturating_product({layer.multiply_adds(), samples});
  if (static_cast<std::uint64_t>(cost) > limits.multiply_adds) {
    return fail(ErrorCode::limit_exceeded, "",
                fmt::format("{} takes {} multiply-adds a {}, more than {} (Limits::multiply_adds)", describe(layer),
                            cost, one, limits.multiply_adds));
  }
  return {};
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

// Whether the size of the batch that `layer` was built for is in the graph of its lambda, because its text asked for
// it. Python asks again in every call, and the graph does not.
bool holds_batch(const Layer& layer, const Limits& limits) {
  const LambdaFunction* const lambda = layer.lambda();
  if (lambda == nullptr || !lambda->annotation || !lambda->annotation->input) return false;
  const Annotation& written = *lambda->annotation;
  LoweringOptions options{.input = written.input, .limits = limits};
  if (options.input->shape.rank() == 0 || !options.input->shape.known(0)) return false;
  options.input->shape[0] = kUnknown;
  const auto of_any_batch = make_expression(written.text, written.captures, options);
  return !of_any_batch || of_any_batch->graph != lambda->graph;
}

// `root` for a batch of any size, where that is all that keeps it from an input of `dims`. Keras reads the size of the
// batch that an InputLayer declares and never holds an input to it.
std::optional<Layer> with_any_batch(const Layer& root, const Dims& dims, const Limits& limits) {
  Shape shape = root.input_shape();
  if (shape.rank() == 0 || !shape.known(0)) return std::nullopt;
  shape[0] = kUnknown;
  if (!shape.admits(dims)) return std::nullopt;
  Layer copy = root;
  bool is_free = true;
  visit_layers(copy, [&](const std::string&, Layer& layer) {
    is_free = is_free && !holds_batch(layer, limits);
    if (is_input_layer(layer)) declared_shape(layer)[0] = kUnknown;
  });
  if (!is_free || !copy.build(shape, DType::float32, limits) || !copy.ready()) return std::nullopt;
  return copy;
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
  char before = '_';
  for (const char c : split) {
    if (is_upper(c) && is_lower(before)) out += '_';
    out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    before = c;
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
  return within_memory([&] { return from_root(std::move(root), limits); });
}

Result<Sequential> Sequential::from_root(Layer root, const Limits& limits) {
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
  return within_memory([&] { return root_.build(input, DType::float32, limits); });
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

Result<Tensor> Sequential::predict(const Tensor& input) const {
  return predict(input, Limits{}.for_file(static_cast<std::uint64_t>(root_.weight_elements()) * sizeof(float)));
}

Result<Tensor> Sequential::predict(const Tensor& input, const Limits& limits) const {
  return within_memory([&] { return run(input, limits); });
}

Result<Tensor> Sequential::run(const Tensor& input, const Limits& limits) const {
  if (!root_.ready()) {
    return fail(ErrorCode::model_not_built, name(),
                root_.built() ? "the model has no weights yet" : "the model has no input shape yet");
  }
  std::optional<Layer> other;
  if (!input_shape().admits(input.dims())) other = with_any_batch(root_, input.dims(), limits);
  const Layer& root = other ? *other : root_;
  if (!root.input_shape().admits(input.dims())) {
    return fail(
        ErrorCode::input_shape, name(),
        fmt::format("expected an input of shape {}, found {}", to_string(input_shape()), to_string(input.dims())));
  }
  REVIVE_RETURN_IF_ERROR(check_cost(root, input.dims(), limits));
  REVIVE_ASSIGN_OR_RETURN(auto output, root.call({cast(input, input_dtype()), std::nullopt}, options_, limits));
  return std::move(output.value);
}

void Sequential::set_keras_version(std::string version) {
  options_.recurrent_passes_mask = recurrent_passes_mask(version);
  keras_version_ = std::move(version);
}

}  // namespace revive
